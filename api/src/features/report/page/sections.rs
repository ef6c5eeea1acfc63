//! The sections of the page, from the frozen documents. Pure.

use std::collections::BTreeMap;

use techmart_entity::{
    indicator::{IndicatorKind, TargetPeriod},
    ledger::CountStage,
};

use super::Detail;
use crate::{
    error::Language,
    features::{
        ledger::{evidence, tally::adds_up},
        report::{
            figure::{self, label},
            frozen::{Frozen, Kept},
        },
        snapshot::{
            content,
            document::{Part, SignalSaid, UnitSaid, YearSaid},
        },
    },
};

/// The supermarket's own indicators are always on the front, and the eight of the plan's text in pictures.
const FRONT: [&str; 4] = ["T1", "T2", "T3", "T4"];
const PICTURES: [&str; 8] = ["T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8"];
/// So many units of an indicator are named; the workbook has all of them.
const NAMED: usize = 6;
/// Where there is no figure.
const NONE: &str = "—";

/// A figure on the front.
pub struct Card {
    pub code: String,
    pub name: String,
    pub confirmed: String,
    pub unit: String,
    pub target: String,
    pub candidate: String,
    pub has_candidate: bool,
    pub percent: String,
    pub met: bool,
    pub short: String,
    /// Widths of the bar, of 1000.
    pub confirmed_width: i64,
    pub candidate_width: i64,
}

/// Indicators of the same responsible units.
pub struct Group {
    pub units: String,
    pub rows: Vec<Row>,
}

/// An indicator in the table.
pub struct Row {
    pub code: String,
    pub name: String,
    pub yearly: bool,
    pub target: String,
    pub confirmed: String,
    pub candidate: String,
    pub percent: String,
    pub met: bool,
    /// Whether there is no figure yet.
    pub none: bool,
    pub width: i64,
    pub years: Vec<Year>,
}

/// What a year brought.
pub struct Year {
    pub confirmed: String,
    pub target: Option<String>,
    pub met: bool,
}

/// How far a responsible unit has come.
pub struct Responsible {
    pub name: String,
    pub met: usize,
    pub all: usize,
    pub open: String,
}

/// What is missing to a target.
pub struct Missing {
    pub code: String,
    pub name: String,
    pub short: String,
    pub candidate: String,
    pub has_candidate: bool,
    /// Whether the candidates would do.
    pub enough: bool,
}

/// Counts of an indicator that wait.
pub struct Gap {
    pub code: String,
    pub name: String,
    pub complete: usize,
    pub lacking: usize,
    /// What is lacking, and of how many.
    pub lacks: Vec<(String, usize)>,
    pub units: Vec<GapUnit>,
    pub more: usize,
}

/// A count that waits.
pub struct GapUnit {
    pub label: String,
    pub day: String,
    pub stage: &'static str,
    pub lacks: String,
}

/// Signals of a kind.
pub struct SignalGroup {
    pub kind: &'static str,
    pub open: usize,
    pub upheld: usize,
    pub named: Vec<String>,
    pub more: usize,
}

fn picked<'a>(report: &'a Frozen, codes: &[&str]) -> Vec<&'a Kept> {
    let named: Vec<&Kept> = codes
        .iter()
        .filter_map(|code| report.parts.iter().find(|kept| kept.part.indicator == *code))
        .collect();
    // Another plan may have other codes: then its first ones.
    if named.is_empty() { report.parts.iter().take(codes.len()).collect() } else { named }
}

/// The parts that are shown in pictures.
pub fn shown(report: &Frozen) -> Vec<&Kept> {
    picked(report, &PICTURES)
}

fn met(part: &Part) -> bool {
    part.confirmed >= part.target
}

fn name(part: &Part, language: Language) -> String {
    figure::line(part.name.in_language(language), 60)
}

fn with_unit(part: &Part, value: i64, language: Language) -> String {
    figure::with_unit(part.measure, value, &part.unit, language)
}

/// In one sentence.
pub fn summary(report: &Frozen, language: Language) -> String {
    let all = report.parts.len();
    let there = report.parts.iter().filter(|kept| met(&kept.part)).count();
    let with_candidates = |part: &Part| !met(part) && part.candidate > 0;
    let near = report.parts.iter().filter(|kept| with_candidates(&kept.part)).count();
    let nothing =
        report.parts.iter().filter(|kept| kept.part.confirmed == 0 && kept.part.candidate == 0).count();
    match language {
        Language::Zh => format!(
            "共 {all} 项指标，已达标 {there} 项，未达标 {} 项（其中 {near} 项另有候选待确认，{nothing} 项尚无数据）。",
            all - there
        ),
        Language::En => format!(
            "{there} of {all} indicators have met their targets, {} have not ({near} of them have candidates that \
             wait, {nothing} have no data yet).",
            all - there
        ),
    }
}

