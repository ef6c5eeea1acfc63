//! The calendar on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::calendar::{DayKind, Model};
use utoipa::{IntoParams, ToSchema};

use crate::clock::Moment;

/// A day that is not what its weekday says.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DayOut {
    pub day: chrono::NaiveDate,
    pub kind: DayKind,
    #[schema(example = "国庆节")]
    pub name: String,
}

impl From<Model> for DayOut {
    fn from(row: Model) -> Self {
        Self { day: row.day, kind: row.kind, name: row.name }
    }
}

/// The calendar of some days.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CalendarOut {
    pub from: chrono::NaiveDate,
    pub to: chrono::NaiveDate,
    /// The last day that was entered: after the year of this day only weekends are known.
    pub entered_until: Option<chrono::NaiveDate>,
    /// How many of these days are worked.
    pub working_days: u32,
    /// The days that are not what their weekday says.
    pub items: Vec<DayOut>,
}

/// Which days to show: at most three years, this year when absent.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct CalendarQuery {
    pub from: Option<chrono::NaiveDate>,
    pub to: Option<chrono::NaiveDate>,
}

/// What a day is.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DayIn {
    pub kind: DayKind,
    #[schema(min_length = 1, max_length = 50, pattern = r"\S", example = "国庆节")]
    pub name: String,
}

/// From when on how many working days run.
#[derive(Clone, Debug, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct DueQuery {
    pub from: chrono::DateTime<chrono::Utc>,
    #[param(minimum = 1, maximum = 250)]
    pub working_days: u32,
}

/// Until when something is to be done.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DueOut {
    /// The last working day.
    pub day: chrono::NaiveDate,
    /// Its end in Shanghai.
    pub due_at: Moment,
}
