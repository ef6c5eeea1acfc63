//! The day sums beside the ledger: written with each act of a count, read by every board. A figure is
//! a few hundred sums whatever the number of entries.

use std::collections::BTreeMap;

use chrono::Datelike;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, Statement,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use techmart_entity::{
    Day, Instant,
    ledger::{self, CountStage, day, event},
};

use crate::{
    clock::{day_of, start_of},
    db::Tx,
    error::Result,
};

/// What is added to sums: an amount and a number of units on each side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub confirmed: i64,
    /// Neither confirmed nor reversed.
    pub candidate: i64,
    pub confirmed_units: i64,
    pub candidate_units: i64,
}

impl Sums {
    /// One unit of that amount at that stage.
    #[must_use]
    pub fn of(stage: CountStage, delta: i64) -> Self {
        match stage {
            CountStage::Confirmed => Self { confirmed: delta, confirmed_units: 1, ..Self::default() },
            CountStage::Candidate | CountStage::EvidenceComplete => {
                Self { candidate: delta, candidate_units: 1, ..Self::default() }
            }
            CountStage::Reversed => Self::default(),
        }
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            confirmed: self.confirmed.saturating_add(other.confirmed),
            candidate: self.candidate.saturating_add(other.candidate),
            confirmed_units: self.confirmed_units.saturating_add(other.confirmed_units),
            candidate_units: self.candidate_units.saturating_add(other.candidate_units),
        }
    }

    /// The same taken away.
    #[must_use]
    pub fn negated(self) -> Self {
        Self {
            confirmed: -self.confirmed,
            candidate: -self.candidate,
            confirmed_units: -self.confirmed_units,
            candidate_units: -self.candidate_units,
        }
    }
}

/// Changes the sums of the entry's days: that of its act, and that on which it lapses.
///
/// # Errors
/// When the rows cannot be written.
pub async fn change(tx: &Tx, at: Instant, entry: &ledger::Model, by: Sums) -> Result<()> {
    add(tx, at, entry, entry.effective_on, by).await?;
    if let Some(lapses_on) = entry.lapses_on {
        add(tx, at, entry, lapses_on, by.negated()).await?;
    }
    Ok(())
}

async fn add(tx: &Tx, at: Instant, entry: &ledger::Model, on: Day, by: Sums) -> Result<()> {
    use sea_orm::Set;
    if by == Sums::default() {
        return Ok(());
    }
    let row = day::ActiveModel {
        demo: Set(entry.demo),
        indicator: Set(entry.indicator.clone()),
        day: Set(on),
        confirmed: Set(by.confirmed),
        candidate: Set(by.candidate),
        confirmed_units: Set(by.confirmed_units),
        candidate_units: Set(by.candidate_units),
    };
    let mut met = OnConflict::columns([day::Column::Demo, day::Column::Indicator, day::Column::Day]);
    for (column, plus) in [
        (day::Column::Confirmed, by.confirmed),
        (day::Column::Candidate, by.candidate),
        (day::Column::ConfirmedUnits, by.confirmed_units),
        (day::Column::CandidateUnits, by.candidate_units),
    ] {
        met.value(column, Expr::col((day::Entity, column)).add(plus));
    }
    day::Entity::insert(row).on_conflict(met).exec_without_returning(tx).await?;
    let row = day::change::ActiveModel {
        demo: Set(entry.demo),
        indicator: Set(entry.indicator.clone()),
        known_on: Set(day_of(at)),
        day: Set(on),
        confirmed: Set(by.confirmed),
        candidate: Set(by.candidate),
        confirmed_units: Set(by.confirmed_units),
        candidate_units: Set(by.candidate_units),
    };
    let mut met = OnConflict::columns([
        day::change::Column::Demo,
        day::change::Column::Indicator,
        day::change::Column::KnownOn,
        day::change::Column::Day,
    ]);
    for (column, plus) in [
        (day::change::Column::Confirmed, by.confirmed),
        (day::change::Column::Candidate, by.candidate),
        (day::change::Column::ConfirmedUnits, by.confirmed_units),
        (day::change::Column::CandidateUnits, by.candidate_units),
    ] {
        met.value(column, Expr::col((day::change::Entity, column)).add(plus));
    }
    day::change::Entity::insert(row).on_conflict(met).exec_without_returning(tx).await?;
    Ok(())
}

