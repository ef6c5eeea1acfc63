//! The rows of endpoints, events, deliveries and attempts.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType, OnConflict, Query},
};
use techmart_entity::{
    Instant, api_client,
    api_client::status::ApiClientStatus,
    id::{ApiClientId, OrganisationId, WebhookAttemptId, WebhookDeliveryId, WebhookEventId, WebhookId},
    life_cycle::StatusChange,
    organisation::membership::MemberRole,
    webhook::{
        EventType, attempt,
        delivery::{self, DeliveryStatus},
        endpoint::{ActiveModel, Column, Entity, Model, WebhookStatus},
        event,
    },
};

use super::{news::Hearers, policy, sender::Locks};
use crate::{
    auth::{Actor, Context},
    db::Tx,
    error::{AppError, Result},
};

/// Which endpoints the caller may know of.
#[must_use]
pub fn scope(cx: &Context) -> Condition {
    if let Some(client) = cx.via {
        return Condition::all().add(Column::ApiClientId.eq(client));
    }
    if policy::sees_all(cx) {
        return Condition::all();
    }
    let Actor::Person(person) = &cx.actor else { return Condition::all().add(Column::Id.is_null()) };
    let owned = person.memberships.iter().filter(|member| member.role == MemberRole::Owner);
    let owned: Vec<OrganisationId> = owned.map(|member| member.organisation_id).collect();
    let public = Condition::all()
        .add(api_client::Column::OrganisationId.is_null())
        .add(api_client::Column::ResponsibleId.eq(person.account_id));
    let clients = Query::select()
        .column(api_client::Column::Id)
        .from(api_client::Entity)
        .cond_where(Condition::any().add(api_client::Column::OrganisationId.is_in(owned)).add(public))
        .to_owned();
    Condition::all().add(Column::ApiClientId.in_subquery(clients))
}

/// What to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub api_client: Option<ApiClientId>,
    pub status: Option<WebhookStatus>,
}

/// Endpoints that the caller may know of, newest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    cx: &Context,
    filter: &Filter,
    after: Option<WebhookId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut query = Entity::find().filter(scope(cx));
    if let Some(client) = filter.api_client {
        query = query.filter(Column::ApiClientId.eq(client));
    }
    if let Some(status) = filter.status {
        query = query.filter(Column::Status.eq(status));
    }
    if let Some(after) = after {
        query = query.filter(Column::Id.lt(after));
    }
    Ok(query.order_by_desc(Column::Id).limit(limit).all(db).await?)
}

/// An endpoint that the caller may know of.
///
/// # Errors
/// 404 when there is none.
pub async fn find(db: &impl ConnectionTrait, cx: &Context, id: WebhookId) -> Result<Model> {
    Entity::find_by_id(id).filter(scope(cx)).one(db).await?.ok_or_else(AppError::not_found)
}

/// The same, held until the transaction ends.
///
/// # Errors
/// 404 when there is none.
pub async fn hold(tx: &Tx, cx: &Context, id: WebhookId) -> Result<Model> {
    Entity::find_by_id(id).filter(scope(cx)).lock_exclusive().one(tx).await?.ok_or_else(AppError::not_found)
}

/// One, whoever it belongs to, held until the transaction ends.
///
/// # Errors
/// When the database cannot be asked.
pub async fn hold_any(tx: &Tx, id: WebhookId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).lock_exclusive().one(tx).await?)
}

/// One, whoever it belongs to.
///
/// # Errors
/// When the database cannot be asked.
pub async fn any(db: &impl ConnectionTrait, id: WebhookId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// A client.
///
/// # Errors
/// When the database cannot be asked.
pub async fn client(db: &impl ConnectionTrait, id: ApiClientId) -> Result<Option<api_client::Model>> {
    Ok(api_client::Entity::find_by_id(id).one(db).await?)
}

/// A client, held until the transaction ends: how many endpoints it has is counted by one at a time.
///
/// # Errors
/// 404 when there is none.
pub async fn hold_client(tx: &Tx, id: ApiClientId) -> Result<api_client::Model> {
    let row = api_client::Entity::find_by_id(id).lock_exclusive().one(tx).await?;
    row.ok_or_else(AppError::not_found)
}

/// How many endpoints a client has.
///
/// # Errors
/// When the database cannot be asked.
pub async fn count(db: &impl ConnectionTrait, client: ApiClientId) -> Result<u64> {
    Ok(Entity::find().filter(Column::ApiClientId.eq(client)).count(db).await?)
}

/// Whether there is any endpoint at all.
///
/// # Errors
/// When the database cannot be asked.
pub async fn is_any(db: &impl ConnectionTrait) -> Result<bool> {
    let one = Entity::find().select_only().column(Column::Id).limit(1).into_tuple::<WebhookId>().one(db);
    Ok(one.await?.is_some())
}

/// Writes a new one.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: Model) -> Result<()> {
    Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// Changes a row that was read at its version.
///
/// # Errors
/// 412 when it is no longer the one that was read.
pub async fn save(tx: &Tx, row: &Model, now: Instant, mut set: ActiveModel) -> Result<Model> {
    set.updated_at = Set(now);
    set.version = Set(row.version + 1);
    let updated = Entity::update_many()
        .set(set)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version))
        .exec(tx)
        .await?;
    if updated.rows_affected == 0 {
        return Err(AppError::stale());
    }
    any(tx, row.id).await?.ok_or_else(AppError::not_found)
}

