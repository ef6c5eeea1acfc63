//! An appointment: times at which the sides of a docking could meet, and the one they agreed on. That they met is
//! recorded as a meeting afterwards.

pub mod answer;
pub mod attendance;
pub mod status;

use sea_orm::{FromJsonQueryResult, entity::prelude::*};
use serde::{Deserialize, Serialize};
use status::AppointmentStatus;

use super::{Side, meeting::MeetingMode};
use crate::{
    Instant,
    id::{AccountId, AppointmentId, DockingId, MeetingId},
};

/// Instants, as one JSON column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Times(pub Vec<Instant>);

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "docking_appointment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AppointmentId,
    pub docking_id: DockingId,
    pub status: AppointmentStatus,
    pub mode: MeetingMode,
    pub place: Option<String>,
    /// Where an online meeting is joined.
    pub join_url: Option<String>,
    pub agenda: Option<String>,
    pub minutes: i32,
    /// The times that were proposed.
    #[sea_orm(column_type = "JsonBinary")]
    pub times: Times,
    /// The time that was agreed on.
    pub starts_at: Option<Instant>,
    pub proposed_by: AccountId,
    pub proposed_side: Side,
    /// Of the invitation (RFC 5545): rises with each change that calendars have to follow.
    pub sequence: i32,
    pub end_note: Option<String>,
    /// The meeting that was held.
    pub meeting_id: Option<MeetingId>,
    /// When those who were to come were reminded.
    pub reminded_at: Option<Instant>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
