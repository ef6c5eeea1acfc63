//! `/dockings`

use actix_web::{HttpResponse, get, http::StatusCode, post};
use techmart_entity::{
    docking::Model,
    id::{DockingId, MeetingId},
};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    broker, consent, contacts, contract,
    dto::{
        AcceptIn, BrokerIn, CloseIn, ContractIn, DeclineIn, DockingBrief, DockingIn, DockingOut,
        DockingQuery, InterestIn, LandingIn, MeetingIn, OfflineDockingIn, RegistrationIn, ReopenIn,
        RevealedOut,
    },
    ends, landing, meeting, service, view,
};

use crate::{
    db::Tx,
    error::Result,
    features::audit::dto::{HistoryOut, HistoryQuery},
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
        scope("/dockings")
            .service(list_dockings)
            .service(create_docking)
            .service(record_offline_docking)
            .service(get_docking)
            .service(list_docking_history)
            .service(reveal_docking_contacts)
            .service(express_interest)
            .service(accept_docking)
            .service(decline_docking)
            .service(dismiss_docking)
            .service(record_docking_meeting)
            .service(confirm_docking_meeting)
            .service(negotiate_docking)
            .service(sign_docking_contract)
            .service(register_docking_contract)
            .service(land_docking)
            .service(close_docking)
            .service(reopen_docking)
            .service(set_docking_broker),
    );
}

/// The row after an act, as whoever acted may see it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn shown(tx: &Tx, act: &Act, row: Model) -> Result<Answer<DockingOut>> {
    let tag = view::tag(&row);
    Ok(Answer::ok(view::show(tx, act, row).await?).tagged(tag))
}

/// The same where something was just made.
///
/// # Errors
/// When the database cannot be asked.
pub async fn made(tx: &Tx, act: &Act, row: Model) -> Result<Answer<DockingOut>> {
    let location = format!("/api/v1/dockings/{}", row.id);
    let shown = shown(tx, act, row).await?;
    Ok(Answer { status: StatusCode::CREATED, location: Some(location), ..shown })
}

/// The dockings of one's organisations, newest first; for the centre and auditors all.
#[utoipa::path(operation_id = "list_dockings", tag = "dockings", params(DockingQuery),
    responses((status = 200, body = Page<DockingBrief>)))]
#[get("")]
async fn list_dockings(look: Look, query: Query<DockingQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| view::list(look.state.db.read(), look, query).await)
        .await
}

/// Expresses the acting organisation's interest: an enterprise's in an achievement, a supplier's in a
/// demand. From a broker with `recommend`, recommends two to each other. Needs an Idempotency-Key.
#[utoipa::path(operation_id = "create_docking", tag = "dockings", request_body = DockingIn,
    responses((status = 201, body = DockingOut)))]
#[post("")]
async fn create_docking(act: Act, body: Body<DockingIn>) -> Result<HttpResponse> {
    act.require_key()?;
    act.run(async |tx| {
        let row = service::create(tx, &act, body.0.clone()).await?;
        made(tx, &act, row).await
    })
    .await
}

/// A broker records a docking that happened elsewhere, with the papers that show it. Its meeting is
/// confirmed by a party or by another broker.
#[utoipa::path(operation_id = "record_offline_docking", tag = "dockings", request_body = OfflineDockingIn,
    responses((status = 201, body = DockingOut)))]
#[post("/offline")]
async fn record_offline_docking(act: Act, body: Body<OfflineDockingIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::record_offline(tx, &act, body.0.clone()).await?;
        made(tx, &act, row).await
    })
    .await
}

/// A docking with its meetings, contract and landing. For its parties, the centre and auditors.
#[utoipa::path(operation_id = "get_docking", tag = "dockings", params(("id" = DockingId, Path)),
    responses((status = 200, body = DockingOut)))]
#[get("/{id}")]
async fn get_docking(look: Look, id: Id<DockingId>) -> Result<HttpResponse> {
    let (out, tag) = view::one(look.state.db.read(), &look, id.0).await?;
    Ok(Answer::ok(out).tagged(tag).respond(&look.http))
}

/// What happened to it and why, newest first.
#[utoipa::path(operation_id = "list_docking_history", tag = "dockings", params(("id" = DockingId, Path), HistoryQuery),
    responses((status = 200, body = Page<HistoryOut>)))]
