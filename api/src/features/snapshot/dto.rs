//! Frozen reports on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    id::{AccountId, EntryId, SnapshotId},
    indicator::{Basis, Counting, IndicatorKind, Measure, Step, TargetPeriod},
    ledger::CountStage,
    snapshot::Model,
};
use utoipa::{IntoParams, ToSchema};

use super::document::{
    Head, LedgerSaid, MonthSaid, Part, PartSaid, PlanSaid, RuleSaid, SignalSaid, UnitSaid, VariantSaid,
    YearSaid,
};
use crate::{clock::Moment, error::Wording};

/// A report to be frozen.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SnapshotIn {
    #[schema(min_length = 1, max_length = 40, example = "jz-2023-2025")]
    pub plan: String,
    /// Names the day when absent.
    #[serde(default)]
    #[schema(max_length = 200, example = "2025 年度考核报告")]
    pub title: Option<String>,
    /// Acts up to this day; when absent the day of the instant, or the plan's end if that is earlier.
    #[serde(default)]
    pub as_of: Option<chrono::NaiveDate>,
    /// As known at this instant; now when absent. Never in the future.
    #[serde(default)]
    pub known_at: Option<Moment>,
    /// As known at the end of this day in Shanghai, in place of `known_at`.
    #[serde(default)]
    pub known_on: Option<chrono::NaiveDate>,
    /// The report that this one corrects; each is corrected once at most.
    #[serde(default)]
    pub corrects: Option<SnapshotId>,
    /// Why it corrects it.
    #[serde(default)]
    #[schema(max_length = 2000, example = "两份会议纪要补充后重新统计。")]
    pub reason: Option<String>,
}

/// A frozen report, in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SnapshotBrief {
    pub id: SnapshotId,
    /// Its place in the chain, from 1.
    pub number: i64,
    pub plan: String,
    pub title: String,
    pub as_of: chrono::NaiveDate,
    pub known_at: Moment,
    pub made_at: Moment,
    /// Whether the service froze it by itself, at a month's end.
    pub made_by_service: bool,
    /// The report that it corrects.
    pub corrects: Option<SnapshotId>,
    pub reason: Option<String>,
    /// The report that corrects it: read that one.
    pub corrected_by: Option<SnapshotId>,
    /// SHA-256 (hex) of its head; the next report names it.
    pub hash: String,
    /// The hash of the report before it in the chain.
    pub previous_hash: Option<String>,
}

impl SnapshotBrief {
    /// A report that another one may correct.
    #[must_use]
    pub fn of(row: &Model, corrected_by: Option<SnapshotId>) -> Self {
        Self {
            id: row.id,
            number: row.number,
            plan: row.plan.clone(),
            title: row.title.clone(),
            as_of: row.as_of,
            known_at: row.known_at.into(),
            made_at: row.made_at.into(),
            made_by_service: row.made_by.is_none(),
            corrects: row.corrects,
            reason: row.reason.clone(),
            corrected_by,
            hash: row.hash.clone(),
            previous_hash: row.previous_hash.clone(),
        }
    }
}

/// A frozen report: its head with the figures of its parts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SnapshotOut {
    #[serde(flatten)]
    pub brief: SnapshotBrief,
    pub plan_said: PlanSaid,
    pub ledger: LedgerSaid,
    /// The figures of every indicator; each opens at `/snapshots/{id}/parts/{indicator}`.
    pub parts: Vec<PartSaid>,
    /// For the centre and auditors: who froze it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_by: Option<AccountId>,
    /// For the centre and auditors: the signals that were open or upheld then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signals: Option<Vec<SignalSaid>>,
}

impl SnapshotOut {
    /// A report; `inside` shows what is not for everybody.
    #[must_use]
    pub fn of(row: &Model, head: Head, corrected_by: Option<SnapshotId>, inside: bool) -> Self {
        Self {
            brief: SnapshotBrief::of(row, corrected_by),
            plan_said: head.plan,
            ledger: head.ledger,
            parts: head.parts,
            made_by: row.made_by.filter(|_| inside),
            signals: inside.then_some(head.signals),
        }
    }
}

