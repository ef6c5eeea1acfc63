//! Personal data on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    account::{self, MailPace, Role, erasure},
    attachment::AttachmentPurpose,
    audit::{self, SubjectKind},
    docking::{Side, appointment::attendance::AttendanceAnswer, message::Channel},
    event::sign_up::SignUpStatus,
    id::{
        AccountId, AppointmentId, AttachmentId, AuditId, DockingId, EventId, InvitationId, MessageId,
        NotificationId, OrganisationId, SavedSearchId, SessionId, SignUpId,
    },
    notification::NotificationKind,
    organisation::{invitation::InvitationStatus, membership::MemberRole},
    personal::{LegalBasis, OnErasure},
    saved_search::SearchPace,
};
use utoipa::{IntoParams, ToSchema};

use super::{
    categories::{Category, Kept},
    retention::Term,
};
use crate::{
    clock::Moment,
    error::Fault,
    features::{audit::dto::HistoryOut, listing::dto::OrganisationBrief},
};

/// How long a category is kept. Either the days after something, which the service looks after by itself, or words.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KeptOut {
    /// The days after what the words name; null where no number of days does it.
    pub days: Option<u32>,
    #[schema(example = "登录结束后 184 天")]
    pub zh: String,
    pub en: String,
}

impl KeptOut {
    fn of(term: Term) -> Self {
        let ((zh, en), days) = (term.begins(), term.days());
        match days {
            0 => Self { days: Some(0), zh: format!("{zh}即删除"), en: format!("until {en}") },
            days => Self {
                days: Some(days),
                zh: format!("{zh}后 {days} 天"),
                en: format!("{days} days after {en}"),
            },
        }
    }
}

/// A category of personal data: what is kept, why, on which basis and for how long.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CategoryOut {
    #[schema(example = "sessions")]
    pub code: String,
    pub what_zh: String,
    pub what_en: String,
    pub purpose_zh: String,
    pub purpose_en: String,
    pub basis: Vec<LegalBasis>,
    pub kept: KeptOut,
    /// What becomes of it when the account of its person is erased.
    pub on_erasure: OnErasure,
}

impl From<&Category> for CategoryOut {
    fn from(category: &Category) -> Self {
        let kept = match category.kept {
            Kept::Term(term) => KeptOut::of(term),
            Kept::Until(zh, en) => KeptOut { days: None, zh: zh.to_owned(), en: en.to_owned() },
        };
        Self {
            code: category.code.to_owned(),
            what_zh: category.what.0.to_owned(),
            what_en: category.what.1.to_owned(),
            purpose_zh: category.purpose.0.to_owned(),
            purpose_en: category.purpose.1.to_owned(),
            basis: category.basis.to_vec(),
            kept,
            on_erasure: category.on_erasure,
        }
    }
}

/// All categories. The list changes with a release only.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CategoriesOut {
    pub items: Vec<CategoryOut>,
}

/// The account as it lies in the database, but for the hash of the password.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AccountData {
    pub id: AccountId,
    pub email: String,
    pub email_verified_at: Option<Moment>,
    pub name: String,
    pub role: Role,
    pub locale: String,
    pub match_digest: MailPace,
    pub created_at: Moment,
    pub updated_at: Moment,
}

impl From<&account::Model> for AccountData {
    fn from(row: &account::Model) -> Self {
        Self {
            id: row.id,
            email: row.email.clone(),
            email_verified_at: row.email_verified_at.map(Into::into),
            name: row.name.clone(),
            role: row.role,
            locale: row.locale.clone(),
            match_digest: row.match_digest,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        }
    }
}

/// A sign-in, also one that has ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SessionData {
    pub id: SessionId,
    pub created_at: Moment,
    pub last_used_at: Moment,
    pub expires_at: Moment,
    pub revoked_at: Option<Moment>,
}

/// A sign-in to one's address that failed within the last day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FailedSignInData {
    pub at: Moment,
    /// The network address it came from.
    pub client: String,
}

/// An organisation that one belongs to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MembershipData {
    pub organisation_id: OrganisationId,
    pub role: MemberRole,
    pub since: Moment,
}

/// How one wants to be told of a kind of things.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PreferenceData {
    pub kind: NotificationKind,
    pub listed: bool,
    pub mail: MailPace,
}

/// Something one was told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NotificationData {
    pub id: NotificationId,
    pub kind: NotificationKind,
    pub created_at: Moment,
    pub read_at: Option<Moment>,
    pub mailed_at: Option<Moment>,
    pub zh: String,
    pub en: String,
}

/// A search that one keeps.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SavedSearchData {
    pub id: SavedSearchId,
    pub name: String,
    pub query: String,
    pub pace: SearchPace,
    pub created_at: Moment,
}

/// One's own reminder.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReminderData {
    pub docking_id: DockingId,
    pub at: Moment,
    pub note: String,
}

/// A message that one wrote in a docking.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MessageData {
    pub id: MessageId,
    pub docking_id: DockingId,
    pub channel: Channel,
    pub side: Side,
    pub body: String,
    pub created_at: Moment,
}

/// One's sign-up for an event.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SignUpData {
    pub id: SignUpId,
    pub event_id: EventId,
    pub organisation_id: Option<OrganisationId>,
    pub status: SignUpStatus,
    pub signed_up_at: Moment,
    pub attended_at: Option<Moment>,
}

/// One's answer to an appointment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AttendanceData {
    pub appointment_id: AppointmentId,
    pub answer: AttendanceAnswer,
    pub answered_at: Moment,
}

/// A file that one uploaded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UploadData {
    pub id: AttachmentId,
    pub file_name: String,
    pub purpose: AttachmentPurpose,
    pub size: i64,
    pub sha256: String,
    pub created_at: Moment,
}

