//! What time brings to terms: the reminders of their end.

use techmart_entity::expiry::TermKind;

use super::{policy, repo};
use crate::{
    error::Result,
    outbox::{self, Job, Notice},
    state::State,
};

/// Terms looked at in one round, of each kind and stage.
const ROUND: u64 = 200;

/// Asks for the reminders that are due, each once; says how many. A day begins at midnight in Shanghai.
///
/// # Errors
/// When the database cannot be asked or written.
pub async fn remind(state: &State) -> Result<usize> {
    let mut n = 0;
    for kind in TermKind::ALL {
        for window in policy::windows(*kind) {
            let now = state.clock.now();
            let ending = repo::ending(state.db.read(), *kind, *window, now, ROUND).await?;
            if ending.is_empty() {
                continue;
            }
            let told = state.db.write(async |tx| {
                let mut told = 0;
                for term in &ending {
                    // Another instance may have been faster.
                    if repo::tell(tx, *term, window.stage, now).await? {
                        let notice = Notice::Expiry { term: *term, stage: window.stage };
                        outbox::push(tx, now, &Job::Notify(notice)).await?;
                        told += 1;
                    }
                }
                Ok(told)
            });
            n += told.await?;
        }
    }
    Ok(n)
}
