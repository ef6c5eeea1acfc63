//! `techmart verify`: is everything as it was recorded? Nothing here changes anything, and all of it looks
//! at one moment. A file a question: the chain of reports (`chain.rs`), the ledger's rows and what is in
//! force (`rows.rs`), the sums beside it (`sums.rs`) and the funnel's (`funnel.rs`), every report counted
//! again (`recount.rs`), the files and versions that are evidence (`files.rs`), and the acts behind the
//! counts, traced in both directions by code of its own (`sources/`). Rows are read in pages, so memory
//! stays bounded.

pub mod chain;
pub mod files;
pub mod funnel;
pub mod recount;
pub mod rows;
pub mod sources;
pub mod sums;

use sea_orm::ConnectionTrait;
use serde::Serialize;
use techmart_entity::indicator::plan;

use crate::{
    error::{Result, Wording},
    features::indicator::repo as indicators,
    say,
    state::State,
};

/// How many rows are read at once.
const BATCH: u64 = 500;

/// How many faults are listed; those beyond are only counted.
const LISTED: usize = 1000;

/// What does not agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Where, in words that a person finds: `snapshot 3 part T4`, `ledger_entry <id>: label`.
    pub place: String,
    pub expected: String,
    pub found: String,
    pub zh: String,
    pub en: String,
}

/// How much was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    pub snapshots: u64,
    pub snapshot_parts: u64,
    pub signed_assessments: u64,
    pub ledger_entries: u64,
    pub ledger_events: u64,
    /// Rows from before rows had hashes.
    pub rows_before_hashes: u64,
    pub day_sums: u64,
    pub funnel_sums: u64,
    pub parts_recounted: u64,
    pub evidence_files: u64,
    pub published_versions: u64,
    /// Counts in force whose act was looked up.
    pub counts_traced: u64,
    /// Acts whose count was looked up.
    pub acts_traced: u64,
}

/// What was looked at and what was found.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    pub checked: Checked,
    pub faults: Vec<Fault>,
    /// Faults beyond those that are listed.
    pub unlisted: u64,
    /// A row of the ledger with a hash has been seen.
    hashes_began: bool,
}

impl Findings {
    /// Nothing disagrees.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.faults.is_empty()
    }

    /// Notes what does not agree.
    pub fn fault(
        &mut self,
        place: impl Into<String>,
        expected: impl ToString,
        found: impl ToString,
        said: Wording,
    ) {
        if self.faults.len() >= LISTED {
            self.unlisted += 1;
            return;
        }
        self.faults.push(Fault {
            place: place.into(),
            expected: expected.to_string(),
            found: found.to_string(),
            zh: said.zh,
            en: said.en,
        });
    }

    /// Notes what cannot even be read, and goes on.
    fn outcome(&mut self, check: &str, outcome: Result<()>) {
        if let Err(error) = outcome {
            self.fault(
                format!("check {check}"),
                "readable rows",
                error,
                say!(
                    "有数据无法读取，此项检查未能完成。",
                    "Something cannot be read, so this check could not be finished."
                ),
            );
        }
    }
}

/// What is looked at: everything, or what one plan rests on.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    plan: Option<plan::Model>,
}

impl Scope {
    /// The whole, or one plan: its reports, and the world (demo or real) that it counts.
    ///
    /// # Errors
    /// 404 for an unknown plan.
    pub async fn of(db: &impl ConnectionTrait, plan: Option<&str>) -> Result<Self> {
        Ok(Self {
            plan: match plan {
                Some(code) => Some(indicators::plan(db, code).await?),
                None => None,
            },
        })
    }

    /// The worlds that are looked at: real, demo.
    fn worlds(&self) -> Vec<bool> {
        match &self.plan {
            Some(plan) => vec![plan.demo],
            None => vec![false, true],
        }
    }

    fn has_plan(&self, code: &str) -> bool {
        self.plan.as_ref().is_none_or(|plan| plan.code == code)
    }
}

/// Looks at everything.
///
/// # Errors
/// 404 for an unknown plan, or when the database cannot be asked at all.
pub async fn run(state: &State, plan: Option<&str>) -> Result<Findings> {
    let db = state.db.steady().await?;
    let scope = Scope::of(&db, plan).await?;
    let mut findings = Findings::default();
    let outcome = chain::check(&db, &mut findings).await;
    findings.outcome("chain of reports", outcome);
    let outcome = rows::check(&db, &scope, &mut findings).await;
    findings.outcome("ledger", outcome);
    let outcome = sums::check(&db, &scope, &mut findings).await;
    findings.outcome("day sums", outcome);
    let outcome = funnel::check(&db, &scope, &mut findings).await;
    findings.outcome("sums of the funnel", outcome);
    let outcome = recount::check(&db, &scope, &mut findings).await;
    findings.outcome("recount of the reports", outcome);
    let outcome = files::check(&db, &state.files, &scope, &mut findings).await;
    findings.outcome("evidence", outcome);
    let outcome = sources::check(&db, &scope, &state.config.zone, &mut findings).await;
    findings.outcome("acts behind the counts", outcome);
    Ok(findings)
}
