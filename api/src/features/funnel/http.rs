//! `/funnel`

use actix_web::{HttpResponse, get};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{FunnelListingsQuery, FunnelOut, FunnelQuery, ReachedOut},
    view,
};

use crate::{
    error::Result,
    features::export::page_or_file,
    web::{act::Look, answer::Answer, paging::Page, query::Query},
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(scope("/funnel").service(get_funnel).service(list_funnel_listings));
}

/// How many listings came how far in a period: submitted, published, of interest, accepted, met, under
/// contract, registered, landed. Each is counted at each step once, when it first came there.
#[utoipa::path(operation_id = "get_funnel", tag = "progress", params(FunnelQuery),
    responses((status = 200, body = FunnelOut)))]
#[get("")]
async fn get_funnel(look: Look, query: Query<FunnelQuery>) -> Result<HttpResponse> {
    Ok(Answer::ok(view::funnel(look.state.db.read(), &look, &query.0).await?).respond(&look.http))
}

/// The listings behind a figure of the funnel, the latest first. For the centre and auditors.
#[utoipa::path(operation_id = "list_funnel_listings", tag = "progress", params(FunnelListingsQuery),
    responses((status = 200, body = Page<ReachedOut>)))]
#[get("/listings")]
async fn list_funnel_listings(look: Look, query: Query<FunnelListingsQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        view::listings(look.state.db.read(), look, query).await
    })
    .await
}
