//! `/api-clients`

use actix_web::{
    HttpResponse, delete, get,
    http::header::{self, HeaderValue},
    patch, post,
};
use techmart_entity::{
    api_client::status::ApiClientMove,
    id::{ApiClientId, ApiKeyId},
};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{
        ApiClientGrantIn, ApiClientHandOverIn, ApiClientIn, ApiClientOut, ApiClientPatch, ApiClientQuery,
        ApiClientReasonIn, ApiKeyIn, ApiKeyOut, ApiKeyQuery, ApiUsageOut, ApiUsageQuery, NewApiKeyOut,
    },
    keys,
    service::{self, tag},
    view,
};
use crate::{
    auth::key::Key,
    error::Result,
    features::export::page_or_file,
    web::{
        act::{Act, Look},
        answer::Answer,
        body::{Body, OptionalBody},
        paging::Page,
        path::{Id, segment},
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/api-clients")
            .service(list_api_clients)
            .service(register_api_client)
            .service(get_api_client)
            .service(patch_api_client)
            .service(approve_api_client)
            .service(reject_api_client)
            .service(suspend_api_client)
            .service(resume_api_client)
            .service(revoke_api_client)
            .service(hand_over_api_client)
            .service(get_api_client_usage)
            .service(list_api_keys)
            .service(create_api_key)
            .service(get_api_key)
            .service(revoke_api_key),
    );
}

fn shown(row: techmart_entity::api_client::Model) -> Answer<ApiClientOut> {
    let tag = tag(&row);
    Answer::ok(ApiClientOut::from(row)).tagged(tag)
}

/// The API clients that the caller may see, newest first: those they answer for and those of organisations they own;
/// admins and auditors see all.
#[utoipa::path(operation_id = "list_api_clients", tag = "api-clients", params(ApiClientQuery),
    responses((status = 200, body = Page<ApiClientOut>)))]
#[get("")]
async fn list_api_clients(look: Look, query: Query<ApiClientQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async |look, query| view::list(look.state.db.read(), look, query).await).await
}

/// Asks for an API client: of an organisation by its owner, or for public reading (`organisation_id` null) by any
/// person. An admin decides; then keys are made under `/api-clients/{id}/keys`.
#[utoipa::path(operation_id = "register_api_client", tag = "api-clients", request_body = ApiClientIn,
    responses((status = 201, body = ApiClientOut)))]
#[post("")]
async fn register_api_client(act: Act, body: Body<ApiClientIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::register(tx, &act, body.0.clone()).await?;
        let location = format!("/api/v1/api-clients/{}", row.id);
        let tag = tag(&row);
        Ok(Answer::created(ApiClientOut::from(row), location).tagged(tag))
    })
    .await
}

/// An API client.
#[utoipa::path(operation_id = "get_api_client", tag = "api-clients", params(("id" = ApiClientId, Path)),
    responses((status = 200, body = ApiClientOut)))]
#[get("/{id}")]
async fn get_api_client(look: Look, id: Id<ApiClientId>) -> Result<HttpResponse> {
    Ok(view::one(look.state.db.read(), &look, id.0).await?.respond(&look.http))
}

/// Changes name, purpose, origins and scopes. A scope that is left out is taken away at once, a new one waits for an
/// admin's approval. For whoever looks after the client.
#[utoipa::path(operation_id = "patch_api_client", tag = "api-clients", params(("id" = ApiClientId, Path)),
    request_body = ApiClientPatch, responses((status = 200, body = ApiClientOut)))]
#[patch("/{id}")]
async fn patch_api_client(act: Act, id: Id<ApiClientId>, body: Body<ApiClientPatch>) -> Result<HttpResponse> {
    act.run(async |tx| Ok(shown(service::patch(tx, &act, id.0, &act.precondition, body.0.clone()).await?)))
        .await
}

/// Approves it with scopes, a rate and a daily quota; once approved, changes these. For admins.
#[utoipa::path(operation_id = "approve_api_client", tag = "api-clients", params(("id" = ApiClientId, Path)),
    request_body = Option<ApiClientGrantIn>, responses((status = 200, body = ApiClientOut)))]
#[post("/{id}/approve")]
async fn approve_api_client(
    act: Act,
    id: Id<ApiClientId>,
    body: OptionalBody<ApiClientGrantIn>,
) -> Result<HttpResponse> {
    act.run(async |tx| Ok(shown(service::approve(tx, &act, id.0, &act.precondition, body.0.clone()).await?)))
        .await
}

/// Rejects what is asked for, with the reason. For admins.
#[utoipa::path(operation_id = "reject_api_client", tag = "api-clients", params(("id" = ApiClientId, Path)),
    request_body = ApiClientReasonIn, responses((status = 200, body = ApiClientOut)))]
#[post("/{id}/reject")]
async fn reject_api_client(
    act: Act,
    id: Id<ApiClientId>,
    body: Body<ApiClientReasonIn>,
) -> Result<HttpResponse> {
    decided(act, id.0, ApiClientMove::Reject, Some(body.0.reason)).await
}

/// Suspends it, with the reason: its keys do nothing until it is resumed. For admins.
#[utoipa::path(operation_id = "suspend_api_client", tag = "api-clients", params(("id" = ApiClientId, Path)),
    request_body = ApiClientReasonIn, responses((status = 200, body = ApiClientOut)))]
#[post("/{id}/suspend")]
async fn suspend_api_client(
    act: Act,
    id: Id<ApiClientId>,
    body: Body<ApiClientReasonIn>,
) -> Result<HttpResponse> {
    decided(act, id.0, ApiClientMove::Suspend, Some(body.0.reason)).await
}

