//! The rows of reminders.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Set,
};
use techmart_entity::{
    Instant,
    docking::reminder::{ActiveModel, Column, Entity, Model},
    id::{AccountId, DockingId, ReminderId},
};

use crate::{
    db::Tx,
    error::{AppError, Result},
};

/// Somebody's in a docking, newest first, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    docking: DockingId,
    after: Option<ReminderId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut query =
        Entity::find().filter(Column::AccountId.eq(account)).filter(Column::DockingId.eq(docking));
    if let Some(after) = after {
        query = query.filter(Column::Id.lt(after));
    }
    Ok(query.order_by_desc(Column::Id).limit(limit).all(db).await?)
}

/// How many somebody still waits for in a docking.
///
/// # Errors
/// When the database cannot be asked.
pub async fn waiting(db: &impl ConnectionTrait, account: AccountId, docking: DockingId) -> Result<u64> {
    Ok(Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::DockingId.eq(docking))
        .filter(Column::ToldAt.is_null())
        .count(db)
        .await?)
}

/// One, whosever it is.
///
/// # Errors
/// When the database cannot be asked.
pub async fn any(db: &impl ConnectionTrait, id: ReminderId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// Somebody's own.
///
/// # Errors
/// 404 when they have none of that id there.
pub async fn find(
    db: &impl ConnectionTrait,
    account: AccountId,
    docking: DockingId,
    id: ReminderId,
) -> Result<Model> {
    let own = |row: &Model| row.account_id == account && row.docking_id == docking;
    any(db, id).await?.filter(own).ok_or_else(AppError::not_found)
}

/// Writes a new one.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: Model) -> Result<()> {
    Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// Takes one away.
///
/// # Errors
/// When the row cannot be deleted.
pub async fn delete(tx: &Tx, id: ReminderId) -> Result<()> {
    Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

/// Those whose time has come.
///
/// # Errors
/// When the database cannot be asked.
pub async fn due(db: &impl ConnectionTrait, now: Instant) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::ToldAt.is_null())
        .filter(Column::At.lte(now))
        .order_by_asc(Column::At)
        .limit(200)
        .all(db)
        .await?)
}

/// Notes that one was told; says whether it was not before.
///
/// # Errors
/// When the row cannot be written.
pub async fn told(tx: &Tx, id: ReminderId, now: Instant) -> Result<bool> {
    let set = ActiveModel { told_at: Set(Some(now)), ..Default::default() };
    let updated = Entity::update_many()
        .set(set)
        .filter(Column::Id.eq(id))
        .filter(Column::ToldAt.is_null())
        .exec(tx)
        .await?;
    Ok(updated.rows_affected == 1)
}
