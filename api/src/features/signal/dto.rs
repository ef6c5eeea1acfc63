//! Signals on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    id::{AccountId, OrganisationId, SignalId},
    signal::{SignalKind, SignalMove, SignalStatus, Subject},
};
use utoipa::{IntoParams, ToSchema};

use crate::{clock::Moment, features::listing::dto::OrganisationBrief};

/// A signal with the facts behind it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SignalOut {
    pub id: SignalId,
    pub kind: SignalKind,
    pub status: SignalStatus,
    /// Whose it is, where it is of one organisation.
    pub organisation: Option<OrganisationBrief>,
    /// What it is about.
    pub subjects: Vec<Subject>,
    /// What was found; by kind. Nothing private.
    #[schema(value_type = Object)]
    pub facts: serde_json::Value,
    pub demo: bool,
    pub raised_at: Moment,
    /// What a person says of it.
    pub note: Option<String>,
    pub judged_by: Option<AccountId>,
    pub judged_at: Option<Moment>,
    pub legal_moves: Vec<SignalMove>,
}

/// Which signals to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct SignalQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    #[serde(default)]
    #[param(max_items = 7)]
    pub kind: Vec<SignalKind>,
    /// All when absent.
    #[serde(default)]
    #[param(max_items = 3)]
    pub status: Vec<SignalStatus>,
    /// Of this organisation, or about it.
    pub organisation_id: Option<OrganisationId>,
    pub demo: Option<bool>,
    /// Raised on this day or later.
    pub since: Option<chrono::NaiveDate>,
}

/// What a person says of a signal.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignalNoteIn {
    #[schema(min_length = 1, max_length = 2000)]
    pub note: String,
}

/// Why a signal is looked at again.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignalReopenIn {
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
}
