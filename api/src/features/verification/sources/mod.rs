//! The counts against the acts behind them, in both directions: what is in force still has its act
//! (`counts.rs`), and what should have counted did, or was taken back with a reason (`acts.rs`). None of it
//! uses the code that earned the counts; it reads the rows of the acts by itself.

mod acts;
mod counts;

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};
use techmart_entity::{
    Instant,
    indicator::{self, Basis, rule},
};

use super::{Findings, Scope};
use crate::{config::Zone, error::Result};

/// The rules of all indicators, the first first.
struct Rules(HashMap<String, Vec<rule::Model>>);

impl Rules {
    async fn read(db: &impl ConnectionTrait) -> Result<Self> {
        let mut of: HashMap<String, Vec<rule::Model>> = HashMap::new();
        for rule in rule::Entity::find().order_by_asc(rule::Column::Number).all(db).await? {
            of.entry(rule.indicator.clone()).or_default().push(rule);
        }
        Ok(Self(of))
    }

    /// The rule of a version.
    fn version(&self, indicator: &str, version: &str) -> Option<&rule::Model> {
        self.0.get(indicator)?.iter().find(|rule| rule.version == version)
    }

    /// The rule that was in force at an instant; none before the indicator was there.
    fn at(&self, indicator: &str, at: Instant) -> Option<&rule::Model> {
        self.0.get(indicator)?.iter().rev().find(|rule| rule.in_force_at <= at)
    }
}

/// Looks at all counts and acts.
///
/// # Errors
/// When the database cannot be asked.
pub async fn check(
    db: &impl ConnectionTrait,
    scope: &Scope,
    zone: &Zone,
    findings: &mut Findings,
) -> Result<()> {
    let rules = Rules::read(db).await?;
    let indicators = indicator::Entity::find().order_by_asc(indicator::Column::Position).all(db).await?;
    for demo in scope.worlds() {
        // What a responsible unit reports by hand has no other act than the report itself.
        for indicator in indicators.iter().filter(|row| row.basis != Basis::Manual) {
            counts::trace(db, indicator, demo, &rules, findings).await?;
            acts::trace(db, indicator, demo, &rules, zone, findings).await?;
        }
    }
    Ok(())
}
