//! What a service provider 科技服务机构 does for a docking: an evaluation, advice on rights, finance.

pub mod status;

use sea_orm::entity::prelude::*;
use status::AssistanceStatus;

use super::Side;
use crate::{
    Day, Instant, coded_enum,
    id::{AccountId, AssistanceId, AttachmentId, DockingId, ListingId, OrganisationId},
};

coded_enum! {
    /// What a provider helps with.
    pub enum AssistanceKind: "assistance_kind" {
        Evaluation = "evaluation" ("成果评价", "evaluation"),
        IntellectualProperty = "intellectual_property" ("知识产权", "intellectual property"),
        Finance = "finance" ("科技金融", "finance"),
        Testing = "testing" ("检验检测", "testing"),
        Consulting = "consulting" ("咨询", "consulting"),
        Other = "other" ("其他", "other"),
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "docking_assistance")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AssistanceId,
    pub docking_id: DockingId,
    pub kind: AssistanceKind,
    pub status: AssistanceStatus,
    /// The provider's page.
    pub provider_id: ListingId,
    pub organisation_id: OrganisationId,
    /// What is asked of the provider, who reads of the docking nothing else.
    pub brief: String,
    pub due_on: Option<Day>,
    pub requested_by: AccountId,
    pub requested_side: Side,
    pub requested_at: Instant,
    pub answered_by: Option<AccountId>,
    pub answered_at: Option<Instant>,
    /// What the provider said, or why it was called off.
    pub answer_note: Option<String>,
    pub result: Option<String>,
    pub report_attachment_id: Option<AttachmentId>,
    pub delivered_at: Option<Instant>,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
