//! The day sums beside the ledger, added up anew from entries and events, an indicator at a time.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use techmart_entity::{
    Day, Instant,
    id::EntryId,
    ledger::{self, CountStage, day, event},
};

use super::{BATCH, Findings, Scope, rows::stage_of};
use crate::{clock::day_of, error::Result, features::ledger::sums::Sums, say};

/// What the ledger adds up to.
#[derive(Default)]
struct Anew {
    /// By the day of the act.
    days: BTreeMap<Day, Sums>,
    /// By the day of recording and the day of the act.
    changes: BTreeMap<(Day, Day), Sums>,
}

impl Anew {
    fn change(&mut self, entry: &ledger::Model, at: Instant, by: Sums) {
        let mut add = |on: Day, by: Sums| {
            let sums = self.changes.entry((day_of(at), on)).or_default();
            *sums = sums.plus(by);
            let sums = self.days.entry(on).or_default();
            *sums = sums.plus(by);
        };
        add(entry.effective_on, by);
        if let Some(lapses_on) = entry.lapses_on {
            add(lapses_on, by.negated());
        }
    }

    /// A count from its entry to its reversal.
    fn take(&mut self, entry: &ledger::Model, events: &[event::Model], reversed_at: Option<Instant>) {
        let of = |stage| Sums::of(stage, entry.delta);
        self.change(entry, entry.recorded_at, of(CountStage::Candidate));
        for event in events.iter().filter(|event| event.stage == CountStage::Confirmed) {
            self.change(entry, event.at, of(CountStage::Confirmed).plus(of(CountStage::Candidate).negated()));
        }
        if let Some(at) = reversed_at {
            self.change(entry, at, of(stage_of(events)).negated());
        }
    }
}

/// Compares the sums of all indicators.
///
/// # Errors
/// When the database cannot be asked.
pub async fn check(db: &impl ConnectionTrait, scope: &Scope, findings: &mut Findings) -> Result<()> {
    for demo in scope.worlds() {
        let mut indicators: BTreeSet<String> = BTreeSet::new();
        indicators.extend(
            ledger::Entity::find()
                .select_only()
                .column(ledger::Column::Indicator)
                .distinct()
                .filter(ledger::Column::Demo.eq(demo))
                .into_tuple::<String>()
                .all(db)
                .await?,
        );
        indicators.extend(
            day::Entity::find()
                .select_only()
                .column(day::Column::Indicator)
                .distinct()
                .filter(day::Column::Demo.eq(demo))
                .into_tuple::<String>()
                .all(db)
                .await?,
        );
        indicators.extend(
            day::change::Entity::find()
                .select_only()
                .column(day::change::Column::Indicator)
                .distinct()
                .filter(day::change::Column::Demo.eq(demo))
                .into_tuple::<String>()
                .all(db)
                .await?,
        );
        for indicator in indicators {
            let anew = anew(db, demo, &indicator).await?;
            compare(db, demo, &indicator, anew, findings).await?;
        }
    }
    Ok(())
}

