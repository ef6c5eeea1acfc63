//! The rows of confidentiality agreements.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};
use techmart_entity::{
    docking::nda::{ActiveModel, Column, Entity, Model},
    id::{DockingId, NdaId},
};

use crate::{
    db::Tx,
    error::{AppError, Result},
};

/// Those of a docking, the latest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn of_docking(db: &impl ConnectionTrait, docking: DockingId) -> Result<Vec<Model>> {
    Ok(Entity::find().filter(Column::DockingId.eq(docking)).order_by_desc(Column::Id).all(db).await?)
}

/// One of a docking.
///
/// # Errors
/// 404 when it has none of that id.
pub async fn find(db: &impl ConnectionTrait, docking: DockingId, id: NdaId) -> Result<Model> {
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

/// Writes who confirmed it. The docking is held, so nobody else does at the same time.
///
/// # Errors
/// When the row cannot be written.
pub async fn confirm(tx: &Tx, id: NdaId, set: ActiveModel) -> Result<()> {
    Entity::update_many().set(set).filter(Column::Id.eq(id)).exec(tx).await?;
    Ok(())
}
