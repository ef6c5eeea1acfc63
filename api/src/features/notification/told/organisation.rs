//! Of an organisation and of a provider's entry: the owners of the organisation.

use sea_orm::{ConnectionTrait, EntityTrait};
use techmart_entity::{
    audit,
    id::{OrganisationId, ProviderEntryId},
    listing::ListingKind,
    notification::NotificationKind,
    organisation::status::VerificationStatus,
    provider::{entry, status::EntryStatus},
};

use super::{Title, Told, led_to, listing, moved, subject_id};
use crate::{
    error::Result,
    features::{listing::plural, organisation::repo as organisations},
};

pub(super) async fn of(db: &impl ConnectionTrait, act: &audit::Model) -> Result<Option<Told>> {
    let Some(id) = subject_id::<OrganisationId>(act) else { return Ok(None) };
    let Some(row) = organisations::find(db, id).await? else { return Ok(None) };
    let owners = organisations::owners(db, id).await?;
    let (zh, en) = led_to::<VerificationStatus>(act);
    let words = moved(&Title::same(row.name), (&zh, &en), act);
    let path = format!("organisations/{id}");
    Ok(Some(Told::of_act(act, NotificationKind::Organisation, words, path).to(owners)))
}

pub(super) async fn of_entry(db: &impl ConnectionTrait, act: &audit::Model) -> Result<Option<Told>> {
    let Some(id) = subject_id::<ProviderEntryId>(act) else { return Ok(None) };
    let Some(row) = entry::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let owners = organisations::owners(db, row.organisation_id).await?;
    let page = listing::find(db, Some(row.listing_id)).await?.map(|page| page.title).unwrap_or_default();
    let title = Title { zh: format!("入驻：{page}"), en: format!("Entry: {page}") };
    let (zh, en) = led_to::<EntryStatus>(act);
    let words = moved(&title, (&zh, &en), act);
    let path = format!("{}/{}", plural(ListingKind::Provider), row.listing_id);
    Ok(Some(Told::of_act(act, NotificationKind::Entry, words, path).to(owners)))
}
