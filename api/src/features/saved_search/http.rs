//! `/saved-searches`

use actix_web::{HttpResponse, delete, get, patch, post};
use techmart_entity::id::SavedSearchId;
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{SavedSearchIn, SavedSearchOut, SavedSearchPatch, SavedSearchQuery},
    repo,
    service::{self, tag},
};

use crate::{
    error::Result,
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
        scope("/saved-searches")
            .service(list_saved_searches)
            .service(save_search)
            .service(get_saved_search)
            .service(patch_saved_search)
            .service(delete_saved_search),
    );
}

/// The searches that the caller keeps, newest first.
#[utoipa::path(operation_id = "list_saved_searches", tag = "search", params(SavedSearchQuery),
    responses((status = 200, body = Page<SavedSearchOut>)))]
#[get("")]
async fn list_saved_searches(look: Look, query: Query<SavedSearchQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        let person = look.person()?.account_id;
        let cut =
            Cut::<SavedSearchId>::read(query.limit, query.cursor.as_deref(), &("saved searches", person))?;
        let rows = repo::list(look.state.db.read(), person, cut.after, cut.limit + 1).await?;
        Ok(cut.page(rows, |row| row.id, SavedSearchOut::from))
    })
    .await
}

/// Keeps a search: its owner hears what is new in it, at the pace they want. At most 50.
#[utoipa::path(operation_id = "save_search", tag = "search", request_body = SavedSearchIn,
    responses((status = 201, body = SavedSearchOut)))]
#[post("")]
async fn save_search(act: Act, body: Body<SavedSearchIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::save(tx, &act.state, &act, body.0.clone()).await?;
        let location = format!("/api/v1/saved-searches/{}", row.id);
        let tag = tag(&row);
        Ok(Answer::created(SavedSearchOut::from(row), location).tagged(tag))
    })
    .await
}

/// A search that the caller keeps.
#[utoipa::path(operation_id = "get_saved_search", tag = "search", params(("id" = SavedSearchId, Path)),
    responses((status = 200, body = SavedSearchOut)))]
#[get("/{id}")]
async fn get_saved_search(look: Look, id: Id<SavedSearchId>) -> Result<HttpResponse> {
    let row = repo::find(look.state.db.read(), look.person()?.account_id, id.0).await?;
    let tag = tag(&row);
    Ok(Answer::ok(SavedSearchOut::from(row)).tagged(tag).respond(&look.http))
}

/// Changes its name, question or pace; what is absent stays.
#[utoipa::path(operation_id = "patch_saved_search", tag = "search", params(("id" = SavedSearchId, Path)),
    request_body = SavedSearchPatch, responses((status = 200, body = SavedSearchOut)))]
#[patch("/{id}")]
async fn patch_saved_search(
    act: Act,
    id: Id<SavedSearchId>,
    body: Body<SavedSearchPatch>,
) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::patch(tx, &act.state, &act, id.0, &act.precondition, body.0.clone()).await?;
        let tag = tag(&row);
        Ok(Answer::ok(SavedSearchOut::from(row)).tagged(tag))
    })
    .await
}

/// Keeps it no longer.
#[utoipa::path(operation_id = "delete_saved_search", tag = "search", params(("id" = SavedSearchId, Path)),
    responses((status = 204)))]
#[delete("/{id}")]
async fn delete_saved_search(act: Act, id: Id<SavedSearchId>) -> Result<HttpResponse> {
    act.run(async |tx| {
        service::remove(tx, &act, id.0, &act.precondition).await?;
        Ok(Answer::nothing())
    })
    .await
}
