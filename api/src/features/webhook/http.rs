//! `/webhooks`

use actix_web::{HttpRequest, HttpResponse, delete, get, http::header, patch, post};
use techmart_entity::id::{WebhookDeliveryId, WebhookId};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{
        AttemptOut, DeliveryDetailOut, DeliveryOut, DeliveryQuery, ReplayIn, ReplayOut, WebhookIn,
        WebhookMessage, WebhookOut, WebhookPatch, WebhookQuery, WebhookSecretOut,
    },
    repo,
    service::{self, tag},
    signing,
};
use crate::{
    error::{AppError, Result},
    features::export::page_or_file,
    web::{
        act::{Act, Look},
        answer::Answer,
        body::Body,
        paging::{Cut, Page},
        path::{Id, segment},
        query::Query,
    },
};

/// Attempts that are shown of a delivery.
const ATTEMPTS: u64 = 100;

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/webhooks")
            .service(list_webhooks)
            .service(create_webhook)
            .service(get_webhook)
            .service(patch_webhook)
            .service(delete_webhook)
            .service(rotate_webhook_secret)
            .service(enable_webhook)
            .service(disable_webhook)
            .service(test_webhook)
            .service(replay_webhook)
            .service(list_webhook_deliveries)
            .service(get_webhook_delivery)
            .service(replay_webhook_delivery),
    );
}

/// An answer with a secret stays in no cache.
fn kept_by_nobody(mut answer: HttpResponse) -> HttpResponse {
    answer.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    answer
}

/// The endpoints that the caller manages, newest first; all of them for admins and auditors.
#[utoipa::path(operation_id = "list_webhooks", tag = "webhooks", params(WebhookQuery),
    responses((status = 200, body = Page<WebhookOut>)))]
#[get("")]
async fn list_webhooks(look: Look, query: Query<WebhookQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        look.person()?;
        let mark = WebhookQuery { limit: None, cursor: None, ..query.clone() };
        let cut = Cut::<WebhookId>::read(query.limit, query.cursor.as_deref(), &("webhooks", mark))?;
        let filter = repo::Filter { api_client: query.api_client_id, status: query.status };
        let rows = repo::list(look.state.db.read(), look, &filter, cut.after, cut.limit + 1).await?;
        Ok(cut.page(rows, |row| row.id, |row| WebhookOut::of(row, look.now)))
    })
    .await
}

/// Makes an endpoint of an API client, at most 10 a client. The answer shows its secret, this once: calls are signed
/// with it by Standard Webhooks. What is sent is under `webhooks` of this document.
#[utoipa::path(operation_id = "create_webhook", tag = "webhooks", request_body = WebhookIn,
    responses((status = 201, body = WebhookSecretOut)))]
#[post("")]
async fn create_webhook(act: Act, body: Body<WebhookIn>) -> Result<HttpResponse> {
    let secret = signing::new_secret()?;
    let targets = act.state.config.outbound_targets;
    let answer = act
        .run_showing_once(
            async |tx| {
                let row = service::create(tx, targets, &act, &secret, body.0.clone()).await?;
                let location = format!("/api/v1/webhooks/{}", row.id);
                let tag = tag(&row);
                let webhook = WebhookOut::of(row, act.now);
                Ok(Answer::created(WebhookSecretOut { webhook, secret: None }, location).tagged(tag))
            },
            |body| body["secret"] = secret.0.as_str().into(),
        )
        .await?;
    Ok(kept_by_nobody(answer))
}

/// An endpoint.
#[utoipa::path(operation_id = "get_webhook", tag = "webhooks", params(("id" = WebhookId, Path)),
    responses((status = 200, body = WebhookOut)))]
#[get("/{id}")]
async fn get_webhook(look: Look, id: Id<WebhookId>) -> Result<HttpResponse> {
    look.person()?;
    let row = repo::find(look.state.db.read(), &look, id.0).await?;
    let tag = tag(&row);
    Ok(Answer::ok(WebhookOut::of(row, look.now)).tagged(tag).respond(&look.http))
}

