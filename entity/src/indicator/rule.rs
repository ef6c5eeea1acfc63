//! The rules of an indicator, version by version. Insert-only: what was counted under a rule can be
//! read for ever.

use sea_orm::entity::prelude::*;

use crate::{Instant, id::AccountId};

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "indicator_rule")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub indicator: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: String,
    /// 1, 2, 3 … within the indicator.
    pub number: i32,
    pub rule_zh: String,
    pub rule_en: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub parameters: Json,
    /// Acts from this instant on are judged by it.
    pub in_force_at: Instant,
    pub note: Option<String>,
    pub created_by: Option<AccountId>,
}

impl ActiveModelBehavior for ActiveModel {}
