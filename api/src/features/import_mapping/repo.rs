//! The rows of mappings.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use techmart_entity::import_mapping::{Column, Entity, Model};

use crate::{db::Tx, error::Result};

/// What is kept for a source.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find(db: &impl ConnectionTrait, source_system: &str) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(source_system).one(db).await?)
}

/// What is kept, by the names of the sources.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(db: &impl ConnectionTrait, after: Option<String>, limit: u64) -> Result<Vec<Model>> {
    let mut query = Entity::find().order_by_asc(Column::SourceSystem).limit(limit);
    if let Some(after) = after {
        query = query.filter(Column::SourceSystem.gt(after));
    }
    Ok(query.all(db).await?)
}

/// Writes the first mapping of a source.
///
/// # Errors
/// When the row cannot be written, also because there is one by now.
pub async fn insert(tx: &Tx, row: Model) -> std::result::Result<(), sea_orm::DbErr> {
    Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// Replaces a mapping that is still of the version before. Says whether it was.
///
/// # Errors
/// When the row cannot be written.
pub async fn replace(tx: &Tx, row: Model) -> Result<bool> {
    let (source, before) = (row.source_system.clone(), row.version - 1);
    let changed = Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(Column::SourceSystem.eq(source))
        .filter(Column::Version.eq(before))
        .exec(tx)
        .await?;
    Ok(changed.rows_affected == 1)
}
