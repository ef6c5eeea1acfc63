//! A message in a docking: between its two sides and the broker, or between one side and the broker.

pub mod read_mark;

use sea_orm::{FromJsonQueryResult, entity::prelude::*};
use serde::{Deserialize, Serialize};

use super::Side;
use crate::{
    Instant, coded_enum,
    id::{AccountId, AttachmentId, DockingId, MessageId},
};

coded_enum! {
    /// Who reads a message beside the service centre.
    pub enum Channel: "message_channel" {
        Both = "both" ("双方与服务中心", "both sides and the service centre"),
        Enterprise = "enterprise" ("需求方与服务中心", "the enterprise and the service centre"),
        Supplier = "supplier" ("供给方与服务中心", "the supplier and the service centre"),
    }
}

impl Channel {
    /// Whether that side reads it.
    #[must_use]
    pub fn reaches(self, side: Side) -> bool {
        match (self, side) {
            (Self::Both, _) | (_, Side::Centre) => true,
            (Self::Enterprise, side) => side == Side::Enterprise,
            (Self::Supplier, side) => side == Side::Supplier,
        }
    }
}

/// The files of a message, as one JSON column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Attached(pub Vec<AttachmentId>);

/// The row. What was written is never changed.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "docking_message")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MessageId,
    pub docking_id: DockingId,
    pub channel: Channel,
    /// For whom it was written.
    pub side: Side,
    pub author_id: AccountId,
    pub body: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub attached: Attached,
    pub created_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
