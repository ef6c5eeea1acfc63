//! The rows of sign-ups. Whoever writes one holds its event.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Set,
};
use techmart_entity::{
    Instant,
    event::sign_up::{ActiveModel, Column, Entity, Model, SignUpStatus},
    id::{AccountId, EventId, OrganisationId, SignUpId},
    life_cycle::StatusChange,
};

use super::changed;
use crate::{
    db::Tx,
    error::{AppError, Result},
};

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub account: Option<AccountId>,
    pub statuses: Vec<SignUpStatus>,
    pub attended: Option<bool>,
}

/// Sign-ups of an event, in the order of the queue, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    event: EventId,
    filter: &Filter,
    after: Option<i64>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut condition = Condition::all().add(Column::EventId.eq(event));
    if let Some(account) = filter.account {
        condition = condition.add(Column::AccountId.eq(account));
    }
    if !filter.statuses.is_empty() {
        condition = condition.add(Column::Status.is_in(filter.statuses.iter().copied()));
    }
    condition = match filter.attended {
        Some(true) => condition.add(Column::AttendedAt.is_not_null()),
        Some(false) => condition.add(Column::AttendedAt.is_null()),
        None => condition,
    };
    if let Some(after) = after {
        condition = condition.add(Column::Position.gt(after));
    }
    Ok(Entity::find().filter(condition).order_by_asc(Column::Position).limit(limit).all(db).await?)
}

/// A sign-up of an event.
///
/// # Errors
/// 404 when the event has none of that id.
pub async fn find(db: &impl ConnectionTrait, event: EventId, id: SignUpId) -> Result<Model> {
    Entity::find_by_id(id).filter(Column::EventId.eq(event)).one(db).await?.ok_or_else(AppError::not_found)
}

/// A person's.
///
/// # Errors
/// When the database cannot be asked.
pub async fn of_person(
    db: &impl ConnectionTrait,
    event: EventId,
    person: AccountId,
) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::EventId.eq(event)).filter(Column::AccountId.eq(person)).one(db).await?)
}

/// The next place in the queue.
///
/// # Errors
/// When the database cannot be asked.
pub async fn next_position(tx: &Tx, event: EventId) -> Result<i64> {
    let last: Option<Option<i64>> = Entity::find()
        .select_only()
        .column_as(Column::Position.max(), "last")
        .filter(Column::EventId.eq(event))
        .into_tuple()
        .one(tx)
        .await?;
    Ok(last.flatten().unwrap_or(0) + 1)
}

/// For whom those come who have a place.
///
/// # Errors
/// When the database cannot be asked.
pub async fn seated(db: &impl ConnectionTrait, event: EventId) -> Result<Vec<Option<OrganisationId>>> {
    Ok(Entity::find()
        .select_only()
        .column(Column::OrganisationId)
        .filter(Column::EventId.eq(event))
        .filter(Column::Status.eq(SignUpStatus::Confirmed))
        .into_tuple()
        .all(db)
        .await?)
}

/// How many wait before a place in the queue.
///
/// # Errors
/// When the database cannot be asked.
pub async fn waiting_before(db: &impl ConnectionTrait, event: EventId, position: i64) -> Result<u64> {
    Ok(Entity::find()
        .filter(Column::EventId.eq(event))
        .filter(Column::Status.eq(SignUpStatus::Waiting))
        .filter(Column::Position.lt(position))
        .count(db)
        .await?)
}

/// How many stand so, and, if it is asked, came.
///
/// # Errors
/// When the database cannot be asked.
pub async fn count(db: &impl ConnectionTrait, event: EventId, status: SignUpStatus) -> Result<u64> {
    Ok(Entity::find().filter(Column::EventId.eq(event)).filter(Column::Status.eq(status)).count(db).await?)
}

/// How many came.
///
/// # Errors
/// When the database cannot be asked.
pub async fn attended(db: &impl ConnectionTrait, event: EventId) -> Result<u64> {
    Ok(Entity::find()
        .filter(Column::EventId.eq(event))
        .filter(Column::AttendedAt.is_not_null())
        .count(db)
        .await?)
}

/// Those who come or wait.
///
/// # Errors
/// When the database cannot be asked.
pub async fn people(
    db: &impl ConnectionTrait,
    event: EventId,
    statuses: &[SignUpStatus],
) -> Result<Vec<AccountId>> {
    Ok(Entity::find()
        .select_only()
        .column(Column::AccountId)
        .filter(Column::EventId.eq(event))
        .filter(Column::Status.is_in(statuses.iter().copied()))
        .into_tuple()
        .all(db)
        .await?)
}

/// Writes a new one.
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
    change: &StatusChange<SignUpStatus>,
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
    find(tx, row.event_id, row.id).await
}
