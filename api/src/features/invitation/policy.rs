//! Who may invite and who may accept, and how much of it there may be. Pure.

use chrono::Duration;
use techmart_entity::{
    account::{self, Role},
    organisation::{Model as Organisation, invitation::Model, status::VerificationStatus},
};

use crate::{
    auth::{Context, Person},
    error::{AppError, Code, Fault, Result},
    features::organisation::policy::{self as organisations, Relation},
    say,
};

/// How long an invitation can be accepted.
#[must_use]
pub fn life() -> Duration {
    Duration::days(7)
}

/// Within which time invitations are counted: nobody is to flood an address that is not theirs.
#[must_use]
pub fn window() -> Duration {
    Duration::hours(24)
}

/// Invitations that one person may send within the window, for whatever organisations.
pub const BY_PERSON: u64 = 30;
/// Invitations of one address to one organisation within the window.
pub const TO_ADDRESS: u64 = 3;

/// Whether the caller may invite people and take invitations back.
///
/// # Errors
/// 401 or 403.
pub fn manage(cx: &Context, row: &Organisation, relation: Relation, has_owner: bool) -> Result<()> {
    organisations::manage_members(cx, row, relation, has_owner)
}

/// What keeps an organisation from inviting anybody.
#[must_use]
pub fn obstacles(row: &Organisation) -> Vec<Fault> {
    if row.verification != VerificationStatus::Suspended {
        return Vec::new();
    }
    vec![Fault::at(
        "",
        "organisation_suspended",
        say!(
            "单位已被停用，恢复前不能邀请成员。",
            "The organisation is suspended; it invites nobody until that is over."
        ),
    )]
}

/// Whether the caller may accept invitations at all.
///
/// # Errors
/// 401; 403 for auditors, who belong to no organisation.
pub fn accept(cx: &Context) -> Result<&Person> {
    let person = cx.person()?;
    match person.role {
        Role::Member | Role::Broker | Role::Admin => Ok(person),
        Role::Auditor => Err(AppError::forbidden(say!(
            "审计账号不能是任何单位的成员。",
            "An auditor belongs to no organisation, and so accepts no invitation."
        ))),
    }
}

/// Whether the invitation is for that account. It is not told for whom else it is.
///
/// # Errors
/// 403 when not.
pub fn is_for(row: &Model, account: &account::Model) -> Result<()> {
    if account.email == row.email && account.email_verified_at.is_some() {
        return Ok(());
    }
    Err(AppError::forbidden(say!(
        "该邀请发给另一个邮箱；请用收到邀请的邮箱登录（没有账号请先用它注册），再接受。",
        "The invitation went to another address; sign in with the one that got it (register it first if it has no account)."
    )))
}

/// A token that is of no use, whatever the reason.
#[must_use]
pub fn invalid_link() -> AppError {
    AppError::new(
        Code::InvalidLink,
        say!(
            "邀请无效、已使用、已撤回或已过期，请联系邀请人重新邀请。",
            "The invitation is unknown, used, revoked or too old; ask to be invited again."
        ),
    )
}

/// Too many invitations.
#[must_use]
pub fn too_many(seconds: u64) -> AppError {
    AppError::new(
        Code::TooManyRequests,
        say!(
            "24 小时内发出的邀请过多（每人 {BY_PERSON} 份，每个单位对同一邮箱 {TO_ADDRESS} 份），请稍后再试。",
            "Too many invitations within 24 hours ({BY_PERSON} by one person, {TO_ADDRESS} of one address by one organisation)."
        ),
    )
    .retry_after(seconds)
}
