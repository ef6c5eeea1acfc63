//! Which entry of a unit is in force. The primary key is the guard against counting twice.

use sea_orm::entity::prelude::*;

use super::CountStage;
use crate::id::EntryId;

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_active")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub indicator: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub unit_key: String,
    #[sea_orm(unique)]
    pub entry_id: EntryId,
    /// The stage now: a move of it filters by the stage before, so that of two confirmations one wins.
    pub stage: CountStage,
}

impl ActiveModelBehavior for ActiveModel {}
