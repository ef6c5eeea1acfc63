//! Providers' help on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    docking::{
        Side,
        assistance::{
            AssistanceKind,
            status::{AssistanceMove, AssistanceStatus},
        },
    },
    id::{AssistanceId, AttachmentId, DockingId, ListingId},
};
use utoipa::{IntoParams, ToSchema};

use crate::clock::Moment;

/// What is asked of a provider.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssistanceIn {
    pub kind: AssistanceKind,
    /// The published page of the provider.
    pub provider_id: ListingId,
    /// What the provider has to know; it reads nothing else of the docking.
    #[schema(
        min_length = 2,
        max_length = 5000,
        pattern = r"\S",
        example = "请对氢气循环泵样机做成果评价，20 个工作日内出具报告。"
    )]
    pub brief: String,
    /// By when it is wanted; not in the past.
    #[serde(default)]
    pub due_on: Option<chrono::NaiveDate>,
}

/// What is said to it.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssistanceNoteIn {
    /// Reaches the other side of the request.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub note: Option<String>,
}

/// What came of it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryIn {
    #[schema(min_length = 2, max_length = 5000, pattern = r"\S", example = "评价结论：国内先进，建议中试。")]
    pub result: String,
    /// The report, uploaded before with the purpose `assistance`. Both sides of the docking read it.
    #[serde(default)]
    pub report_attachment_id: Option<AttachmentId>,
}

/// A provider's help.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AssistanceOut {
    pub id: AssistanceId,
    pub kind: AssistanceKind,
    pub status: AssistanceStatus,
    pub provider_id: ListingId,
    /// The title of the provider's page.
    pub provider: Option<String>,
    pub brief: String,
    pub due_on: Option<chrono::NaiveDate>,
    pub requested_at: Moment,
    pub answered_at: Option<Moment>,
    pub answer_note: Option<String>,
    pub result: Option<String>,
    pub report_attachment_id: Option<AttachmentId>,
    pub delivered_at: Option<Moment>,
    /// For the sides of the docking, the centre and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docking_id: Option<DockingId>,
    /// For the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested_side: Option<Side>,
    /// The moves that the life cycle allows now, whoever may make them.
    pub legal_moves: Vec<AssistanceMove>,
}

/// What to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct AssistanceQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    #[serde(default)]
    #[param(max_items = 5)]
    pub status: Vec<AssistanceStatus>,
    /// Of one docking.
    pub docking_id: Option<DockingId>,
}
