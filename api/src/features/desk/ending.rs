//! Terms that end soon, of what nobody has an account of who could be reminded, and of providers' agreements, which a broker
//! renews.

use std::collections::BTreeSet;

use chrono::Duration;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use techmart_entity::{
    Day,
    audit::SubjectKind,
    id::{OrganisationId, ProviderEntryId},
    listing::{self, status::ListingStatus},
    organisation::{self, status::VerificationStatus},
    provider::{entry, status::EntryStatus},
};

use crate::{
    clock::end_of,
    error::Result,
    features::{
        expiry::policy::{AHEAD, last_day},
        listing::subject,
        organisation::repo as organisations,
    },
};

/// Whether a publication ends within the days ahead.
pub(super) fn ends_soon(row: &listing::Model, today: Day) -> bool {
    row.status == ListingStatus::Published
        && row.expires_at.is_some_and(|end| last_day(end) <= today + Duration::days(AHEAD))
}

/// Whether nobody writes for the organisation who could be reminded.
///
/// # Errors
/// When the database cannot be asked.
pub(super) async fn is_silent(
    db: &impl ConnectionTrait,
    organisation: Option<OrganisationId>,
) -> Result<bool> {
    match organisation {
        Some(organisation) => Ok(organisations::editors(db, organisation).await?.is_empty()),
        None => Ok(true),
    }
}

/// What waits because its term ends soon: it comes to the desk by time alone, also beside what it waits for already.
///
/// # Errors
/// When the database cannot be asked.
pub async fn expiring(db: &impl ConnectionTrait, today: Day) -> Result<BTreeSet<(SubjectKind, String)>> {
    let until = today + Duration::days(AHEAD);
    let mut all = BTreeSet::new();
    let entries: Vec<ProviderEntryId> = entry::Entity::find()
        .select_only()
        .column(entry::Column::Id)
        .filter(entry::Column::Status.eq(EntryStatus::Entered))
        .filter(entry::Column::AgreementValidTo.lte(until))
        .into_tuple()
        .all(db)
        .await?;
    all.extend(entries.into_iter().map(|id| (SubjectKind::ProviderEntry, id.to_string())));
    let mut listed = listing::Entity::find()
        .filter(listing::Column::Status.eq(ListingStatus::Published))
        .filter(listing::Column::ExpiresAt.lte(end_of(until) + Duration::milliseconds(1)))
        .all(db)
        .await?;
    listed.retain(|row| ends_soon(row, today));
    let bodies = organisation::Entity::find()
        .filter(organisation::Column::Verification.eq(VerificationStatus::Verified))
        .filter(organisation::Column::ValidUntil.lte(until))
        .filter(organisation::Column::RenewalAskedAt.is_null())
        .filter(organisation::Column::MergedInto.is_null())
        .all(db)
        .await?;
    let mut owners: Vec<OrganisationId> = listed.iter().filter_map(|row| row.organisation_id).collect();
    owners.extend(bodies.iter().map(|row| row.id));
    let written_for = organisations::with_editors(db, &owners).await?;
    let silent = |owner: Option<OrganisationId>| owner.is_none_or(|owner| !written_for.contains(&owner));
    let listed = listed.into_iter().filter(|row| silent(row.organisation_id));
    all.extend(listed.map(|row| (subject(row.kind), row.id.to_string())));
    let bodies = bodies.into_iter().filter(|row| silent(Some(row.id)));
    all.extend(bodies.map(|row| (SubjectKind::Organisation, row.id.to_string())));
    Ok(all)
}
