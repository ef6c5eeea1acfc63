//! `/search`

use actix_web::{HttpResponse, get};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    dto::{SearchOut, SearchQuery, SuggestOut, SuggestParams},
    service, suggest,
};
use crate::{
    error::Result,
    web::{act::Look, answer::Answer, query::Query},
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(search).service(suggest_search);
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

/// Completes what somebody is typing with titles, keywords, organisations and technical terms that the caller may see.
#[utoipa::path(operation_id = "suggest_search", tag = "search", params(SuggestParams), responses((status = 200, body = SuggestOut)))]
#[get("/search/suggest")]
async fn suggest_search(look: Look, query: Query<SuggestParams>) -> Result<HttpResponse> {
    let out = suggest::suggest(&look.state, &look, query.0).await?;
    Ok(Answer::ok(out).respond(&look.http))
}
