//! Looking at invitations.

use sea_orm::ConnectionTrait;
use techmart_entity::{
    id::{InvitationId, OrganisationId},
    life_cycle::LifeCycle,
    organisation::invitation::Model,
};

use super::{
    dto::{InvitationOut, InvitationQuery},
    repo,
};
use crate::{
    auth::Context,
    error::{AppError, Result},
    features::organisation::{
        policy::{self, Relation},
        repo as organisations,
    },
    web::{
        answer::Answer,
        etag,
        paging::{Cut, Page},
    },
};

/// The ETag of an invitation: nothing of it changes but where it stands.
#[must_use]
pub fn tag(row: &Model) -> String {
    etag::tag(row.status)
}

/// A row as its caller may see it.
#[must_use]
pub fn show(row: Model, relation: Relation) -> InvitationOut {
    InvitationOut {
        id: row.id,
        organisation_id: row.organisation_id,
        email: policy::may_read_contacts(relation).then_some(row.email),
        role: row.role,
        status: row.status,
        legal_moves: row.status.legal(),
        invited_by: row.invited_by,
        accepted_by: row.accepted_by,
        created_at: row.created_at.into(),
        expires_at: row.expires_at.into(),
        ended_at: row.ended_at.map(Into::into),
    }
}

/// The row after an act.
#[must_use]
pub fn shown(row: Model, relation: Relation) -> Answer<InvitationOut> {
    let tag = tag(&row);
    Answer::ok(show(row, relation)).tagged(tag)
}

async fn relation(db: &impl ConnectionTrait, cx: &Context, of: OrganisationId) -> Result<Relation> {
    let organisation = organisations::find(db, of).await?.ok_or_else(AppError::not_found)?;
    let relation = policy::relation(cx, &organisation);
    policy::see_members(cx, relation)?;
    Ok(relation)
}

/// The invitations of an organisation, newest first.
///
/// # Errors
/// 401, 403 or 404.
pub async fn list(
    db: &impl ConnectionTrait,
    cx: &Context,
    of: OrganisationId,
    query: InvitationQuery,
) -> Result<Page<InvitationOut>> {
    let relation = relation(db, cx, of).await?;
    let mark = ("invitations", of, &query.status);
    let cut = Cut::<InvitationId>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let rows = repo::list(db, of, &query.status, cut.after, cut.limit + 1).await?;
    Ok(cut.page(rows, |row| row.id, |row| show(row, relation)))
}

/// One invitation.
///
/// # Errors
/// 401, 403 or 404.
pub async fn one(
    db: &impl ConnectionTrait,
    cx: &Context,
    of: OrganisationId,
    id: InvitationId,
) -> Result<Answer<InvitationOut>> {
    let relation = relation(db, cx, of).await?;
    Ok(shown(repo::find(db, of, id).await?, relation))
}
