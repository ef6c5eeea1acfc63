//! Pairs of an event on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    docking::{DeclineCode, meeting::MeetingMode},
    event::pair::{EventPairMove, EventPairStatus, PairResult},
    id::{AttachmentId, DockingId, EventId, EventPairId, ListingId, OrganisationId},
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    clock::Moment,
    features::{
        docking::dto::{DockedListing, Line},
        listing::dto::{OrganisationBrief, OwnerNote},
        matching::dto::Sentence,
    },
};

/// A pair that a broker names: an achievement and a demand, or one of them and the other side.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventPairIn {
    #[serde(default)]
    pub achievement_id: Option<ListingId>,
    #[serde(default)]
    pub demand_id: Option<ListingId>,
    /// Who would answer the demand, where no achievement is named.
    #[serde(default)]
    pub supplier_id: Option<OrganisationId>,
    /// Who would use the achievement, where no demand is named.
    #[serde(default)]
    pub enterprise_id: Option<OrganisationId>,
}

/// What proposing found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProposedOut {
    /// Pairs that are new.
    pub proposed: u64,
    /// Pairs that were there already, whatever became of them.
    pub known: u64,
}

/// Where and when the two meet.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SlotIn {
    /// Within the event. No organisation is at two tables at once.
    #[serde(default)]
    pub slot_at: Option<Moment>,
    #[serde(default)]
    #[schema(minimum = 1, maximum = 10_000)]
    pub table_number: Option<i32>,
}

/// Why two do not meet.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DismissPairIn {
    pub code: DeclineCode,
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

/// What came of it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PairResultIn {
    pub result: PairResult,
    /// Why there is no interest; required then.
    #[serde(default)]
    pub code: Option<DeclineCode>,
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

/// The docking of a pair. Without evidence it is a recommendation that the two have to consent to; with both consents on
/// paper and the minutes of their meeting at the event it is recorded like one that happened elsewhere, and its meeting
/// waits for a confirmation by another.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PairDockingIn {
    /// To both sides.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub message: Option<String>,
    #[serde(default)]
    pub evidence: Option<PairEvidenceIn>,
}

/// What shows that the two consented and met, on the day of the event.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PairEvidenceIn {
    /// The form that both signed, uploaded before with the purpose `consent`.
    pub consent_attachment_id: AttachmentId,
    #[schema(min_length = 2, max_length = 2000, example = "双方现场签署对接意向表。")]
    pub consent_note: String,
    /// The minutes, uploaded before with the purpose `minutes`.
    pub minutes_attachment_id: AttachmentId,
    #[schema(min_items = 1, max_items = 50)]
    pub attendees: Vec<Line>,
    #[schema(min_length = 2, max_length = 5000)]
    pub summary: String,
    /// On site at the event's place when absent.
    #[serde(default)]
    pub mode: Option<MeetingMode>,
}

/// Which pairs to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct EventPairQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    #[serde(default)]
    #[param(max_items = 4)]
    pub status: Vec<EventPairStatus>,
}

/// A pair of an event: for the centre and auditors, and, once it is accepted, for its two sides.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventPairOut {
    pub id: EventPairId,
    pub event_id: EventId,
    pub status: EventPairStatus,
    pub achievement: Option<DockedListing>,
    pub demand: Option<DockedListing>,
    pub supplier: Option<OrganisationBrief>,
    /// Null while the enterprise stays unnamed to the supplier.
    pub enterprise: Option<OrganisationBrief>,
    pub enterprise_note: Option<OwnerNote>,
    /// An order, never a probability; null where a broker named the pair.
    pub score: Option<f64>,
    /// Why, in sentences.
    pub reasons: Vec<Sentence>,
    pub slot_at: Option<Moment>,
    pub table_number: Option<i32>,
    pub result: Option<PairResult>,
    pub code: Option<DeclineCode>,
    pub note: Option<String>,
    pub docking_id: Option<DockingId>,
    pub legal_moves: Vec<EventPairMove>,
    pub updated_at: Moment,
}
