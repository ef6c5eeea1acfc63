//! The files of a report, and pictures of the progress. Figures are public; units, signals and evidence are
//! for the centre and auditors.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::{self, ContentDisposition, DispositionParam, DispositionType},
};
use techmart_entity::id::SnapshotId;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    dto::{EvidenceQuery, ReportBytes},
    frozen, page, service,
};
use crate::{
    error::Result,
    features::{indicator::dto::StandingQuery, ledger::http::may_open},
    web::{
        act::Look,
        etag,
        path::{Id, segment},
        query::Query,
        request,
    },
};

const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Whoever has the address may keep it, but has to ask whether it is still the same.
const ASK_AGAIN: &str = "public, no-cache";
/// What is frozen does not change; how it is drawn may, with another release.
const AN_HOUR: &str = "public, max-age=3600";
const PRIVATE: &str = "private, no-cache";

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(get_progress_chart)
        .service(get_snapshot_chart)
        .service(get_report_page)
        .service(get_report_workbook)
        .service(get_report_evidence);
}

/// Where an indicator stands and leads, as a picture: cumulative confirmed and candidate figures by month, the
/// straight way to the target, a forecast where there are data for one.
#[utoipa::path(operation_id = "get_progress_chart", tag = "progress", params(("indicator" = String, Path), StandingQuery),
    responses((status = 200, description = "the picture", body = String, content_type = "image/svg+xml")))]
#[get("/progress/{indicator}.svg")]
async fn get_progress_chart(look: Look, query: Query<StandingQuery>) -> Result<HttpResponse> {
    let indicator: String = segment(&look.http, "indicator")?;
    let language = request::info(&look.http).language;
    let svg = service::progress_chart(&look.state, &look, &indicator, &query.0, language).await?;
    Ok(picture(&look.http, svg, ASK_AGAIN))
}

/// How an indicator went, as a report froze it, as a picture.
#[utoipa::path(operation_id = "get_snapshot_chart", tag = "reports",
    params(("id" = SnapshotId, Path), ("indicator" = String, Path)),
    responses((status = 200, description = "the picture", body = String, content_type = "image/svg+xml")))]
#[get("/snapshots/{id}/charts/{indicator}.svg")]
async fn get_snapshot_chart(look: Look, id: Id<SnapshotId>) -> Result<HttpResponse> {
    let indicator: String = segment(&look.http, "indicator")?;
    let language = request::info(&look.http).language;
    let svg = service::frozen_chart(&look.state, id.0, &indicator, language).await?;
    Ok(picture(&look.http, svg, AN_HOUR))
}

/// A frozen report as one page to be read or printed, with pictures and without scripts. For everybody with
/// its figures; the centre and auditors also see by name what waits and what struck.
#[utoipa::path(operation_id = "get_snapshot_report_page", tag = "reports", params(("id" = SnapshotId, Path)),
    responses((status = 200, description = "the page", body = String, content_type = "text/html")))]
#[get("/snapshots/{id}/report.html")]
async fn get_report_page(look: Look, id: Id<SnapshotId>) -> Result<HttpResponse> {
    let report = Arc::new(frozen::load(look.state.db.read(), id.0).await?);
    let (language, detail) = (request::info(&look.http).language, service::detail_for(&look));
    let html = service::html(report, language, detail).await?;
    if detail == page::Detail::Names {
        service::log_download(&look.state, &look, id.0, "report.html").await?;
    }
    let tag = etag::tag(service::version(&html));
    if etag::is_known(&look.http, &tag) {
        return Ok(known(&tag, PRIVATE, "Authorization, Accept-Language, Origin"));
    }
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_LANGUAGE, language.tag()))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            format!("{}; frame-ancestors 'none'", *page::POLICY),
        ))
        .insert_header((header::CACHE_CONTROL, PRIVATE))
        .insert_header((header::VARY, "Authorization, Accept-Language, Origin"))
        .insert_header((header::ETAG, tag))
        .body(html))
}

/// A frozen report as a workbook (XLSX) with its units, rules, signals and hashes. For the centre and
/// auditors, whose downloads are logged.
#[utoipa::path(operation_id = "get_snapshot_report_workbook", tag = "reports", params(("id" = SnapshotId, Path)),
    responses((status = 200, description = "the workbook", body = ReportBytes,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
#[get("/snapshots/{id}/report.xlsx")]
async fn get_report_workbook(look: Look, id: Id<SnapshotId>) -> Result<HttpResponse> {
    may_open(&look)?;
    let report = Arc::new(frozen::load(look.state.db.read(), id.0).await?);
    let name = format!("techmart-report-{}.xlsx", report.head.number);
    let bytes = service::xlsx(report).await?;
    service::log_download(&look.state, &look, id.0, "report.xlsx").await?;
    let tag = etag::tag(service::version(&bytes));
    if etag::is_known(&look.http, &tag) {
        return Ok(known(&tag, PRIVATE, "Authorization, Origin"));
    }
    Ok(HttpResponse::Ok()
        .content_type(WORKBOOK)
        .insert_header(saved_as(name))
        .insert_header((header::CACHE_CONTROL, PRIVATE))
        .insert_header((header::VARY, "Authorization, Origin"))
        .insert_header((header::ETAG, tag))
        .body(bytes))
}

/// The evidence of a report as an archive (ZIP): every file once under its hash, the texts that were hashed, a
/// manifest, and how to check it. For the centre and auditors, whose downloads are logged.
#[utoipa::path(operation_id = "get_snapshot_evidence", tag = "reports", params(("id" = SnapshotId, Path), EvidenceQuery),
    responses((status = 200, description = "the archive", body = ReportBytes, content_type = "application/zip")))]
#[get("/snapshots/{id}/evidence.zip")]
async fn get_report_evidence(
    look: Look,
    id: Id<SnapshotId>,
    query: Query<EvidenceQuery>,
) -> Result<HttpResponse> {
    may_open(&look)?;
    let report = Arc::new(frozen::load(look.state.db.read(), id.0).await?);
    let name = format!("techmart-evidence-{}.zip", report.head.number);
    let archive = service::evidence(&look.state, report, service::stages(&query.0.stage)).await?;
    service::log_download(&look.state, &look, id.0, "evidence.zip").await?;
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header(saved_as(name))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header((header::VARY, "Authorization, Origin"))
        .streaming(archive))
}

fn picture(request: &HttpRequest, svg: String, cache: &'static str) -> HttpResponse {
    let tag = etag::tag(service::version(&svg));
    if etag::is_known(request, &tag) {
        return known(&tag, cache, "Accept-Language, Origin");
    }
    HttpResponse::Ok()
        .content_type("image/svg+xml")
        .insert_header((header::CONTENT_LANGUAGE, request::info(request).language.tag()))
        .insert_header((header::CACHE_CONTROL, cache))
        .insert_header((header::VARY, "Accept-Language, Origin"))
        .insert_header((header::ETAG, tag))
        .body(svg)
}

fn known(tag: &str, cache: &'static str, vary: &'static str) -> HttpResponse {
    HttpResponse::NotModified()
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, cache))
        .insert_header((header::VARY, vary))
        .finish()
}

fn saved_as(name: String) -> ContentDisposition {
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(name)],
    }
}
