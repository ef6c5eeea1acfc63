//! A search that somebody keeps, and what it has told them.

use sea_orm::entity::prelude::*;

use crate::{
    Instant, coded_enum,
    id::{AccountId, AlertId, ListingId, SavedSearchId},
};

coded_enum! {
    /// How often somebody hears what is new in a saved search.
    pub enum SearchPace: "search_pace" {
        AtOnce = "at_once" ("随时", "at once"),
        Daily = "daily" ("每日", "daily"),
        Weekly = "weekly" ("每周", "weekly"),
        Never = "never" ("不提醒", "never"),
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "saved_search")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SavedSearchId,
    pub account_id: AccountId,
    pub name: String,
    /// The query of `GET /search`, as an address has it.
    pub query: String,
    pub pace: SearchPace,
    /// What was published before is not new.
    pub since: Instant,
    pub last_run_at: Option<Instant>,
    /// When it is looked at next; at once, whenever something was published.
    pub next_run_at: Instant,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}

/// What a search has told its owner: nothing is new twice.
pub mod hit {
    use sea_orm::entity::prelude::*;

    use super::{AlertId, Instant, ListingId, SavedSearchId};

    /// The row.
    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "saved_search_hit")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub saved_search_id: SavedSearchId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub listing_id: ListingId,
        /// With which it was told.
        pub alert_id: AlertId,
        pub told_at: Instant,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
