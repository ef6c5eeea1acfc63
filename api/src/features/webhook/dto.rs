//! Endpoints, deliveries and messages on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    Instant, coded_enum,
    id::{ApiClientId, DockingId, ListingId, WebhookAttemptId, WebhookDeliveryId, WebhookEventId, WebhookId},
    webhook::{
        EventType, attempt,
        attempt::AttemptOutcome,
        delivery,
        delivery::DeliveryStatus,
        endpoint,
        endpoint::{DisabledReason, WebhookStatus},
        event,
    },
};
use utoipa::{IntoParams, ToSchema};

use crate::clock::Moment;

coded_enum! {
    /// What an event is about.
    pub enum Resource: "webhook_resource" {
        Achievement = "achievement" ("科技成果", "achievement"),
        Demand = "demand" ("技术需求", "demand"),
        Provider = "provider" ("科技服务机构", "service provider"),
        Docking = "docking" ("对接", "docking"),
        Contract = "contract" ("合同", "contract"),
        Recommendation = "recommendation" ("撮合推荐", "recommendation"),
    }
}

/// An endpoint of a client.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WebhookOut {
    pub id: WebhookId,
    pub api_client_id: ApiClientId,
    #[schema(example = "https://receiver.example/techmart")]
    pub url: String,
    pub description: Option<String>,
    /// What it hears of; none means all that its client may.
    pub event_types: Vec<EventType>,
    pub status: WebhookStatus,
    pub disabled_reason: Option<DisabledReason>,
    pub disabled_at: Option<Moment>,
    /// Since when every call has failed; null while the last one did not.
    pub failing_since: Option<Moment>,
    /// Until when calls are signed with the secret before as well.
    pub previous_secret_until: Option<Moment>,
    pub created_at: Moment,
    pub updated_at: Moment,
}

impl WebhookOut {
    /// As it is at an instant.
    #[must_use]
    pub fn of(row: endpoint::Model, now: Instant) -> Self {
        Self {
            id: row.id,
            api_client_id: row.api_client_id,
            url: row.url,
            description: row.description,
            event_types: row.event_types.0,
            status: row.status,
            disabled_reason: row.disabled_reason,
            disabled_at: row.disabled_at.map(Into::into),
            failing_since: row.failing_since.map(Into::into),
            previous_secret_until: row.previous_until.filter(|end| *end > now).map(Into::into),
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        }
    }
}

/// An endpoint with its secret, which is shown this once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WebhookSecretOut {
    #[serde(flatten)]
    pub webhook: WebhookOut,
    /// What calls are signed with: verify each with a library of Standard Webhooks. Null where an answer is repeated
    /// under its Idempotency-Key: it is not kept for that.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwVJHh8Ym8x2g=")]
    pub secret: Option<String>,
}

/// An endpoint to call.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookIn {
    /// Whose endpoint it is. A key's own client when absent.
    #[serde(default)]
    pub api_client_id: Option<ApiClientId>,
    /// An `https` address on the public internet.
    #[schema(min_length = 1, max_length = 2000, example = "https://receiver.example/techmart")]
    pub url: String,
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200, example = "门户网站的成果页")]
    pub description: Option<String>,
    /// What to be told of: all that the client may hear when absent or empty.
    #[serde(default)]
    #[schema(max_items = 50, example = json!(["achievement.published", "achievement.updated", "achievement.withdrawn"]))]
    pub event_types: Vec<EventType>,
}

/// What to change of it; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookPatch {
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, example = "https://receiver.example/techmart/v2")]
    pub url: Option<String>,
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200)]
    pub description: Option<String>,
    #[serde(default)]
    #[schema(max_items = 50)]
    pub event_types: Option<Vec<EventType>>,
}

/// Which endpoints.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct WebhookQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    pub api_client_id: Option<ApiClientId>,
    pub status: Option<WebhookStatus>,
}

