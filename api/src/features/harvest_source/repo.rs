//! The rows of harvest sources, and what they have brought.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select, Set,
};
use techmart_entity::{
    Instant,
    harvest_source::{ActiveModel, Column, Entity, Model},
    id::{HarvestSourceId, ListingId},
    listing::{self, ListingKind, status::ListingStatus},
};

use crate::{
    db::Tx,
    error::{AppError, Result},
};

/// A source.
///
/// # Errors
/// 404 when there is none.
pub async fn find(db: &impl ConnectionTrait, id: HarvestSourceId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(AppError::not_found)
}

/// A source that may be gone.
///
/// # Errors
/// When the database cannot be asked.
pub async fn by_id(db: &impl ConnectionTrait, id: HarvestSourceId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// A source, held until the transaction ends.
///
/// # Errors
/// 404 when there is none.
pub async fn hold(tx: &Tx, id: HarvestSourceId) -> Result<Model> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(AppError::not_found)
}

/// Sources, newest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    after: Option<HarvestSourceId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut query = Entity::find().order_by_desc(Column::Id).limit(limit);
    if let Some(after) = after {
        query = query.filter(Column::Id.lt(after));
    }
    Ok(query.all(db).await?)
}

/// Sources whose time has come.
///
/// # Errors
/// When the database cannot be asked.
pub async fn due(db: &impl ConnectionTrait, now: Instant) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::NextRunAt.lte(now))
        .filter(Column::Paused.eq(false))
        .order_by_asc(Column::NextRunAt)
        .limit(20)
        .all(db)
        .await?)
}

/// Sets the next run of a source whose time has come. Says whether nobody was faster.
///
/// # Errors
/// When the row cannot be written.
pub async fn begin(tx: &Tx, row: &Model, next: Option<Instant>) -> Result<bool> {
    let set = ActiveModel { next_run_at: Set(next), ..Default::default() };
    let changed = Entity::update_many()
        .set(set)
        .filter(Column::Id.eq(row.id))
        .filter(Column::NextRunAt.eq(row.next_run_at))
        .exec(tx)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Writes a source.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: Model) -> Result<Model> {
    Ok(Entity::insert(row.into_active_model().reset_all()).exec_with_returning(tx).await?)
}

/// Changes a source.
///
/// # Errors
/// When the row cannot be written.
pub async fn update(tx: &Tx, id: HarvestSourceId, set: ActiveModel) -> Result<()> {
    Entity::update_many().set(set).filter(Column::Id.eq(id)).exec(tx).await?;
    Ok(())
}

/// Writes all of a source again.
///
/// # Errors
/// When the row cannot be written.
pub async fn replace(tx: &Tx, row: Model) -> Result<()> {
    let id = row.id;
    update(tx, id, row.into_active_model().reset_all()).await
}

/// Takes a source away.
///
/// # Errors
/// When the row cannot be deleted.
pub async fn delete(tx: &Tx, id: HarvestSourceId) -> Result<()> {
    Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

/// The published items that a system has brought.
fn brought(source_system: &str, kind: ListingKind) -> Select<listing::Entity> {
    let shown = [ListingStatus::Published, ListingStatus::Suspended, ListingStatus::Expired];
    listing::Entity::find().filter(
        Condition::all()
            .add(listing::Column::SourceSystem.eq(source_system))
            .add(listing::Column::Kind.eq(kind))
            .add(listing::Column::ImportKey.is_not_null())
            .add(listing::Column::Status.is_in(shown)),
    )
}

/// How many published items a system has brought.
///
/// # Errors
/// When the database cannot be asked.
pub async fn count_brought(
    db: &impl ConnectionTrait,
    source_system: &str,
    kind: ListingKind,
) -> Result<usize> {
    let n = brought(source_system, kind).count(db).await?;
    Ok(usize::try_from(n).unwrap_or(usize::MAX))
}

/// Published items that a system has brought, with their keys, in the order of their ids.
///
/// # Errors
/// When the database cannot be asked.
pub async fn keys_brought(
    db: &impl ConnectionTrait,
    source_system: &str,
    kind: ListingKind,
    after: Option<ListingId>,
) -> Result<Vec<(ListingId, String)>> {
    let mut query = brought(source_system, kind)
        .select_only()
        .column(listing::Column::Id)
        .column(listing::Column::ImportKey)
        .order_by_asc(listing::Column::Id)
        .limit(1000);
    if let Some(after) = after {
        query = query.filter(listing::Column::Id.gt(after));
    }
    Ok(query.into_tuple().all(db).await?)
}
