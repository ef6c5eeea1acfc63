//! The relay: claims due rows, does them, marks them done. A row that fails is tried again later and
//! at last laid aside as dead, for a person to look at (`techmart outbox`).

use std::{sync::Arc, time::Duration};

use chrono::Duration as Span;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockBehavior, LockType},
};
use techmart_entity::{Instant, outbox};
use tokio::sync::watch;
use uuid::Uuid;

use super::{Job, Lane};
use crate::{error::Result, jobs, state::State};

/// How long the relay waits before it looks again when nobody wakes it.
const POLL: Duration = Duration::from_millis(200);

impl Lane {
    /// Rows claimed at once.
    fn batch(self) -> u64 {
        match self {
            Self::Index => 200,
            Self::Match => 5,
            Self::Mail => 5,
            Self::Work => 1,
        }
    }

    /// How long a claim holds. Indexing is short and must go on at once after a crash; a mail must not
    /// be sent twice because its server is slow; an import renews its claim as it goes.
    fn lease(self) -> Span {
        match self {
            Self::Index | Self::Match => Span::seconds(4),
            Self::Mail => Span::seconds(180),
            Self::Work => Span::seconds(20),
        }
    }

    /// When to try again after that many failures; none when it is enough.
    fn pause(self, attempts: i32) -> Option<Span> {
        let schedule: &[i64] = match self {
            // An index that is down comes back; a row is given up only after a day.
            Self::Index | Self::Match => &[1, 2, 4, 8, 15, 30, 60, 60, 60, 120, 300, 900, 3600, 14400, 43200],
            Self::Mail => &[60, 300, 900, 3600, 14400, 43200],
            Self::Work => &[5, 60, 600],
        };
        let index = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
        schedule.get(index).map(|seconds| Span::seconds(*seconds))
    }
}

/// Runs all lanes until told to stop, then hands back what it holds.
pub async fn run(state: Arc<State>, mut stop: watch::Receiver<bool>) {
    let me = Uuid::now_v7().to_string();
    if !state.db.is_postgres() {
        // The only process on this file: claims of an earlier one are void.
        if let Err(error) = release_all(&state).await {
            tracing::error!(%error, "claims of an earlier process could not be released");
        }
    }
    let lanes = Lane::ALL.map(|lane| {
        let (state, me, stop) = (Arc::clone(&state), me.clone(), stop.clone());
        actix_web::rt::spawn(async move { lane_loop(&state, lane, &me, stop).await })
    });
    let _ = stop.wait_for(|stop| *stop).await;
    for lane in lanes {
        let _ = lane.await;
    }
    if let Err(error) = hand_back(&state, &me).await {
        tracing::warn!(%error, "claims could not be handed back; they run out by themselves");
    }
}

async fn lane_loop(state: &State, lane: Lane, me: &str, mut stop: watch::Receiver<bool>) {
    loop {
        if *stop.borrow() {
            return;
        }
        let more = match round(state, lane, me).await {
            Ok(done) => done > 0,
            Err(error) => {
                tracing::warn!(lane = lane.kind(), %error, "the relay could not do its round");
                tokio::time::sleep(Duration::from_secs(1)).await;
                false
            }
        };
        if !more {
            tokio::select! {
                () = state.outbox.written() => {}
                () = tokio::time::sleep(POLL) => {}
                _ = stop.changed() => {}
            }
        }
    }
}

/// Claims and does one batch; says how many rows it had.
async fn round(state: &State, lane: Lane, me: &str) -> Result<usize> {
    let rows = claim(state, lane, me).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let n = rows.len();
    match lane {
        Lane::Index => {
            let outcome = jobs::index::bring_in_line(state, &rows).await;
            settle(state, lane, &rows, outcome.map_err(|error| error.to_string())).await?;
        }
        Lane::Match | Lane::Mail | Lane::Work => {
            for row in &rows {
                let outcome = match serde_json::from_value::<Job>(row.payload.clone()) {
                    Ok(job) => jobs::run(state, row.seq, job).await.map_err(|error| error.to_string()),
                    Err(error) => Err(format!("not a job: {error}")),
                };
                settle(state, lane, std::slice::from_ref(row), outcome).await?;
            }
        }
    }
    Ok(n)
}

