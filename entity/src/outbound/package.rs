//! A package for a platform: what changed since the one before, as a workbook.

use sea_orm::entity::prelude::*;

use crate::{
    Instant,
    id::{AccountId, AttachmentId, OutboundPackageId, OutboundTargetId},
};

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbound_package")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OutboundPackageId,
    pub target_id: OutboundTargetId,
    /// 1, 2, 3 … of the target.
    pub number: i64,
    /// The workbook.
    pub attachment_id: AttachmentId,
    /// Listings that are new or changed.
    pub rows: i64,
    /// Listings that are to be taken away there.
    pub removals: i64,
    /// Listings that lack what the platform wants.
    pub left_out: i64,
    pub created_by: Option<AccountId>,
    pub created_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
