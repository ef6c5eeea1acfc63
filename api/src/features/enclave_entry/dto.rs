//! Enclave entries on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    enclave_entry::{EnclaveEntryMove, EnclaveEntryStatus, Model},
    id::{AccountId, AttachmentId, EnclaveEntryId, ListingId, OrganisationId},
    life_cycle::LifeCycle,
};
use utoipa::{IntoParams, ToSchema};

use crate::clock::Moment;

/// An achievement that was introduced.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnclaveEntryIn {
    /// The enclave's name.
    #[schema(min_length = 2, max_length = 100, example = "荆州（武汉）离岸科创中心")]
    pub enclave: String,
    /// The achievement, published at some time.
    pub listing_id: ListingId,
    /// The enterprise that took it up, where one did.
    #[serde(default)]
    pub organisation_id: Option<OrganisationId>,
    /// Not in the future.
    pub introduced_on: chrono::NaiveDate,
    /// The agreement, uploaded before with the purpose `agreement`.
    pub agreement_attachment_id: AttachmentId,
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000)]
    pub note: Option<String>,
}

/// Why an entry is withdrawn.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawIn {
    #[schema(min_length = 2, max_length = 2000, example = "协议未履行。")]
    pub reason: String,
}

/// What to look for.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct EnclaveEntryQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    pub listing_id: Option<ListingId>,
    pub status: Option<EnclaveEntryStatus>,
    pub demo: Option<bool>,
}

/// An enclave entry.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EnclaveEntryOut {
    pub id: EnclaveEntryId,
    pub enclave: String,
    pub listing_id: ListingId,
    pub organisation_id: Option<OrganisationId>,
    pub demo: bool,
    pub status: EnclaveEntryStatus,
    pub introduced_on: chrono::NaiveDate,
    pub agreement_attachment_id: AttachmentId,
    pub note: Option<String>,
    pub recorded_by: AccountId,
    pub recorded_at: Moment,
    pub ended_by: Option<AccountId>,
    pub ended_at: Option<Moment>,
    pub end_reason: Option<String>,
    pub legal_moves: Vec<EnclaveEntryMove>,
}

impl From<Model> for EnclaveEntryOut {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            enclave: row.enclave,
            listing_id: row.listing_id,
            organisation_id: row.organisation_id,
            demo: row.demo,
            status: row.status,
            introduced_on: row.introduced_on,
            agreement_attachment_id: row.agreement_attachment_id,
            note: row.note,
            recorded_by: row.recorded_by,
            recorded_at: row.recorded_at.into(),
            ended_by: row.ended_by,
            ended_at: row.ended_at.map(Into::into),
            end_reason: row.end_reason,
            legal_moves: row.status.legal(),
        }
    }
}
