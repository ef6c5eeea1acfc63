//! A listing: what an achievement, a demand and a provider's page have in common. They are written,
//! reviewed, published, versioned and withdrawn in the same way; what differs is the content
//! (`achievement/`, `demand/`, `provider/`), kept as a typed document in each version.

mod content;
mod diagnosis;
mod hint;
pub mod judgement;
pub mod month;
pub mod status;
pub mod version;

pub use content::{Contact, Content};
pub use diagnosis::{Clarity, DemandLevel, Diagnosis, DiagnosisOutcome};
pub use hint::{HintCode, HintSeverity};
use sea_orm::entity::prelude::*;
use status::ListingStatus;

use crate::{
    Instant, coded_enum,
    id::{AccountId, AttachmentId, ListingId, OrganisationId, VersionId},
};

coded_enum! {
    /// The three kinds of listing.
    pub enum ListingKind: "listing_kind" {
        Achievement = "achievement" ("科技成果", "achievement"),
        Demand = "demand" ("技术需求", "demand"),
        Provider = "provider" ("科技服务机构", "service provider"),
    }
}

coded_enum! {
    /// How a listing came here.
    pub enum Source: "source" {
        Own = "own" ("自主发布", "posted by its owner"),
        Imported = "imported" ("导入", "imported"),
        Collected = "collected" ("整合汇聚", "collected by the centre"),
    }
}

coded_enum! {
    /// Who may read a published listing. The first three are an achievement's, all but
    /// `parties` and `signed_in` a demand's.
    pub enum Audience: "audience" {
        Public = "public" ("公开", "public"),
        SignedIn = "signed_in" ("登录可见", "signed-in people"),
        Parties = "parties" ("仅对接双方", "parties of its dockings"),
        Anonymous = "anonymous" ("隐名公开", "public without the enterprise's name"),
        Unlisted = "unlisted" ("不公开", "unlisted"),
    }
}

impl Audience {
    /// Whether search and public lists may show it at all.
    #[must_use]
    pub fn is_listed(self) -> bool {
        match self {
            Self::Public | Self::SignedIn | Self::Anonymous => true,
            Self::Parties | Self::Unlisted => false,
        }
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "listing")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ListingId,
    pub kind: ListingKind,
    /// The owner; none where the source names nobody.
    pub organisation_id: Option<OrganisationId>,
    /// Inherited from the organisation: demo rows count in the demo plan alone.
    pub demo: bool,
    pub status: ListingStatus,
    /// Where the next version of a published item stands; none while there is none.
    pub next_status: Option<ListingStatus>,
    pub published_version_id: Option<VersionId>,
    /// The version that is patched: of an unpublished item its only one, else the next.
    pub working_version_id: Option<VersionId>,
    /// Copied from the published version (before it, from the working one), for lists.
    pub title: String,
    pub title_key: String,
    pub audience: Audience,
    pub source: Source,
    pub source_system: Option<String>,
    pub source_id: Option<String>,
    pub source_url: Option<String>,
    /// The upsert key of an imported row.
    #[sea_orm(unique)]
    pub import_key: Option<String>,
    /// The row of the source as it was read.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub raw: Option<Json>,
    pub collected_by: Option<AccountId>,
    pub collected_at: Option<Instant>,
    /// The signed paper of a collected listing.
    pub collection_attachment_id: Option<AttachmentId>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub diagnosis: Option<Diagnosis>,
    /// The reviewer who holds the claim.
    pub claimed_by: Option<AccountId>,
    pub claimed_at: Option<Instant>,
    /// The keys of exact duplicates: patent, registration number, owner and title.
    pub created_by: Option<AccountId>,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// When the item itself was last moved, or its next version published: what those outside are told of it
    /// as its change. That its owner works on the next version is none of their business.
    pub shown_at: Option<Instant>,
    pub first_submitted_at: Option<Instant>,
    pub first_published_at: Option<Instant>,
    pub expires_at: Option<Instant>,
    pub withdrawn_at: Option<Instant>,
    pub withdrawal_reason: Option<String>,
    /// Raised by every move: the ETag of the published page.
    pub version: i64,
    /// Raised by every patch and every move: the ETag of the draft.
    pub draft_revision: i64,
    /// The listing with which this one was found to be the same.
    pub merged_into: Option<ListingId>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Where the working version stands: the next version's status if there is one, else the item's.
    #[must_use]
    pub fn working_status(&self) -> ListingStatus {
        self.next_status.unwrap_or(self.status)
    }

    /// Whether it has been published at some time: then its page, or what is left of it, is readable.
    #[must_use]
    pub fn was_published(&self) -> bool {
        self.status.was_published() || (self.merged_into.is_some() && self.published_version_id.is_some())
    }
}

/// The keys by which exact duplicates are found: `patent:<number>`, `registration:<number>`,
/// `title:<owner>:<title key>`; several a listing. Two of which one was found to be a variant of the
/// other share `variant:<pair>`.
pub mod duplicate_key {
    use sea_orm::entity::prelude::*;

    use super::{ListingId, ListingKind};

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "listing_duplicate_key")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub listing_id: ListingId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub kind: ListingKind,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
