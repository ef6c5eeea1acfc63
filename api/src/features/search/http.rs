//! `/search`

use actix_web::{HttpResponse, get, http::header::CACHE_CONTROL};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    atom,
    dto::{SearchOut, SearchQuery, SuggestOut, SuggestParams},
    service, suggest,
};
use crate::{
    error::Result,
    web::{act::Look, answer::Answer, query::Query},
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(search).service(search_as_feed).service(suggest_search);
}

/// Finds achievements, demands and providers.
#[utoipa::path(operation_id = "search", tag = "search", params(SearchQuery), responses((status = 200, body = SearchOut)))]
#[get("/search")]
async fn search(look: Look, query: Query<SearchQuery>) -> Result<HttpResponse> {
    let first = query.0.cursor.is_none();
    let found = service::find(&look.state, &look, query.0).await?;
    if first {
        look.state.counter.appeared(&look, found.to_others(&look));
    }
    Ok(Answer::ok(found.out).respond(&look.http))
}

/// A search as an Atom feed, the newest first unless `sort` says otherwise: what a visitor finds, whoever asks. A link
/// `next` leads to older entries. An entry that changes comes again under its id, with another `updated`.
#[utoipa::path(operation_id = "get_search_feed", tag = "search", params(SearchQuery),
    responses((status = 200, body = String, content_type = "application/atom+xml")))]
#[get("/search.atom")]
async fn search_as_feed(look: Look, query: Query<SearchQuery>) -> Result<HttpResponse> {
    let feed = atom::feed(&look.state, &look, query.0, look.http.query_string()).await?;
    Ok(HttpResponse::Ok()
        .content_type("application/atom+xml; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(feed))
}

/// Completes what somebody is typing with titles, keywords, organisations and technical terms that the caller may see.
#[utoipa::path(operation_id = "suggest_search", tag = "search", params(SuggestParams), responses((status = 200, body = SuggestOut)))]
#[get("/search/suggest")]
async fn suggest_search(look: Look, query: Query<SuggestParams>) -> Result<HttpResponse> {
    let out = suggest::suggest(&look.state, &look, query.0).await?;
    Ok(Answer::ok(out).respond(&look.http))
}
