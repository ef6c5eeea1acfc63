//! What a frozen report says. The types of the documents that are hashed and kept: a member is added
//! only as one that may be absent, so that every old report can be read for ever.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    id::{AccountId, EntryId, SnapshotId},
    indicator::{Basis, Counting, IndicatorKind, Measure, Step, TargetPeriod},
    ledger::{CountStage, Evidence},
};
use utoipa::ToSchema;

use crate::{clock::Moment, error::Wording};

/// How the documents are written; another number for another way of writing.
pub const FORMAT: &str = "techmart-report/1";

/// The head of a report: what is hashed, and what the next report in the chain names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Head {
    pub format: String,
    pub id: SnapshotId,
    /// Its place in the chain, from 1.
    pub number: i64,
    pub title: String,
    pub plan: PlanSaid,
    pub as_of: chrono::NaiveDate,
    pub known_at: Moment,
    pub corrects: Option<SnapshotId>,
    pub reason: Option<String>,
    pub made_by: Option<AccountId>,
    pub made_at: Moment,
    /// The hash of the report before it in the chain.
    pub previous_hash: Option<String>,
    pub ledger: LedgerSaid,
    /// The parts, in the order of the indicators.
    pub parts: Vec<PartSaid>,
    /// The signals that were open or upheld then.
    pub signals: Vec<SignalSaid>,
}

/// The plan as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanSaid {
    pub code: String,
    pub name: Wording,
    pub starts_on: chrono::NaiveDate,
    pub ends_on: chrono::NaiveDate,
    pub demo: bool,
}

/// The whole ledger (of the real plans, or of the demo) as it was known then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LedgerSaid {
    pub entries: i64,
    pub events: i64,
    /// SHA-256 (hex) over the hashes of all entries in the order of their ids, then of all events in theirs.
    pub hash: String,
}

/// A part by its hash, with its figures: so the head alone says where the plan stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PartSaid {
    pub indicator: String,
    pub hash: String,
    pub name: Wording,
    pub unit: Wording,
    pub measure: Measure,
    pub period: TargetPeriod,
    pub target: i64,
    pub confirmed: i64,
    pub candidate: i64,
    /// How many units count, at whatever stage.
    pub units: i64,
}

/// A signal as it stood.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SignalSaid {
    pub kind: techmart_entity::signal::SignalKind,
    pub status: techmart_entity::signal::SignalStatus,
    pub subjects: Vec<techmart_entity::signal::Subject>,
    #[schema(value_type = Object)]
    pub facts: serde_json::Value,
}

/// What a report says of one indicator. Figures are in units, fen or hundredths by `measure`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Part {
    pub indicator: String,
    pub name: Wording,
    pub unit: Wording,
    pub kind: IndicatorKind,
    pub measure: Measure,
    pub counting: Counting,
    pub basis: Basis,
    pub rule: RuleSaid,
    pub target: i64,
    pub period: TargetPeriod,
    pub steps: Vec<Step>,
    pub starts_on: chrono::NaiveDate,
    pub ends_on: chrono::NaiveDate,
    pub responsible_units: Vec<String>,
    pub confirmed: i64,
    pub candidate: i64,
    /// By calendar year of the window.
    pub years: Vec<YearSaid>,
    /// Cumulative, at each month's end of the window up to the day.
    pub series: Vec<MonthSaid>,
    /// Other ways to count the same, beside the figure.
    pub variants: Vec<VariantSaid>,
    /// The units that count, by day.
    pub units: Vec<UnitSaid>,
}

/// The rule under which the figure stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RuleSaid {
    pub version: String,
    pub text: Wording,
    #[schema(value_type = Object)]
    pub parameters: serde_json::Value,
}

/// The figures of one year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct YearSaid {
    pub year: i32,
    /// What is asked of the year, or by its end; none where the plan does not say.
    pub target: Option<i64>,
    /// What the year itself brought (a level or a rate: its last figure).
    pub confirmed: i64,
    pub candidate: i64,
}

/// The cumulative figures at a month's end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MonthSaid {
    #[schema(example = "2025-12")]
    pub month: String,
    pub confirmed: i64,
    pub candidate: i64,
}

/// The same acts counted in another way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VariantSaid {
    pub code: String,
    pub name: Wording,
    pub confirmed: i64,
    pub candidate: i64,
}

/// A unit with its evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UnitSaid {
    pub entry_id: EntryId,
    pub unit_key: String,
    pub label: String,
    pub delta: i64,
    pub effective_on: chrono::NaiveDate,
    pub recorded_at: Moment,
    pub stage: CountStage,
    pub rule_version: String,
    #[schema(value_type = Object)]
    pub facts: serde_json::Value,
    pub evidence: Vec<Evidence>,
    /// SHA-256 (hex) of the entry's row.
    pub hash: String,
}
