//! How many listings reached which step, by month and by one dimension at a time: kept as sums, in the
//! transactions of the acts, so that the funnel costs the same however much was listed. A listing reaches
//! a step once (`step.rs`).

pub mod step;

use sea_orm::entity::prelude::*;

use crate::{Day, coded_enum};

coded_enum! {
    /// The steps of a listing from a text to a landing, in their order. From `interest` on they are those of
    /// its dockings, whichever of them came first.
    pub enum FunnelStep: "funnel_step" {
        Submitted = "submitted" ("提交", "submitted"),
        Published = "published" ("发布", "published"),
        Interest = "interest" ("意向", "interest expressed"),
        Accepted = "accepted" ("接受", "accepted"),
        Met = "met" ("会面", "met"),
        Contracted = "contracted" ("签约", "contract signed"),
        Registered = "registered" ("登记", "contract registered"),
        Landed = "landed" ("落地", "landed"),
    }
}

coded_enum! {
    /// By what the funnel is divided.
    pub enum FunnelDimension: "funnel_dimension" {
        Kind = "kind" ("类别", "kind of listing"),
        Field = "field" ("技术领域", "field"),
        Town = "town" ("镇街园区", "town"),
        Organisation = "organisation" ("单位", "owner"),
        Source = "source" ("来源", "source"),
    }
}

coded_enum! {
    /// By what an answer divides the funnel: by a dimension, or by month.
    pub enum FunnelBy: "funnel_by" {
        Kind = "kind" ("类别", "kind of listing"),
        Field = "field" ("技术领域", "field"),
        Town = "town" ("镇街园区", "town"),
        Organisation = "organisation" ("单位", "owner"),
        Source = "source" ("来源", "source"),
        Month = "month" ("月份", "month"),
    }
}

impl FunnelBy {
    /// The dimension whose sums answer it: months are those of any one dimension, each of which holds
    /// every listing once.
    #[must_use]
    pub fn dimension(self) -> FunnelDimension {
        match self {
            Self::Kind | Self::Month => FunnelDimension::Kind,
            Self::Field => FunnelDimension::Field,
            Self::Town => FunnelDimension::Town,
            Self::Organisation => FunnelDimension::Organisation,
            Self::Source => FunnelDimension::Source,
        }
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "funnel_month")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub demo: bool,
    #[sea_orm(primary_key, auto_increment = false)]
    pub dimension: FunnelDimension,
    /// A code, an organisation's id, or nothing where the listing does not say.
    #[sea_orm(primary_key, auto_increment = false)]
    pub value: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub step: FunnelStep,
    /// The first day of the month, by the day of the act.
    #[sea_orm(primary_key, auto_increment = false)]
    pub month: Day,
    pub reached: i64,
}

impl ActiveModelBehavior for ActiveModel {}
