//! Indicators and plans as data: a second plan period is a few rows, not a release.

pub mod parameters;
pub mod plan;
pub mod plan_target;
pub mod rule;

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
        Percent = "percent" ("百分比(百分之一个百分点)", "hundredths of a per cent"),
        Hundredths = "hundredths" ("数值(百分之一)", "hundredths"),
    }
}

coded_enum! {
    /// On which acts an indicator rests.
    pub enum Basis: "indicator_basis" {
        AchievementPublished = "achievement_published" ("成果首次发布", "an achievement's first publication"),
        ProviderEntered = "provider_entered" ("机构签约入驻", "a provider's signed entry"),
        DemandCollected = "demand_collected" ("需求收集", "a demand's collection"),
        DockingReached = "docking_reached" ("对接达到阶段", "a docking that reached a stage"),
        ItemPublished = "item_published" ("成果或需求首次发布", "a first publication of either kind"),
        AchievementLanded = "achievement_landed" ("成果在区内落地", "a landing in the zone"),
        ContractRegistered = "contract_registered" ("技术合同登记", "a contract's registration"),
        EnclaveEntered = "enclave_entered" ("飞地引进成果", "an achievement's entry through an enclave"),
        CreditLine = "credit_line" ("科技企业授信", "a credit line"),
        IpPledgeLoan = "ip_pledge_loan" ("知识产权质押融资", "a loan on pledged rights"),
        EventHeld = "event_held" ("产学研活动举办", "a fair, roadshow or training that was held"),
        ContestHeld = "contest_held" ("创新创业大赛举办", "a contest that was held"),
        Manual = "manual" ("责任单位填报", "a report of a responsible unit"),
    }
}

coded_enum! {
    /// Of what a target is asked.
    pub enum TargetPeriod: "target_period" {
        Window = "window" ("规划期", "the whole window"),
        Year = "year" ("每年", "each year"),
    }
}

/// What is asked by the end of a year, counted from the window's beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    #[schema(minimum = 2000, maximum = 2200, example = 2024)]
    pub year: i32,
    /// In the indicator's measure.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_000_i64)]
    pub target: i64,
}

/// The yearly steps of a target, as one JSON column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Steps(pub Vec<Step>);

coded_enum! {
    /// Where an indicator's entries come from.
    pub enum Counting: "counting" {
        Counted = "counted" ("自动计数", "made by the acts that earn them"),
        Manual = "manual" ("手工填报", "recorded by hand, with evidence"),
    }
}

impl Basis {
    /// Whether units are also recorded by hand: what other offices hold or report is known to them alone.
    #[must_use]
    pub const fn takes_reports(self) -> bool {
        match self {
            Self::EventHeld | Self::ContestHeld | Self::Manual => true,
            Self::AchievementPublished
            | Self::ProviderEntered
            | Self::DemandCollected
            | Self::DockingReached
            | Self::ItemPublished
            | Self::AchievementLanded
            | Self::ContractRegistered
            | Self::EnclaveEntered
            | Self::CreditLine
            | Self::IpPledgeLoan => false,
        }
    }
}

/// The units that answer for an indicator 责任单位.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult, ToSchema)]
#[serde(transparent)]
pub struct ResponsibleUnits(pub Vec<String>);

/// The row, with the rule in force; earlier rules are in [`rule`].
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
    pub basis: Basis,
    pub rule_zh: String,
    pub rule_en: String,
    pub rule_version: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub parameters: Json,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
