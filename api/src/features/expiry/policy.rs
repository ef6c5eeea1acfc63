//! When a term that ends is told of. Pure: days and a kind.

use chrono::Duration;
use techmart_entity::{Day, Instant, expiry::TermKind};

use crate::{clock::day_of, error::Fault, say};

/// From how many days before its end a term is told of and can be renewed by asking.
pub const AHEAD: i64 = 30;

/// For how many days after the end the link of a reminder still works.
pub const GRACE: i64 = 7;

/// The days that may be left for a reminder: it is told at the first of them, or later if nobody looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The stage, which is the most days that may be left.
    pub stage: i16,
    /// The fewest.
    pub least: i16,
}

/// The reminders of a kind. They do not overlap: whoever was not told of an earlier one in time is told the next alone.
#[must_use]
pub const fn windows(kind: TermKind) -> &'static [Window] {
    const LAST: Window = Window { stage: 0, least: 0 };
    const WEEK: Window = Window { stage: 7, least: 1 };
    const MONTH: Window = Window { stage: 30, least: 8 };
    match kind {
        TermKind::Listing | TermKind::Entry | TermKind::Verification => &[LAST, WEEK, MONTH],
        // It lives for fifteen working days.
        TermKind::Interest => &[LAST, WEEK],
    }
}

/// The last day of what ends at an instant: what ends at midnight ends with the day before.
#[must_use]
pub fn last_day(end: Instant) -> Day {
    day_of(end - Duration::milliseconds(1))
}

/// Why another term cannot be asked for yet.
#[must_use]
pub fn too_early(today: Day, last: Option<Day>) -> Option<Fault> {
    let Some(last) = last else {
        return Some(Fault::at(
            "",
            "no_term",
            say!("没有期限，无需续期。", "It has no end and needs no renewal."),
        ));
    };
    let from = last - Duration::days(AHEAD);
    (today < from).then(|| {
        Fault::at(
            "",
            "too_early",
            say!(
                "有效期至 {last}；自 {from} 起可以申请续期。",
                "It holds until {last}; another term can be asked for from {from} on."
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use techmart_entity::expiry::TermKind;

    use super::windows;

    #[test]
    fn every_number_of_days_that_is_left_falls_under_one_reminder_at_most() {
        for kind in TermKind::ALL {
            let first = windows(*kind).iter().map(|window| window.stage).max().unwrap_or_default();
            for left in -1..=first + 1 {
                let under = windows(*kind).iter().filter(|w| (w.least..=w.stage).contains(&left)).count();
                assert_eq!(under, usize::from((0..=first).contains(&left)), "{kind} with {left} days left");
            }
        }
    }
}
