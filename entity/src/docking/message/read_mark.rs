//! Up to which message somebody has read.

use sea_orm::entity::prelude::*;

use crate::{
    Instant,
    docking::Side,
    id::{AccountId, DockingId, MessageId},
};

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "docking_read_mark")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub docking_id: DockingId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// For whom they read.
    pub side: Side,
    pub up_to: MessageId,
    pub read_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
