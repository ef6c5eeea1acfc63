//! Which units counted: entries and events, a window, a day and an instant in; units with their stages
//! out. Pure, so that a recount from history is the same function over the same rows.

use std::collections::HashMap;

use techmart_entity::{
    Day, Instant,
    id::EntryId,
    indicator::{Counting, IndicatorKind},
    ledger::{CountStage, Model, event},
};

/// What to ask the ledger.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    pub kind: IndicatorKind,
    pub counting: Counting,
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

/// The ledger's rows, made ready for questions.
pub struct Ledger<'a> {
    entries: Vec<&'a Model>,
    reversals: HashMap<EntryId, &'a Model>,
    events: HashMap<EntryId, Vec<&'a event::Model>>,
}

impl Question {
    /// Whether the figures are sums; else the last one reported stands.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        adds_up(self.kind, self.counting)
    }
}

/// Whether the figures of such an indicator are sums; else the last one reported stands. A level that is
/// counted is the sum of what is in force.
#[must_use]
pub fn adds_up(kind: IndicatorKind, counting: Counting) -> bool {
    match (kind, counting) {
        (IndicatorKind::Stock | IndicatorKind::Flow, _) | (IndicatorKind::Level, Counting::Counted) => true,
        (IndicatorKind::Level, Counting::Manual) | (IndicatorKind::Rate, _) => false,
    }
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

    /// The units that count: acts of the window up to the day, recorded, not reversed and not lapsed as
    /// known then.
    #[must_use]
    pub fn units(&self, question: &Question) -> Vec<Unit<'a>> {
        let last = question.as_of.min(question.ends_on);
        let mut units = self.standing(question);
        units.retain(|unit| unit.entry.lapses_on.is_none_or(|end| end > last));
        units
    }

    /// The units with those that have lapsed since.
    #[must_use]
    pub fn standing(&self, question: &Question) -> Vec<Unit<'a>> {
        let Question { kind, starts_on, ends_on, as_of, known_at, counting: _ } = *question;
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
}
