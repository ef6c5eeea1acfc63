//! The ledger of what was counted. `ledger_entry` and `ledger_event` are only ever
//! inserted into: the database itself refuses to change or delete their rows. Which entry of a unit
//! is in force stands apart, in `ledger_active`, whose key keeps a unit from being counted twice.

pub mod active;
pub mod day;
pub mod event;
pub mod status;

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Day, Instant, canonical, coded_enum,
    id::{AccountId, ContractId, DockingId, EntryId, ListingId, OrganisationId},
};

coded_enum! {
    /// How far a count has come. Reports use `confirmed`.
    pub enum CountStage: "count_stage" {
        Candidate = "candidate" ("候选", "candidate"),
        EvidenceComplete = "evidence_complete" ("证据齐全", "evidence complete"),
        Confirmed = "confirmed" ("已确认", "confirmed"),
        Reversed = "reversed" ("已冲销", "reversed"),
    }
}

coded_enum! {
    /// What a piece of evidence is.
    pub enum EvidenceKind: "evidence_kind" {
        PublishedVersion = "published_version" ("发布版本", "published version"),
        OwnerAuthorisation = "owner_authorisation" ("权利人授权", "the owner's authorisation"),
        SourceUrl = "source_url" ("来源网址", "source address"),
        Review = "review" ("审核记录", "review"),
        Verification = "verification" ("单位认证", "verification of the organisation"),
        Agreement = "agreement" ("入驻协议", "entry agreement"),
        Submission = "submission" ("需求提交", "submission by the enterprise"),
        VisitRecord = "visit_record" ("走访记录或签字表", "visit record or signed form"),
        Diagnosis = "diagnosis" ("需求诊断", "diagnosis"),
        InterestConsent = "interest_consent" ("意向方同意", "consent by interest"),
        AcceptConsent = "accept_consent" ("接受方同意", "consent by acceptance"),
        Meeting = "meeting" ("会议记录", "meeting record"),
        Minutes = "minutes" ("会议纪要", "minutes"),
        Contract = "contract" ("合同", "contract"),
        Certificate = "certificate" ("登记证明", "registration certificate"),
        LandingRight = "landing_right" ("合同或入股文件", "contract or equity paper"),
        LandingUse = "landing_use" ("投产使用证明", "proof of use"),
        Enclave = "enclave_agreement" ("飞地引进协议", "enclave agreement"),
        Finance = "finance_paper" ("授信或质押融资文件", "credit or pledge paper"),
        Report = "report" ("填报材料", "reported paper"),
    }
}

/// One piece of evidence, as it was when the count was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    pub kind: EvidenceKind,
    /// What it is, for a person.
    pub label: String,
    /// Where it opens: a path of this interface, or the address of a source.
    #[serde(default)]
    pub href: Option<String>,
    /// SHA-256 (hex) of the file or document.
    #[serde(default)]
    pub sha256: Option<String>,
}

/// Evidence as one JSON column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Evidences(pub Vec<Evidence>);

/// The people who performed the acts behind a count: none of them confirms it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Performers(pub Vec<AccountId>);

/// The organisations whose unit it is: none of their members confirms it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Organisations(pub Vec<OrganisationId>);

/// The row. Insert-only.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EntryId,
    /// The indicator's code, `T1` …
    pub indicator: String,
    /// What is counted once.
    pub unit_key: String,
    /// What it is, for a person, as it was then.
    pub label: String,
    /// 1 for a unit, fen for an amount; negative in a reversal.
    pub delta: i64,
    /// The day of the act.
    pub effective_on: Day,
    /// The first day on which it stands no longer, for what is counted only while it is in force.
    pub lapses_on: Option<Day>,
    pub recorded_at: Instant,
    pub rule_version: String,
    /// What the rule looked at: amounts, zone, variants.
    #[sea_orm(column_type = "JsonBinary")]
    pub facts: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub evidence: Evidences,
    /// Whose act made the entry; none when the service itself did.
    pub actor_id: Option<AccountId>,
    #[sea_orm(column_type = "JsonBinary")]
    pub performers: Performers,
    #[sea_orm(column_type = "JsonBinary")]
    pub organisations: Organisations,
    pub demo: bool,
    pub listing_id: Option<ListingId>,
    pub docking_id: Option<DockingId>,
    pub contract_id: Option<ContractId>,
    /// The entry that this one takes back.
    #[sea_orm(unique)]
    pub reverses: Option<EntryId>,
    /// Why it was taken back.
    pub reason: Option<String>,
    /// SHA-256 (hex) over all the row says: a row that was changed behind the service's back shows.
    /// None in rows from before there were hashes.
    pub hash: Option<String>,
}

impl Model {
    /// What [`hash`](Self::hash) has to be.
    #[must_use]
    pub fn content_hash(&self) -> String {
        canonical::hash(&serde_json::json!({
            "id": self.id,
            "indicator": self.indicator,
            "unit_key": self.unit_key,
            "label": self.label,
            "delta": self.delta,
            "effective_on": self.effective_on,
            "lapses_on": self.lapses_on,
            "recorded_at": self.recorded_at.timestamp_millis(),
            "rule_version": self.rule_version,
            "facts": self.facts,
            "evidence": self.evidence,
            "actor_id": self.actor_id,
            "performers": self.performers,
            "organisations": self.organisations,
            "demo": self.demo,
            "listing_id": self.listing_id,
            "docking_id": self.docking_id,
            "contract_id": self.contract_id,
            "reverses": self.reverses,
            "reason": self.reason,
        }))
    }
}

impl ActiveModelBehavior for ActiveModel {}
