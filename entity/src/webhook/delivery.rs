//! One event to one endpoint: a line of its log, and the queue of what is still to be sent.

use sea_orm::entity::prelude::*;

use super::{EventType, attempt::AttemptOutcome};
use crate::{
    Instant, coded_enum,
    id::{WebhookDeliveryId, WebhookEventId, WebhookId},
};

coded_enum! {
    /// Where a delivery stands.
    pub enum DeliveryStatus: "webhook_delivery_status" {
        Pending = "pending" ("待投递", "to be sent, or tried again"),
        Delivered = "delivered" ("已投递", "delivered"),
        Failed = "failed" ("投递失败", "given up after the last attempt"),
        Missed = "missed" ("停用期间未投递", "not sent: the endpoint was disabled"),
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_delivery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookDeliveryId,
    pub endpoint_id: WebhookId,
    pub event_id: WebhookEventId,
    /// The event's, for lists.
    pub event_type: EventType,
    pub status: DeliveryStatus,
    /// Of the present run of the schedule; a replay begins it anew.
    pub attempts: i32,
    pub next_at: Instant,
    /// Which process is at it, and until when nobody else may be.
    pub claimed_by: Option<String>,
    pub claimed_until: Option<Instant>,
    pub last_outcome: Option<AttemptOutcome>,
    pub last_response_status: Option<i16>,
    pub last_attempt_at: Option<Instant>,
    pub delivered_at: Option<Instant>,
    pub created_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
