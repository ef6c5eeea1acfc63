//! `/renewals`

use actix_web::{HttpResponse, get, post};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{dto::RenewalQuery, link, page, service};
use crate::{
    error::Result,
    web::{act::Look, answer, query::Query},
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(scope("/renewals").service(show_renewal).service(renew_by_link));
}

/// A page that says what ends and has a button that renews it, or asks for it. Looking at it changes nothing.
#[utoipa::path(operation_id = "show_renewal", tag = "notifications", params(RenewalQuery),
    responses((status = 200, body = String, content_type = "text/html")))]
#[get("")]
async fn show_renewal(look: Look, query: Query<RenewalQuery>) -> Result<HttpResponse> {
    let ticket = link::read(&look.state, &query.0.token)?;
    let seen = service::look(look.state.db.read(), &look, ticket).await?;
    Ok(answer::page(page::ask(&seen)?))
}

/// Renews a publication, or asks for another agreement or verification, in the name of whom the token is for and by their
/// rights now, without signing in. The second click finds it done.
#[utoipa::path(operation_id = "renew_by_link", tag = "notifications", params(RenewalQuery),
    responses((status = 200, body = String, content_type = "text/html")))]
#[post("")]
async fn renew_by_link(look: Look, query: Query<RenewalQuery>) -> Result<HttpResponse> {
    let ticket = link::read(&look.state, &query.0.token)?;
    let done = service::renew(&look.state, &look, ticket).await?;
    Ok(answer::page(page::done(&done)?))
}