/// Changes the address, the types or the description; what is absent stays.
#[utoipa::path(operation_id = "patch_webhook", tag = "webhooks", params(("id" = WebhookId, Path)),
    request_body = WebhookPatch, responses((status = 200, body = WebhookOut)))]
#[patch("/{id}")]
async fn patch_webhook(act: Act, id: Id<WebhookId>, body: Body<WebhookPatch>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let targets = act.state.config.outbound_targets;
        let row = service::patch(tx, targets, &act, id.0, &act.precondition, body.0.clone()).await?;
        let tag = tag(&row);
        Ok(Answer::ok(WebhookOut::of(row, act.now)).tagged(tag))
    })
    .await
}

/// Takes an endpoint away, with its log.
#[utoipa::path(operation_id = "delete_webhook", tag = "webhooks", params(("id" = WebhookId, Path)),
    responses((status = 204)))]
#[delete("/{id}")]
async fn delete_webhook(act: Act, id: Id<WebhookId>) -> Result<HttpResponse> {
    act.run(async |tx| {
        service::remove(tx, &act, id.0, &act.precondition).await?;
        Ok(Answer::nothing())
    })
    .await
}

/// Gives it another secret, which the answer shows this once. For 24 hours calls are signed with the one before as
/// well, so that a receiver can change over without losing any.
#[utoipa::path(operation_id = "rotate_webhook_secret", tag = "webhooks", params(("id" = WebhookId, Path)),
    responses((status = 200, body = WebhookSecretOut)))]
#[post("/{id}/rotate-secret")]
async fn rotate_webhook_secret(act: Act, id: Id<WebhookId>) -> Result<HttpResponse> {
    let secret = signing::new_secret()?;
    let answer = act
        .run_showing_once(
            async |tx| {
                let row = service::rotate(tx, &act, &secret, id.0, &act.precondition).await?;
                let tag = tag(&row);
                let webhook = WebhookOut::of(row, act.now);
                Ok(Answer::ok(WebhookSecretOut { webhook, secret: None }).tagged(tag))
            },
            |body| body["secret"] = secret.0.as_str().into(),
        )
        .await?;
    Ok(kept_by_nobody(answer))
}

/// Calls it again. What was missed meanwhile is sent by a replay.
#[utoipa::path(operation_id = "enable_webhook", tag = "webhooks", params(("id" = WebhookId, Path)),
    responses((status = 200, body = WebhookOut)))]
#[post("/{id}/enable")]
async fn enable_webhook(act: Act, id: Id<WebhookId>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::enable(tx, &act, id.0, &act.precondition).await?;
        let tag = tag(&row);
        Ok(Answer::ok(WebhookOut::of(row, act.now)).tagged(tag))
    })
    .await
}

/// Calls it no more, until it is enabled. For admins, too.
#[utoipa::path(operation_id = "disable_webhook", tag = "webhooks", params(("id" = WebhookId, Path)),
    responses((status = 200, body = WebhookOut)))]
#[post("/{id}/disable")]
async fn disable_webhook(act: Act, id: Id<WebhookId>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::disable(tx, &act, id.0, &act.precondition).await?;
        let tag = tag(&row);
        Ok(Answer::ok(WebhookOut::of(row, act.now)).tagged(tag))
    })
    .await
}

/// Sends the event `ping`, to a disabled endpoint too. What came of it is in the delivery.
#[utoipa::path(operation_id = "test_webhook", tag = "webhooks", params(("id" = WebhookId, Path)),
    responses((status = 202, body = DeliveryOut)))]
#[post("/{id}/test")]
async fn test_webhook(act: Act, id: Id<WebhookId>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::test(tx, &act, id.0).await?;
        let location = format!("/api/v1/webhooks/{}/deliveries/{}", id.0, row.id);
        Ok(Answer::accepted(DeliveryOut::from(row), location))
    })
    .await
}

