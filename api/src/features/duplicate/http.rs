//! `/duplicates`

use actix_web::{HttpResponse, get, http::StatusCode, post};
use techmart_entity::{audit::SubjectKind, id::DuplicateId};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{CanonicalIn, PairBrief, PairIn, PairNoteIn, PairOut, PairQuery, UndoIn},
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
        scope("/duplicates")
            .service(list_duplicates)
            .service(name_duplicate)
            .service(get_duplicate)
            .service(list_duplicate_history)
            .service(merge_duplicate)
            .service(keep_duplicate_apart)
            .service(mark_duplicate_variant)
            .service(undo_duplicate),
    );
}

/// Pairs that may be one, newest first; those to be decided unless `status` says otherwise. For the
/// centre and auditors.
#[utoipa::path(operation_id = "list_duplicates", tag = "duplicates", params(PairQuery),
    responses((status = 200, body = Page<PairBrief>)))]
#[get("")]
async fn list_duplicates(look: Look, query: Query<PairQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| view::list(look.state.db.read(), look, query).await)
        .await
}

/// A broker names two that may be one. 409 when they are a pair already.
#[utoipa::path(operation_id = "name_duplicate", tag = "duplicates", request_body = PairIn,
    responses((status = 201, body = PairOut)))]
#[post("")]
async fn name_duplicate(act: Act, body: Body<PairIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::name(tx, &act, body.0.clone()).await?;
        let location = format!("/api/v1/duplicates/{}", row.id);
        let shown = view::shown(tx, row).await?;
        Ok(Answer { status: StatusCode::CREATED, location: Some(location), ..shown })
    })
    .await
}

/// Both sides side by side, why they may be one, and what a merge would change and meet. For the centre
/// and auditors.
#[utoipa::path(operation_id = "get_duplicate", tag = "duplicates", params(("id" = DuplicateId, Path)),
    responses((status = 200, body = PairOut)))]
#[get("/{id}")]
async fn get_duplicate(look: Look, id: Id<DuplicateId>) -> Result<HttpResponse> {
    Ok(view::one(look.state.db.read(), &look, id.0).await?.respond(&look.http))
}

/// What was decided and undone, and why, newest first. For the centre and auditors.
#[utoipa::path(operation_id = "list_duplicate_history", tag = "duplicates",
    params(("id" = DuplicateId, Path), HistoryQuery), responses((status = 200, body = Page<HistoryOut>)))]
#[get("/{id}/history")]
async fn list_duplicate_history(
    look: Look,
    id: Id<DuplicateId>,
    query: Query<HistoryQuery>,
) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        policy::look(look)?;
        let db = look.state.db.read();
        repo::find(db, id.0).await?;
        let cut = Cut::read(query.limit, query.cursor.as_deref(), &("duplicate history", id.0))?;
        let filter = audit::repo::Filter {
            subject: Some((SubjectKind::Duplicate, id.0.to_string())),
            moves_only: true,
            ..audit::repo::Filter::default()
        };
        let rows = audit::repo::list(db, &filter, cut.after, cut.limit + 1).await?;
        Ok(cut.page(rows, |row| row.id, HistoryOut::from))
    })
    .await
}

/// The two are one: the other one is merged into `canonical_id`. A merged listing leaves the public but
/// for a tombstone; its counts are taken back, its dockings go on with the canonical one. What a merged
/// organisation has goes to the canonical one; nobody acts for it any more. For brokers who belong to
/// neither.
#[utoipa::path(operation_id = "merge_duplicate", tag = "duplicates", params(("id" = DuplicateId, Path)),
    request_body = CanonicalIn, responses((status = 200, body = PairOut)))]
#[post("/{id}/merge")]
async fn merge_duplicate(act: Act, id: Id<DuplicateId>, body: Body<CanonicalIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let CanonicalIn { canonical_id, note } = body.0.clone();
        let row = service::merge(tx, &act, id.0, &act.precondition, canonical_id, note).await?;
        view::shown(tx, row).await
    })
    .await
}

/// The two are two. For brokers who belong to neither.
#[utoipa::path(operation_id = "keep_duplicate_apart", tag = "duplicates", params(("id" = DuplicateId, Path)),
    request_body = PairNoteIn, responses((status = 200, body = PairOut)))]
#[post("/{id}/keep-apart")]
async fn keep_duplicate_apart(act: Act, id: Id<DuplicateId>, body: Body<PairNoteIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::keep_apart(tx, &act, id.0, &act.precondition, body.0.note.clone()).await?;
        view::shown(tx, row).await
    })
    .await
}

/// The other one is a variant of `canonical_id`: both stay public, and they count once as achievements or
/// demands. For brokers who belong to neither.
#[utoipa::path(operation_id = "mark_duplicate_variant", tag = "duplicates", params(("id" = DuplicateId, Path)),
    request_body = CanonicalIn, responses((status = 200, body = PairOut)))]
#[post("/{id}/mark-variant")]
async fn mark_duplicate_variant(
    act: Act,
    id: Id<DuplicateId>,
    body: Body<CanonicalIn>,
) -> Result<HttpResponse> {
    act.run(async |tx| {
        let CanonicalIn { canonical_id, note } = body.0.clone();
        let row = service::mark_variant(tx, &act, id.0, &act.precondition, canonical_id, note).await?;
        view::shown(tx, row).await
    })
    .await
}

/// Undoes a decision: what it moved goes back, what it took back is counted anew and has to be confirmed
/// anew. 422 names the later acts that rest on it. For brokers who belong to neither.
#[utoipa::path(operation_id = "undo_duplicate", tag = "duplicates", params(("id" = DuplicateId, Path)),
    request_body = UndoIn, responses((status = 200, body = PairOut)))]
#[post("/{id}/undo")]
async fn undo_duplicate(act: Act, id: Id<DuplicateId>, body: Body<UndoIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::undo(tx, &act, id.0, &act.precondition, body.0.reason.clone()).await?;
        view::shown(tx, row).await
    })
    .await
}
