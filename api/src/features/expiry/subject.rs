//! What ends, as it stands now.

use sea_orm::{ConnectionTrait, EntityTrait, QuerySelect};
use techmart_entity::{
    Day, docking,
    docking::{Side, status::DockingStage},
    expiry::{Term, TermKind},
    id::{DockingId, ListingId, OrganisationId, ProviderEntryId},
    life_cycle::LifeCycle,
    listing::{
        self, ListingKind,
        status::{ListingMove, ListingStatus},
    },
    organisation::{
        self,
        status::{VerificationMove, VerificationStatus},
    },
    provider::{
        entry,
        status::{EntryMove, EntryStatus},
    },
};

use super::policy::last_day;
use crate::{
    db::Tx,
    error::Result,
    features::{
        docking::policy::responder,
        listing::{plural, repo as listings},
        organisation::repo as organisations,
    },
};

/// What a click on the link does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// Renews the publication.
    Listing(ListingKind, ListingId),
    /// Asks for another agreement of the provider with that page.
    Entry(ListingId),
    /// Asks for another term of the verification.
    Verification(OrganisationId),
}

/// What ends.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Whose people can act.
    pub organisation: OrganisationId,
    pub title: String,
    /// Where it is looked at, below `/api/v1/`.
    pub path: String,
    /// The last day of its present term; none when it has no end.
    pub ends_on: Option<Day>,
    /// Whether that term is running.
    pub runs: bool,
    /// None where nothing is renewed: an interest is answered or not.
    pub renewal: Option<Renewal>,
    /// Whether its life cycle allows another term.
    pub renewable: bool,
    /// Whether its people have asked for one already.
    pub asked: bool,
}

impl Subject {
    /// Whether that is the term which runs now.
    #[must_use]
    pub fn ends_with(&self, term: Term) -> bool {
        self.runs && self.ends_on == Some(term.ends_on)
    }
}

/// What a term is of; none when there is nobody who could act for it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find(db: &impl ConnectionTrait, term: Term) -> Result<Option<Subject>> {
    let id = term.subject_id;
    match term.kind {
        TermKind::Listing => of_listing(db, ListingId(id)).await,
        TermKind::Entry => of_entry(db, ProviderEntryId(id)).await,
        TermKind::Verification => of_verification(db, OrganisationId(id)).await,
        TermKind::Interest => of_interest(db, DockingId(id)).await,
    }
}

/// Holds the row of a term until the transaction ends: of two clicks at once the second sees what the first did.
///
/// # Errors
/// When the database cannot be asked.
pub async fn hold(tx: &Tx, term: Term) -> Result<()> {
    let id = term.subject_id;
    match term.kind {
        TermKind::Listing => {
            listing::Entity::find_by_id(ListingId(id)).lock_exclusive().one(tx).await?;
        }
        TermKind::Entry => {
            entry::Entity::find_by_id(ProviderEntryId(id)).lock_exclusive().one(tx).await?;
        }
        TermKind::Verification => {
            organisation::Entity::find_by_id(OrganisationId(id)).lock_exclusive().one(tx).await?;
        }
        TermKind::Interest => {
            docking::Entity::find_by_id(DockingId(id)).lock_exclusive().one(tx).await?;
        }
    }
    Ok(())
}

async fn title(db: &impl ConnectionTrait, id: Option<ListingId>) -> Result<String> {
    let found = listings::by_ids(db, id.as_slice()).await?.into_iter().next();
    Ok(found.map(|row| row.title).unwrap_or_default())
}

async fn of_listing(db: &impl ConnectionTrait, id: ListingId) -> Result<Option<Subject>> {
    let row = listings::by_ids(db, &[id]).await?.into_iter().next();
    let Some((row, owner)) = row.and_then(|row| row.organisation_id.map(|owner| (row, owner))) else {
        return Ok(None);
    };
    Ok(Some(Subject {
        organisation: owner,
        path: format!("{}/{id}", plural(row.kind)),
        ends_on: row.expires_at.map(last_day),
        runs: row.status == ListingStatus::Published,
        renewal: Some(Renewal::Listing(row.kind, id)),
        renewable: row.status.apply(ListingMove::Renew).is_ok(),
        asked: false,
        title: row.title,
    }))
}

async fn of_entry(db: &impl ConnectionTrait, id: ProviderEntryId) -> Result<Option<Subject>> {
    let Some(row) = entry::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    Ok(Some(Subject {
        organisation: row.organisation_id,
        title: title(db, Some(row.listing_id)).await?,
        path: format!("{}/{}/entry", plural(ListingKind::Provider), row.listing_id),
        ends_on: row.agreement_valid_to,
        runs: row.status == EntryStatus::Entered,
        renewal: Some(Renewal::Entry(row.listing_id)),
        renewable: row.status.apply(EntryMove::Renew).is_ok(),
        asked: row.renewal_asked_at.is_some(),
    }))
}

async fn of_verification(db: &impl ConnectionTrait, id: OrganisationId) -> Result<Option<Subject>> {
    let row = organisations::find(db, id).await?.filter(|row| row.merged_into.is_none());
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Subject {
        organisation: id,
        path: format!("organisations/{id}"),
        ends_on: row.valid_until,
        runs: row.verification == VerificationStatus::Verified,
        renewal: Some(Renewal::Verification(id)),
        renewable: row.verification.apply(VerificationMove::Renew).is_ok(),
        asked: row.renewal_asked_at.is_some(),
        title: row.name,
    }))
}

/// Of the side that is to answer. It is called by what it is about, never by whom.
async fn of_interest(db: &impl ConnectionTrait, id: DockingId) -> Result<Option<Subject>> {
    let Some(row) = docking::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let organisation = match responder(&row) {
        Side::Enterprise => row.enterprise_id,
        Side::Supplier | Side::Centre => row.supplier_id,
    };
    Ok(Some(Subject {
        organisation,
        title: title(db, row.achievement_id.or(row.demand_id)).await?,
        path: format!("dockings/{id}"),
        ends_on: row.expires_on,
        runs: row.stage == DockingStage::InterestExpressed,
        renewal: None,
        renewable: false,
        asked: false,
    }))
}
