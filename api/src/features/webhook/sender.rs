//! Sending what is due: a few calls at a time, few of them to one endpoint, so that a target that is slow or away holds
//! up no other. Every call is claimed in the database first; a process that dies leaves claims that run out, and the
//! next one makes those calls again, under the same `webhook-id`.

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::Duration as Span;
use sea_orm::Set;
use techmart_entity::{
    Instant,
    audit::SubjectKind,
    id::WebhookId,
    life_cycle::LifeCycle,
    webhook::{
        EventType,
        attempt::{self, AttemptOutcome},
        delivery::{self, DeliveryStatus},
        endpoint::{ActiveModel, DisabledReason, Model, WebhookMove, WebhookStatus},
    },
};
use tokio::{
    sync::watch,
    task::{Id, JoinSet},
};
use uuid::Uuid;

use super::{
    call::{Call, Called, call},
    dto::WebhookMessage,
    pace, policy,
    repo::{self, Claimed},
    signing,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Result},
    features::{audit::Record, listing::service::record_and_tell},
    state::State,
};

/// How long a call may take in all.
pub const WITHIN: Duration = Duration::from_secs(15);

/// How long a claim holds: the call, and writing down what came of it.
const LEASE: Span = Span::seconds(30);

/// Calls of this process at once.
const IN_FLIGHT: usize = 50;

/// Of them to endpoints that have been failing: they may take long, and the others do not wait for them.
const FAILING: usize = 25;

/// Calls to one endpoint at once, by all processes together.
const PER_ENDPOINT: u64 = 2;

/// How long it is until the queue is looked at when nobody wakes it.
const POLL: Duration = Duration::from_millis(200);

/// How long a stop waits for calls that go on.
const GRACE: Duration = Duration::from_secs(3);

/// How a claim keeps others off its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locks {
    /// By locks of rows.
    Rows,
    /// There is one writer anyway.
    Database,
}

/// A call that goes on.
struct Flight {
    endpoint: WebhookId,
    /// Whether the endpoint has been failing.
    failing: bool,
}

/// The calls of this process that go on.
#[derive(Default)]
struct Flights(HashMap<Id, Flight>);

impl Flights {
    fn failing(&self) -> usize {
        self.0.values().filter(|flight| flight.failing).count()
    }

    /// Endpoints to which no further call may begin.
    fn full(&self) -> Vec<WebhookId> {
        let mut calls: HashMap<WebhookId, u64> = HashMap::new();
        for flight in self.0.values() {
            *calls.entry(flight.endpoint).or_default() += 1;
        }
        calls.into_iter().filter(|(_, n)| *n >= PER_ENDPOINT).map(|(id, _)| id).collect()
    }
}

