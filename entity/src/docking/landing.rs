//! A landing 落地转化: an achievement put to use by an enterprise.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Day, Instant, coded_enum,
    id::{AccountId, AttachmentId, DockingId, LandingId, ListingId, OrganisationId},
};

coded_enum! {
    /// In what form the achievement landed.
    pub enum LandingForm: "landing_form" {
        Contract = "contract" ("合同", "contract"),
        Equity = "equity" ("作价入股", "equity"),
    }
}

coded_enum! {
    /// What a paper shows of a landing.
    pub enum LandingEvidenceKind: "landing_evidence" {
        ContractPaper = "contract_paper" ("合同文本", "contract"),
        EquityPaper = "equity_paper" ("入股文件", "equity paper"),
        ProductionRecord = "production_record" ("生产记录", "production record"),
        SitePhoto = "site_photo" ("现场照片", "photograph of the site"),
        Invoice = "invoice" ("发票", "invoice"),
        PilotReport = "pilot_report" ("中试报告", "pilot report"),
    }
}

impl LandingEvidenceKind {
    /// Whether it shows the right to use the achievement, and not the use itself.
    #[must_use]
    pub fn shows_right(self) -> bool {
        match self {
            Self::ContractPaper | Self::EquityPaper => true,
            Self::ProductionRecord | Self::SitePhoto | Self::Invoice | Self::PilotReport => false,
        }
    }
}

/// One paper of a landing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LandingEvidence {
    pub kind: LandingEvidenceKind,
    pub attachment_id: AttachmentId,
}

/// The papers of a landing, as one JSON column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct LandingEvidences(pub Vec<LandingEvidence>);

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "landing")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LandingId,
    #[sea_orm(unique)]
    pub docking_id: DockingId,
    pub enterprise_id: OrganisationId,
    pub achievement_id: Option<ListingId>,
    pub landed_on: Day,
    pub form: LandingForm,
    pub place: String,
    /// Whether the enterprise was of the zone when it was recorded.
    pub in_zone: bool,
    pub output: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub evidence: LandingEvidences,
    pub recorded_by: AccountId,
    pub recorded_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