/// Which deliveries.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct DeliveryQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    pub status: Option<DeliveryStatus>,
    pub event_type: Option<EventType>,
    pub event_id: Option<WebhookEventId>,
}

/// One event to one endpoint.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeliveryOut {
    pub id: WebhookDeliveryId,
    /// The `webhook-id` of its calls: the same however often it is sent.
    pub event_id: WebhookEventId,
    pub event_type: EventType,
    pub status: DeliveryStatus,
    /// Attempts since it was made or replayed last.
    pub attempts: i32,
    /// When it is tried next; null when it is not.
    pub next_attempt_at: Option<Moment>,
    pub last_attempt_at: Option<Moment>,
    pub last_outcome: Option<AttemptOutcome>,
    pub last_response_status: Option<i16>,
    pub delivered_at: Option<Moment>,
    pub created_at: Moment,
}

impl From<delivery::Model> for DeliveryOut {
    fn from(row: delivery::Model) -> Self {
        let pending = row.status == DeliveryStatus::Pending;
        Self {
            id: row.id,
            event_id: row.event_id,
            event_type: row.event_type,
            status: row.status,
            attempts: row.attempts,
            next_attempt_at: pending.then_some(row.next_at.into()),
            last_attempt_at: row.last_attempt_at.map(Into::into),
            last_outcome: row.last_outcome,
            last_response_status: row.last_response_status,
            delivered_at: row.delivered_at.map(Into::into),
            created_at: row.created_at.into(),
        }
    }
}

/// A delivery with its last attempts and what is sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeliveryDetailOut {
    #[serde(flatten)]
    pub delivery: DeliveryOut,
    /// What is sent, as it is sent.
    pub message: WebhookMessage,
    /// The last hundred, newest first.
    pub attempt_log: Vec<AttemptOut>,
}

/// One call.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AttemptOut {
    pub id: WebhookAttemptId,
    pub at: Moment,
    pub duration_ms: i32,
    pub outcome: AttemptOutcome,
    pub response_status: Option<i16>,
    /// The beginning of the answer, at most 1 kB; of a call without an answer, why there is none.
    pub answer: Option<String>,
}

impl From<attempt::Model> for AttemptOut {
    fn from(row: attempt::Model) -> Self {
        Self {
            id: row.id,
            at: row.at.into(),
            duration_ms: row.duration,
            outcome: row.outcome,
            response_status: row.response_status,
            answer: row.answer,
        }
    }
}

/// From when on to send again what did not arrive.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayIn {
    #[schema(example = "2026-12-01T00:00:00.000Z")]
    pub since: Moment,
}

/// How many are sent again.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReplayOut {
    pub replayed: u64,
}

/// What is sent to an endpoint: a thin message that says what has changed. Read the rest from the interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookMessage {
    #[serde(rename = "type")]
    pub event_type: EventType,
    /// When it happened. The header `webhook-timestamp` says when this call was made.
    pub timestamp: Moment,
    pub data: EventData,
}

impl WebhookMessage {
    /// Of an event.
    ///
    /// # Errors
    /// When the row holds no data of an event.
    pub fn of(row: &event::Model) -> Result<Self, serde_json::Error> {
        let data: EventData = serde_json::from_value(row.data.clone())?;
        Ok(Self {
            event_type: row.event_type,
            timestamp: row.at.into(),
            data: EventData { event_id: Some(row.id), ..data },
        })
    }
}

/// What has changed: ids, the state it is in, and where to read it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EventData {
    /// As in the header `webhook-id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<WebhookEventId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<Resource>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid)]
    pub id: Option<String>,
    /// The code of where it stands, by the list of its resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "published")]
    pub status: Option<String>,
    /// Where to read it, below the address of this service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "/api/v1/achievements/019ad2f0-7c1e-7d3a-9b53-0c7a3f5e2b11")]
    pub path: Option<String>,
    /// Of what was merged: where to read what it was merged into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub achievement_id: Option<ListingId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demand_id: Option<ListingId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docking_id: Option<DockingId>,
}