/// An invitation to one's address, or one that one sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvitationData {
    pub id: InvitationId,
    pub organisation_id: OrganisationId,
    pub role: MemberRole,
    pub status: InvitationStatus,
    /// The address, of those to one's own.
    pub email: Option<String>,
    pub created_at: Moment,
}

/// An act of one's own, without what the log knows of others.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActData {
    pub at: Moment,
    #[schema(example = "submit")]
    pub action: String,
    pub subject_kind: SubjectKind,
    pub subject_id: String,
    pub from_status: Option<String>,
    pub to_status: Option<String>,
    pub reason_code: Option<String>,
    pub reason: Option<String>,
    /// The organisation for which one acted.
    pub acting_organisation_id: Option<OrganisationId>,
}

impl From<audit::Model> for ActData {
    fn from(row: audit::Model) -> Self {
        Self {
            at: row.at.into(),
            action: row.action,
            subject_kind: row.subject_kind,
            subject_id: row.subject_id,
            from_status: row.from_status,
            to_status: row.to_status,
            reason_code: row.reason_code,
            reason: row.reason,
            acting_organisation_id: row.acting_organisation_id,
        }
    }
}

/// Contacts of an organisation that one belongs to were shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RevealOut {
    pub at: Moment,
    pub docking_id: DockingId,
    /// Whose contacts: one's own organisation.
    pub organisation: OrganisationBrief,
    /// To whom: the organisation for which they were looked at; null when it was the service centre.
    pub seen_by: Option<OrganisationBrief>,
}

/// Contacts were shown, as admins and auditors read it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LoggedRevealOut {
    pub id: AuditId,
    pub at: Moment,
    pub docking_id: String,
    /// Whose contacts.
    #[schema(value_type = Vec<Side>)]
    pub sides: serde_json::Value,
    pub actor_id: Option<AccountId>,
    /// For whom they looked; null for the centre.
    pub acting_organisation_id: Option<OrganisationId>,
}

impl From<audit::Model> for LoggedRevealOut {
    fn from(row: audit::Model) -> Self {
        Self {
            id: row.id,
            at: row.at.into(),
            docking_id: row.subject_id,
            sides: row.facts["sides"].clone(),
            actor_id: row.actor_id,
            acting_organisation_id: row.acting_organisation_id,
        }
    }
}

/// Everything that is kept about a person. Lists come from the oldest row on; no token, hash or password is in it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PersonalDataOut {
    /// When the copy was made.
    pub made_at: Moment,
    /// What each kind of data is for, on what it rests and how long it is kept.
    pub categories: Vec<CategoryOut>,
    pub account: AccountData,
    pub sessions: Vec<SessionData>,
    pub failed_sign_ins: Vec<FailedSignInData>,
    pub memberships: Vec<MembershipData>,
    pub preferences: Vec<PreferenceData>,
    pub notifications: Vec<NotificationData>,
    pub saved_searches: Vec<SavedSearchData>,
    pub reminders: Vec<ReminderData>,
    pub messages: Vec<MessageData>,
    pub sign_ups: Vec<SignUpData>,
    pub attendances: Vec<AttendanceData>,
    pub uploads: Vec<UploadData>,
    pub invitations: Vec<InvitationData>,
    /// What one did, as the log has it.
    pub acts: Vec<ActData>,
    /// What others did to one's account.
    pub acts_on_account: Vec<HistoryOut>,
    /// To whom contacts of one's organisations were shown.
    pub reveals: Vec<RevealOut>,
}

/// What comes first in the document; the lists follow it.
#[derive(Debug, Serialize)]
pub(super) struct Head {
    pub made_at: Moment,
    pub categories: Vec<CategoryOut>,
    pub account: AccountData,
}

/// The consent to be forgotten, proved by the password.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ErasureIn {
    #[schema(max_length = 128, example = "correct-horse-battery")]
    pub password: String,
}

/// Why an account is erased on the word of an admin: the request that the person made otherwise.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ErasureReasonIn {
    #[schema(min_length = 2, max_length = 2000, example = "本人书面申请注销，身份已核实。")]
    pub reason: String,
}

/// What has to be settled before an account can be erased.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ObstacleOut {
    #[schema(example = "last_owner")]
    pub code: String,
    pub zh: String,
    pub en: String,
}

impl From<Fault> for ObstacleOut {
    fn from(fault: Fault) -> Self {
        Self { code: fault.code, zh: fault.detail.zh, en: fault.detail.en }
    }
}

/// An erasure that was asked for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ErasureOut {
    pub account_id: AccountId,
    pub requested_at: Moment,
    /// Until then it can be withdrawn; put off by a day while something stands in its way.
    pub due_at: Moment,
    /// Null until it is done.
    pub done_at: Option<Moment>,
    /// What keeps it from being done.
    pub obstacles: Vec<ObstacleOut>,
}

impl ErasureOut {
    /// An erasure with what stands in its way.
    #[must_use]
    pub fn of(row: &erasure::Model, obstacles: Vec<Fault>) -> Self {
        Self {
            account_id: row.account_id,
            requested_at: row.requested_at.into(),
            due_at: row.due_at.into(),
            done_at: row.done_at.map(Into::into),
            obstacles: obstacles.into_iter().map(Into::into).collect(),
        }
    }
}

/// A page of the contacts that were shown.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct MyRevealQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
}

/// Which contacts that were shown.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct RevealQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Whose contacts.
    pub organisation_id: Option<OrganisationId>,
    /// Who looked.
    pub actor_id: Option<AccountId>,
    pub docking_id: Option<DockingId>,
}
