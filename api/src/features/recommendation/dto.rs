//! Recommendations on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    docking::DeclineCode,
    id::{AccountId, DockingId, ListingId, OrganisationId, RecommendationId},
    recommendation::{RecommendationMove, RecommendationStatus},
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    clock::Moment,
    features::{
        listing::dto::OrganisationBrief,
        matching::dto::{MatchPartOut, Sentence},
    },
};

/// One side of a recommendation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecommendedOut {
    pub id: ListingId,
    pub title: String,
    pub organisation: Option<OrganisationBrief>,
    #[schema(example = "/api/v1/achievements/019346c2-0000-7000-8000-000000000000")]
    pub href: String,
}

/// An achievement and a demand that the matcher would bring together.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecommendationOut {
    pub id: RecommendationId,
    pub status: RecommendationStatus,
    pub achievement: RecommendedOut,
    pub demand: RecommendedOut,
    /// The sum of the parts; an order, no probability.
    #[schema(example = 0.61)]
    pub score: f64,
    pub parts: Vec<MatchPartOut>,
    pub reasons: Vec<Sentence>,
    #[schema(example = "techmart-match-1")]
    pub model: String,
    pub demo: bool,
    pub decided_by: Option<AccountId>,
    pub decided_at: Option<Moment>,
    /// Why it was dismissed.
    pub code: Option<DeclineCode>,
    pub note: Option<String>,
    /// The docking that it became.
    pub docking_id: Option<DockingId>,
    pub created_at: Moment,
    pub legal_moves: Vec<RecommendationMove>,
}

/// Which recommendations to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct RecommendationQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Open ones when absent.
    #[serde(default)]
    #[param(max_items = 4)]
    pub status: Vec<RecommendationStatus>,
    pub demand_id: Option<ListingId>,
    pub achievement_id: Option<ListingId>,
    /// Of this organisation, on either side.
    pub organisation_id: Option<OrganisationId>,
    #[param(minimum = 0.0, maximum = 10.0)]
    pub min_score: Option<f64>,
    pub demo: Option<bool>,
}

/// Taking up.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeUpIn {
    /// To both sides.
    #[serde(default)]
    #[schema(max_length = 2000, example = "两家需求吻合，建议先交换样机测试数据。")]
    pub message: Option<String>,
}

/// Dismissing.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DismissalIn {
    pub code: DeclineCode,
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}
