//! Assessments on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    assessment::{AssessmentMove, AssessmentStatus, Model, Verdict, item},
    id::{AccountId, AssessmentId, EntryId, SnapshotId},
    ledger::CountStage,
    life_cycle::LifeCycle,
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    clock::Moment,
    error::{AppError, Result},
    features::snapshot::document::UnitSaid,
};

/// A sample to be drawn.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssessmentIn {
    pub snapshot_id: SnapshotId,
    /// Of one indicator alone; of all when absent.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 40, example = "T4")]
    pub indicator: Option<String>,
    /// With the same seed anybody draws the same sample from the same report; made by chance when absent.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100, pattern = "^[A-Za-z0-9._-]+$", example = "kaohe-2026-02")]
    pub seed: Option<String>,
}

/// What an auditor found of a unit.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JudgeIn {
    pub verdict: Verdict,
    /// Needed for a doubt and a rejection.
    #[serde(default)]
    #[schema(max_length = 2000, example = "会议纪要缺少企业签字。")]
    pub note: Option<String>,
}

/// Why the count of a unit is taken back.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeBackIn {
    #[schema(min_length = 2, max_length = 2000, example = "会议纪要与签到表不符。")]
    pub reason: String,
}

/// The opinion that is signed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    #[schema(min_length = 1, max_length = 5000, example = "抽查 20 项，认可 19 项，存疑 1 项，数据可信。")]
    pub opinion: String,
}

/// Which assessments to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct AssessmentsQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    pub snapshot_id: Option<SnapshotId>,
}

/// A page of a sample.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ItemsQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Only units that were judged, or only those that wait.
    pub judged: Option<bool>,
}

/// An assessment, in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AssessmentBrief {
    pub id: AssessmentId,
    pub snapshot_id: SnapshotId,
    pub indicator: Option<String>,
    /// The sample is drawn again by ordering the report's confirmed units by the hex SHA-256 of
    /// `seed|hash of the report|entry_id`.
    pub seed: String,
    /// How many units the sample was drawn from.
    pub population: i32,
    pub sample_size: i32,
    pub status: AssessmentStatus,
    pub opinion: Option<String>,
    /// SHA-256 (hex) of the signed result.
    pub signature: Option<String>,
    pub created_by: AccountId,
    pub created_at: Moment,
    pub signed_by: Option<AccountId>,
    pub signed_at: Option<Moment>,
    pub legal_moves: Vec<AssessmentMove>,
}

impl From<&Model> for AssessmentBrief {
    fn from(row: &Model) -> Self {
        Self {
            id: row.id,
            snapshot_id: row.snapshot_id,
            indicator: row.indicator.clone(),
            seed: row.seed.clone(),
            population: row.population,
            sample_size: row.sample_size,
            status: row.status,
            opinion: row.opinion.clone(),
            signature: row.signature.clone(),
            created_by: row.created_by,
            created_at: row.created_at.into(),
            signed_by: row.signed_by,
            signed_at: row.signed_at.map(Moment),
            legal_moves: row.status.legal(),
        }
    }
}

/// An assessment with the first units of its sample.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AssessmentOut {
    #[serde(flatten)]
    pub brief: AssessmentBrief,
    /// The hash of the report, which the ranks of the sample are made with.
    pub report_hash: String,
    pub accepted: i64,
    pub doubted: i64,
    pub rejected: i64,
    /// Units that wait for a verdict.
    pub waiting: i64,
    /// The first hundred units of the sample; all of them are at `all_items`.
    pub items: Vec<ItemOut>,
    /// Where all units of the sample are listed.
    pub all_items: String,
    /// Where the signed result is; null before the signature.
    pub result: Option<String>,
}

/// A unit of the sample.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ItemOut {
    pub position: i32,
    pub indicator: String,
    pub entry_id: EntryId,
    /// The unit as the report has it; every piece of evidence opens at its `href`.
    pub unit: UnitSaid,
    pub verdict: Option<Verdict>,
    pub note: Option<String>,
    pub judged_by: Option<AccountId>,
    pub judged_at: Option<Moment>,
    /// The entry by which the count was taken back in this assessment.
    pub reversal_id: Option<EntryId>,
}

impl ItemOut {
    /// From its row.
    ///
    /// # Errors
    /// When the unit cannot be read.
    pub fn of(row: item::Model) -> Result<Self> {
        Ok(Self {
            position: row.position,
            indicator: row.indicator,
            entry_id: row.entry_id,
            unit: serde_json::from_value(row.unit).map_err(AppError::internal)?,
            verdict: row.verdict,
            note: row.note,
            judged_by: row.judged_by,
            judged_at: row.judged_at.map(Moment),
            reversal_id: row.reversal_id,
        })
    }
}

/// A unit of the sample, with what became of its count since.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ItemNow {
    #[serde(flatten)]
    pub item: ItemOut,
    /// Where the count stands now: a reversal since the report shows here.
    pub stage_now: CountStage,
}
