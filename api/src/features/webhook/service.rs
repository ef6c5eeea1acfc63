//! Making and keeping endpoints; tests and replays.

use chrono::Duration;
use sea_orm::Set;
use techmart_entity::{
    Instant,
    api_client::{Model as Client, status::ApiClientStatus},
    audit::SubjectKind,
    id::{WebhookDeliveryId, WebhookEventId, WebhookId},
    life_cycle::{IllegalMove, LifeCycle},
    webhook::{
        EventType,
        delivery::{self, DeliveryStatus},
        endpoint::{ActiveModel, DisabledReason, EventTypes, Model, Secret, WebhookMove, WebhookStatus},
        event,
    },
};

use super::{
    announce::delivery,
    dto::{EventData, WebhookIn, WebhookPatch},
    policy, repo, sender,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Fault, Result},
    features::{audit, audit::Record},
    outbound::{Targets, guard},
    say,
    web::{etag, etag::Precondition},
};

/// Endpoints of one client.
const MOST: u64 = 10;

/// For how long the secret before signs beside the new one.
const OVERLAP: Duration = Duration::hours(24);

/// The ETag of an endpoint.
#[must_use]
pub fn tag(row: &Model) -> String {
    etag::tag(row.version)
}

/// Makes an endpoint, with that secret.
///
/// # Errors
/// 401, 403 when the client is not the caller's, 422 when a rule is broken.
pub async fn create(
    tx: &Tx,
    targets: Targets,
    cx: &Context,
    secret: &Secret,
    given: WebhookIn,
) -> Result<Model> {
    cx.person()?;
    let Some(id) = given.api_client_id.or(cx.via) else {
        return Err(AppError::rule(
            "/api_client_id",
            "required",
            say!("请指明属于哪个接口客户端。", "Say whose endpoint it is."),
        ));
    };
    // Whoever has nothing to do with a client is not told whether there is one.
    let client = repo::hold_client(tx, id).await.map_err(|_| policy::not_yours())?;
    policy::manage(cx, &client)?;
    let mut faults = Vec::new();
    if client.status != ApiClientStatus::Approved {
        let detail = say!("该客户端尚未获批准或已停用。", "The client is not approved.");
        faults.push(Fault::at("/api_client_id", "not_approved", detail));
    }
    if repo::count(tx, client.id).await? >= MOST {
        let detail = say!("每个客户端最多 {MOST} 个推送地址。", "A client has at most {MOST} endpoints.");
        faults.push(Fault::at("", "too_many", detail));
    }
    let url = judged(&given.url, targets, &mut faults);
    heard(&client, &given.event_types, &mut faults);
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let row = Model {
        id: WebhookId::new(),
        api_client_id: client.id,
        url,
        description: given.description.map(|text| text.trim().to_owned()),
        event_types: EventTypes(given.event_types),
        status: WebhookStatus::Active,
        disabled_reason: None,
        disabled_at: None,
        secret: secret.clone(),
        previous_secret: None,
        previous_until: None,
        failing_since: None,
        failed_at: None,
        created_by: cx.person()?.account_id,
        created_at: cx.now,
        updated_at: cx.now,
        version: 1,
    };
    repo::insert(tx, row.clone()).await?;
    let facts = serde_json::json!({ "api_client_id": client.id });
    let record = Record::act("create", SubjectKind::Webhook, row.id).beginning(row.status).with(facts);
    audit::record(tx, cx, record).await?;
    Ok(row)
}

/// The address as it will be called; a fault when it may not be.
fn judged(url: &str, targets: Targets, faults: &mut Vec<Fault>) -> String {
    match guard::check(url.trim(), targets) {
        Ok(url) => url.to_string(),
        Err(refused) => {
            faults.push(Fault::at("/url", refused.code(), refused.wording()));
            String::new()
        }
    }
}

/// A client hears of what it may read.
fn heard(client: &Client, types: &[EventType], faults: &mut Vec<Fault>) {
    for (i, event_type) in types.iter().enumerate() {
        if policy::may_hear(client, *event_type) && *event_type != EventType::Ping {
            continue;
        }
        let detail = match event_type.scope() {
            None => say!("测试事件不用订阅。", "A test comes without being asked for here."),
            Some(scope) => say!(
                "该客户端没有 {scope} 权限，不能接收 {event_type}。",
                "The client has not the scope {scope}, so it hears of no {event_type}."
            ),
        };
        faults.push(Fault::at(format!("/event_types/{i}"), "not_heard", detail));
    }
}

/// Holds an endpoint of which the caller is to change something.
async fn held(tx: &Tx, cx: &Context, id: WebhookId) -> Result<(Model, Client)> {
    cx.person()?;
    let row = repo::hold(tx, cx, id).await?;
    let client = repo::hold_client(tx, row.api_client_id).await?;
    policy::manage(cx, &client)?;
    Ok((row, client))
}

/// Changes an endpoint.
///
/// # Errors
/// 401, 403, 404, 412 and 428 for the version, 422 when a rule is broken.
pub async fn patch(
    tx: &Tx,
    targets: Targets,
    cx: &Context,
    id: WebhookId,
    precondition: &Precondition,
    given: WebhookPatch,
) -> Result<Model> {
    let (row, client) = held(tx, cx, id).await?;
    precondition.require(&tag(&row))?;
    let mut faults = Vec::new();
    let mut set = ActiveModel::default();
    if let Some(url) = given.url {
        set.url = Set(judged(&url, targets, &mut faults));
    }
    if let Some(text) = given.description {
        set.description = Set(Some(text.trim().to_owned()));
    }
    if let Some(types) = given.event_types {
        heard(&client, &types, &mut faults);
        set.event_types = Set(EventTypes(types));
    }
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let row = repo::save(tx, &row, cx.now, set).await?;
    audit::record(tx, cx, Record::act("patch", SubjectKind::Webhook, id)).await?;
    Ok(row)
}

