//! Indicators, plans and progress on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    id::AccountId,
    indicator::{
        Basis, Counting, IndicatorKind, Measure, Model, Step, TargetPeriod, plan, plan_target, rule,
    },
    ledger::CountStage,
};
use utoipa::{IntoParams, ToSchema};

use crate::{clock::Moment, error::Wording};

/// An indicator: what is counted, and by which rule.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IndicatorOut {
    #[schema(example = "T1")]
    pub code: String,
    pub name: Wording,
    pub unit: Wording,
    pub kind: IndicatorKind,
    pub measure: Measure,
    pub counting: Counting,
    /// On which acts it rests.
    pub basis: Basis,
    /// Where it stands in lists.
    pub position: i32,
    pub rule: Wording,
    pub rule_version: String,
    /// The rule's parameters.
    #[schema(value_type = Object)]
    pub parameters: serde_json::Value,
}

impl From<Model> for IndicatorOut {
    fn from(row: Model) -> Self {
        Self {
            code: row.code,
            name: Wording::new(row.name_zh, row.name_en),
            unit: Wording::new(row.unit_zh, row.unit_en),
            kind: row.kind,
            measure: row.measure,
            counting: row.counting,
            basis: row.basis,
            position: row.position,
            rule: Wording::new(row.rule_zh, row.rule_en),
            rule_version: row.rule_version,
            parameters: row.parameters,
        }
    }
}

/// All indicators.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IndicatorsOut {
    pub items: Vec<IndicatorOut>,
}

/// A plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanOut {
    #[schema(example = "demo")]
    pub code: String,
    pub name: Wording,
    pub starts_on: chrono::NaiveDate,
    pub ends_on: chrono::NaiveDate,
    /// Whether it counts demo rows alone.
    pub demo: bool,
}

impl From<plan::Model> for PlanOut {
    fn from(row: plan::Model) -> Self {
        Self {
            code: row.code,
            name: Wording::new(row.name_zh, row.name_en),
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            demo: row.demo,
        }
    }
}

/// All plans, the latest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlansOut {
    pub items: Vec<PlanOut>,
}

/// Which plan, up to which day, as known when.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ProgressQuery {
    /// The plan's code; the real plan that runs today (else the latest) when absent.
    #[param(max_length = 40, example = "demo")]
    pub plan: Option<String>,
    /// Acts up to this day; the earlier of today and the plan's end when absent.
    pub as_of: Option<chrono::NaiveDate>,
    /// As known at this instant (RFC 3339); now when absent.
    #[param(value_type = Option<String>, format = DateTime)]
    pub known_at: Option<chrono::DateTime<chrono::Utc>>,
    /// As known at the end of this day in Shanghai, instead of `known_at`.
    pub known_on: Option<chrono::NaiveDate>,
    /// The indicators of one responsible unit 责任单位 alone.
    #[param(max_length = 100, example = "市场监管局")]
    pub responsible_unit: Option<String>,
}

/// Where a plan stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProgressOut {
    pub plan: PlanOut,
    pub as_of: chrono::NaiveDate,
    pub known_at: Moment,
    pub indicators: Vec<IndicatorProgress>,
    /// The same by responsible unit 责任单位.
    pub responsible_units: Vec<ResponsibleUnit>,
}

/// How far a responsible unit has come.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ResponsibleUnit {
    pub name: String,
    /// The indicators it answers for.
    pub indicators: Vec<String>,
    /// Those whose target is met.
    pub met: Vec<String>,
}

/// Figures in units, fen or hundredths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct FiguresOut {
    /// What reports use.
    pub confirmed: i64,
    /// Neither confirmed nor reversed.
    pub candidate: i64,
}

/// The figures of a calendar year of the window.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct YearOut {
    pub year: i32,
    /// What is asked of the year, or by its end; null where the plan does not say.
    pub target: Option<i64>,
    /// What the year itself brought (of a level or a rate: what stood at its end).
    pub confirmed: i64,
    pub candidate: i64,
}

