//! `/events/{id}/sign-ups` and `/events/{id}/places`

use actix_web::{HttpResponse, get, post};
use techmart_entity::{
    event::sign_up::Model,
    id::{EventId, SignUpId},
};
use utoipa_actix_web::service_config::ServiceConfig;

use super::part;

use crate::{
    db::Tx,
    error::Result,
    features::{
        code_list::content_tag,
        event::{
            dto::{
                EventReasonIn,
                sign_up::{CancelSignUpIn, PlacesOut, SignUpOut, SignUpQuery},
            },
            sign_ups, view,
        },
        export::page_or_file,
    },
    web::{
        act::{Act, Look},
        answer::Answer,
        body::{Body, OptionalBody},
        paging::Page,
        path::Id,
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(get_event_places)
        .service(list_event_sign_ups)
        .service(sign_up_for_event)
        .service(cancel_event_sign_up)
        .service(check_in_event_participant)
        .service(undo_event_check_in);
}

async fn shown(tx: &Tx, row: Model) -> Result<Answer<SignUpOut>> {
    let tag = sign_ups::tag(&row);
    Ok(Answer::ok(view::sign_up(tx, row).await?).tagged(tag))
}

/// How many come to an event, and the caller's own place; with a place also where to join it online.
#[utoipa::path(operation_id = "get_event_places", tag = "events", params(("id" = EventId, Path)),
    responses((status = 200, body = PlacesOut)))]
#[get("/{id}/places")]
async fn get_event_places(look: Look, id: Id<EventId>) -> Result<HttpResponse> {
    let out = view::places(look.state.db.read(), &look, id.0).await?;
    let tag = content_tag(&out);
    Ok(Answer::ok(out).tagged(tag).respond(&look.http))
}

/// The sign-ups of an event, in the order of the queue: all for the centre and auditors, one's own for others.
#[utoipa::path(operation_id = "list_event_sign_ups", tag = "events", params(("id" = EventId, Path), SignUpQuery),
    responses((status = 200, body = Page<SignUpOut>)))]
#[get("/{id}/sign-ups")]
async fn list_event_sign_ups(look: Look, id: Id<EventId>, query: Query<SignUpQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        view::sign_ups(look.state.db.read(), look, id.0, query).await
    })
    .await
}

/// Signs the caller up, for the acting organisation where one is named: with a place while there is room, else on the
/// waiting list.
#[utoipa::path(operation_id = "sign_up_for_event", tag = "events", params(("id" = EventId, Path)),
    responses((status = 201, body = SignUpOut)))]
#[post("/{id}/sign-ups")]
async fn sign_up_for_event(act: Act, id: Id<EventId>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = sign_ups::sign_up(tx, &act, id.0).await?;
        let (place, tag) = (format!("/api/v1/events/{}/sign-ups", id.0), sign_ups::tag(&row));
        Ok(Answer::created(view::sign_up(tx, row).await?, place).tagged(tag))
    })
    .await
}

/// The person, or a broker with a reason, cancels a sign-up; whoever waits first moves up.
#[utoipa::path(operation_id = "cancel_event_sign_up", tag = "events",
    params(("id" = EventId, Path), ("sign_up_id" = SignUpId, Path)), request_body = CancelSignUpIn,
    responses((status = 200, body = SignUpOut)))]
#[post("/{id}/sign-ups/{sign_up_id}/cancel")]
async fn cancel_event_sign_up(
    act: Act,
    id: Id<EventId>,
    body: OptionalBody<CancelSignUpIn>,
) -> Result<HttpResponse> {
    let sign_up: SignUpId = part(&act.http, "sign_up_id")?;
    act.run(async |tx| {
        let reason = body.0.reason.clone();
        shown(tx, sign_ups::cancel(tx, &act, id.0, sign_up, &act.precondition, reason).await?).await
    })
    .await
}

/// A broker marks that somebody is there.
#[utoipa::path(operation_id = "check_in_event_participant", tag = "events",
    params(("id" = EventId, Path), ("sign_up_id" = SignUpId, Path)), responses((status = 200, body = SignUpOut)))]
#[post("/{id}/sign-ups/{sign_up_id}/check-in")]
async fn check_in_event_participant(act: Act, id: Id<EventId>) -> Result<HttpResponse> {
    let sign_up: SignUpId = part(&act.http, "sign_up_id")?;
    act.run(async |tx| shown(tx, sign_ups::check_in(tx, &act, id.0, sign_up, &act.precondition).await?).await)
        .await
}

/// A broker takes a check-in back, with the reason.
#[utoipa::path(operation_id = "undo_event_check_in", tag = "events",
    params(("id" = EventId, Path), ("sign_up_id" = SignUpId, Path)), request_body = EventReasonIn,
    responses((status = 200, body = SignUpOut)))]
#[post("/{id}/sign-ups/{sign_up_id}/undo-check-in")]
async fn undo_event_check_in(act: Act, id: Id<EventId>, body: Body<EventReasonIn>) -> Result<HttpResponse> {
    let sign_up: SignUpId = part(&act.http, "sign_up_id")?;
    act.run(async |tx| {
        let reason = body.0.reason.clone();
        shown(tx, sign_ups::undo_check_in(tx, &act, id.0, sign_up, &act.precondition, reason).await?).await
    })
    .await
}
