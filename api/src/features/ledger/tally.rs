//! What the figures were: entries and events, a window, a day and an instant in; figures out. Pure, so
//! that a recount from history is the same function over the same rows.

use std::collections::HashMap;

use chrono::Datelike;
use techmart_entity::{
    Day, Instant,
    id::EntryId,
    indicator::IndicatorKind,
    ledger::{CountStage, Model, event},
};

/// What to ask the ledger.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    pub kind: IndicatorKind,
    /// The window of the target.
    pub starts_on: Day,
    pub ends_on: Day,
    /// Acts up to this day.
    pub as_of: Day,
    /// As known at this instant.
    pub known_at: Instant,
}

/// An entry that counts, with its stage as it was known.
#[derive(Clone, Debug)]
pub struct Unit<'a> {
    pub entry: &'a Model,
    pub stage: CountStage,
}

/// Sums, in units or in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub confirmed: i64,
    /// Neither confirmed nor reversed.
    pub candidate: i64,
}

/// The figures at the end of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthEnd {
    /// The first day of the month.
    pub month: Day,
    pub figures: Figures,
}

/// The ledger's rows, made ready for questions.
pub struct Ledger<'a> {
    entries: Vec<&'a Model>,
    reversals: HashMap<EntryId, &'a Model>,
    events: HashMap<EntryId, Vec<&'a event::Model>>,
}

impl<'a> Ledger<'a> {
    /// Takes the rows of one indicator.
    pub fn new(
        entries: impl IntoIterator<Item = &'a Model>,
        events: impl IntoIterator<Item = &'a event::Model>,
    ) -> Self {
        let mut ledger = Self { entries: Vec::new(), reversals: HashMap::new(), events: HashMap::new() };
        for entry in entries {
            match entry.reverses {
                Some(original) => {
                    ledger.reversals.insert(original, entry);
                }
                None => ledger.entries.push(entry),
            }
        }
        for event in events {
            ledger.events.entry(event.entry_id).or_default().push(event);
        }
        ledger
    }

    /// The units that count: acts of the window up to the day, recorded and not reversed as known then.
    #[must_use]
    pub fn units(&self, question: &Question) -> Vec<Unit<'a>> {
        let Question { kind, starts_on, ends_on, as_of, known_at } = *question;
        let last = as_of.min(ends_on);
        let mut units: Vec<Unit<'a>> =
            self.entries
                .iter()
                .filter(|entry| entry.recorded_at <= known_at && entry.effective_on <= last)
                .filter(|entry| match kind {
                    // What was there before the window belongs to a stock.
                    IndicatorKind::Stock | IndicatorKind::Level | IndicatorKind::Rate => true,
                    IndicatorKind::Flow => entry.effective_on >= starts_on,
                })
                .filter(|entry| {
                    !self.reversals.get(&entry.id).is_some_and(|reversal| {
                        reversal.recorded_at <= known_at && reversal.effective_on <= last
                    })
                })
                .map(|entry| Unit { entry, stage: self.stage(entry.id, known_at) })
                .collect();
        units.sort_by_key(|unit| (unit.entry.effective_on, unit.entry.id));
        units
    }

    /// How far a count had come, as known then. A reversal is an entry of its own, so it is no stage here.
    fn stage(&self, id: EntryId, known_at: Instant) -> CountStage {
        let events = self.events.get(&id).map(Vec::as_slice).unwrap_or_default();
        events
            .iter()
            .filter(|event| event.at <= known_at && event.stage != CountStage::Reversed)
            .map(|event| event.stage)
            .max()
            .unwrap_or(CountStage::Candidate)
    }

    /// The figures.
    #[must_use]
    pub fn figures(&self, question: &Question) -> Figures {
        sum(question.kind, &self.units(question))
    }

    /// The cumulative figures at the end of each month of the window, up to the day.
    #[must_use]
    pub fn months(&self, question: &Question) -> Vec<MonthEnd> {
        let units = self.units(question);
        let last = question.as_of.min(question.ends_on);
        let mut months = Vec::new();
        let mut month = first_of(question.starts_on);
        // The window is a plan's: a few years.
        while month <= last && months.len() < 600 {
            let next = next_month(month);
            let so_far: Vec<Unit<'a>> =
                units.iter().filter(|unit| unit.entry.effective_on < next).cloned().collect();
            months.push(MonthEnd { month, figures: sum(question.kind, &so_far) });
            month = next;
        }
        months
    }
}

fn sum(kind: IndicatorKind, units: &[Unit<'_>]) -> Figures {
    let mut figures = Figures::default();
    for unit in units {
        let figure = match unit.stage {
            CountStage::Confirmed => &mut figures.confirmed,
            CountStage::Candidate | CountStage::EvidenceComplete => &mut figures.candidate,
            CountStage::Reversed => continue,
        };
        match kind {
            IndicatorKind::Stock | IndicatorKind::Flow => *figure = figure.saturating_add(unit.entry.delta),
            // The last one reported stands.
            IndicatorKind::Level | IndicatorKind::Rate => *figure = unit.entry.delta,
        }
    }
    figures
}

fn first_of(day: Day) -> Day {
    day.with_day(1).unwrap_or(day)
}

fn next_month(month: Day) -> Day {
    month.checked_add_months(chrono::Months::new(1)).unwrap_or(Day::MAX)
}