/// Where an indicator stands. Amounts are in fen where `measure` is `fen`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IndicatorProgress {
    #[schema(example = "T4")]
    pub code: String,
    pub name: Wording,
    pub unit: Wording,
    pub kind: IndicatorKind,
    pub measure: Measure,
    pub counting: Counting,
    pub basis: Basis,
    /// Whether the target is asked of the whole window or of each year; figures are of the same.
    pub period: TargetPeriod,
    pub target: i64,
    /// What reports use.
    pub confirmed: i64,
    /// Neither confirmed nor reversed.
    pub candidate: i64,
    /// Confirmed of the target, to two decimals.
    #[schema(example = 87.0)]
    pub percent: f64,
    /// What is missing to the target; 0 once it is met.
    pub remaining: i64,
    /// What a straight way to the target asks by `as_of`.
    pub asked_by_now: i64,
    /// The figures of the whole window, where the target is asked of each year.
    pub window: FiguresOut,
    pub years: Vec<YearOut>,
    /// Days to the end of the window; 0 once it is over.
    pub days_left: i64,
    pub starts_on: chrono::NaiveDate,
    pub ends_on: chrono::NaiveDate,
    /// 责任单位
    pub responsible_units: Vec<String>,
    pub rule_version: String,
    /// Cumulative figures at each month's end of the window, up to `as_of`.
    pub series: Vec<MonthOut>,
    /// Where the figure opens to its units.
    pub units: String,
    /// Its course as a picture (SVG).
    pub chart: String,
    /// Where it leads: needed rate, forecast, what is near.
    pub outlook: String,
}

/// The figures at a month's end.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MonthOut {
    #[schema(example = "2026-11")]
    pub month: String,
    pub confirmed: i64,
    pub candidate: i64,
}

/// Which units, of which plan, up to which day, as known when.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct UnitsQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// The plan's code; the real plan that runs today (else the latest) when absent.
    #[param(max_length = 40, example = "demo")]
    pub plan: Option<String>,
    /// Acts up to this day; the earlier of today and the plan's end when absent.
    pub as_of: Option<chrono::NaiveDate>,
    /// As known at this instant (RFC 3339); now when absent.
    #[param(value_type = Option<String>, format = DateTime)]
    pub known_at: Option<chrono::DateTime<chrono::Utc>>,
    /// As known at the end of this day in Shanghai, instead of `known_at`.
    pub known_on: Option<chrono::NaiveDate>,
    /// Units at these stages alone.
    #[serde(default)]
    #[param(max_items = 3)]
    pub stage: Vec<CountStage>,
}

/// An indicator that an admin defines.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IndicatorIn {
    /// Upper-case letters and digits.
    #[schema(min_length = 1, max_length = 20, pattern = "^[A-Z][A-Z0-9]*$", example = "P18")]
    pub code: String,
    pub name: WordingIn,
    pub unit: WordingIn,
    pub kind: IndicatorKind,
    pub measure: Measure,
    /// On which acts it rests; `manual` when responsible units report it.
    pub basis: Basis,
    /// Where it stands in lists; at the end when absent.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 10_000)]
    pub position: Option<i32>,
    pub rule: RuleIn,
}

/// A text in both languages.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WordingIn {
    #[schema(min_length = 1, max_length = 1000)]
    pub zh: String,
    #[schema(min_length = 1, max_length = 1000)]
    pub en: String,
}

/// A rule: its words, and its parameters.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleIn {
    /// Never used before for the indicator.
    #[schema(min_length = 1, max_length = 20, pattern = r"^\S+$", example = "2026.1")]
    pub version: String,
    pub text: WordingIn,
    /// As the basis asks; what is left out has its default.
    #[serde(default = "no_parameters")]
    #[schema(value_type = Object)]
    pub parameters: serde_json::Value,
    /// Why it was made.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000)]
    pub note: Option<String>,
}

fn no_parameters() -> serde_json::Value {
    serde_json::json!({})
}

/// What can be changed of an indicator without another rule (JSON Merge Patch).
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IndicatorPatch {
    #[serde(default)]
    pub name: Option<WordingIn>,
    #[serde(default)]
    pub unit: Option<WordingIn>,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 10_000)]
    pub position: Option<i32>,
}

