//! Sign-ups on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    event::sign_up::{SignUpMove, SignUpStatus},
    id::{AccountId, EventId, SignUpId},
};
use utoipa::{IntoParams, ToSchema};

use crate::{clock::Moment, features::listing::dto::OrganisationBrief};

/// Why a sign-up is cancelled.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelSignUpIn {
    /// From a broker it is required, and reaches the person.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 2000)]
    pub reason: Option<String>,
}

/// Which sign-ups to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct SignUpQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    #[serde(default)]
    #[param(max_items = 3)]
    pub status: Vec<SignUpStatus>,
    /// Only who came, or only who did not.
    pub attended: Option<bool>,
}

/// A person, by name alone.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ParticipantOut {
    pub id: AccountId,
    pub name: String,
}

/// A sign-up, for the person and for the centre and auditors.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SignUpOut {
    pub id: SignUpId,
    pub event_id: EventId,
    pub person: ParticipantOut,
    /// For which organisation the person comes; null for themselves alone.
    pub organisation: Option<OrganisationBrief>,
    pub status: SignUpStatus,
    /// The place on the waiting list, from 1.
    pub waiting_place: Option<u64>,
    pub signed_up_at: Moment,
    /// Why it was cancelled.
    pub reason: Option<String>,
    pub attended_at: Option<Moment>,
    pub legal_moves: Vec<SignUpMove>,
}

/// How many come to an event, and one's own place.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlacesOut {
    pub capacity: Option<i32>,
    pub confirmed: u64,
    pub waiting: u64,
    pub attended: u64,
    /// The caller's own.
    pub sign_up: Option<SignUpOut>,
    /// Where to join it online; for those who have a place and for the centre.
    pub online_url: Option<String>,
}
