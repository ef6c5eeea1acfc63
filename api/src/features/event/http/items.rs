//! `/events/{id}/items`

use actix_web::{HttpResponse, get, post};
use techmart_entity::{
    event::item::{EventItemMove, Model},
    id::{EventId, EventItemId},
};
use utoipa_actix_web::service_config::ServiceConfig;

use super::part;

use crate::{
    db::Tx,
    error::{AppError, Result},
    features::event::{
        dto::{
            EventReasonIn,
            item::{EventItemIn, EventItemOut, EventItemQuery},
        },
        items, view,
    },
    features::export::page_or_file,
    web::{
        act::{Act, Look},
        answer::Answer,
        body::Body,
        paging::Page,
        path::Id,
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_event_items)
        .service(bring_event_item)
        .service(approve_event_item)
        .service(refuse_event_item)
        .service(withdraw_event_item);
}

async fn shown(act: &Act, tx: &Tx, row: Model) -> Result<Answer<EventItemOut>> {
    let (id, tag) = (row.id, items::tag(&row));
    let mut out = view::show_items(tx, act, &[row]).await?;
    let out = out.remove(&id).ok_or_else(AppError::not_found)?;
    Ok(Answer::ok(out).tagged(tag))
}

/// What is shown at an event; for the centre, auditors and the organisations whose they are also what is not shown (yet).
#[utoipa::path(operation_id = "list_event_items", tag = "events", params(("id" = EventId, Path), EventItemQuery),
    responses((status = 200, body = Page<EventItemOut>)))]
#[get("/{id}/items")]
async fn list_event_items(look: Look, id: Id<EventId>, query: Query<EventItemQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        view::items(look.state.db.read(), look, id.0, query).await
    })
    .await
}

/// An editor brings a published achievement or demand of their organisation, which a broker then decides about; what a
/// broker adds is shown at once.
#[utoipa::path(operation_id = "bring_event_item", tag = "events", params(("id" = EventId, Path)),
    request_body = EventItemIn, responses((status = 201, body = EventItemOut)))]
#[post("/{id}/items")]
async fn bring_event_item(act: Act, id: Id<EventId>, body: Body<EventItemIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = items::bring(tx, &act, id.0, body.0.listing_id).await?;
        let place = format!("/api/v1/events/{}/items", id.0);
        let answer = shown(&act, tx, row).await?;
        Ok(Answer { status: actix_web::http::StatusCode::CREATED, location: Some(place), ..answer })
    })
    .await
}

/// A broker lets it be shown.
#[utoipa::path(operation_id = "approve_event_item", tag = "events",
    params(("id" = EventId, Path), ("item_id" = EventItemId, Path)), responses((status = 200, body = EventItemOut)))]
#[post("/{id}/items/{item_id}/approve")]
async fn approve_event_item(act: Act, id: Id<EventId>) -> Result<HttpResponse> {
    let item: EventItemId = part(&act.http, "item_id")?;
    act.run(async |tx| {
        let row =
            items::review(tx, &act, id.0, item, &act.precondition, (EventItemMove::Approve, None)).await?;
        shown(&act, tx, row).await
    })
    .await
}

/// A broker refuses it, with the reason that reaches its organisation.
#[utoipa::path(operation_id = "refuse_event_item", tag = "events",
    params(("id" = EventId, Path), ("item_id" = EventItemId, Path)), request_body = EventReasonIn,
    responses((status = 200, body = EventItemOut)))]
#[post("/{id}/items/{item_id}/refuse")]
async fn refuse_event_item(act: Act, id: Id<EventId>, body: Body<EventReasonIn>) -> Result<HttpResponse> {
    let item: EventItemId = part(&act.http, "item_id")?;
    act.run(async |tx| {
        let why = (EventItemMove::Refuse, Some(body.0.reason.clone()));
        let row = items::review(tx, &act, id.0, item, &act.precondition, why).await?;
        shown(&act, tx, row).await
    })
    .await
}

/// Its organisation or a broker takes it out of the event.
#[utoipa::path(operation_id = "withdraw_event_item", tag = "events",
    params(("id" = EventId, Path), ("item_id" = EventItemId, Path)), request_body = EventReasonIn,
    responses((status = 200, body = EventItemOut)))]
#[post("/{id}/items/{item_id}/withdraw")]
async fn withdraw_event_item(act: Act, id: Id<EventId>, body: Body<EventReasonIn>) -> Result<HttpResponse> {
    let item: EventItemId = part(&act.http, "item_id")?;
    act.run(async |tx| {
        let row = items::withdraw(tx, &act, id.0, item, &act.precondition, body.0.reason.clone()).await?;
        shown(&act, tx, row).await
    })
    .await
}
