//! What a plan asks of an indicator.

use sea_orm::entity::prelude::*;

use super::{ResponsibleUnits, Steps, TargetPeriod};
use crate::Day;

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plan_target")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub indicator: String,
    /// In the indicator's measure: units, or fen.
    pub target: i64,
    pub starts_on: Day,
    pub ends_on: Day,
    #[sea_orm(column_type = "JsonBinary")]
    pub responsible_units: ResponsibleUnits,
    /// Whether the target is asked of the whole window or of each year of it.
    pub period: TargetPeriod,
    /// What the plan asks by the end of single years, where it says.
    #[sea_orm(column_type = "JsonBinary")]
    pub steps: Steps,
}

impl ActiveModelBehavior for ActiveModel {}
