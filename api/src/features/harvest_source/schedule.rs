//! What time brings to sources: their runs.

use super::{pace, repo};
use crate::{
    error::Result,
    outbox::{self, Job},
    state::State,
};

/// Begins the runs that are due; says how many.
///
/// # Errors
/// When the database cannot be asked or written.
pub async fn run(state: &State) -> Result<usize> {
    let now = state.clock.now();
    let mut n = 0;
    for row in repo::due(state.db.read(), now).await? {
        let next = pace::next(row.pace, row.hour, row.weekday, now);
        let first = state.db.write(async |tx| {
            // Another instance may have been faster.
            let first = repo::begin(tx, &row, next).await?;
            if first {
                outbox::push(tx, now, &Job::Harvest { harvest_source_id: row.id }).await?;
            }
            Ok(first)
        });
        n += usize::from(first.await?);
    }
    Ok(n)
}
