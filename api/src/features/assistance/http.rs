//! `/assistances`, and what is asked for in a docking.

use actix_web::{HttpResponse, get, post};
use techmart_entity::{
    docking::assistance::{Model, status::AssistanceMove},
    id::{AssistanceId, DockingId},
};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{AssistanceIn, AssistanceNoteIn, AssistanceOut, AssistanceQuery, DeliveryIn},
    service, view,
};

use crate::{
    db::Tx,
    error::Result,
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
    config.service(scope("/dockings/{id}/assistances").service(request_assistance)).service(
        scope("/assistances")
            .service(list_assistances)
            .service(get_assistance)
            .service(take_on_assistance)
            .service(decline_assistance)
            .service(deliver_assistance)
            .service(cancel_assistance),
    );
}

async fn answered(tx: &Tx, act: &Act, row: Model) -> Result<Answer<AssistanceOut>> {
    let (out, tag) = view::one(tx, act, row.id).await?;
    Ok(Answer::ok(out).tagged(tag))
}

/// A side of a docking or a broker asks a provider for help. The provider reads the brief and nothing else.
#[utoipa::path(operation_id = "request_assistance", tag = "docking cases", params(("id" = DockingId, Path)),
    request_body = AssistanceIn, responses((status = 201, body = AssistanceOut)))]
#[post("")]
async fn request_assistance(act: Act, id: Id<DockingId>, body: Body<AssistanceIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::request(tx, &act, id.0, body.0.clone()).await?;
        let (out, tag) = view::one(tx, &act, row.id).await?;
        Ok(Answer::created(out, format!("/api/v1/assistances/{}", row.id)).tagged(tag))
    })
    .await
}

/// What is asked of one's organisations as providers and in one's dockings, newest first; for the centre and
/// auditors all.
#[utoipa::path(operation_id = "list_assistances", tag = "docking cases", params(AssistanceQuery),
    responses((status = 200, body = Page<AssistanceOut>)))]
#[get("")]
async fn list_assistances(look: Look, query: Query<AssistanceQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| view::list(look.state.db.read(), look, query).await)
        .await
}

/// A provider's help.
#[utoipa::path(operation_id = "get_assistance", tag = "docking cases", params(("id" = AssistanceId, Path)),
    responses((status = 200, body = AssistanceOut)))]
#[get("/{id}")]
async fn get_assistance(look: Look, id: Id<AssistanceId>) -> Result<HttpResponse> {
    let (out, tag) = view::one(look.state.db.read(), &look, id.0).await?;
    Ok(Answer::ok(out).tagged(tag).respond(&look.http))
}

/// The provider takes it on.
#[utoipa::path(operation_id = "take_on_assistance", tag = "docking cases", params(("id" = AssistanceId, Path)),
    request_body = Option<AssistanceNoteIn>, responses((status = 200, body = AssistanceOut)))]
#[post("/{id}/take-on")]
async fn take_on_assistance(
    act: Act,
    id: Id<AssistanceId>,
    body: OptionalBody<AssistanceNoteIn>,
) -> Result<HttpResponse> {
    answer(act, id, AssistanceMove::TakeOn, body).await
}

/// The provider does not take it on.
#[utoipa::path(operation_id = "decline_assistance", tag = "docking cases", params(("id" = AssistanceId, Path)),
    request_body = Option<AssistanceNoteIn>, responses((status = 200, body = AssistanceOut)))]
#[post("/{id}/decline")]
async fn decline_assistance(
    act: Act,
    id: Id<AssistanceId>,
    body: OptionalBody<AssistanceNoteIn>,
) -> Result<HttpResponse> {
    answer(act, id, AssistanceMove::Decline, body).await
}

/// The side that asked for it, or a broker, calls it off.
#[utoipa::path(operation_id = "cancel_assistance", tag = "docking cases", params(("id" = AssistanceId, Path)),
    request_body = Option<AssistanceNoteIn>, responses((status = 200, body = AssistanceOut)))]
#[post("/{id}/cancel")]
async fn cancel_assistance(
    act: Act,
    id: Id<AssistanceId>,
    body: OptionalBody<AssistanceNoteIn>,
) -> Result<HttpResponse> {
    answer(act, id, AssistanceMove::Cancel, body).await
}

async fn answer(
    act: Act,
    id: Id<AssistanceId>,
    mv: AssistanceMove,
    body: OptionalBody<AssistanceNoteIn>,
) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::answer(tx, &act, id.0, mv, &act.precondition, body.0.clone()).await?;
        answered(tx, &act, row).await
    })
    .await
}

/// The provider says what came of it, with its report.
#[utoipa::path(operation_id = "deliver_assistance", tag = "docking cases", params(("id" = AssistanceId, Path)),
    request_body = DeliveryIn, responses((status = 200, body = AssistanceOut)))]
#[post("/{id}/deliver")]
async fn deliver_assistance(act: Act, id: Id<AssistanceId>, body: Body<DeliveryIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::deliver(tx, &act, id.0, &act.precondition, body.0.clone()).await?;
        answered(tx, &act, row).await
    })
    .await
}