/// Sends what is due until told to stop.
pub async fn run(state: Arc<State>, mut stop: watch::Receiver<bool>) {
    let me = Uuid::now_v7().to_string();
    if !state.db.is_postgres() {
        // The only process on this file: claims of an earlier one are void.
        release(&state, None).await;
    }
    let mut tasks = JoinSet::new();
    let mut flights = Flights::default();
    // Where the last round ended: the next one begins behind it, so that everybody has a turn.
    let mut last = None;
    while !*stop.borrow() {
        match take(&state, &me, &flights, &mut last).await {
            Ok(claimed) => {
                for one in claimed {
                    let failing = one.endpoint.failing_since.is_some();
                    let flight = Flight { endpoint: one.endpoint.id, failing };
                    let task = tasks.spawn_local(sent(Arc::clone(&state), one));
                    flights.0.insert(task.id(), flight);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "webhooks that are due could not be claimed");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        tokio::select! {
            Some(ended) = tasks.join_next_with_id() => {
                let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
                flights.0.remove(&id);
            }
            () = state.outbox.written() => {}
            () = tokio::time::sleep(POLL) => {}
            _ = stop.changed() => {}
        }
    }
    let ended = async { while tasks.join_next().await.is_some() {} };
    // What takes longer is broken off, and made again by whoever is next.
    let _ = tokio::time::timeout(GRACE, ended).await;
    tasks.shutdown().await;
    release(&state, Some(&me)).await;
}

/// Makes a call. What goes wrong in writing it down is told in the log alone: its claim runs out.
async fn sent(state: Arc<State>, one: Claimed) {
    if let Err(error) = send(&state, &one).await {
        tracing::warn!(delivery = %one.delivery.id, %error, "what came of a webhook could not be written");
    }
}

/// Claims calls that may begin now.
async fn take(
    state: &State,
    me: &str,
    flights: &Flights,
    last: &mut Option<WebhookId>,
) -> Result<Vec<Claimed>> {
    let now = state.clock.now();
    let in_flight = flights.0.len();
    if in_flight >= IN_FLIGHT {
        return Ok(Vec::new());
    }
    let mut waiting = repo::waiting(state.db.read(), now, flights.full()).await?;
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let turn = waiting.partition_point(|(id, _)| last.is_some_and(|last| *id <= last));
    waiting.rotate_left(turn);
    let locks = if state.db.is_postgres() { Locks::Rows } else { Locks::Database };
    let claimed = state
        .db
        .write(async |tx| {
            let mut all = Vec::new();
            let mut failing = flights.failing();
            for (id, since) in &waiting {
                let room = IN_FLIGHT.saturating_sub(in_flight + all.len());
                if room == 0 {
                    break;
                }
                if since.is_some() && failing >= FAILING {
                    continue;
                }
                let most = PER_ENDPOINT.min(u64::try_from(room).unwrap_or(PER_ENDPOINT));
                let claimed = repo::claim(tx, locks, *id, me, (now, now + LEASE), most).await?;
                failing += if since.is_some() { claimed.len() } else { 0 };
                all.extend(claimed);
            }
            Ok(all)
        })
        .await?;
    *last = claimed.last().map(|one| one.endpoint.id).or(*last);
    Ok(claimed)
}

/// Makes one call and writes down what came of it.
async fn send(state: &State, one: &Claimed) -> Result<()> {
    let Claimed { endpoint, delivery, event } = one;
    let client = repo::client(state.db.read(), endpoint.api_client_id).await?;
    let may = client.is_some_and(|client| policy::may_hear(&client, event.event_type));
    // A test reaches an endpoint that is disabled: that is when one wants to know.
    let is_on = endpoint.status == WebhookStatus::Active || event.event_type == EventType::Ping;
    if !(may && is_on) {
        return state.db.write(async |tx| repo::miss(tx, delivery.id).await).await;
    }
    let now = state.clock.now();
    let body = serde_json::to_vec(&WebhookMessage::of(event).map_err(AppError::internal)?)
        .map_err(AppError::internal)?;
    let (event_id, timestamp) = (event.id.to_string(), now.timestamp());
    let signature = signing::signatures(&endpoint.secrets(now), &event_id, timestamp, &body)?;
    let call_it = Call {
        url: &endpoint.url,
        event_id,
        delivery_id: delivery.id.to_string(),
        timestamp,
        signature,
        body,
    };
    let called = call(&state.webhooks, state.config.outbound_targets, call_it, now).await;
    state.metrics.webhook_calls.with_label_values(&[&called.outcome.to_string()]).inc();
    let chance = chance();
    state.db.write(async |tx| settle(tx, state.clock.now(), now, one, &called, chance).await).await?;
    // Who was told that the endpoint is disabled hears of it at once.
    state.outbox.wake();
    Ok(())
}

/// A number from 0 to 1.
fn chance() -> f64 {
    let mut byte = [0_u8; 1];
    // Without randomness there is no jitter, which is no reason not to send.
    let _ = getrandom::fill(&mut byte);
    f64::from(byte[0]) / 255.0
}

/// Writes the attempt, when the next one is, and what it says of the endpoint.
async fn settle(
    tx: &Tx,
    now: Instant,
    began: Instant,
    one: &Claimed,
    called: &Called,
    chance: f64,
) -> Result<()> {
    let failures = one.delivery.attempts + 1;
    let mut set = delivery::ActiveModel { attempts: Set(failures), ..Default::default() };
    match called.outcome {
        AttemptOutcome::Delivered => {
            set.status = Set(DeliveryStatus::Delivered);
            set.delivered_at = Set(Some(now));
        }
        AttemptOutcome::Gone => set.status = Set(DeliveryStatus::Failed),
        AttemptOutcome::Refused
        | AttemptOutcome::Redirected
        | AttemptOutcome::TimedOut
        | AttemptOutcome::Unreachable
        | AttemptOutcome::Blocked => match pace::next_attempt(now, failures, chance, called.asked) {
            Some(next) => set.next_at = Set(next),
            None => set.status = Set(DeliveryStatus::Failed),
        },
    }
    let attempt = attempt::Model {
        id: repo::new_attempt(),
        delivery_id: one.delivery.id,
        at: began,
        duration: i32::try_from(called.took.as_millis()).unwrap_or(i32::MAX),
        outcome: called.outcome,
        response_status: called.status.and_then(|status| i16::try_from(status).ok()),
        answer: called.answer.clone(),
    };
    repo::attempted(tx, one.delivery.id, attempt, set).await?;
    let Some(endpoint) = repo::hold_any(tx, one.endpoint.id).await? else { return Ok(()) };
    if called.outcome == AttemptOutcome::Delivered {
        if endpoint.failing_since.is_some() {
            repo::failing(tx, endpoint.id, None, None).await?;
        }
        return Ok(());
    }
    let since = pace::failing_since(now, endpoint.failing_since, endpoint.failed_at);
    repo::failing(tx, endpoint.id, Some(since), Some(now)).await?;
    let reason = if called.outcome == AttemptOutcome::Gone {
        DisabledReason::Gone
    } else if pace::is_too_long(now, since) {
        DisabledReason::Failing
    } else {
        return Ok(());
    };
    if endpoint.status == WebhookStatus::Active {
        let cx = Context::system(now);
        disable(tx, &cx, &endpoint, reason).await?;
    }
    Ok(())
}

/// Calls an endpoint no more, for a reason; what waits for it is kept as missed.
///
/// # Errors
/// 409 when it is disabled already, 412 when it has just been changed.
pub async fn disable(tx: &Tx, cx: &Context, row: &Model, reason: DisabledReason) -> Result<Model> {
    let change = row.status.apply(WebhookMove::Disable)?;
    let set = ActiveModel {
        disabled_reason: Set(Some(reason)),
        disabled_at: Set(Some(cx.now)),
        ..Default::default()
    };
    let row = repo::advance(tx, row, &change, cx.now, set).await?;
    repo::miss_pending(tx, row.id).await?;
    let record = Record::of_move(&change, SubjectKind::Webhook, row.id).because(Some(reason), None);
    record_and_tell(tx, cx, record).await?;
    Ok(row)
}

async fn release(state: &State, by: Option<&str>) {
    let released = state.db.write(async |tx| repo::release(tx, by).await).await;
    if let Err(error) = released {
        tracing::warn!(%error, "claims of webhooks could not be handed back; they run out by themselves");
    }
}
