//! What a decision changed, as it is kept with the pair: an undo restores exactly this.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    Instant,
    id::{
        AccountId, ContractId, DockingId, EnclaveEntryId, EntryId, FinanceCaseId, InvitationId, LandingId,
        ListingId, OrganisationId, ProviderEntryId,
    },
    listing::status::ListingStatus,
};

/// What was done to the counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Counts {
    /// The entries that were taken back.
    pub reversed: Vec<EntryId>,
    /// The entries that were made in the place of others.
    pub earned: Vec<EntryId>,
}

/// A row that goes to another place, with the version that it has since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moved<T> {
    pub id: T,
    pub version: i64,
}

/// The achievements of a contract as they were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Achievements {
    pub id: ContractId,
    pub before: Vec<ListingId>,
    pub version: i64,
}

/// What merging a listing changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListingMerge {
    pub merged: ListingId,
    pub canonical: ListingId,
    pub status: ListingStatus,
    pub next_status: Option<ListingStatus>,
    pub claimed_by: Option<AccountId>,
    pub claimed_at: Option<Instant>,
    pub dockings: Vec<Moved<DockingId>>,
    /// Dockings that the merged page of a provider helped with.
    pub helped: Vec<DockingId>,
    pub landings: Vec<LandingId>,
    pub contracts: Vec<Achievements>,
    pub enclave_entries: Vec<Moved<EnclaveEntryId>>,
    pub provider_entries: Vec<Moved<ProviderEntryId>>,
    pub finance_cases: Vec<FinanceCaseId>,
    pub counts: Counts,
}

/// What marking a variant changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariantMark {
    pub variant: ListingId,
    pub canonical: ListingId,
    pub counts: Counts,
}

/// Which side of a docking or contract moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Enterprise, or buyer.
    First,
    /// Supplier, or seller.
    Second,
}

/// A docking or contract of which a side moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SideMoved<T> {
    pub id: T,
    pub side: Side,
    pub version: i64,
}

/// What merging an organisation changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganisationMerge {
    pub merged: OrganisationId,
    pub canonical: OrganisationId,
    /// Who belongs to the canonical one since.
    pub members: Vec<AccountId>,
    pub listings: Vec<ListingId>,
    pub dockings: Vec<SideMoved<DockingId>>,
    pub contracts: Vec<SideMoved<ContractId>>,
    pub landings: Vec<LandingId>,
    pub provider_entries: Vec<Moved<ProviderEntryId>>,
    pub enclave_entries: Vec<Moved<EnclaveEntryId>>,
    pub finance_cases: Vec<FinanceCaseId>,
    /// Invitations that were taken back: nobody joins the merged one any more.
    pub invitations: Vec<InvitationId>,
    pub counts: Counts,
}

/// What a decision changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effects {
    ListingMerge(Box<ListingMerge>),
    VariantMark(VariantMark),
    OrganisationMerge(Box<OrganisationMerge>),
}
