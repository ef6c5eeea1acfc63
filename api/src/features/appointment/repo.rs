//! The rows of appointments, of what sides say to the times and of who will come. `advance` is the only place that writes
//! a status.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set, sea_query::OnConflict,
};
use techmart_entity::{
    Instant,
    docking::appointment::{
        ActiveModel, Column, Entity, Model, answer, attendance, status::AppointmentStatus,
    },
    id::{AppointmentId, DockingId},
    life_cycle::StatusChange,
};

use crate::{
    db::Tx,
    error::{AppError, Result},
};

/// The appointments of a docking, newest first, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    docking: DockingId,
    after: Option<AppointmentId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut query = Entity::find().filter(Column::DockingId.eq(docking));
    if let Some(after) = after {
        query = query.filter(Column::Id.lt(after));
    }
    Ok(query.order_by_desc(Column::Id).limit(limit).all(db).await?)
}

/// Those of a docking that are still to come.
///
/// # Errors
/// When the database cannot be asked.
pub async fn open_of(db: &impl ConnectionTrait, docking: DockingId) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::DockingId.eq(docking))
        .filter(Column::Status.is_in([AppointmentStatus::Proposed, AppointmentStatus::Agreed]))
        .order_by_asc(Column::Id)
        .all(db)
        .await?)
}

/// One, whichever docking it is of.
///
/// # Errors
/// When the database cannot be asked.
pub async fn any(db: &impl ConnectionTrait, id: AppointmentId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// One of a docking.
///
/// # Errors
/// 404 when it has none of that id.
pub async fn find(db: &impl ConnectionTrait, docking: DockingId, id: AppointmentId) -> Result<Model> {
    any(db, id).await?.filter(|row| row.docking_id == docking).ok_or_else(AppError::not_found)
}

/// Writes a new one.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: Model) -> Result<()> {
    Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes a move, what else it sets, and the next version number.
///
/// # Errors
/// 412 when the row is no longer the one that was read.
pub async fn advance(
    tx: &Tx,
    row: &Model,
    change: &StatusChange<AppointmentStatus>,
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
        return Err(AppError::stale());
    }
    find(tx, row.docking_id, row.id).await
}

/// What the sides of some appointments said to the times.
///
/// # Errors
/// When the database cannot be asked.
pub async fn answers(db: &impl ConnectionTrait, ids: &[AppointmentId]) -> Result<Vec<answer::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(answer::Entity::find()
        .filter(answer::Column::AppointmentId.is_in(ids.iter().copied()))
        .order_by_asc(answer::Column::AnsweredAt)
        .all(db)
        .await?)
}

/// Writes what a side says, in the place of what it said before.
///
/// # Errors
/// When the row cannot be written.
pub async fn answer(tx: &Tx, row: answer::Model) -> Result<()> {
    use answer::Column as Answer;
    answer::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(
            OnConflict::columns([Answer::AppointmentId, Answer::Side])
                .update_columns([Answer::Fits, Answer::Note, Answer::AnsweredBy, Answer::AnsweredAt])
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Takes away what was said to other times than those that are proposed now, and who would have come.
///
/// # Errors
/// When the rows cannot be written.
pub async fn forget_answers(tx: &Tx, id: AppointmentId) -> Result<()> {
    answer::Entity::delete_many().filter(answer::Column::AppointmentId.eq(id)).exec(tx).await?;
    attendance::Entity::delete_many().filter(attendance::Column::AppointmentId.eq(id)).exec(tx).await?;
    Ok(())
}

/// Who said whether they will come to some appointments.
///
/// # Errors
/// When the database cannot be asked.
pub async fn attendance(db: &impl ConnectionTrait, ids: &[AppointmentId]) -> Result<Vec<attendance::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(attendance::Entity::find()
        .filter(attendance::Column::AppointmentId.is_in(ids.iter().copied()))
        .order_by_asc(attendance::Column::AnsweredAt)
        .all(db)
        .await?)
}

/// Writes whether somebody will come, in the place of what they said before.
///
/// # Errors
/// When the row cannot be written.
pub async fn attend(tx: &Tx, row: attendance::Model) -> Result<()> {
    use attendance::Column as Attendance;
    attendance::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(
            OnConflict::columns([Attendance::AppointmentId, Attendance::AccountId])
                .update_columns([Attendance::Side, Attendance::Answer, Attendance::AnsweredAt])
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Agreed ones that begin before an instant and of which nobody was reminded.
///
/// # Errors
/// When the database cannot be asked.
pub async fn soon(db: &impl ConnectionTrait, from: Instant, until: Instant) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::Status.eq(AppointmentStatus::Agreed))
        .filter(Column::StartsAt.gt(from))
        .filter(Column::StartsAt.lte(until))
        .filter(Column::RemindedAt.is_null())
        .order_by_asc(Column::StartsAt)
        .limit(200)
        .all(db)
        .await?)
}
