//! Offers on the wire. Amounts are in fen, or the hundredth part of the currency's unit.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    docking::{
        Side,
        offer::{
            Model,
            status::{OfferMove, OfferStatus},
        },
    },
    id::{AttachmentId, DockingId, OfferId},
    life_cycle::LifeCycle,
    value::cooperation::CooperationMode,
};
use utoipa::{IntoParams, ToSchema};

use crate::clock::Moment;

/// An offer of one side.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferIn {
    pub cooperation_mode: CooperationMode,
    /// Absent when it is to be negotiated 面议.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1_000_000_000_000_000_i64, example = 80_000_000)]
    pub amount: Option<i64>,
    /// ISO 4217; CNY when absent.
    #[serde(default)]
    #[schema(pattern = "^[A-Z]{3}$", min_length = 3, max_length = 3, example = "CNY")]
    pub currency: Option<String>,
    #[schema(
        min_length = 2,
        max_length = 5000,
        pattern = r"\S",
        example = "分三期支付；含样机两台和一年技术服务。"
    )]
    pub terms: String,
    /// The last day on which it can be accepted; not in the past.
    #[serde(default)]
    pub valid_to: Option<chrono::NaiveDate>,
    /// The offer as it was written, uploaded before with the purpose `offer`. From a broker it is required.
    #[serde(default)]
    pub paper_attachment_id: Option<AttachmentId>,
    /// From a broker: whose offer it is.
    #[serde(default)]
    pub side: Option<Side>,
}

/// What is said to an offer.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferAnswerIn {
    /// Reaches the other side.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub note: Option<String>,
}

/// An offer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OfferOut {
    pub id: OfferId,
    pub docking_id: DockingId,
    pub status: OfferStatus,
    pub side: Side,
    pub cooperation_mode: CooperationMode,
    pub amount: Option<i64>,
    pub currency: String,
    pub terms: String,
    pub valid_to: Option<chrono::NaiveDate>,
    pub paper_attachment_id: Option<AttachmentId>,
    pub recorded_at: Moment,
    pub answered_side: Option<Side>,
    pub answered_at: Option<Moment>,
    pub answer_note: Option<String>,
    /// The moves that the life cycle allows now, whoever may make them.
    pub legal_moves: Vec<OfferMove>,
}

impl From<Model> for OfferOut {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            docking_id: row.docking_id,
            legal_moves: row.status.legal(),
            status: row.status,
            side: row.side,
            cooperation_mode: row.cooperation_mode,
            amount: row.amount,
            currency: row.currency,
            terms: row.terms,
            valid_to: row.valid_to,
            paper_attachment_id: row.paper_attachment_id,
            recorded_at: row.recorded_at.into(),
            answered_side: row.answered_side,
            answered_at: row.answered_at.map(Into::into),
            answer_note: row.answer_note,
        }
    }
}

/// A page of offers.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct OfferQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
}