/// Writes a move, and what else it sets.
///
/// # Errors
/// 412 when it is no longer the one that was read.
pub async fn advance(
    tx: &Tx,
    row: &Model,
    change: &StatusChange<WebhookStatus>,
    now: Instant,
    mut set: ActiveModel,
) -> Result<Model> {
    set.status = Set(change.to());
    save(tx, row, now, set).await
}

/// Takes an endpoint away, with its log.
///
/// # Errors
/// When the row cannot be deleted.
pub async fn remove(tx: &Tx, id: WebhookId) -> Result<()> {
    Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

/// Remembers that a call failed, or that one did not; no version of what people change.
///
/// # Errors
/// When the row cannot be written.
pub async fn failing(tx: &Tx, id: WebhookId, since: Option<Instant>, at: Option<Instant>) -> Result<()> {
    Entity::update_many()
        .filter(Column::Id.eq(id))
        .col_expr(Column::FailingSince, Expr::value(since))
        .col_expr(Column::FailedAt, Expr::value(at))
        .exec(tx)
        .await?;
    Ok(())
}

/// The endpoints of live clients that hear of a type and are among the hearers, with whether they are called.
///
/// # Errors
/// When the database cannot be asked.
pub async fn hearing(
    db: &impl ConnectionTrait,
    event_type: EventType,
    hearers: &Hearers,
) -> Result<Vec<(WebhookId, WebhookStatus)>> {
    let with_endpoints = Query::select().column(Column::ApiClientId).from(Entity).to_owned();
    let clients = api_client::Entity::find()
        .filter(api_client::Column::Status.eq(ApiClientStatus::Approved))
        .filter(api_client::Column::Id.in_subquery(with_endpoints));
    let clients = match hearers {
        Hearers::Everybody => clients,
        Hearers::Public => clients.filter(api_client::Column::OrganisationId.is_null()),
        Hearers::SignedIn => clients.filter(api_client::Column::OrganisationId.is_not_null()),
        Hearers::Of(organisations) => {
            clients.filter(api_client::Column::OrganisationId.is_in(organisations.iter().copied()))
        }
    };
    let clients: HashMap<ApiClientId, api_client::Model> =
        clients.all(db).await?.into_iter().map(|client| (client.id, client)).collect();
    let endpoints = Entity::find().filter(Column::ApiClientId.is_in(clients.keys().copied())).all(db).await?;
    let hears = |row: &Model| {
        row.event_types.has(event_type)
            && clients.get(&row.api_client_id).is_some_and(|client| policy::may_hear(client, event_type))
    };
    Ok(endpoints.into_iter().filter(hears).map(|row| (row.id, row.status)).collect())
}

/// Writes an event; says whether it was not there before.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert_event(tx: &Tx, row: event::Model) -> Result<bool> {
    let inserted = event::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(
            OnConflict::columns([event::Column::Source, event::Column::EventType]).do_nothing().to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}

/// An event.
///
/// # Errors
/// 404 when it was swept.
pub async fn event(db: &impl ConnectionTrait, id: WebhookEventId) -> Result<event::Model> {
    event::Entity::find_by_id(id).one(db).await?.ok_or_else(AppError::not_found)
}

/// Writes deliveries.
///
/// # Errors
/// When the rows cannot be written.
pub async fn insert_deliveries(tx: &Tx, rows: Vec<delivery::Model>) -> Result<()> {
    // A row has fourteen values, and a statement takes a bounded number of them.
    for rows in rows.chunks(500) {
        let rows = rows.iter().cloned().map(|row| row.into_active_model().reset_all());
        delivery::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// What to show of a log.
#[derive(Clone, Debug, Default)]
pub struct LogFilter {
    pub status: Option<DeliveryStatus>,
    pub event_type: Option<EventType>,
    pub event: Option<WebhookEventId>,
}

/// The log of an endpoint, newest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn log(
    db: &impl ConnectionTrait,
    endpoint: WebhookId,
    filter: &LogFilter,
    after: Option<WebhookDeliveryId>,
    limit: u64,
) -> Result<Vec<delivery::Model>> {
    let mut query = delivery::Entity::find().filter(delivery::Column::EndpointId.eq(endpoint));
    if let Some(status) = filter.status {
        query = query.filter(delivery::Column::Status.eq(status));
    }
    if let Some(event_type) = filter.event_type {
        query = query.filter(delivery::Column::EventType.eq(event_type));
    }
    if let Some(event) = filter.event {
        query = query.filter(delivery::Column::EventId.eq(event));
    }
    if let Some(after) = after {
        query = query.filter(delivery::Column::Id.lt(after));
    }
    Ok(query.order_by_desc(delivery::Column::Id).limit(limit).all(db).await?)
}

/// A delivery of an endpoint.
///
/// # Errors
/// 404 when there is none.
pub async fn delivery(
    db: &impl ConnectionTrait,
    endpoint: WebhookId,
    id: WebhookDeliveryId,
) -> Result<delivery::Model> {
    delivery::Entity::find_by_id(id)
        .filter(delivery::Column::EndpointId.eq(endpoint))
        .one(db)
        .await?
        .ok_or_else(AppError::not_found)
}

/// The last attempts of a delivery, newest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn attempts(
    db: &impl ConnectionTrait,
    delivery: WebhookDeliveryId,
    limit: u64,
) -> Result<Vec<attempt::Model>> {
    Ok(attempt::Entity::find()
        .filter(attempt::Column::DeliveryId.eq(delivery))
        .order_by_desc(attempt::Column::Id)
        .limit(limit)
        .all(db)
        .await?)
}

/// Puts deliveries back into the queue, at the beginning of the schedule; says how many.
///
/// # Errors
/// When the rows cannot be written.
pub async fn requeue(tx: &Tx, which: Condition, now: Instant) -> Result<u64> {
    let updated = delivery::Entity::update_many()
        .filter(which)
        .col_expr(delivery::Column::Status, Expr::value(DeliveryStatus::Pending))
        .col_expr(delivery::Column::Attempts, Expr::value(0))
        .col_expr(delivery::Column::NextAt, Expr::value(now))
        .exec(tx)
        .await?;
    Ok(updated.rows_affected)
}

/// One delivery, whatever came of it.
#[must_use]
pub fn only(id: WebhookDeliveryId) -> Condition {
    Condition::all().add(delivery::Column::Id.eq(id))
}

/// What an endpoint did not get of what was made since then.
#[must_use]
pub fn not_arrived(endpoint: WebhookId, since: Instant) -> Condition {
    Condition::all()
        .add(delivery::Column::EndpointId.eq(endpoint))
        .add(delivery::Column::Status.is_in([DeliveryStatus::Failed, DeliveryStatus::Missed]))
        .add(delivery::Column::CreatedAt.gte(since))
}

/// What waits for an endpoint is not sent any more: it is disabled.
///
/// # Errors
/// When the rows cannot be written.
pub async fn miss_pending(tx: &Tx, endpoint: WebhookId) -> Result<()> {
    delivery::Entity::update_many()
        .filter(delivery::Column::EndpointId.eq(endpoint))
        .filter(delivery::Column::Status.eq(DeliveryStatus::Pending))
        .col_expr(delivery::Column::Status, Expr::value(DeliveryStatus::Missed))
        .exec(tx)
        .await?;
    Ok(())
}

/// The same of one delivery that is not to be sent any more.
///
/// # Errors
/// When the row cannot be written.
pub async fn miss(tx: &Tx, id: WebhookDeliveryId) -> Result<()> {
    delivery::Entity::update_many()
        .filter(delivery::Column::Id.eq(id))
        .col_expr(delivery::Column::Status, Expr::value(DeliveryStatus::Missed))
        .col_expr(delivery::Column::ClaimedUntil, Expr::value(Option::<Instant>::None))
        .exec(tx)
        .await?;
    Ok(())
}

fn due(now: Instant) -> Condition {
    Condition::all()
        .add(delivery::Column::Status.eq(DeliveryStatus::Pending))
        .add(delivery::Column::NextAt.lte(now))
        .add(
            Condition::any()
                .add(delivery::Column::ClaimedUntil.is_null())
                .add(delivery::Column::ClaimedUntil.lt(now)),
        )
}

/// The endpoints for which something is due, in the order of their ids, with whether they have been failing. Each is
/// looked up by itself, so that what has piled up for one costs the others nothing.
///
/// # Errors
/// When the database cannot be asked.
pub async fn waiting(
    db: &impl ConnectionTrait,
    now: Instant,
    but: Vec<WebhookId>,
) -> Result<Vec<(WebhookId, Option<Instant>)>> {
    let some = Query::select()
        .expr(Expr::value(1))
        .from(delivery::Entity)
        .and_where(Expr::col((delivery::Entity, delivery::Column::EndpointId)).equals((Entity, Column::Id)))
        .cond_where(due(now))
        .to_owned();
    Ok(Entity::find()
        .select_only()
        .column(Column::Id)
        .column(Column::FailingSince)
        .filter(Column::Id.is_not_in(but))
        .filter(Expr::exists(some))
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?)
}

/// A delivery that this process is to make.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub endpoint: Model,
    pub delivery: delivery::Model,
    pub event: event::Model,
}

