//! How far the feed has come, for those who wait: one question a moment for all of them, and none when nobody waits.
//! Other processes write as well, so the database is asked.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use techmart_entity::id::ListingId;
use tokio::sync::watch;

use super::{repo, seats::Seats};
use crate::state::State;

/// How soon a change is told to those who wait.
const EVERY: Duration = Duration::from_millis(200);

/// How far it has come, and whether the service stops.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    pub last: i64,
    pub ending: bool,
}

/// What this process keeps of the feed.
#[derive(Debug)]
pub struct Feed {
    level: watch::Sender<Level>,
    pub seats: Seats,
    /// How far the walk has come.
    pub walked: Mutex<Option<ListingId>>,
}

impl Default for Feed {
    fn default() -> Self {
        Self { level: watch::channel(Level::default()).0, seats: Seats::default(), walked: Mutex::default() }
    }
}

impl Feed {
    /// The level, to be waited on.
    #[must_use]
    pub fn tide(&self) -> watch::Receiver<Level> {
        self.level.subscribe()
    }

    /// Sends everybody home who waits: the service stops.
    pub fn end(&self) {
        self.level.send_modify(|level| level.ending = true);
    }
}

/// Asks again and again until told to stop.
pub async fn run(state: Arc<State>, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.changed() => return,
        }
        if state.feed.level.receiver_count() == 0 {
            continue;
        }
        match repo::last(state.db.read()).await {
            Ok(last) => {
                state.feed.level.send_if_modified(|level| std::mem::replace(&mut level.last, last) != last);
            }
            Err(error) => tracing::warn!(%error, "the feed could not be asked how far it has come"),
        }
    }
}
