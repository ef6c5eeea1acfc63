//! Following the feed: what a stream of Server-Sent Events tells, one after another.

use std::{sync::Arc, time::Duration};

use techmart_entity::listing::ListingKind;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};

use super::{
    dto::{ChangeOut, Position},
    seats::Seat,
    service::{PAGE, page},
};
use crate::state::State;

/// How often a stream says that it is still there.
const BEAT: Duration = Duration::from_secs(15);
/// How many words wait for a slow reader; then its own stream waits for it, and nobody else.
pub const AHEAD: usize = 16;

/// What a stream says.
#[derive(Debug)]
pub enum Word {
    Change(Box<ChangeOut>),
    /// Everything up to there was told.
    CaughtUp(Position),
    StillHere,
}

/// What a stream is about.
#[derive(Debug)]
pub struct Followed {
    pub since: Position,
    pub kinds: Vec<ListingKind>,
    /// When it ends, so that the reader comes again.
    pub life: Duration,
    /// Given back when the stream ends.
    pub seat: Seat,
}

/// Tells until the reader goes, the time is up or the service stops.
pub async fn follow(state: Arc<State>, followed: Followed, say: mpsc::Sender<Word>) {
    let Followed { mut since, kinds, life, seat } = followed;
    let end = Instant::now() + life;
    let mut level = state.feed.tide();
    let mut began = false;
    let mut beat = Instant::now() + BEAT;
    loop {
        let ending = level.borrow_and_update().ending;
        let found = match page(state.db.read(), since, &kinds, PAGE).await {
            Ok(found) => found,
            // The reader comes again and goes on after what it has.
            Err(error) => {
                tracing::warn!(%error, "a stream of changes broke off");
                break;
            }
        };
        since = found.next;
        let mut words: Vec<Word> = found.items.into_iter().map(|item| Word::Change(Box::new(item))).collect();
        if !found.more && (!began || !words.is_empty()) {
            words.push(Word::CaughtUp(since));
            began = true;
        }
        for word in words {
            if say.send(word).await.is_err() {
                return;
            }
            beat = Instant::now() + BEAT;
        }
        if ending || Instant::now() >= end {
            break;
        }
        if found.more {
            continue;
        }
        tokio::select! {
            changed = level.changed() => if changed.is_err() { break },
            () = sleep_until(end) => break,
            () = sleep_until(beat) => {
                if say.send(Word::StillHere).await.is_err() {
                    return;
                }
                beat = Instant::now() + BEAT;
            }
            () = say.closed() => return,
        }
    }
    drop(seat);
}
