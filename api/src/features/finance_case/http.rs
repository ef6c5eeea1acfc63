//! `/finance-cases`: for the centre and auditors.

use actix_web::{HttpResponse, get, post};
use techmart_entity::{finance_case::Model, id::FinanceCaseId};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{
        ByProviderOut, ByProviderQuery, EndIn, FinanceCaseIn, FinanceCaseOut, FinanceCaseQuery, ProviderSum,
        WithdrawCaseIn,
    },
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
        scope("/finance-cases")
            .service(list_finance_cases)
            .service(record_finance_case)
            .service(sum_finance_cases)
            .service(get_finance_case)
            .service(end_finance_case)
            .service(withdraw_finance_case),
    );
}

fn shown(row: Model) -> Answer<FinanceCaseOut> {
    let tag = service::tag_of(&row);
    Answer::ok(FinanceCaseOut::from(row)).tagged(tag)
}

/// Credit lines and loans on pledged rights, newest first. For the centre and auditors.
#[utoipa::path(operation_id = "list_finance_cases", tag = "counting", params(FinanceCaseQuery),
    responses((status = 200, body = Page<FinanceCaseOut>)))]
#[get("")]
async fn list_finance_cases(look: Look, query: Query<FinanceCaseQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        may_open(look)?;
        let mark = FinanceCaseQuery { limit: None, cursor: None, ..query.clone() };
        let cut = Cut::<FinanceCaseId>::read(query.limit, query.cursor.as_deref(), &mark)?;
        let filter = repo::Filter {
            kind: query.kind,
            enterprise: query.enterprise_id,
            provider: query.provider_id,
            status: query.status,
            demo: query.demo,
        };
        let rows = repo::list(look.state.db.read(), &filter, cut.after, cut.limit + 1).await?;
        Ok(cut.page(rows, |row| row.id, FinanceCaseOut::from))
    })
    .await
}

/// A broker records a credit line or a loan, with its paper.
#[utoipa::path(operation_id = "record_finance_case", tag = "counting", request_body = FinanceCaseIn,
    responses((status = 201, body = FinanceCaseOut)))]
#[post("")]
async fn record_finance_case(act: Act, body: Body<FinanceCaseIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::record(tx, &act, body.0.clone()).await?;
        let (place, tag) = (format!("/api/v1/finance-cases/{}", row.id), service::tag_of(&row));
        Ok(Answer::created(FinanceCaseOut::from(row), place).tagged(tag))
    })
    .await
}

/// What each provider granted or arranged, in yuan, the largest sums first. For the centre and auditors.
#[utoipa::path(operation_id = "sum_finance_cases_by_provider", tag = "counting", params(ByProviderQuery),
    responses((status = 200, body = ByProviderOut)))]
#[get("/by-provider")]
async fn sum_finance_cases(look: Look, query: Query<ByProviderQuery>) -> Result<HttpResponse> {
    may_open(&look)?;
    let sums = repo::by_provider(look.state.db.read(), query.0.demo).await?;
    let items = sums
        .into_iter()
        .map(|(provider_id, kind, cases, amount)| ProviderSum { provider_id, kind, cases, amount })
        .collect();
    Ok(Answer::ok(ByProviderOut { items }).respond(&look.http))
}

/// A finance case. For the centre and auditors.
#[utoipa::path(operation_id = "get_finance_case", tag = "counting", params(("id" = FinanceCaseId, Path)),
    responses((status = 200, body = FinanceCaseOut)))]
#[get("/{id}")]
async fn get_finance_case(look: Look, id: Id<FinanceCaseId>) -> Result<HttpResponse> {
    may_open(&look)?;
    Ok(shown(repo::find(look.state.db.read(), id.0).await?).respond(&look.http))
}

/// A broker records that a case ended before its term.
#[utoipa::path(operation_id = "end_finance_case", tag = "counting", params(("id" = FinanceCaseId, Path)), request_body = EndIn,
    responses((status = 200, body = FinanceCaseOut)))]
#[post("/{id}/end")]
async fn end_finance_case(act: Act, id: Id<FinanceCaseId>, body: Body<EndIn>) -> Result<HttpResponse> {
    act.run(async |tx| Ok(shown(service::end(tx, &act, id.0, &act.precondition, body.0.clone()).await?)))
        .await
}

/// A broker takes back what was recorded by mistake; its count is reversed.
#[utoipa::path(operation_id = "withdraw_finance_case", tag = "counting", params(("id" = FinanceCaseId, Path)),
    request_body = WithdrawCaseIn, responses((status = 200, body = FinanceCaseOut)))]
#[post("/{id}/withdraw")]
async fn withdraw_finance_case(
    act: Act,
    id: Id<FinanceCaseId>,
    body: Body<WithdrawCaseIn>,
) -> Result<HttpResponse> {
    act.run(async |tx| {
        let reason = body.0.reason.clone();
        Ok(shown(service::withdraw(tx, &act, id.0, &act.precondition, reason).await?))
    })
    .await
}