/// Takes an endpoint away, with its log.
///
/// # Errors
/// 401, 403, 404, 412 and 428.
pub async fn remove(tx: &Tx, cx: &Context, id: WebhookId, precondition: &Precondition) -> Result<()> {
    let (row, _) = held(tx, cx, id).await?;
    precondition.require(&tag(&row))?;
    repo::remove(tx, id).await?;
    audit::record(tx, cx, Record::act("delete", SubjectKind::Webhook, id)).await?;
    Ok(())
}

/// Gives an endpoint that secret. The one before signs beside it for a day.
///
/// # Errors
/// 401, 403, 404, 412.
pub async fn rotate(
    tx: &Tx,
    cx: &Context,
    secret: &Secret,
    id: WebhookId,
    precondition: &Precondition,
) -> Result<Model> {
    let (row, _) = held(tx, cx, id).await?;
    precondition.honour(&tag(&row))?;
    let set = ActiveModel {
        secret: Set(secret.clone()),
        previous_secret: Set(Some(row.secret.clone())),
        previous_until: Set(Some(cx.now + OVERLAP)),
        ..Default::default()
    };
    let row = repo::save(tx, &row, cx.now, set).await?;
    audit::record(tx, cx, Record::act("rotate_secret", SubjectKind::Webhook, id)).await?;
    Ok(row)
}

/// Calls an endpoint again.
///
/// # Errors
/// 401, 403, 404, 409 when it is called already, 412.
pub async fn enable(tx: &Tx, cx: &Context, id: WebhookId, precondition: &Precondition) -> Result<Model> {
    let (row, _) = held(tx, cx, id).await?;
    precondition.honour(&tag(&row))?;
    let change = row.status.apply(WebhookMove::Enable)?;
    let set = ActiveModel {
        disabled_reason: Set(None),
        disabled_at: Set(None),
        failing_since: Set(None),
        failed_at: Set(None),
        ..Default::default()
    };
    let row = repo::advance(tx, &row, &change, cx.now, set).await?;
    audit::record(tx, cx, Record::of_move(&change, SubjectKind::Webhook, id)).await?;
    Ok(row)
}

/// Calls an endpoint no more, until it is enabled.
///
/// # Errors
/// 401, 403, 404, 409 when it is disabled already, 412.
pub async fn disable(tx: &Tx, cx: &Context, id: WebhookId, precondition: &Precondition) -> Result<Model> {
    cx.person()?;
    let row = repo::hold(tx, cx, id).await?;
    let client = repo::hold_client(tx, row.api_client_id).await?;
    policy::disable(cx, &client)?;
    precondition.honour(&tag(&row))?;
    sender::disable(tx, cx, &row, DisabledReason::ByHand).await
}

/// Sends a test, to a disabled endpoint too.
///
/// # Errors
/// 401, 403, 404.
pub async fn test(tx: &Tx, cx: &Context, id: WebhookId) -> Result<delivery::Model> {
    held(tx, cx, id).await?;
    let event_id = WebhookEventId::new();
    let row = event::Model {
        id: event_id,
        event_type: EventType::Ping,
        source: format!("ping:{event_id}"),
        at: cx.now,
        data: serde_json::to_value(EventData::default()).map_err(AppError::internal)?,
        created_at: cx.now,
    };
    repo::insert_event(tx, row).await?;
    let row = delivery(id, event_id, EventType::Ping, DeliveryStatus::Pending, cx.now);
    repo::insert_deliveries(tx, vec![row.clone()]).await?;
    Ok(row)
}

/// Sends a delivery again, whatever came of it: at once, under the same event id.
///
/// # Errors
/// 401, 403, 404, 409 while the endpoint is disabled.
pub async fn replay(
    tx: &Tx,
    cx: &Context,
    id: WebhookId,
    which: WebhookDeliveryId,
) -> Result<delivery::Model> {
    let (endpoint, _) = held(tx, cx, id).await?;
    let row = repo::delivery(tx, id, which).await?;
    if row.event_type != EventType::Ping {
        called(&endpoint)?;
    }
    repo::requeue(tx, repo::only(which), cx.now).await?;
    let facts = serde_json::json!({ "delivery_id": which });
    audit::record(tx, cx, Record::act("replay", SubjectKind::Webhook, id).with(facts)).await?;
    repo::delivery(tx, id, which).await
}

/// Sends again what did not arrive since then; says how many.
///
/// # Errors
/// 401, 403, 404, 409 while the endpoint is disabled.
pub async fn replay_since(tx: &Tx, cx: &Context, id: WebhookId, since: Instant) -> Result<u64> {
    let (endpoint, _) = held(tx, cx, id).await?;
    called(&endpoint)?;
    let n = repo::requeue(tx, repo::not_arrived(id, since), cx.now).await?;
    let facts = serde_json::json!({ "since": since, "deliveries": n });
    audit::record(tx, cx, Record::act("replay", SubjectKind::Webhook, id).with(facts)).await?;
    Ok(n)
}

/// Only an endpoint that is called can be called again.
fn called(row: &Model) -> Result<()> {
    match row.status {
        WebhookStatus::Active => Ok(()),
        WebhookStatus::Disabled => Err(IllegalMove {
            from: row.status.to_string(),
            mv: "replay".to_owned(),
            legal: row.status.legal().iter().map(ToString::to_string).collect(),
        }
        .into()),
    }
}
