//! `/assessments`: for auditors; the centre looks on.

use actix_web::{HttpResponse, get, http::header, post};
use techmart_entity::id::AssessmentId;
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{
        AssessmentBrief, AssessmentIn, AssessmentOut, AssessmentsQuery, ItemNow, ItemOut, ItemsQuery,
        JudgeIn, SignIn, TakeBackIn,
    },
    policy,
    result::Signed,
    service, view,
};

use crate::{
    error::Result,
    features::{export::page_or_file, ledger::http::may_open},
    web::{
        act::{Act, Look},
        answer::Answer,
        body::Body,
        etag,
        paging::Page,
        path::{Id, segment},
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/assessments")
            .service(list_assessments)
            .service(create_assessment)
            .service(get_assessment)
            .service(list_assessment_items)
            .service(get_assessment_result)
            .service(judge_assessment_item)
            .service(reverse_assessment_item)
            .service(sign_assessment),
    );
}

/// The assessments, the latest first. For the centre and auditors.
#[utoipa::path(operation_id = "list_assessments", tag = "assessments", params(AssessmentsQuery),
    responses((status = 200, body = Page<AssessmentBrief>)))]
#[get("")]
async fn list_assessments(look: Look, query: Query<AssessmentsQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        may_open(look)?;
        view::list(look.state.db.read(), &query).await
    })
    .await
}

/// Draws a seeded sample of a frozen report: a tenth of its confirmed units, at least twenty, at most all.
/// The same seed draws the same sample. For auditors.
#[utoipa::path(operation_id = "create_assessment", tag = "assessments", request_body = AssessmentIn,
    responses((status = 201, body = AssessmentOut)))]
#[post("")]
async fn create_assessment(act: Act, body: Body<AssessmentIn>) -> Result<HttpResponse> {
    policy::may_assess(&act)?;
    let seed = service::seed(body.0.seed.clone())?;
    act.run(async |tx| {
        let row = service::create(tx, &act, &body.0, &seed).await?;
        let (out, tag) = view::show(tx, row.id).await?;
        Ok(Answer::created(out, format!("/api/v1/assessments/{}", row.id)).tagged(tag))
    })
    .await
}

/// An assessment with the units of its sample. For the centre and auditors, whose looks are logged.
#[utoipa::path(operation_id = "get_assessment", tag = "assessments", params(("id" = AssessmentId, Path)),
    responses((status = 200, body = AssessmentOut)))]
#[get("/{id}")]
async fn get_assessment(look: Look, id: Id<AssessmentId>) -> Result<HttpResponse> {
    may_open(&look)?;
    let (out, tag) = view::show(look.state.db.read(), id.0).await?;
    Ok(Answer::ok(out).tagged(tag).respond(&look.http))
}

/// The units of the sample, in its order, with what became of their counts since. For the centre and auditors, whose looks are logged.
#[utoipa::path(operation_id = "list_assessment_items", tag = "assessments", params(("id" = AssessmentId, Path), ItemsQuery),
    responses((status = 200, body = Page<ItemNow>)))]
#[get("/{id}/items")]
async fn list_assessment_items(
    look: Look,
    id: Id<AssessmentId>,
    query: Query<ItemsQuery>,
) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        may_open(look)?;
        view::items(look.state.db.read(), id.0, &query).await
    })
    .await
}

/// The signed result as a file: its SHA-256 is the signature. For the centre and auditors.
#[utoipa::path(operation_id = "get_assessment_result", tag = "assessments", params(("id" = AssessmentId, Path)),
    responses((status = 200, body = Signed)))]
#[get("/{id}/result")]
async fn get_assessment_result(look: Look, id: Id<AssessmentId>) -> Result<HttpResponse> {
    may_open(&look)?;
    let (text, signature) = view::signed(look.state.db.read(), id.0).await?;
    let tag = etag::tag(&signature);
    if etag::is_known(&look.http, &tag) {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish());
    }
    // The very text that was signed, so that `sha256sum` of the file gives the signature.
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"assessment-{}.json\"", id.0),
        ))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::VARY, "Authorization, Acting-Organisation, Origin"))
        .insert_header((header::ETAG, tag))
        .body(text))
}

/// Says what was found of a unit: accepted, doubted or rejected, with a note. Until the signature it can
/// be found otherwise. For auditors.
#[utoipa::path(operation_id = "judge_assessment_item", tag = "assessments",
    params(("id" = AssessmentId, Path), ("position" = i32, Path)), request_body = JudgeIn, responses((status = 200, body = ItemOut)))]
#[post("/{id}/items/{position}/judge")]
async fn judge_assessment_item(act: Act, id: Id<AssessmentId>, body: Body<JudgeIn>) -> Result<HttpResponse> {
    let position: i32 = segment(&act.http, "position")?;
    act.run(async |tx| {
        service::judge(tx, &act, id.0, position, &act.precondition, &body.0).await?;
        Ok(Answer::ok(view::item(tx, id.0, position).await?))
    })
    .await
}

/// Takes the count of a unit back that was doubted or rejected. For auditors and the centre.
#[utoipa::path(operation_id = "reverse_assessment_item", tag = "assessments",
    params(("id" = AssessmentId, Path), ("position" = i32, Path)), request_body = TakeBackIn, responses((status = 200, body = ItemOut)))]
#[post("/{id}/items/{position}/reverse")]
async fn reverse_assessment_item(
    act: Act,
    id: Id<AssessmentId>,
    body: Body<TakeBackIn>,
) -> Result<HttpResponse> {
    let position: i32 = segment(&act.http, "position")?;
    act.run(async |tx| {
        let reason = body.0.reason.clone();
        service::reverse(tx, &act, id.0, position, &act.precondition, reason).await?;
        Ok(Answer::ok(view::item(tx, id.0, position).await?))
    })
    .await
}

/// Signs what was found of all units, with an opinion; nothing changes after that. For auditors.
#[utoipa::path(operation_id = "sign_assessment", tag = "assessments", params(("id" = AssessmentId, Path)), request_body = SignIn,
    responses((status = 200, body = AssessmentOut)))]
#[post("/{id}/sign")]
async fn sign_assessment(act: Act, id: Id<AssessmentId>, body: Body<SignIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        service::sign(tx, &act, id.0, &act.precondition, &body.0.opinion).await?;
        let (out, tag) = view::show(tx, id.0).await?;
        Ok(Answer::ok(out).tagged(tag))
    })
    .await
}
