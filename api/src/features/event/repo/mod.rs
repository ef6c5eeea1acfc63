//! The rows of events; beside it those of sign-ups, items and pairs. `advance` is the only place that writes a status.

pub mod item;
pub mod pair;
pub mod sign_up;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use techmart_entity::{
    Instant,
    event::{ActiveModel, Column, Entity, EventKind, Model, status::EventStatus},
    id::EventId,
    life_cycle::StatusChange,
};

use crate::{
    db::Tx,
    error::{AppError, Result},
};

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub kinds: Vec<EventKind>,
    pub statuses: Vec<EventStatus>,
    pub from: Option<Instant>,
    pub until: Option<Instant>,
    pub demo: Option<bool>,
    /// Drafts as well.
    pub drafts: bool,
}

/// Events in the order in which they begin, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    after: Option<(Instant, EventId)>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut condition = Condition::all();
    if !filter.drafts {
        condition = condition.add(Column::Status.ne(EventStatus::Draft));
    }
    if !filter.kinds.is_empty() {
        condition = condition.add(Column::Kind.is_in(filter.kinds.iter().copied()));
    }
    if !filter.statuses.is_empty() {
        condition = condition.add(Column::Status.is_in(filter.statuses.iter().copied()));
    }
    if let Some(from) = filter.from {
        condition = condition.add(Column::EndsAt.gte(from));
    }
    if let Some(until) = filter.until {
        condition = condition.add(Column::StartsAt.lt(until));
    }
    if let Some(demo) = filter.demo {
        condition = condition.add(Column::Demo.eq(demo));
    }
    if let Some((at, id)) = after {
        condition = condition.add(
            Condition::any()
                .add(Column::StartsAt.gt(at))
                .add(Condition::all().add(Column::StartsAt.eq(at)).add(Column::Id.gt(id))),
        );
    }
    Ok(Entity::find()
        .filter(condition)
        .order_by_asc(Column::StartsAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await?)
}

/// An event. Whether the caller may see it is `policy`'s to say.
///
/// # Errors
/// 404 when there is none.
pub async fn find(db: &impl ConnectionTrait, id: EventId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(AppError::not_found)
}

/// The same, held until the transaction ends: who takes a place waits here for who took the one before.
///
/// # Errors
/// 404 when there is none.
pub async fn hold(tx: &Tx, id: EventId) -> Result<Model> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(AppError::not_found)
}

/// Writes a new event.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: Model) -> Result<()> {
    Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes a move.
///
/// # Errors
/// 412 when the row is no longer the one that was read.
pub async fn advance(
    tx: &Tx,
    row: &Model,
    change: &StatusChange<EventStatus>,
    now: Instant,
    mut set: ActiveModel,
) -> Result<Model> {
    set.status = Set(change.to());
    save(tx, row, now, set).await
}

/// Writes other columns of a row that was read at its version.
///
/// # Errors
/// 412 when the row is no longer the one that was read.
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
        return Err(changed());
    }
    find(tx, row.id).await
}

/// What was read is no longer what is there.
pub(super) fn changed() -> AppError {
    AppError::stale()
}

/// Events that begin until then and whose participants were not reminded.
///
/// # Errors
/// When the database cannot be asked.
pub async fn to_remind(db: &impl ConnectionTrait, now: Instant, until: Instant) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::Status.is_in([EventStatus::Open, EventStatus::Closed]))
        .filter(Column::RemindedAt.is_null())
        .filter(Column::StartsAt.gt(now))
        .filter(Column::StartsAt.lte(until))
        .limit(200)
        .all(db)
        .await?)
}

/// Remembers that they were; says whether nobody had before. No version of the event changes.
///
/// # Errors
/// When the row cannot be written.
pub async fn reminded(tx: &Tx, id: EventId, now: Instant) -> Result<bool> {
    let set = ActiveModel { reminded_at: Set(Some(now)), ..Default::default() };
    let updated = Entity::update_many()
        .set(set)
        .filter(Column::Id.eq(id))
        .filter(Column::RemindedAt.is_null())
        .exec(tx)
        .await?;
    Ok(updated.rows_affected == 1)
}
