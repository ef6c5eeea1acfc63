//! One version of a listing's content. A published version is never changed: its hash is evidence.

use sea_orm::entity::prelude::*;

use crate::{
    Instant,
    id::{AccountId, ListingId, VersionId},
};

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "listing_version")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VersionId,
    pub listing_id: ListingId,
    /// 1, 2, 3 … within the listing.
    pub number: i32,
    /// The content as a document of the listing's kind.
    #[sea_orm(column_type = "JsonBinary")]
    pub content: Json,
    /// SHA-256 (hex) of the content in canonical form, set when it is submitted.
    pub content_hash: Option<String>,
    pub created_by: Option<AccountId>,
    pub created_at: Instant,
    pub submitted_by: Option<AccountId>,
    pub submitted_at: Option<Instant>,
    pub decided_by: Option<AccountId>,
    pub decided_at: Option<Instant>,
    pub published_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}
