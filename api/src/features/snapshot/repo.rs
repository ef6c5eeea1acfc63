//! The rows of frozen reports, which are inserted and read, and the ledger as a report reads it.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};
use sha2::{Digest, Sha256};
use techmart_entity::{
    Day, Instant,
    id::{EntryId, SnapshotId},
    indicator::rule,
    ledger::{self, event},
    signal::{self, SignalStatus},
    snapshot::{Column, Entity, Model, part},
};

use super::document::LedgerSaid;
use crate::{
    db::Tx,
    error::{AppError, Code, Result, unique_violation},
    say,
};

/// How many rows are read at once.
const BATCH: u64 = 1000;

/// A report.
///
/// # Errors
/// 404 when there is none.
pub async fn one(db: &impl ConnectionTrait, id: SnapshotId) -> Result<Model> {
    find(db, id).await?.ok_or_else(AppError::not_found)
}

/// A report, if there is one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find(db: &impl ConnectionTrait, id: SnapshotId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// The last report of the chain.
///
/// # Errors
/// When the database cannot be asked.
pub async fn last(db: &impl ConnectionTrait) -> Result<Option<Model>> {
    Ok(Entity::find().order_by_desc(Column::Number).limit(1).one(db).await?)
}

/// The report that corrects one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn correction_of(db: &impl ConnectionTrait, id: SnapshotId) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::Corrects.eq(id)).one(db).await?)
}

/// The reports that correct some.
///
/// # Errors
/// When the database cannot be asked.
pub async fn corrections_of(
    db: &impl ConnectionTrait,
    ids: &[SnapshotId],
) -> Result<Vec<(SnapshotId, SnapshotId)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(Entity::find()
        .select_only()
        .column(Column::Corrects)
        .column(Column::Id)
        .filter(Column::Corrects.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?)
}

/// Whether the service itself froze a plan as of a day.
///
/// # Errors
/// When the database cannot be asked.
pub async fn made_by_the_service(db: &impl ConnectionTrait, plan: &str, as_of: Day) -> Result<bool> {
    let n = Entity::find()
        .filter(Column::Plan.eq(plan))
        .filter(Column::AsOf.eq(as_of))
        .filter(Column::MadeBy.is_null())
        .count(db)
        .await?;
    Ok(n > 0)
}

/// Reports, the last first, before a number.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    plan: Option<&str>,
    before: Option<i64>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut condition = Condition::all();
    if let Some(plan) = plan {
        condition = condition.add(Column::Plan.eq(plan));
    }
    if let Some(before) = before {
        condition = condition.add(Column::Number.lt(before));
    }
    Ok(Entity::find().filter(condition).order_by_desc(Column::Number).limit(limit).all(db).await?)
}

/// A part of a report.
///
/// # Errors
/// When the database cannot be asked.
pub async fn part(db: &impl ConnectionTrait, id: SnapshotId, indicator: &str) -> Result<Option<part::Model>> {
    Ok(part::Entity::find_by_id((id, indicator.to_owned())).one(db).await?)
}

/// Inserts a report.
///
/// # Errors
/// 409 when another one corrects the same report.
pub async fn insert(tx: &Tx, row: Model) -> Result<()> {
    match Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await {
        Ok(_) => Ok(()),
        Err(error) => match unique_violation(&error) {
            Some(what) if what.contains("corrects") => Err(corrected_already()),
            // A number or a hash that another one took: all is done again after it.
            Some(_) => Err(AppError::lost_race(error)),
            None => Err(error.into()),
        },
    }
}

/// Each report is corrected once: the next correction corrects the correction.
#[must_use]
pub fn corrected_already() -> AppError {
    AppError::new(
        Code::AlreadyExists,
        say!(
            "该报告已有更正报告，请更正最新的一份。",
            "There is a correction of that report already; correct the latest one."
        ),
    )
}

/// Inserts a part of a report.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert_part(tx: &Tx, row: part::Model) -> Result<()> {
    part::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// The rule of an indicator that was in force at an instant.
///
/// # Errors
/// When the database cannot be asked.
pub async fn rule_at(db: &impl ConnectionTrait, indicator: &str, at: Instant) -> Result<Option<rule::Model>> {
    Ok(rule::Entity::find()
        .filter(rule::Column::Indicator.eq(indicator))
        .filter(rule::Column::InForceAt.lte(at))
        .order_by_desc(rule::Column::Number)
        .limit(1)
        .one(db)
        .await?)
}

/// The signals of a world that were raised by then and stand open or upheld, in the order of their ids.
///
/// # Errors
/// When the database cannot be asked.
pub async fn signals(db: &impl ConnectionTrait, demo: bool, known_at: Instant) -> Result<Vec<signal::Model>> {
    Ok(signal::Entity::find()
        .filter(signal::Column::Demo.eq(demo))
        .filter(signal::Column::RaisedAt.lte(known_at))
        .filter(signal::Column::Status.is_in([SignalStatus::Open, SignalStatus::Upheld]))
        .order_by_asc(signal::Column::Id)
        .all(db)
        .await?)
}

