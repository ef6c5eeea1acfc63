//! A confidentiality agreement 保密协议 that the two sides signed, recorded by one and confirmed by another.

use sea_orm::entity::prelude::*;

use super::Side;
use crate::{
    Day, Instant,
    id::{AccountId, AttachmentId, DockingId, NdaId},
};

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "docking_nda")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NdaId,
    pub docking_id: DockingId,
    pub signed_on: Day,
    /// Its last day; none when it has no end.
    pub valid_to: Option<Day>,
    /// What it covers.
    pub covers: Option<String>,
    pub paper_attachment_id: AttachmentId,
    pub recorded_by: AccountId,
    pub recorded_side: Side,
    pub recorded_at: Instant,
    pub confirmed_by: Option<AccountId>,
    pub confirmed_side: Option<Side>,
    pub confirmed_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether it binds the two on that day.
    #[must_use]
    pub fn in_force(&self, day: Day) -> bool {
        self.confirmed_at.is_some() && self.signed_on <= day && self.valid_to.is_none_or(|last| day <= last)
    }
}
