//! A docking's timeline on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::docking::Side;
use utoipa::{IntoParams, ToSchema};

use crate::{clock::Moment, features::message::dto::MessageOut};

/// Something that happened in a docking.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TimelineOut {
    pub at: Moment,
    /// As the log calls it.
    #[schema(example = "confirm_meeting")]
    pub action: String,
    /// Who did it; null for the service itself.
    pub side: Option<Side>,
    #[schema(example = "供给方确认了会面")]
    pub zh: String,
    #[schema(example = "the supplier confirmed the meeting")]
    pub en: String,
    /// Where it led, of the docking's stages.
    pub to_status: Option<String>,
    pub reason_code: Option<String>,
    pub reason: Option<String>,
    /// The message that was written.
    pub message: Option<MessageOut>,
}

/// A page of a timeline.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct TimelineQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
}
