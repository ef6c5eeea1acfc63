//! Writing what was counted: every few seconds, and when the process is told to stop. A process that is killed loses what
//! it counted within those seconds; nothing is ever added twice.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::watch;

use super::repo;
use crate::{error::Result, state::State};

const EVERY: Duration = Duration::from_secs(3);

/// Writes again and again until told to stop, and then once more.
pub async fn run(state: Arc<State>, mut stop: watch::Receiver<bool>) {
    loop {
        let gone = tokio::select! {
            () = tokio::time::sleep(EVERY) => false,
            changed = stop.changed() => changed.is_err(),
        };
        let last = gone || *stop.borrow();
        if let Err(error) = write(&state).await {
            tracing::warn!(%error, "what was looked at could not be written");
        }
        if last {
            return;
        }
    }
}

/// Writes what this process has counted; says of how many listings.
///
/// # Errors
/// When the database cannot be written; then it is written with the next ones.
pub async fn write(state: &State) -> Result<usize> {
    let counts = state.counter.take();
    if counts.is_empty() {
        return Ok(0);
    }
    let complete = AtomicBool::new(false);
    let outcome = state
        .db
        .write(async |tx| {
            complete.store(false, Ordering::Relaxed);
            repo::add(tx, &counts).await?;
            complete.store(true, Ordering::Relaxed);
            Ok(())
        })
        .await;
    match outcome {
        Ok(()) => Ok(counts.len()),
        Err(error) => {
            // All rows were written and only the commit failed: it may have happened. Lost is better than doubled.
            if !complete.load(Ordering::Relaxed) {
                state.counter.give_back(counts);
            }
            Err(error)
        }
    }
}
