//! Feedback on the wire. It names no organisation and no person.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    id::{ListingId, OrganisationId},
    listing::ListingKind,
};
use utoipa::{IntoParams, ToSchema};

use super::reasons::ReasonOut;

/// How far back.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct FeedbackQuery {
    /// This month and those before it; 12 when absent.
    #[param(minimum = 1, maximum = 60)]
    pub months: Option<u32>,
}

/// What became of a listing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FeedbackOut {
    pub listing_id: ListingId,
    pub kind: ListingKind,
    pub title: String,
    /// All months below together.
    pub total: FeedbackSums,
    /// The newest first.
    pub months: Vec<FeedbackMonthOut>,
}

/// What became of an organisation's listings, and of its own interests in what others posted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrganisationFeedbackOut {
    pub organisation_id: OrganisationId,
    pub total: FeedbackSums,
    /// The newest first.
    pub months: Vec<FeedbackMonthOut>,
    /// What became of its own interests, of all months together.
    pub own_interests: OwnInterestsOut,
}

/// Figures of a month, or of several.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct FeedbackSums {
    /// People outside who opened the page, each once a day.
    pub views: i64,
    /// First pages of a search in which it stood, of those outside.
    pub appearances: i64,
    /// Saved searches that told of it.
    pub alerts: i64,
    /// Interests in it. Of a provider: dockings that name it.
    pub interests: u64,
    pub accepted: u64,
    /// Interests and recommendations that were declined or not taken up.
    pub declined: u64,
}

/// A month.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FeedbackMonthOut {
    /// In Asia/Shanghai.
    #[schema(example = "2026-11")]
    pub month: String,
    #[serde(flatten)]
    pub sums: FeedbackSums,
    /// How dockings about it ended in this month, and why.
    pub reasons: Vec<ReasonOut>,
}

/// What became of the interests that an organisation expressed.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct OwnInterestsOut {
    pub expressed: u64,
    pub accepted: u64,
    /// How they ended, and why.
    pub reasons: Vec<ReasonOut>,
}
