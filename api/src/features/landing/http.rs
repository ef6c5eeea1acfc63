//! `/landings`

use actix_web::{HttpResponse, get, post};
use techmart_entity::id::LandingId;
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{LandingDetail, LandingQuery, MilestoneIn},
    service,
};

use crate::{
    error::Result,
    features::export::page_or_file,
    web::{
        act::{Act, Look},
        answer::Answer,
        body::Body,
        paging::Page,
        path::Id,
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/landings").service(list_landings).service(get_landing).service(add_landing_milestone),
    );
}

/// The landings of one's dockings, newest first; for the centre and auditors all.
#[utoipa::path(operation_id = "list_landings", tag = "contracts", params(LandingQuery),
    responses((status = 200, body = Page<LandingDetail>)))]
#[get("")]
async fn list_landings(look: Look, query: Query<LandingQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| service::list(look.state.db.read(), look, query).await)
        .await
}

/// A landing with what it has reached. For its parties, the centre and auditors.
#[utoipa::path(operation_id = "get_landing", tag = "contracts", params(("id" = LandingId, Path)),
    responses((status = 200, body = LandingDetail)))]
#[get("/{id}")]
async fn get_landing(look: Look, id: Id<LandingId>) -> Result<HttpResponse> {
    Ok(Answer::ok(service::one(look.state.db.read(), &look, id.0).await?).respond(&look.http))
}

/// A party or a broker records what a landing has reached; its papers are evidence of the count.
#[utoipa::path(operation_id = "add_landing_milestone", tag = "contracts", params(("id" = LandingId, Path)),
    request_body = MilestoneIn, responses((status = 201, body = LandingDetail)))]
#[post("/{id}/milestones")]
async fn add_landing_milestone(act: Act, id: Id<LandingId>, body: Body<MilestoneIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let out = service::add_milestone(tx, &act, id.0, body.0.clone()).await?;
        Ok(Answer::created(out, format!("/api/v1/landings/{}", id.0)))
    })
    .await
}
