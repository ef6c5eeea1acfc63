//! The figures as a plain sum over the ledger's rows.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;
use sea_orm::EntityTrait;
use serde_json::Value;
use techmart_api::clock::Moment;
use techmart_entity::{
    Day, Instant,
    indicator::{self, IndicatorKind, TargetPeriod, plan_target},
    ledger::{self, CountStage, active, day, event},
};
use techmart_tests::{Client, World};

/// The figures of every indicator: (confirmed, candidate).
pub type Figures = BTreeMap<String, (i64, i64)>;

/// The ledger as it lies in the database.
pub struct Rows {
    indicators: Vec<indicator::Model>,
    targets: Vec<plan_target::Model>,
    pub entries: Vec<ledger::Model>,
    pub events: Vec<event::Model>,
    active: Vec<active::Model>,
    days: Vec<day::Model>,
    changes: Vec<day::change::Model>,
}

impl Rows {
    pub async fn read(world: &World) -> Self {
        let db = world.state.db.read();
        Self {
            indicators: indicator::Entity::find().all(db).await.unwrap(),
            targets: plan_target::Entity::find().all(db).await.unwrap(),
            entries: ledger::Entity::find().all(db).await.unwrap(),
            events: event::Entity::find().all(db).await.unwrap(),
            active: active::Entity::find().all(db).await.unwrap(),
            days: day::Entity::find().all(db).await.unwrap(),
            changes: day::change::Entity::find().all(db).await.unwrap(),
        }
    }

    /// A plain sum: a reversal is a negative row, and a row counts where its original was confirmed.
    pub fn recount(&self, as_of: Day, known_at: Instant) -> Figures {
        let mut figures = Figures::new();
        for target in self.targets.iter().filter(|target| target.plan == "demo") {
            let kind = self.indicators.iter().find(|row| row.code == target.indicator).unwrap().kind;
            let flow = kind == IndicatorKind::Flow;
            let (mut confirmed, mut all) = (0, 0);
            for row in &self.entries {
                let known = row.indicator == target.indicator && row.demo && row.recorded_at <= known_at;
                let last = as_of.min(target.ends_on);
                let of_the_year =
                    target.period == TargetPeriod::Window || row.effective_on.year() == last.year();
                let within = row.effective_on <= last
                    && of_the_year
                    && row.lapses_on.is_none_or(|end| end > last)
                    && (!flow || row.effective_on >= target.starts_on);
                if !known || !within {
                    continue;
                }
                let original = row.reverses.unwrap_or(row.id);
                let is_confirmed = self.events.iter().any(|event| {
                    event.entry_id == original && event.stage == CountStage::Confirmed && event.at <= known_at
                });
                all += row.delta;
                if is_confirmed {
                    confirmed += row.delta;
                }
            }
            figures.insert(target.indicator.clone(), (confirmed, all - confirmed));
        }
        figures
    }

    /// In force is what was not taken back, once a unit, at the furthest stage that its events say.
    pub fn check_active(&self) {
        let reversed: BTreeSet<_> = self.entries.iter().filter_map(|row| row.reverses).collect();
        let live: Vec<_> =
            self.entries.iter().filter(|row| row.reverses.is_none() && !reversed.contains(&row.id)).collect();
        let units: BTreeSet<_> = live.iter().map(|row| (&row.indicator, &row.unit_key, row.demo)).collect();
        assert_eq!(units.len(), live.len(), "a unit is counted twice");
        let ids: BTreeSet<_> = live.iter().map(|row| row.id).collect();
        let active: BTreeSet<_> = self.active.iter().map(|row| row.entry_id).collect();
        assert_eq!(ids, active, "what is in force is not what was not taken back");
        for row in &self.active {
            let last = self
                .events
                .iter()
                .filter(|event| event.entry_id == row.entry_id)
                .map(|event| event.stage)
                .max()
                .unwrap_or(CountStage::Candidate);
            assert_eq!(row.stage, last, "the stage of {row:?}");
        }
        for row in self.entries.iter().filter(|row| row.reverses.is_some()) {
            let original = self.entries.iter().find(|other| Some(other.id) == row.reverses).unwrap();
            assert_eq!(
                (&row.indicator, &row.unit_key, row.delta, row.effective_on, row.demo),
                (
                    &original.indicator,
                    &original.unit_key,
                    -original.delta,
                    original.effective_on,
                    original.demo
                ),
            );
            assert!(row.recorded_at >= original.recorded_at);
        }
    }

    /// Every row carries the hash of what it says.
    pub fn check_hashes(&self) {
        for row in &self.entries {
            assert_eq!(row.hash, Some(row.content_hash()), "the hash of {row:?}");
        }
        for row in &self.events {
            assert_eq!(row.hash, Some(row.content_hash()), "the hash of {row:?}");
        }
    }

    /// The sums of the days are the sums of what is in force; added up, what was recorded is the same.
    pub fn check_sums(&self) {
        let mut wanted: BTreeMap<(String, bool, Day), [i64; 4]> = BTreeMap::new();
        for row in &self.active {
            let entry = self.entries.iter().find(|entry| entry.id == row.entry_id).unwrap();
            let by = match row.stage {
                CountStage::Confirmed => [entry.delta, 0, 1, 0],
                CountStage::Candidate | CountStage::EvidenceComplete => [0, entry.delta, 0, 1],
                CountStage::Reversed => [0; 4],
            };
            for (on, sign) in [(Some(entry.effective_on), 1), (entry.lapses_on, -1)] {
                let Some(on) = on else { continue };
                let sums = wanted.entry((entry.indicator.clone(), entry.demo, on)).or_default();
                for (sum, by) in sums.iter_mut().zip(by) {
                    *sum += sign * by;
                }
            }
        }
        wanted.retain(|_, sums| *sums != [0; 4]);
        let kept = self.days.iter().map(|row| {
            let sums = [row.confirmed, row.candidate, row.confirmed_units, row.candidate_units];
            ((row.indicator.clone(), row.demo, row.day), sums)
        });
        let kept: BTreeMap<_, _> = kept.filter(|(_, sums)| *sums != [0; 4]).collect();
        assert_eq!(kept, wanted, "the sums of the days");
        let mut added: BTreeMap<(String, bool, Day), [i64; 4]> = BTreeMap::new();
        for row in &self.changes {
            let sums = added.entry((row.indicator.clone(), row.demo, row.day)).or_default();
            let by = [row.confirmed, row.candidate, row.confirmed_units, row.candidate_units];
            for (sum, by) in sums.iter_mut().zip(by) {
                *sum += by;
            }
        }
        added.retain(|_, sums| *sums != [0; 4]);
        assert_eq!(added, wanted, "what the days of recording changed");
    }
}

pub async fn board(reader: &Client, as_of: Day, known_at: Instant) -> Figures {
    let path = format!("/progress?plan=demo&as_of={as_of}&known_at={}", Moment(known_at));
    let board = reader.get(&path).await.ok();
    figures_of(&board)
}

fn figures_of(board: &Value) -> Figures {
    let rows = board["indicators"].as_array().unwrap();
    rows.iter()
        .map(|row| {
            let figures = (row["confirmed"].as_i64().unwrap(), row["candidate"].as_i64().unwrap());
            (row["code"].as_str().unwrap().to_owned(), figures)
        })
        .collect()
}
