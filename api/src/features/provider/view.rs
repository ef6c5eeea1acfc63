//! Looking at entries.

use sea_orm::ConnectionTrait;
use techmart_entity::{
    audit::SubjectKind, id::ListingId, life_cycle::LifeCycle, listing::ListingKind, provider::entry::Model,
};

use super::{dto::ProviderEntryOut, policy, repo};
use crate::{
    auth::Context,
    error::{AppError, Result},
    features::{
        audit,
        listing::{self, policy::Relation},
    },
    web::{
        answer::Answer,
        etag,
        paging::{Cut, Page},
    },
};

/// The ETag of an entry. It names the entry too: after one that ended comes another at the same place.
#[must_use]
pub fn tag(row: &Model) -> String {
    etag::tag(format!("{}-{}", row.id, row.version))
}

/// What the caller is to the page, if they may see it.
///
/// # Errors
/// 404 when the caller may not see the page.
pub async fn relation(
    db: &impl ConnectionTrait,
    cx: &Context,
    page: &techmart_entity::listing::Model,
) -> Result<Relation> {
    let relation = listing::view::relation(db, cx, page).await?;
    listing::policy::see(cx, page, relation)?;
    Ok(relation)
}

/// A row as its caller may see it.
#[must_use]
pub fn show(row: Model, relation: Relation) -> Answer<ProviderEntryOut> {
    let tag = tag(&row);
    let inside = policy::may_look_inside(relation);
    let centre = relation.centre || relation.auditor;
    let out = ProviderEntryOut {
        id: row.id,
        provider_id: row.listing_id,
        organisation_id: row.organisation_id,
        status: row.status,
        demo: row.demo,
        signed_on: row.agreement_signed_on,
        valid_to: row.agreement_valid_to,
        renewal_asked_at: row.renewal_asked_at.filter(|_| inside).map(Into::into),
        agreement_number: row.agreement_number.filter(|_| inside),
        attachment_id: row.agreement_attachment_id.filter(|_| inside),
        legal_moves: inside.then(|| row.status.legal()),
        applied_by: inside.then_some(row.applied_by),
        reviewed_by: row.reviewed_by.filter(|_| centre),
        approved_by: row.approved_by.filter(|_| centre),
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    };
    Answer::ok(out).tagged(tag)
}

/// The entry of a page.
///
/// # Errors
/// 404 when there is none that the caller may see.
pub async fn one(
    db: &impl ConnectionTrait,
    cx: &Context,
    page: ListingId,
) -> Result<Answer<ProviderEntryOut>> {
    let page = listing::repo::find(db, ListingKind::Provider, page).await?;
    let relation = relation(db, cx, &page).await?;
    let row = repo::latest(db, page.id).await?;
    policy::see(&row, relation)?;
    Ok(show(row, relation))
}

/// The application and the moves of the entry, and why, newest first.
///
/// # Errors
/// 404 when the caller may not see it.
pub async fn history(
    db: &impl ConnectionTrait,
    cx: &Context,
    page: ListingId,
    query: audit::dto::HistoryQuery,
) -> Result<Page<audit::dto::HistoryOut>> {
    let page = listing::repo::find(db, ListingKind::Provider, page).await?;
    let relation = relation(db, cx, &page).await?;
    if !policy::may_look_inside(relation) {
        return Err(AppError::not_found());
    }
    let row = repo::latest(db, page.id).await?;
    let cut = Cut::read(query.limit, query.cursor.as_deref(), &("entry history", row.id))?;
    let filter = audit::repo::Filter {
        subject: Some((SubjectKind::ProviderEntry, row.id.to_string())),
        ..audit::repo::Filter::default()
    };
    let rows = audit::repo::list(db, &filter, cut.after, cut.limit + 1).await?;
    Ok(cut.page(rows, |row| row.id, audit::dto::HistoryOut::from))
}
