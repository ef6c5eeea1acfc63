//! Something that happened and that endpoints are told of. Its id is the `webhook-id` of each call about it.

use sea_orm::entity::prelude::*;

use super::EventType;
use crate::{Instant, id::WebhookEventId};

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookEventId,
    pub event_type: EventType,
    /// What it follows from: of one source there is one event of a type.
    pub source: String,
    /// When it happened.
    pub at: Instant,
    /// Ids and what anybody who is told may read: never contacts, names or another side's things.
    #[sea_orm(column_type = "JsonBinary")]
    pub data: Json,
    pub created_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
