//! Who may do what to accounts, and the terms of sessions, links and guesses.

use chrono::Duration;
use techmart_entity::{
    Instant,
    account::{Model, Role, one_time_token::TokenPurpose, sign_in_failure},
    id::AccountId,
    life_cycle::IllegalMove,
};

use crate::{
    auth::{Context, password},
    error::{AppError, Code, Fault, Result},
    say,
};

/// How long a refresh token waits to be used.
pub const REFRESH_IDLE: Duration = Duration::days(14);
/// How long a session lasts, whatever is refreshed.
pub const SESSION_LIFE: Duration = Duration::days(60);
/// Live sessions of one account.
pub const SESSIONS: usize = 20;

/// The time within which failed sign-ins count.
pub const WINDOW: Duration = Duration::hours(1);
/// Failures of one address, from everywhere, after which nobody gets in for the rest of the window.
pub const FAILURES: usize = 20;
/// Failures of one address and client after which the next one has to wait.
const FREE_FAILURES: usize = 5;
/// The longest of these waits, in seconds.
const LONGEST_WAIT: i64 = 15 * 60;

/// How many mails of one kind an account may ask for, and within what time: an address must not be
/// flooded by somebody who does not own it.
#[derive(Clone, Copy, Debug)]
pub struct MailLimit {
    pub most: u64,
    pub within: Duration,
}

/// Mails to verify an address.
pub const VERIFICATION_MAILS: MailLimit = MailLimit { most: 1, within: Duration::minutes(10) };
/// Mails to reset a password.
pub const RESET_MAILS: MailLimit = MailLimit { most: 3, within: Duration::hours(1) };
/// Mails that tell of a repeated registration.
pub const REPEATED_REGISTRATION_MAILS: MailLimit = MailLimit { most: 3, within: Duration::hours(1) };

/// How long a link works.
#[must_use]
pub fn link_life(purpose: TokenPurpose) -> Duration {
    match purpose {
        TokenPurpose::VerifyEmail => Duration::hours(24),
        TokenPurpose::ResetPassword => Duration::minutes(30),
    }
}

/// How many seconds the next attempt has to wait; none when it may be made. `failures` are those of the
/// address within the window, newest first, at most [`FAILURES`] of them.
#[must_use]
pub fn wait(failures: &[sign_in_failure::Model], client: &str, now: Instant) -> Option<u64> {
    let of_client: Vec<_> = failures.iter().filter(|failure| failure.client == client).collect();
    let slowed = of_client.first().and_then(|last| Some(last.at + back_off(of_client.len())?));
    let full = failures.get(FAILURES - 1).map(|oldest| oldest.at + WINDOW);
    let left = (slowed.max(full)? - now).num_milliseconds();
    u64::try_from(left).ok().filter(|left| *left > 0).map(|left| left.div_ceil(1000))
}

/// The wait after that many failures: a second, doubled by each.
fn back_off(failures: usize) -> Option<Duration> {
    let doublings = u32::try_from(failures.checked_sub(FREE_FAILURES)?).ok()?;
    let seconds = 1_i64.checked_shl(doublings.min(30)).unwrap_or(LONGEST_WAIT);
    Some(Duration::seconds(seconds.min(LONGEST_WAIT)))
}

/// A name as it is stored.
///
/// # Errors
/// The fault, when it is empty or would break the letters it stands in.
pub fn name(name: &str) -> Result<String, Fault> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Fault::at("/name", "required", say!("姓名不能为空。", "The name must not be empty.")));
    }
    if name.chars().any(char::is_control) {
        return Err(Fault::at(
            "/name",
            "control_character",
            say!(
                "姓名不能包含换行等控制字符。",
                "The name must not hold control characters such as line breaks."
            ),
        ));
    }
    Ok(name.to_owned())
}

/// What is wrong with a new password.
///
/// # Errors
/// The fault.
pub fn new_password(pointer: &str, password: &str, email: &str, name: &str) -> Result<(), Fault> {
    match password::weakness(password, email, name) {
        Some(detail) => Err(Fault::at(pointer, "weak_password", detail)),
        None => Ok(()),
    }
}

/// Whoever looks after accounts.
///
/// # Errors
/// 401, 403.
pub fn administer(cx: &Context) -> Result<()> {
    if cx.actor.is_admin() {
        return Ok(());
    }
    cx.person()?;
    Err(AppError::forbidden(say!("仅管理员可以管理账号。", "Accounts are looked after by admins.")))
}

