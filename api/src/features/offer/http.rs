//! `/dockings/{id}/offers`

use actix_web::{HttpResponse, get, post};
use techmart_entity::{
    docking::offer::status::OfferMove,
    id::{DockingId, OfferId},
};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{OfferAnswerIn, OfferIn, OfferOut, OfferQuery},
    service::{self, tag},
};

use crate::{
    error::Result,
    features::export::page_or_file,
    web::{
        act::{Act, Look},
        answer::Answer,
        body::{Body, OptionalBody},
        paging::Page,
        path::{Id, segment},
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/dockings/{id}/offers")
            .service(list_docking_offers)
            .service(record_docking_offer)
            .service(get_docking_offer)
            .service(accept_docking_offer)
            .service(decline_docking_offer)
            .service(withdraw_docking_offer),
    );
}

/// The offers of a docking, newest first.
#[utoipa::path(operation_id = "list_docking_offers", tag = "docking cases",
    params(("id" = DockingId, Path), OfferQuery), responses((status = 200, body = Page<OfferOut>)))]
#[get("")]
async fn list_docking_offers(
    look: Look,
    id: Id<DockingId>,
    query: Query<OfferQuery>,
) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        service::list(look.state.db.read(), look, id.0, query).await
    })
    .await
}

/// A side makes an offer; a broker records one with its paper and says whose it is.
#[utoipa::path(operation_id = "record_docking_offer", tag = "docking cases", params(("id" = DockingId, Path)),
    request_body = OfferIn, responses((status = 201, body = OfferOut)))]
#[post("")]
async fn record_docking_offer(act: Act, id: Id<DockingId>, body: Body<OfferIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::record(tx, &act, id.0, body.0.clone()).await?;
        let (tag, location) = (tag(&row), format!("/api/v1/dockings/{}/offers/{}", id.0, row.id));
        Ok(Answer::created(OfferOut::from(row), location).tagged(tag))
    })
    .await
}

/// An offer.
#[utoipa::path(operation_id = "get_docking_offer", tag = "docking cases",
    params(("id" = DockingId, Path), ("offer_id" = OfferId, Path)), responses((status = 200, body = OfferOut)))]
#[get("/{offer_id}")]
async fn get_docking_offer(look: Look, id: Id<DockingId>) -> Result<HttpResponse> {
    let offer: OfferId = segment(&look.http, "offer_id")?;
    let row = service::one(look.state.db.read(), &look, id.0, offer).await?;
    let tag = tag(&row);
    Ok(Answer::ok(OfferOut::from(row)).tagged(tag).respond(&look.http))
}

/// The other side accepts an offer; for one without an account a broker does, with a note.
#[utoipa::path(operation_id = "accept_docking_offer", tag = "docking cases",
    params(("id" = DockingId, Path), ("offer_id" = OfferId, Path)), request_body = Option<OfferAnswerIn>,
    responses((status = 200, body = OfferOut)))]
#[post("/{offer_id}/accept")]
async fn accept_docking_offer(
    act: Act,
    id: Id<DockingId>,
    body: OptionalBody<OfferAnswerIn>,
) -> Result<HttpResponse> {
    answer(act, id, OfferMove::Accept, body).await
}

/// The other side declines an offer; for one without an account a broker does, with a note.
#[utoipa::path(operation_id = "decline_docking_offer", tag = "docking cases",
    params(("id" = DockingId, Path), ("offer_id" = OfferId, Path)), request_body = Option<OfferAnswerIn>,
    responses((status = 200, body = OfferOut)))]
#[post("/{offer_id}/decline")]
async fn decline_docking_offer(
    act: Act,
    id: Id<DockingId>,
    body: OptionalBody<OfferAnswerIn>,
) -> Result<HttpResponse> {
    answer(act, id, OfferMove::Decline, body).await
}

async fn answer(
    act: Act,
    id: Id<DockingId>,
    mv: OfferMove,
    body: OptionalBody<OfferAnswerIn>,
) -> Result<HttpResponse> {
    let offer: OfferId = segment(&act.http, "offer_id")?;
    act.run(async |tx| {
        let row = service::answer(tx, &act, (id.0, offer), mv, &act.precondition, body.0.clone()).await?;
        let tag = tag(&row);
        Ok(Answer::ok(OfferOut::from(row)).tagged(tag))
    })
    .await
}

/// Whoever made an offer takes it back.
#[utoipa::path(operation_id = "withdraw_docking_offer", tag = "docking cases",
    params(("id" = DockingId, Path), ("offer_id" = OfferId, Path)), request_body = Option<OfferAnswerIn>,
    responses((status = 200, body = OfferOut)))]
#[post("/{offer_id}/withdraw")]
async fn withdraw_docking_offer(
    act: Act,
    id: Id<DockingId>,
    body: OptionalBody<OfferAnswerIn>,
) -> Result<HttpResponse> {
    let offer: OfferId = segment(&act.http, "offer_id")?;
    act.run(async |tx| {
        let row = service::withdraw(tx, &act, (id.0, offer), &act.precondition, body.0.clone()).await?;
        let tag = tag(&row);
        Ok(Answer::ok(OfferOut::from(row)).tagged(tag))
    })
    .await
}
