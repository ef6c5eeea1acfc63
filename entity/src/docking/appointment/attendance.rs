//! Whether somebody will come.

use sea_orm::entity::prelude::*;

use crate::{
    Instant, coded_enum,
    docking::Side,
    id::{AccountId, AppointmentId},
};

coded_enum! {
    /// Whether somebody will come.
    pub enum AttendanceAnswer: "attendance_answer" {
        Coming = "coming" ("参加", "coming"),
        Maybe = "maybe" ("待定", "maybe"),
        NotComing = "not_coming" ("不参加", "not coming"),
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "docking_attendance")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub appointment_id: AppointmentId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    pub side: Side,
    pub answer: AttendanceAnswer,
    pub answered_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
