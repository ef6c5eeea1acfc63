//! How a client was used, by day and scope.

use sea_orm::entity::prelude::*;

use crate::{Day, id::ApiClientId};

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_client_usage")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub client_id: ApiClientId,
    /// A day in Asia/Shanghai.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Day,
    /// The scope that the requests asked for; empty where they asked for what needs none or is closed to keys.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: String,
    /// Those that were let through to be judged, whatever was answered: they count towards the quota.
    pub requests: i64,
    /// Of these, answered with 4xx.
    pub refused: i64,
    /// Of these, answered with 5xx.
    pub failed: i64,
    /// Besides these: too many at once, or beyond the day's quota.
    pub limited: i64,
}

impl ActiveModelBehavior for ActiveModel {}
