//! What a landing has reached: a pilot, the first product, the first invoice.

use sea_orm::entity::prelude::*;

use super::landing::LandingEvidences;
use crate::{
    Day, Instant, coded_enum,
    id::{AccountId, LandingId, MilestoneId},
};

coded_enum! {
    /// What was reached.
    pub enum MilestoneKind: "milestone_kind" {
        SiteReady = "site_ready" ("场地就绪", "site ready"),
        Pilot = "pilot" ("中试", "pilot run"),
        TrialProduction = "trial_production" ("试生产", "trial production"),
        MassProduction = "mass_production" ("量产", "mass production"),
        FirstSale = "first_sale" ("首次销售", "first sale"),
        Acceptance = "acceptance" ("项目验收", "acceptance"),
        Other = "other" ("其他", "other"),
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "landing_milestone")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MilestoneId,
    pub landing_id: LandingId,
    pub kind: MilestoneKind,
    pub reached_on: Day,
    pub note: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub evidence: LandingEvidences,
    pub recorded_by: AccountId,
    pub recorded_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
