//! `/events/{id}/pairs`

use actix_web::{HttpResponse, get, post};
use techmart_entity::{
    event::pair::Model,
    id::{EventId, EventPairId},
};
use utoipa_actix_web::service_config::ServiceConfig;

use super::part;

use crate::{
    db::Tx,
    error::Result,
    features::event::{
        dto::pair::{
            DismissPairIn, EventPairIn, EventPairOut, EventPairQuery, PairDockingIn, PairResultIn,
            ProposedOut, SlotIn,
        },
        pairs, proposing, results, view,
    },
    features::export::page_or_file,
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
        .service(propose_event_pairs)
        .service(list_event_pairs)
        .service(add_event_pair)
        .service(accept_event_pair)
        .service(dismiss_event_pair)
        .service(record_event_pair_result)
        .service(dock_event_pair);
}

async fn shown(act: &Act, tx: &Tx, row: Model) -> Result<Answer<EventPairOut>> {
    let tag = pairs::tag(&row);
    Ok(Answer::ok(view::pair(tx, act, row).await?).tagged(tag))
}

/// A broker asks the matcher who should meet: what is shown at the event among itself, and with what the participating
/// organisations have published. Each pair is proposed once; asked again, only what is new is added.
#[utoipa::path(operation_id = "propose_event_pairs", tag = "events", params(("id" = EventId, Path)),
    responses((status = 200, body = ProposedOut)))]
#[post("/{id}/propose-pairs")]
async fn propose_event_pairs(act: Act, id: Id<EventId>) -> Result<HttpResponse> {
    let found = proposing::candidates(&act.state, &act, id.0).await?;
    act.run(async |tx| Ok(Answer::ok(proposing::propose(tx, &act, id.0, &found).await?))).await
}

/// The pairs of an event: all for the centre and auditors; for others the timetable of their organisations.
#[utoipa::path(operation_id = "list_event_pairs", tag = "events", params(("id" = EventId, Path), EventPairQuery),
    responses((status = 200, body = Page<EventPairOut>)))]
#[get("/{id}/pairs")]
async fn list_event_pairs(look: Look, id: Id<EventId>, query: Query<EventPairQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        view::pairs(look.state.db.read(), look, id.0, query).await
    })
    .await
}

/// A broker names a pair that the matcher did not.
#[utoipa::path(operation_id = "add_event_pair", tag = "events", params(("id" = EventId, Path)),
    request_body = EventPairIn, responses((status = 201, body = EventPairOut)))]
#[post("/{id}/pairs")]
async fn add_event_pair(act: Act, id: Id<EventId>, body: Body<EventPairIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = pairs::add(tx, &act, id.0, body.0.clone()).await?;
        let place = format!("/api/v1/events/{}/pairs", id.0);
        let answer = shown(&act, tx, row).await?;
        Ok(Answer { status: actix_web::http::StatusCode::CREATED, location: Some(place), ..answer })
    })
    .await
}

/// A broker puts a pair into the timetable, or moves it there; both sides are told.
#[utoipa::path(operation_id = "accept_event_pair", tag = "events",
    params(("id" = EventId, Path), ("pair_id" = EventPairId, Path)), request_body = SlotIn,
    responses((status = 200, body = EventPairOut)))]
#[post("/{id}/pairs/{pair_id}/accept")]
async fn accept_event_pair(act: Act, id: Id<EventId>, body: OptionalBody<SlotIn>) -> Result<HttpResponse> {
    let pair: EventPairId = part(&act.http, "pair_id")?;
    act.run(async |tx| {
        let row = pairs::accept(tx, &act, id.0, pair, &act.precondition, body.0.clone()).await?;
        shown(&act, tx, row).await
    })
    .await
}

/// A broker says why the two do not meet.
#[utoipa::path(operation_id = "dismiss_event_pair", tag = "events",
    params(("id" = EventId, Path), ("pair_id" = EventPairId, Path)), request_body = DismissPairIn,
    responses((status = 200, body = EventPairOut)))]
#[post("/{id}/pairs/{pair_id}/dismiss")]
async fn dismiss_event_pair(act: Act, id: Id<EventId>, body: Body<DismissPairIn>) -> Result<HttpResponse> {
    let pair: EventPairId = part(&act.http, "pair_id")?;
    act.run(async |tx| {
        let why = (body.0.code, body.0.note.clone());
        let row = pairs::dismiss(tx, &act, id.0, pair, &act.precondition, why).await?;
        shown(&act, tx, row).await
    })
    .await
}

/// A broker records what came of a pair.
#[utoipa::path(operation_id = "record_event_pair_result", tag = "events",
    params(("id" = EventId, Path), ("pair_id" = EventPairId, Path)), request_body = PairResultIn,
    responses((status = 200, body = EventPairOut)))]
#[post("/{id}/pairs/{pair_id}/result")]
async fn record_event_pair_result(
    act: Act,
    id: Id<EventId>,
    body: Body<PairResultIn>,
) -> Result<HttpResponse> {
    let pair: EventPairId = part(&act.http, "pair_id")?;
    act.run(async |tx| {
        let row = results::record(tx, &act, id.0, pair, &act.precondition, body.0.clone()).await?;
        shown(&act, tx, row).await
    })
    .await
}

/// A broker lets a pair become a docking: the open one of the two, a recommendation, or, with consents and minutes on
/// paper, one that is recorded with its meeting on the day of the event.
#[utoipa::path(operation_id = "dock_event_pair", tag = "events",
    params(("id" = EventId, Path), ("pair_id" = EventPairId, Path)), request_body = PairDockingIn,
    responses((status = 200, body = EventPairOut)))]
#[post("/{id}/pairs/{pair_id}/docking")]
async fn dock_event_pair(
    act: Act,
    id: Id<EventId>,
    body: OptionalBody<PairDockingIn>,
) -> Result<HttpResponse> {
    let pair: EventPairId = part(&act.http, "pair_id")?;
    act.run(async |tx| {
        let row = results::dock(tx, &act, id.0, pair, &act.precondition, body.0.clone()).await?;
        shown(&act, tx, row).await
    })
    .await
}
