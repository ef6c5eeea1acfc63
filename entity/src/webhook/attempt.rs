//! One call, and what came of it.

use sea_orm::entity::prelude::*;

use crate::{
    Instant, coded_enum,
    id::{WebhookAttemptId, WebhookDeliveryId},
};

coded_enum! {
    /// What came of a call.
    pub enum AttemptOutcome: "webhook_outcome" {
        Delivered = "delivered" ("已接收（2xx）", "taken (2xx)"),
        Refused = "refused" ("目标答复错误状态", "the target answered another status"),
        Redirected = "redirected" ("目标要求跳转（不跟随）", "the target redirects, which is not followed"),
        Gone = "gone" ("目标答复 410", "the target answered 410"),
        TimedOut = "timed_out" ("15 秒内未答复", "no answer within 15 seconds"),
        Unreachable = "unreachable" ("无法连接", "no connection"),
        Blocked = "blocked" ("目标不在公网上，未连接", "not called: the target is not on the public internet"),
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_attempt")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookAttemptId,
    pub delivery_id: WebhookDeliveryId,
    pub at: Instant,
    /// In milliseconds.
    pub duration: i32,
    pub outcome: AttemptOutcome,
    pub response_status: Option<i16>,
    /// The beginning of the answer's body, as text; for calls without an answer, why there is none.
    pub answer: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
