//! `/indicators`, `/plans`, `/progress`. Definitions and figures are public; admins keep the definitions,
//! and the units behind the figures are for the centre and auditors.

use actix_web::{HttpResponse, delete, get, patch, post, put};
use techmart_entity::indicator::{Model, plan};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    definition,
    dto::{
        GapsOut, IndicatorIn, IndicatorOut, IndicatorPatch, IndicatorsOut, OutlookOut, PlanDetail, PlanIn,
        PlanOut, PlansOut, ProgressOut, ProgressQuery, RuleDiffOut, RuleIn, RuleOut, RulesOut, StandingQuery,
        TargetIn, TryRuleIn, UnitsQuery, VariantsOut, WhatIfOut,
    },
    outlook, progress, repo, rule_diff, what_if,
};

use crate::{
    db::Tx,
    error::Result,
    features::export::page_or_file,
    features::ledger::{dto::UnitOut, http::may_open},
    web::{
        act::{Act, Look},
        answer::Answer,
        body::Body,
        paging::Page,
        path::segment,
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_indicators)
        .service(create_indicator)
        .service(get_indicator)
        .service(patch_indicator)
        .service(list_indicator_rules)
        .service(add_indicator_rule)
        .service(try_indicator_rule)
        .service(list_plans)
        .service(create_plan)
        .service(get_plan)
        .service(put_plan_target)
        .service(remove_plan_target)
        .service(get_progress)
        .service(get_progress_outlook)
        .service(get_progress_variants)
        .service(get_progress_what_if)
        .service(get_progress_gaps)
        .service(list_units);
}

/// What is counted, and by which rules.
#[utoipa::path(operation_id = "list_indicators", tag = "progress", responses((status = 200, body = IndicatorsOut)))]
#[get("/indicators")]
async fn list_indicators(look: Look) -> Result<HttpResponse> {
    let items = repo::all(look.state.db.read()).await?.into_iter().map(IndicatorOut::from).collect();
    Ok(Answer::ok(IndicatorsOut { items }).respond(&look.http))
}

fn shown(row: Model) -> Answer<IndicatorOut> {
    let tag = definition::indicator_tag(&row);
    Answer::ok(IndicatorOut::from(row)).tagged(tag)
}

/// Defines an indicator, with its first rule. For admins.
#[utoipa::path(operation_id = "create_indicator", tag = "progress", request_body = IndicatorIn, responses((status = 201, body = IndicatorOut)))]
#[post("/indicators")]
async fn create_indicator(act: Act, body: Body<IndicatorIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = definition::create(tx, &act, body.0.clone()).await?;
        let place = format!("/api/v1/indicators/{}", row.code);
        let tag = definition::indicator_tag(&row);
        Ok(Answer::created(IndicatorOut::from(row), place).tagged(tag))
    })
    .await
}

/// One indicator.
#[utoipa::path(operation_id = "get_indicator", tag = "progress", params(("code" = String, Path)), responses((status = 200, body = IndicatorOut)))]
#[get("/indicators/{code}")]
async fn get_indicator(look: Look) -> Result<HttpResponse> {
    let code: String = segment(&look.http, "code")?;
    Ok(shown(repo::one(look.state.db.read(), &code).await?).respond(&look.http))
}

/// Changes the words of an indicator. For admins.
#[utoipa::path(operation_id = "patch_indicator", tag = "progress", params(("code" = String, Path)),
    request_body(content = IndicatorPatch, content_type = "application/merge-patch+json"), responses((status = 200, body = IndicatorOut)))]
#[patch("/indicators/{code}")]
async fn patch_indicator(act: Act, body: Body<IndicatorPatch>) -> Result<HttpResponse> {
    let code: String = segment(&act.http, "code")?;
    act.run(async |tx| {
        Ok(shown(definition::patch(tx, &act, &code, &act.precondition, body.0.clone()).await?))
    })
    .await
}

/// All rules that an indicator has had, the latest first.
#[utoipa::path(operation_id = "list_indicator_rules", tag = "progress", params(("code" = String, Path)), responses((status = 200, body = RulesOut)))]
#[get("/indicators/{code}/rules")]
async fn list_indicator_rules(look: Look) -> Result<HttpResponse> {
    let code: String = segment(&look.http, "code")?;
    let db = look.state.db.read();
    repo::one(db, &code).await?;
    let items = repo::rules(db, &code).await?.into_iter().map(RuleOut::from).collect();
    Ok(Answer::ok(RulesOut { items }).respond(&look.http))
}

