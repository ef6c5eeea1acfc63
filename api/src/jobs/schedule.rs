//! What time brings: terms that end, rows and files that nobody needs any more.

use std::{fmt::Display, sync::Arc, time::Duration};

use tokio::sync::watch;

use super::examine;
use crate::{
    features::{
        appointment, attachment, catalogue, change, desk, docking, event, expiry, harvest_source, import,
        invitation, listing, offer, organisation, personal_data, provider, reminder, saved_search, snapshot,
        webhook,
    },
    outbox::relay,
    state::State,
};

/// How often terms are looked at.
const EVERY: Duration = Duration::from_secs(30);
/// Every how many rounds the sweeping is done: hourly.
const SWEEP: u64 = 120;

/// Looks at the terms again and again until told to stop.
pub async fn run(state: Arc<State>, mut stop: watch::Receiver<bool>) {
    let mut round = 0_u64;
    loop {
        tick(&state).await;
        if round.is_multiple_of(SWEEP) {
            sweep(&state).await;
        }
        round += 1;
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.changed() => return,
        }
        if *stop.borrow() {
            return;
        }
    }
}

/// One look at all terms.
pub async fn tick(state: &State) {
    report("listings expired", listing::schedule::expire(state).await);
    report("dockings expired", docking::schedule::expire(state).await);
    report("appointments reminded of", appointment::schedule::remind(state).await);
    report("offers lapsed or reminded of", offer::schedule::run(state).await);
    report("reminders told", reminder::schedule::run(state).await);
    report("entries expired", provider::service::expire_entries(state).await);
    report("verifications expired", organisation::schedule::expire(state).await);
    report("ends of terms told of", expiry::schedule::remind(state).await);
    report("invitations expired", invitation::schedule::expire(state).await);
    report("accounts erased", personal_data::schedule::erase_due(state).await);
    report("events reminded of", event::schedule::remind(state).await);
    report("clocks told of", desk::schedule::clocks(state).await);
    report("saved searches told of", saved_search::schedule::run(state).await);
    report("changes told late", change::walk::step(state).await);
    report("files of the catalogue asked for", catalogue::schedule::refresh(state).await);
    report("harvests begun", harvest_source::schedule::run(state).await);
    report("plans frozen", snapshot::schedule::monthly(state).await);
    if let Err(error) = relay::measure(state).await {
        tracing::warn!(%error, "the outbox could not be measured");
    }
    state.outbox.wake();
}

/// Takes away what nobody needs any more.
pub async fn sweep(state: &State) {
    state.rate_limits.sweep();
    report("brought in line on the desk", desk::schedule::reconcile(state).await);
    report("walks begun", examine::begin(state).await);
    report("files swept", attachment::service::sweep(state).await);
    report("webhook events swept", webhook::schedule::sweep(state).await);
    report("files of the catalogue swept", catalogue::making::sweep(state).await);
    report("files of rows swept", import::service::sweep(state).await);
    report("rows kept long enough", personal_data::schedule::sweep(state).await);
}

fn report<E: Display>(what: &str, outcome: Result<usize, E>) {
    match outcome {
        Ok(0) => {}
        Ok(n) => tracing::info!(n, what, "schedule"),
        Err(error) => tracing::warn!(%error, what, "schedule failed"),
    }
}
