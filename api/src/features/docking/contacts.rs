//! The reveal of contacts: to each side the other's, once both have consented. Every look is written to
//! the log before it is answered.

use techmart_entity::{
    audit::SubjectKind,
    docking::{Model, Side},
    id::DockingId,
    listing::{Contact, Content},
};

use super::{
    dto::{RevealedOut, RevealedSide},
    policy, repo,
    service::cx_signed_in,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Result},
    features::{audit, audit::Record, listing, organisation::repo as organisations},
};

/// The contacts that the caller may see.
///
/// # Errors
/// 403 before the two have consented and for whoever acts for neither side nor the centre, 404 when the
/// caller may not know of the docking.
pub async fn reveal(tx: &Tx, cx: &Context, id: DockingId) -> Result<RevealedOut> {
    cx_signed_in(cx)?;
    let row = repo::find(tx, id).await?;
    let relation = policy::relation(cx, &row);
    policy::see(cx, relation)?;
    let sides = policy::reveals(&row, relation)?;
    // Whose contacts, never the contacts.
    let facts = serde_json::json!({ "sides": sides });
    audit::record(tx, cx, Record::act("reveal_contacts", SubjectKind::Docking, id).with(facts)).await?;
    let mut revealed = Vec::new();
    for side in sides {
        revealed.push(of_side(tx, &row, side).await?);
    }
    Ok(RevealedOut { sides: revealed })
}

async fn of_side(tx: &Tx, row: &Model, side: Side) -> Result<RevealedSide> {
    let (organisation, listing_id) = match side {
        Side::Enterprise => (row.enterprise_id, row.demand_id),
        Side::Supplier | Side::Centre => (row.supplier_id, row.achievement_id),
    };
    let found = organisations::find(tx, organisation).await?;
    let contacts = found.as_ref().map(|found| found.contacts.0.clone()).unwrap_or_default();
    let mut listing_contact = None;
    for found in listing::repo::by_ids(tx, listing_id.as_slice()).await? {
        listing_contact = contact_of(tx, &found).await?;
    }
    Ok(RevealedSide { side, organisation: found.map(listing::view::brief), contacts, listing_contact })
}

/// The contact in the published version of a listing.
async fn contact_of(tx: &Tx, row: &techmart_entity::listing::Model) -> Result<Option<Contact>> {
    let version =
        listing::repo::find_version(tx, row.published_version_id.or(row.working_version_id)).await?;
    Ok(match Content::parse(row.kind, version.content).map_err(AppError::internal)? {
        Content::Achievement(content) => content.contact,
        Content::Demand(content) => content.contact,
        Content::Provider(content) => content.contact,
    })
}
