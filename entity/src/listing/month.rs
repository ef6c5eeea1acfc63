//! How a listing was looked at in a month.

use sea_orm::entity::prelude::*;

use crate::{Day, id::ListingId};

/// The row. What is added to it comes from several processes, so it is only ever added to.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "listing_month")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub listing_id: ListingId,
    /// The first day of the month in Asia/Shanghai.
    #[sea_orm(primary_key, auto_increment = false)]
    pub month: Day,
    /// People who opened its page, each once a day.
    pub views: i64,
    /// First pages of a search in which it stood.
    pub appearances: i64,
    /// Saved searches that told of it.
    pub alerts: i64,
}

impl ActiveModelBehavior for ActiveModel {}