/// How many entries and events of both worlds were recorded up to an instant. They are only ever added:
/// when the numbers are the same, so are the rows.
///
/// # Errors
/// When the database cannot be asked.
pub async fn recorded_up_to(db: &impl ConnectionTrait, at: Instant) -> Result<(u64, u64)> {
    let entries = ledger::Entity::find().filter(ledger::Column::RecordedAt.lte(at)).count(db).await?;
    let events = event::Entity::find().filter(event::Column::At.lte(at)).count(db).await?;
    Ok((entries, events))
}

/// The whole ledger of a world as known at an instant, taken in row by row.
#[derive(Clone, Debug)]
pub struct LedgerHash {
    pub known_at: Instant,
    entries: i64,
    events: i64,
    hash: Sha256,
}

impl LedgerHash {
    /// Nothing yet.
    #[must_use]
    pub fn new(known_at: Instant) -> Self {
        Self { known_at, entries: 0, events: 0, hash: Sha256::new() }
    }

    fn entry(&mut self, recorded_at: Instant, hash: &str) {
        if recorded_at <= self.known_at {
            self.entries += 1;
            self.hash.update(hash);
        }
    }

    fn event(&mut self, at: Instant, hash: &str) {
        if at <= self.known_at {
            self.events += 1;
            self.hash.update(hash);
        }
    }

    /// What a report says of it.
    #[must_use]
    pub fn said(self) -> LedgerSaid {
        LedgerSaid { entries: self.entries, events: self.events, hash: hex::encode(self.hash.finalize()) }
    }
}

/// Takes the ledger of a world into some hashes, each as known at its instant, in one walk.
///
/// # Errors
/// When the database cannot be asked.
pub async fn hash_ledger(db: &impl ConnectionTrait, demo: bool, into: &mut [LedgerHash]) -> Result<()> {
    let Some(latest) = into.iter().map(|hash| hash.known_at).max() else { return Ok(()) };
    let mut after: Option<EntryId> = None;
    loop {
        let mut query = ledger::Entity::find()
            .filter(ledger::Column::Demo.eq(demo))
            .filter(ledger::Column::RecordedAt.lte(latest));
        if let Some(after) = after {
            query = query.filter(ledger::Column::Id.gt(after));
        }
        let rows: Vec<(EntryId, Instant, Option<String>)> = query
            .order_by_asc(ledger::Column::Id)
            .select_only()
            .columns([ledger::Column::Id, ledger::Column::RecordedAt, ledger::Column::Hash])
            .limit(BATCH)
            .into_tuple()
            .all(db)
            .await?;
        let Some((last, _, _)) = rows.last() else { break };
        after = Some(*last);
        for (id, recorded_at, hash) in rows {
            let hash = match hash {
                Some(hash) => hash,
                None => entry_hash(db, id).await?,
            };
            into.iter_mut().for_each(|one| one.entry(recorded_at, &hash));
        }
    }
    let mut after = i64::MIN;
    loop {
        let of_the_world = Query::select()
            .expr(Expr::val(1))
            .from(ledger::Entity)
            .and_where(
                Expr::col((ledger::Entity, ledger::Column::Id))
                    .equals((event::Entity, event::Column::EntryId)),
            )
            .and_where(Expr::col((ledger::Entity, ledger::Column::Demo)).eq(demo))
            .to_owned();
        let rows: Vec<(i64, Instant, Option<String>)> = event::Entity::find()
            .filter(event::Column::Seq.gt(after))
            .filter(event::Column::At.lte(latest))
            .filter(Expr::exists(of_the_world))
            .order_by_asc(event::Column::Seq)
            .select_only()
            .columns([event::Column::Seq, event::Column::At, event::Column::Hash])
            .limit(BATCH)
            .into_tuple()
            .all(db)
            .await?;
        let Some((last, _, _)) = rows.last() else { return Ok(()) };
        after = *last;
        for (seq, at, hash) in rows {
            let hash = match hash {
                Some(hash) => hash,
                None => event_hash(db, seq).await?,
            };
            into.iter_mut().for_each(|one| one.event(at, &hash));
        }
    }
}

/// A row from before there were hashes is hashed as it is.
async fn entry_hash(db: &impl ConnectionTrait, id: EntryId) -> Result<String> {
    let row = ledger::Entity::find_by_id(id).one(db).await?;
    Ok(row.map(|row| row.content_hash()).unwrap_or_default())
}

async fn event_hash(db: &impl ConnectionTrait, seq: i64) -> Result<String> {
    let row = event::Entity::find_by_id(seq).one(db).await?;
    Ok(row.map(|row| row.content_hash()).unwrap_or_default())
}
