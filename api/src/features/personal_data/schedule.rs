//! What time brings: erasures that are due, and rows whose term is over.

use chrono::Duration;
use techmart_entity::{Instant, id::AccountId};

use super::{erase, repo, retention::Term, service::obstacles};
use crate::{auth::Context, clock::Clock, error::Result, features::account::repo as accounts, state::State};

/// Accounts that are erased in one look.
const ACCOUNTS: u64 = 50;
/// Rows that one transaction takes away, so that it holds nobody up.
const BATCH: u64 = 500;
/// Transactions for each kind in one sweep; what is left over waits an hour.
const BATCHES: u32 = 40;

/// Erases the accounts whose time has come and in whose way nothing stands; the others are looked at again a day
/// later. Says how many.
///
/// # Errors
/// When the rows cannot be read or written.
pub async fn erase_due(state: &State) -> Result<usize> {
    let now = state.clock.now();
    let mut n = 0;
    for id in repo::due(state.db.read(), now, ACCOUNTS).await? {
        match erase_one(state, id, now).await {
            Ok(erased) => n += usize::from(erased),
            // One that cannot be erased holds nobody else up.
            Err(error) => tracing::warn!(%error, account = %id, "an account could not be erased"),
        }
    }
    Ok(n)
}

async fn erase_one(state: &State, id: AccountId, now: Instant) -> Result<bool> {
    let cx = Context::system(now);
    state
        .db
        .write(async |tx| {
            let row = accounts::hold(tx, id).await?;
            // It may have been withdrawn or done meanwhile.
            let request = repo::find(tx, id).await?.filter(|request| request.done_at.is_none());
            let Some(request) = request else { return Ok(false) };
            if !obstacles(tx, &request).await?.is_empty() {
                repo::postpone(tx, id, now + Duration::days(1)).await?;
                return Ok(false);
            }
            erase::erase(tx, &cx, &row, request.requested_by).await?;
            Ok(true)
        })
        .await
}

/// Takes away what is over. Says how many rows.
///
/// # Errors
/// When the rows cannot be written.
pub async fn sweep(state: &State) -> Result<usize> {
    let mut n = 0;
    for term in Term::ALL.iter().copied() {
        n += sweep_term(state, term).await?;
    }
    Ok(n)
}

async fn sweep_term(state: &State, term: Term) -> Result<usize> {
    let now = match term {
        // The database compares with its own clock.
        Term::AuditorLook => state.clock.now().min(Clock::of_the_machine()),
        Term::UnverifiedAccount => return erase_unverified(state).await,
        Term::SingleUseLink
        | Term::RefreshToken
        | Term::EndedSession
        | Term::FailedSignIn
        | Term::StoredAnswer
        | Term::Notification
        | Term::FinishedJob
        | Term::InvitedAddress
        | Term::ImportedRow => state.clock.now(),
    };
    let mut n = 0;
    for _ in 0..BATCHES {
        let rows = state.db.write(async |tx| repo::sweep(tx, term, now, BATCH).await).await?;
        n += usize::try_from(rows).unwrap_or_default();
        if rows == 0 {
            break;
        }
    }
    if n > 0 {
        tracing::info!(n, term = term.code(), "kept long enough");
    }
    Ok(n)
}

/// Erases accounts that nobody verified in time.
async fn erase_unverified(state: &State) -> Result<usize> {
    let cx = Context::system(state.clock.now());
    let cutoff = Term::UnverifiedAccount.cutoff(cx.now);
    let mut n = 0;
    for id in repo::unverified(state.db.read(), cutoff, BATCH).await? {
        n += state
            .db
            .write(async |tx| {
                let row = accounts::hold(tx, id).await?;
                if row.email_verified_at.is_some() || row.erased_at.is_some() {
                    return Ok(0);
                }
                erase::erase(tx, &cx, &row, None).await?;
                Ok(1)
            })
            .await?;
    }
    Ok(n)
}
