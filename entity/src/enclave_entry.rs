//! An achievement introduced through an enclave 飞地, such as the offshore science centre in Wuhan.

use sea_orm::entity::prelude::*;

use crate::{
    Day, Instant, coded_enum,
    id::{AccountId, AttachmentId, EnclaveEntryId, ListingId, OrganisationId},
    life_cycle::LifeCycle,
};

coded_enum! {
    /// Where an enclave entry stands.
    pub enum EnclaveEntryStatus: "enclave_entry_status" {
        Recorded = "recorded" ("已登记", "recorded"),
        Withdrawn = "withdrawn" ("已撤销", "withdrawn"),
    }
}

coded_enum! {
    /// What can be done to an enclave entry.
    pub enum EnclaveEntryMove: "enclave_entry_move" {
        Withdraw = "withdraw" ("撤销", "withdraw"),
    }
}

impl LifeCycle for EnclaveEntryStatus {
    type Move = EnclaveEntryMove;

    const MOVES: &'static [EnclaveEntryMove] = EnclaveEntryMove::ALL;

    fn target(self, mv: EnclaveEntryMove) -> Option<Self> {
        match (self, mv) {
            (Self::Recorded, EnclaveEntryMove::Withdraw) => Some(Self::Withdrawn),
            (Self::Withdrawn, EnclaveEntryMove::Withdraw) => None,
        }
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "enclave_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EnclaveEntryId,
    /// The enclave's name, such as 荆州（武汉）离岸科创中心.
    pub enclave: String,
    /// The achievement.
    pub listing_id: ListingId,
    /// The enterprise that took it up, where one did.
    pub organisation_id: Option<OrganisationId>,
    pub demo: bool,
    pub status: EnclaveEntryStatus,
    /// Achievement and enclave while it stands: the database keeps it to one.
    #[sea_orm(unique)]
    pub open_key: Option<String>,
    pub introduced_on: Day,
    pub agreement_attachment_id: AttachmentId,
    pub note: Option<String>,
    pub recorded_by: AccountId,
    pub recorded_at: Instant,
    pub ended_by: Option<AccountId>,
    pub ended_at: Option<Instant>,
    pub end_reason: Option<String>,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