fn due(lane: Lane, now: Instant) -> Condition {
    Condition::all()
        .add(outbox::Column::Kind.eq(lane.kind()))
        .add(outbox::Column::DoneAt.is_null())
        .add(outbox::Column::DeadAt.is_null())
        .add(outbox::Column::NextAt.lte(now))
        .add(
            Condition::any()
                .add(outbox::Column::ClaimedUntil.is_null())
                .add(outbox::Column::ClaimedUntil.lt(now)),
        )
}

async fn claim(state: &State, lane: Lane, me: &str) -> Result<Vec<outbox::Model>> {
    let now = state.clock.now();
    // Looking costs no write lock while there is nothing to do.
    let any = outbox::Entity::find().filter(due(lane, now)).limit(1).one(state.db.read()).await?;
    if any.is_none() {
        return Ok(Vec::new());
    }
    state
        .db
        .write(async |tx| {
            let mut query = outbox::Entity::find()
                .filter(due(lane, now))
                .order_by_asc(outbox::Column::Seq)
                .limit(lane.batch());
            if state.db.is_postgres() {
                query = query.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
            }
            let rows = query.all(tx).await?;
            outbox::Entity::update_many()
                .filter(outbox::Column::Seq.is_in(rows.iter().map(|row| row.seq)))
                .col_expr(outbox::Column::ClaimedBy, Expr::value(me))
                .col_expr(outbox::Column::ClaimedUntil, Expr::value(now + lane.lease()))
                .exec(tx)
                .await?;
            Ok(rows)
        })
        .await
}

/// Keeps a claim that would run out while its job goes on.
///
/// # Errors
/// When the row cannot be written.
pub async fn renew(state: &State, seq: i64) -> Result<()> {
    let until = state.clock.now() + Lane::Work.lease();
    state
        .db
        .write(async |tx| {
            outbox::Entity::update_many()
                .filter(outbox::Column::Seq.eq(seq))
                .col_expr(outbox::Column::ClaimedUntil, Expr::value(until))
                .exec(tx)
                .await?;
            Ok(())
        })
        .await
}

async fn settle(
    state: &State,
    lane: Lane,
    rows: &[outbox::Model],
    outcome: Result<(), String>,
) -> Result<()> {
    let now = state.clock.now();
    let seqs: Vec<i64> = rows.iter().map(|row| row.seq).collect();
    let n = u64::try_from(rows.len()).unwrap_or_default();
    match outcome {
        Ok(()) => {
            state
                .db
                .write(async |tx| {
                    outbox::Entity::update_many()
                        .filter(outbox::Column::Seq.is_in(seqs.clone()))
                        .col_expr(outbox::Column::DoneAt, Expr::value(now))
                        .col_expr(outbox::Column::ClaimedUntil, Expr::value(Option::<Instant>::None))
                        .exec(tx)
                        .await?;
                    Ok(())
                })
                .await?;
            state.metrics.outbox_done.with_label_values(&[lane.kind()]).inc_by(n);
        }
        Err(error) => {
            tracing::warn!(lane = lane.kind(), rows = n, %error, "jobs failed");
            state.metrics.outbox_failed.with_label_values(&[lane.kind()]).inc_by(n);
            state
                .db
                .write(async |tx| {
                    for row in rows {
                        let attempts = row.attempts + 1;
                        let pause = lane.pause(attempts);
                        outbox::Entity::update_many()
                            .filter(outbox::Column::Seq.eq(row.seq))
                            .col_expr(outbox::Column::Attempts, Expr::value(attempts))
                            .col_expr(outbox::Column::NextAt, Expr::value(now + pause.unwrap_or_default()))
                            .col_expr(outbox::Column::DeadAt, Expr::value(pause.is_none().then_some(now)))
                            .col_expr(outbox::Column::ClaimedUntil, Expr::value(Option::<Instant>::None))
                            .col_expr(outbox::Column::LastError, Expr::value(error.clone()))
                            .exec(tx)
                            .await?;
                    }
                    Ok(())
                })
                .await?;
        }
    }
    Ok(())
}

