//! Writing down what endpoints are to be told: an event, and a delivery for each endpoint that hears of it.

use techmart_entity::{
    Instant,
    audit::SubjectKind,
    id::{AuditId, WebhookDeliveryId, WebhookEventId, WebhookId},
    webhook::{
        EventType,
        delivery::{self, DeliveryStatus},
        endpoint::WebhookStatus,
        event,
    },
};

use super::{
    news::{self, Told},
    repo,
};
use crate::{
    db::Tx,
    error::{AppError, Result},
    outbox::{self, Job, News},
    state::State,
};

/// Asks for the events that follow from an act, in its transaction; nothing where nobody listens.
///
/// # Errors
/// When the rows cannot be read or written.
pub async fn follow(tx: &Tx, now: Instant, kind: SubjectKind, audit_id: AuditId) -> Result<()> {
    if !news::concerns(kind) || !repo::is_any(tx).await? {
        return Ok(());
    }
    outbox::push(tx, now, &Job::Announce(News::Act { audit_id })).await
}

/// Writes down the events that follow. Done twice, nobody is told twice.
///
/// # Errors
/// When the rows cannot be read or written.
pub async fn announce(state: &State, news: &News) -> Result<()> {
    let now = state.clock.now();
    let told = news::of(state.db.read(), news, now).await?;
    if told.is_empty() {
        return Ok(());
    }
    state
        .db
        .write(async |tx| {
            for told in &told {
                write(tx, now, told).await?;
            }
            Ok(())
        })
        .await?;
    state.outbox.wake();
    Ok(())
}

async fn write(tx: &Tx, now: Instant, told: &Told) -> Result<()> {
    let hearing = repo::hearing(tx, told.event_type, &told.hearers).await?;
    if hearing.is_empty() {
        return Ok(());
    }
    let event = event::Model {
        id: WebhookEventId::new(),
        event_type: told.event_type,
        source: told.source.clone(),
        at: told.at,
        data: serde_json::to_value(&told.data).map_err(AppError::internal)?,
        created_at: now,
    };
    let id = event.id;
    if !repo::insert_event(tx, event).await? {
        return Ok(());
    }
    let rows = hearing.into_iter().map(|(endpoint, status)| {
        // What comes while an endpoint is disabled is kept, so that it can be sent later.
        let status = match status {
            WebhookStatus::Active => DeliveryStatus::Pending,
            WebhookStatus::Disabled => DeliveryStatus::Missed,
        };
        delivery(endpoint, id, told.event_type, status, now)
    });
    repo::insert_deliveries(tx, rows.collect()).await
}

/// A delivery that has not been tried.
#[must_use]
pub fn delivery(
    endpoint_id: WebhookId,
    event_id: WebhookEventId,
    event_type: EventType,
    status: DeliveryStatus,
    now: Instant,
) -> delivery::Model {
    delivery::Model {
        id: WebhookDeliveryId::new(),
        endpoint_id,
        event_id,
        event_type,
        status,
        attempts: 0,
        next_at: now,
        claimed_by: None,
        claimed_until: None,
        last_outcome: None,
        last_response_status: None,
        last_attempt_at: None,
        delivered_at: None,
        created_at: now,
    }
}
