//! The relay: claims due rows, does them, marks them done. A row that fails is tried again later and
//! at last laid aside as dead, for a person to look at (`techmart outbox`).

use std::{collections::HashSet, sync::Arc, time::Duration};

use chrono::Duration as Span;
use futures_util::future::join_all;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, Func, LockBehavior, LockType, Query},
};
use techmart_entity::{Instant, outbox};
use tokio::sync::watch;
use uuid::Uuid;

use super::{Job, Lane};
use crate::{
    db::Tx,
    error::Result,
    jobs::{self, JobError},
    mail::{MailError, SIDE_BY_SIDE},
    state::State,
};

/// How long the relay waits before it looks again when nobody wakes it.
const POLL: Duration = Duration::from_millis(200);

impl Lane {
    /// Rows claimed at once.
    fn batch(self) -> u64 {
        match self {
            Self::Index => 200,
            Self::Match => 5,
            Self::Notify | Self::Announce => 50,
            Self::Mail => 40,
            Self::Examine | Self::Work => 1,
        }
    }

    /// How long a claim holds. Indexing is short and must go on at once after a crash; a mail must not
    /// be sent twice because its server is slow, so its claim is renewed before what it may take; an import
    /// renews its claim as it goes.
    fn lease(self) -> Span {
        match self {
            Self::Index | Self::Match => Span::seconds(4),
            Self::Notify | Self::Announce => Span::seconds(10),
            Self::Mail => Span::seconds(60),
            Self::Examine | Self::Work => Span::seconds(20),
        }
    }

    /// When to try again after that many failures; none when it is enough.
    fn pause(self, attempts: i32) -> Option<Span> {
        let schedule: &[i64] = match self {
            // An index that is down comes back; a row is given up only after a day.
            Self::Index | Self::Match | Self::Notify | Self::Announce => {
                &[1, 2, 4, 8, 15, 30, 60, 60, 60, 120, 300, 900, 3600, 14400, 43200]
            }
            // What the server refuses; that it is away costs no attempt.
            Self::Mail => &[60, 300, 900, 3600, 14400, 43200],
            Self::Examine | Self::Work => &[5, 60, 600],
        };
        let index = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
        schedule.get(index).map(|seconds| Span::seconds(*seconds))
    }

    /// Whether one process at a time does the lane, so that what was told first arrives first.
    fn keeps_order(self) -> bool {
        match self {
            Self::Notify | Self::Mail | Self::Announce => true,
            Self::Index | Self::Match | Self::Examine | Self::Work => false,
        }
    }
}

/// How a round went.
enum Round {
    /// So many rows were looked at.
    Did(usize),
    /// What the lane needs is away: its rows wait as they are.
    Away,
}

