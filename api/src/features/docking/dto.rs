//! Dockings on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    contract::{ContractType, status::ContractStatus},
    docking::{
        CloseCode, DeclineCode, DockingOrigin, Side,
        landing::{LandingEvidence, LandingForm},
        meeting::MeetingMode,
        status::{DockingMove, DockingStage},
    },
    id::{
        AccountId, AppointmentId, AttachmentId, ContractId, DockingId, LandingId, ListingId, MeetingId,
        OrganisationId,
    },
    listing::Contact,
};
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use crate::{
    clock::Moment,
    features::{
        listing::dto::{OrganisationBrief, OwnerNote},
        nda::dto::NdaOut,
    },
};

/// A new docking: an interest of the acting organisation, or, from a broker, a recommendation.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DockingIn {
    /// The achievement that the enterprise is interested in; either this or `demand_id`.
    #[serde(default)]
    pub achievement_id: Option<ListingId>,
    /// The demand that the supplier would answer.
    #[serde(default)]
    pub demand_id: Option<ListingId>,
    /// Who would answer the demand; the acting organisation when absent. A recommendation names it.
    #[serde(default)]
    pub supplier_id: Option<OrganisationId>,
    /// For a recommendation: the enterprise to which the achievement is recommended.
    #[serde(default)]
    pub enterprise_id: Option<OrganisationId>,
    /// To the other side.
    #[serde(default)]
    #[schema(max_length = 2000, example = "希望了解中试数据，可安排现场交流。")]
    pub message: Option<String>,
    /// The published page of a service provider that helps.
    #[serde(default)]
    pub provider_id: Option<ListingId>,
    /// A broker recommends the two to each other; nobody has expressed an interest yet.
    #[serde(default)]
    pub recommend: bool,
    /// For a recommendation: why these two.
    #[serde(default)]
    pub match_reasons: Option<MatchReasons>,
}

/// Why two were put together.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MatchReasons {
    #[serde(default)]
    #[schema(max_items = 20)]
    pub reasons: Vec<Line>,
    /// From 0 to 1, where a model judged it.
    #[serde(default)]
    #[schema(minimum = 0.0, maximum = 1.0)]
    pub score: Option<f64>,
    /// The version of that model.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub model_version: Option<String>,
}

/// A line of text, of 1 to 500 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Line(pub String);

// Written by hand: the macro knows no lengths for a type of one unnamed field.
impl PartialSchema for Line {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(500)).into()
    }
}

impl ToSchema for Line {}

/// A docking that happened elsewhere, recorded afterwards by a broker.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfflineDockingIn {
    pub enterprise_id: OrganisationId,
    pub supplier_id: OrganisationId,
    /// The supplier's achievement; either this or `demand_id`.
    #[serde(default)]
    pub achievement_id: Option<ListingId>,
    /// The enterprise's demand.
    #[serde(default)]
    pub demand_id: Option<ListingId>,
    pub interest_on: chrono::NaiveDate,
    /// Not before `interest_on`.
    pub accepted_on: chrono::NaiveDate,
    /// The paper that shows both sides' consent, uploaded before with the purpose `consent`.
    pub consent_attachment_id: AttachmentId,
    #[schema(min_length = 2, max_length = 2000)]
    pub consent_note: String,
    /// The meeting; it waits for a confirmation by another like any other. Here the minutes are required.
    pub meeting: MeetingIn,
}

/// An interest in what a broker recommended.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InterestIn {
    /// To the other side.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub message: Option<String>,
}

/// An acceptance. The other side needs to send nothing.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptIn {
    /// From a broker, for a side that nobody has an account of.
    #[serde(default)]
    pub consent: Option<ConsentIn>,
}

/// How a side without an account consented.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentIn {
    /// The paper, uploaded before with the purpose `consent`.
    pub attachment_id: AttachmentId,
    #[schema(min_length = 2, max_length = 2000, example = "张老师 11 月 20 日书面同意对接。")]
    pub note: String,
}

/// Why an interest is declined or a recommendation not taken up. It reaches the other side.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineIn {
    pub code: DeclineCode,
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

/// How a docking ended. It reaches both sides.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseIn {
    pub code: CloseCode,
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

/// Why a closed docking goes on.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReopenIn {
    #[schema(min_length = 2, max_length = 2000)]
    pub note: String,
}

/// A meeting of the two sides.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeetingIn {
    /// Not in the future, and not before the day on which the interest was accepted.
    pub held_on: chrono::NaiveDate,
    /// Required for a meeting on site.
    #[serde(default)]
    #[schema(max_length = 300)]
    pub place: Option<String>,
    pub mode: MeetingMode,
    #[schema(min_items = 1, max_items = 50)]
    pub attendees: Vec<Line>,
    #[schema(min_length = 2, max_length = 5000)]
    pub summary: String,
    /// The minutes, uploaded before with the purpose `minutes`.
    #[serde(default)]
    pub minutes_attachment_id: Option<AttachmentId>,
    /// The agreed appointment that was kept, if there was one; `held_on` is its day in Shanghai.
    #[serde(default)]
    pub appointment_id: Option<AppointmentId>,
}

