//! Figures of the service on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{coded_enum, desk::Queue, docking::status::DockingStage};
use utoipa::{IntoParams, ToSchema};

use crate::features::{feedback::reasons::ReasonOut, funnel::dto::StepOut};

coded_enum! {
    /// By what the figures of the service are divided.
    pub enum ServiceBy: "service_by" {
        Month = "month" ("月份", "month"),
        Broker = "broker" ("经办人", "broker"),
        Queue = "queue" ("待办类别", "queue"),
    }
}

/// Which figures.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ServiceFiguresQuery {
    /// The plan's code, for whether demo things are meant; the real plan that runs today when absent.
    #[param(max_length = 40, example = "demo")]
    pub plan: Option<String>,
    /// From this day on, in Asia/Shanghai; from the first of the month eleven months ago when absent.
    pub from: Option<chrono::NaiveDate>,
    /// Until this day, with it; until today when absent. At most three years.
    pub until: Option<chrono::NaiveDate>,
    /// By what they are divided; the whole alone when absent.
    pub by: Option<ServiceBy>,
    /// What waited in these queues; all when absent.
    #[serde(default)]
    #[param(max_items = 20)]
    pub queue: Vec<Queue>,
}

/// How well the centre served.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServiceFiguresOut {
    pub plan: String,
    pub from: chrono::NaiveDate,
    pub until: chrono::NaiveDate,
    pub by: Option<ServiceBy>,
    /// What the centre answered on these days.
    pub answers: AnswersOut,
    /// What waits now and whose clock has run out.
    pub overdue_now: u64,
    /// How many listings came how far, of the whole months of these days: as the funnel has it.
    pub conversion: Vec<StepOut>,
    /// Why dockings were lost on these days, by the stage that they had come to.
    pub losses: Vec<LossOut>,
    pub divisions: Vec<ServiceDivisionOut>,
}

/// A part of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServiceDivisionOut {
    /// A month (`2026-11`), an account's id or a code of the list `queue`; null for dockings without a broker.
    #[schema(example = "2026-11")]
    pub value: Option<String>,
    pub zh: String,
    pub en: String,
    pub answers: AnswersOut,
    /// Of a month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversion: Option<Vec<StepOut>>,
    /// Of a month or a broker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub losses: Option<Vec<LossOut>>,
}

/// How long answers took. A working day is 24 hours that fell on days that are worked in Asia/Shanghai.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct AnswersOut {
    /// Things that left the desk because somebody of the centre answered them.
    pub n: usize,
    #[schema(example = 0.75)]
    pub median_working_days: Option<f64>,
    /// Nine of ten took no longer.
    #[schema(example = 1.9)]
    pub p90_working_days: Option<f64>,
    /// Those of them that had a clock.
    pub with_clock: u64,
    pub in_time: u64,
    /// Of those with a clock; null where none had.
    #[schema(example = 96.4)]
    pub in_time_percent: Option<f64>,
}

/// Dockings that were lost at a stage.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LossOut {
    /// How far they had come.
    pub stage: DockingStage,
    pub n: u64,
    /// Why, those first that there were most of.
    pub reasons: Vec<ReasonOut>,
}
