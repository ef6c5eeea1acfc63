//! The files of the public catalogue, made anew after it has changed: a row a kind, so that its files are of one making.

use sea_orm::entity::prelude::*;

use crate::{Instant, listing::ListingKind};

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "catalogue_file")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub listing_kind: ListingKind,
    /// When they were last asked for; whoever moves it asks.
    pub asked_at: Option<Instant>,
    /// When they were made; none before the first time.
    pub made_at: Option<Instant>,
    /// The place in the change feed from which a reader of the files goes on.
    pub position: Option<i64>,
    pub rows: Option<i64>,
    pub csv_sha256: Option<String>,
    /// In bytes.
    pub csv_size: Option<i64>,
    pub json_lines_sha256: Option<String>,
    /// In bytes.
    pub json_lines_size: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