/// The longest that a lane waits before it tries again what was away.
const PROBE: i64 = 15;

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
    // Until when the lane does not try, and how often it has tried in vain.
    let mut away: Option<(Instant, u32)> = None;
    loop {
        if *stop.borrow() {
            return;
        }
        let waits = away.is_some_and(|(until, _)| state.clock.now() < until);
        let more = match if waits { Ok(Round::Did(0)) } else { round(state, lane, me).await } {
            Ok(Round::Did(done)) => {
                if done > 0 {
                    away = None;
                }
                done > 0
            }
            Ok(Round::Away) => {
                let tries = away.map_or(0, |(_, tries)| tries);
                let pause = 2_i64.saturating_pow(tries).min(PROBE);
                away = Some((state.clock.now() + Span::seconds(pause), tries + 1));
                false
            }
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

/// Claims and does one batch.
async fn round(state: &State, lane: Lane, me: &str) -> Result<Round> {
    let rows = claim(state, lane, me).await?;
    if rows.is_empty() {
        return Ok(Round::Did(0));
    }
    match lane {
        Lane::Index => {
            let outcome = jobs::index::bring_in_line(state, &rows).await;
            settle(state, lane, &rows, outcome.map_err(|error| error.to_string())).await?;
        }
        Lane::Mail => return post(state, &rows).await,
        Lane::Match | Lane::Notify | Lane::Announce | Lane::Examine | Lane::Work => {
            for row in &rows {
                let outcome = one(state, row).await.map_err(|error| error.to_string());
                settle(state, lane, std::slice::from_ref(row), outcome).await?;
            }
        }
    }
    Ok(Round::Did(rows.len()))
}

async fn one(state: &State, row: &outbox::Model) -> std::result::Result<(), JobError> {
    match serde_json::from_value::<Job>(row.payload.clone()) {
        Ok(job) => jobs::run(state, row.seq, job).await,
        Err(error) => Err(JobError::Other(format!("not a job: {error}"))),
    }
}

/// Sends a batch of mails, those to one person in their order. When the server is away the rest waits as it is: no mail
/// is given up because of it, however long that lasts, and none overtakes another to the same person.
async fn post(state: &State, rows: &[outbox::Model]) -> Result<Round> {
    let mut claimed = state.clock.now();
    let mut rest = rows;
    while !rest.is_empty() {
        let (group, later) = rest.split_at(side_by_side(rest));
        // The claim has to outlive what one mail may take.
        if state.clock.now() - claimed > Lane::Mail.lease() / 3 {
            claimed = state.clock.now();
            hold(state, rest, Some(claimed + Lane::Mail.lease()), None).await?;
        }
        let outcomes = join_all(group.iter().map(|row| one(state, row))).await;
        let (mut gone, mut waiting, mut away) = (Vec::new(), Vec::new(), None);
        for (row, outcome) in group.iter().zip(outcomes) {
            match outcome {
                Ok(()) => gone.push(row.clone()),
                Err(JobError::Mail(MailError::Unavailable(error))) => {
                    waiting.push(row.clone());
                    away = Some(error);
                }
                Err(error) => {
                    settle(state, Lane::Mail, std::slice::from_ref(row), Err(error.to_string())).await?;
                }
            }
        }
        if !gone.is_empty() {
            state.outbox.mail_is_away(None);
            settle(state, Lane::Mail, &gone, Ok(())).await?;
        }
        if let Some(error) = away {
            waiting.extend_from_slice(later);
            state.outbox.mail_is_away(Some(state.clock.now()));
            tracing::warn!(%error, waiting = waiting.len(), "the mail server is away");
            hold(state, &waiting, None, Some(&error)).await?;
            return Ok(Round::Away);
        }
        rest = later;
    }
    Ok(Round::Did(rows.len()))
}

/// How many of these, from the first on, may go out side by side: notifications to different people.
fn side_by_side(rows: &[outbox::Model]) -> usize {
    let most = usize::try_from(SIDE_BY_SIDE).unwrap_or(1);
    let mut people = HashSet::new();
    let alone = |row: &outbox::Model| row.payload["mail"] != "notification";
    let n = rows
        .iter()
        .take(most)
        .take_while(|row| !alone(row) && people.insert(row.payload["account_id"].to_string()))
        .count();
    n.max(1)
}

/// Keeps claims until then, or gives them back, with what stood in the way.
async fn hold(
    state: &State,
    rows: &[outbox::Model],
    until: Option<Instant>,
    error: Option<&String>,
) -> Result<()> {
    state
        .db
        .write(async |tx| {
            let mut update = outbox::Entity::update_many()
                .filter(outbox::Column::Seq.is_in(rows.iter().map(|row| row.seq)))
                .col_expr(outbox::Column::ClaimedUntil, Expr::value(until));
            if let Some(error) = error {
                update = update.col_expr(outbox::Column::LastError, Expr::value(error.clone()));
            }
            update.exec(tx).await?;
            Ok(())
        })
        .await
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
            if lane.keeps_order() && state.db.is_postgres() && taken(tx, lane, me, now).await? {
                return Ok(Vec::new());
            }
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

/// Whether another process has rows of the lane. Processes ask one after the other.
async fn taken(tx: &Tx, lane: Lane, me: &str, now: Instant) -> Result<bool> {
    let lock = Query::select()
        .expr(
            Func::cust("pg_advisory_xact_lock")
                .arg(Func::cust("hashtext").arg(format!("outbox:{}", lane.kind()))),
        )
        .to_owned();
    tx.query_one(&lock).await?;
    let others = outbox::Entity::find()
        .filter(outbox::Column::Kind.eq(lane.kind()))
        .filter(outbox::Column::DoneAt.is_null())
        .filter(outbox::Column::ClaimedUntil.gte(now))
        .filter(outbox::Column::ClaimedBy.ne(me))
        .limit(1)
        .one(tx)
        .await?;
    Ok(others.is_some())
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
    if rows.is_empty() {
        return Ok(());
    }
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
                        if lane.pause(row.attempts + 1).is_none()
                            && let Ok(job) = serde_json::from_value::<Job>(row.payload.clone())
                        {
                            jobs::given_up(tx, job).await?;
                        }
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
