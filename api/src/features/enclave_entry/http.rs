//! `/enclave-entries`: for the centre and auditors.

use actix_web::{HttpResponse, get, post};
use techmart_entity::{enclave_entry::Model, id::EnclaveEntryId};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{EnclaveEntryIn, EnclaveEntryOut, EnclaveEntryQuery, WithdrawIn},
    repo, service,
};

use crate::{
    error::Result,
    features::{export::page_or_file, ledger::http::may_open},
    web::{
        act::{Act, Look},
        answer::Answer,
        body::Body,
        paging::{Cut, Page},
        path::Id,
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/enclave-entries")
            .service(list_enclave_entries)
            .service(record_enclave_entry)
            .service(get_enclave_entry)
            .service(withdraw_enclave_entry),
    );
}

fn shown(row: Model) -> Answer<EnclaveEntryOut> {
    let tag = service::tag_of(&row);
    Answer::ok(EnclaveEntryOut::from(row)).tagged(tag)
}

/// Achievements introduced through enclaves, newest first. For the centre and auditors.
#[utoipa::path(operation_id = "list_enclave_entries", tag = "counting", params(EnclaveEntryQuery),
    responses((status = 200, body = Page<EnclaveEntryOut>)))]
#[get("")]
async fn list_enclave_entries(look: Look, query: Query<EnclaveEntryQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        may_open(look)?;
        let mark = EnclaveEntryQuery { limit: None, cursor: None, ..query.clone() };
        let cut = Cut::<EnclaveEntryId>::read(query.limit, query.cursor.as_deref(), &mark)?;
        let filter = repo::Filter { listing: query.listing_id, status: query.status, demo: query.demo };
        let rows = repo::list(look.state.db.read(), &filter, cut.after, cut.limit + 1).await?;
        Ok(cut.page(rows, |row| row.id, EnclaveEntryOut::from))
    })
    .await
}

/// A broker records an achievement that was introduced through an enclave, with the agreement.
#[utoipa::path(operation_id = "record_enclave_entry", tag = "counting", request_body = EnclaveEntryIn,
    responses((status = 201, body = EnclaveEntryOut)))]
#[post("")]
async fn record_enclave_entry(act: Act, body: Body<EnclaveEntryIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::record(tx, &act, body.0.clone()).await?;
        let (place, tag) = (format!("/api/v1/enclave-entries/{}", row.id), service::tag_of(&row));
        Ok(Answer::created(EnclaveEntryOut::from(row), place).tagged(tag))
    })
    .await
}

/// An enclave entry. For the centre and auditors.
#[utoipa::path(operation_id = "get_enclave_entry", tag = "counting", params(("id" = EnclaveEntryId, Path)),
    responses((status = 200, body = EnclaveEntryOut)))]
#[get("/{id}")]
async fn get_enclave_entry(look: Look, id: Id<EnclaveEntryId>) -> Result<HttpResponse> {
    may_open(&look)?;
    Ok(shown(repo::find(look.state.db.read(), id.0).await?).respond(&look.http))
}

/// A broker takes back what was recorded by mistake; its count is reversed.
#[utoipa::path(operation_id = "withdraw_enclave_entry", tag = "counting", params(("id" = EnclaveEntryId, Path)),
    request_body = WithdrawIn, responses((status = 200, body = EnclaveEntryOut)))]
#[post("/{id}/withdraw")]
async fn withdraw_enclave_entry(
    act: Act,
    id: Id<EnclaveEntryId>,
    body: Body<WithdrawIn>,
) -> Result<HttpResponse> {
    act.run(async |tx| {
        let reason = body.0.reason.clone();
        Ok(shown(service::withdraw(tx, &act, id.0, &act.precondition, reason).await?))
    })
    .await
}
