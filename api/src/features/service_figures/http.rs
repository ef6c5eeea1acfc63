//! `/service-figures`

use actix_web::{HttpResponse, get};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    dto::{ServiceFiguresOut, ServiceFiguresQuery},
    view,
};
use crate::{
    error::Result,
    web::{act::Look, answer::Answer, query::Query},
};

/// The address.
pub fn routes(config: &mut ServiceConfig) {
    config.service(get_service_figures);
}

/// How long first answers took, how many came in time, how far listings came, and why dockings were lost: in all, and by
/// month, broker or queue. For the centre and auditors.
#[utoipa::path(operation_id = "get_service_figures", tag = "desk", params(ServiceFiguresQuery),
    responses((status = 200, body = ServiceFiguresOut)))]
#[get("/service-figures")]
async fn get_service_figures(look: Look, query: Query<ServiceFiguresQuery>) -> Result<HttpResponse> {
    Ok(Answer::ok(view::figures(look.state.db.read(), &look, &query.0).await?).respond(&look.http))
}
