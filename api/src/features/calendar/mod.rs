//! The working calendar: which days are worked. Terms of the market run in working days, and those are what the State
//! Council announces for each year, entered as data.

pub mod dto;
pub mod http;
pub mod repo;
pub mod service;

use std::collections::BTreeMap;

use chrono::{Datelike, Weekday};
use techmart_entity::{Day, Instant, calendar::DayKind};

use crate::clock::{day_of, end_of};

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

    /// Until when something has to be done that has `n` working days from an instant on: the end of that day in
    /// Shanghai. What comes in on a day off begins to run with the next working day.
    #[must_use]
    pub fn due(&self, from: Instant, n: u32) -> Instant {
        end_of(self.after(day_of(from), n))
    }
}
