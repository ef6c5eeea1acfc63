//! A frozen report: what the figures of a plan were, as of a day and as known at an instant, with the
//! rules, the units and the hashes of their evidence. Insert-only, and chained: each carries the hash
//! of the one before, so that changing anything later shows.

use sea_orm::entity::prelude::*;

use crate::{
    Day, Instant,
    id::{AccountId, SnapshotId},
};

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "snapshot")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SnapshotId,
    /// Its place in the chain, from 1.
    #[sea_orm(unique)]
    pub number: i64,
    pub plan: String,
    pub title: String,
    pub as_of: Day,
    pub known_at: Instant,
    /// The report that this one corrects; each is corrected by one at most.
    #[sea_orm(unique)]
    pub corrects: Option<SnapshotId>,
    /// Why it corrects it.
    pub reason: Option<String>,
    /// The head of the report in canonical JSON, with the hashes of its parts and of the report before.
    pub document: String,
    /// The hash of the report before it in the chain; none for the first.
    pub previous_hash: Option<String>,
    /// SHA-256 (hex) of `document`.
    #[sea_orm(unique)]
    pub hash: String,
    /// None when the service itself froze it.
    pub made_by: Option<AccountId>,
    pub made_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}

/// What a report says of one indicator: rule, parameters, figures, series and units.
pub mod part {
    use sea_orm::entity::prelude::*;

    use super::SnapshotId;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "snapshot_part")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub snapshot_id: SnapshotId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub indicator: String,
        /// Canonical JSON.
        pub document: String,
        /// SHA-256 (hex) of `document`.
        pub hash: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