/// The years of the plan.
pub fn years(report: &Frozen) -> Vec<i32> {
    let mut years: Vec<i32> =
        report.parts.iter().flat_map(|kept| &kept.part.years).map(|year| year.year).collect();
    years.sort_unstable();
    years.dedup();
    // What has more columns than that is no page any more; the workbook has them all.
    years.truncate(6);
    years
}

/// The front.
pub fn cards(report: &Frozen, language: Language) -> Vec<Card> {
    picked(report, &FRONT).into_iter().map(|kept| card(&kept.part, language)).collect()
}

fn width(value: i64, target: i64) -> i64 {
    (figure::share(value, target) / 10).clamp(0, 1000)
}

fn card(part: &Part, language: Language) -> Card {
    let confirmed_width = width(part.confirmed, part.target);
    let with = width(part.confirmed.saturating_add(part.candidate), part.target);
    Card {
        code: part.indicator.clone(),
        name: name(part, language),
        confirmed: figure::bare(part.measure, part.confirmed, language),
        unit: figure::line(part.unit.in_language(language), 20),
        target: figure::bare(part.measure, part.target, language),
        candidate: figure::bare(part.measure, part.candidate, language),
        has_candidate: part.candidate > 0,
        percent: figure::percent(part.confirmed, part.target),
        met: met(part),
        short: with_unit(part, part.target.saturating_sub(part.confirmed).max(0), language),
        confirmed_width,
        candidate_width: (with - confirmed_width).max(0),
    }
}

/// The table, by responsible units in the order in which they come.
pub fn groups(report: &Frozen, language: Language) -> Vec<Group> {
    let years = years(report);
    let between = match language {
        Language::Zh => "、",
        Language::En => ", ",
    };
    let mut groups: Vec<Group> = Vec::new();
    for kept in &report.parts {
        let units: Vec<String> =
            kept.part.responsible_units.iter().map(|unit| figure::line(unit, 60)).collect();
        let units = units.join(between);
        let row = row(&kept.part, &years, language);
        match groups.iter_mut().find(|group| group.units == units) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group { units, rows: vec![row] }),
        }
    }
    groups
}

/// Whether nobody has reported a figure yet: then there is none, which is not nought.
fn unreported(part: &Part) -> bool {
    !adds_up(part.kind, part.counting) && part.units.is_empty()
}

fn row(part: &Part, years: &[i32], language: Language) -> Row {
    let none = unreported(part);
    let bare = |value| figure::bare(part.measure, value, language);
    Row {
        code: part.indicator.clone(),
        name: name(part, language),
        yearly: part.period == TargetPeriod::Year,
        target: with_unit(part, part.target, language),
        confirmed: if none { NONE.to_owned() } else { bare(part.confirmed) },
        candidate: if part.candidate == 0 { String::new() } else { bare(part.candidate) },
        percent: if none { NONE.to_owned() } else { figure::percent(part.confirmed, part.target) },
        met: met(part),
        none,
        width: width(part.confirmed, part.target),
        years: years
            .iter()
            .map(|year| year_of(part, part.years.iter().find(|said| said.year == *year), language))
            .collect(),
    }
}

fn year_of(part: &Part, said: Option<&YearSaid>, language: Language) -> Year {
    let bare = |value| figure::bare(part.measure, value, language);
    let Some(said) = said else { return Year { confirmed: NONE.to_owned(), target: None, met: false } };
    let none = !adds_up(part.kind, part.counting) && said.confirmed == 0 && said.candidate == 0;
    // A step of a window is asked of the sum by the year's end, so the year alone does not meet it.
    let of_the_year = part.period == TargetPeriod::Year || may_stand_alone(part.kind);
    Year {
        confirmed: if none { NONE.to_owned() } else { bare(said.confirmed) },
        target: said.target.map(bare),
        met: of_the_year && said.target.is_some_and(|target| said.confirmed >= target),
    }
}

fn may_stand_alone(kind: IndicatorKind) -> bool {
    match kind {
        IndicatorKind::Level | IndicatorKind::Rate => true,
        IndicatorKind::Stock | IndicatorKind::Flow => false,
    }
}

/// The responsible units one by one.
pub fn responsible(report: &Frozen) -> Vec<Responsible> {
    let mut units: Vec<Responsible> = Vec::new();
    for kept in &report.parts {
        for name in &kept.part.responsible_units {
            let name = figure::line(name, 60);
            let at = units.iter().position(|unit| unit.name == name).unwrap_or_else(|| {
                units.push(Responsible { name, met: 0, all: 0, open: String::new() });
                units.len() - 1
            });
            let Some(unit) = units.get_mut(at) else { continue };
            unit.all += 1;
            if met(&kept.part) {
                unit.met += 1;
            } else {
                if !unit.open.is_empty() {
                    unit.open.push(' ');
                }
                unit.open.push_str(&kept.part.indicator);
            }
        }
    }
    units
}

