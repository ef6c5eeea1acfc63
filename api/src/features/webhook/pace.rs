//! When what failed is tried again. Pure.

use chrono::Duration as Span;
use techmart_entity::Instant;

/// Seconds to wait after the first failure, the second …: about three days in all.
const PAUSES: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// The longest that a target may ask to be left alone.
const LONGEST: Span = Span::hours(24);

/// Failures further apart than this are not one failure that goes on: it is longer than any pause.
const APART: Span = Span::hours(48);

/// After how long a failure that goes on disables an endpoint.
const TOO_LONG: Span = Span::days(5);

/// When to try again after that many failures; none after the last one. `chance`, from 0 to 1, makes the pause up to a
/// tenth longer, so that what failed together does not come back together. A target that asks for more time gets it.
#[must_use]
pub fn next_attempt(now: Instant, failures: i32, chance: f64, asked: Option<Span>) -> Option<Instant> {
    let index = usize::try_from(failures.saturating_sub(1)).ok()?;
    let pause = Span::seconds(*PAUSES.get(index)?);
    let jitter = Span::milliseconds((pause.num_milliseconds() as f64 * 0.1 * chance) as i64);
    let asked = asked.unwrap_or_default().min(LONGEST);
    Some(now + (pause + jitter).max(asked))
}

/// Since when an endpoint has been failing that fails now.
#[must_use]
pub fn failing_since(now: Instant, since: Option<Instant>, last: Option<Instant>) -> Instant {
    match (since, last) {
        (Some(since), Some(last)) if now - last <= APART => since,
        _ => now,
    }
}

/// Whether an endpoint has failed for so long that it is not called any more.
#[must_use]
pub fn is_too_long(now: Instant, since: Instant) -> bool {
    now - since >= TOO_LONG
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use chrono::{DateTime, Duration as Span};

    use super::{failing_since, is_too_long, next_attempt};

    #[test]
    fn what_fails_is_tried_nine_times_more_within_four_days() {
        let begin = DateTime::UNIX_EPOCH;
        let (mut now, mut attempts) = (begin, 1);
        while let Some(next) = next_attempt(now, attempts, 0.0, None) {
            (now, attempts) = (next, attempts + 1);
        }
        assert_eq!(attempts, 10);
        assert_eq!(now - begin, Span::seconds(5 + 300 + 1_800) + Span::hours(2 + 5 + 10 + 14 + 20 + 24));
    }

    #[test]
    fn chance_adds_at_most_a_tenth_and_a_target_is_given_what_it_asks_for_up_to_a_day() {
        let now = DateTime::UNIX_EPOCH;
        let after = |failures, chance, asked| next_attempt(now, failures, chance, asked).unwrap() - now;
        assert_eq!(after(2, 1.0, None), Span::seconds(330));
        assert_eq!(after(1, 0.0, Some(Span::seconds(90))), Span::seconds(90));
        assert_eq!(after(2, 0.0, Some(Span::seconds(90))), Span::seconds(300));
        assert_eq!(after(1, 0.0, Some(Span::days(90))), Span::hours(24));
    }

    #[test]
    fn a_failure_goes_on_while_no_two_days_lie_between() {
        let at = |hours| DateTime::UNIX_EPOCH + Span::hours(hours);
        assert_eq!(failing_since(at(9), None, None), at(9));
        assert_eq!(failing_since(at(60), Some(at(3)), Some(at(20))), at(3));
        assert_eq!(failing_since(at(90), Some(at(3)), Some(at(20))), at(90));
        assert!(is_too_long(at(123), at(3)) && !is_too_long(at(122), at(3)));
    }
}
