//! Messages on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    docking::{Side, message::Channel},
    id::{AttachmentId, MessageId},
};
use utoipa::{IntoParams, ToSchema};

use crate::clock::Moment;

/// A message.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageIn {
    /// Who reads it beside the service centre; both sides when absent.
    #[serde(default)]
    pub channel: Option<Channel>,
    #[schema(
        min_length = 1,
        max_length = 5000,
        pattern = r"\S",
        example = "样机在 -30 ℃ 下的启动数据能否提供？"
    )]
    pub body: String,
    /// Files, uploaded before with the purpose `message`.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub attachment_ids: Vec<AttachmentId>,
}

/// A message, for somebody who may read it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MessageOut {
    pub id: MessageId,
    pub channel: Channel,
    /// For whom it was written.
    pub side: Side,
    /// Who wrote it. Null for the other side until both have consented.
    pub author: Option<String>,
    pub body: String,
    pub attachments: Vec<MessageFile>,
    /// The sides, other than the author's, of which somebody has read it.
    pub read_by: Vec<Side>,
    pub created_at: Moment,
}

/// A file of a message; its bytes are at `/attachments/{id}/content`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MessageFile {
    pub id: AttachmentId,
    pub file_name: String,
    pub media_type: String,
    pub size: i64,
    pub sha256: String,
}

/// Up to which message the caller has read.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadMarkIn {
    pub up_to: MessageId,
}

/// What is left to read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnreadMessages {
    pub unread: u64,
}

/// What to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct MessageQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    pub channel: Option<Channel>,
}
