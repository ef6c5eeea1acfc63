//! What time brings to the files: they are made anew when the catalogue has changed.

use chrono::Duration;

use super::repo;
use crate::{
    error::Result,
    outbox::{self, Job},
    state::State,
};

/// How long files are at least kept before they are made anew, in minutes.
pub const KEPT: i64 = 10;

/// Asks for the files of the kinds that have changed since theirs were made; says of how many.
///
/// # Errors
/// When the database cannot be asked or written.
pub async fn refresh(state: &State) -> Result<usize> {
    let now = state.clock.now();
    let db = state.db.read();
    let mut n = 0;
    for row in repo::all(db).await? {
        if row.asked_at.is_some_and(|asked| asked + Duration::minutes(KEPT) > now) {
            continue;
        }
        if let Some(position) = row.position
            && !repo::has_moved(db, row.listing_kind, position).await?
        {
            continue;
        }
        let asked = state.db.write(async |tx| {
            // Another instance may have been faster.
            let first = repo::ask(tx, &row, now).await?;
            if first {
                outbox::push(tx, now, &Job::Catalogue { kind: row.listing_kind }).await?;
            }
            Ok(first)
        });
        n += usize::from(asked.await?);
    }
    Ok(n)
}
