//! Reminders on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    docking::reminder::Model,
    id::{DockingId, ReminderId},
};
use utoipa::{IntoParams, ToSchema};

use crate::clock::Moment;

/// What to be reminded of.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReminderIn {
    /// In the future.
    pub at: Moment,
    #[schema(min_length = 1, max_length = 500, pattern = r"\S", example = "问中试线排期")]
    pub note: String,
}

/// A reminder of the caller's.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReminderOut {
    pub id: ReminderId,
    pub docking_id: DockingId,
    pub at: Moment,
    pub note: String,
    /// When they were told.
    pub told_at: Option<Moment>,
    pub created_at: Moment,
}

impl From<Model> for ReminderOut {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            docking_id: row.docking_id,
            at: row.at.into(),
            note: row.note,
            told_at: row.told_at.map(Into::into),
            created_at: row.created_at.into(),
        }
    }
}

/// A page of reminders.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ReminderQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
}
