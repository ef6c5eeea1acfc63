//! The days of the year that are not what their weekday says: holidays and the days worked instead, as the State
//! Council announces them each autumn.

use sea_orm::entity::prelude::*;

use crate::{Day, coded_enum};

coded_enum! {
    /// What a day is that is not what its weekday says.
    pub enum DayKind: "day_kind" {
        Holiday = "holiday" ("休息", "a holiday"),
        Workday = "workday" ("调休上班", "a day worked instead"),
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar_day")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Day,
    pub kind: DayKind,
    /// 春节, 国庆节 …
    pub name: String,
}

impl ActiveModelBehavior for ActiveModel {}
