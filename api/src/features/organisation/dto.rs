//! Organisations on the wire.

use serde::{Deserialize, Deserializer, Serialize};
use techmart_entity::{
    account,
    id::{AccountId, AttachmentId, OrganisationId},
    listing::Contact,
    organisation::{
        OrganisationKind, OrganisationTag, Scale, VerificationMethod,
        membership::MemberRole,
        status::{VerificationMove, VerificationStatus},
    },
};
use utoipa::{IntoParams, ToSchema};

use crate::clock::Moment;

/// A new organisation; whoever makes it becomes its owner.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationIn {
    #[schema(min_length = 2, max_length = 200, example = "荆州示范机电有限公司")]
    pub name: String,
    #[serde(default)]
    #[schema(max_length = 300)]
    pub name_en: Option<String>,
    #[serde(default)]
    #[schema(max_length = 100)]
    pub short_name: Option<String>,
    pub kind: OrganisationKind,
    /// 统一社会信用代码 (GB 32100-2015); needed but for governments and others.
    #[serde(default)]
    #[schema(max_length = 40, example = "91350100M000100Y43")]
    pub uscc: Option<String>,
    /// 法定代表人. For members and the centre.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub legal_rep: Option<String>,
    /// GB/T 2260, six digits.
    #[serde(default)]
    #[schema(pattern = "^[0-9]{6}$", example = "421071")]
    pub region_code: Option<String>,
    /// A code of the list `town`.
    #[serde(default)]
    #[schema(max_length = 50, example = "lianhe")]
    pub town: Option<String>,
    /// GB/T 4754.
    #[serde(default)]
    #[schema(max_length = 10, example = "C36")]
    pub industry_code: Option<String>,
    #[serde(default)]
    pub scale: Option<Scale>,
    #[serde(default)]
    #[schema(max_items = 5)]
    pub tags: Vec<OrganisationTag>,
    /// The people to talk to. For members and the centre.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub contacts: Vec<Contact>,
    /// Marks it, and everything that comes of it, as a demonstration: it counts in the demo plan alone.
    /// It cannot be changed later.
    #[serde(default)]
    pub demo: bool,
}

/// A JSON Merge Patch (RFC 7396) of an organisation: absent members stay, null clears. Name, kind and
/// credit code stay as they are once they were verified.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationPatch {
    #[serde(default)]
    #[schema(value_type = String, min_length = 2, max_length = 200)]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 300)]
    pub name_en: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 100)]
    pub short_name: Option<Option<String>>,
    #[serde(default)]
    #[schema(value_type = OrganisationKind)]
    pub kind: Option<OrganisationKind>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub uscc: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 100)]
    pub legal_rep: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, pattern = "^[0-9]{6}$")]
    pub region_code: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 50)]
    pub town: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 10)]
    pub industry_code: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Scale>)]
    pub scale: Option<Option<Scale>>,
    /// The whole list; null empties it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Vec<OrganisationTag>>, max_items = 5)]
    pub tags: Option<Option<Vec<OrganisationTag>>>,
    /// The whole list; null empties it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Vec<Contact>>, max_items = 10)]
    pub contacts: Option<Option<Vec<Contact>>>,
}

/// Tells null (`Some(None)`) from absent (`None`).
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// An organisation, as far as the caller may see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrganisationOut {
    pub id: OrganisationId,
    pub name: String,
    pub name_en: Option<String>,
    pub short_name: Option<String>,
    pub kind: OrganisationKind,
    /// Whether the centre has verified it.
    pub verified: bool,
    pub region_code: Option<String>,
    pub town: Option<String>,
    pub industry_code: Option<String>,
    pub scale: Option<Scale>,
    pub tags: Vec<OrganisationTag>,
    pub demo: bool,
    /// The organisation with which this one was found to be the same: what is left here is its tombstone.
    pub merged_into: Option<OrganisationId>,
    /// For members, the centre and auditors, as are all members down to `legal_moves`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uscc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_rep: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification: Option<VerificationStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification_method: Option<VerificationMethod>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification_evidence: Option<String>,
    /// Why it was refused or suspended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Moment>,
    /// The last day of the verification; absent when it has no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<chrono::NaiveDate>,
    /// When its people asked for another term, while nobody has answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renewal_asked_at: Option<Moment>,
    /// Whether it came here because a source names it; then brokers look after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub named_by_source: Option<bool>,
    /// The moves that the life cycle of the verification allows now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_moves: Option<Vec<VerificationMove>>,
    /// The people to talk to. For members and the centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Vec<Contact>>,
    pub created_at: Moment,
    pub updated_at: Moment,
}

/// What to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct OrganisationQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// A part of the name; width, script and punctuation do not matter.
    #[param(max_length = 200)]
    pub q: Option<String>,
    /// The beginning of the name.
    #[param(max_length = 200)]
    pub name: Option<String>,
    #[serde(default)]
    #[param(max_items = 6)]
    pub kind: Vec<OrganisationKind>,
    /// Codes of the list `town`.
    #[serde(default)]
    #[param(max_items = 20)]
    pub town: Vec<String>,
    /// For the centre and auditors, who see all when it is absent; everybody else sees verified ones.
    #[serde(default)]
    #[param(max_items = 6)]
    pub verification: Vec<VerificationStatus>,
}

/// By what the centre convinced itself.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyIn {
    pub method: VerificationMethod,
    /// What the broker relied on, in words.
    #[schema(min_length = 2, max_length = 2000, example = "国家企业信用信息公示系统查询一致")]
    pub evidence: String,
    /// The paper, uploaded with the purpose `verification` by the broker or for the organisation.
    #[serde(default)]
    pub attachment_id: Option<AttachmentId>,
    /// The last day of the verification; when absent, the service's usual term from today.
    #[serde(default)]
    pub valid_until: Option<chrono::NaiveDate>,
}

/// Why; it reaches the owners.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationReasonIn {
    #[schema(min_length = 2, max_length = 2000, example = "营业执照名称与填报不一致。")]
    pub reason: String,
}

/// A new member.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberIn {
    /// The address of a person who has registered and verified it.
    #[schema(min_length = 3, max_length = 254, example = "editor@example.com")]
    pub email: String,
    pub role: MemberRole,
}

/// A member's new role.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberRoleIn {
    pub role: MemberRole,
}

/// A member.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MemberOut {
    pub account_id: AccountId,
    pub name: String,
    /// For members and the centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    pub role: MemberRole,
    pub since: Moment,
    /// The version of the membership, for If-Match.
    #[schema(example = "\"owner-1763877676000\"")]
    pub etag: String,
}

impl MemberOut {
    /// A member as those may see them who may see members at all.
    #[must_use]
    pub fn of(
        row: &techmart_entity::organisation::membership::Model,
        account: Option<&account::Model>,
        may_read_contacts: bool,
    ) -> Self {
        Self {
            account_id: row.account_id,
            name: account.map(|account| account.name.clone()).unwrap_or_default(),
            email: account.filter(|_| may_read_contacts).map(|account| account.email.clone()),
            role: row.role,
            since: row.created_at.into(),
            etag: super::view::member_tag(row),
        }
    }
}

/// A page of members.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct MemberQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
}
