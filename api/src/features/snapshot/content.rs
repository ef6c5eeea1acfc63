//! How a part of a report follows from the ledger. Pure: what is frozen and what is counted again later
//! come from this one function over the same rows.

use std::collections::HashMap;

use chrono::Datelike;
use techmart_entity::{
    Day, Instant,
    id::EntryId,
    indicator::{
        self, Basis, IndicatorKind, Steps, TargetPeriod,
        parameters::{Contract, ContractAmount, ZoneSide},
        plan_target, rule,
    },
    ledger::{self, CountStage, Evidence, event},
};

use super::document::{MonthSaid, Part, RuleSaid, UnitSaid, VariantSaid, YearSaid};
use crate::{
    error::Wording,
    features::{
        indicator::course::Course,
        ledger::tally::{Ledger, Question, Unit},
    },
    say,
};

/// The ledger's rows of one indicator, in the order of their ids and numbers.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    pub entries: Vec<ledger::Model>,
    pub events: Vec<event::Model>,
}

/// The moment that a report is about.
#[derive(Clone, Copy, Debug)]
pub struct AsOf {
    pub as_of: Day,
    pub known_at: Instant,
}

/// What the ledger says of an indicator at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Counted {
    pub confirmed: i64,
    pub candidate: i64,
    pub years: Vec<YearSaid>,
    pub series: Vec<MonthSaid>,
    pub variants: Vec<VariantSaid>,
    pub units: Vec<UnitSaid>,
}

/// Counts an indicator under a target.
#[must_use]
pub fn count(indicator: &indicator::Model, target: &plan_target::Model, rows: &Rows, at: AsOf) -> Counted {
    let AsOf { as_of, known_at } = at;
    let question = Question {
        kind: indicator.kind,
        counting: indicator.counting,
        starts_on: target.starts_on,
        ends_on: target.ends_on,
        as_of,
        known_at,
    };
    let ledger = Ledger::new(&rows.entries, &rows.events);
    let course = Course::of_ledger(indicator, target, &ledger, &question);
    let units = ledger.units(&question);
    let figures = course.headline();
    let mut later: HashMap<EntryId, Vec<&Evidence>> = HashMap::new();
    for event in rows.events.iter().filter(|event| event.at <= known_at) {
        later.entry(event.entry_id).or_default().extend(&event.evidence.0);
    }
    Counted {
        confirmed: figures.confirmed,
        candidate: figures.candidate,
        years: course
            .years()
            .into_iter()
            .map(|year| YearSaid {
                year: year.year,
                target: year.target,
                confirmed: year.figures.confirmed,
                candidate: year.figures.candidate,
            })
            .collect(),
        series: course
            .series()
            .into_iter()
            .map(|end| MonthSaid {
                month: end.month.format("%Y-%m").to_string(),
                confirmed: end.figures.confirmed,
                candidate: end.figures.candidate,
            })
            .collect(),
        variants: variants(indicator, target, &course, &units),
        units: units.iter().map(|unit| said(unit, later.get(&unit.entry.id))).collect(),
    }
}

fn said(unit: &Unit<'_>, later: Option<&Vec<&Evidence>>) -> UnitSaid {
    let entry = unit.entry;
    let mut evidence = entry.evidence.0.clone();
    evidence.extend(later.into_iter().flatten().map(|piece| (*piece).clone()));
    UnitSaid {
        entry_id: entry.id,
        unit_key: entry.unit_key.clone(),
        label: entry.label.clone(),
        delta: entry.delta,
        effective_on: entry.effective_on,
        recorded_at: entry.recorded_at.into(),
        stage: unit.stage,
        rule_version: entry.rule_version.clone(),
        facts: entry.facts.clone(),
        evidence,
        // Rows from before there were hashes are hashed as they are.
        hash: entry.hash.clone().unwrap_or_else(|| entry.content_hash()),
    }
}