#[get("/{id}/history")]
async fn list_docking_history(
    look: Look,
    id: Id<DockingId>,
    query: Query<HistoryQuery>,
) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        view::history(look.state.db.read(), look, id.0, query).await
    })
    .await
}

/// The other side's contacts, once both sides have consented; for the centre those of both. Each look
/// is logged.
#[utoipa::path(operation_id = "reveal_docking_contacts", tag = "dockings", params(("id" = DockingId, Path)),
    responses((status = 200, body = RevealedOut)))]
#[get("/{id}/contacts")]
async fn reveal_docking_contacts(look: Look, id: Id<DockingId>) -> Result<HttpResponse> {
    let revealed = look.state.db.write(async |tx| contacts::reveal(tx, &look, id.0).await).await?;
    Ok(Answer::ok(revealed).respond(&look.http))
}

/// Takes a recommendation up: the enterprise on an achievement, the supplier on a demand.
#[utoipa::path(operation_id = "express_docking_interest", tag = "dockings", params(("id" = DockingId, Path)),
    request_body = Option<InterestIn>, responses((status = 200, body = DockingOut)))]
#[post("/{id}/express-interest")]
async fn express_interest(
    act: Act,
    id: Id<DockingId>,
    body: OptionalBody<InterestIn>,
) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = consent::express_interest(tx, &act, id.0, &act.precondition, body.0.clone()).await?;
        shown(tx, &act, row).await
    })
    .await
}

/// The other side accepts the interest; for one without an account a broker does, with a paper.
#[utoipa::path(operation_id = "accept_docking", tag = "dockings", params(("id" = DockingId, Path)),
    request_body = Option<AcceptIn>, responses((status = 200, body = DockingOut)))]
#[post("/{id}/accept")]
async fn accept_docking(act: Act, id: Id<DockingId>, body: OptionalBody<AcceptIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = consent::accept(tx, &act, id.0, &act.precondition, body.0.clone()).await?;
        shown(tx, &act, row).await
    })
    .await
}

/// The other side declines the interest, with its reason.
#[utoipa::path(operation_id = "decline_docking", tag = "dockings", params(("id" = DockingId, Path)),
    request_body = DeclineIn, responses((status = 200, body = DockingOut)))]
#[post("/{id}/decline")]
async fn decline_docking(act: Act, id: Id<DockingId>, body: Body<DeclineIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = consent::decline(tx, &act, id.0, &act.precondition, body.0.clone()).await?;
        shown(tx, &act, row).await
    })
    .await
}

/// A party or a broker does not take the recommendation up, with the reason.
#[utoipa::path(operation_id = "dismiss_docking", tag = "dockings", params(("id" = DockingId, Path)),
    request_body = DeclineIn, responses((status = 200, body = DockingOut)))]
#[post("/{id}/dismiss")]
async fn dismiss_docking(act: Act, id: Id<DockingId>, body: Body<DeclineIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = consent::dismiss(tx, &act, id.0, &act.precondition, body.0.clone()).await?;
        shown(tx, &act, row).await
    })
    .await
}

/// One side or a broker records a meeting; another confirms it.
#[utoipa::path(operation_id = "record_docking_meeting", tag = "dockings", params(("id" = DockingId, Path)),
    request_body = MeetingIn, responses((status = 201, body = DockingOut)))]
#[post("/{id}/meetings")]
async fn record_docking_meeting(act: Act, id: Id<DockingId>, body: Body<MeetingIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = meeting::record(tx, &act, id.0, &act.precondition, body.0.clone()).await?;
        // A meeting is read as a part of its docking.
        made(tx, &act, row).await
    })
    .await
}

/// The other side, or a broker who did not record it, confirms a meeting.
#[utoipa::path(operation_id = "confirm_docking_meeting", tag = "dockings",
    params(("id" = DockingId, Path), ("meeting_id" = MeetingId, Path)), responses((status = 200, body = DockingOut)))]