/// A technology contract that the two signed. Amounts are in fen, or the hundredth part of the
/// currency's unit.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractIn {
    /// The parties' own number.
    #[schema(min_length = 1, max_length = 100, example = "JS-2026-017")]
    pub number: String,
    #[schema(min_length = 1, max_length = 300)]
    pub title: String,
    pub contract_type: ContractType,
    /// The enterprise when absent.
    #[serde(default)]
    pub buyer_id: Option<OrganisationId>,
    /// The supplier when absent.
    #[serde(default)]
    pub seller_id: Option<OrganisationId>,
    /// Not in the future, and not before the first confirmed meeting.
    pub signed_on: chrono::NaiveDate,
    #[serde(default)]
    pub term: Option<TermIn>,
    /// 成交额
    #[schema(minimum = 1, maximum = 1_000_000_000_000_000_i64, example = 120_000_000)]
    pub total_amount: i64,
    /// 技术交易额, at most the total.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_000_i64)]
    pub technical_amount: Option<i64>,
    /// ISO 4217; CNY when absent.
    #[serde(default)]
    #[schema(pattern = "^[A-Z]{3}$", min_length = 3, max_length = 3, example = "CNY")]
    pub currency: Option<String>,
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub payment: Option<String>,
    /// Whether buyer and seller are related companies; absent, they are recorded as not related.
    #[serde(default)]
    pub related_party: bool,
    /// The signed contract, uploaded before with the purpose `contract`.
    pub paper_attachment_id: AttachmentId,
}

/// From when to when a contract runs.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TermIn {
    #[serde(default)]
    pub from: Option<chrono::NaiveDate>,
    #[serde(default)]
    pub to: Option<chrono::NaiveDate>,
}

/// A contract's registration 认定登记.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistrationIn {
    /// 14 or 16 digits; spaces and hyphens between them are kept but do not matter.
    #[schema(min_length = 14, max_length = 40, example = "2026 4210 0000 0017")]
    pub registration_number: String,
    #[schema(min_length = 1, max_length = 200, example = "荆州市技术合同登记站")]
    pub authority: String,
    /// Not in the future, and not before the signature.
    pub registered_on: chrono::NaiveDate,
    /// The certificate, uploaded before with the purpose `certificate`.
    pub certificate_attachment_id: AttachmentId,
}

/// A landing.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LandingIn {
    /// Not in the future, and not before the signature.
    pub landed_on: chrono::NaiveDate,
    pub form: LandingForm,
    #[schema(min_length = 1, max_length = 300)]
    pub place: String,
    /// What is made with it.
    #[serde(default)]
    #[schema(max_length = 5000)]
    pub output: Option<String>,
    /// Papers, uploaded before with the purpose `landing`; the contract's own paper may stand for a
    /// `contract_paper`. A count needs a contract or equity paper and one that shows the use.
    #[schema(min_items = 1, max_items = 20)]
    pub evidence: Vec<LandingEvidence>,
}

/// A listing, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DockedListing {
    pub id: ListingId,
    pub title: String,
}

/// A docking, as far as the caller may see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DockingOut {
    pub id: DockingId,
    pub stage: DockingStage,
    pub origin: DockingOrigin,
    pub achievement: Option<DockedListing>,
    pub demand: Option<DockedListing>,
    pub provider: Option<DockedListing>,
    /// Null while the enterprise stays unnamed to the supplier, until the interest is accepted.
    pub enterprise: Option<OrganisationBrief>,
    /// Why there is no enterprise.
    pub enterprise_note: Option<OwnerNote>,
    pub supplier: Option<OrganisationBrief>,
    /// Whether it belongs to the demo: it counts in the demo plan alone.
    pub demo: bool,
    #[schema(value_type = Option<MatchReasons>)]
    pub match_reasons: Option<serde_json::Value>,
    pub message: Option<String>,
    pub interest_side: Option<Side>,
    pub interest_at: Option<Moment>,
    /// The last day on which an unanswered interest can be accepted.
    pub expires_on: Option<chrono::NaiveDate>,
    pub accepted_at: Option<Moment>,
    /// How a broker consented for a side without an account.
    pub consent: Option<ConsentOut>,
    /// When the first meeting was confirmed.
    pub met_at: Option<Moment>,
    pub decline_code: Option<DeclineCode>,
    pub close_code: Option<CloseCode>,
    pub end_note: Option<String>,
    pub ended_at: Option<Moment>,
    /// Where a closed docking would go on.
    pub closed_from: Option<DockingStage>,
    pub meetings: Vec<MeetingOut>,
    /// Confidentiality agreements, the latest first.
    pub ndas: Vec<NdaOut>,
    /// Messages that the caller has not read.
    pub unread_messages: u64,
    pub contract: Option<ContractOut>,
    pub landing: Option<LandingOut>,
    /// The moves that the life cycle allows now, whoever may make them.
    pub legal_moves: Vec<DockingMove>,
    /// Who did what. For the centre and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleOut>,
    pub created_at: Moment,
    pub updated_at: Moment,
}