/// Which sums to read.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub demo: bool,
    /// One indicator, or all.
    pub indicator: Option<&'a str>,
    /// Days before this one are summed apart: they belong to stocks alone.
    pub starts_on: Day,
    /// Days up to this one.
    pub last: Day,
    /// As known then; none for now.
    pub known_at: Option<Instant>,
}

/// What sums are by: the indicator, whether their days are of the window, and the first day of the month
/// (or the day).
pub type Key = (String, bool, Day);

/// How finely sums are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grain {
    Month,
    Day,
}

/// The sums by indicator, by whether they are of the window, by month.
///
/// # Errors
/// When the database cannot be asked.
pub async fn by_month(db: &impl ConnectionTrait, asked: Asked<'_>) -> Result<BTreeMap<Key, Sums>> {
    read(db, asked, Grain::Month).await
}

/// The same by day.
///
/// # Errors
/// When the database cannot be asked.
pub async fn by_day(db: &impl ConnectionTrait, asked: Asked<'_>) -> Result<BTreeMap<Key, Sums>> {
    read(db, asked, Grain::Day).await
}

async fn read(db: &impl ConnectionTrait, asked: Asked<'_>, grain: Grain) -> Result<BTreeMap<Key, Sums>> {
    let mut sums_of: BTreeMap<Key, Sums> = BTreeMap::new();
    let mut take = |indicator: String, inside: bool, on: Day, sums: Sums| {
        let of = sums_of.entry((indicator, inside, on)).or_default();
        *of = of.plus(sums);
    };
    for row in stored(db, asked, grain).await? {
        let on = row.on(grain)?;
        take(row.indicator, row.inside != 0, on, row.sums);
    }
    if let Some(known_at) = asked.known_at {
        for (indicator, on, sums) in of_last_day(db, asked, known_at).await? {
            if on <= asked.last {
                let at = if grain == Grain::Month { first_of(on) } else { on };
                take(indicator, on >= asked.starts_on, at, sums);
            }
        }
    }
    Ok(sums_of)
}

#[derive(Debug)]
struct Row {
    indicator: String,
    inside: i64,
    span: String,
    sums: Sums,
}

impl Row {
    fn on(&self, grain: Grain) -> Result<Day> {
        let day = match grain {
            Grain::Month => format!("{}-01", self.span),
            Grain::Day => self.span.clone(),
        };
        Day::parse_from_str(&day, "%Y-%m-%d").map_err(crate::error::AppError::internal)
    }
}

impl FromQueryResult for Row {
    fn from_query_result(row: &sea_orm::QueryResult, prefix: &str) -> Result<Self, sea_orm::DbErr> {
        Ok(Self {
            indicator: row.try_get(prefix, "indicator")?,
            inside: row.try_get(prefix, "inside")?,
            span: row.try_get(prefix, "span")?,
            sums: Sums {
                confirmed: row.try_get(prefix, "confirmed")?,
                candidate: row.try_get(prefix, "candidate")?,
                confirmed_units: row.try_get(prefix, "confirmed_units")?,
                candidate_units: row.try_get(prefix, "candidate_units")?,
            },
        })
    }
}