/// A rule of an indicator, with the time from which it decides.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RuleOut {
    pub version: String,
    /// 1, 2, 3 … within the indicator.
    pub number: i32,
    pub text: Wording,
    #[schema(value_type = Object)]
    pub parameters: serde_json::Value,
    /// Acts from this instant on are judged by it.
    pub in_force_at: Moment,
    pub note: Option<String>,
    pub created_by: Option<AccountId>,
}

impl From<rule::Model> for RuleOut {
    fn from(row: rule::Model) -> Self {
        Self {
            version: row.version,
            number: row.number,
            text: Wording::new(row.rule_zh, row.rule_en),
            parameters: row.parameters,
            in_force_at: row.in_force_at.into(),
            note: row.note,
            created_by: row.created_by,
        }
    }
}

/// The rules of an indicator, the latest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RulesOut {
    pub items: Vec<RuleOut>,
}

/// A plan that an admin makes.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanIn {
    #[schema(min_length = 2, max_length = 40, pattern = "^[a-z0-9][a-z0-9-]*$", example = "jz-2026-2028")]
    pub code: String,
    pub name: WordingIn,
    pub starts_on: chrono::NaiveDate,
    /// Not before the beginning, and within thirty years of it.
    pub ends_on: chrono::NaiveDate,
    /// Whether it counts demo rows alone.
    #[serde(default)]
    pub demo: bool,
}

/// A plan with what it asks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanDetail {
    #[serde(flatten)]
    pub plan: PlanOut,
    pub targets: Vec<TargetOut>,
}

/// What a plan asks of an indicator.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TargetOut {
    pub indicator: String,
    pub target: i64,
    pub period: TargetPeriod,
    pub steps: Vec<Step>,
    pub starts_on: chrono::NaiveDate,
    pub ends_on: chrono::NaiveDate,
    pub responsible_units: Vec<String>,
}

impl From<plan_target::Model> for TargetOut {
    fn from(row: plan_target::Model) -> Self {
        Self {
            indicator: row.indicator,
            target: row.target,
            period: row.period,
            steps: row.steps.0,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            responsible_units: row.responsible_units.0,
        }
    }
}

/// What a plan is to ask of an indicator.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetIn {
    /// In the indicator's measure: units, fen, hundredths.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_000_i64, example = 100)]
    pub target: i64,
    /// `window` when absent.
    #[serde(default)]
    pub period: Option<TargetPeriod>,
    /// What is asked by the end of single years.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub steps: Vec<Step>,
    /// The plan's window when absent; within it.
    #[serde(default)]
    pub starts_on: Option<chrono::NaiveDate>,
    #[serde(default)]
    pub ends_on: Option<chrono::NaiveDate>,
    /// 责任单位
    #[serde(default)]
    #[schema(max_items = 20)]
    pub responsible_units: Vec<String>,
}

/// Which plan, up to which day, as known when, for one indicator.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct StandingQuery {
    /// The plan's code; the real plan that runs today (else the latest) when absent.
    #[param(max_length = 40, example = "demo")]
    pub plan: Option<String>,
    /// Acts up to this day; the earlier of today and the plan's end when absent.
    pub as_of: Option<chrono::NaiveDate>,
    /// As known at this instant (RFC 3339); now when absent.
    #[param(value_type = Option<String>, format = DateTime)]
    pub known_at: Option<chrono::DateTime<chrono::Utc>>,
    /// As known at the end of this day in Shanghai, instead of `known_at`.
    pub known_on: Option<chrono::NaiveDate>,
}

/// Where an indicator leads.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutlookOut {
    pub progress: IndicatorProgress,
    /// The first day on which the confirmed figure reached the target; null when it has not.
    pub first_met_on: Option<chrono::NaiveDate>,
    /// What each month that is left has to bring; null once the target is met or nothing is left.
    pub needed_a_month: Option<f64>,
    /// What the last complete months brought on average; null where the figures do not add up.
    pub present_a_month: Option<f64>,
    /// A forecast, never a fact; null with the reason when there are too few data.
    pub forecast: Option<ForecastOut>,
    /// Why there is no forecast.
    pub no_forecast: Option<Wording>,
}