/// The accounts behind a docking.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PeopleOut {
    pub broker_id: Option<AccountId>,
    pub created_by: AccountId,
    pub interest_by: Option<AccountId>,
    pub accepted_by: Option<AccountId>,
    pub ended_by: Option<AccountId>,
}

/// How a side without an account consented.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConsentOut {
    pub attachment_id: AttachmentId,
    pub note: Option<String>,
}

/// A meeting.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MeetingOut {
    pub id: MeetingId,
    pub held_on: chrono::NaiveDate,
    pub place: Option<String>,
    pub mode: MeetingMode,
    pub attendees: Vec<String>,
    pub summary: String,
    pub minutes_attachment_id: Option<AttachmentId>,
    pub recorded_side: Side,
    pub recorded_at: Moment,
    /// Null until another confirms it.
    pub confirmed_side: Option<Side>,
    pub confirmed_at: Option<Moment>,
    /// For the centre and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_by: Option<AccountId>,
    /// For the centre and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<AccountId>,
}

/// A contract and its registration.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContractOut {
    pub id: ContractId,
    pub number: String,
    pub title: String,
    pub contract_type: ContractType,
    pub status: ContractStatus,
    pub buyer_id: OrganisationId,
    pub seller_id: OrganisationId,
    pub signed_on: chrono::NaiveDate,
    pub term_from: Option<chrono::NaiveDate>,
    pub term_to: Option<chrono::NaiveDate>,
    pub total_amount: i64,
    pub technical_amount: Option<i64>,
    pub currency: String,
    pub payment: Option<String>,
    pub related_party: bool,
    pub paper_attachment_id: AttachmentId,
    /// As it was written.
    pub registration_number: Option<String>,
    pub registration_authority: Option<String>,
    pub registered_on: Option<chrono::NaiveDate>,
    pub certificate_attachment_id: Option<AttachmentId>,
    /// The registration rules under which type and amounts are judged.
    #[schema(example = "2026.1")]
    pub rule_version: String,
    pub recorded_at: Moment,
    /// For the centre and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_by: Option<AccountId>,
    /// For the centre and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registered_by: Option<AccountId>,
}

/// A landing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LandingOut {
    pub id: LandingId,
    pub landed_on: chrono::NaiveDate,
    pub form: LandingForm,
    pub place: String,
    /// Whether the enterprise was of the zone when it was recorded.
    pub in_zone: bool,
    pub output: Option<String>,
    pub evidence: Vec<LandingEvidence>,
    pub recorded_at: Moment,
    /// For the centre and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_by: Option<AccountId>,
}

/// A docking in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DockingBrief {
    pub id: DockingId,
    pub stage: DockingStage,
    pub origin: DockingOrigin,
    pub achievement: Option<DockedListing>,
    pub demand: Option<DockedListing>,
    /// Null while the enterprise stays unnamed to the supplier.
    pub enterprise: Option<OrganisationBrief>,
    pub enterprise_note: Option<OwnerNote>,
    pub supplier: Option<OrganisationBrief>,
    pub demo: bool,
    pub interest_side: Option<Side>,
    pub expires_on: Option<chrono::NaiveDate>,
    pub created_at: Moment,
    pub updated_at: Moment,
}

/// Who of the centre looks after a docking.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BrokerIn {
    /// The broker; the caller when absent.
    #[serde(default)]
    pub account_id: Option<AccountId>,
    /// What the next one has to know. For the centre alone.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub note: Option<String>,
}

/// What to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct DockingQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    #[serde(default)]
    #[param(max_items = 12)]
    pub stage: Vec<DockingStage>,
    pub enterprise_id: Option<OrganisationId>,
    pub supplier_id: Option<OrganisationId>,
    pub achievement_id: Option<ListingId>,
    pub demand_id: Option<ListingId>,
}

/// The contacts that were revealed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RevealedOut {
    /// For a party the other side; for the centre both.
    pub sides: Vec<RevealedSide>,
}

/// The contacts of one side.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RevealedSide {
    pub side: Side,
    pub organisation: Option<OrganisationBrief>,
    /// The organisation's.
    pub contacts: Vec<Contact>,
    /// That of its achievement or demand.
    pub listing_contact: Option<Contact>,
}
