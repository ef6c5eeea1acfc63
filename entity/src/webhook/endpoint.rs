//! Where a client is called.

use std::fmt;

use sea_orm::{FromJsonQueryResult, entity::prelude::*};
use serde::{Deserialize, Serialize};

use super::EventType;
use crate::{
    Instant, coded_enum,
    id::{AccountId, ApiClientId, WebhookId},
    life_cycle::LifeCycle,
};

coded_enum! {
    /// Whether an endpoint is called.
    pub enum WebhookStatus: "webhook_status" {
        Active = "active" ("启用", "active"),
        Disabled = "disabled" ("停用", "disabled"),
    }
}

coded_enum! {
    /// What can be done to an endpoint.
    pub enum WebhookMove: "webhook_move" {
        Enable = "enable" ("启用", "enable"),
        Disable = "disable" ("停用", "disable"),
    }
}

coded_enum! {
    /// Why an endpoint is not called.
    pub enum DisabledReason: "webhook_disabled_reason" {
        ByHand = "by_hand" ("人工停用", "disabled by hand"),
        Failing = "failing" ("连续五天投递失败", "failed for five days"),
        Gone = "gone" ("目标答复 410，不再接收", "the target answered 410: it is gone"),
    }
}

impl LifeCycle for WebhookStatus {
    type Move = WebhookMove;

    const MOVES: &'static [WebhookMove] = WebhookMove::ALL;

    fn target(self, mv: WebhookMove) -> Option<Self> {
        let (from, to) = match mv {
            WebhookMove::Enable => (Self::Disabled, Self::Active),
            WebhookMove::Disable => (Self::Active, Self::Disabled),
        };
        (self == from).then_some(to)
    }
}

/// The types that an endpoint hears of, as one JSON column; none means all that its client may.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct EventTypes(pub Vec<EventType>);

impl EventTypes {
    /// Whether it hears of a type.
    #[must_use]
    pub fn has(&self, event_type: EventType) -> bool {
        self.0.is_empty() || self.0.contains(&event_type)
    }
}

/// What calls are signed with, as the receiver has it: `whsec_…`. It shows itself to nobody by accident.
#[derive(Clone, PartialEq, Eq, DeriveValueType)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("whsec_…")
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_endpoint")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookId,
    pub api_client_id: ApiClientId,
    pub url: String,
    pub description: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub event_types: EventTypes,
    pub status: WebhookStatus,
    pub disabled_reason: Option<DisabledReason>,
    pub disabled_at: Option<Instant>,
    /// What its calls are signed with: it has to be known to sign.
    pub secret: Secret,
    /// The secret before, which signs beside it until then.
    pub previous_secret: Option<Secret>,
    pub previous_until: Option<Instant>,
    /// Since when every call has failed; none while the last one did not.
    pub failing_since: Option<Instant>,
    pub failed_at: Option<Instant>,
    pub created_by: AccountId,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// Of what people change: a call changes nothing of it.
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The secrets that sign at that instant, the present one first.
    #[must_use]
    pub fn secrets(&self, now: Instant) -> Vec<&str> {
        let previous =
            self.previous_secret.iter().filter(|_| self.previous_until.is_some_and(|end| end > now));
        std::iter::once(&self.secret).chain(previous).map(|secret| secret.0.as_str()).collect()
    }
}
