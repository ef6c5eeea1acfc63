//! The public catalogue's last changes: one row for each listing that was ever in it, which moves up with every
//! further change. So the feed is complete for ever and no longer than the catalogue.

use sea_orm::entity::prelude::*;

use crate::{Instant, coded_enum, id::ListingId, listing::ListingKind, value::field::Field};

coded_enum! {
    /// What has happened to an item of the catalogue.
    pub enum ChangeKind: "change_kind" {
        Upsert = "upsert" ("新增或更新", "new or changed"),
        Tombstone = "tombstone" ("移除", "gone"),
    }
}

coded_enum! {
    /// Why an item is no longer in the catalogue.
    pub enum TombstoneReason: "tombstone_reason" {
        Withdrawn = "withdrawn" ("已撤回", "withdrawn"),
        Expired = "expired" ("已过期", "its term is over"),
        Suspended = "suspended" ("暂停展示", "not shown for the time being"),
        Restricted = "restricted" ("不再对公众开放", "no longer for everybody"),
        Solved = "solved" ("需求已解决", "the demand is solved"),
        ClosedUnsolved = "closed_unsolved" ("需求未解决关闭", "the demand is closed unsolved"),
        Merged = "merged" ("与另一条合并", "merged into another"),
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "change")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub listing_id: ListingId,
    pub listing_kind: ListingKind,
    /// The number in the order of commits. The database draws it for a row that is written without: on
    /// PostgreSQL at the commit, so that no reader ever meets a lower one later.
    #[sea_orm(unique)]
    pub seq: Option<i64>,
    pub kind: ChangeKind,
    /// Of a tombstone.
    pub reason: Option<TombstoneReason>,
    /// The item with which it was found to be the same.
    pub replaced_by: Option<ListingId>,
    /// The field that its document named last: a tombstone keeps its place in the set.
    pub field: Option<Field>,
    /// SHA-256 of the document that everybody reads; empty of a tombstone, and of what was public before
    /// changes were kept until it was looked at.
    pub fingerprint: String,
    /// When the act was.
    pub at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}

/// The last number that was drawn: one row, which whoever draws holds until they commit.
pub mod counter {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "change_counter")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
        pub last: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
