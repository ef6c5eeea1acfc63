//! The rows of offers. `advance` is the only place that writes a status.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use techmart_entity::{
    Day, Instant,
    docking::offer::{ActiveModel, Column, Entity, Model, status::OfferStatus},
    id::{DockingId, OfferId},
    life_cycle::StatusChange,
};

use crate::{
    db::Tx,
    error::{AppError, Result},
};

/// The offers of a docking, newest first, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    docking: DockingId,
    after: Option<OfferId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut query = Entity::find().filter(Column::DockingId.eq(docking));
    if let Some(after) = after {
        query = query.filter(Column::Id.lt(after));
    }
    Ok(query.order_by_desc(Column::Id).limit(limit).all(db).await?)
}

/// The open offers of a docking.
///
/// # Errors
/// When the database cannot be asked.
pub async fn open_of(db: &impl ConnectionTrait, docking: DockingId) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::DockingId.eq(docking))
        .filter(Column::Status.eq(OfferStatus::Open))
        .order_by_asc(Column::Id)
        .all(db)
        .await?)
}

/// An offer of a docking.
///
/// # Errors
/// 404 when it has none of that id.
pub async fn find(db: &impl ConnectionTrait, docking: DockingId, id: OfferId) -> Result<Model> {
    Entity::find_by_id(id)
        .filter(Column::DockingId.eq(docking))
        .one(db)
        .await?
        .ok_or_else(AppError::not_found)
}

/// Writes a new one.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: Model) -> Result<()> {
    Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes a move and what else it sets. The docking is held.
///
/// # Errors
/// When the row cannot be written.
pub async fn advance(
    tx: &Tx,
    row: &Model,
    change: &StatusChange<OfferStatus>,
    mut set: ActiveModel,
) -> Result<Model> {
    set.status = Set(change.to());
    set.version = Set(row.version + 1);
    Entity::update_many().set(set).filter(Column::Id.eq(row.id)).exec(tx).await?;
    find(tx, row.docking_id, row.id).await
}

/// Open offers that end up to that day, and of which the other side was not reminded or that are over.
///
/// # Errors
/// When the database cannot be asked.
pub async fn ending(db: &impl ConnectionTrait, until: Day, limit: u64) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::Status.eq(OfferStatus::Open))
        .filter(Column::ValidTo.lte(until))
        .order_by_asc(Column::ValidTo)
        .limit(limit)
        .all(db)
        .await?)
}

/// Notes that the other side was reminded.
///
/// # Errors
/// When the row cannot be written.
pub async fn reminded(tx: &Tx, id: OfferId, now: Instant) -> Result<()> {
    let set = ActiveModel { reminded_at: Set(Some(now)), ..Default::default() };
    Entity::update_many().set(set).filter(Column::Id.eq(id)).exec(tx).await?;
    Ok(())
}
