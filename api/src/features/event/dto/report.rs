//! The report of an event on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    docking::{DockingOrigin, status::DockingStage},
    event::status::EventStatus,
    id::{AccountId, AttachmentId},
};
use utoipa::ToSchema;

use crate::clock::Moment;

/// What came of an event, with what shows that it was held.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventReportIn {
    #[schema(min_length = 2, max_length = 10_000)]
    pub summary: String,
    /// Photographs, the list of signatures; uploaded before with the purpose `evidence`.
    #[schema(min_items = 1, max_items = 20)]
    pub attachment_ids: Vec<AttachmentId>,
}

/// Dockings at a stage.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StageCount {
    pub stage: DockingStage,
    pub dockings: u64,
}

/// Dockings of an origin.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OriginCount {
    pub origin: DockingOrigin,
    pub dockings: u64,
}

/// What came of an event, as it stands now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventReportOut {
    pub status: EventStatus,
    pub summary: Option<String>,
    pub reported_at: Option<Moment>,
    /// With a place.
    pub confirmed: u64,
    pub waiting: u64,
    pub attended: u64,
    /// Shown.
    pub items: u64,
    pub pairs_proposed: u64,
    /// Put into the timetable, those that were held among them.
    pub pairs_accepted: u64,
    pub pairs_held: u64,
    pub pairs_dismissed: u64,
    pub dockings: u64,
    pub dockings_by_stage: Vec<StageCount>,
    pub dockings_by_origin: Vec<OriginCount>,
    /// For the centre and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachment_ids: Option<Vec<AttachmentId>>,
    /// For the centre and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reported_by: Option<AccountId>,
}
