//! `/recommendations`

use actix_web::{HttpResponse, get, post};
use techmart_entity::id::RecommendationId;
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{DismissalIn, RecommendationOut, RecommendationQuery, TakeUpIn},
    service, view,
};

use crate::{
    error::Result,
    features::export::page_or_file,
    web::{
        act::{Act, Look},
        body::{Body, OptionalBody},
        paging::Page,
        path::Id,
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/recommendations")
            .service(list_recommendations)
            .service(get_recommendation)
            .service(take_up_recommendation)
            .service(dismiss_recommendation),
    );
}

/// What the matcher would bring together, newest first; open ones unless `status` says otherwise. For the centre and
/// auditors.
#[utoipa::path(operation_id = "list_recommendations", tag = "recommendations", params(RecommendationQuery),
    responses((status = 200, body = Page<RecommendationOut>)))]
#[get("")]
async fn list_recommendations(look: Look, query: Query<RecommendationQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| view::list(look.state.db.read(), look, query).await)
        .await
}

/// One recommendation, with its reasons. For the centre and auditors.
#[utoipa::path(operation_id = "get_recommendation", tag = "recommendations",
    params(("id" = RecommendationId, Path)), responses((status = 200, body = RecommendationOut)))]
#[get("/{id}")]
async fn get_recommendation(look: Look, id: Id<RecommendationId>) -> Result<HttpResponse> {
    Ok(view::one(look.state.db.read(), &look, id.0).await?.respond(&look.http))
}

/// Makes the recommended docking of the two. For brokers who belong to neither.
#[utoipa::path(operation_id = "take_up_recommendation", tag = "recommendations",
    params(("id" = RecommendationId, Path)), request_body = Option<TakeUpIn>,
    responses((status = 200, body = RecommendationOut)))]
#[post("/{id}/take-up")]
async fn take_up_recommendation(
    act: Act,
    id: Id<RecommendationId>,
    body: OptionalBody<TakeUpIn>,
) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::take_up(tx, &act, id.0, &act.precondition, body.0.clone()).await?;
        view::shown(tx, row).await
    })
    .await
}

/// Says, with a reason, that the two do not belong together; they are not recommended again. For brokers who belong
/// to neither.
#[utoipa::path(operation_id = "dismiss_recommendation", tag = "recommendations",
    params(("id" = RecommendationId, Path)), request_body = DismissalIn,
    responses((status = 200, body = RecommendationOut)))]
#[post("/{id}/dismiss")]
async fn dismiss_recommendation(
    act: Act,
    id: Id<RecommendationId>,
    body: Body<DismissalIn>,
) -> Result<HttpResponse> {
    act.run(async |tx| {
        let DismissalIn { code, note } = body.0.clone();
        let row = service::dismiss(tx, &act, id.0, &act.precondition, code, note).await?;
        view::shown(tx, row).await
    })
    .await
}
