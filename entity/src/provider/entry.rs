//! The entry 入驻 of a provider: from its application to the signed agreement.

use sea_orm::entity::prelude::*;

use super::status::EntryStatus;
use crate::{
    Day, Instant,
    id::{AccountId, AttachmentId, ListingId, OrganisationId, ProviderEntryId},
};

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "provider_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProviderEntryId,
    pub listing_id: ListingId,
    pub organisation_id: OrganisationId,
    /// The organisation while the entry is open: the database keeps it to one.
    #[sea_orm(unique)]
    pub open_key: Option<String>,
    pub demo: bool,
    pub status: EntryStatus,
    pub agreement_number: Option<String>,
    pub agreement_signed_on: Option<Day>,
    pub agreement_valid_to: Option<Day>,
    pub agreement_attachment_id: Option<AttachmentId>,
    /// When its people asked for another agreement, while nobody has answered.
    pub renewal_asked_at: Option<Instant>,
    pub applied_by: AccountId,
    pub reviewed_by: Option<AccountId>,
    pub approved_by: Option<AccountId>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
