//! Writing what clients used: every few seconds, and when the process is told to stop. A process that is killed loses
//! what it counted within those seconds; nothing is ever added twice.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::watch;

use super::repo;
use crate::{clock::day_of, error::Result, state::State};

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
            tracing::warn!(%error, "what API clients used could not be written");
        }
        if last {
            return;
        }
    }
}

/// Writes what this process has counted, and reads what all have.
///
/// # Errors
/// When the database cannot be written or asked; then it is done the next time.
pub async fn write(state: &State) -> Result<()> {
    let counted = state.meter.hand_out();
    if !counted.is_empty() {
        let complete = AtomicBool::new(false);
        let outcome = state
            .db
            .write(async |tx| {
                complete.store(false, Ordering::Relaxed);
                repo::add_usage(tx, &counted.counts).await?;
                repo::touch_keys(tx, &counted.uses).await?;
                complete.store(true, Ordering::Relaxed);
                Ok(())
            })
            .await;
        if let Err(error) = outcome {
            // All rows were written and only the commit failed: it may have happened. Lost is better than doubled.
            if !complete.load(Ordering::Relaxed) {
                state.meter.take_back(counted);
            }
            return Err(error);
        }
    }
    let today = day_of(state.clock.now());
    let known = state.meter.of_day(today);
    if known.is_empty() {
        return Ok(());
    }
    let written = repo::requests(state.db.read(), &known, today).await?;
    for client in known {
        state.meter.learn_anew(client, today, written.get(&client).copied().unwrap_or(0));
    }
    Ok(())
}
