//! `/snapshots`: frozen reports. Heads and figures are public like the board; their units are for the
//! centre and auditors.

use actix_web::{HttpResponse, get, post};
use techmart_entity::id::SnapshotId;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    document::UnitSaid,
    dto::{
        CompareQuery, ComparisonOut, PartOut, PartUnitsQuery, SnapshotBrief, SnapshotIn, SnapshotOut,
        SnapshotsQuery,
    },
    freezing, view,
};

use crate::{
    error::Result,
    features::export::page_or_file,
    web::{
        act::{Act, Look},
        answer::Answer,
        body::Body,
        paging::Page,
        path::{Id, segment},
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_snapshots)
        .service(create_snapshot)
        .service(get_snapshot)
        .service(compare_snapshots)
        .service(get_snapshot_part)
        .service(list_snapshot_units);
}

/// The frozen reports, the last first.
#[utoipa::path(operation_id = "list_snapshots", tag = "reports", params(SnapshotsQuery),
    responses((status = 200, body = Page<SnapshotBrief>)))]
#[get("/snapshots")]
async fn list_snapshots(look: Look, query: Query<SnapshotsQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| view::list(look.state.db.read(), &query).await).await
}

/// Freezes a plan: what its figures are as of a day, as known at an instant, with rules, units and the
/// hashes of their evidence, chained to the report before. A correction names the report that it
/// corrects. For the centre.
#[utoipa::path(operation_id = "create_snapshot", tag = "reports", request_body = SnapshotIn,
    responses((status = 201, body = SnapshotOut)))]
#[post("/snapshots")]
async fn create_snapshot(act: Act, body: Body<SnapshotIn>) -> Result<HttpResponse> {
    let zone = &act.state.config.zone;
    // Beside the writers: nobody waits while the figures are worked out.
    let prepared = freezing::prepare(act.state.db.read(), &act, &body.0, zone).await;
    act.run(async |tx| {
        let wanted = freezing::wanted(tx, &act, &body.0).await?;
        let (row, _) = freezing::settle(tx, &act, &wanted, prepared.as_ref(), zone).await?;
        let (out, tag) = view::show(tx, &act, row.id).await?;
        Ok(Answer::created(out, format!("/api/v1/snapshots/{}", row.id)).tagged(tag))
    })
    .await
}

/// A frozen report: its head with the figures of all indicators.
#[utoipa::path(operation_id = "get_snapshot", tag = "reports", params(("id" = SnapshotId, Path)),
    responses((status = 200, body = SnapshotOut)))]
#[get("/snapshots/{id}")]
async fn get_snapshot(look: Look, id: Id<SnapshotId>) -> Result<HttpResponse> {
    let (out, tag) = view::show(look.state.db.read(), &look, id.0).await?;
    Ok(Answer::ok(out).tagged(tag).respond(&look.http))
}

/// What has changed between two reports of a plan. For the centre and auditors.
#[utoipa::path(operation_id = "compare_snapshots", tag = "reports", params(("id" = SnapshotId, Path), CompareQuery),
    responses((status = 200, body = ComparisonOut)))]
#[get("/snapshots/{id}/compare")]
async fn compare_snapshots(
    look: Look,
    id: Id<SnapshotId>,
    query: Query<CompareQuery>,
) -> Result<HttpResponse> {
    let out = view::comparison(look.state.db.read(), &look, id.0, query.0.other).await?;
    Ok(Answer::ok(out).respond(&look.http))
}

/// What a report says of one indicator: rule, figures, years, months, variants.
#[utoipa::path(operation_id = "get_snapshot_part", tag = "reports",
    params(("id" = SnapshotId, Path), ("indicator" = String, Path)), responses((status = 200, body = PartOut)))]
#[get("/snapshots/{id}/parts/{indicator}")]
async fn get_snapshot_part(look: Look, id: Id<SnapshotId>) -> Result<HttpResponse> {
    let indicator: String = segment(&look.http, "indicator")?;
    let (out, tag) = view::show_part(look.state.db.read(), id.0, &indicator).await?;
    Ok(Answer::ok(out).tagged(tag).respond(&look.http))
}

/// The units that a report counts, by day, each with its evidence and hash. For the centre and auditors,
/// whose looks are logged.
#[utoipa::path(operation_id = "list_snapshot_units", tag = "reports",
    params(("id" = SnapshotId, Path), ("indicator" = String, Path), PartUnitsQuery),
    responses((status = 200, body = Page<UnitSaid>)))]
#[get("/snapshots/{id}/parts/{indicator}/units")]
async fn list_snapshot_units(
    look: Look,
    id: Id<SnapshotId>,
    query: Query<PartUnitsQuery>,
) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        let indicator: String = segment(&look.http, "indicator")?;
        view::units(look.state.db.read(), look, id.0, &indicator, &query).await
    })
    .await
}
