//! Of a listing: whoever submitted the version, and the owners of the organisation it belongs to.

use sea_orm::ConnectionTrait;
use techmart_entity::{
    audit,
    id::{ListingId, VersionId},
    listing::{self, status::ListingStatus},
    notification::{NotificationKind, Words},
};

use super::{Both, Told, Why, led_to, moved, subject_id};
use crate::{
    error::Result,
    features::{
        listing::{plural, repo as listings},
        organisation::repo as organisations,
    },
};

pub(super) async fn of(db: &impl ConnectionTrait, act: &audit::Model) -> Result<Option<Told>> {
    let Some(row) = find(db, subject_id(act)).await? else { return Ok(None) };
    let version: Vec<VersionId> = row.working_version_id.or(row.published_version_id).into_iter().collect();
    let submitters =
        listings::versions(db, &version).await?.into_iter().filter_map(|version| version.submitted_by);
    let owners = match row.organisation_id {
        Some(owner) => organisations::owners(db, owner).await?,
        None => Vec::new(),
    };
    let path = format!("{}/{}", plural(row.kind), row.id);
    let words = words(&row.title, &led_to::<ListingStatus>(act), &Why::of(act));
    Ok(Some(Told::of_act(act, NotificationKind::Listing, words, path).to(submitters).to(owners)))
}

/// What is told of a listing.
#[must_use]
pub fn words(title: &str, to: &Both, why: &Why) -> Words {
    moved(&Both::same(title), to, why)
}

/// A listing, if there is one.
pub(super) async fn find(db: &impl ConnectionTrait, id: Option<ListingId>) -> Result<Option<listing::Model>> {
    let Some(id) = id else { return Ok(None) };
    Ok(listings::by_ids(db, &[id]).await?.into_iter().next())
}
