//! The rows of imports, and the listings that they were imported to.

use std::collections::HashSet;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use techmart_entity::{
    id::ImportId,
    import::{ActiveModel, Column, Entity, Model, RowOutcome, row},
    listing,
};

use crate::{
    db::Tx,
    error::{AppError, Result},
};

/// The listing of an upsert key.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find_by_key(db: &impl ConnectionTrait, key: &str) -> Result<Option<listing::Model>> {
    Ok(listing::Entity::find().filter(listing::Column::ImportKey.eq(key)).one(db).await?)
}

/// The same, held until the transaction ends.
///
/// # Errors
/// When the database cannot be asked.
pub async fn hold_by_key(tx: &Tx, key: &str) -> Result<Option<listing::Model>> {
    Ok(listing::Entity::find().filter(listing::Column::ImportKey.eq(key)).lock_exclusive().one(tx).await?)
}

/// An import.
///
/// # Errors
/// 404 when there is none.
pub async fn find(db: &impl ConnectionTrait, id: ImportId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(AppError::not_found)
}

/// The same, held until the transaction ends: of two processes that run one job the second sees what
/// the first did.
///
/// # Errors
/// 404 when there is none.
pub async fn hold(tx: &Tx, id: ImportId) -> Result<Model> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(AppError::not_found)
}

/// Those of the files that imports name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn known_files(db: &impl ConnectionTrait, files: &[String]) -> Result<HashSet<String>> {
    let rows: Vec<String> = Entity::find()
        .select_only()
        .column(Column::FileKey)
        .distinct()
        .filter(Column::FileKey.is_in(files.iter().cloned()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Imports, newest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(db: &impl ConnectionTrait, after: Option<ImportId>, limit: u64) -> Result<Vec<Model>> {
    let mut query = Entity::find().order_by_desc(Column::Id).limit(limit);
    if let Some(after) = after {
        query = query.filter(Column::Id.lt(after));
    }
    Ok(query.all(db).await?)
}

/// Writes a new import.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: Model) -> Result<Model> {
    Ok(Entity::insert(row.into_active_model().reset_all()).exec_with_returning(tx).await?)
}

/// Changes an import.
///
/// # Errors
/// When the row cannot be written.
pub async fn update(tx: &Tx, id: ImportId, set: ActiveModel) -> Result<()> {
    Entity::update_many().set(set).filter(Column::Id.eq(id)).exec(tx).await?;
    Ok(())
}

/// The last line whose result is written; 0 when there is none.
///
/// # Errors
/// When the database cannot be asked.
pub async fn last_line(db: &impl ConnectionTrait, id: ImportId) -> Result<i64> {
    let last = row::Entity::find()
        .filter(row::Column::ImportId.eq(id))
        .order_by_desc(row::Column::Line)
        .one(db)
        .await?;
    Ok(last.map_or(0, |row| row.line))
}

/// Writes the results of rows.
///
/// # Errors
/// When the rows cannot be written.
pub async fn insert_rows(tx: &Tx, rows: Vec<row::Model>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    row::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// The results of rows, in the order of their lines.
///
/// # Errors
/// When the database cannot be asked.
pub async fn rows(
    db: &impl ConnectionTrait,
    id: ImportId,
    outcome: Option<RowOutcome>,
    after: Option<i64>,
    limit: u64,
) -> Result<Vec<row::Model>> {
    let mut query =
        row::Entity::find().filter(row::Column::ImportId.eq(id)).order_by_asc(row::Column::Line).limit(limit);
    if let Some(outcome) = outcome {
        query = query.filter(row::Column::Outcome.eq(outcome));
    }
    if let Some(after) = after {
        query = query.filter(row::Column::Line.gt(after));
    }
    Ok(query.all(db).await?)
}