/// Claims what is due for an endpoint, so that at most so many calls to it go on at once in all processes.
///
/// # Errors
/// When the rows cannot be written.
pub async fn claim(
    tx: &Tx,
    locks: Locks,
    endpoint: WebhookId,
    me: &str,
    (now, until): (Instant, Instant),
    most: u64,
) -> Result<Vec<Claimed>> {
    let mut query = Entity::find_by_id(endpoint);
    if locks == Locks::Rows {
        // Who else claims for it just now will leave nothing to claim.
        query = query.lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked);
    }
    let Some(endpoint) = query.one(tx).await? else { return Ok(Vec::new()) };
    let going_on = delivery::Entity::find()
        .filter(delivery::Column::EndpointId.eq(endpoint.id))
        .filter(delivery::Column::Status.eq(DeliveryStatus::Pending))
        .filter(delivery::Column::ClaimedUntil.gte(now))
        .count(tx)
        .await?;
    let rows = delivery::Entity::find()
        .filter(delivery::Column::EndpointId.eq(endpoint.id))
        .filter(due(now))
        .order_by_asc(delivery::Column::NextAt)
        .order_by_asc(delivery::Column::Id)
        .limit(most.saturating_sub(going_on))
        .all(tx)
        .await?;
    delivery::Entity::update_many()
        .filter(delivery::Column::Id.is_in(rows.iter().map(|row| row.id)))
        .col_expr(delivery::Column::ClaimedBy, Expr::value(me))
        .col_expr(delivery::Column::ClaimedUntil, Expr::value(until))
        .exec(tx)
        .await?;
    let mut claimed = Vec::new();
    for delivery in rows {
        let event = event(tx, delivery.event_id).await?;
        claimed.push(Claimed { endpoint: endpoint.clone(), delivery, event });
    }
    Ok(claimed)
}

