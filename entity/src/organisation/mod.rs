//! Organisations 单位 and who belongs to them.

pub mod invitation;
pub mod membership;
pub mod status;

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use status::VerificationStatus;
use utoipa::ToSchema;

use crate::{
    Day, Instant, coded_enum,
    id::{AccountId, OrganisationId},
    listing::Contact,
};

coded_enum! {
    /// 单位类型
    pub enum OrganisationKind: "organisation_kind" {
        University = "university" ("高校", "university"),
        Institute = "institute" ("科研院所", "research institute"),
        Enterprise = "enterprise" ("企业", "enterprise"),
        Provider = "provider" ("科技服务机构", "service provider"),
        Government = "government" ("政府部门", "government"),
        Other = "other" ("其他", "other"),
    }
}

coded_enum! {
    /// 企业规模
    pub enum Scale: "scale" {
        Large = "large" ("大型", "large"),
        Medium = "medium" ("中型", "medium"),
        Small = "small" ("小型", "small"),
        Micro = "micro" ("微型", "micro"),
    }
}

coded_enum! {
    /// Recognised marks of an enterprise.
    pub enum OrganisationTag: "organisation_tag" {
        HighTech = "high_tech" ("高新技术企业", "high-tech enterprise"),
        TechSme = "tech_sme" ("科技型中小企业", "technology SME"),
        Specialised = "specialised" ("专精特新", "specialised and innovative"),
        AboveScale = "above_scale" ("规上企业", "above designated size"),
        Enclave = "enclave" ("飞地企业", "enclave enterprise"),
    }
}

/// The tags of an organisation, as one JSON column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult, ToSchema)]
#[serde(transparent)]
pub struct Tags(pub Vec<OrganisationTag>);

/// The people to talk to, as one JSON column. Private.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult, ToSchema)]
#[serde(transparent)]
pub struct Contacts(pub Vec<Contact>);

coded_enum! {
    /// How an organisation was verified.
    pub enum VerificationMethod: "verification_method" {
        Licence = "licence" ("营业执照", "business licence"),
        Letter = "letter" ("单位公函", "official letter"),
        Visit = "visit" ("实地走访", "visit on site"),
        Registry = "registry" ("公示系统核查", "check in the public registry"),
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrganisationId,
    pub name: String,
    /// The normalised name, by which an import finds an organisation again.
    pub name_key: String,
    pub name_en: Option<String>,
    pub short_name: Option<String>,
    pub kind: OrganisationKind,
    /// 统一社会信用代码; none of an organisation that only a source names.
    #[sea_orm(unique)]
    pub uscc: Option<String>,
    pub legal_rep: Option<String>,
    /// GB/T 2260
    pub region_code: Option<String>,
    /// A code of the list `town`.
    pub town: Option<String>,
    /// GB/T 4754
    pub industry_code: Option<String>,
    pub scale: Option<Scale>,
    #[sea_orm(column_type = "JsonBinary")]
    pub tags: Tags,
    #[sea_orm(column_type = "JsonBinary")]
    pub contacts: Contacts,
    pub demo: bool,
    pub verification: VerificationStatus,
    pub verification_method: Option<VerificationMethod>,
    /// What the broker relied on, in words.
    pub verification_evidence: Option<String>,
    /// Why it was refused, for the owner.
    pub verification_reason: Option<String>,
    pub verified_by: Option<AccountId>,
    pub verified_at: Option<Instant>,
    /// The last day of the verification; none of one without an end.
    pub valid_until: Option<Day>,
    /// When its people asked for another term of the verification, while nobody has answered.
    pub renewal_asked_at: Option<Instant>,
    pub merged_into: Option<OrganisationId>,
    pub created_by: Option<AccountId>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
