//! Indicators, plans and progress on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    indicator::{Counting, IndicatorKind, Measure, Model, plan},
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
}

/// Where a plan stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProgressOut {
    pub plan: PlanOut,
    pub as_of: chrono::NaiveDate,
    pub known_at: Moment,
    pub indicators: Vec<IndicatorProgress>,
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