/// Sends again what was made since then and did not arrive: given up, or missed while the endpoint was disabled. The log
/// is kept for 30 days.
#[utoipa::path(operation_id = "replay_webhook", tag = "webhooks", params(("id" = WebhookId, Path)),
    request_body = ReplayIn, responses((status = 200, body = ReplayOut)))]
#[post("/{id}/replay")]
async fn replay_webhook(act: Act, id: Id<WebhookId>, body: Body<ReplayIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let replayed = service::replay_since(tx, &act, id.0, body.0.since.0).await?;
        Ok(Answer::ok(ReplayOut { replayed }))
    })
    .await
}

/// What was sent to an endpoint, or is to be, newest first. It is kept for 30 days.
#[utoipa::path(operation_id = "list_webhook_deliveries", tag = "webhooks",
    params(("id" = WebhookId, Path), DeliveryQuery), responses((status = 200, body = Page<DeliveryOut>)))]
#[get("/{id}/deliveries")]
async fn list_webhook_deliveries(
    look: Look,
    id: Id<WebhookId>,
    query: Query<DeliveryQuery>,
) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        look.person()?;
        let mark = DeliveryQuery { limit: None, cursor: None, ..query.clone() };
        let cut = Cut::<WebhookDeliveryId>::read(query.limit, query.cursor.as_deref(), &(id.0, mark))?;
        let db = look.state.db.read();
        let endpoint = repo::find(db, look, id.0).await?;
        let filter =
            repo::LogFilter { status: query.status, event_type: query.event_type, event: query.event_id };
        let rows = repo::log(db, endpoint.id, &filter, cut.after, cut.limit + 1).await?;
        Ok(cut.page(rows, |row| row.id, DeliveryOut::from))
    })
    .await
}

/// A delivery: what is sent, and each call with what came of it.
#[utoipa::path(operation_id = "get_webhook_delivery", tag = "webhooks",
    params(("id" = WebhookId, Path), ("delivery_id" = WebhookDeliveryId, Path)),
    responses((status = 200, body = DeliveryDetailOut)))]
#[get("/{id}/deliveries/{delivery_id}")]
async fn get_webhook_delivery(look: Look, id: Id<WebhookId>, request: HttpRequest) -> Result<HttpResponse> {
    look.person()?;
    let which: WebhookDeliveryId = segment(&request, "delivery_id")?;
    let db = look.state.db.read();
    let endpoint = repo::find(db, &look, id.0).await?;
    let row = repo::delivery(db, endpoint.id, which).await?;
    let event = repo::event(db, row.event_id).await?;
    let message = WebhookMessage::of(&event).map_err(AppError::internal)?;
    let attempts = repo::attempts(db, row.id, ATTEMPTS).await?;
    let attempt_log = attempts.into_iter().map(AttemptOut::from).collect();
    Ok(Answer::ok(DeliveryDetailOut { delivery: row.into(), message, attempt_log }).respond(&look.http))
}

/// Sends a delivery again, whatever came of it: at once, under the same `webhook-id`.
#[utoipa::path(operation_id = "replay_webhook_delivery", tag = "webhooks",
    params(("id" = WebhookId, Path), ("delivery_id" = WebhookDeliveryId, Path)),
    responses((status = 202, body = DeliveryOut)))]
#[post("/{id}/deliveries/{delivery_id}/replay")]
async fn replay_webhook_delivery(act: Act, id: Id<WebhookId>, request: HttpRequest) -> Result<HttpResponse> {
    let which: WebhookDeliveryId = segment(&request, "delivery_id")?;
    act.run(async |tx| {
        let row = service::replay(tx, &act, id.0, which).await?;
        let location = format!("/api/v1/webhooks/{}/deliveries/{}", id.0, row.id);
        Ok(Answer::accepted(DeliveryOut::from(row), location))
    })
    .await
}
