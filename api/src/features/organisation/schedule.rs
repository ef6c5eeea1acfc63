//! What time brings to organisations: the end of their verification.

use super::{repo, verification};
use crate::{auth::Context, clock::day_of, error::Result, state::State};

/// Lets verifications end whose last day is past; says how many.
///
/// # Errors
/// When the database cannot be asked.
pub async fn expire(state: &State) -> Result<usize> {
    let over = repo::over(state.db.read(), day_of(state.clock.now()), 200).await?;
    let mut n = 0;
    for id in over {
        let cx = Context::system(state.clock.now());
        // Another instance, or a renewal, may have been faster: then the move is not legal any more.
        let expired = state.db.write(async |tx| verification::expire(tx, &cx, id).await).await;
        n += usize::from(matches!(expired, Ok(true)));
    }
    Ok(n)
}
