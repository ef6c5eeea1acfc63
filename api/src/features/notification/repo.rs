//! The rows of notifications and of how people want them.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use techmart_entity::{
    Instant,
    id::{AccountId, NotificationId},
    notification::{Column, Entity, MailState, Model, NotificationKind, preference},
};

use crate::{
    db::Tx,
    error::{AppError, Result},
};

/// What to look for in somebody's list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub kinds: Vec<NotificationKind>,
    pub unread: bool,
}

fn listed(account: AccountId) -> Condition {
    Condition::all().add(Column::AccountId.eq(account)).add(Column::Listed.eq(true))
}

/// Somebody's list, newest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    filter: &Filter,
    after: Option<NotificationId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut condition = listed(account);
    if !filter.kinds.is_empty() {
        condition = condition.add(Column::Kind.is_in(filter.kinds.iter().copied()));
    }
    if filter.unread {
        condition = condition.add(Column::ReadAt.is_null());
    }
    if let Some(after) = after {
        condition = condition.add(Column::Id.lt(after));
    }
    Ok(Entity::find().filter(condition).order_by_desc(Column::Id).limit(limit).all(db).await?)
}

/// How many somebody has not read.
///
/// # Errors
/// When the database cannot be asked.
pub async fn unread(db: &impl ConnectionTrait, account: AccountId) -> Result<u64> {
    Ok(Entity::find().filter(listed(account)).filter(Column::ReadAt.is_null()).count(db).await?)
}

/// One of somebody's.
///
/// # Errors
/// 404 when there is none.
pub async fn find(db: &impl ConnectionTrait, account: AccountId, id: NotificationId) -> Result<Model> {
    Entity::find()
        .filter(listed(account))
        .filter(Column::Id.eq(id))
        .one(db)
        .await?
        .ok_or_else(AppError::not_found)
}

/// One, whoever it is for.
///
/// # Errors
/// When the database cannot be asked.
pub async fn any(db: &impl ConnectionTrait, id: NotificationId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// Writes one, unless the person was told of it before; says whether it did.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: Model) -> Result<bool> {
    let inserted = Entity::insert(row.into_active_model().reset_all())
        .on_conflict(OnConflict::columns([Column::Source, Column::AccountId]).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}

/// Marks one as read, or all up to it; says how many were not before.
///
/// # Errors
/// When the rows cannot be written.
pub async fn read(
    tx: &Tx,
    account: AccountId,
    id: NotificationId,
    earlier: bool,
    now: Instant,
) -> Result<u64> {
    let which = if earlier { Column::Id.lte(id) } else { Column::Id.eq(id) };
    let updated = Entity::update_many()
        .filter(listed(account))
        .filter(which)
        .filter(Column::ReadAt.is_null())
        .col_expr(Column::ReadAt, Expr::value(now))
        .exec(tx)
        .await?;
    Ok(updated.rows_affected)
}

/// Whether anything since then waits for somebody's digest.
///
/// # Errors
/// When the database cannot be asked.
pub async fn gathered_since(db: &impl ConnectionTrait, account: AccountId, since: Instant) -> Result<bool> {
    let found = Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::Mail.eq(MailState::Digest))
        .filter(Column::Kind.ne(NotificationKind::Recommendation))
        .filter(Column::CreatedAt.gte(since))
        .limit(1)
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// What waits for somebody's digest until then, oldest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn gathered(db: &impl ConnectionTrait, account: AccountId, until: Instant) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::Mail.eq(MailState::Digest))
        .filter(Column::Kind.ne(NotificationKind::Recommendation))
        .filter(Column::CreatedAt.lt(until))
        .order_by_asc(Column::Id)
        .all(db)
        .await?)
}

/// Says that a mail of its own making brought what somebody was told of those subjects.
///
/// # Errors
/// When the rows cannot be written.
pub async fn digested(
    tx: &Tx,
    account: AccountId,
    kind: NotificationKind,
    subjects: &[String],
    at: Instant,
) -> Result<()> {
    Entity::update_many()
        .filter(Column::AccountId.eq(account))
        .filter(Column::Kind.eq(kind))
        // What was let go may have come back, and who wanted none may have thought better of it.
        .filter(Column::Mail.ne(MailState::Sent))
        .filter(Column::SubjectId.is_in(subjects.iter().cloned()))
        .col_expr(Column::Mail, Expr::value(MailState::Sent))
        .col_expr(Column::MailedAt, Expr::value(at))
        .exec(tx)
        .await?;
    Ok(())
}

/// Lets go of what waits for such a mail and will not be brought by it, whoever it was told.
///
/// # Errors
/// When the rows cannot be written.
pub async fn let_go(tx: &Tx, kind: NotificationKind, subject: &str) -> Result<()> {
    Entity::update_many()
        .filter(Column::SubjectId.eq(subject))
        .filter(Column::Kind.eq(kind))
        .filter(Column::Mail.eq(MailState::Digest))
        .col_expr(Column::Mail, Expr::value(MailState::Dropped))
        .exec(tx)
        .await?;
    Ok(())
}

/// Whether something that was told somebody before waits to be sent.
///
/// # Errors
/// When the database cannot be asked.
pub async fn earlier_waits(db: &impl ConnectionTrait, row: &Model) -> Result<bool> {
    let found = Entity::find()
        .filter(Column::AccountId.eq(row.account_id))
        .filter(Column::Mail.eq(MailState::Waiting))
        .filter(Column::Id.lt(row.id))
        .limit(1)
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// Says how it went with the mails of some.
///
/// # Errors
/// When the rows cannot be written.
pub async fn mailed(tx: &Tx, ids: &[NotificationId], mail: MailState, at: Option<Instant>) -> Result<()> {
    Entity::update_many()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .col_expr(Column::Mail, Expr::value(mail))
        .col_expr(Column::MailedAt, Expr::value(at))
        .exec(tx)
        .await?;
    Ok(())
}

/// What people chose for a kind.
///
/// # Errors
/// When the database cannot be asked.
pub async fn preferences(
    db: &impl ConnectionTrait,
    accounts: &[AccountId],
    kind: NotificationKind,
) -> Result<Vec<preference::Model>> {
    Ok(preference::Entity::find()
        .filter(preference::Column::AccountId.is_in(accounts.iter().copied()))
        .filter(preference::Column::Kind.eq(kind))
        .all(db)
        .await?)
}

/// Everything that somebody chose.
///
/// # Errors
/// When the database cannot be asked.
pub async fn chosen(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<preference::Model>> {
    Ok(preference::Entity::find().filter(preference::Column::AccountId.eq(account)).all(db).await?)
}

/// Writes what somebody chose for a kind.
///
/// # Errors
/// When the row cannot be written.
pub async fn save_preference(tx: &Tx, row: preference::Model) -> Result<()> {
    preference::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(
            OnConflict::columns([preference::Column::AccountId, preference::Column::Kind])
                .update_columns([
                    preference::Column::Listed,
                    preference::Column::Mail,
                    preference::Column::UpdatedAt,
                ])
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
