//! Notifications on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    account::MailPace,
    audit::SubjectKind,
    id::NotificationId,
    notification::{MailState, Model, NotificationKind, Text},
};
use utoipa::{IntoParams, ToSchema};

use crate::clock::Moment;

/// Something that the caller was told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NotificationOut {
    pub id: NotificationId,
    pub kind: NotificationKind,
    pub subject_kind: SubjectKind,
    pub subject_id: String,
    pub zh: TextOut,
    pub en: TextOut,
    /// The address of what it is about, below this service's.
    #[schema(example = "/api/v1/dockings/019ab1c2-0000-7000-8000-000000000000")]
    pub href: Option<String>,
    pub read_at: Option<Moment>,
    pub mail: MailState,
    pub mailed_at: Option<Moment>,
    pub created_at: Moment,
}

/// What was told, in one language.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TextOut {
    #[schema(example = "对接：新能源汽车电机：已接受")]
    pub subject: String,
    pub lines: Vec<String>,
}

impl From<Text> for TextOut {
    fn from(text: Text) -> Self {
        Self { subject: text.subject, lines: text.lines }
    }
}

impl From<Model> for NotificationOut {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            subject_kind: row.subject_kind,
            subject_id: row.subject_id,
            zh: row.words.zh.into(),
            en: row.words.en.into(),
            href: row.path.map(|path| format!("/api/v1/{path}")),
            read_at: row.read_at.map(Into::into),
            mail: row.mail,
            mailed_at: row.mailed_at.map(Into::into),
            created_at: row.created_at.into(),
        }
    }
}

/// What to look for in one's list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct NotificationQuery {
    /// Several for any of them.
    #[serde(default)]
    pub kind: Vec<NotificationKind>,
    /// Only what was not read.
    #[serde(default)]
    pub unread: Option<bool>,
    #[serde(default)]
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<u64>,
    #[serde(default)]
    pub cursor: Option<String>,
}

/// How many were not read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnreadOut {
    pub unread: u64,
}

/// Everything up to and including one.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadIn {
    pub up_to: NotificationId,
}

/// How many were marked as read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReadOut {
    pub marked: u64,
}

/// How the caller is told of things of a kind.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PreferenceOut {
    pub kind: NotificationKind,
    /// Whether they stand in the caller's list.
    pub listed: bool,
    /// How their mails go out.
    pub mail: MailPace,
    /// Whether the caller chose it.
    pub chosen: bool,
}

/// How the caller is told of things of each kind.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PreferencesOut {
    pub items: Vec<PreferenceOut>,
}

/// How somebody wants to be told; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreferencePatch {
    #[serde(default)]
    pub listed: Option<bool>,
    #[serde(default)]
    pub mail: Option<MailPace>,
}

/// A token from a mail.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct UnsubscribeQuery {
    /// From the link in the mail.
    #[param(max_length = 1000)]
    pub token: String,
}
