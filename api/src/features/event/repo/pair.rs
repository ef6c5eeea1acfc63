//! The rows of pairs and of their places in the timetable. The database keeps an organisation from two tables at once.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set, sea_query::OnConflict,
};
use techmart_entity::{
    Instant,
    docking::{self, DockingOrigin, status::DockingStage},
    event::pair::{ActiveModel, Column, Entity, EventPairStatus, Model, slot},
    id::{DockingId, EventId, EventPairId, OrganisationId},
    life_cycle::StatusChange,
};

use super::changed;
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Result, unique_violation},
    features::event::policy::is_inside,
    say,
};

/// Which pairs a caller may see: the centre and auditors all, others those of their organisations that stand in the
/// timetable.
#[must_use]
pub fn scope(cx: &Context) -> Condition {
    if is_inside(cx) {
        return Condition::all();
    }
    let own: Vec<OrganisationId> = cx
        .actor
        .person()
        .map(|person| person.memberships.iter().map(|membership| membership.organisation_id).collect())
        .unwrap_or_default();
    Condition::all().add(Column::Status.is_in([EventPairStatus::Accepted, EventPairStatus::Held])).add(
        Condition::any()
            .add(Column::EnterpriseId.is_in(own.iter().copied()))
            .add(Column::SupplierId.is_in(own.iter().copied())),
    )
}

/// Pairs of an event, in the order in which they were proposed, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    event: EventId,
    scope: Condition,
    statuses: &[EventPairStatus],
    after: Option<EventPairId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut condition = Condition::all().add(Column::EventId.eq(event)).add(scope);
    if !statuses.is_empty() {
        condition = condition.add(Column::Status.is_in(statuses.iter().copied()));
    }
    if let Some(after) = after {
        condition = condition.add(Column::Id.gt(after));
    }
    Ok(Entity::find().filter(condition).order_by_asc(Column::Id).limit(limit).all(db).await?)
}

/// A pair of an event.
///
/// # Errors
/// 404 when the event has none of that id.
pub async fn find(db: &impl ConnectionTrait, event: EventId, id: EventPairId) -> Result<Model> {
    Entity::find_by_id(id).filter(Column::EventId.eq(event)).one(db).await?.ok_or_else(AppError::not_found)
}

/// The same, held until the transaction ends.
///
/// # Errors
/// 404 when the event has none of that id.
pub async fn hold(tx: &Tx, event: EventId, id: EventPairId) -> Result<Model> {
    Entity::find_by_id(id)
        .filter(Column::EventId.eq(event))
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or_else(AppError::not_found)
}

/// Writes a new pair, unless the event has it already; says whether it did.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: Model) -> Result<bool> {
    let inserted = Entity::insert(row.into_active_model().reset_all())
        .on_conflict(OnConflict::columns([Column::EventId, Column::PairKey]).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}

/// Writes a move.
///
/// # Errors
/// 412 when the row is no longer the one that was read, 409 when the table is taken.
pub async fn advance(
    tx: &Tx,
    row: &Model,
    change: &StatusChange<EventPairStatus>,
    now: Instant,
    mut set: ActiveModel,
) -> Result<Model> {
    set.status = Set(change.to());
    save(tx, row, now, set).await
}

/// Writes other columns of a row that was read at its version.
///
/// # Errors
/// 412 when the row is no longer the one that was read, 409 when the table is taken.
pub async fn save(tx: &Tx, row: &Model, now: Instant, mut set: ActiveModel) -> Result<Model> {
    set.version = Set(row.version + 1);
    set.updated_at = Set(now);
    let updated = Entity::update_many()
        .set(set)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version))
        .exec(tx)
        .await
        .map_err(|error| match unique_violation(&error) {
            Some(_) => AppError::new(
                Code::AlreadyExists,
                say!("该时段该桌已有安排。", "That table is taken at that time."),
            ),
            None => error.into(),
        })?;
    if updated.rows_affected == 0 {
        return Err(changed());
    }
    find(tx, row.event_id, row.id).await
}

