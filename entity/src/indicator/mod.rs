//! Indicators and plans as data: a second plan period is a few rows, not a release.

pub mod plan;
pub mod plan_target;

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::coded_enum;

coded_enum! {
    /// How an indicator adds up.
    pub enum IndicatorKind: "indicator_kind" {
        Stock = "stock" ("累计", "stock: everything up to the day"),
        Flow = "flow" ("新增", "flow: what falls into the window"),
        Level = "level" ("水平", "level: the last figure reported"),
        Rate = "rate" ("比率", "rate: the last ratio reported"),
    }
}

coded_enum! {
    /// What is added up.
    pub enum Measure: "measure" {
        Count = "count" ("数量", "number of units"),
        Fen = "fen" ("金额(分)", "amount in fen"),
    }
}

coded_enum! {
    /// Where an indicator's entries come from.
    pub enum Counting: "counting" {
        Counted = "counted" ("自动计数", "made by the acts that earn them"),
        Manual = "manual" ("手工填报", "recorded by hand, with evidence"),
    }
}

/// The units that answer for an indicator 责任单位.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult, ToSchema)]
#[serde(transparent)]
pub struct ResponsibleUnits(pub Vec<String>);

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "indicator")]
pub struct Model {
    /// `T1` …
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    pub position: i32,
    pub name_zh: String,
    pub name_en: String,
    pub unit_zh: String,
    pub unit_en: String,
    pub kind: IndicatorKind,
    pub measure: Measure,
    pub counting: Counting,
    pub rule_zh: String,
    pub rule_en: String,
    pub rule_version: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub parameters: Json,
}

impl ActiveModelBehavior for ActiveModel {}