/// Nobody decides about their own account.
///
/// # Errors
/// 403
pub fn not_oneself(cx: &Context, account: AccountId) -> Result<()> {
    if cx.account_id() == Some(account) {
        return Err(AppError::new(
            Code::ConflictOfInterest,
            say!(
                "不能对自己的账号这样操作，请由另一位管理员办理。",
                "Not with your own account; ask another admin."
            ),
        ));
    }
    Ok(())
}

/// Whether the role can be given to that account, which has so many organisations.
///
/// # Errors
/// 409 when it is erased, 422 `auditor_with_memberships`.
pub fn give_role(row: &Model, role: Role, memberships: usize) -> Result<()> {
    if row.erased_at.is_some() {
        let from = Standing::Erased.as_str().to_owned();
        return Err(IllegalMove { from, mv: "set_role".to_owned(), legal: Vec::new() }.into());
    }
    if role == Role::Auditor && memberships > 0 {
        return Err(AppError::rule(
            "/role",
            "auditor_with_memberships",
            say!(
                "审计账号不能是单位成员；请先让该账号退出 {memberships} 个单位。",
                "An auditor belongs to no organisation; the account has to leave {memberships} first."
            ),
        ));
    }
    Ok(())
}

/// What an account is, as far as admins can change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Active,
    Disabled,
    /// For ever.
    Erased,
}

impl Standing {
    #[must_use]
    pub fn of(row: &Model) -> Self {
        match (row.erased_at, row.disabled_at) {
            (Some(_), _) => Self::Erased,
            (None, Some(_)) => Self::Disabled,
            (None, None) => Self::Active,
        }
    }

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Erased => "erased",
        }
    }

    /// Goes over to another standing.
    ///
    /// # Errors
    /// 409 with what would be possible, when the account stands there already or is erased.
    pub fn change(self, to: Self) -> Result<(Self, Self)> {
        let legal = match self {
            Self::Active => Some(Self::Disabled),
            Self::Disabled => Some(Self::Active),
            Self::Erased => None,
        };
        if legal == Some(to) {
            return Ok((self, to));
        }
        let verb = |to| match to {
            Self::Active => "enable".to_owned(),
            Self::Disabled => "disable".to_owned(),
            Self::Erased => "erase".to_owned(),
        };
        let legal = legal.map(verb).into_iter().collect();
        Err(IllegalMove { from: self.as_str().to_owned(), mv: verb(to), legal }.into())
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration};
    use techmart_entity::{Instant, account::sign_in_failure};

    use super::{FAILURES, wait};

    fn start() -> Instant {
        DateTime::from_timestamp(1_795_000_000, 0).unwrap_or_default()
    }

    /// Failures at those seconds, newest first.
    fn failures(client: &str, seconds: &[i64]) -> Vec<sign_in_failure::Model> {
        let row = |at: &i64| sign_in_failure::Model {
            id: *at,
            email_hash: String::new(),
            client: client.to_owned(),
            at: start() + Duration::seconds(*at),
        };
        seconds.iter().map(row).collect()
    }

    #[test]
    fn the_fifth_failure_slows_the_client_down_and_each_further_one_doubles_the_wait() {
        let now = start() + Duration::seconds(10);
        assert_eq!(wait(&failures("a", &[10, 9, 8, 7]), "a", now), None);
        assert_eq!(wait(&failures("a", &[10, 9, 8, 7, 6]), "a", now), Some(1));
        assert_eq!(wait(&failures("a", &[10, 9, 8, 7, 6, 5]), "a", now), Some(2));
        assert_eq!(wait(&failures("a", &[10, 9, 8, 7, 6, 5, 4]), "a", now + Duration::seconds(3)), Some(1));
        assert_eq!(wait(&failures("a", &[10, 9, 8, 7, 6, 5, 4]), "a", now + Duration::seconds(4)), None);
        assert_eq!(wait(&failures("a", &[10; 19]), "a", now), Some(900));
    }

    #[test]
    fn another_client_is_not_slowed_down_until_the_address_is_full() {
        let now = start() + Duration::seconds(30);
        let mut seconds: Vec<i64> = (1..20).rev().collect();
        assert_eq!(wait(&failures("a", &seconds), "b", now), None);
        seconds.push(0);
        assert_eq!(seconds.len(), FAILURES);
        assert_eq!(wait(&failures("a", &seconds), "b", now), Some(3600 - 30));
    }
}
