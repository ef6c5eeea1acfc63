//! What one side says to the times that were proposed.

use sea_orm::entity::prelude::*;

use super::Times;
use crate::{
    Instant,
    docking::Side,
    id::{AccountId, AppointmentId},
};

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "docking_appointment_answer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub appointment_id: AppointmentId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub side: Side,
    /// Which of the times fit; none of them may.
    #[sea_orm(column_type = "JsonBinary")]
    pub fits: Times,
    pub note: Option<String>,
    pub answered_by: AccountId,
    pub answered_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