/// What is missing to the targets.
pub fn missing(report: &Frozen, language: Language) -> Vec<Missing> {
    let open = report.parts.iter().map(|kept| &kept.part).filter(|part| !met(part) && !unreported(part));
    open.map(|part| Missing {
        code: part.indicator.clone(),
        name: name(part, language),
        short: with_unit(part, part.target.saturating_sub(part.confirmed), language),
        candidate: figure::bare(part.measure, part.candidate, language),
        has_candidate: part.candidate > 0,
        enough: part.confirmed.saturating_add(part.candidate) >= part.target,
    })
    .collect()
}

/// The indicators of which no figure was reported yet.
pub fn not_reported(report: &Frozen) -> String {
    let silent = report.parts.iter().filter(|kept| unreported(&kept.part));
    silent.map(|kept| kept.part.indicator.as_str()).collect::<Vec<_>>().join(" ")
}

/// What the evidence of a unit lacks, under the rule that is frozen with it.
pub fn lacks(plan: &str, part: &Part, unit: &UnitSaid, language: Language) -> Vec<String> {
    let (indicator, _) = content::definition(plan, part);
    let or = match language {
        Language::Zh => "或",
        Language::En => " or ",
    };
    evidence::lacking(&indicator, &unit.evidence)
        .iter()
        .map(|lack| lack.any_of.iter().map(|kind| label(*kind, language)).collect::<Vec<_>>().join(or))
        .collect()
}

/// Counts that wait, by indicator; how many there are.
pub fn gaps(report: &Frozen, language: Language, detail: Detail) -> (Vec<Gap>, usize) {
    let plan = &report.head.plan.code;
    let gaps: Vec<Gap> =
        report.parts.iter().filter_map(|kept| gap(plan, &kept.part, language, detail)).collect();
    let all = gaps.iter().map(|gap| gap.complete + gap.lacking).sum();
    (gaps, all)
}

fn gap(plan: &str, part: &Part, language: Language, detail: Detail) -> Option<Gap> {
    let waits = |unit: &&UnitSaid| match unit.stage {
        CountStage::Candidate | CountStage::EvidenceComplete => true,
        CountStage::Confirmed | CountStage::Reversed => false,
    };
    let waiting: Vec<&UnitSaid> = part.units.iter().filter(waits).collect();
    if waiting.is_empty() {
        return None;
    }
    let mut lacking: BTreeMap<String, usize> = BTreeMap::new();
    let mut units = Vec::new();
    let mut complete = 0;
    let between = match language {
        Language::Zh => "；",
        Language::En => "; ",
    };
    for unit in &waiting {
        let lacks = lacks(plan, part, unit, language);
        if lacks.is_empty() {
            complete += 1;
        }
        if detail == Detail::Names && units.len() < NAMED {
            units.push(GapUnit {
                label: figure::line(&unit.label, 80),
                day: unit.effective_on.to_string(),
                stage: label(unit.stage, language),
                lacks: lacks.join(between),
            });
        }
        for lack in lacks {
            *lacking.entry(lack).or_default() += 1;
        }
    }
    Some(Gap {
        code: part.indicator.clone(),
        name: name(part, language),
        complete,
        lacking: waiting.len() - complete,
        lacks: lacking.into_iter().collect(),
        more: if detail == Detail::Names { waiting.len() - units.len() } else { 0 },
        units,
    })
}

/// The signals by kind; how many there are.
pub fn signals(report: &Frozen, language: Language, detail: Detail) -> (Vec<SignalGroup>, usize) {
    use techmart_entity::signal::{SignalKind, SignalStatus};
    let all = &report.head.signals;
    let groups = SignalKind::ALL.iter().filter_map(|kind| {
        let of: Vec<&SignalSaid> = all.iter().filter(|signal| signal.kind == *kind).collect();
        if of.is_empty() {
            return None;
        }
        let upheld = of.iter().filter(|signal| signal.status == SignalStatus::Upheld).count();
        let named: Vec<String> = match detail {
            Detail::Figures => Vec::new(),
            Detail::Names => of.iter().take(NAMED).map(|signal| subjects(signal)).collect(),
        };
        Some(SignalGroup {
            kind: label(*kind, language),
            open: of.len() - upheld,
            upheld,
            more: if detail == Detail::Names { of.len() - named.len() } else { 0 },
            named,
        })
    });
    (groups.collect(), all.len())
}

fn subjects(signal: &SignalSaid) -> String {
    let labels: Vec<String> =
        signal.subjects.iter().take(3).map(|subject| figure::line(&subject.label, 50)).collect();
    let more = signal.subjects.len() - labels.len();
    let mut text = labels.join(" · ");
    if more > 0 {
        text.push_str(&format!(" · … +{more}"));
    }
    text
}