#[post("/{id}/meetings/{meeting_id}/confirm")]
async fn confirm_docking_meeting(act: Act, id: Id<DockingId>) -> Result<HttpResponse> {
    let meeting: MeetingId = segment(&act.http, "meeting_id")?;
    act.run(async |tx| {
        let row = meeting::confirm(tx, &act, id.0, meeting, &act.precondition).await?;
        shown(tx, &act, row).await
    })
    .await
}

/// The two sides go on to negotiate.
#[utoipa::path(operation_id = "negotiate_docking", tag = "dockings", params(("id" = DockingId, Path)),
    responses((status = 200, body = DockingOut)))]
#[post("/{id}/negotiate")]
async fn negotiate_docking(act: Act, id: Id<DockingId>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = ends::negotiate(tx, &act, id.0, &act.precondition).await?;
        shown(tx, &act, row).await
    })
    .await
}

/// A party or a broker records the signed contract.
#[utoipa::path(operation_id = "sign_docking_contract", tag = "dockings", params(("id" = DockingId, Path)),
    request_body = ContractIn, responses((status = 201, body = DockingOut)))]
#[post("/{id}/contract")]
async fn sign_docking_contract(act: Act, id: Id<DockingId>, body: Body<ContractIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = contract::sign(tx, &act, id.0, &act.precondition, body.0.clone()).await?;
        // A contract, too.
        made(tx, &act, row).await
    })
    .await
}

/// A broker records the contract's registration.
#[utoipa::path(operation_id = "register_docking_contract", tag = "dockings", params(("id" = DockingId, Path)),
    request_body = RegistrationIn, responses((status = 200, body = DockingOut)))]
#[post("/{id}/contract/register")]
async fn register_docking_contract(
    act: Act,
    id: Id<DockingId>,
    body: Body<RegistrationIn>,
) -> Result<HttpResponse> {
    let zone = &act.state.config.zone;
    act.run(async |tx| {
        let row = contract::register(tx, &act, id.0, &act.precondition, body.0.clone(), zone).await?;
        shown(tx, &act, row).await
    })
    .await
}

/// A party or a broker records that the achievement is put to use.
#[utoipa::path(operation_id = "land_docking", tag = "dockings", params(("id" = DockingId, Path)),
    request_body = LandingIn, responses((status = 200, body = DockingOut)))]
#[post("/{id}/land")]
async fn land_docking(act: Act, id: Id<DockingId>, body: Body<LandingIn>) -> Result<HttpResponse> {
    let zone = &act.state.config.zone;
    act.run(async |tx| {
        let row = landing::land(tx, &act, id.0, &act.precondition, body.0.clone(), zone).await?;
        shown(tx, &act, row).await
    })
    .await
}

/// A party or a broker closes the docking, with the outcome.
#[utoipa::path(operation_id = "close_docking", tag = "dockings", params(("id" = DockingId, Path)),
    request_body = CloseIn, responses((status = 200, body = DockingOut)))]
#[post("/{id}/close")]
async fn close_docking(act: Act, id: Id<DockingId>, body: Body<CloseIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = ends::close(tx, &act, id.0, &act.precondition, body.0.clone()).await?;
        shown(tx, &act, row).await
    })
    .await
}

/// A broker lets a closed docking go on where it was closed, within 90 days.
#[utoipa::path(operation_id = "reopen_docking", tag = "dockings", params(("id" = DockingId, Path)),
    request_body = ReopenIn, responses((status = 200, body = DockingOut)))]
#[post("/{id}/reopen")]
async fn reopen_docking(act: Act, id: Id<DockingId>, body: Body<ReopenIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = ends::reopen(tx, &act, id.0, &act.precondition, body.0.clone()).await?;
        shown(tx, &act, row).await
    })
    .await
}

/// A broker takes the docking over, or the one who has it or an admin gives it to another, who is told.
#[utoipa::path(operation_id = "set_docking_broker", tag = "dockings", params(("id" = DockingId, Path)),
    request_body = Option<BrokerIn>, responses((status = 200, body = DockingOut)))]
#[post("/{id}/broker")]
async fn set_docking_broker(
    act: Act,
    id: Id<DockingId>,
    body: OptionalBody<BrokerIn>,
) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = broker::set(tx, &act, id.0, &act.precondition, body.0.clone()).await?;
        shown(tx, &act, row).await
    })
    .await
}
