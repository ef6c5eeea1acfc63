//! The parameters of the counting rules, one type a basis. What a rule's document leaves
//! out has the default that is written here.

use sea_orm::entity::prelude::Json;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

use super::Basis;
use crate::coded_enum;

/// First publications of achievements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Publication {
    /// Whether items count whose owner no source names.
    pub count_ownerless: bool,
    /// Withdrawn within so many hours of its publication an achievement is taken back.
    pub withdrawal_grace_hours: i64,
    /// Whether an expired item still counts.
    pub keep_expired: bool,
}

impl Default for Publication {
    fn default() -> Self {
        Self { count_ownerless: false, withdrawal_grace_hours: 24, keep_expired: true }
    }
}

/// First publications of achievements and demands alike.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Items {
    /// Whether items count whose owner no source names.
    pub count_ownerless: bool,
}

coded_enum! {
    /// From which stage on a docking counts.
    pub enum DecidingStage: "deciding_stage" {
        Accepted = "accepted" ("双方同意", "both consented"),
        Met = "met" ("会面已确认", "met"),
        ContractSigned = "contract_signed" ("已签合同", "contract signed"),
    }
}

/// Dockings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Docking {
    pub deciding_stage: DecidingStage,
}

impl Default for Docking {
    fn default() -> Self {
        Self { deciding_stage: DecidingStage::Met }
    }
}

coded_enum! {
    /// Which amount of a contract counts.
    pub enum ContractAmount: "contract_amount" {
        TotalAmount = "total_amount" ("成交额", "total amount"),
        TechnicalAmount = "technical_amount" ("技术交易额", "technical amount"),
    }
}

coded_enum! {
    /// Which side of a contract has to be of the zone.
    pub enum ZoneSide: "zone_side" {
        SellerOrBuyer = "seller_or_buyer" ("买方或卖方在区内", "seller or buyer"),
        Seller = "seller" ("输出：卖方在区内", "seller: technology that goes out"),
        Buyer = "buyer" ("吸纳：买方在区内", "buyer: technology that comes in"),
    }
}

/// Registered contracts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Contract {
    pub basis: ContractAmount,
    pub zone: ZoneSide,
}

impl Default for Contract {
    fn default() -> Self {
        Self { basis: ContractAmount::TotalAmount, zone: ZoneSide::SellerOrBuyer }
    }
}

impl Contract {
    /// The fen that a contract counts under these parameters; none when it does not.
    #[must_use]
    pub fn amount(
        &self,
        total: i64,
        technical: Option<i64>,
        buyer_in_zone: bool,
        seller_in_zone: bool,
    ) -> Option<i64> {
        let of_the_zone = match self.zone {
            ZoneSide::SellerOrBuyer => buyer_in_zone || seller_in_zone,
            ZoneSide::Seller => seller_in_zone,
            ZoneSide::Buyer => buyer_in_zone,
        };
        let amount = match self.basis {
            ContractAmount::TotalAmount => Some(total),
            ContractAmount::TechnicalAmount => technical,
        };
        amount.filter(|_| of_the_zone)
    }
}

/// Rules that have nothing to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Nothing {}

/// Reads the parameters of a rule.
///
/// # Errors
/// When the document is not one of that rule.
pub fn read<T: DeserializeOwned>(document: &Json) -> Result<T, serde_json::Error> {
    serde_json::from_value(document.clone())
}

/// The document in full, with the defaults where it says nothing; how a new rule is checked.
///
/// # Errors
/// When the document is not one of a rule of that basis.
pub fn completed(basis: Basis, document: &Json) -> Result<Json, serde_json::Error> {
    match basis {
        Basis::AchievementPublished => serde_json::to_value(read::<Publication>(document)?),
        Basis::ItemPublished => serde_json::to_value(read::<Items>(document)?),
        Basis::DockingReached => serde_json::to_value(read::<Docking>(document)?),
        Basis::ContractRegistered => serde_json::to_value(read::<Contract>(document)?),
        Basis::ProviderEntered
        | Basis::DemandCollected
        | Basis::AchievementLanded
        | Basis::EnclaveEntered
        | Basis::CreditLine
        | Basis::IpPledgeLoan
        | Basis::EventHeld
        | Basis::ContestHeld
        | Basis::Manual => serde_json::to_value(read::<Nothing>(document)?),
    }
}
