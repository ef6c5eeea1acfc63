//! The result of an assessment: the document that is signed. Its signature is the SHA-256 of exactly its
//! canonical text, so that whoever holds the file can check it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use techmart_entity::{
    Instant,
    assessment::{Model, Verdict, item},
    canonical,
    id::{AccountId, AssessmentId, EntryId, SnapshotId},
};
use utoipa::ToSchema;

use super::sample;
use crate::{
    clock::Moment,
    error::{AppError, Result},
    features::snapshot::document::UnitSaid,
};

/// How the document is written; another number for another way of writing.
pub const FORMAT: &str = "techmart-assessment/1";

/// What is signed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Signed {
    pub format: String,
    pub id: AssessmentId,
    pub report: ReportNamed,
    /// Of one indicator alone; null for all.
    pub indicator: Option<String>,
    /// How the sample was drawn.
    pub method: String,
    pub seed: String,
    pub population: i32,
    pub sample_size: i32,
    pub accepted: u32,
    pub doubted: u32,
    pub rejected: u32,
    /// Counts that were taken back in the assessment.
    pub taken_back: u32,
    pub units: Vec<UnitFound>,
    pub opinion: String,
    pub signed_by: AccountId,
    pub signed_at: Moment,
}

/// The frozen report that was assessed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportNamed {
    pub id: SnapshotId,
    pub number: i64,
    pub plan: String,
    pub title: String,
    pub hash: String,
}

/// What was found of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnitFound {
    pub position: i32,
    pub indicator: String,
    pub entry_id: EntryId,
    pub unit_key: String,
    pub label: String,
    pub delta: i64,
    /// SHA-256 (hex) of the entry's row, as the report has it.
    pub hash: String,
    pub verdict: Verdict,
    pub note: Option<String>,
    pub judged_by: Option<AccountId>,
    pub judged_at: Option<Moment>,
    /// The entry by which the count was taken back.
    pub reversal_id: Option<EntryId>,
}

/// The document of an assessment all of whose units were judged.
///
/// # Errors
/// When a unit was not judged or cannot be read.
pub fn document(
    row: &Model,
    report: ReportNamed,
    items: &[item::Model],
    opinion: String,
    signed_by: AccountId,
    signed_at: Instant,
) -> Result<Signed> {
    let mut units = Vec::new();
    for item in items {
        let unit: UnitSaid = serde_json::from_value(item.unit.clone()).map_err(AppError::internal)?;
        let verdict = item.verdict.ok_or_else(|| AppError::internal("a unit that was not judged"))?;
        units.push(UnitFound {
            position: item.position,
            indicator: item.indicator.clone(),
            entry_id: item.entry_id,
            unit_key: unit.unit_key,
            label: unit.label,
            delta: unit.delta,
            hash: unit.hash,
            verdict,
            note: item.note.clone(),
            judged_by: item.judged_by,
            judged_at: item.judged_at.map(Moment),
            reversal_id: item.reversal_id,
        });
    }
    let count = |which: &dyn Fn(&UnitFound) -> bool| {
        u32::try_from(units.iter().filter(|unit| which(unit)).count()).unwrap_or(u32::MAX)
    };
    Ok(Signed {
        format: FORMAT.to_owned(),
        id: row.id,
        report,
        indicator: row.indicator.clone(),
        method: sample::METHOD.to_owned(),
        seed: row.seed.clone(),
        population: row.population,
        sample_size: row.sample_size,
        accepted: count(&|unit| unit.verdict == Verdict::Accept),
        doubted: count(&|unit| unit.verdict == Verdict::Doubt),
        rejected: count(&|unit| unit.verdict == Verdict::Reject),
        taken_back: count(&|unit| unit.reversal_id.is_some()),
        units,
        opinion,
        signed_by,
        signed_at: signed_at.into(),
    })
}

/// The text that is signed and its signature.
///
/// # Errors
/// When it cannot be written.
pub fn signed(document: &Signed) -> Result<(String, String)> {
    let text = canonical::text(&serde_json::to_value(document).map_err(AppError::internal)?);
    let signature = hex::encode(Sha256::digest(&text));
    Ok((text, signature))
}
