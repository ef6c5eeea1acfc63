//! Whether the service lives, is ready, and how it does. Outside the version, not in the document.

use std::{net::IpAddr, sync::atomic::Ordering};

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, ServiceConfig},
};
use serde_json::json;

use crate::{
    clock::Moment,
    error::{AppError, Code, Result},
    outbox::relay,
    say,
    state::State,
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(live).service(ready).service(metrics);
}

/// The process answers.
#[get("/health/live")]
async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}

/// 200 while the database is up and migrated and the service is not stopping; each other part with its
/// state.
#[get("/health/ready")]
async fn ready(state: Data<State>) -> HttpResponse {
    let stopping = state.stopping.load(Ordering::Relaxed);
    let database = match state.db.pending_migrations().await {
        Ok(0) => "ok",
        Ok(_) => "not_migrated",
        Err(_) => "down",
    };
    let search = match state.search.health().await.state {
        techmart_search::State::Ready => "ok",
        techmart_search::State::NeedsRebuild(_) => "rebuilding",
        techmart_search::State::Unavailable { .. } => "down",
    };
    let outbox = match relay::depth(&state).await {
        Ok(depth) => json!({ "depth": depth }),
        Err(_) => json!({ "depth": null }),
    };
    let mail_away = state.outbox.mail_away().map(Moment);
    let is_ready = database == "ok" && !stopping;
    let body = json!({
        "status": if stopping { "stopping" } else if is_ready { "ok" } else { "unavailable" },
        "database": database,
        "search": { "engine": state.search.name(), "state": search },
        "mail": {
            "transport": state.mailer.name(),
            "state": if mail_away.is_some() { "down" } else { "ok" },
            "since": mail_away,
        },
        "outbox": outbox,
    });
    if is_ready {
        HttpResponse::Ok().json(body)
    } else {
        // A probe reads the status; a person reads which part it is.
        HttpResponse::ServiceUnavailable()
            .insert_header(("Retry-After", "2"))
            .insert_header(("Content-Type", "application/problem+json"))
            .json(body)
    }
}

/// Prometheus metrics, for callers on this machine; on a bind of its own for all who reach it.
#[get("/metrics")]
async fn metrics(request: HttpRequest, state: Data<State>) -> Result<HttpResponse> {
    let local = request.peer_addr().is_some_and(|peer| match peer.ip() {
        IpAddr::V4(ip) => ip.is_loopback(),
        IpAddr::V6(ip) => ip.is_loopback(),
    });
    let own_bind = request.app_data::<MetricsBind>().is_some();
    if !own_bind && (!local || state.config.metrics_bind.is_some()) {
        return Err(AppError::new(Code::NotFound, say!("没有这个地址。", "There is no such address.")));
    }
    relay::measure(&state).await?;
    let text = state.metrics.render().map_err(AppError::internal)?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text))
}

/// Marks the server that listens for metrics alone.
#[derive(Clone, Copy, Debug)]
pub struct MetricsBind;