/// Puts another rule in force, from now on; what was counted stays. For admins.
#[utoipa::path(operation_id = "add_indicator_rule", tag = "progress", params(("code" = String, Path)), request_body = RuleIn,
    responses((status = 200, body = IndicatorOut)))]
#[post("/indicators/{code}/rules")]
async fn add_indicator_rule(act: Act, body: Body<RuleIn>) -> Result<HttpResponse> {
    let code: String = segment(&act.http, "code")?;
    act.run(async |tx| {
        Ok(shown(definition::add_rule(tx, &act, &code, &act.precondition, body.0.clone()).await?))
    })
    .await
}

/// What another rule would make of the acts on record. Nothing is changed. For the centre and auditors.
#[utoipa::path(operation_id = "try_indicator_rule", tag = "progress", params(("code" = String, Path)), request_body = TryRuleIn,
    responses((status = 200, body = RuleDiffOut)))]
#[post("/indicators/{code}/try-rule")]
async fn try_indicator_rule(act: Act, body: Body<TryRuleIn>) -> Result<HttpResponse> {
    let code: String = segment(&act.http, "code")?;
    act.run(async |tx| {
        may_open(&act)?;
        Ok(Answer::ok(rule_diff::try_rule(tx, &act, &code, &body.0, &act.state.config.zone).await?))
    })
    .await
}

/// The plans, the latest first.
#[utoipa::path(operation_id = "list_plans", tag = "progress", responses((status = 200, body = PlansOut)))]
#[get("/plans")]
async fn list_plans(look: Look) -> Result<HttpResponse> {
    let items = repo::plans(look.state.db.read()).await?.into_iter().map(PlanOut::from).collect();
    Ok(Answer::ok(PlansOut { items }).respond(&look.http))
}

/// Makes a plan. For admins.
#[utoipa::path(operation_id = "create_plan", tag = "progress", request_body = PlanIn, responses((status = 201, body = PlanDetail)))]
#[post("/plans")]
async fn create_plan(act: Act, body: Body<PlanIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = definition::create_plan(tx, &act, body.0.clone()).await?;
        let (place, tag) = (format!("/api/v1/plans/{}", row.code), definition::plan_tag(&row));
        Ok(Answer::created(definition::show_plan(tx, row).await?, place).tagged(tag))
    })
    .await
}

/// A plan with what it asks.
#[utoipa::path(operation_id = "get_plan", tag = "progress", params(("code" = String, Path)), responses((status = 200, body = PlanDetail)))]
#[get("/plans/{code}")]
async fn get_plan(look: Look) -> Result<HttpResponse> {
    let code: String = segment(&look.http, "code")?;
    let db = look.state.db.read();
    let row = repo::plan(db, &code).await?;
    let tag = definition::plan_tag(&row);
    Ok(Answer::ok(definition::show_plan(db, row).await?).tagged(tag).respond(&look.http))
}

async fn plan_shown(tx: &Tx, row: plan::Model) -> Result<Answer<PlanDetail>> {
    let tag = definition::plan_tag(&row);
    Ok(Answer::ok(definition::show_plan(tx, row).await?).tagged(tag))
}

/// Says what a plan asks of an indicator; the version is the plan's. For admins.
#[utoipa::path(operation_id = "put_plan_target", tag = "progress", params(("code" = String, Path), ("indicator" = String, Path)),
    request_body = TargetIn, responses((status = 200, body = PlanDetail)))]
#[put("/plans/{code}/targets/{indicator}")]
async fn put_plan_target(act: Act, body: Body<TargetIn>) -> Result<HttpResponse> {
    let code: String = segment(&act.http, "code")?;
    let indicator: String = segment(&act.http, "indicator")?;
    act.run(async |tx| {
        let given = body.0.clone();
        let row = definition::put_target(tx, &act, &code, &indicator, &act.precondition, given).await?;
        plan_shown(tx, row).await
    })
    .await
}

