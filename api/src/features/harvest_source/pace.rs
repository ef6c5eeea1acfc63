//! When a source is asked next. Pure.

use chrono::{Datelike, Duration, Timelike};
use techmart_entity::{Instant, harvest_source::HarvestPace};

use crate::clock::{day_of, start_of};

/// The next time after `now`; none for a source that is asked by hand.
#[must_use]
pub fn next(pace: HarvestPace, hour: i16, weekday: i16, now: Instant) -> Option<Instant> {
    let at_hour = start_of(day_of(now)) + Duration::hours(i64::from(hour));
    match pace {
        HarvestPace::ByHand => None,
        HarvestPace::Hourly => {
            let past = Duration::seconds(i64::from(now.minute() * 60 + now.second()))
                + Duration::nanoseconds(i64::from(now.nanosecond()));
            Some(now - past + Duration::hours(1))
        }
        HarvestPace::Daily => Some(if now < at_hour { at_hour } else { at_hour + Duration::days(1) }),
        HarvestPace::Weekly => {
            let today = i64::from(day_of(now).weekday().number_from_monday());
            let ahead = (i64::from(weekday) - today).rem_euclid(7);
            let at = at_hour + Duration::days(ahead);
            Some(if now < at { at } else { at + Duration::days(7) })
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use techmart_entity::{Instant, harvest_source::HarvestPace};

    use super::next;

    #[test]
    fn the_next_run_is_the_first_of_its_pace_after_now() {
        let at = |text: &str| text.parse::<Instant>().unwrap();
        // A Monday, half past ten in the morning in Shanghai.
        let now = at("2026-11-30T02:30:00Z");
        for (pace, hour, weekday, expected) in [
            (HarvestPace::Hourly, 0, 1, "2026-11-30T03:00:00Z"),
            (HarvestPace::Daily, 11, 1, "2026-11-30T03:00:00Z"),
            (HarvestPace::Daily, 10, 1, "2026-12-01T02:00:00Z"),
            (HarvestPace::Weekly, 11, 1, "2026-11-30T03:00:00Z"),
            (HarvestPace::Weekly, 10, 1, "2026-12-07T02:00:00Z"),
            (HarvestPace::Weekly, 3, 7, "2026-12-05T19:00:00Z"),
        ] {
            assert_eq!(next(pace, hour, weekday, now), Some(at(expected)), "{pace} {hour} {weekday}");
        }
        assert_eq!(next(HarvestPace::ByHand, 3, 1, now), None);
    }
}
