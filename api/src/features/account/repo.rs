//! The rows of accounts, sessions, their tokens, single-use links and failed sign-ins.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, NotSet,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::{Expr, OnConflict},
};
use techmart_entity::{
    Instant,
    account::{
        ActiveModel, Column, Entity, Model, Role, one_time_token, one_time_token::TokenPurpose,
        refresh_token, session, sign_in_failure,
    },
    audit,
    id::{AccountId, SessionId},
    organisation::membership,
};

use super::policy::REFRESH_IDLE;
use crate::{
    db::Tx,
    error::{AppError, Code, Result},
    say,
};

/// An account.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find(db: &impl ConnectionTrait, id: AccountId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// The account of an address in its stored form.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find_by_email(db: &impl ConnectionTrait, email: &str) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::Email.eq(email)).one(db).await?)
}

/// An account, held until the transaction ends: of two acts at once the second sees what the first did.
///
/// # Errors
/// 404 when there is none.
pub async fn hold(tx: &Tx, id: AccountId) -> Result<Model> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(AppError::not_found)
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub roles: Vec<Role>,
    pub email: Option<String>,
    pub disabled: Option<bool>,
}

/// Accounts, newest first, after a row.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    after: Option<AccountId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut condition = Condition::all();
    if !filter.roles.is_empty() {
        condition = condition.add(Column::Role.is_in(filter.roles.iter().copied()));
    }
    if let Some(email) = &filter.email {
        condition = condition.add(Column::Email.eq(email.as_str()));
    }
    match filter.disabled {
        Some(true) => condition = condition.add(Column::DisabledAt.is_not_null()),
        Some(false) => condition = condition.add(Column::DisabledAt.is_null()),
        None => {}
    }
    if let Some(after) = after {
        condition = condition.add(Column::Id.lt(after));
    }
    Ok(Entity::find().filter(condition).order_by_desc(Column::Id).limit(limit).all(db).await?)
}

/// Writes a new account. False when the address has one already; nothing is written then.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: Model) -> Result<bool> {
    let inserted = Entity::insert(row.into_active_model().reset_all())
        // A violation would end the whole transaction on PostgreSQL.
        .on_conflict(OnConflict::column(Column::Email).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}

/// Changes an account that was read at its version.
///
/// # Errors
/// 412 when it is no longer the one that was read.
pub async fn save(tx: &Tx, row: &Model, now: Instant, mut set: ActiveModel) -> Result<Model> {
    set.version = Set(row.version + 1);
    set.updated_at = Set(now);
    let updated = Entity::update_many()
        .set(set)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version))
        .exec(tx)
        .await?;
    if updated.rows_affected == 0 {
        return Err(AppError::new(
            Code::VersionChanged,
            say!("账号刚被修改，请重新读取。", "The account has just been changed; read it again."),
        ));
    }
    find(tx, row.id).await?.ok_or_else(AppError::not_found)
}

/// Stores the same password, hashed at higher costs. Nobody sees a difference, so the version stays.
///
/// # Errors
/// When the row cannot be written.
pub async fn rehash(tx: &Tx, id: AccountId, hash: &str) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::PasswordHash, Expr::value(hash))
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// The memberships of an account, in the order of the organisations' ids.
///
/// # Errors
/// When the database cannot be asked.
pub async fn memberships(db: &impl ConnectionTrait, id: AccountId) -> Result<Vec<membership::Model>> {
    Ok(membership::Entity::find()
        .filter(membership::Column::AccountId.eq(id))
        .order_by_asc(membership::Column::OrganisationId)
        .all(db)
        .await?)
}

/// How often an act was done to an account since then.
///
/// # Errors
/// When the database cannot be asked.
pub async fn times_done(
    db: &impl ConnectionTrait,
    id: AccountId,
    action: &str,
    since: Instant,
) -> Result<u64> {
    Ok(audit::Entity::find()
        .filter(audit::Column::SubjectKind.eq(audit::SubjectKind::Account))
        .filter(audit::Column::SubjectId.eq(id.to_string()))
        .filter(audit::Column::Action.eq(action))
        .filter(audit::Column::At.gt(since))
        .count(db)
        .await?)
}

fn live(now: Instant) -> Condition {
    Condition::all()
        .add(session::Column::RevokedAt.is_null())
        .add(session::Column::ExpiresAt.gt(now))
        .add(session::Column::LastUsedAt.gt(now - REFRESH_IDLE))
}

/// The sessions of an account that can still be refreshed, oldest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn live_sessions(
    db: &impl ConnectionTrait,
    account: AccountId,
    now: Instant,
) -> Result<Vec<session::Model>> {
    Ok(session::Entity::find()
        .filter(session::Column::AccountId.eq(account))
        .filter(live(now))
        .order_by_asc(session::Column::CreatedAt)
        .order_by_asc(session::Column::Id)
        .all(db)
        .await?)
}

/// A session, held until the transaction ends.
///
/// # Errors
/// When the database cannot be asked.
pub async fn hold_session(tx: &Tx, id: SessionId) -> Result<Option<session::Model>> {
    Ok(session::Entity::find_by_id(id).lock_exclusive().one(tx).await?)
}

/// Writes a new session.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert_session(tx: &Tx, row: session::Model) -> Result<()> {
    session::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// Notes that a session was used.
