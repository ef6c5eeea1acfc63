//! Of an organisation and of a provider's entry: the owners of the organisation.

use sea_orm::{ConnectionTrait, EntityTrait};
use techmart_entity::{
    audit,
    id::{OrganisationId, ProviderEntryId},
    listing::ListingKind,
    notification::{NotificationKind, Words},
    organisation::status::VerificationStatus,
    provider::{entry, status::EntryStatus},
};

use super::{Both, Told, Why, led_to, listing, moved, subject_id};
use crate::{
    error::Result,
    features::{listing::plural, organisation::repo as organisations},
};

pub(super) async fn of(db: &impl ConnectionTrait, act: &audit::Model) -> Result<Option<Told>> {
    let Some(id) = subject_id::<OrganisationId>(act) else { return Ok(None) };
    let Some(row) = organisations::find(db, id).await? else { return Ok(None) };
    let owners = organisations::owners(db, id).await?;
    let words = words(&row.name, &led_to::<VerificationStatus>(act), &Why::of(act));
    let path = format!("organisations/{id}");
    Ok(Some(Told::of_act(act, NotificationKind::Organisation, words, path).to(owners)))
}

pub(super) async fn of_entry(db: &impl ConnectionTrait, act: &audit::Model) -> Result<Option<Told>> {
    let Some(id) = subject_id::<ProviderEntryId>(act) else { return Ok(None) };
    let Some(row) = entry::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let owners = organisations::owners(db, row.organisation_id).await?;
    let page = listing::find(db, Some(row.listing_id)).await?.map(|page| page.title).unwrap_or_default();
    let words = words_of_entry(&page, &led_to::<EntryStatus>(act), &Why::of(act));
    let path = format!("{}/{}", plural(ListingKind::Provider), row.listing_id);
    Ok(Some(Told::of_act(act, NotificationKind::Entry, words, path).to(owners)))
}

/// What is told of an organisation's verification.
#[must_use]
pub fn words(name: &str, to: &Both, why: &Why) -> Words {
    moved(&Both::same(name), to, why)
}

/// What is told of a provider's entry, which is called by its page.
#[must_use]
pub fn words_of_entry(page: &str, to: &Both, why: &Why) -> Words {
    moved(&Both::new(format!("入驻：{page}"), format!("Entry: {page}")), to, why)
}
