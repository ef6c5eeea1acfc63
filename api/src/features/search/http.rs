//! `/search`

use actix_web::{HttpResponse, get};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    dto::{SearchOut, SearchQuery},
    service,
};
use crate::{
    error::Result,
    web::{act::Look, answer::Answer, query::Query},
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(search);
}

/// Finds achievements, demands and providers.
#[utoipa::path(operation_id = "search", tag = "search", params(SearchQuery), responses((status = 200, body = SearchOut)))]
#[get("/search")]
async fn search(look: Look, query: Query<SearchQuery>) -> Result<HttpResponse> {
    let out = service::search(&look.state, &look, query.0).await?;
    Ok(Answer::ok(out).respond(&look.http))
}
