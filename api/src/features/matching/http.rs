//! `/matches`, and the matches of demands and achievements below their own addresses.

use actix_web::{HttpResponse, get, post};
use techmart_entity::id::ListingId;
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{AchievementMatchesOut, DemandMatchesOut, MatchPreviewIn, MatchQuery, MatchesOut},
    service,
};
use crate::{
    error::Result,
    web::{act::Look, answer::Answer, body::Body, path::Id, query::Query},
};

/// The addresses of its own.
pub fn routes(config: &mut ServiceConfig) {
    config.service(scope("/matches").service(preview_matches));
}

/// The addresses below `/demands`.
pub fn of_demands(config: &mut ServiceConfig) {
    config.service(list_demand_matches);
}

/// The addresses below `/achievements`.
pub fn of_achievements(config: &mut ServiceConfig) {
    config.service(list_achievement_matches).service(list_similar_achievements);
}

/// The achievements and providers that answer a demand, best first, with reasons; what is ruled out stands apart.
/// Nothing fitting is an empty list. Before it is published, its authors see what would fit.
#[utoipa::path(operation_id = "list_demand_matches", tag = "matches",
    params(("id" = ListingId, Path), MatchQuery), responses((status = 200, body = DemandMatchesOut)))]
#[get("/{id}/matches")]
async fn list_demand_matches(
    look: Look,
    id: Id<ListingId>,
    query: Query<MatchQuery>,
) -> Result<HttpResponse> {
    let out = service::of_demand(&look.state, &look, id.0, &query.0).await?;
    Ok(Answer::ok(out).respond(&look.http))
}

/// The demands that an achievement answers, best first, with reasons. Before it is published, its authors see
/// what would fit.
#[utoipa::path(operation_id = "list_achievement_matches", tag = "matches",
    params(("id" = ListingId, Path), MatchQuery), responses((status = 200, body = AchievementMatchesOut)))]
#[get("/{id}/matches")]
async fn list_achievement_matches(
    look: Look,
    id: Id<ListingId>,
    query: Query<MatchQuery>,
) -> Result<HttpResponse> {
    let out = service::of_achievement(&look.state, &look, id.0, &query.0).await?;
    Ok(Answer::ok(out).respond(&look.http))
}

/// Published achievements like this one, the nearest first, with what they share.
#[utoipa::path(operation_id = "list_similar_achievements", tag = "matches",
    params(("id" = ListingId, Path), MatchQuery), responses((status = 200, body = MatchesOut)))]
#[get("/{id}/similar")]
async fn list_similar_achievements(
    look: Look,
    id: Id<ListingId>,
    query: Query<MatchQuery>,
) -> Result<HttpResponse> {
    let out = service::similar(&look.state, &look, id.0, &query.0).await?;
    Ok(Answer::ok(out).respond(&look.http))
}

/// What answers a text that is not stored, and is not stored by asking: achievements unless `kind` says
/// otherwise.
#[utoipa::path(operation_id = "preview_matches", tag = "matches", request_body = MatchPreviewIn,
    responses((status = 200, body = MatchesOut)))]
#[post("/preview")]
async fn preview_matches(look: Look, body: Body<MatchPreviewIn>) -> Result<HttpResponse> {
    let out = service::preview(&look.state, &look, body.0).await?;
    Ok(Answer::ok(out).respond(&look.http))
}
