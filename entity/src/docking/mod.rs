//! A docking 对接: an enterprise and a supplier, brought together over an achievement or a demand.

pub mod appointment;
pub mod assistance;
pub mod landing;
pub mod meeting;
pub mod message;
pub mod milestone;
pub mod nda;
pub mod offer;
pub mod reminder;
pub mod status;

use sea_orm::entity::prelude::*;
use status::DockingStage;

use crate::{
    Day, Instant, coded_enum,
    id::{AccountId, AttachmentId, DockingId, ListingId, OrganisationId},
};

coded_enum! {
    /// How the two came together.
    pub enum DockingOrigin: "docking_origin" {
        Recommendation = "recommendation" ("推荐", "recommendation"),
        Interest = "interest" ("意向", "interest of one side"),
        Event = "event" ("活动", "event"),
        Auction = "auction" ("竞拍", "auction"),
        Offline = "offline" ("线下补录", "recorded after the fact"),
    }
}

coded_enum! {
    /// The sides of a docking.
    pub enum Side: "side" {
        Enterprise = "enterprise" ("需求方", "enterprise"),
        Supplier = "supplier" ("供给方", "supplier"),
        Centre = "centre" ("服务中心", "service centre"),
    }
}

coded_enum! {
    /// Why an interest was declined or a recommendation dismissed.
    pub enum DeclineCode: "decline_code" {
        TooEarly = "too_early" ("成熟度不足", "too early"),
        BenefitUnclear = "benefit_unclear" ("效益不明", "benefit unclear"),
        RouteUnclear = "route_unclear" ("实施路径不明", "route unclear"),
        DescriptionUnclear = "description_unclear" ("描述不清", "description unclear"),
        TechnicalDoubt = "technical_doubt" ("技术存疑", "technical doubt"),
        NotStrategic = "not_strategic" ("不符合战略", "not strategic"),
        AlreadyHave = "already_have" ("已有方案", "already have one"),
        Price = "price" ("价格", "price"),
        IpProblem = "ip_problem" ("知识产权问题", "problem of rights"),
        Timing = "timing" ("时机不合", "timing"),
        NoResponse = "no_response" ("无回应", "no response"),
        Other = "other" ("其他", "other"),
    }
}

coded_enum! {
    /// How a docking ended that was closed.
    pub enum CloseCode: "close_code" {
        Completed = "completed" ("已完成", "completed"),
        NoAgreement = "no_agreement" ("未达成一致", "no agreement"),
        TechnologyUnfit = "technology_unfit" ("技术不适用", "technology did not fit"),
        PriceNotAgreed = "price_not_agreed" ("价格未谈拢", "price not agreed"),
        PartyWithdrew = "party_withdrew" ("一方退出", "one side withdrew"),
        NoResponse = "no_response" ("无回应", "no response"),
        RecordedByMistake = "recorded_by_mistake" ("误录", "recorded by mistake"),
        Other = "other" ("其他", "other"),
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "docking")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DockingId,
    pub enterprise_id: OrganisationId,
    pub supplier_id: OrganisationId,
    pub achievement_id: Option<ListingId>,
    pub demand_id: Option<ListingId>,
    pub provider_id: Option<ListingId>,
    /// The broker who looks after it.
    pub broker_id: Option<AccountId>,
    pub origin: DockingOrigin,
    pub demo: bool,
    pub stage: DockingStage,
    /// What it is about while it is open: the database keeps it to one open docking a pair.
    #[sea_orm(unique)]
    pub open_key: Option<String>,
    /// Why the two were put together, for a recommendation.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub match_reasons: Option<Json>,
    pub message: Option<String>,
    pub interest_side: Option<Side>,
    pub interest_by: Option<AccountId>,
    pub interest_at: Option<Instant>,
    pub accepted_by: Option<AccountId>,
    pub accepted_at: Option<Instant>,
    /// The paper by which a broker consented for an owner without an account.
    pub consent_attachment_id: Option<AttachmentId>,
    pub consent_note: Option<String>,
    /// The last day on which an unanswered interest can be accepted.
    pub expires_on: Option<Day>,
    pub met_at: Option<Instant>,
    pub decline_code: Option<DeclineCode>,
    pub close_code: Option<CloseCode>,
    pub end_note: Option<String>,
    pub ended_by: Option<AccountId>,
    pub ended_at: Option<Instant>,
    /// Where a closed docking goes on when it is reopened.
    pub closed_from: Option<DockingStage>,
    pub created_by: AccountId,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// When somebody last did something in it: a move, a message, an offer.
    pub active_at: Option<Instant>,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// What the docking is about, as the key of its uniqueness and of its count in T4.
    #[must_use]
    pub fn pair_key(&self) -> String {
        pair_key(self.achievement_id, self.demand_id, self.supplier_id, self.enterprise_id)
    }
}

/// `achievement:A|enterprise:E` or `demand:D|supplier:S`.
#[must_use]
pub fn pair_key(
    achievement: Option<ListingId>,
    demand: Option<ListingId>,
    supplier: OrganisationId,
    enterprise: OrganisationId,
) -> String {
    match (achievement, demand) {
        (Some(achievement), _) => format!("achievement:{achievement}|enterprise:{enterprise}"),
        (None, Some(demand)) => format!("demand:{demand}|supplier:{supplier}"),
        (None, None) => format!("supplier:{supplier}|enterprise:{enterprise}"),
    }
}
