//! Contracts on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    contract::{
        ContractType, amendment,
        status::{ContractMove, ContractStatus},
    },
    id::{AmendmentId, AttachmentId, ContractId, DockingId, ListingId, OrganisationId},
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    clock::Moment,
    features::docking::dto::{ContractOut, TermIn},
};

/// A contract that was made without a docking of this market.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractRecordIn {
    /// The parties' own number.
    #[schema(min_length = 1, max_length = 100, example = "JS-2026-017")]
    pub number: String,
    #[schema(min_length = 1, max_length = 300)]
    pub title: String,
    pub contract_type: ContractType,
    pub buyer_id: OrganisationId,
    pub seller_id: OrganisationId,
    /// The achievements that it is about, published at some time.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub achievements: Vec<ListingId>,
    /// Not in the future.
    pub signed_on: chrono::NaiveDate,
    #[serde(default)]
    pub term: Option<TermIn>,
    /// 成交额
    #[schema(minimum = 1, maximum = 1_000_000_000_000_000_i64, example = 120_000_000)]
    pub total_amount: i64,
    /// 技术交易额, at most the total.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_000_i64)]
    pub technical_amount: Option<i64>,
    /// ISO 4217; CNY when absent.
    #[serde(default)]
    #[schema(pattern = "^[A-Z]{3}$", min_length = 3, max_length = 3, example = "CNY")]
    pub currency: Option<String>,
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub payment: Option<String>,
    /// Whether buyer and seller are related companies.
    #[serde(default)]
    pub related_party: bool,
    /// The signed contract, uploaded before with the purpose `contract`.
    pub paper_attachment_id: AttachmentId,
}

/// The application for a registration.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmitContractIn {
    /// Not in the future, and not before the signature.
    pub submitted_on: chrono::NaiveDate,
}

/// A change of a registered contract; what is absent stays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeContractIn {
    /// Not in the future, and not before the registration.
    pub changed_on: chrono::NaiveDate,
    #[schema(min_length = 2, max_length = 2000, example = "补充协议调整金额。")]
    pub reason: String,
    #[serde(default)]
    #[schema(min_length = 1, max_length = 300)]
    pub title: Option<String>,
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1_000_000_000_000_000_i64)]
    pub total_amount: Option<i64>,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_000_i64)]
    pub technical_amount: Option<i64>,
    #[serde(default)]
    pub term: Option<TermIn>,
    /// The achievements that it is about since then.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub achievements: Option<Vec<ListingId>>,
    /// The supplementary agreement, uploaded before with the purpose `contract`.
    pub paper_attachment_id: AttachmentId,
}

/// The end of a registration.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeContractIn {
    /// Not in the future, and not before the registration.
    pub revoked_on: chrono::NaiveDate,
    #[schema(min_length = 2, max_length = 2000, example = "登记机构撤销登记。")]
    pub reason: String,
    /// The authority's notice, uploaded before with the purpose `certificate`.
    pub paper_attachment_id: AttachmentId,
}

/// The end of a contract before its registration.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelContractIn {
    /// Not in the future, and not before the signature.
    pub cancelled_on: chrono::NaiveDate,
    #[schema(min_length = 2, max_length = 2000, example = "双方协议解除。")]
    pub reason: String,
}

/// What to look for.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ContractQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    #[serde(default)]
    #[param(max_items = 7)]
    pub status: Vec<ContractStatus>,
    pub contract_type: Option<ContractType>,
    pub buyer_id: Option<OrganisationId>,
    pub seller_id: Option<OrganisationId>,
    pub docking_id: Option<DockingId>,
    pub registered_from: Option<chrono::NaiveDate>,
    pub registered_to: Option<chrono::NaiveDate>,
    pub demo: Option<bool>,
}

/// A contract with what became of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContractDetail {
    #[serde(flatten)]
    pub contract: ContractOut,
    /// Null where it was made without a docking of this market.
    pub docking_id: Option<DockingId>,
    pub achievements: Vec<ListingId>,
    pub demo: bool,
    pub submitted_on: Option<chrono::NaiveDate>,
    /// When it was cancelled or its registration revoked.
    pub ended_on: Option<chrono::NaiveDate>,
    pub end_reason: Option<String>,
    pub amendments: Vec<AmendmentOut>,
    pub legal_moves: Vec<ContractMove>,
}

/// A contract in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContractBrief {
    pub id: ContractId,
    pub number: String,
    pub title: String,
    pub contract_type: ContractType,
    pub status: ContractStatus,
    pub buyer_id: OrganisationId,
    pub seller_id: OrganisationId,
    pub signed_on: chrono::NaiveDate,
    pub total_amount: i64,
    pub technical_amount: Option<i64>,
    pub currency: String,
    pub registration_number: Option<String>,
    pub registered_on: Option<chrono::NaiveDate>,
    pub docking_id: Option<DockingId>,
    pub demo: bool,
}

/// A change that was made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AmendmentOut {
    pub id: AmendmentId,
    pub changed_on: chrono::NaiveDate,
    pub reason: String,
    /// The members that changed, as they were.
    #[schema(value_type = Object)]
    pub before: serde_json::Value,
    /// The same members, as they are since.
    #[schema(value_type = Object)]
    pub after: serde_json::Value,
    pub paper_attachment_id: AttachmentId,
    pub recorded_at: Moment,
}

impl From<amendment::Model> for AmendmentOut {
    fn from(row: amendment::Model) -> Self {
        Self {
            id: row.id,
            changed_on: row.changed_on,
            reason: row.reason,
            before: row.before,
            after: row.after,
            paper_attachment_id: row.paper_attachment_id,
            recorded_at: row.recorded_at.into(),
        }
    }
}
