//! What is shown at an event, on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    event::item::{EventItemMove, EventItemStatus},
    id::{EventId, EventItemId, ListingId},
    listing::ListingKind,
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    clock::Moment,
    features::{listing::dto::OrganisationBrief, search::dto::HitOut},
};

/// What is brought.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventItemIn {
    /// A published achievement or demand that everybody may find.
    pub listing_id: ListingId,
}

/// Which items to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct EventItemQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    pub kind: Option<ListingKind>,
    pub status: Option<EventItemStatus>,
}

/// An item of an event.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventItemOut {
    pub id: EventItemId,
    pub event_id: EventId,
    pub kind: ListingKind,
    pub status: EventItemStatus,
    /// As the caller may see it now; null when it is not shown any more.
    pub listing: Option<HitOut>,
    /// Whose it is; for that organisation, the centre and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationBrief>,
    pub brought_at: Moment,
    /// Why it was refused or withdrawn; for the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub legal_moves: Vec<EventItemMove>,
}
