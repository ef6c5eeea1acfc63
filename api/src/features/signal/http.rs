//! `/signals`

use actix_web::{HttpResponse, get, post};
use techmart_entity::{audit::SubjectKind, id::SignalId, signal::SignalMove};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{SignalNoteIn, SignalOut, SignalQuery, SignalReopenIn},
    policy, repo, service, view,
};

use crate::{
    error::Result,
    features::audit::{
        self,
        dto::{HistoryOut, HistoryQuery},
    },
    features::export::page_or_file,
    web::{
        act::{Act, Look},
        body::Body,
        paging::{Cut, Page},
        path::Id,
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/signals")
            .service(list_signals)
            .service(get_signal)
            .service(list_signal_history)
            .service(explain_signal)
            .service(uphold_signal)
            .service(reopen_signal),
    );
}

/// Signals against inflated figures, newest first. For the centre and auditors.
#[utoipa::path(operation_id = "list_signals", tag = "signals", params(SignalQuery),
    responses((status = 200, body = Page<SignalOut>)))]
#[get("")]
async fn list_signals(look: Look, query: Query<SignalQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| view::list(look.state.db.read(), look, query).await)
        .await
}

/// A signal with the facts behind it. For the centre and auditors.
#[utoipa::path(operation_id = "get_signal", tag = "signals", params(("id" = SignalId, Path)),
    responses((status = 200, body = SignalOut)))]
#[get("/{id}")]
async fn get_signal(look: Look, id: Id<SignalId>) -> Result<HttpResponse> {
    Ok(view::one(look.state.db.read(), &look, id.0).await?.respond(&look.http))
}

/// When it was raised and what was said of it, newest first. For the centre and auditors.
#[utoipa::path(operation_id = "list_signal_history", tag = "signals",
    params(("id" = SignalId, Path), HistoryQuery), responses((status = 200, body = Page<HistoryOut>)))]
#[get("/{id}/history")]
async fn list_signal_history(
    look: Look,
    id: Id<SignalId>,
    query: Query<HistoryQuery>,
) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        policy::look(look)?;
        let db = look.state.db.read();
        repo::find(db, id.0).await?;
        let cut = Cut::read(query.limit, query.cursor.as_deref(), &("signal history", id.0))?;
        let filter = audit::repo::Filter {
            subject: Some((SubjectKind::Signal, id.0.to_string())),
            moves_only: true,
            ..audit::repo::Filter::default()
        };
        let rows = audit::repo::list(db, &filter, cut.after, cut.limit + 1).await?;
        Ok(cut.page(rows, |row| row.id, HistoryOut::from))
    })
    .await
}

/// There is a good reason for what strikes. For brokers and admins who belong to none of the organisations
/// concerned.
#[utoipa::path(operation_id = "explain_signal", tag = "signals", params(("id" = SignalId, Path)),
    request_body = SignalNoteIn, responses((status = 200, body = SignalOut)))]
#[post("/{id}/explain")]
async fn explain_signal(act: Act, id: Id<SignalId>, body: Body<SignalNoteIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let note = body.0.note.clone();
        let row = service::judge(tx, &act, id.0, &act.precondition, SignalMove::Explain, note).await?;
        view::shown(tx, row).await
    })
    .await
}

/// It is as it looks: the frozen reports say so. For the centre and auditors who belong to none of the
/// organisations concerned.
#[utoipa::path(operation_id = "uphold_signal", tag = "signals", params(("id" = SignalId, Path)),
    request_body = SignalNoteIn, responses((status = 200, body = SignalOut)))]
#[post("/{id}/uphold")]
async fn uphold_signal(act: Act, id: Id<SignalId>, body: Body<SignalNoteIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let note = body.0.note.clone();
        let row = service::judge(tx, &act, id.0, &act.precondition, SignalMove::Uphold, note).await?;
        view::shown(tx, row).await
    })
    .await
}

/// It is to be looked at again. For the centre and auditors who belong to none of the organisations
/// concerned.
#[utoipa::path(operation_id = "reopen_signal", tag = "signals", params(("id" = SignalId, Path)),
    request_body = SignalReopenIn, responses((status = 200, body = SignalOut)))]
#[post("/{id}/reopen")]
async fn reopen_signal(act: Act, id: Id<SignalId>, body: Body<SignalReopenIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let reason = body.0.reason.clone();
        let row = service::judge(tx, &act, id.0, &act.precondition, SignalMove::Reopen, reason).await?;
        view::shown(tx, row).await
    })
    .await
}
