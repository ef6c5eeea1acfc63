//! Comparing what was told with what is: some listings at each look at the terms, round and round.

use std::sync::PoisonError;

use super::{repo, service};
use crate::{error::Result, state::State};

/// Compares the next listings and tells what was not told; says of how many.
///
/// # Errors
/// When the rows cannot be read or written.
pub async fn step(state: &State) -> Result<usize> {
    let db = state.db.read();
    let after = *state.feed.walked.lock().unwrap_or_else(PoisonError::into_inner);
    let ids = repo::once_published(db, after, service::BATCH as u64).await?;
    let (unseen, wrong) = service::untrue(db, &ids).await?;
    if !unseen.is_empty() {
        state.db.write(async |tx| service::adopt(tx, &unseen).await).await?;
    }
    if !wrong.is_empty() {
        let now = state.clock.now();
        state.db.write(async |tx| service::note(tx, now, &wrong).await).await?;
    }
    // At the end it begins anew.
    let last = ids.last().copied().filter(|_| ids.len() == service::BATCH);
    *state.feed.walked.lock().unwrap_or_else(PoisonError::into_inner) = last;
    Ok(wrong.len())
}
