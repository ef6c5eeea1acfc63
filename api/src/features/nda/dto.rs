//! Confidentiality agreements on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    Day,
    docking::{Side, nda::Model},
    id::{AttachmentId, NdaId},
};
use utoipa::ToSchema;

use crate::clock::Moment;

/// A confidentiality agreement that both sides signed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NdaIn {
    /// Not in the future.
    pub signed_on: chrono::NaiveDate,
    /// Its last day; absent when it has no end.
    #[serde(default)]
    pub valid_to: Option<chrono::NaiveDate>,
    /// What it covers.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "双方交换的样机图纸和试验数据")]
    pub covers: Option<String>,
    /// The signed paper, uploaded before with the purpose `nda`.
    pub paper_attachment_id: AttachmentId,
}

/// A confidentiality agreement.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NdaOut {
    pub id: NdaId,
    pub signed_on: chrono::NaiveDate,
    pub valid_to: Option<chrono::NaiveDate>,
    pub covers: Option<String>,
    pub paper_attachment_id: AttachmentId,
    /// Whether it binds the two today: confirmed by another than recorded it, and not over.
    pub in_force: bool,
    pub recorded_side: Side,
    pub recorded_at: Moment,
    pub confirmed_side: Option<Side>,
    pub confirmed_at: Option<Moment>,
}

impl NdaOut {
    /// As it is on that day.
    #[must_use]
    pub fn on(row: Model, day: Day) -> Self {
        Self {
            id: row.id,
            in_force: row.in_force(day),
            signed_on: row.signed_on,
            valid_to: row.valid_to,
            covers: row.covers,
            paper_attachment_id: row.paper_attachment_id,
            recorded_side: row.recorded_side,
            recorded_at: row.recorded_at.into(),
            confirmed_side: row.confirmed_side,
            confirmed_at: row.confirmed_at.map(Into::into),
        }
    }
}