async fn anew(db: &impl ConnectionTrait, demo: bool, indicator: &str) -> Result<Anew> {
    use ledger::Column as C;
    let mut anew = Anew::default();
    let mut after: Option<(Day, EntryId)> = None;
    loop {
        let mut condition =
            Condition::all().add(C::Demo.eq(demo)).add(C::Indicator.eq(indicator)).add(C::Reverses.is_null());
        if let Some((day, id)) = after {
            condition = condition.add(
                Condition::any()
                    .add(C::EffectiveOn.gt(day))
                    .add(Condition::all().add(C::EffectiveOn.eq(day)).add(C::Id.gt(id))),
            );
        }
        let entries = ledger::Entity::find()
            .filter(condition)
            .order_by_asc(C::EffectiveOn)
            .order_by_asc(C::Id)
            .limit(BATCH)
            .all(db)
            .await?;
        let Some(last) = entries.last() else { return Ok(anew) };
        after = Some((last.effective_on, last.id));
        let ids: Vec<EntryId> = entries.iter().map(|entry| entry.id).collect();
        let mut events: HashMap<EntryId, Vec<event::Model>> = HashMap::new();
        let rows = event::Entity::find()
            .filter(event::Column::EntryId.is_in(ids.iter().copied()))
            .order_by_asc(event::Column::Seq)
            .all(db)
            .await?;
        for row in rows {
            events.entry(row.entry_id).or_default().push(row);
        }
        let reversals: Vec<(Option<EntryId>, Instant)> = ledger::Entity::find()
            .select_only()
            .columns([C::Reverses, C::RecordedAt])
            .filter(C::Reverses.is_in(ids))
            .into_tuple()
            .all(db)
            .await?;
        let reversed: HashMap<EntryId, Instant> =
            reversals.into_iter().filter_map(|(id, at)| id.map(|id| (id, at))).collect();
        let none = Vec::new();
        for entry in &entries {
            let own = events.get(&entry.id).unwrap_or(&none);
            anew.take(entry, own, reversed.get(&entry.id).copied());
        }
    }
}

async fn compare(
    db: &impl ConnectionTrait,
    demo: bool,
    indicator: &str,
    anew: Anew,
    findings: &mut Findings,
) -> Result<()> {
    let world = if demo { " (demo)" } else { "" };
    let Anew { mut days, mut changes } = anew;
    let rows = day::Entity::find()
        .filter(day::Column::Demo.eq(demo))
        .filter(day::Column::Indicator.eq(indicator))
        .all(db)
        .await?;
    for row in rows {
        findings.checked.day_sums += 1;
        let kept = Sums {
            confirmed: row.confirmed,
            candidate: row.candidate,
            confirmed_units: row.confirmed_units,
            candidate_units: row.candidate_units,
        };
        let anew = days.remove(&row.day).unwrap_or_default();
        differ(format!("ledger_day {indicator}{world} {}", row.day), anew, kept, findings);
    }
    for (day, anew) in days {
        differ(format!("ledger_day {indicator}{world} {day}"), anew, Sums::default(), findings);
    }
    let mut after: Option<(Day, Day)> = None;
    loop {
        use day::change::Column as C;
        let mut condition = Condition::all().add(C::Demo.eq(demo)).add(C::Indicator.eq(indicator));
        if let Some((known_on, day)) = after {
            condition = condition.add(
                Condition::any()
                    .add(C::KnownOn.gt(known_on))
                    .add(Condition::all().add(C::KnownOn.eq(known_on)).add(C::Day.gt(day))),
            );
        }
        let rows = day::change::Entity::find()
            .filter(condition)
            .order_by_asc(C::KnownOn)
            .order_by_asc(C::Day)
            .limit(BATCH)
            .all(db)
            .await?;
        let Some(last) = rows.last() else { break };
        after = Some((last.known_on, last.day));
        for row in rows {
            findings.checked.day_sums += 1;
            let kept = Sums {
                confirmed: row.confirmed,
                candidate: row.candidate,
                confirmed_units: row.confirmed_units,
                candidate_units: row.candidate_units,
            };
            let anew = changes.remove(&(row.known_on, row.day)).unwrap_or_default();
            let place = format!("ledger_day_change {indicator}{world} {} known on {}", row.day, row.known_on);
            differ(place, anew, kept, findings);
        }
    }
    for ((known_on, day), anew) in changes {
        let place = format!("ledger_day_change {indicator}{world} {day} known on {known_on}");
        differ(place, anew, Sums::default(), findings);
    }
    Ok(())
}

fn differ(place: String, anew: Sums, kept: Sums, findings: &mut Findings) {
    if anew != kept {
        let said = say!("日合计与台账重算不一致。", "The sum of the day is not what the ledger adds up to.");
        findings.fault(place, words(anew), words(kept), said);
    }
}

fn words(sums: Sums) -> String {
    let Sums { confirmed, candidate, confirmed_units, candidate_units } = sums;
    format!("confirmed {confirmed} ({confirmed_units}), candidate {candidate} ({candidate_units})")
}
