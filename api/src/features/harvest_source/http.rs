//! `/harvest-sources`: for brokers and admins.

use actix_web::{HttpResponse, delete, get, post, put};
use techmart_entity::id::HarvestSourceId;
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{HarvestSourceIn, HarvestSourceOut, HarvestSourcesQuery},
    repo,
    service::{self, tag},
};
use crate::{
    error::Result,
    features::{export::page_or_file, import::policy},
    web::{
        act::{Act, Look},
        answer::Answer,
        body::Body,
        paging::{Cut, Page},
        path::Id,
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/harvest-sources")
            .service(list_harvest_sources)
            .service(add_harvest_source)
            .service(get_harvest_source)
            .service(replace_harvest_source)
            .service(delete_harvest_source)
            .service(run_harvest_source)
            .service(lift_harvest_guard),
    );
}

/// The places that listings are fetched from, newest first.
#[utoipa::path(operation_id = "list_harvest_sources", tag = "imports", params(HarvestSourcesQuery),
    responses((status = 200, body = Page<HarvestSourceOut>)))]
#[get("")]
async fn list_harvest_sources(look: Look, query: Query<HarvestSourcesQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        policy::work_with(look)?;
        let cut = Cut::<HarvestSourceId>::read(query.limit, query.cursor.as_deref(), &"harvest_sources")?;
        let rows = repo::list(look.state.db.read(), cut.after, cut.limit + 1).await?;
        Ok(cut.page(rows, |row| row.id, HarvestSourceOut::from))
    })
    .await
}

/// Writes down a place to fetch listings from by schedule: a repository that speaks OAI-PMH, or a CSV file at an
/// address. What it brings is imported like a file: its rows wait for review, and what a source changes is a
/// change to review.
#[utoipa::path(operation_id = "add_harvest_source", tag = "imports", request_body = HarvestSourceIn,
    responses((status = 201, body = HarvestSourceOut)))]
#[post("")]
async fn add_harvest_source(act: Act, body: Body<HarvestSourceIn>) -> Result<HttpResponse> {
    let targets = act.state.config.outbound_targets;
    act.run(async |tx| {
        let row = service::create(tx, &act, targets, body.0.clone()).await?;
        let (tag, location) = (tag(&row), format!("/api/v1/harvest-sources/{}", row.id));
        Ok(Answer::created(HarvestSourceOut::from(row), location).tagged(tag))
    })
    .await
}

/// A place that listings are fetched from, and how its last run ended.
#[utoipa::path(operation_id = "get_harvest_source", tag = "imports", params(("id" = HarvestSourceId, Path)),
    responses((status = 200, body = HarvestSourceOut)))]
#[get("/{id}")]
async fn get_harvest_source(look: Look, id: Id<HarvestSourceId>) -> Result<HttpResponse> {
    let row = service::read(look.state.db.read(), &look, id.0).await?;
    let tag = tag(&row);
    Ok(Answer::ok(HarvestSourceOut::from(row)).tagged(tag).respond(&look.http))
}

/// Replaces what is written down of it. Another address, set, format or system begins anew.
#[utoipa::path(operation_id = "replace_harvest_source", tag = "imports", params(("id" = HarvestSourceId, Path)),
    request_body = HarvestSourceIn, responses((status = 200, body = HarvestSourceOut)))]
#[put("/{id}")]
async fn replace_harvest_source(
    act: Act,
    id: Id<HarvestSourceId>,
    body: Body<HarvestSourceIn>,
) -> Result<HttpResponse> {
    let targets = act.state.config.outbound_targets;
    act.run(async |tx| {
        let row = service::replace(tx, &act, targets, id.0, &act.precondition, body.0.clone()).await?;
        let tag = tag(&row);
        Ok(Answer::ok(HarvestSourceOut::from(row)).tagged(tag))
    })
    .await
}

/// Fetches from it no more. What it has brought stays.
#[utoipa::path(operation_id = "delete_harvest_source", tag = "imports", params(("id" = HarvestSourceId, Path)),
    responses((status = 204)))]
#[delete("/{id}")]
async fn delete_harvest_source(act: Act, id: Id<HarvestSourceId>) -> Result<HttpResponse> {
    act.run(async |tx| {
        service::remove(tx, &act, id.0, &act.precondition).await?;
        Ok(Answer::nothing())
    })
    .await
}

/// Fetches from it now, in the background.
#[utoipa::path(operation_id = "run_harvest_source", tag = "imports", params(("id" = HarvestSourceId, Path)),
    responses((status = 202, body = HarvestSourceOut)))]
#[post("/{id}/run")]
async fn run_harvest_source(act: Act, id: Id<HarvestSourceId>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::ask(tx, &act, id.0, &act.precondition).await?;
        let (tag, location) = (tag(&row), format!("/api/v1/harvest-sources/{}", row.id));
        Ok(Answer::accepted(HarvestSourceOut::from(row), location).tagged(tag))
    })
    .await
}

/// Fetches from it now and lets what has vanished be withdrawn, however much it is: what a person says after the
/// guard stopped a run and they have looked. It holds for that run alone.
#[utoipa::path(operation_id = "lift_harvest_guard", tag = "imports", params(("id" = HarvestSourceId, Path)),
    responses((status = 202, body = HarvestSourceOut)))]
#[post("/{id}/lift-guard")]
async fn lift_harvest_guard(act: Act, id: Id<HarvestSourceId>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::allow(tx, &act, id.0, &act.precondition).await?;
        let (tag, location) = (tag(&row), format!("/api/v1/harvest-sources/{}", row.id));
        Ok(Answer::accepted(HarvestSourceOut::from(row), location).tagged(tag))
    })
    .await
}