/// Writes what came of a call: the attempt, and the delivery as it is left.
///
/// # Errors
/// When the rows cannot be written.
pub async fn attempted(
    tx: &Tx,
    delivery: WebhookDeliveryId,
    row: attempt::Model,
    mut set: delivery::ActiveModel,
) -> Result<()> {
    set.claimed_by = Set(None);
    set.claimed_until = Set(None);
    set.last_attempt_at = Set(Some(row.at));
    set.last_outcome = Set(Some(row.outcome));
    set.last_response_status = Set(row.response_status);
    let updated =
        delivery::Entity::update_many().set(set).filter(delivery::Column::Id.eq(delivery)).exec(tx).await?;
    // An endpoint that was deleted while it was called has no log.
    if updated.rows_affected == 1 {
        attempt::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// A new attempt's id: they are ordered by it.
#[must_use]
pub fn new_attempt() -> WebhookAttemptId {
    WebhookAttemptId::new()
}

/// Gives back what a process has claimed; all of it on a database that no other process uses.
///
/// # Errors
/// When the rows cannot be written.
pub async fn release(tx: &Tx, by: Option<&str>) -> Result<()> {
    let mut update = delivery::Entity::update_many().filter(delivery::Column::ClaimedUntil.is_not_null());
    if let Some(by) = by {
        update = update.filter(delivery::Column::ClaimedBy.eq(by));
    }
    update
        .col_expr(delivery::Column::ClaimedUntil, Expr::value(Option::<Instant>::None))
        .col_expr(delivery::Column::ClaimedBy, Expr::value(Option::<String>::None))
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes the oldest events made before then, with their deliveries and attempts; says how many.
///
/// # Errors
/// When the rows cannot be deleted.
pub async fn forget(tx: &Tx, before: Instant, limit: u64) -> Result<u64> {
    let ids: Vec<WebhookEventId> = event::Entity::find()
        .select_only()
        .column(event::Column::Id)
        .filter(event::Column::CreatedAt.lt(before))
        .order_by_asc(event::Column::CreatedAt)
        .limit(limit)
        .into_tuple()
        .all(tx)
        .await?;
    let deleted = event::Entity::delete_many().filter(event::Column::Id.is_in(ids)).exec(tx).await?;
    Ok(deleted.rows_affected)
}