/// The sums that are kept: those of now, or what the days of recording before a day added up to.
async fn stored(db: &impl ConnectionTrait, asked: Asked<'_>, grain: Grain) -> Result<Vec<Row>> {
    let backend = db.get_database_backend();
    // Spelled out, because a month and a CASE are written differently by the two databases.
    let (span, sum): (&str, fn(&str) -> String) = match (backend == DbBackend::Postgres, grain) {
        (true, Grain::Month) => {
            ("to_char(day, 'YYYY-MM')", |column| format!("CAST(SUM({column}) AS bigint)"))
        }
        (true, Grain::Day) => {
            ("to_char(day, 'YYYY-MM-DD')", |column| format!("CAST(SUM({column}) AS bigint)"))
        }
        (false, Grain::Month) => ("strftime('%Y-%m', day)", |column| format!("SUM({column})")),
        (false, Grain::Day) => ("strftime('%Y-%m-%d', day)", |column| format!("SUM({column})")),
    };
    let table = if asked.known_at.is_some() { "ledger_day_change" } else { "ledger_day" };
    let mut values: Vec<sea_orm::Value> = vec![asked.starts_on.into(), asked.demo.into(), asked.last.into()];
    let mut conditions = "demo = $2 AND day <= $3".to_owned();
    if let Some(known_at) = asked.known_at {
        values.push(day_of(known_at).into());
        conditions.push_str(&format!(" AND known_on < ${}", values.len()));
    }
    if let Some(indicator) = asked.indicator {
        values.push(indicator.into());
        conditions.push_str(&format!(" AND indicator = ${}", values.len()));
    }
    let sql = format!(
        "SELECT indicator, CASE WHEN day >= $1 THEN CAST(1 AS bigint) ELSE CAST(0 AS bigint) END AS inside, \
         {span} AS span, {} AS confirmed, {} AS candidate, {} AS confirmed_units, {} AS candidate_units \
         FROM {table} WHERE {conditions} GROUP BY 1, 2, 3",
        sum("confirmed"),
        sum("candidate"),
        sum("confirmed_units"),
        sum("candidate_units"),
    );
    Ok(Row::find_by_statement(Statement::from_sql_and_values(backend, sql, values)).all(db).await?)
}

/// What was recorded on the day of an instant, up to it: the day's own sums know only whole days.
async fn of_last_day(
    db: &impl ConnectionTrait,
    asked: Asked<'_>,
    known_at: Instant,
) -> Result<Vec<(String, Day, Sums)>> {
    let from = start_of(day_of(known_at));
    let mut of = Condition::all().add(ledger::Column::Demo.eq(asked.demo));
    if let Some(indicator) = asked.indicator {
        of = of.add(ledger::Column::Indicator.eq(indicator));
    }
    let recorded = ledger::Entity::find()
        .filter(of.clone())
        .filter(ledger::Column::RecordedAt.between(from, known_at))
        .all(db)
        .await?;
    let confirmed: Vec<event::Model> = event::Entity::find()
        .filter(event::Column::Stage.eq(CountStage::Confirmed))
        .filter(event::Column::At.between(from, known_at))
        .all(db)
        .await?;
    let ids: Vec<_> = confirmed.iter().map(|event| event.entry_id).collect();
    let of_events = if ids.is_empty() {
        Vec::new()
    } else {
        ledger::Entity::find().filter(of).filter(ledger::Column::Id.is_in(ids)).all(db).await?
    };
    let mut changes = Vec::new();
    for entry in &recorded {
        let by = match entry.reverses {
            None => Sums::of(CountStage::Candidate, entry.delta),
            // A reversal keeps the stage that it took the count back from.
            Some(_) => Sums::of(stage_before(entry), -entry.delta).negated(),
        };
        spread(&mut changes, entry, by);
    }
    for entry in &of_events {
        let by = Sums::of(CountStage::Confirmed, entry.delta)
            .plus(Sums::of(CountStage::Candidate, entry.delta).negated());
        spread(&mut changes, entry, by);
    }
    Ok(changes)
}

fn spread(changes: &mut Vec<(String, Day, Sums)>, entry: &ledger::Model, by: Sums) {
    changes.push((entry.indicator.clone(), entry.effective_on, by));
    if let Some(lapses_on) = entry.lapses_on {
        changes.push((entry.indicator.clone(), lapses_on, by.negated()));
    }
}

/// The stage from which a reversal took its count back.
#[must_use]
pub fn stage_before(reversal: &ledger::Model) -> CountStage {
    match reversal.facts["stage"].as_str().and_then(|stage| stage.parse().ok()) {
        Some(CountStage::Confirmed) => CountStage::Confirmed,
        Some(CountStage::Candidate | CountStage::EvidenceComplete | CountStage::Reversed) | None => {
            CountStage::Candidate
        }
    }
}

/// The first day of a day's month.
#[must_use]
pub fn first_of(day: Day) -> Day {
    day.with_day0(0).unwrap_or(day)
}
