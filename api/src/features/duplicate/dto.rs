//! Pairs on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    duplicate::{DuplicateMove, DuplicateReason, DuplicateStatus, DuplicateSubject},
    id::{AccountId, DuplicateId, EntryId, ListingId, OrganisationId},
    ledger::CountStage,
    listing::{ListingKind, Source, status::ListingStatus},
    organisation::{OrganisationKind, status::VerificationStatus},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{clock::Moment, features::listing::dto::OrganisationBrief};

/// Why two may be one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PairReason {
    pub code: DuplicateReason,
    /// The shared key, or the likeness.
    pub detail: String,
}

/// One of two, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PairSide {
    /// Of a listing or an organisation, as the pair's subject says.
    pub id: Uuid,
    /// Its title or name; empty when it is no longer there.
    pub label: String,
    /// Whose listing it is.
    pub organisation: Option<OrganisationBrief>,
    /// What it was merged into.
    pub merged_into: Option<Uuid>,
}

/// A pair in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PairBrief {
    pub id: DuplicateId,
    pub subject: DuplicateSubject,
    pub status: DuplicateStatus,
    /// How alike, 0 to 100; 100 for a shared key.
    pub score: i32,
    pub reasons: Vec<PairReason>,
    pub demo: bool,
    pub left: PairSide,
    pub right: PairSide,
    /// Which of the two stands.
    pub canonical_id: Option<Uuid>,
    pub found_at: Moment,
    pub decided_at: Option<Moment>,
}

/// A count that hangs on one of two.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PairCount {
    pub entry_id: EntryId,
    #[schema(example = "T1")]
    pub indicator: String,
    pub stage: CountStage,
    pub label: String,
    pub effective_on: chrono::NaiveDate,
}

/// What hangs on one of two, and goes to the other one with a merge.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Hanging {
    /// The counts in force, at most 200 of them; a merge takes them back.
    pub counts: Vec<PairCount>,
    pub dockings: u64,
    pub open_dockings: u64,
    /// Of an organisation: its people, listings, contracts, entries.
    pub members: u64,
    pub listings: u64,
    pub contracts: u64,
    pub provider_entries: u64,
}

/// A listing of a pair.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PairListing {
    pub id: ListingId,
    pub kind: ListingKind,
    pub status: ListingStatus,
    pub source: Source,
    pub source_url: Option<String>,
    pub first_submitted_at: Option<Moment>,
    pub first_published_at: Option<Moment>,
    /// The published version, else the one in work, without the contact.
    #[schema(value_type = Object)]
    pub content: serde_json::Value,
}

/// An organisation of a pair.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PairOrganisation {
    pub id: OrganisationId,
    pub kind: OrganisationKind,
    pub uscc: Option<String>,
    pub region_code: Option<String>,
    pub town: Option<String>,
    pub verification: VerificationStatus,
    /// Whether nobody registered it: a source names it.
    pub named_by_source: bool,
    pub created_at: Moment,
}

/// One of two, side by side with the other.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PairSideOut {
    #[serde(flatten)]
    pub side: PairSide,
    pub listing: Option<PairListing>,
    pub of_organisation: Option<PairOrganisation>,
    pub hanging: Hanging,
}

/// What stands in the way of a merge.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Obstacle {
    pub code: String,
    pub zh: String,
    pub en: String,
}

/// A merge as it would be if this one stood.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PossibleMerge {
    pub canonical_id: Uuid,
    /// Empty when it can be done.
    pub obstacles: Vec<Obstacle>,
}

/// A pair, both sides side by side.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PairOut {
    pub id: DuplicateId,
    pub subject: DuplicateSubject,
    pub status: DuplicateStatus,
    pub score: i32,
    pub reasons: Vec<PairReason>,
    pub demo: bool,
    pub left: PairSideOut,
    pub right: PairSideOut,
    /// What a merge would meet, by which of the two would stand. Empty once it was decided.
    pub merges: Vec<PossibleMerge>,
    pub canonical_id: Option<Uuid>,
    pub note: Option<String>,
    pub decided_by: Option<AccountId>,
    pub decided_at: Option<Moment>,
    pub found_at: Moment,
    /// What the decision changed.
    #[schema(value_type = Option<Object>)]
    pub effects: Option<serde_json::Value>,
    pub legal_moves: Vec<DuplicateMove>,
}

/// Which pairs to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PairQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    #[serde(default)]
    #[param(max_items = 4)]
    pub subject: Vec<DuplicateSubject>,
    /// Those to be decided when absent.
    #[serde(default)]
    #[param(max_items = 4)]
    pub status: Vec<DuplicateStatus>,
    pub demo: Option<bool>,
    /// Pairs with this listing.
    pub listing_id: Option<ListingId>,
    /// Pairs with this organisation.
    pub organisation_id: Option<OrganisationId>,
}

/// Two that a person takes for one.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PairIn {
    pub subject: DuplicateSubject,
    pub left_id: Uuid,
    pub right_id: Uuid,
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    pub note: String,
}

/// A decision that names which of the two stands.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CanonicalIn {
    /// One of the two.
    pub canonical_id: Uuid,
    #[schema(min_length = 1, max_length = 2000)]
    pub note: String,
}

/// A decision with its reasons.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PairNoteIn {
    #[schema(min_length = 1, max_length = 2000)]
    pub note: String,
}

/// Why a decision is undone.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UndoIn {
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
}
