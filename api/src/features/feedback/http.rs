//! The feedback of an organisation; that of a listing stands below its own address (`features/listing/http.rs`).

use actix_web::{HttpResponse, get};
use techmart_entity::id::OrganisationId;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    dto::{FeedbackQuery, OrganisationFeedbackOut},
    view,
};
use crate::{
    error::Result,
    web::{act::Look, answer::Answer, path::Id, query::Query},
};

/// The address below `/organisations`.
pub fn of_organisation(config: &mut ServiceConfig) {
    config.service(get_organisation_feedback);
}

/// What became of the organisation's listings by month, newest first, and of its own interests. For its members, the
/// centre and auditors. It names nobody.
#[utoipa::path(operation_id = "get_organisation_feedback", tag = "organisations",
    params(("id" = OrganisationId, Path), FeedbackQuery), responses((status = 200, body = OrganisationFeedbackOut)))]
#[get("/{id}/feedback")]
async fn get_organisation_feedback(
    look: Look,
    id: Id<OrganisationId>,
    query: Query<FeedbackQuery>,
) -> Result<HttpResponse> {
    let out = view::of_organisation(look.state.db.read(), &look, id.0, &query.0).await?;
    Ok(Answer::ok(out).respond(&look.http))
}
