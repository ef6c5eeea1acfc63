//! Finance cases on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    finance_case::{FinanceCaseMove, FinanceCaseStatus, FinanceKind, Model},
    id::{AccountId, AttachmentId, FinanceCaseId, ListingId, OrganisationId},
    life_cycle::LifeCycle,
};
use utoipa::{IntoParams, ToSchema};

use crate::clock::Moment;

/// A credit line or a loan.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FinanceCaseIn {
    pub kind: FinanceKind,
    /// The number of the credit agreement or loan contract.
    #[schema(min_length = 1, max_length = 100, example = "SX-2026-0031")]
    pub number: String,
    pub enterprise_id: OrganisationId,
    /// The page of the provider that granted or arranged it.
    #[serde(default)]
    pub provider_id: Option<ListingId>,
    /// Who granted it, as the paper says.
    #[schema(min_length = 2, max_length = 200, example = "荆州农商行")]
    pub lender: String,
    /// In fen, or the hundredth part of the currency's unit.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_000_i64, example = 500_000_000)]
    pub amount: i64,
    /// ISO 4217; CNY when absent. Figures add up yuan alone.
    #[serde(default)]
    #[schema(pattern = "^[A-Z]{3}$", min_length = 3, max_length = 3, example = "CNY")]
    pub currency: Option<String>,
    /// Not in the future.
    pub granted_on: chrono::NaiveDate,
    /// The last day of its term.
    #[serde(default)]
    pub ends_on: Option<chrono::NaiveDate>,
    /// The numbers of the pledged rights; a loan on pledged rights needs one at least.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub pledged: Vec<String>,
    /// The credit paper, loan contract or registration of the pledge, uploaded before with the purpose
    /// `evidence`.
    pub paper_attachment_id: AttachmentId,
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000)]
    pub note: Option<String>,
}

/// The end of a case before its term.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndIn {
    /// The first day on which it no longer was in force; not in the future.
    pub ended_on: chrono::NaiveDate,
    #[schema(min_length = 2, max_length = 2000, example = "提前结清。")]
    pub reason: String,
}

/// Why a case is withdrawn.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawCaseIn {
    #[schema(min_length = 2, max_length = 2000, example = "误录。")]
    pub reason: String,
}

/// What to look for.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct FinanceCaseQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    pub kind: Option<FinanceKind>,
    pub status: Option<FinanceCaseStatus>,
    pub enterprise_id: Option<OrganisationId>,
    pub provider_id: Option<ListingId>,
    pub demo: Option<bool>,
}

/// A finance case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FinanceCaseOut {
    pub id: FinanceCaseId,
    pub kind: FinanceKind,
    pub number: String,
    pub enterprise_id: OrganisationId,
    pub provider_id: Option<ListingId>,
    pub lender: String,
    pub amount: i64,
    pub currency: String,
    pub granted_on: chrono::NaiveDate,
    pub ends_on: Option<chrono::NaiveDate>,
    pub pledged: Vec<String>,
    pub paper_attachment_id: AttachmentId,
    pub note: Option<String>,
    pub demo: bool,
    pub status: FinanceCaseStatus,
    pub recorded_by: AccountId,
    pub recorded_at: Moment,
    pub ended_on: Option<chrono::NaiveDate>,
    pub ended_by: Option<AccountId>,
    pub end_reason: Option<String>,
    pub legal_moves: Vec<FinanceCaseMove>,
}

impl From<Model> for FinanceCaseOut {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            number: row.number,
            enterprise_id: row.enterprise_id,
            provider_id: row.provider_id,
            lender: row.lender,
            amount: row.amount,
            currency: row.currency,
            granted_on: row.granted_on,
            ends_on: row.ends_on,
            pledged: row.pledged.0,
            paper_attachment_id: row.paper_attachment_id,
            note: row.note,
            demo: row.demo,
            status: row.status,
            recorded_by: row.recorded_by,
            recorded_at: row.recorded_at.into(),
            ended_on: row.ended_on,
            ended_by: row.ended_by,
            end_reason: row.end_reason,
            legal_moves: row.status.legal(),
        }
    }
}

/// Whose cases are added up.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ByProviderQuery {
    /// Of the demo organisations alone; of real ones when absent.
    #[serde(default)]
    pub demo: bool,
}

/// What the providers granted or arranged, in yuan, the largest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ByProviderOut {
    pub items: Vec<ProviderSum>,
}

/// What one provider granted or arranged of a kind.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProviderSum {
    /// Null where no page of a provider was named.
    pub provider_id: Option<ListingId>,
    pub kind: FinanceKind,
    pub cases: i64,
    /// In fen.
    pub amount: i64,
}
