//! `/desk`

use actix_web::{HttpResponse, get, post};
use techmart_entity::{desk::Queue, id::DeskItemId};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{
        CountsOut, CountsQuery, DeskItemOut, DeskNoteIn, DeskNoteOut, DeskNotesQuery, DeskQuery, DeskTermIn,
        DeskTermsOut, HandOverIn, LoadsOut,
    },
    service, view,
};

use crate::{
    error::Result,
    features::audit::dto::{HistoryOut, HistoryQuery},
    features::export::page_or_file,
    web::{
        act::{Act, Look},
        answer::Answer,
        body::Body,
        paging::Page,
        path::{Id, segment},
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/desk")
            .service(list_desk_items)
            .service(count_desk_items)
            .service(list_desk_load)
            .service(list_desk_terms)
            .service(set_desk_term)
            .service(get_desk_item)
            .service(list_desk_item_history)
            .service(claim_desk_item)
            .service(release_desk_item)
            .service(hand_over_desk_item)
            .service(list_desk_notes)
            .service(add_desk_note),
    );
}

/// Everything that waits for the centre, by when it is due. For the centre and auditors.
#[utoipa::path(operation_id = "list_desk_items", tag = "desk", params(DeskQuery),
    responses((status = 200, body = Page<DeskItemOut>)))]
#[get("/items")]
async fn list_desk_items(look: Look, query: Query<DeskQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| view::list(look.state.db.read(), look, query).await)
        .await
}

/// How much waits, in all and in each queue. For the centre and auditors.
#[utoipa::path(operation_id = "count_desk_items", tag = "desk", params(CountsQuery),
    responses((status = 200, body = CountsOut)))]
#[get("/counts")]
async fn count_desk_items(look: Look, query: Query<CountsQuery>) -> Result<HttpResponse> {
    Ok(Answer::ok(view::counts(look.state.db.read(), &look, query.0.demo).await?).respond(&look.http))
}

/// What everybody of the centre has to do and has done. For the centre and auditors.
#[utoipa::path(operation_id = "list_desk_load", tag = "desk", responses((status = 200, body = LoadsOut)))]
#[get("/load")]
async fn list_desk_load(look: Look) -> Result<HttpResponse> {
    Ok(Answer::ok(view::load(look.state.db.read(), &look).await?).respond(&look.http))
}

/// Within how many working days each queue is to be answered. For the centre and auditors.
#[utoipa::path(operation_id = "list_desk_terms", tag = "desk", responses((status = 200, body = DeskTermsOut)))]
#[get("/terms")]
async fn list_desk_terms(look: Look) -> Result<HttpResponse> {
    Ok(Answer::ok(view::terms(look.state.db.read(), &look).await?).respond(&look.http))
}

/// Sets within how many working days a queue is to be answered; clocks that run are set anew. For admins.
#[utoipa::path(operation_id = "set_desk_term", tag = "desk", params(("queue" = Queue, Path)),
    request_body = DeskTermIn, responses((status = 200, body = DeskTermsOut)))]
#[post("/terms/{queue}")]
async fn set_desk_term(act: Act, body: Body<DeskTermIn>) -> Result<HttpResponse> {
    let queue: Queue = segment(&act.http, "queue")?;
    act.run(async |tx| {
        service::set_term(tx, &act, queue, &body.0).await?;
        Ok(Answer::ok(view::terms(tx, &act).await?))
    })
    .await
}

/// Something that waits, or has waited. For the centre and auditors.
#[utoipa::path(operation_id = "get_desk_item", tag = "desk", params(("id" = DeskItemId, Path)),
    responses((status = 200, body = DeskItemOut)))]
#[get("/items/{id}")]
async fn get_desk_item(look: Look, id: Id<DeskItemId>) -> Result<HttpResponse> {
    Ok(view::one(look.state.db.read(), &look, id.0).await?.respond(&look.http))
}

/// Who looked after it when, newest first. For the centre and auditors.
#[utoipa::path(operation_id = "list_desk_item_history", tag = "desk",
    params(("id" = DeskItemId, Path), HistoryQuery), responses((status = 200, body = Page<HistoryOut>)))]
#[get("/items/{id}/history")]
async fn list_desk_item_history(
    look: Look,
    id: Id<DeskItemId>,
    query: Query<HistoryQuery>,
) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        view::history(look.state.db.read(), look, id.0, query).await
    })
    .await
}

/// The caller looks after it. A submission is claimed for review at the same time.
#[utoipa::path(operation_id = "claim_desk_item", tag = "desk", params(("id" = DeskItemId, Path)),
    responses((status = 200, body = DeskItemOut)))]
#[post("/items/{id}/claim")]
async fn claim_desk_item(act: Act, id: Id<DeskItemId>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::claim(tx, &act, id.0, &act.precondition).await?;
        view::shown(tx, &act, row).await
    })
    .await
}

/// Nobody looks after it any more. For whoever does, and admins.
#[utoipa::path(operation_id = "release_desk_item", tag = "desk", params(("id" = DeskItemId, Path)),
    responses((status = 200, body = DeskItemOut)))]
#[post("/items/{id}/release")]
async fn release_desk_item(act: Act, id: Id<DeskItemId>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::release(tx, &act, id.0, &act.precondition).await?;
        view::shown(tx, &act, row).await
    })
    .await
}

/// Gives it to somebody of the centre, with what they have to know. Whoever looks after it hands it over, an admin
/// assigns it; what nobody looks after anybody of the centre assigns. The clock runs on.
#[utoipa::path(operation_id = "hand_over_desk_item", tag = "desk", params(("id" = DeskItemId, Path)),
    request_body = HandOverIn, responses((status = 200, body = DeskItemOut)))]
#[post("/items/{id}/hand-over")]
async fn hand_over_desk_item(act: Act, id: Id<DeskItemId>, body: Body<HandOverIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::hand_over(tx, &act, id.0, &act.precondition, &body.0).await?;
        view::shown(tx, &act, row).await
    })
    .await
}

/// The notes on what it is about, oldest first. For the centre alone.
#[utoipa::path(operation_id = "list_desk_notes", tag = "desk", params(("id" = DeskItemId, Path), DeskNotesQuery),
    responses((status = 200, body = Page<DeskNoteOut>)))]
#[get("/items/{id}/notes")]
async fn list_desk_notes(
    look: Look,
    id: Id<DeskItemId>,
    query: Query<DeskNotesQuery>,
) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        view::notes(look.state.db.read(), look, id.0, query).await
    })
    .await
}

/// Leaves a note on what it is about, which nobody but the centre reads.
#[utoipa::path(operation_id = "add_desk_note", tag = "desk", params(("id" = DeskItemId, Path)),
    request_body = DeskNoteIn, responses((status = 201, body = DeskNoteOut)))]
#[post("/items/{id}/notes")]
async fn add_desk_note(act: Act, id: Id<DeskItemId>, body: Body<DeskNoteIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let note = service::add_note(tx, &act, id.0, body.0.body.clone()).await?;
        // A note is read as one of its item's.
        Ok(Answer::created(DeskNoteOut::from(note), format!("/api/v1/desk/items/{}/notes", id.0)))
    })
    .await
}