///
/// # Errors
/// When the row cannot be written.
pub async fn touch_session(tx: &Tx, id: SessionId, now: Instant) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::LastUsedAt, Expr::value(now))
        .filter(session::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Ends sessions.
///
/// # Errors
/// When the rows cannot be written.
pub async fn revoke_sessions(tx: &Tx, ids: &[SessionId], now: Instant) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(now))
        .filter(session::Column::Id.is_in(ids.iter().copied()))
        .filter(session::Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Ends all sessions of an account, but for one that is to go on. Says how many.
///
/// # Errors
/// When the rows cannot be written.
pub async fn revoke_all(tx: &Tx, account: AccountId, but: Option<SessionId>, now: Instant) -> Result<u64> {
    let mut update = session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(now))
        .filter(session::Column::AccountId.eq(account))
        .filter(session::Column::RevokedAt.is_null());
    if let Some(but) = but {
        update = update.filter(session::Column::Id.ne(but));
    }
    Ok(update.exec(tx).await?.rows_affected)
}

/// A refresh token by its hash.
///
/// # Errors
/// When the database cannot be asked.
pub async fn refresh_token(db: &impl ConnectionTrait, hash: &str) -> Result<Option<refresh_token::Model>> {
    Ok(refresh_token::Entity::find_by_id(hash.to_owned()).one(db).await?)
}

/// Writes a new refresh token.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert_refresh_token(tx: &Tx, row: refresh_token::Model) -> Result<()> {
    refresh_token::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// Uses a refresh token up. False for all but the first.
///
/// # Errors
/// When the row cannot be written.
pub async fn use_refresh_token(tx: &Tx, hash: &str, now: Instant) -> Result<bool> {
    let used = refresh_token::Entity::update_many()
        .col_expr(refresh_token::Column::UsedAt, Expr::value(now))
        .filter(refresh_token::Column::TokenHash.eq(hash))
        .filter(refresh_token::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    Ok(used.rows_affected == 1)
}

/// Writes a new single-use link.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert_link(tx: &Tx, row: one_time_token::Model) -> Result<()> {
    one_time_token::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

fn usable(purpose: TokenPurpose, now: Instant) -> Condition {
    Condition::all()
        .add(one_time_token::Column::Purpose.eq(purpose))
        .add(one_time_token::Column::UsedAt.is_null())
        .add(one_time_token::Column::ExpiresAt.gt(now))
}

/// Whose link it is, as long as it works.
///
/// # Errors
/// When the database cannot be asked.
pub async fn link_owner(
    db: &impl ConnectionTrait,
    hash: &str,
    purpose: TokenPurpose,
    now: Instant,
) -> Result<Option<AccountId>> {
    let row =
        one_time_token::Entity::find_by_id(hash.to_owned()).filter(usable(purpose, now)).one(db).await?;
    Ok(row.map(|row| row.account_id))
}

/// Uses a link up. False for all but the first.
///
/// # Errors
/// When the row cannot be written.
pub async fn use_link(tx: &Tx, hash: &str, purpose: TokenPurpose, now: Instant) -> Result<bool> {
    let used = one_time_token::Entity::update_many()
        .col_expr(one_time_token::Column::UsedAt, Expr::value(now))
        .filter(one_time_token::Column::TokenHash.eq(hash))
        .filter(usable(purpose, now))
        .exec(tx)
        .await?;
    Ok(used.rows_affected == 1)
}

/// Makes all links of an account for that purpose useless.
///
/// # Errors
/// When the rows cannot be written.
pub async fn void_links(tx: &Tx, account: AccountId, purpose: TokenPurpose, now: Instant) -> Result<()> {
    one_time_token::Entity::update_many()
        .col_expr(one_time_token::Column::UsedAt, Expr::value(now))
        .filter(one_time_token::Column::AccountId.eq(account))
        .filter(one_time_token::Column::Purpose.eq(purpose))
        .filter(one_time_token::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Failed sign-ins of an address since then, newest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn failures(
    db: &impl ConnectionTrait,
    mark: &str,
    since: Instant,
    limit: u64,
) -> Result<Vec<sign_in_failure::Model>> {
    Ok(sign_in_failure::Entity::find()
        .filter(sign_in_failure::Column::EmailHash.eq(mark))
        .filter(sign_in_failure::Column::At.gt(since))
        .order_by_desc(sign_in_failure::Column::At)
        .order_by_desc(sign_in_failure::Column::Id)
        .limit(limit)
        .all(db)
        .await?)
}

/// Keeps a failed sign-in.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert_failure(tx: &Tx, mark: &str, client: &str, now: Instant) -> Result<()> {
    let row = sign_in_failure::ActiveModel {
        id: NotSet,
        email_hash: Set(mark.to_owned()),
        client: Set(client.to_owned()),
        at: Set(now),
    };
    sign_in_failure::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Forgets the failed sign-ins of an address: those from one client, or all.
///
/// # Errors
/// When the rows cannot be deleted.
pub async fn forget_failures(tx: &Tx, mark: &str, client: Option<&str>) -> Result<()> {
    let mut delete =
        sign_in_failure::Entity::delete_many().filter(sign_in_failure::Column::EmailHash.eq(mark));
    if let Some(client) = client {
        delete = delete.filter(sign_in_failure::Column::Client.eq(client));
    }
    delete.exec(tx).await?;
    Ok(())
}