/// The same units counted in other ways: what follows from their facts alone, so that it can be counted
/// again for ever.
fn variants(
    indicator: &indicator::Model,
    target: &plan_target::Model,
    course: &Course,
    units: &[Unit<'_>],
) -> Vec<VariantSaid> {
    let mut variants = Vec::new();
    if indicator.basis == Basis::ContractRegistered {
        let from = match (target.period, indicator.kind) {
            // What is asked of each year is shown for the year.
            (TargetPeriod::Year, _) => {
                Day::from_yo_opt(course.last().year(), 1).unwrap_or(target.starts_on).max(target.starts_on)
            }
            (TargetPeriod::Window, IndicatorKind::Flow) => target.starts_on,
            (TargetPeriod::Window, IndicatorKind::Stock | IndicatorKind::Level | IndicatorKind::Rate) => {
                Day::MIN
            }
        };
        for (code, name, rule) in contract_variants() {
            let mut variant = VariantSaid { code: code.to_owned(), name, confirmed: 0, candidate: 0 };
            for unit in units.iter().filter(|unit| unit.entry.effective_on >= from) {
                add(&mut variant, unit.stage, amount(&rule, unit.entry));
            }
            variants.push(variant);
        }
    }
    if target.period == TargetPeriod::Year {
        let window = course.window();
        variants.push(VariantSaid {
            code: "window_sum".to_owned(),
            name: say!("规划期累计", "the whole window"),
            confirmed: window.confirmed,
            candidate: window.candidate,
        });
    }
    variants
}

fn contract_variants() -> [(&'static str, Wording, Contract); 3] {
    let total = ContractAmount::TotalAmount;
    [
        (
            "technical_amount",
            say!("技术交易额", "technical amount"),
            Contract { basis: ContractAmount::TechnicalAmount, zone: ZoneSide::SellerOrBuyer },
        ),
        (
            "outgoing",
            say!("输出（卖方在区内）", "outgoing: the seller is of the zone"),
            Contract { basis: total, zone: ZoneSide::Seller },
        ),
        (
            "incoming",
            say!("吸纳（买方在区内）", "incoming: the buyer is of the zone"),
            Contract { basis: total, zone: ZoneSide::Buyer },
        ),
    ]
}

fn amount(rule: &Contract, entry: &ledger::Model) -> i64 {
    let facts = &entry.facts;
    let is = |name: &str| facts[name].as_bool().unwrap_or(false);
    let total = facts["total_amount"].as_i64().unwrap_or(entry.delta);
    let technical = facts["technical_amount"].as_i64();
    rule.amount(total, technical, is("buyer_in_zone"), is("seller_in_zone")).unwrap_or(0)
}

fn add(variant: &mut VariantSaid, stage: CountStage, amount: i64) {
    match stage {
        CountStage::Confirmed => variant.confirmed = variant.confirmed.saturating_add(amount),
        CountStage::Candidate | CountStage::EvidenceComplete => {
            variant.candidate = variant.candidate.saturating_add(amount);
        }
        CountStage::Reversed => {}
    }
}

/// A part of a report: what is asked, under which rule, and what the ledger says. `beside` are variants
/// that do not follow from the units.
#[must_use]
pub fn part(
    indicator: &indicator::Model,
    target: &plan_target::Model,
    rule: &rule::Model,
    counted: Counted,
    beside: Vec<VariantSaid>,
) -> Part {
    Part {
        indicator: indicator.code.clone(),
        name: Wording::new(&indicator.name_zh, &indicator.name_en),
        unit: Wording::new(&indicator.unit_zh, &indicator.unit_en),
        kind: indicator.kind,
        measure: indicator.measure,
        counting: indicator.counting,
        basis: indicator.basis,
        rule: RuleSaid {
            version: rule.version.clone(),
            text: Wording::new(&rule.rule_zh, &rule.rule_en),
            parameters: rule.parameters.clone(),
        },
        target: target.target,
        period: target.period,
        steps: target.steps.0.clone(),
        starts_on: target.starts_on,
        ends_on: target.ends_on,
        responsible_units: target.responsible_units.0.clone(),
        confirmed: counted.confirmed,
        candidate: counted.candidate,
        years: counted.years,
        series: counted.series,
        variants: beside.into_iter().chain(counted.variants).collect(),
        units: counted.units,
    }
}

/// The definition under which a part was counted, read back from it: definitions change, reports do not.
#[must_use]
pub fn definition(plan: &str, part: &Part) -> (indicator::Model, plan_target::Model) {
    let indicator = indicator::Model {
        code: part.indicator.clone(),
        position: 0,
        name_zh: part.name.zh.clone(),
        name_en: part.name.en.clone(),
        unit_zh: part.unit.zh.clone(),
        unit_en: part.unit.en.clone(),
        kind: part.kind,
        measure: part.measure,
        counting: part.counting,
        basis: part.basis,
        rule_zh: part.rule.text.zh.clone(),
        rule_en: part.rule.text.en.clone(),
        rule_version: part.rule.version.clone(),
        parameters: part.rule.parameters.clone(),
        version: 1,
    };
    let target = plan_target::Model {
        plan: plan.to_owned(),
        indicator: part.indicator.clone(),
        target: part.target,
        starts_on: part.starts_on,
        ends_on: part.ends_on,
        responsible_units: indicator::ResponsibleUnits(part.responsible_units.clone()),
        period: part.period,
        steps: Steps(part.steps.clone()),
    };
    (indicator, target)
}
