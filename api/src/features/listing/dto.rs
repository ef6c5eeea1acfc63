//! Listings on the wire. One shape for the three kinds, with the kind's own content inside.

use std::marker::PhantomData;

use serde::{Deserialize, Serialize};
use techmart_entity::{
    id::{AccountId, AttachmentId, ListingId, OrganisationId},
    listing::{
        Audience, Clarity, DemandLevel, DiagnosisOutcome, HintCode, ListingKind, Source,
        status::{ListingMove, ListingStatus},
    },
    organisation::OrganisationKind,
};
use utoipa::{IntoParams, ToSchema};

use crate::{clock::Moment, features::check::dto::CompletenessOut};

/// A new listing. What is not known yet may be absent.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListingIn<C> {
    pub content: C,
    /// Only from a broker, on behalf of an organisation.
    #[serde(default)]
    pub collected: Option<CollectedIn>,
}

/// On whose behalf and by what evidence a broker collects a listing 整合汇聚.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectedIn {
    /// The owner; null when the source names nobody.
    #[serde(default)]
    pub organisation_id: Option<OrganisationId>,
    /// Where it was found; either this or a signed paper is needed.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub source_url: Option<String>,
    /// The signed paper, uploaded before with the purpose `collection`.
    #[serde(default)]
    pub attachment_id: Option<AttachmentId>,
    /// When the act was, for one of the past; today when absent.
    #[serde(default)]
    pub collected_on: Option<chrono::NaiveDate>,
}

/// A JSON Merge Patch (RFC 7396) of a draft: absent members stay, null clears.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListingPatch<C> {
    #[schema(value_type = C)]
    pub content: serde_json::Value,
    #[serde(skip)]
    #[schema(ignore)]
    pub kind: PhantomData<C>,
}

/// An organisation, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrganisationBrief {
    pub id: OrganisationId,
    pub name: String,
    pub name_en: Option<String>,
    pub kind: OrganisationKind,
    /// Whether the centre has verified it.
    pub verified: bool,
    pub town: Option<String>,
}

/// Why a listing shows no owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OwnerNote {
    /// 来源未注明权利人: the source names no owner.
    NotNamedBySource,
    /// 隐名发布: the enterprise does not want to be named.
    Anonymous,
}

/// A listing: its published version, or its draft.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ListingOut<C> {
    pub id: ListingId,
    pub kind: ListingKind,
    /// Where the item stands.
    pub status: ListingStatus,
    /// Where the next version of a published item stands. For the owner's members and the centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_status: Option<ListingStatus>,
    /// The number of the version that is shown.
    pub version_number: i32,
    /// SHA-256 of the version that is shown, once it was submitted.
    pub content_hash: Option<String>,
    /// Null once the item was withdrawn: what is left is its tombstone.
    pub content: Option<C>,
    pub organisation: Option<OrganisationBrief>,
    /// Why there is no organisation.
    pub owner_note: Option<OwnerNote>,
    pub audience: Audience,
    pub source: Source,
    pub source_url: Option<String>,
    pub collected_at: Option<Moment>,
    /// A reviewer's judgement. For the owner's members and the centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagnosis: Option<DiagnosisOut>,
    /// The reviewer who holds the claim. For the centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed_by: Option<AccountId>,
    /// Listings of the same kind with the same patent, registration number, or owner and title, or of
    /// which one was found to be a variant of the other. For
    /// the owner's members and the centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicates: Option<Vec<DuplicateOut>>,
    /// How complete the draft is. On the draft, for the owner's members and the centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completeness: Option<CompletenessOut>,
    /// The moves that the life cycle allows now. For the owner's members and the centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_moves: Option<Vec<ListingMove>>,
    /// Whether it belongs to the demo: it counts in the demo plan alone.
    pub demo: bool,
    pub first_published_at: Option<Moment>,
    pub expires_at: Option<Moment>,
    pub withdrawn_at: Option<Moment>,
    pub withdrawal_reason: Option<String>,
    /// The listing with which this one was found to be the same; what is left here is its tombstone.
    pub merged_into: Option<ListingId>,
    pub created_at: Moment,
    pub updated_at: Moment,
}

/// A listing in a list: enough to choose by.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ListingBrief {
    pub id: ListingId,
    pub kind: ListingKind,
    pub title: String,
    pub status: ListingStatus,
    /// Where the next version stands. For the owner's members and the centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_status: Option<ListingStatus>,
    pub organisation: Option<OrganisationBrief>,
    pub owner_note: Option<OwnerNote>,
    pub audience: Audience,
    pub source: Source,
    pub demo: bool,
    /// The reviewer who holds the claim. For the centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed_by: Option<AccountId>,
    /// How complete the version under review is. In the queue, for the centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completeness: Option<CompletenessOut>,
    pub first_submitted_at: Option<Moment>,
    pub first_published_at: Option<Moment>,
    pub expires_at: Option<Moment>,
    pub updated_at: Moment,
}

/// A judgement of a demand.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DiagnosisOut {
    pub outcome: DiagnosisOutcome,
    pub clarity: Option<Clarity>,
    /// What the text lacks, in the codes of the check.
    pub missing: Vec<HintCode>,
    /// To the author.
    pub note: Option<String>,
    pub at: Moment,
    /// For the centre and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<DemandLevel>,
    /// Where to look for a solution. For the centre and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<String>,
    /// For the centre alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub centre_note: Option<String>,
    /// Who judged. For the centre and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountId>,
}

/// Another listing that shares a hard key.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DuplicateOut {
    pub id: ListingId,
    pub title: String,
    pub status: ListingStatus,
    /// What they share: `patent`, `registration` or `title`.
    #[schema(example = "patent")]
    pub by: String,
}

/// A version of a listing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VersionOut<C> {
    pub number: i32,
    pub content: C,
    pub content_hash: Option<String>,
    pub created_at: Moment,
    pub submitted_at: Option<Moment>,
    pub published_at: Option<Moment>,
}

/// The versions of a listing, newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VersionsOut<C> {
    pub items: Vec<VersionOut<C>>,
}

/// Why something is returned, rejected, suspended or withdrawn. It reaches the author.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonIn {
    #[schema(min_length = 2, max_length = 2000, example = "请补充与现有技术的对比数据。")]
    pub reason: String,
}

/// A reviewer's judgement of a demand.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DiagnosisIn {
    pub outcome: DiagnosisOutcome,
    #[serde(default)]
    pub clarity: Option<Clarity>,
    #[serde(default)]
    pub level: Option<DemandLevel>,
    /// What the text lacks, in the codes of the check. It reaches the author.
    #[serde(default)]
    #[schema(max_items = 30)]
    pub missing: Vec<HintCode>,
    /// Where to look for a solution; for the centre.
    #[serde(default)]
    #[schema(max_length = 2000, example = "联系长江大学机械学院，或检索低温电机方向的成果。")]
    pub direction: Option<String>,
    /// It reaches the author.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
    /// Nobody but the centre reads it.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub centre_note: Option<String>,
}

/// A page of a demand's judgements.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct DiagnosesQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
}

/// Sorts of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListingSort {
    /// Last published first; not yet published ones by their making.
    #[default]
    Newest,
    /// First published first.
    Oldest,
    /// Last made first.
    Created,
}

/// What to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ListingQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// `published` when absent. Others show only what the caller may see.
    #[serde(default)]
    #[param(max_items = 11)]
    pub status: Vec<ListingStatus>,
    pub organisation_id: Option<OrganisationId>,
    #[serde(default)]
    #[param(inline)]
    pub sort: Option<ListingSort>,
}

/// A remark.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteIn {
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}
