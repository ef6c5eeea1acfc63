//! What somebody wants to be reminded of in a docking.

use sea_orm::entity::prelude::*;

use crate::{
    Instant,
    id::{AccountId, DockingId, ReminderId},
};

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "docking_reminder")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReminderId,
    pub docking_id: DockingId,
    /// Whose it is, and who alone sees it.
    pub account_id: AccountId,
    pub at: Instant,
    pub note: String,
    pub told_at: Option<Instant>,
    pub created_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