/// Seats both sides of a pair at a time.
///
/// # Errors
/// 409 when one of them sits elsewhere then.
pub async fn seat(tx: &Tx, row: &Model, at: Instant) -> Result<()> {
    // In one order, so that of two pairs at once neither waits for the other twice.
    let mut sides = [row.enterprise_id, row.supplier_id];
    sides.sort();
    for organisation_id in sides {
        let seat = slot::Model { event_id: row.event_id, slot_at: at, organisation_id, pair_id: row.id };
        let written =
            slot::Entity::insert(seat.into_active_model().reset_all()).exec_without_returning(tx).await;
        match written {
            Ok(_) => {}
            Err(error) if unique_violation(&error).is_some() => {
                return Err(AppError::new(
                    Code::AlreadyExists,
                    say!(
                        "其中一方该时段已有安排，请换一个时段。",
                        "One of the two sits at another table then; take another time."
                    ),
                ));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Takes a pair out of the timetable.
///
/// # Errors
/// When the rows cannot be deleted.
pub async fn unseat(tx: &Tx, id: EventPairId) -> Result<()> {
    slot::Entity::delete_many().filter(slot::Column::PairId.eq(id)).exec(tx).await?;
    Ok(())
}

/// How many pairs of an event stand so.
///
/// # Errors
/// When the database cannot be asked.
pub async fn counts(db: &impl ConnectionTrait, event: EventId) -> Result<HashMap<EventPairStatus, u64>> {
    let rows: Vec<(EventPairStatus, i64)> = Entity::find()
        .select_only()
        .column(Column::Status)
        .column_as(Column::Id.count(), "n")
        .filter(Column::EventId.eq(event))
        .group_by(Column::Status)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(status, n)| (status, u64::try_from(n).unwrap_or(0))).collect())
}

/// The dockings that came of an event: stage and origin of each.
///
/// # Errors
/// When the database cannot be asked.
pub async fn dockings(
    db: &impl ConnectionTrait,
    event: EventId,
) -> Result<Vec<(DockingStage, DockingOrigin)>> {
    let linked: Vec<Option<DockingId>> = Entity::find()
        .select_only()
        .column(Column::DockingId)
        .distinct()
        .filter(Column::EventId.eq(event))
        .filter(Column::DockingId.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    let linked: Vec<DockingId> = linked.into_iter().flatten().collect();
    let mut found = Vec::new();
    for ids in linked.chunks(500) {
        let rows: Vec<(DockingStage, DockingOrigin)> = docking::Entity::find()
            .select_only()
            .column(docking::Column::Stage)
            .column(docking::Column::Origin)
            .filter(docking::Column::Id.is_in(ids.iter().copied()))
            .into_tuple()
            .all(db)
            .await?;
        found.extend(rows);
    }
    Ok(found)
}

/// Which of some dockings both sides consented to.
///
/// # Errors
/// When the database cannot be asked.
pub async fn consented(db: &impl ConnectionTrait, ids: &[DockingId]) -> Result<Vec<DockingId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(docking::Entity::find()
        .select_only()
        .column(docking::Column::Id)
        .filter(docking::Column::Id.is_in(ids.iter().copied()))
        .filter(docking::Column::AcceptedAt.is_not_null())
        .into_tuple()
        .all(db)
        .await?)
}

/// The organisations of the pairs that stand in the timetable.
///
/// # Errors
/// When the database cannot be asked.
pub async fn organisations(db: &impl ConnectionTrait, event: EventId) -> Result<Vec<OrganisationId>> {
    let sides: Vec<(OrganisationId, OrganisationId)> = Entity::find()
        .select_only()
        .column(Column::EnterpriseId)
        .column(Column::SupplierId)
        .filter(Column::EventId.eq(event))
        .filter(Column::Status.eq(EventPairStatus::Accepted))
        .into_tuple()
        .all(db)
        .await?;
    Ok(sides.into_iter().flat_map(|(enterprise, supplier)| [enterprise, supplier]).collect())
}
