//! Whose answer is awaited, and which times fit all. Pure.

use techmart_entity::{
    Instant,
    docking::{
        Side,
        appointment::{Model, answer},
    },
};

/// The sides that have to say which times fit: those that did not propose them.
#[must_use]
pub fn asked(proposed_by: Side) -> Vec<Side> {
    [Side::Enterprise, Side::Supplier].into_iter().filter(|side| *side != proposed_by).collect()
}

/// Those that have not said it yet.
#[must_use]
pub fn awaited(row: &Model, answers: &[answer::Model]) -> Vec<Side> {
    let open = |side: &Side| !answers.iter().any(|answer| answer.side == *side);
    asked(row.proposed_side).into_iter().filter(open).collect()
}

/// The first time to come that fits everybody who was asked; none while somebody has not answered.
#[must_use]
pub fn first_that_fits(row: &Model, answers: &[answer::Model], now: Instant) -> Option<Instant> {
    if !awaited(row, answers).is_empty() {
        return None;
    }
    let all = |time: &&Instant| answers.iter().all(|answer| answer.fits.0.contains(time));
    row.times.0.iter().filter(|time| **time > now).filter(all).min().copied()
}
