//! The rows of invitations. `advance` is the only place that writes a status.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set, sea_query::Query,
};
use techmart_entity::{
    Instant, account,
    id::{AccountId, InvitationId, OrganisationId},
    life_cycle::StatusChange,
    organisation::{
        invitation::{ActiveModel, Column, Entity, InvitationStatus, Model},
        membership,
    },
};

use crate::{
    db::Tx,
    error::{AppError, Code, Result, unique_violation},
    say,
};

/// The key under which an organisation has one open invitation of an address.
#[must_use]
pub fn open_key(organisation: OrganisationId, email: &str) -> String {
    format!("{organisation}:{email}")
}

/// An invitation of an organisation.
///
/// # Errors
/// 404 when it has none of that id.
pub async fn find(db: &impl ConnectionTrait, of: OrganisationId, id: InvitationId) -> Result<Model> {
    Entity::find_by_id(id)
        .filter(Column::OrganisationId.eq(of))
        .one(db)
        .await?
        .ok_or_else(AppError::not_found)
}

/// An invitation, held until the transaction ends: of two acts at once the second sees the first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn hold(tx: &Tx, id: InvitationId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).lock_exclusive().one(tx).await?)
}

/// The invitation of a token.
///
/// # Errors
/// When the database cannot be asked.
pub async fn by_hash(db: &impl ConnectionTrait, hash: &str) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::TokenHash.eq(hash)).one(db).await?)
}

/// The open invitation under a key.
///
/// # Errors
/// When the database cannot be asked.
pub async fn open_one(tx: &Tx, key: &str) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::OpenKey.eq(key)).lock_exclusive().one(tx).await?)
}

/// Invitations of an organisation, newest first, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    of: OrganisationId,
    statuses: &[InvitationStatus],
    after: Option<InvitationId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut query = Entity::find().filter(Column::OrganisationId.eq(of));
    if !statuses.is_empty() {
        query = query.filter(Column::Status.is_in(statuses.iter().copied()));
    }
    if let Some(after) = after {
        query = query.filter(Column::Id.lt(after));
    }
    Ok(query.order_by_desc(Column::Id).limit(limit).all(db).await?)
}

/// When a person, or one organisation to one address, sent invitations since then; oldest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn sent_since(
    db: &impl ConnectionTrait,
    by: AccountId,
    of: OrganisationId,
    email: &str,
    since: Instant,
) -> Result<(Vec<Instant>, Vec<Instant>)> {
    let recent = Entity::find()
        .select_only()
        .column(Column::CreatedAt)
        .filter(Column::CreatedAt.gt(since))
        .order_by_asc(Column::CreatedAt);
    let by_person = recent.clone().filter(Column::InvitedBy.eq(by)).into_tuple().all(db).await?;
    let to_address = recent
        .filter(Column::OrganisationId.eq(of))
        .filter(Column::Email.eq(email))
        .into_tuple()
        .all(db)
        .await?;
    Ok((by_person, to_address))
}

/// Whether somebody with that address belongs to the organisation: one question, whoever has the address.
///
/// # Errors
/// When the database cannot be asked.
pub async fn has_member(db: &impl ConnectionTrait, of: OrganisationId, email: &str) -> Result<bool> {
    let account = Query::select()
        .column(account::Column::Id)
        .from(account::Entity)
        .and_where(account::Column::Email.eq(email))
        .to_owned();
    Ok(membership::Entity::find()
        .filter(membership::Column::OrganisationId.eq(of))
        .filter(membership::Column::AccountId.in_subquery(account))
        .one(db)
        .await?
        .is_some())
}

/// Whether an account belongs to the organisation.
///
/// # Errors
/// When the database cannot be asked.
pub async fn is_member(db: &impl ConnectionTrait, of: OrganisationId, account: AccountId) -> Result<bool> {
    Ok(membership::Entity::find_by_id((of, account)).one(db).await?.is_some())
}

/// Writes a new invitation.
///
/// # Errors
/// 409 when one of the address is open.
pub async fn insert(tx: &Tx, row: Model) -> Result<Model> {
    Entity::insert(row.into_active_model().reset_all()).exec_with_returning(tx).await.map_err(|error| {
        match unique_violation(&error) {
            Some(_) => already_open(),
            None => error.into(),
        }
    })
}

/// The address is invited already.
#[must_use]
pub fn already_open() -> AppError {
    AppError::new(
        Code::AlreadyExists,
        say!(
            "该邮箱已有一份未处理的邀请；要重发请先撤回。",
            "That address has an open invitation; revoke it to send another one."
        ),
    )
}

/// Gives an open invitation another token: the one before works no more.
///
/// # Errors
/// When the row cannot be written.
pub async fn set_token(tx: &Tx, row: &Model, hash: &str) -> Result<()> {
    let set = ActiveModel { token_hash: Set(hash.to_owned()), ..Default::default() };
    Entity::update_many()
        .set(set)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Status.eq(InvitationStatus::Sent))
        .exec(tx)
        .await?;
    Ok(())
}

/// Writes a move. What is not open gives its key back.
///
/// # Errors
/// 412 when the row is no longer the one that was read.
pub async fn advance(
    tx: &Tx,
    row: &Model,
    change: &StatusChange<InvitationStatus>,
    now: Instant,
    by: Option<AccountId>,
) -> Result<Model> {
    let set = ActiveModel {
        status: Set(change.to()),
        open_key: Set(None),
        ended_at: Set(Some(now)),
        accepted_by: Set(by.filter(|_| change.to() == InvitationStatus::Accepted)),
        ..Default::default()
    };
    let updated = Entity::update_many()
        .set(set)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Status.eq(change.from()))
        .exec(tx)
        .await?;
    if updated.rows_affected == 0 {
        return Err(AppError::new(
            Code::VersionChanged,
            say!("邀请刚被处理，请重新读取。", "Somebody has just dealt with it; read it again."),
        ));
    }
    find(tx, row.organisation_id, row.id).await
}

/// Open invitations that are too old.
///
/// # Errors
/// When the database cannot be asked.
pub async fn over(db: &impl ConnectionTrait, now: Instant, limit: u64) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::Status.eq(InvitationStatus::Sent))
        .filter(Column::ExpiresAt.lte(now))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await?)
}