async fn release_all(state: &State) -> Result<()> {
    state
        .db
        .write(async |tx| {
            outbox::Entity::update_many()
                .filter(outbox::Column::ClaimedUntil.is_not_null())
                .col_expr(outbox::Column::ClaimedUntil, Expr::value(Option::<Instant>::None))
                .exec(tx)
                .await?;
            Ok(())
        })
        .await
}

async fn hand_back(state: &State, me: &str) -> Result<()> {
    state
        .db
        .write(async |tx| {
            outbox::Entity::update_many()
                .filter(outbox::Column::ClaimedBy.eq(me))
                .filter(outbox::Column::DoneAt.is_null())
                .col_expr(outbox::Column::ClaimedUntil, Expr::value(Option::<Instant>::None))
                .exec(tx)
                .await?;
            Ok(())
        })
        .await
}

/// Rows that are neither done nor dead.
///
/// # Errors
/// When the database cannot be asked.
pub async fn depth(state: &State) -> Result<u64> {
    Ok(open(state.clock.now()).count(state.db.read()).await?)
}

/// Tells the gauges how the outbox stands.
///
/// # Errors
/// When the database cannot be asked.
pub async fn measure(state: &State) -> Result<()> {
    let db = state.db.read();
    let gauge = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    state.metrics.outbox_depth.set(gauge(open(state.clock.now()).count(db).await?));
    let dead = outbox::Entity::find().filter(outbox::Column::DeadAt.is_not_null()).count(db).await?;
    state.metrics.outbox_dead.set(gauge(dead));
    let oldest = open(state.clock.now()).order_by_asc(outbox::Column::Seq).one(db).await?;
    let age = oldest.map_or(0, |row| (state.clock.now() - row.created_at).num_seconds());
    state.metrics.outbox_age_seconds.set(age);
    Ok(())
}

/// What waits: not what is only to be done later.
fn open(now: Instant) -> sea_orm::Select<outbox::Entity> {
    let due = Condition::any().add(outbox::Column::Attempts.gt(0)).add(outbox::Column::NextAt.lte(now));
    outbox::Entity::find()
        .filter(outbox::Column::DoneAt.is_null())
        .filter(outbox::Column::DeadAt.is_null())
        .filter(due)
}

/// The rows that were given up, oldest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn dead(state: &State, limit: u64) -> Result<Vec<outbox::Model>> {
    Ok(outbox::Entity::find()
        .filter(outbox::Column::DeadAt.is_not_null())
        .order_by_asc(outbox::Column::Seq)
        .limit(limit)
        .all(state.db.read())
        .await?)
}

/// Lets given-up rows be tried again; all of them when none is named. Says how many.
///
/// # Errors
/// When the rows cannot be written.
pub async fn retry(state: &State, seqs: &[i64]) -> Result<u64> {
    let now = state.clock.now();
    state
        .db
        .write(async |tx| {
            let mut update = outbox::Entity::update_many().filter(outbox::Column::DeadAt.is_not_null());
            if !seqs.is_empty() {
                update = update.filter(outbox::Column::Seq.is_in(seqs.iter().copied()));
            }
            let result = update
                .col_expr(outbox::Column::DeadAt, Expr::value(Option::<Instant>::None))
                .col_expr(outbox::Column::Attempts, Expr::value(0))
                .col_expr(outbox::Column::NextAt, Expr::value(now))
                .exec(tx)
                .await?;
            Ok(result.rows_affected)
        })
        .await
}
