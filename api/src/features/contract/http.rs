//! `/contracts`

use actix_web::{HttpResponse, get, post};
use techmart_entity::{contract::Model, id::ContractId};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{
        CancelContractIn, ChangeContractIn, ContractBrief, ContractDetail, ContractQuery, ContractRecordIn,
        RevokeContractIn, SubmitContractIn,
    },
    service, view,
};

use crate::{
    db::Tx,
    error::Result,
    features::{
        audit::dto::{HistoryOut, HistoryQuery},
        docking::dto::RegistrationIn,
        export::page_or_file,
    },
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
    config.service(
        scope("/contracts")
            .service(list_contracts)
            .service(record_contract)
            .service(get_contract)
            .service(list_contract_history)
            .service(submit_contract)
            .service(register_contract)
            .service(change_contract)
            .service(revoke_contract)
            .service(cancel_contract),
    );
}

async fn shown(tx: &Tx, act: &Act, row: Model) -> Result<Answer<ContractDetail>> {
    let tag = view::tag(&row);
    Ok(Answer::ok(view::show(tx, act, row).await?).tagged(tag))
}

/// The contracts of one's organisations, newest first; for the centre and auditors all.
#[utoipa::path(operation_id = "list_contracts", tag = "contracts", params(ContractQuery),
    responses((status = 200, body = Page<ContractBrief>)))]
#[get("")]
async fn list_contracts(look: Look, query: Query<ContractQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| view::list(look.state.db.read(), look, query).await)
        .await
}

/// A broker records a contract that was made without a docking of this market. (What comes of a docking is
/// recorded with it.)
#[utoipa::path(operation_id = "record_contract", tag = "contracts", request_body = ContractRecordIn,
    responses((status = 201, body = ContractDetail)))]
#[post("")]
async fn record_contract(act: Act, body: Body<ContractRecordIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::record(tx, &act, body.0.clone()).await?;
        let place = format!("/api/v1/contracts/{}", row.id);
        let shown = shown(tx, &act, row).await?;
        Ok(Answer { status: actix_web::http::StatusCode::CREATED, location: Some(place), ..shown })
    })
    .await
}

/// A contract with its amendments. For its sides, the centre and auditors.
#[utoipa::path(operation_id = "get_contract", tag = "contracts", params(("id" = ContractId, Path)),
    responses((status = 200, body = ContractDetail)))]
#[get("/{id}")]
async fn get_contract(look: Look, id: Id<ContractId>) -> Result<HttpResponse> {
    let (out, tag) = view::one(look.state.db.read(), &look, id.0).await?;
    Ok(Answer::ok(out).tagged(tag).respond(&look.http))
}

/// What happened to it and why, newest first.
#[utoipa::path(operation_id = "list_contract_history", tag = "contracts",
    params(("id" = ContractId, Path), HistoryQuery), responses((status = 200, body = Page<HistoryOut>)))]
#[get("/{id}/history")]
async fn list_contract_history(
    look: Look,
    id: Id<ContractId>,
    query: Query<HistoryQuery>,
) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        view::history(look.state.db.read(), look, id.0, query).await
    })
    .await
}

/// The registration was applied for. By a side or a broker.
#[utoipa::path(operation_id = "submit_contract", tag = "contracts", params(("id" = ContractId, Path)),
    request_body = SubmitContractIn, responses((status = 200, body = ContractDetail)))]
#[post("/{id}/submit")]
async fn submit_contract(act: Act, id: Id<ContractId>, body: Body<SubmitContractIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::submit(tx, &act, id.0, &act.precondition, body.0.clone()).await?;
        shown(tx, &act, row).await
    })
    .await
}

/// A broker records the registration 认定登记; it counts in T7, and the contract's docking goes on with it.
#[utoipa::path(operation_id = "register_contract", tag = "contracts", params(("id" = ContractId, Path)),
    request_body = RegistrationIn, responses((status = 200, body = ContractDetail)))]
#[post("/{id}/register")]
async fn register_contract(act: Act, id: Id<ContractId>, body: Body<RegistrationIn>) -> Result<HttpResponse> {
    let zone = &act.state.config.zone;
    act.run(async |tx| {
        let row = service::register(tx, &act, id.0, &act.precondition, body.0.clone(), zone).await?;
        shown(tx, &act, row).await
    })
    .await
}

/// A broker records a change of a registered contract; what it counted is taken back and counted anew.
#[utoipa::path(operation_id = "change_contract", tag = "contracts", params(("id" = ContractId, Path)),
    request_body = ChangeContractIn, responses((status = 200, body = ContractDetail)))]
#[post("/{id}/change")]
async fn change_contract(act: Act, id: Id<ContractId>, body: Body<ChangeContractIn>) -> Result<HttpResponse> {
    let zone = &act.state.config.zone;
    act.run(async |tx| {
        let row = service::change(tx, &act, id.0, &act.precondition, body.0.clone(), zone).await?;
        shown(tx, &act, row).await
    })
    .await
}

/// A broker records that the registration was revoked; its counts are taken back.
#[utoipa::path(operation_id = "revoke_contract", tag = "contracts", params(("id" = ContractId, Path)),
    request_body = RevokeContractIn, responses((status = 200, body = ContractDetail)))]
#[post("/{id}/revoke")]
async fn revoke_contract(act: Act, id: Id<ContractId>, body: Body<RevokeContractIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::revoke(tx, &act, id.0, &act.precondition, body.0.clone()).await?;
        shown(tx, &act, row).await
    })
    .await
}

/// A contract that is not registered is cancelled. By a side or a broker.
#[utoipa::path(operation_id = "cancel_contract", tag = "contracts", params(("id" = ContractId, Path)),
    request_body = CancelContractIn, responses((status = 200, body = ContractDetail)))]
#[post("/{id}/cancel")]
async fn cancel_contract(act: Act, id: Id<ContractId>, body: Body<CancelContractIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::cancel(tx, &act, id.0, &act.precondition, body.0.clone()).await?;
        shown(tx, &act, row).await
    })
    .await
}
