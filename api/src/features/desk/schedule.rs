//! What time brings to the desk: clocks that run out, and what an act has not brought there.

use std::collections::BTreeSet;

use chrono::Duration;
use techmart_entity::{
    audit::SubjectKind,
    desk::{Column, Model, Queue},
};

use super::{ending, repo, service, sources};
use crate::{
    auth::Context,
    error::Result,
    outbox::{self, ClockLevel, Job, Notice},
    state::State,
};

/// How long before a clock runs out it is warned of: at eight in the morning of the last day.
const WARNING: i64 = 16;

/// Warns of clocks that run out today and tells of those that have; says how many.
///
/// # Errors
/// When the database cannot be asked or written.
pub async fn clocks(state: &State) -> Result<usize> {
    let now = state.clock.now();
    let mut n = 0;
    for (until, told, level) in [
        (now, Column::EscalatedAt, ClockLevel::Overdue),
        (now + Duration::hours(WARNING), Column::WarnedAt, ClockLevel::Warning),
    ] {
        for row in repo::due(state.db.read(), until, told).await? {
            let overdue = row.due_at.is_some_and(|due| due <= now);
            let tell = state
                .db
                .write(async |tx| {
                    let first = repo::mark(tx, row.id, told, now).await?;
                    // What ran out while nobody looked is told of once.
                    if first && (level == ClockLevel::Overdue || !overdue) {
                        outbox::push(tx, now, &Job::Notify(Notice::Desk { item_id: row.id, level })).await?;
                    }
                    Ok(first)
                })
                .await?;
            n += usize::from(tell);
        }
    }
    Ok(n)
}

/// Looks at everything that may wait and at everything on the desk: what came there by no act of ours, such as an
/// agreement that ends in thirty days, and what was there before there was a desk. Says how many were brought in line.
///
/// # Errors
/// When the database cannot be asked or written.
pub async fn reconcile(state: &State) -> Result<usize> {
    let cx = Context::system(state.clock.now());
    let db = state.db.read();
    let open = repo::all_open(db).await?;
    let subjects = |of: &dyn Fn(&Model) -> bool| -> BTreeSet<(SubjectKind, String)> {
        let rows = open.iter().filter(|row| of(row));
        rows.map(|row| (row.subject_kind, row.subject_id.clone())).collect()
    };
    let (there, expiring) = (subjects(&|_| true), subjects(&|row| row.queue == Queue::Expiring));
    let (waiting, ending) = (sources::all(db, cx.today).await?, ending::expiring(db, cx.today).await?);
    let differs: BTreeSet<_> =
        there.symmetric_difference(&waiting).chain(expiring.symmetric_difference(&ending)).collect();
    let mut n = 0;
    for (kind, id) in differs {
        state.db.write(async |tx| service::follow(tx, &cx, *kind, id).await).await?;
        n += 1;
    }
    Ok(n)
}