/// Takes an indicator out of a plan; what was counted stays. The version is the plan's. For admins.
#[utoipa::path(operation_id = "remove_plan_target", tag = "progress", params(("code" = String, Path), ("indicator" = String, Path)),
    responses((status = 200, body = PlanDetail)))]
#[delete("/plans/{code}/targets/{indicator}")]
async fn remove_plan_target(act: Act) -> Result<HttpResponse> {
    let code: String = segment(&act.http, "code")?;
    let indicator: String = segment(&act.http, "indicator")?;
    act.run(async |tx| {
        let row = definition::remove_target(tx, &act, &code, &indicator, &act.precondition).await?;
        plan_shown(tx, row).await
    })
    .await
}

/// Where a plan stands, up to a day, as known at an instant.
#[utoipa::path(operation_id = "get_progress", tag = "progress", params(ProgressQuery), responses((status = 200, body = ProgressOut)))]
#[get("/progress")]
async fn get_progress(look: Look, query: Query<ProgressQuery>) -> Result<HttpResponse> {
    let out = progress::board(look.state.db.read(), &look, &query.0).await?;
    Ok(Answer::ok(out).respond(&look.http))
}

/// Where an indicator leads: the rate that is needed, the rate there was, a forecast with its interval and
/// method.
#[utoipa::path(operation_id = "get_progress_outlook", tag = "progress", params(("indicator" = String, Path), StandingQuery),
    responses((status = 200, body = OutlookOut)))]
#[get("/progress/{indicator}/outlook")]
async fn get_progress_outlook(look: Look, query: Query<StandingQuery>) -> Result<HttpResponse> {
    let indicator: String = segment(&look.http, "indicator")?;
    let out = outlook::outlook(look.state.db.read(), &look, &indicator, &query.0).await?;
    Ok(Answer::ok(out).respond(&look.http))
}

/// The same acts counted in other ways, beside the figure.
#[utoipa::path(operation_id = "get_progress_variants", tag = "progress", params(("indicator" = String, Path), StandingQuery),
    responses((status = 200, body = VariantsOut)))]
#[get("/progress/{indicator}/variants")]
async fn get_progress_variants(look: Look, query: Query<StandingQuery>) -> Result<HttpResponse> {
    let indicator: String = segment(&look.http, "indicator")?;
    let zone = &look.state.config.zone;
    let out = rule_diff::variants(look.state.db.read(), &look, &indicator, &query.0, zone).await?;
    Ok(Answer::ok(out).respond(&look.http))
}

/// What would bring an indicator to its target: counts that wait with what they lack, and dockings that are
/// near. For the centre and auditors.
#[utoipa::path(operation_id = "get_progress_what_if", tag = "progress", params(("indicator" = String, Path), StandingQuery),
    responses((status = 200, body = WhatIfOut)))]
#[get("/progress/{indicator}/what-if")]
async fn get_progress_what_if(look: Look, query: Query<StandingQuery>) -> Result<HttpResponse> {
    may_open(&look)?;
    let indicator: String = segment(&look.http, "indicator")?;
    let out = what_if::what_if(look.state.db.read(), &look, &indicator, &query.0).await?;
    Ok(Answer::ok(out).respond(&look.http))
}

/// What the counts that are not complete lack, the most frequent first.
#[utoipa::path(operation_id = "get_progress_gaps", tag = "progress", params(("indicator" = String, Path), StandingQuery),
    responses((status = 200, body = GapsOut)))]
#[get("/progress/{indicator}/gaps")]
async fn get_progress_gaps(look: Look, query: Query<StandingQuery>) -> Result<HttpResponse> {
    let indicator: String = segment(&look.http, "indicator")?;
    let out = what_if::gaps(look.state.db.read(), &look, &indicator, &query.0).await?;
    Ok(Answer::ok(out).respond(&look.http))
}

/// The units behind a figure; each opens at `/ledger/{entry_id}` to its evidence.
#[utoipa::path(operation_id = "list_progress_units", tag = "progress", params(("indicator" = String, Path), UnitsQuery),
    responses((status = 200, body = Page<UnitOut>)))]
#[get("/progress/{indicator}/units")]
async fn list_units(look: Look, query: Query<UnitsQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        may_open(look)?;
        let indicator: String = segment(&look.http, "indicator")?;
        progress::units(look.state.db.read(), look, &indicator, &query).await
    })
    .await
}