/// What the confirmed figure may be at the end of the window (or of the year, where it is asked of each).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ForecastOut {
    /// How it was made.
    pub method: Wording,
    /// How many complete months it rests on.
    pub months: u32,
    /// The day it speaks of.
    pub on: chrono::NaiveDate,
    pub expected: i64,
    /// In four of five cases it lies between these two, if the coming months are like the last ones.
    pub low: i64,
    pub high: i64,
    /// The day on which the target is expected to be met; null when that is after the window.
    pub met_on: Option<chrono::NaiveDate>,
    /// The same month by month, for a picture.
    pub series: Vec<ForecastMonth>,
}

/// A month of a forecast.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ForecastMonth {
    #[schema(example = "2026-12")]
    pub month: String,
    pub expected: i64,
    pub low: i64,
    pub high: i64,
}

/// What would bring the figure to its target: the counts that lack the least come first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WhatIfOut {
    pub indicator: String,
    pub target: i64,
    pub confirmed: i64,
    /// The figure if everything below that is counted already were confirmed.
    pub with_candidates: i64,
    /// The figure if the near dockings were carried to the deciding stage as well.
    pub with_near: i64,
    /// Whether that would meet the target.
    pub meets_target: bool,
    /// Counted, not confirmed; those that lack nothing first.
    pub candidates: Vec<CandidateOut>,
    /// Open dockings before the deciding stage, the nearest first.
    pub near: Vec<NearOut>,
    /// Each list shows this many at most.
    pub shown_at_most: u32,
}

/// A count that waits.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CandidateOut {
    #[serde(flatten)]
    pub unit: crate::features::ledger::dto::UnitOut,
    /// What its evidence does not show yet; nothing when it waits for its confirmation alone.
    pub lacks: Vec<crate::features::ledger::evidence::Lack>,
}

/// A docking that may soon count.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NearOut {
    pub docking_id: techmart_entity::id::DockingId,
    pub stage: techmart_entity::docking::status::DockingStage,
    /// When it last moved.
    pub updated_at: Moment,
    /// The moves that lead to the deciding stage.
    pub moves_left: u32,
}

/// A rule to try: parameters that are not in force.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TryRuleIn {
    /// As the basis of the indicator asks.
    #[schema(value_type = Object)]
    pub parameters: serde_json::Value,
    /// The rule to compare with: a version of the indicator's; the one in force when absent.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 20)]
    pub against: Option<String>,
    /// The plan's code; the real plan that runs today (else the latest) when absent.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 40)]
    pub plan: Option<String>,
    /// Acts up to this day.
    #[serde(default)]
    pub as_of: Option<chrono::NaiveDate>,
}

/// The same acts under two rules.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RuleDiffOut {
    pub indicator: String,
    pub plan: String,
    pub as_of: chrono::NaiveDate,
    /// The rule that it is compared with.
    pub against: RuleSide,
    pub tried: RuleSide,
    /// Units that only one of them counts, or that they count differently; the first 200.
    pub differences: Vec<DifferenceOut>,
    /// How many there are in all.
    pub different: u64,
}

/// One of the two rules.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RuleSide {
    #[schema(value_type = Object)]
    pub parameters: serde_json::Value,
    /// What the acts that are on record come to under it, whether confirmed or not.
    pub figure: i64,
    pub units: u64,
}

/// A unit that the two rules judge differently.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DifferenceOut {
    pub unit_key: String,
    pub label: String,
    /// Null where that rule does not count it.
    pub against: Option<i64>,
    pub tried: Option<i64>,
}

/// The same acts counted in other ways, beside the figure.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VariantsOut {
    pub items: Vec<VariantOut>,
}

/// The figure in another way.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VariantOut {
    #[schema(example = "technical_amount")]
    pub code: String,
    pub name: Wording,
    pub confirmed: i64,
    pub candidate: i64,
}

/// What the counts that are not complete lack.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GapsOut {
    pub indicator: String,
    /// How many counts lack something.
    pub units: u64,
    /// What they lack, the most frequent first; a count may lack several things.
    pub gaps: Vec<GapOut>,
    /// Whether there are more counts than were looked at.
    pub more: bool,
}

/// One thing that is lacking.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GapOut {
    /// One of these would do.
    pub any_of: Vec<techmart_entity::ledger::EvidenceKind>,
    /// How many counts lack it.
    pub units: u64,
}
