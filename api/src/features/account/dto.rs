//! Accounts on the wire. No type that holds a password or a token can be printed.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    account::{MailPace, Model, Role, session},
    id::{AccountId, SessionId},
    organisation::membership::MemberRole,
};
use utoipa::{IntoParams, ToSchema};

use crate::{clock::Moment, features::listing::dto::OrganisationBrief};

/// The language of mails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Locale {
    #[default]
    Zh,
    En,
}

impl Locale {
    /// As it is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// As it was stored.
    #[must_use]
    pub fn of(stored: &str) -> Self {
        if stored == Self::En.as_str() { Self::En } else { Self::Zh }
    }
}

/// A new account.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterIn {
    #[schema(format = "email", min_length = 3, max_length = 254, example = "li.na@example.com")]
    pub email: String,
    /// At least 12 characters, and not easy to guess.
    #[schema(max_length = 128, example = "correct-horse-battery")]
    pub password: String,
    #[schema(min_length = 1, max_length = 100, example = "李娜")]
    pub name: String,
    /// `zh` when absent.
    #[serde(default)]
    pub locale: Option<Locale>,
}

/// What is answered whether or not the address has an account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MailedOut {
    /// What happens now, in words.
    #[schema(example = "如果该邮箱可用，我们会向它发送一封邮件。")]
    pub detail: String,
}

/// The token of the mail that asks to verify an address.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyEmailIn {
    #[schema(min_length = 1, max_length = 200)]
    pub token: String,
}

/// Address and password.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginIn {
    #[schema(format = "email", min_length = 3, max_length = 254, example = "li.na@example.com")]
    pub email: String,
    #[schema(max_length = 128, example = "correct-horse-battery")]
    pub password: String,
}

/// The tokens of a session.
#[derive(Clone, Serialize, ToSchema)]
pub struct TokensOut {
    /// For `Authorization: Bearer …`.
    pub access_token: String,
    /// Works once; a second use ends the session.
    pub refresh_token: String,
    #[schema(example = "Bearer")]
    pub token_type: String,
    /// How long the access token is valid, in seconds.
    #[schema(example = 600)]
    pub expires_in: i64,
}

/// A refresh token that was not used yet.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshIn {
    #[schema(min_length = 1, max_length = 200)]
    pub refresh_token: String,
}

/// How far to sign out.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LogoutIn {
    /// All sessions of the account, not just this one.
    #[serde(default)]
    pub everywhere: bool,
}

/// Whose password was forgotten.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForgotPasswordIn {
    #[schema(format = "email", min_length = 3, max_length = 254, example = "li.na@example.com")]
    pub email: String,
}

/// A new password, by the token of a mail.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetPasswordIn {
    #[schema(min_length = 1, max_length = 200)]
    pub token: String,
    /// At least 12 characters, and not easy to guess.
    #[schema(max_length = 128, example = "correct-horse-battery")]
    pub password: String,
}

/// A new password, by the present one.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChangeIn {
    #[schema(max_length = 128)]
    pub current_password: String,
    /// At least 12 characters, and not easy to guess.
    #[schema(max_length = 128, example = "correct-horse-battery")]
    pub new_password: String,
}

/// What a person is to an organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MembershipOut {
    pub organisation: OrganisationBrief,
    pub role: MemberRole,
    pub since: Moment,
}

/// The person who signed in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MeOut {
    pub id: AccountId,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub locale: Locale,
    /// How often new matches of one's organisations are told by mail.
    pub match_digest: MailPace,
    pub memberships: Vec<MembershipOut>,
    pub created_at: Moment,
    pub updated_at: Moment,
}

impl MeOut {
    /// An account with its memberships.
    #[must_use]
    pub fn of(row: Model, memberships: Vec<MembershipOut>) -> Self {
        Self {
            id: row.id,
            email: row.email,
            name: row.name,
            role: row.role,
            locale: Locale::of(&row.locale),
            match_digest: row.match_digest,
            memberships,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        }
    }
}

/// A JSON Merge Patch (RFC 7396) of one's own account: absent members stay; none can be cleared.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MePatch {
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[schema(value_type = Locale)]
    pub locale: Option<Locale>,
    /// How often new matches of one's organisations are told by mail.
    #[schema(value_type = MailPace)]
    pub match_digest: Option<MailPace>,
}

/// One sign-in that still holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SessionOut {
    pub id: SessionId,
    pub created_at: Moment,
    /// When its tokens were last made or refreshed.
    pub last_used_at: Moment,
    /// The end, whatever is refreshed.
    pub expires_at: Moment,
    /// Whether this request belongs to it.
    pub current: bool,
}

impl SessionOut {
    /// A session, looked at from one of them.
    #[must_use]
    pub fn of(row: &session::Model, current: SessionId) -> Self {
        Self {
            id: row.id,
            created_at: row.created_at.into(),
            last_used_at: row.last_used_at.into(),
            expires_at: row.expires_at.into(),
            current: row.id == current,
        }
    }
}

/// The sign-ins that still hold, newest first. There are at most 20.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SessionsOut {
    pub items: Vec<SessionOut>,
}

/// An account, for admins.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AccountOut {
    pub id: AccountId,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub locale: Locale,
    /// Null until the address is verified.
    pub email_verified_at: Option<Moment>,
    /// Null unless the account is disabled.
    pub disabled_at: Option<Moment>,
    /// Null unless the account was erased: then nothing but its id is left.
    pub erased_at: Option<Moment>,
    pub created_at: Moment,
    pub updated_at: Moment,
}

impl From<Model> for AccountOut {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            email: row.email,
            name: row.name,
            role: row.role,
            locale: Locale::of(&row.locale),
            email_verified_at: row.email_verified_at.map(Into::into),
            disabled_at: row.disabled_at.map(Into::into),
            erased_at: row.erased_at.map(Into::into),
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        }
    }
}

/// Which accounts to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct AccountQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    #[serde(default)]
    #[param(max_items = 4)]
    pub role: Vec<Role>,
    /// The whole address.
    #[param(max_length = 254)]
    pub email: Option<String>,
    /// Only disabled ones, or only those that are not.
    pub disabled: Option<bool>,
}

/// An account's new role.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountRoleIn {
    pub role: Role,
}

/// Why an account is disabled or enabled. Admins and auditors read it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountReasonIn {
    #[schema(min_length = 2, max_length = 2000, example = "该人员已离职。")]
    pub reason: String,
}
