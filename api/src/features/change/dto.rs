//! The feed on the wire.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};
use techmart_entity::{
    achievement::AchievementContent,
    change::{ChangeKind, TombstoneReason},
    demand::DemandContent,
    id::ListingId,
    listing::ListingKind,
    provider::ProviderContent,
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    clock::Moment,
    error::{AppError, Code, Result},
    features::listing::dto::ListingOut,
    say,
};

/// A place in the feed: sixteen hexadecimal digits, which grow with each change. As texts they order as the feed does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, example = "00000000000003e8")]
pub struct Position(pub i64);

impl Position {
    /// Reads a place that was given before.
    ///
    /// # Errors
    /// 400 when it is none.
    pub fn read(text: &str) -> Result<Self> {
        let number = Some(text)
            .filter(|text| (1..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|text| i64::from_str_radix(text, 16).ok());
        number.map(Self).ok_or_else(|| {
            AppError::new(
                Code::InvalidCursor,
                say!(
                    "位置无法识别；请使用上次返回的 next，或从头（0）开始。",
                    "This is no place in the feed; give the `next` of the last answer, or begin with 0."
                ),
            )
        })
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Serialize for Position {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What everybody reads of a listing: the same as its page shows a visitor.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(discriminator(property_name = "kind", mapping(
    ("achievement" = "#/components/schemas/AchievementListingOut"),
    ("demand" = "#/components/schemas/DemandListingOut"),
    ("provider" = "#/components/schemas/ProviderListingOut"),
)))]
pub enum PublicDocument {
    Achievement(Box<ListingOut<AchievementContent>>),
    Demand(Box<ListingOut<DemandContent>>),
    Provider(Box<ListingOut<ProviderContent>>),
}

/// The last change of an item.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChangeOut {
    /// Its place in the feed.
    pub position: Position,
    #[serde(rename = "type")]
    pub listing_kind: ListingKind,
    pub id: ListingId,
    pub kind: ChangeKind,
    /// When the act was. The order is that of `position`: of two acts at once the earlier may be told second.
    pub at: Moment,
    /// Of a tombstone: why it is gone.
    pub reason: Option<TombstoneReason>,
    /// Of a tombstone: the item with which it was found to be the same.
    pub replaced_by: Option<ListingId>,
    /// Of an upsert: the item as everybody reads it now. It may be newer than the change; then another follows.
    pub document: Option<PublicDocument>,
}

/// A page of the feed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChangesOut {
    pub items: Vec<ChangeOut>,
    /// The `since` of the next question. It only grows.
    pub next: Position,
    /// Whether more is there already.
    pub more: bool,
    /// The first place that can be asked from: always 0, since every item ever told is told for ever.
    pub floor: Position,
}

/// An event of the stream, by the names of its lines (Server-Sent Events).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StreamEvent {
    /// `change` or `caught_up`.
    #[schema(example = "change")]
    pub event: Option<String>,
    /// The place in the feed.
    pub id: Option<Position>,
    /// JSON: of `change` an item of `/changes`, of `caught_up` the `next` of a page.
    pub data: Option<String>,
    /// After how many milliseconds a client comes again that lost the connection.
    pub retry: Option<u32>,
}

/// From where, and what.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ChangesQuery {
    /// `next` of the answer before; the beginning when absent.
    #[param(pattern = "^[0-9a-f]{1,16}$", example = "00000000000003e8")]
    pub since: Option<String>,
    /// These types alone; all when absent.
    #[serde(default)]
    #[param(max_items = 3)]
    pub types: Vec<ListingKind>,
    /// 100 when absent.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// How many seconds to wait for a change when there is none yet.
    #[param(minimum = 0, maximum = 30)]
    pub wait: Option<u64>,
}

/// From where, what, and for how long.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct StreamQuery {
    /// A place of before; `Last-Event-ID` goes before it. The beginning when both are absent.
    #[param(pattern = "^[0-9a-f]{1,16}$", example = "00000000000003e8")]
    pub since: Option<String>,
    /// These types alone; all when absent.
    #[serde(default)]
    #[param(max_items = 3)]
    pub types: Vec<ListingKind>,
    /// After how many seconds the stream ends, so that the client comes again; 900 when absent.
    #[param(minimum = 1, maximum = 3600)]
    pub seconds: Option<u64>,
}