/// What a report says of one indicator, without the units.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartOut {
    pub snapshot_id: SnapshotId,
    pub indicator: String,
    pub name: Wording,
    pub unit: Wording,
    pub kind: IndicatorKind,
    pub measure: Measure,
    pub counting: Counting,
    pub basis: Basis,
    /// The rule that was in force, word for word.
    pub rule: RuleSaid,
    pub target: i64,
    pub period: TargetPeriod,
    pub steps: Vec<Step>,
    pub starts_on: chrono::NaiveDate,
    pub ends_on: chrono::NaiveDate,
    pub responsible_units: Vec<String>,
    pub confirmed: i64,
    pub candidate: i64,
    pub years: Vec<YearSaid>,
    pub series: Vec<MonthSaid>,
    pub variants: Vec<VariantSaid>,
    /// How many units count; they are listed at `units`.
    pub units_count: u64,
    /// Where the units are listed, for the centre and auditors.
    pub units: String,
    /// SHA-256 (hex) of the part as it was frozen.
    pub hash: String,
}

impl PartOut {
    /// A part of a report.
    #[must_use]
    pub fn of(snapshot_id: SnapshotId, part: Part, hash: String) -> Self {
        Self {
            snapshot_id,
            units: format!("/api/v1/snapshots/{snapshot_id}/parts/{}/units", part.indicator),
            units_count: u64::try_from(part.units.len()).unwrap_or(u64::MAX),
            indicator: part.indicator,
            name: part.name,
            unit: part.unit,
            kind: part.kind,
            measure: part.measure,
            counting: part.counting,
            basis: part.basis,
            rule: part.rule,
            target: part.target,
            period: part.period,
            steps: part.steps,
            starts_on: part.starts_on,
            ends_on: part.ends_on,
            responsible_units: part.responsible_units,
            confirmed: part.confirmed,
            candidate: part.candidate,
            years: part.years,
            series: part.series,
            variants: part.variants,
            hash,
        }
    }
}

/// Which reports to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct SnapshotsQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    #[param(max_length = 40, example = "jz-2023-2025")]
    pub plan: Option<String>,
}

/// A page of a part's units.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PartUnitsQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// At one of these stages as known then.
    #[serde(default)]
    #[param(max_items = 4)]
    pub stage: Vec<CountStage>,
}

/// The report to compare with.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct CompareQuery {
    /// The other report, of the same plan.
    #[serde(rename = "with")]
    #[param(rename = "with")]
    pub other: SnapshotId,
}

/// Two reports of a plan beside each other.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ComparisonOut {
    /// The report that was asked for.
    pub this: SnapshotBrief,
    /// The one it is compared with.
    pub other: SnapshotBrief,
    pub indicators: Vec<ComparedOut>,
}

/// One indicator in both reports.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ComparedOut {
    pub indicator: String,
    pub name: Wording,
    pub unit: Wording,
    pub measure: Measure,
    /// Null where the report does not have the indicator.
    pub this: Option<FigureSaid>,
    pub other: Option<FigureSaid>,
    /// Units of this report that the other one does not have; the first hundred.
    pub added: Vec<UnitSaid>,
    pub added_count: u64,
    /// Units of the other report that this one does not have; the first hundred.
    pub removed: Vec<UnitSaid>,
    pub removed_count: u64,
    /// Units of both at another stage; the first hundred.
    pub changed: Vec<ChangedUnit>,
    pub changed_count: u64,
}

/// A figure of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FigureSaid {
    pub target: i64,
    pub confirmed: i64,
    pub candidate: i64,
}

/// A unit that stands at one stage here and at another one there.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChangedUnit {
    pub entry_id: EntryId,
    pub label: String,
    pub this: CountStage,
    pub other: CountStage,
}
