//! A plan: a name and a window.

use sea_orm::entity::prelude::*;

use crate::Day;

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plan")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    pub name_zh: String,
    pub name_en: String,
    pub starts_on: Day,
    pub ends_on: Day,
    /// A demo plan counts demo rows alone, a real one never.
    pub demo: bool,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
