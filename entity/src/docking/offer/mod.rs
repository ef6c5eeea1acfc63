//! What one side of a docking offers the other. Amounts are in fen, or the hundredth part of the currency's unit.

pub mod status;

use sea_orm::entity::prelude::*;
use status::OfferStatus;

use super::Side;
use crate::{
    Day, Instant,
    id::{AccountId, AttachmentId, DockingId, OfferId},
    value::cooperation::CooperationMode,
};

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "docking_offer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OfferId,
    pub docking_id: DockingId,
    pub status: OfferStatus,
    /// Whose offer it is.
    pub side: Side,
    pub cooperation_mode: CooperationMode,
    /// None when it is to be negotiated.
    pub amount: Option<i64>,
    pub currency: String,
    pub terms: String,
    /// The last day on which it can be accepted.
    pub valid_to: Option<Day>,
    pub paper_attachment_id: Option<AttachmentId>,
    pub recorded_by: AccountId,
    pub recorded_at: Instant,
    pub answered_by: Option<AccountId>,
    pub answered_side: Option<Side>,
    pub answered_at: Option<Instant>,
    pub answer_note: Option<String>,
    pub reminded_at: Option<Instant>,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
