//! Where a listing stands on a platform.

use sea_orm::entity::prelude::*;

use crate::{
    Instant, coded_enum,
    id::{ListingId, OutboundPackageId, OutboundTargetId},
    listing::ListingKind,
};

coded_enum! {
    /// Where a listing stands on a platform, as far as we were told.
    pub enum ItemState: "outbound_item_state" {
        Packed = "packed" ("已打包", "packed, not answered yet"),
        Accepted = "accepted" ("已接收", "accepted"),
        Refused = "refused" ("被退回", "refused"),
        Removed = "removed" ("已通知撤下", "told to be taken away"),
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbound_item")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub target_id: OutboundTargetId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub listing_id: ListingId,
    pub kind: ListingKind,
    /// As it was packed.
    pub title: String,
    pub state: ItemState,
    /// SHA-256 (hex) of the row as it was packed last.
    pub last_payload_hash: String,
    /// The platform's number.
    pub remote_id: Option<String>,
    /// The platform's words.
    pub opinion: Option<String>,
    /// The package it went with last.
    pub package_id: OutboundPackageId,
    pub packed_at: Instant,
    pub answered_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}
