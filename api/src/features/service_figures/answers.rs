//! Figures over answers: median, 90th percentile, share in time.

use chrono::Duration;

use super::{dto::AnswersOut, repo::Answered};
use crate::features::calendar::Calendar;

/// Adds up answers.
#[derive(Debug, Default)]
pub struct Answers {
    took: Vec<Duration>,
    with_clock: u64,
    in_time: u64,
}

impl Answers {
    /// Adds one.
    pub fn add(&mut self, calendar: &Calendar, one: &Answered) {
        self.took.push(calendar.worked(one.opened_at, one.closed_at));
        if let Some(due) = one.due_at {
            self.with_clock += 1;
            self.in_time += u64::from(one.closed_at <= due);
        }
    }

    /// The figures.
    #[must_use]
    pub fn figures(mut self) -> AnswersOut {
        self.took.sort_unstable();
        AnswersOut {
            n: self.took.len(),
            median_working_days: median(&self.took).map(days),
            p90_working_days: rank(&self.took, 90).map(days),
            with_clock: self.with_clock,
            in_time: self.in_time,
            in_time_percent: percent(self.in_time, self.with_clock),
        }
    }
}

fn median(sorted: &[Duration]) -> Option<Duration> {
    let n = sorted.len();
    let upper = *sorted.get(n / 2)?;
    if n % 2 == 1 {
        return Some(upper);
    }
    Some((upper + *sorted.get(n / 2 - 1)?) / 2)
}

/// The nearest rank: the least that so many per cent do not exceed.
fn rank(sorted: &[Duration], percent: usize) -> Option<Duration> {
    let at = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(at - 1).copied()
}

/// To two decimal places.
#[expect(clippy::cast_precision_loss, reason = "minutes of a few years stay far below 2^52")]
fn days(took: Duration) -> f64 {
    (took.num_minutes() as f64 / (24.0 * 60.0) * 100.0).round() / 100.0
}

/// To one decimal place.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
fn percent(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| (part as f64 * 1000.0 / whole as f64).round() / 10.0)
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::{days, median, percent, rank};

    #[test]
    fn the_middle_and_the_ninetieth_are_those_of_the_sorted_row() {
        let hours = |all: &[i64]| all.iter().map(|n| Duration::hours(*n)).collect::<Vec<_>>();
        assert_eq!((median(&[]), rank(&[], 90)), (None, None));
        assert_eq!(median(&hours(&[1, 2, 9])), Some(Duration::hours(2)));
        assert_eq!(median(&hours(&[1, 2, 4, 9])), Some(Duration::hours(3)));
        assert_eq!(rank(&hours(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), 90), Some(Duration::hours(9)));
        assert_eq!(rank(&hours(&[7]), 90), Some(Duration::hours(7)));
        assert_eq!(days(Duration::hours(18)), 0.75);
        assert_eq!((percent(1, 3), percent(0, 0)), (Some(33.3), None));
    }
}
