//! What slows down the guessing of passwords. It is counted in the database, so that it holds for all
//! instances and whether or not requests per client are limited.

use sea_orm::ConnectionTrait;
use techmart_entity::Instant;

use super::{policy, repo};
use crate::{
    auth::secret,
    error::{AppError, Code, Result},
    say,
};

/// The mark under which failures of an address are kept.
#[must_use]
pub fn mark(email: &str) -> String {
    secret::hash(email)
}

/// Refuses an attempt while the address, or the address from this client, has to wait.
///
/// # Errors
/// 429, whether or not the password would have been right.
pub async fn check(db: &impl ConnectionTrait, mark: &str, client: &str, now: Instant) -> Result<()> {
    let limit = u64::try_from(policy::FAILURES).unwrap_or(u64::MAX);
    let failures = repo::failures(db, mark, now - policy::WINDOW, limit).await?;
    match policy::wait(&failures, client, now) {
        None => Ok(()),
        Some(wait) => Err(AppError::new(
            Code::TooManyRequests,
            say!(
                "密码错误次数过多，请在 {wait} 秒后重试，或重设密码。",
                "Too many wrong passwords; try again in {wait} seconds, or reset the password."
            ),
        )
        .retry_after(wait)),
    }
}
