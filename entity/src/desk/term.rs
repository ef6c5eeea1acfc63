//! Within how many working days what waits in a queue is to be answered.

use sea_orm::entity::prelude::*;

use super::Queue;

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "desk_term")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub queue: Queue,
    /// None where no clock runs.
    pub working_days: Option<i32>,
}

impl ActiveModelBehavior for ActiveModel {}
