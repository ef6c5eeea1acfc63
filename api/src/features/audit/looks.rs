//! Auditors read everything but bid secrets and private contacts, and each look is logged: a layer
//! around all addresses, so that no handler has to think of it and none can forget it. It comes after
//! the handler, when it is known whether anything is shown, and before the answer leaves: a look that
//! cannot be logged is not answered.
//!
//! What everybody may read is not logged: the addresses of `OPEN`, and pages that say nothing to an
//! auditor that they do not say to others. Whatever is not named here is logged, a new address too.

use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, StatusCode},
    middleware::Next,
    web::Data,
};
use techmart_entity::{
    audit::SubjectKind,
    id::ListingId,
    listing::{ListingKind, Model},
};

use super::service::{Record, record};
use crate::{
    auth::Context,
    error::{AppError, Code, Result},
    features::{listing, organisation::repo as organisations},
    state::State,
    web::act::Looker,
};

/// How a look stands in the log.
pub const ACTION: &str = "look";

/// Addresses that show an auditor what they show everybody, or what is the auditor's own.
const OPEN: &[&str] = &[
    "/achievements/{id}/jsonld",
    "/calendar",
    "/calendar/due",
    "/catalogue",
    "/catalogue/{kind}.csv",
    "/catalogue/{kind}.jsonl",
    "/changes",
    "/changes/stream",
    "/code-lists",
    "/code-lists/{list}",
    "/demands/{id}/jsonld",
    "/funnel",
    "/indicators",
    "/indicators/{code}",
    "/indicators/{code}/rules",
    "/me",
    "/me/erasure",
    "/me/personal-data",
    "/me/reveals",
    "/me/sessions",
    "/notification-preferences",
    "/notifications",
    "/notifications/unread",
    "/openapi.json",
    "/personal-data/categories",
    "/plans",
    "/plans/{code}",
    "/progress",
    "/progress/{indicator}.svg",
    "/progress/{indicator}/gaps",
    "/progress/{indicator}/outlook",
    "/progress/{indicator}/variants",
    "/providers/directory.jsonld",
    "/providers/{id}/jsonld",
    // It shows whoever holds its token the same, and the token is none of the log's business.
    "/renewals",
    "/saved-searches",
    "/saved-searches/{id}",
    "/search",
    "/search.atom",
    "/snapshots",
    "/snapshots/{id}",
    "/snapshots/{id}/charts/{indicator}.svg",
    "/snapshots/{id}/parts/{indicator}",
];

/// Files of reports, which their handlers log as downloads.
const DOWNLOADS: &[&str] =
    &["/snapshots/{id}/evidence.zip", "/snapshots/{id}/report.html", "/snapshots/{id}/report.xlsx"];

/// The layer.
///
/// # Errors
/// 503 when a look cannot be logged.
pub async fn logged(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    let status = response.status();
    // That nothing has changed since is an answer, too.
    if status.is_success() || status == StatusCode::NOT_MODIFIED {
        let looker = response.request().extensions().get::<Looker>().cloned();
        if let Some(Looker(cx)) = looker {
            log(response.request(), &cx)
                .await
                .map_err(|error| AppError::unavailable(Code::Unavailable, error))?;
        }
    }
    Ok(response)
}

/// Writes what the caller looked at, unless everybody may.
async fn log(http: &HttpRequest, cx: &Context) -> Result<()> {
    if http.method() != Method::GET {
        return Ok(());
    }
    let pattern = http.match_pattern().unwrap_or_default();
    let pattern = pattern.strip_prefix("/api/v1").unwrap_or(&pattern);
    let state = http.app_data::<Data<State>>().ok_or_else(|| AppError::internal("no state"))?;
    if is_open(pattern, http.query_string()) || is_open_page(state, http, pattern).await? {
        return Ok(());
    }
    let path = http.path().strip_prefix("/api/v1").unwrap_or(http.path()).to_owned();
    // What was asked for, as it was asked: no address takes anything private in its query.
    let query: String = http.query_string().chars().take(1000).collect();
    let facts = serde_json::json!({ "path": path, "query": query });
    let (kind, id) = subject(pattern, http);
    let look = Record::act(ACTION, kind, id).with(facts);
    state.db.write(async |tx| record(tx, cx, look.clone()).await).await?;
    Ok(())
}

/// Whether an address is not for this layer to log.
fn is_open(pattern: &str, query: &str) -> bool {
    // Who owns what reached a step is for the centre and auditors.
    let names = pattern == "/funnel" && query.split('&').any(|pair| pair == "by=organisation");
    DOWNLOADS.contains(&pattern) || (OPEN.contains(&pattern) && !names)
}

/// Whether it is the page of a listing that says the same to everybody.
async fn is_open_page(state: &State, http: &HttpRequest, pattern: &str) -> Result<bool> {
    let kind = match pattern {
        "/achievements/{id}" => ListingKind::Achievement,
        "/demands/{id}" => ListingKind::Demand,
        "/providers/{id}" => ListingKind::Provider,
        _ => return Ok(false),
    };
    let Ok(id) = http.match_info().query("id").parse::<ListingId>() else { return Ok(false) };
    let db = state.db.read();
    let row: Model = listing::repo::find(db, kind, id).await?;
    let suspended = organisations::is_suspended(db, row.organisation_id).await?;
    // Its duplicates are named to insiders, those that nobody else may know of among them.
    Ok(listing::policy::is_open(&row, suspended) && listing::repo::duplicates(db, &row).await?.is_empty())
}

/// What was looked at: a thing, or all things of a kind.
fn subject(pattern: &str, http: &HttpRequest) -> (SubjectKind, String) {
    let noun = pattern.split('/').nth(1).unwrap_or_default();
    let kind = match noun {
        "accounts" => SubjectKind::Account,
        "achievements" => SubjectKind::Achievement,
        "api-clients" => SubjectKind::ApiClient,
        "assessments" => SubjectKind::Assessment,
        "attachments" => SubjectKind::Attachment,
        "contracts" => SubjectKind::Contract,
        "demands" => SubjectKind::Demand,
        "dockings" => SubjectKind::Docking,
        "duplicates" => SubjectKind::Duplicate,
        "enclave-entries" => SubjectKind::EnclaveEntry,
        "events" => SubjectKind::Event,
        "finance-cases" => SubjectKind::FinanceCase,
        "harvest-sources" => SubjectKind::HarvestSource,
        "import-mappings" => SubjectKind::ImportMapping,
        "imports" => SubjectKind::Import,
        "indicators" | "progress" => SubjectKind::Indicator,
        "ledger" => SubjectKind::LedgerEntry,
        "organisations" => SubjectKind::Organisation,
        "outbound-targets" => SubjectKind::OutboundTarget,
        "plans" => SubjectKind::Plan,
        "providers" => SubjectKind::Provider,
        "recommendations" => SubjectKind::Recommendation,
        "signals" => SubjectKind::Signal,
        "snapshots" => SubjectKind::Snapshot,
        "webhooks" => SubjectKind::Webhook,
        // No noun of the log: its words say it.
        _ => return (SubjectKind::System, noun.to_owned()),
    };
    let named =
        ["id", "indicator", "code", "source_system"].iter().find_map(|name| http.match_info().get(name));
    (kind, named.unwrap_or("*").to_owned())
}
