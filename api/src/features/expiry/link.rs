//! The link of a reminder, by which a term is renewed without signing in: for one person, one subject and one term. It is
//! made when the mail is sent, so that no secret waits in a row.

use chrono::Duration;
use techmart_entity::{
    Instant,
    expiry::{Term, TermKind},
    id::AccountId,
};

use super::policy::GRACE;
use crate::{
    clock::end_of,
    error::{AppError, Code, Result},
    jobs::JobError,
    say,
    state::State,
};

/// What a link says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    pub account: AccountId,
    pub term: Term,
}

/// Until when a link works.
fn until(term: Term) -> Instant {
    end_of(term.ends_on) + Duration::days(GRACE)
}

/// The link for a person, with what it is called; none where nothing is renewed.
///
/// # Errors
/// When the token cannot be signed.
pub fn of(
    state: &State,
    account: AccountId,
    term: Term,
) -> std::result::Result<Option<(&'static str, String)>, JobError> {
    let label = match term.kind {
        TermKind::Listing => "一键续期 / Renew with one click",
        TermKind::Entry | TermKind::Verification => "一键申请续期 / Ask for renewal with one click",
        TermKind::Interest => return Ok(None),
    };
    let token = state.jwt.sign_renewal(account, term).map_err(|error| JobError::Other(error.to_string()))?;
    Ok(Some((label, format!("{}/api/v1/renewals?token={token}", state.config.public_url))))
}

/// Whom a token is for, and what it renews.
///
/// # Errors
/// 404 for a token that is not ours or whose time is over.
pub fn read(state: &State, token: &str) -> Result<Ticket> {
    let read = state.jwt.verify_renewal(token).ok();
    let live = read.filter(|(_, term)| state.clock.now() <= until(*term));
    live.map(|(account, term)| Ticket { account, term }).ok_or_else(|| {
        AppError::new(
            Code::NotFound,
            say!(
                "续期链接无效或已过期；请登录后续期。",
                "The link is not valid or its time is over; sign in to renew."
            ),
        )
    })
}
