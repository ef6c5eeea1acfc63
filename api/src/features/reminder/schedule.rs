//! Telling people what they wanted to be reminded of.

use super::repo;
use crate::{
    error::Result,
    outbox::{self, Job, Notice},
    state::State,
};

/// Tells of those whose time has come; says how many.
///
/// # Errors
/// When the database cannot be asked or written.
pub async fn run(state: &State) -> Result<usize> {
    let now = state.clock.now();
    let mut n = 0;
    for row in repo::due(state.db.read(), now).await? {
        let first = state
            .db
            .write(async |tx| {
                let first = repo::told(tx, row.id, now).await?;
                if first {
                    let notice = Notice::Reminder { reminder_id: row.id };
                    outbox::push(tx, now, &Job::Notify(notice)).await?;
                }
                Ok(first)
            })
            .await?;
        n += usize::from(first);
    }
    Ok(n)
}
