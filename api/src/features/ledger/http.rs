//! `/ledger`: for the centre and auditors.

use actix_web::{HttpResponse, get, post};
use techmart_entity::{id::EntryId, ledger::CountStage};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{
        ConfirmIn, ConfirmedOut, EntryIn, EntryOut, EvidenceIn, LedgerQuery, ReverseIn, UnitOut, WorkOut,
        WorklistQuery,
    },
    repo, service, worklist,
};

use crate::{
    auth::Context,
    error::{AppError, Result},
    features::export::page_or_file,
    say,
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
        scope("/ledger")
            .service(list_ledger)
            .service(record_entry)
            .service(list_worklist)
            .service(confirm_entries)
            .service(get_entry)
            .service(confirm_entry)
            .service(reverse_entry)
            .service(add_evidence),
    );
}

/// Whether the caller may open the ledger.
///
/// # Errors
/// 401 or 403.
pub fn may_open(cx: &Context) -> Result<()> {
    cx.person()?;
    if cx.actor.is_centre() || cx.actor.is_auditor() {
        return Ok(());
    }
    Err(AppError::forbidden(say!("台账供服务中心和审计查看。", "The ledger is for the centre and auditors.")))
}

/// Entries of the ledger, newest first; by `stage` the worklist of confirmations.
#[utoipa::path(operation_id = "list_ledger", tag = "ledger", params(LedgerQuery), responses((status = 200, body = Page<UnitOut>)))]
#[get("")]
async fn list_ledger(look: Look, query: Query<LedgerQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        may_open(look)?;
        let mark = LedgerQuery { limit: None, cursor: None, ..query.clone() };
        let cut = Cut::<EntryId>::read(query.limit, query.cursor.as_deref(), &mark)?;
        let filter = repo::Filter {
            indicator: query.indicator,
            demo: query.demo,
            listing: query.listing_id,
            docking: query.docking_id,
            stages: query.stage,
        };
        let db = look.state.db.read();
        let rows = repo::list(db, &filter, cut.after, cut.limit + 1).await?;
        let stages = repo::stages(db, &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
        let page = cut.page(
            rows,
            |row| row.id,
            |row| {
                let stage = stages.iter().find(|active| active.entry_id == row.id).map(|active| active.stage);
                UnitOut::of(&row, stage.unwrap_or(CountStage::Reversed))
            },
        );
        Ok(page)
    })
    .await
}

/// Records a unit of an indicator that no act feeds, with its paper.
#[utoipa::path(operation_id = "record_ledger_entry", tag = "ledger", request_body = EntryIn, responses((status = 201, body = EntryOut)))]
#[post("")]
async fn record_entry(act: Act, body: Body<EntryIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let given = body.0.clone();
        let by_hand = service::ByHand {
            indicator: given.indicator,
            unit: given.unit,
            label: given.label,
            amount: given.amount,
            effective_on: given.effective_on,
            attachment_id: given.attachment_id,
            listing_id: given.listing_id,
            demo: given.demo,
            responsible_unit: given.responsible_unit,
            note: given.note,
        };
        let id = service::record_by_hand(tx, &act, by_hand).await?;
        Ok(Answer::created(entry(tx, id).await?, format!("/api/v1/ledger/{id}")))
    })
    .await
}

/// Counts that wait for a person of the centre, oldest first: to be confirmed, or to be completed.
#[utoipa::path(operation_id = "list_ledger_worklist", tag = "ledger", params(WorklistQuery),
    responses((status = 200, body = Page<WorkOut>)))]
#[get("/worklist")]
async fn list_worklist(look: Look, query: Query<WorklistQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        may_open(look)?;
        worklist::list(look.state.db.read(), look, &query).await
    })
    .await
}

/// Confirms counts that a person has looked at, each by itself; the answer says what became of each.
#[utoipa::path(operation_id = "confirm_ledger_entries", tag = "ledger", request_body = ConfirmIn,
    responses((status = 200, body = ConfirmedOut)))]
#[post("/confirm")]
async fn confirm_entries(act: Act, body: Body<ConfirmIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        may_open(&act)?;
        service::of_the_centre(&act)?;
        Ok(Answer::ok(worklist::confirm_seen(tx, &act, &body.0).await?))
    })
    .await
}

/// An entry, with its evidence and everything that happened to it.
#[utoipa::path(operation_id = "get_ledger_entry", tag = "ledger", params(("id" = EntryId, Path)), responses((status = 200, body = EntryOut)))]
#[get("/{id}")]
async fn get_entry(look: Look, id: Id<EntryId>) -> Result<HttpResponse> {
    may_open(&look)?;
    let out = entry(look.state.db.read(), id.0).await?;
    let tag = crate::web::etag::tag(format!("e{}", out.events.len()));
    Ok(Answer::ok(out).tagged(tag).respond(&look.http))
}

/// A second person of the centre confirms the count.
#[utoipa::path(operation_id = "confirm_ledger_entry", tag = "ledger", params(("id" = EntryId, Path)), responses((status = 200, body = EntryOut)))]
#[post("/{id}/confirm")]
async fn confirm_entry(act: Act, id: Id<EntryId>) -> Result<HttpResponse> {
    act.run(async |tx| {
        may_open(&act)?;
        service::confirm(tx, &act, id.0).await?;
        Ok(Answer::ok(entry(tx, id.0).await?))
    })
    .await
}

/// Takes the count back, with the reason. For the centre and auditors.
#[utoipa::path(operation_id = "reverse_ledger_entry", tag = "ledger", params(("id" = EntryId, Path)), request_body = ReverseIn,
    responses((status = 200, body = EntryOut)))]
#[post("/{id}/reverse")]
async fn reverse_entry(act: Act, id: Id<EntryId>, body: Body<ReverseIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        may_open(&act)?;
        service::reverse_by_hand(tx, &act, id.0, body.0.reason.clone()).await?;
        Ok(Answer::ok(entry(tx, id.0).await?))
    })
    .await
}

/// Adds a paper to a count that lacks evidence.
#[utoipa::path(operation_id = "add_ledger_evidence", tag = "ledger", params(("id" = EntryId, Path)), request_body = EvidenceIn,
    responses((status = 200, body = EntryOut)))]
#[post("/{id}/evidence")]
async fn add_evidence(act: Act, id: Id<EntryId>, body: Body<EvidenceIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        may_open(&act)?;
        let EvidenceIn { kind, attachment_id } = body.0;
        service::add_paper(tx, &act, id.0, kind, attachment_id).await?;
        Ok(Answer::ok(entry(tx, id.0).await?))
    })
    .await
}

async fn entry(db: &impl sea_orm::ConnectionTrait, id: EntryId) -> Result<EntryOut> {
    let entry = repo::find(db, id).await?.ok_or_else(AppError::not_found)?;
    let events = repo::events_of(db, id).await?;
    let stage = repo::stages(db, &[id]).await?.first().map(|active| active.stage);
    let indicator = repo::indicator(db, &entry.indicator).await?;
    Ok(EntryOut::of(indicator.as_ref(), entry, events, stage))
}
