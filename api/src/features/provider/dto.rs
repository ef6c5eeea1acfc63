//! Entries on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    id::{AccountId, AttachmentId, ListingId, OrganisationId, ProviderEntryId},
    provider::status::{EntryMove, EntryStatus},
};
use utoipa::ToSchema;

use crate::clock::Moment;

/// The signed agreement by which a provider enters or stays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreementIn {
    #[schema(min_length = 1, max_length = 100, example = "RZ-2026-018")]
    pub agreement_number: String,
    /// Not in the future.
    pub signed_on: chrono::NaiveDate,
    /// The last day of the agreement.
    pub valid_to: chrono::NaiveDate,
    /// The signed paper, uploaded before with the purpose `agreement`.
    pub attachment_id: AttachmentId,
}

/// Why an entry is refused, suspended or ended; it reaches the provider.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryReasonIn {
    #[schema(min_length = 2, max_length = 2000, example = "资质证书已过期，请更新后重新申请。")]
    pub reason: String,
}

/// An entry, as far as the caller may see it. Everybody who may read the page sees that a provider has
/// entered; the rest is for its members, the centre and auditors.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProviderEntryOut {
    pub id: ProviderEntryId,
    /// The provider's page.
    pub provider_id: ListingId,
    pub organisation_id: OrganisationId,
    pub status: EntryStatus,
    pub demo: bool,
    pub signed_on: Option<chrono::NaiveDate>,
    pub valid_to: Option<chrono::NaiveDate>,
    /// When its people asked for another agreement, while nobody has answered. For insiders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renewal_asked_at: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreement_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachment_id: Option<AttachmentId>,
    /// The moves that the life cycle allows now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_moves: Option<Vec<EntryMove>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applied_by: Option<AccountId>,
    /// For the centre and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewed_by: Option<AccountId>,
    /// For the centre and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<AccountId>,
    pub created_at: Moment,
    pub updated_at: Moment,
}
