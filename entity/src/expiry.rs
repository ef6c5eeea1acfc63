//! Terms that end, and the reminders that were told of them.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{Day, Instant, coded_enum};

coded_enum! {
    /// What has a term that ends.
    pub enum TermKind: "term_kind" {
        Listing = "listing" ("发布", "publication"),
        Entry = "entry" ("入驻协议", "agreement of a provider"),
        Verification = "verification" ("单位认证", "verification of an organisation"),
        Interest = "interest" ("待答复的意向", "interest that waits for an answer"),
    }
}

/// A term of something, by its last day: renewed, it is another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    pub kind: TermKind,
    pub subject_id: Uuid,
    pub ends_on: Day,
}

/// A reminder that was told: the database keeps it to one for each term and stage.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "expiry_reminder")]
pub struct Model {
    /// The id of what ends, whatever its kind.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_id: Uuid,
    /// The last day of the term.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ends_on: Day,
    /// How many days ahead: 30, 7 or 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub stage: i16,
    pub kind: TermKind,
    pub told_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
