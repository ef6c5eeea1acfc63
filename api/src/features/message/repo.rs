//! The rows of messages and of what was read.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use techmart_entity::{
    docking::message::{Channel, Column, Entity, Model, read_mark},
    id::{AccountId, DockingId, MessageId},
};

use crate::{
    db::Tx,
    error::{AppError, Result},
};

/// Messages of the threads, newest first, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    docking: DockingId,
    channels: &[Channel],
    after: Option<MessageId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut query = Entity::find()
        .filter(Column::DockingId.eq(docking))
        .filter(Column::Channel.is_in(channels.iter().copied()));
    if let Some(after) = after {
        query = query.filter(Column::Id.lt(after));
    }
    Ok(query.order_by_desc(Column::Id).limit(limit).all(db).await?)
}

/// Messages by id, of a docking and its threads.
///
/// # Errors
/// When the database cannot be asked.
pub async fn by_ids(
    db: &impl ConnectionTrait,
    docking: DockingId,
    channels: &[Channel],
    ids: &[MessageId],
) -> Result<Vec<Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(Entity::find()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Column::DockingId.eq(docking))
        .filter(Column::Channel.is_in(channels.iter().copied()))
        .all(db)
        .await?)
}

/// One of the threads.
///
/// # Errors
/// 404 when there is none.
pub async fn find(
    db: &impl ConnectionTrait,
    docking: DockingId,
    channels: &[Channel],
    id: MessageId,
) -> Result<Model> {
    by_ids(db, docking, channels, &[id]).await?.into_iter().next().ok_or_else(AppError::not_found)
}

/// Writes a message.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: Model) -> Result<()> {
    Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// Who has read up to where.
///
/// # Errors
/// When the database cannot be asked.
pub async fn marks(db: &impl ConnectionTrait, docking: DockingId) -> Result<Vec<read_mark::Model>> {
    Ok(read_mark::Entity::find().filter(read_mark::Column::DockingId.eq(docking)).all(db).await?)
}

/// Notes up to where somebody has read. A mark never goes back.
///
/// # Errors
/// When the row cannot be written.
pub async fn mark(tx: &Tx, row: read_mark::Model) -> Result<()> {
    use read_mark::Column as Mark;
    let earlier = Expr::col((read_mark::Entity, Mark::UpTo)).lt(row.up_to.0);
    read_mark::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(
            OnConflict::columns([Mark::DockingId, Mark::AccountId])
                .update_columns([Mark::Side, Mark::UpTo, Mark::ReadAt])
                .action_and_where(earlier)
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// How many messages of others somebody has not read.
///
/// # Errors
/// When the database cannot be asked.
pub async fn unread(
    db: &impl ConnectionTrait,
    docking: DockingId,
    channels: &[Channel],
    reader: AccountId,
) -> Result<u64> {
    let mark = read_mark::Entity::find_by_id((docking, reader)).one(db).await?;
    let mut query = Entity::find()
        .filter(Column::DockingId.eq(docking))
        .filter(Column::Channel.is_in(channels.iter().copied()))
        .filter(Column::AuthorId.ne(reader));
    if let Some(mark) = mark {
        query = query.filter(Column::Id.gt(mark.up_to));
    }
    Ok(query.count(db).await?)
}
