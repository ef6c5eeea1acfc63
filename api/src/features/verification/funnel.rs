//! The funnel's sums, added up anew from the steps that listings reached.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;
use techmart_entity::{Day, funnel::FunnelDimension, funnel::FunnelStep, value::code_list::Coded};

use super::{Findings, Scope};
use crate::{
    error::Result,
    features::funnel::{repo, view::month_of},
    say,
};

/// Compares the sums of all dimensions.
///
/// # Errors
/// When the database cannot be asked.
pub async fn check(db: &impl ConnectionTrait, scope: &Scope, findings: &mut Findings) -> Result<()> {
    for demo in scope.worlds() {
        for dimension in FunnelDimension::ALL {
            // What steps add up to, and what the sums say.
            let mut both: BTreeMap<(String, FunnelStep, Day), (i64, i64)> = BTreeMap::new();
            for (value, step, on, n) in repo::anew(db, demo, *dimension).await? {
                both.entry((value.unwrap_or_default(), step, month_of(on))).or_default().0 += n;
            }
            for sum in repo::sums(db, demo, *dimension).await? {
                both.entry((sum.value, sum.step, sum.month)).or_default().1 += sum.reached;
            }
            for ((value, step, month), (steps, sum)) in both {
                findings.checked.funnel_sums += 1;
                if steps != sum {
                    findings.fault(
                        format!("funnel_month {} “{value}” {} {month}", dimension.code(), step.code()),
                        steps,
                        sum,
                        say!(
                            "漏斗合计与到达各步骤的条目数不符。",
                            "The funnel's sum is not what the steps of the listings add up to."
                        ),
                    );
                }
            }
        }
    }
    Ok(())
}
