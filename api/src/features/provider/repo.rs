//! The rows of entries. `advance` is the only place that writes a status.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use techmart_entity::{
    Day, Instant,
    id::{ListingId, ProviderEntryId},
    life_cycle::StatusChange,
    provider::{
        entry::{ActiveModel, Column, Entity, Model},
        status::EntryStatus,
    },
};

use crate::{
    db::Tx,
    error::{AppError, Code, Result, unique_violation},
    say,
};

/// The latest entry of a page: the open one, else the last that ended.
///
/// # Errors
/// 404 when there is none.
pub async fn latest(db: &impl ConnectionTrait, listing: ListingId) -> Result<Model> {
    Entity::find()
        .filter(Column::ListingId.eq(listing))
        .order_by_desc(Column::Id)
        .one(db)
        .await?
        .ok_or_else(AppError::not_found)
}

/// The same, held until the transaction ends: of two moves at once the second sees what the first did.
///
/// # Errors
/// 404 when there is none.
pub async fn hold_latest(tx: &Tx, listing: ListingId) -> Result<Model> {
    Entity::find()
        .filter(Column::ListingId.eq(listing))
        .order_by_desc(Column::Id)
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or_else(AppError::not_found)
}

/// Writes an application.
///
/// # Errors
/// 409 when the organisation has an open entry already.
pub async fn insert(tx: &Tx, row: Model) -> Result<Model> {
    Entity::insert(row.into_active_model().reset_all()).exec_with_returning(tx).await.map_err(|error| {
        match unique_violation(&error) {
            Some(_) => AppError::new(
                Code::AlreadyExists,
                say!(
                    "该单位已有一个未结束的入驻；退出或被拒后才能重新申请。",
                    "The organisation has an open entry; it applies again after that one ended."
                ),
            ),
            None => error.into(),
        }
    })
}

/// Writes a move, what else it sets, and the next version number. An entry that ended makes room for
/// another application.
///
/// # Errors
/// 412 when the row is no longer the one that was read.
pub async fn advance(
    tx: &Tx,
    row: &Model,
    change: &StatusChange<EntryStatus>,
    now: Instant,
    mut set: ActiveModel,
) -> Result<Model> {
    set.status = Set(change.to());
    if !change.to().is_open() {
        set.open_key = Set(None);
    }
    save(tx, row, now, set).await
}

/// Writes that another agreement was asked for.
///
/// # Errors
/// 412 when the row is no longer the one that was read.
pub async fn asked(tx: &Tx, row: &Model, now: Instant) -> Result<Model> {
    save(tx, row, now, ActiveModel { renewal_asked_at: Set(Some(now)), ..Default::default() }).await
}

async fn save(tx: &Tx, row: &Model, now: Instant, mut set: ActiveModel) -> Result<Model> {
    set.version = Set(row.version + 1);
    set.updated_at = Set(now);
    let updated = Entity::update_many()
        .set(set)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version))
        .exec(tx)
        .await?;
    if updated.rows_affected == 0 {
        return Err(AppError::stale());
    }
    find(tx, row.id).await
}

/// One entry.
///
/// # Errors
/// 404 when there is none.
pub async fn find(db: &impl ConnectionTrait, id: ProviderEntryId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(AppError::not_found)
}

/// Entries whose agreement ended before `today`.
///
/// # Errors
/// When the database cannot be asked.
pub async fn over(db: &impl ConnectionTrait, today: Day, limit: u64) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::Status.is_in([EntryStatus::Entered, EntryStatus::Suspended]))
        .filter(Column::AgreementValidTo.lt(today))
        .order_by_asc(Column::AgreementValidTo)
        .limit(limit)
        .all(db)
        .await?)
}
