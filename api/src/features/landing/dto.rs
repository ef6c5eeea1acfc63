//! Landings on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    docking::{
        landing::LandingEvidence,
        milestone::{MilestoneKind, Model},
    },
    id::{DockingId, ListingId, MilestoneId, OrganisationId},
};
use utoipa::{IntoParams, ToSchema};

use crate::{clock::Moment, features::docking::dto::LandingOut};

/// What a landing has reached.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MilestoneIn {
    pub kind: MilestoneKind,
    /// Not in the future, and not before the landing.
    pub reached_on: chrono::NaiveDate,
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000)]
    pub note: Option<String>,
    /// Papers that show it, uploaded before with the purpose `landing`.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub evidence: Vec<LandingEvidence>,
}

/// What to look for.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct LandingQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    pub enterprise_id: Option<OrganisationId>,
    pub achievement_id: Option<ListingId>,
    pub in_zone: Option<bool>,
    pub landed_from: Option<chrono::NaiveDate>,
    pub landed_to: Option<chrono::NaiveDate>,
}

/// A landing with what it has reached.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LandingDetail {
    #[serde(flatten)]
    pub landing: LandingOut,
    pub docking_id: DockingId,
    pub enterprise_id: OrganisationId,
    pub achievement_id: Option<ListingId>,
    /// By the day on which they were reached.
    pub milestones: Vec<MilestoneOut>,
}

/// A milestone.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MilestoneOut {
    pub id: MilestoneId,
    pub kind: MilestoneKind,
    pub reached_on: chrono::NaiveDate,
    pub note: Option<String>,
    pub evidence: Vec<LandingEvidence>,
    pub recorded_at: Moment,
}

impl From<Model> for MilestoneOut {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            reached_on: row.reached_on,
            note: row.note,
            evidence: row.evidence.0,
            recorded_at: row.recorded_at.into(),
        }
    }
}
