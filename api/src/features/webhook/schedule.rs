//! What time brings to webhooks: the log is kept for a while.

use chrono::Duration;

use super::repo;
use crate::{error::Result, state::State};

/// For how long events and deliveries are kept, and can be replayed.
const KEPT: Duration = Duration::days(30);

/// Events that are deleted in one transaction.
const AT_ONCE: u64 = 500;

/// Deletes what is older; says how many events.
///
/// # Errors
/// When the rows cannot be deleted.
pub async fn sweep(state: &State) -> Result<usize> {
    let before = state.clock.now() - KEPT;
    let mut n = 0;
    loop {
        let gone = state.db.write(async |tx| repo::forget(tx, before, AT_ONCE).await).await?;
        n += usize::try_from(gone).unwrap_or_default();
        if gone < AT_ONCE {
            return Ok(n);
        }
    }
}
