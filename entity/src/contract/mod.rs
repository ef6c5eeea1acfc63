//! A technology contract 技术合同 and its registration. Most came of a docking; the centre also keeps
//! those that were made elsewhere.

pub mod amendment;
pub mod status;

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use status::ContractStatus;

use crate::{
    Day, Instant, coded_enum,
    id::{AccountId, AttachmentId, ContractId, DockingId, ListingId, OrganisationId},
};

coded_enum! {
    /// 技术合同类型
    pub enum ContractType: "contract_type" {
        Development = "development" ("技术开发", "development"),
        Transfer = "transfer" ("技术转让", "transfer"),
        Licence = "licence" ("技术许可", "licence"),
        Consulting = "consulting" ("技术咨询", "consulting"),
        Service = "service" ("技术服务", "service"),
    }
}

/// The achievements that a contract is about, as one JSON column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Achievements(pub Vec<ListingId>);

/// The row. Amounts are in fen (or the hundredth part of the currency's unit).
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contract")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ContractId,
    /// None where the contract was made without a docking of this market.
    #[sea_orm(unique)]
    pub docking_id: Option<DockingId>,
    /// The parties' own number.
    pub number: String,
    pub title: String,
    pub contract_type: ContractType,
    pub status: ContractStatus,
    pub buyer_id: OrganisationId,
    pub seller_id: OrganisationId,
    pub signed_on: Day,
    pub term_from: Option<Day>,
    pub term_to: Option<Day>,
    /// 成交额
    pub total_amount: i64,
    /// 技术交易额, at most the total.
    pub technical_amount: Option<i64>,
    pub currency: String,
    pub payment: Option<String>,
    /// Whether buyer and seller are related companies.
    pub related_party: bool,
    pub paper_attachment_id: AttachmentId,
    /// 登记编号, kept as written.
    pub registration_number: Option<String>,
    /// The number without spaces and hyphens; the database keeps it to one contract.
    #[sea_orm(unique)]
    pub registration_key: Option<String>,
    pub registration_authority: Option<String>,
    pub registered_on: Option<Day>,
    pub certificate_attachment_id: Option<AttachmentId>,
    /// The registration rules under which type and amounts were judged.
    pub rule_version: String,
    pub recorded_by: AccountId,
    pub recorded_at: Instant,
    pub registered_by: Option<AccountId>,
    pub version: i64,
    pub demo: bool,
    #[sea_orm(column_type = "JsonBinary")]
    pub achievements: Achievements,
    /// When its registration was applied for.
    pub submitted_on: Option<Day>,
    /// When it was cancelled or its registration revoked.
    pub ended_on: Option<Day>,
    pub end_reason: Option<String>,
    pub ended_by: Option<AccountId>,
}

impl ActiveModelBehavior for ActiveModel {}
