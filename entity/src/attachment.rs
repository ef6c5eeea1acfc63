//! A file that was uploaded. The bytes lie under their hash in the file store; the row says who
//! brought them, for what, and so who may read them.

use sea_orm::entity::prelude::*;

use crate::{
    Instant, coded_enum,
    id::{AccountId, AttachmentId, OrganisationId},
};

coded_enum! {
    /// What a file is for.
    pub enum AttachmentPurpose: "attachment_purpose" {
        Verification = "verification" ("单位认证材料", "verification of an organisation"),
        Collection = "collection" ("征集材料", "collection on behalf of an organisation"),
        Consent = "consent" ("同意材料", "consent of an owner without an account"),
        Agreement = "agreement" ("入驻协议", "entry agreement"),
        Minutes = "minutes" ("会议纪要", "minutes of a meeting"),
        Contract = "contract" ("合同文本", "contract"),
        Certificate = "certificate" ("登记证明", "registration certificate"),
        Landing = "landing" ("落地证明", "evidence of a landing"),
        Evidence = "evidence" ("计数证据", "evidence of a count"),
        Message = "message" ("对接留言附件", "file of a message"),
        Nda = "nda" ("保密协议", "confidentiality agreement"),
        Offer = "offer" ("报价文件", "paper of an offer"),
        Assistance = "assistance" ("机构协助成果", "result of a provider's help"),
        PlatformSheet = "platform_sheet" ("平台报送表", "sheet for or from a platform"),
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attachment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AttachmentId,
    /// SHA-256 (hex) of the bytes, and their name in the store.
    pub sha256: String,
    pub size: i64,
    /// By content, never by what the client says.
    pub media_type: String,
    pub file_name: String,
    pub purpose: AttachmentPurpose,
    pub uploaded_by: AccountId,
    /// For which organisation it was uploaded; none when a broker did for the centre.
    pub organisation_id: Option<OrganisationId>,
    /// What it was used for (`docking:<id>` …), from the act that used it on.
    pub used_by: Option<String>,
    pub created_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
