//! A change of a registered contract: what it said before and after, and the paper of it.

use sea_orm::entity::prelude::*;

use crate::{
    Day, Instant,
    id::{AccountId, AmendmentId, AttachmentId, ContractId},
};

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contract_amendment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AmendmentId,
    pub contract_id: ContractId,
    pub changed_on: Day,
    pub reason: String,
    /// The members that changed, as they were.
    #[sea_orm(column_type = "JsonBinary")]
    pub before: Json,
    /// The same members, as they are since.
    #[sea_orm(column_type = "JsonBinary")]
    pub after: Json,
    pub paper_attachment_id: AttachmentId,
    pub recorded_by: AccountId,
    pub recorded_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
