//! A step of a count: evidence complete, confirmed, reversed. Insert-only.

use sea_orm::entity::prelude::*;

use super::{CountStage, Evidences};
use crate::{
    Instant,
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
}

impl ActiveModelBehavior for ActiveModel {}
