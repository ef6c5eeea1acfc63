//! The working calendar: which days are worked. Terms of the market run in working days, and those are what the State
//! Council announces for each year, entered as data.

pub mod dto;
pub mod http;
pub mod repo;
pub mod service;

use std::collections::BTreeMap;

use chrono::{Datelike, Duration, Weekday};
use techmart_entity::{Day, Instant, calendar::DayKind};

use crate::clock::{day_of, end_of, start_of};

/// The days that are not what their weekday says.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    days: BTreeMap<Day, DayKind>,
}

impl Calendar {
    /// Whether that day is worked.
    #[must_use]
    pub fn is_worked(&self, day: Day) -> bool {
        match self.days.get(&day) {
            Some(DayKind::Workday) => true,
            Some(DayKind::Holiday) => false,
            None => !matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
        }
    }

    /// The `n`th working day after that day.
    #[must_use]
    pub fn after(&self, day: Day, n: u32) -> Day {
        let mut day = day;
        let mut left = n;
        while left > 0 {
            let Some(next) = day.succ_opt() else { return day };
            day = next;
            if self.is_worked(day) {
                left -= 1;
            }
        }
        day
    }

    /// How much of the time between two instants fell on working days. A whole working day is 24 hours of it.
    #[must_use]
    pub fn worked(&self, from: Instant, to: Instant) -> Duration {
        let last = day_of(to);
        let mut worked = Duration::zero();
        let mut day = day_of(from);
        while day <= last {
            if self.is_worked(day) {
                let (begins, ends) = (start_of(day).max(from), start_of_next(day).min(to));
                worked += (ends - begins).max(Duration::zero());
            }
            let Some(next) = day.succ_opt() else { break };
            day = next;
        }
        worked
    }

    /// Until when something has to be done that has `n` working days from an instant on: the end of that day in
    /// Shanghai. What comes in on a day off begins to run with the next working day.
    #[must_use]
    pub fn due(&self, from: Instant, n: u32) -> Instant {
        end_of(self.after(day_of(from), n))
    }
}

fn start_of_next(day: Day) -> Instant {
    end_of(day) + Duration::milliseconds(1)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration};
    use techmart_entity::Instant;

    use super::Calendar;

    fn at(text: &str) -> Instant {
        text.parse::<DateTime<chrono::Utc>>().expect("an instant")
    }

    #[test]
    fn time_is_counted_on_the_working_days_of_shanghai() {
        let calendar = Calendar::default();
        // Friday 16:00 to Monday 10:00 in Shanghai: eight hours and ten.
        let worked = calendar.worked(at("2026-11-27T08:00:00Z"), at("2026-11-30T02:00:00Z"));
        assert_eq!(worked, Duration::hours(18));
        assert_eq!(calendar.worked(at("2026-11-28T02:00:00Z"), at("2026-11-29T02:00:00Z")), Duration::zero());
        let hour = calendar.worked(at("2026-11-24T01:00:00Z"), at("2026-11-24T02:00:00Z"));
        assert_eq!(hour, Duration::hours(1));
        assert_eq!(calendar.worked(at("2026-11-24T02:00:00Z"), at("2026-11-24T01:00:00Z")), Duration::zero());
    }
}
