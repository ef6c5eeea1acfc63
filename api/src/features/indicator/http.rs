//! `/indicators`, `/plans`, `/progress`. The figures are public; the units behind them are for the
//! centre and auditors.

use actix_web::{HttpResponse, get};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    dto::{IndicatorOut, IndicatorsOut, PlanOut, PlansOut, ProgressOut, ProgressQuery, UnitsQuery},
    progress, repo,
};
use crate::{
    error::Result,
    features::ledger::{dto::UnitOut, http::may_open},
    web::{act::Look, answer::Answer, paging::Page, path::segment, query::Query},
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_indicators).service(list_plans).service(get_progress).service(list_units);
}

/// What is counted, and by which rules.
#[utoipa::path(operation_id = "list_indicators", tag = "progress", responses((status = 200, body = IndicatorsOut)))]
#[get("/indicators")]
async fn list_indicators(look: Look) -> Result<HttpResponse> {
    let items = repo::all(look.state.db.read()).await?.into_iter().map(IndicatorOut::from).collect();
    Ok(Answer::ok(IndicatorsOut { items }).respond(&look.http))
}

/// The plans, the latest first.
#[utoipa::path(operation_id = "list_plans", tag = "progress", responses((status = 200, body = PlansOut)))]
#[get("/plans")]
async fn list_plans(look: Look) -> Result<HttpResponse> {
    let items = repo::plans(look.state.db.read()).await?.into_iter().map(PlanOut::from).collect();
    Ok(Answer::ok(PlansOut { items }).respond(&look.http))
}

/// Where a plan stands, up to a day, as known at an instant.
#[utoipa::path(operation_id = "get_progress", tag = "progress", params(ProgressQuery), responses((status = 200, body = ProgressOut)))]
#[get("/progress")]
async fn get_progress(look: Look, query: Query<ProgressQuery>) -> Result<HttpResponse> {
    let out = progress::board(look.state.db.read(), &look, &query.0).await?;
    Ok(Answer::ok(out).respond(&look.http))
}

/// The units behind a figure; each opens at `/ledger/{entry_id}` to its evidence.
#[utoipa::path(operation_id = "list_progress_units", tag = "progress", params(("indicator" = String, Path), UnitsQuery),
    responses((status = 200, body = Page<UnitOut>)))]
#[get("/progress/{indicator}/units")]
async fn list_units(look: Look, query: Query<UnitsQuery>) -> Result<HttpResponse> {
    may_open(&look)?;
    let indicator: String = segment(&look.http, "indicator")?;
    let page = progress::units(look.state.db.read(), &look, &indicator, &query.0).await?;
    Ok(page.respond(&look.http))
}
