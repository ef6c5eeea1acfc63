//! A step of a count: evidence complete, confirmed, reversed. Insert-only.

use sea_orm::entity::prelude::*;

use super::{CountStage, Evidences};
use crate::{
    Instant, canonical,
    id::{AccountId, EntryId},
};

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_event")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    pub entry_id: EntryId,
    pub stage: CountStage,
    pub at: Instant,
    pub by: Option<AccountId>,
    pub reason: Option<String>,
    /// Evidence that came with the step.
    #[sea_orm(column_type = "JsonBinary")]
    pub evidence: Evidences,
    /// SHA-256 (hex) over all the row says besides its number; none in rows from before there were hashes.
    pub hash: Option<String>,
}

impl Model {
    /// What [`hash`](Self::hash) has to be.
    #[must_use]
    pub fn content_hash(&self) -> String {
        canonical::hash(&serde_json::json!({
            "entry_id": self.entry_id,
            "stage": self.stage,
            "at": self.at.timestamp_millis(),
            "by": self.by,
            "reason": self.reason,
            "evidence": self.evidence,
        }))
    }
}

impl ActiveModelBehavior for ActiveModel {}
