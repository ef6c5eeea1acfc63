//! What time brings to invitations: their end.

use super::{repo, service};
use crate::{auth::Context, error::Result, state::State};

/// Lets invitations expire that nobody took up in time; says how many.
///
/// # Errors
/// When the database cannot be asked.
pub async fn expire(state: &State) -> Result<usize> {
    let over = repo::over(state.db.read(), state.clock.now(), 200).await?;
    let mut n = 0;
    for row in over {
        let cx = Context::system(state.clock.now());
        let expired = state
            .db
            .write(async |tx| match repo::hold(tx, row.id).await? {
                Some(row) => service::expire(tx, &cx, &row).await,
                None => Ok(()),
            })
            .await;
        // Another instance, or an owner, may have been faster: then the move is not legal any more.
        if expired.is_ok() {
            n += 1;
        }
    }
    Ok(n)
}
