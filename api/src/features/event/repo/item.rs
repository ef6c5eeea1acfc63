//! The rows of what is shown at events.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Set, sea_query::Query,
};
use techmart_entity::{
    event::item::{ActiveModel, Column, Entity, EventItemStatus, Model},
    id::{EventId, EventItemId, ListingId, OrganisationId},
    life_cycle::StatusChange,
    listing::{self, Audience, ListingKind, status::ListingStatus},
    organisation::{self, status::VerificationStatus},
};

use super::changed;
use crate::{
    auth::{Actor, Context},
    db::Tx,
    error::{AppError, Code, Result, unique_violation},
    features::event::policy::is_inside,
    say,
};

/// Which items a caller may see in lists: the centre and auditors all, others what is shown and everybody may find, and
/// what their organisations brought.
#[must_use]
pub fn scope(cx: &Context) -> Condition {
    if is_inside(cx) {
        return Condition::all();
    }
    let mut audiences = vec![Audience::Public, Audience::Anonymous];
    let own: Vec<OrganisationId> = match &cx.actor {
        Actor::Person(person) => {
            audiences.push(Audience::SignedIn);
            person.memberships.iter().map(|membership| membership.organisation_id).collect()
        }
        Actor::Visitor | Actor::System => Vec::new(),
    };
    let listed = Query::select()
        .column(listing::Column::Id)
        .from(listing::Entity)
        .and_where(listing::Column::Status.eq(ListingStatus::Published))
        .and_where(listing::Column::Audience.is_in(audiences))
        .to_owned();
    let suspended = Query::select()
        .column(organisation::Column::Id)
        .from(organisation::Entity)
        .and_where(organisation::Column::Verification.eq(VerificationStatus::Suspended))
        .to_owned();
    let public = Condition::all()
        .add(Column::Status.eq(EventItemStatus::Shown))
        .add(Column::ListingId.in_subquery(listed))
        .add(Column::OrganisationId.not_in_subquery(suspended));
    Condition::any().add(public).add(Column::OrganisationId.is_in(own))
}

/// Items of an event, in the order in which they were brought, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    event: EventId,
    scope: Condition,
    kind: Option<ListingKind>,
    status: Option<EventItemStatus>,
    after: Option<EventItemId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut condition = Condition::all().add(Column::EventId.eq(event)).add(scope);
    if let Some(kind) = kind {
        condition = condition.add(Column::Kind.eq(kind));
    }
    if let Some(status) = status {
        condition = condition.add(Column::Status.eq(status));
    }
    if let Some(after) = after {
        condition = condition.add(Column::Id.gt(after));
    }
    Ok(Entity::find().filter(condition).order_by_asc(Column::Id).limit(limit).all(db).await?)
}

/// The listings that are shown at an event.
///
/// # Errors
/// When the database cannot be asked.
pub async fn shown(db: &impl ConnectionTrait, event: EventId) -> Result<Vec<ListingId>> {
    Ok(Entity::find()
        .select_only()
        .column(Column::ListingId)
        .filter(Column::EventId.eq(event))
        .filter(Column::Status.eq(EventItemStatus::Shown))
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?)
}

/// How many are shown.
///
/// # Errors
/// When the database cannot be asked.
pub async fn count_shown(db: &impl ConnectionTrait, event: EventId) -> Result<u64> {
    Ok(Entity::find()
        .filter(Column::EventId.eq(event))
        .filter(Column::Status.eq(EventItemStatus::Shown))
        .count(db)
        .await?)
}

/// Whose they are.
///
/// # Errors
/// When the database cannot be asked.
pub async fn organisations(db: &impl ConnectionTrait, event: EventId) -> Result<Vec<OrganisationId>> {
    Ok(Entity::find()
        .select_only()
        .column(Column::OrganisationId)
        .distinct()
        .filter(Column::EventId.eq(event))
        .filter(Column::Status.is_in([EventItemStatus::Brought, EventItemStatus::Shown]))
        .into_tuple()
        .all(db)
        .await?)
}

/// An item of an event.
///
/// # Errors
/// 404 when the event has none of that id.
pub async fn find(db: &impl ConnectionTrait, event: EventId, id: EventItemId) -> Result<Model> {
    Entity::find_by_id(id).filter(Column::EventId.eq(event)).one(db).await?.ok_or_else(AppError::not_found)
}

/// The same, held until the transaction ends.
///
/// # Errors
/// 404 when the event has none of that id.
pub async fn hold(tx: &Tx, event: EventId, id: EventItemId) -> Result<Model> {
    Entity::find_by_id(id)
        .filter(Column::EventId.eq(event))
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or_else(AppError::not_found)
}

/// The item of a listing, held until the transaction ends.
///
/// # Errors
/// When the database cannot be asked.
pub async fn hold_of_listing(tx: &Tx, event: EventId, listing: ListingId) -> Result<Option<Model>> {
    Ok(Entity::find()
        .filter(Column::EventId.eq(event))
        .filter(Column::ListingId.eq(listing))
        .lock_exclusive()
        .one(tx)
        .await?)
}

/// Writes a new item.
///
/// # Errors
/// 409 when the listing was brought already.
pub async fn insert(tx: &Tx, row: Model) -> Result<()> {
    match Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await {
        Ok(_) => Ok(()),
        Err(error) if unique_violation(&error).is_some() => Err(brought_already()),
        Err(error) => Err(error.into()),
    }
}

/// A listing is brought to an event once.
pub fn brought_already() -> AppError {
    AppError::new(
        Code::AlreadyExists,
        say!("该条目已提交到本活动。", "It was brought to this event already."),
    )
}

/// Writes a move.
///
/// # Errors
/// 412 when the row is no longer the one that was read.
pub async fn advance(
    tx: &Tx,
    row: &Model,
    change: &StatusChange<EventItemStatus>,
    mut set: ActiveModel,
) -> Result<Model> {
    set.status = Set(change.to());
    set.version = Set(row.version + 1);
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