/// Lets its keys open again what they opened. For admins.
#[utoipa::path(operation_id = "resume_api_client", tag = "api-clients", params(("id" = ApiClientId, Path)),
    responses((status = 200, body = ApiClientOut)))]
#[post("/{id}/resume")]
async fn resume_api_client(act: Act, id: Id<ApiClientId>) -> Result<HttpResponse> {
    decided(act, id.0, ApiClientMove::Resume, None).await
}

async fn decided(
    act: Act,
    id: ApiClientId,
    mv: ApiClientMove,
    reason: Option<String>,
) -> Result<HttpResponse> {
    act.run(async |tx| Ok(shown(service::decide(tx, &act, id, &act.precondition, mv, reason.clone()).await?)))
        .await
}

/// Ends it for good, with the reason: none of its keys opens anything any more. For whoever looks after it, and admins.
#[utoipa::path(operation_id = "revoke_api_client", tag = "api-clients", params(("id" = ApiClientId, Path)),
    request_body = ApiClientReasonIn, responses((status = 200, body = ApiClientOut)))]
#[post("/{id}/revoke")]
async fn revoke_api_client(
    act: Act,
    id: Id<ApiClientId>,
    body: Body<ApiClientReasonIn>,
) -> Result<HttpResponse> {
    act.run(async |tx| {
        Ok(shown(service::revoke(tx, &act, id.0, &act.precondition, body.0.reason.clone()).await?))
    })
    .await
}

/// Makes another owner of the organisation answer for it: its keys act as that person from now on. For owners.
#[utoipa::path(operation_id = "hand_over_api_client", tag = "api-clients", params(("id" = ApiClientId, Path)),
    request_body = ApiClientHandOverIn, responses((status = 200, body = ApiClientOut)))]
#[post("/{id}/hand-over")]
async fn hand_over_api_client(
    act: Act,
    id: Id<ApiClientId>,
    body: Body<ApiClientHandOverIn>,
) -> Result<HttpResponse> {
    act.run(async |tx| {
        Ok(shown(service::hand_over(tx, &act, id.0, &act.precondition, body.0.account_id).await?))
    })
    .await
}

/// How it was used, by day and scope: for whoever looks after it, admins and auditors.
#[utoipa::path(operation_id = "get_api_client_usage", tag = "api-clients",
    params(("id" = ApiClientId, Path), ApiUsageQuery), responses((status = 200, body = ApiUsageOut)))]
#[get("/{id}/usage")]
async fn get_api_client_usage(
    look: Look,
    id: Id<ApiClientId>,
    query: Query<ApiUsageQuery>,
) -> Result<HttpResponse> {
    let usage = view::usage(look.state.db.read(), &look, id.0, query.0).await?;
    Ok(Answer::ok(usage).respond(&look.http))
}

/// The keys of a client, newest first, without their secrets.
#[utoipa::path(operation_id = "list_api_keys", tag = "api-clients", params(("id" = ApiClientId, Path), ApiKeyQuery),
    responses((status = 200, body = Page<ApiKeyOut>)))]
#[get("/{id}/keys")]
async fn list_api_keys(look: Look, id: Id<ApiClientId>, query: Query<ApiKeyQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        view::keys(look.state.db.read(), look, id.0, query).await
    })
    .await
}

/// Makes a key and shows it, this once. The key in use goes on for the overlap, so that both open the same while
/// clients change over; at most two are live. Needs an Idempotency-Key; a repetition shows `key: null`.
#[utoipa::path(operation_id = "create_api_key", tag = "api-clients", params(("id" = ApiClientId, Path)),
    request_body = Option<ApiKeyIn>, responses((status = 201, body = NewApiKeyOut)))]
#[post("/{id}/keys")]
async fn create_api_key(act: Act, id: Id<ApiClientId>, body: OptionalBody<ApiKeyIn>) -> Result<HttpResponse> {
    act.require_key()?;
    let key = Key::random()?;
    let making = async |tx: &crate::db::Tx| {
        let row = keys::create(tx, &act, id.0, &key, &act.precondition, body.0.clone()).await?;
        let location = format!("/api/v1/api-clients/{}/keys/{}", id.0, row.id);
        let tag = keys::tag(&row);
        let made = NewApiKeyOut { about: ApiKeyOut::of(&act, row), key: None };
        Ok(Answer::created(made, location).tagged(tag))
    };
    let mut response = act.run_showing_once(making, |made| made["key"] = key.reveal().into()).await?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// A key, without its secret.
#[utoipa::path(operation_id = "get_api_key", tag = "api-clients",
    params(("id" = ApiClientId, Path), ("key_id" = ApiKeyId, Path)), responses((status = 200, body = ApiKeyOut)))]
#[get("/{id}/keys/{key_id}")]
async fn get_api_key(look: Look, id: Id<ApiClientId>) -> Result<HttpResponse> {
    let key: ApiKeyId = segment(&look.http, "key_id")?;
    Ok(view::key(look.state.db.read(), &look, id.0, key).await?.respond(&look.http))
}

/// Revokes a key at once. For whoever looks after the client, and admins.
#[utoipa::path(operation_id = "revoke_api_key", tag = "api-clients",
    params(("id" = ApiClientId, Path), ("key_id" = ApiKeyId, Path)), responses((status = 204)))]
#[delete("/{id}/keys/{key_id}")]
async fn revoke_api_key(act: Act, id: Id<ApiClientId>) -> Result<HttpResponse> {
    let key: ApiKeyId = segment(&act.http, "key_id")?;
    act.run(async |tx| {
        keys::revoke(tx, &act, id.0, key, &act.precondition).await?;
        Ok(Answer::nothing())
    })
    .await
}
