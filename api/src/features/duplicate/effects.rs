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
use uuid::Uuid;

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

/// What an undo put back. To a decision before the one that was undone it is no change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PutBack {
    /// Rows that are again what they were at the version `before`, and have the version `since` now.
    versions: Vec<Version>,
    /// Entries that were counted anew, each with those that stand in its place.
    entries: Vec<(EntryId, Vec<EntryId>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Version {
    id: Uuid,
    before: i64,
    since: i64,
}

impl PutBack {
    /// What undoing a decision puts back; `entries` as they were counted anew.
    #[must_use]
    pub fn of(undone: &Effects, entries: Vec<(EntryId, Vec<EntryId>)>) -> Self {
        // A decision raises the version of what it moves by one, and so does its undoing.
        let versions = undone
            .clone()
            .versions()
            .into_iter()
            .map(|(id, version)| Version { id, before: *version - 1, since: *version + 1 })
            .collect();
        Self { versions, entries }
    }
}

impl Effects {
    /// Follows what the undoing of a later decision put back; says whether that was anything of its own.
    pub fn follow(&mut self, put_back: &PutBack) -> bool {
        let mut followed = false;
        for (id, version) in self.versions() {
            let same = |there: &&Version| there.id == id && there.before == *version;
            if let Some(there) = put_back.versions.iter().find(same) {
                *version = there.since;
                followed = true;
            }
        }
        let earned = &mut self.counts().earned;
        for (old, new) in &put_back.entries {
            if let Some(at) = earned.iter().position(|id| id == old) {
                earned.splice(at..=at, new.iter().copied());
                followed = true;
            }
        }
        followed
    }

    fn counts(&mut self) -> &mut Counts {
        match self {
            Self::ListingMerge(done) => &mut done.counts,
            Self::VariantMark(done) => &mut done.counts,
            Self::OrganisationMerge(done) => &mut done.counts,
        }
    }

    /// Each row that moved, with the version that it has since.
    fn versions(&mut self) -> Vec<(Uuid, &mut i64)> {
        match self {
            Self::VariantMark(_) => Vec::new(),
            Self::ListingMerge(done) => {
                let dockings = done.dockings.iter_mut().map(|row| (row.id.0, &mut row.version));
                let contracts = done.contracts.iter_mut().map(|row| (row.id.0, &mut row.version));
                let enclaves = done.enclave_entries.iter_mut().map(|row| (row.id.0, &mut row.version));
                let entries = done.provider_entries.iter_mut().map(|row| (row.id.0, &mut row.version));
                dockings.chain(contracts).chain(enclaves).chain(entries).collect()
            }
            Self::OrganisationMerge(done) => {
                let dockings = done.dockings.iter_mut().map(|row| (row.id.0, &mut row.version));
                let contracts = done.contracts.iter_mut().map(|row| (row.id.0, &mut row.version));
                let enclaves = done.enclave_entries.iter_mut().map(|row| (row.id.0, &mut row.version));
                let entries = done.provider_entries.iter_mut().map(|row| (row.id.0, &mut row.version));
                dockings.chain(contracts).chain(enclaves).chain(entries).collect()
            }
        }
    }
}

/// What an undo did to the counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recounted {
    pub counts: Counts,
    /// Each entry that was counted anew, with those that stand in its place.
    pub anew: Vec<(EntryId, Vec<EntryId>)>,
}

impl Recounted {
    /// Of a decision with these counts.
    #[must_use]
    pub fn of(done: &Counts, anew: Vec<(EntryId, Vec<EntryId>)>) -> Self {
        let earned = anew.iter().flat_map(|(_, new)| new.iter().copied()).collect();
        Self { counts: Counts { reversed: done.earned.clone(), earned }, anew }
    }
}
