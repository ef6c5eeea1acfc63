//! `/dockings/{id}/timeline` and the printable file.

use actix_web::{HttpResponse, get, http::header};
use techmart_entity::id::DockingId;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    dto::{TimelineOut, TimelineQuery},
    page, timeline,
};

use crate::{
    error::Result,
    features::export::page_or_file,
    web::{act::Look, paging::Page, path::Id, query::Query, request},
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(get_docking_timeline).service(get_docking_case_file);
}

/// Everything that happened in a docking, in sentences, newest first: moves, messages, meetings, offers.
#[utoipa::path(operation_id = "list_docking_timeline", tag = "docking cases",
    params(("id" = DockingId, Path), TimelineQuery), responses((status = 200, body = Page<TimelineOut>)))]
#[get("/dockings/{id}/timeline")]
async fn get_docking_timeline(
    look: Look,
    id: Id<DockingId>,
    query: Query<TimelineQuery>,
) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        timeline::list(look.state.db.read(), look, id.0, query).await
    })
    .await
}

/// The whole docking as one page to be read or printed, without scripts, as far as the caller may see it.
#[utoipa::path(operation_id = "get_docking_case_file", tag = "docking cases", params(("id" = DockingId, Path)),
    responses((status = 200, description = "the page", body = String, content_type = "text/html")))]
#[get("/dockings/{id}/case.html")]
async fn get_docking_case_file(look: Look, id: Id<DockingId>) -> Result<HttpResponse> {
    let language = request::info(&look.http).language;
    let html = page::page(look.state.db.read(), &look, id.0, language).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_LANGUAGE, language.tag()))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            format!("{}; frame-ancestors 'none'", *page::POLICY),
        ))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header((header::VARY, "Authorization, Accept-Language, Acting-Organisation, Origin"))
        .body(html))
}
