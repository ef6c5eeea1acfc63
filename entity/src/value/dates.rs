//! Days as sources write them: `2024年3月1日`, `2024/3/1`, `2024.03`, and with the hours glued on,
//! `2020-01-1310:49:39.0至2021-01-1310:49:41.0`.
//!
//! A month or a year stands for all of its days, never for its first. What leaves anything over (`3月1日前`,
//! `长期`) or could be read in two ways (`2020-1-110:49`) is not read.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};

use crate::Day;

/// Shanghai has no summer time: 8 hours east.
const SHANGHAI_SECONDS: i32 = 8 * 3600;
/// A year outside these is a slip of the pen.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// From a first to a last day, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first day.
    pub first: Day,
    /// The last day, never before the first.
    pub last: Day,
}

impl Span {
    /// Reads a day, a month, a year or a period between two of them; none for anything else.
    #[must_use]
    pub fn of(raw: &str) -> Option<Self> {
        let folded = super::folded(raw);
        if let Ok(instant) = DateTime::parse_from_rfc3339(&folded.to_uppercase()) {
            let day = instant.with_timezone(&FixedOffset::east_opt(SHANGHAI_SECONDS)?).date_naive();
            return YEARS.contains(&day.year()).then_some(Self { first: day, last: day });
        }
        let (begin, rest) = date(&folded)?;
        let rest = rest.trim_start();
        if rest.is_empty() {
            return Some(begin);
        }
        let joints = ["至", "到", "~", "-", "—", "–", "to "];
        let rest = joints.iter().find_map(|joint| rest.strip_prefix(joint))?;
        let (end, rest) = date(rest.trim_start_matches(['-', '—', ' ']))?;
        let span = Self { first: begin.first, last: end.last };
        (rest.is_empty() && begin.last <= end.last && begin.first <= end.first).then_some(span)
    }

    /// The day, where it is one day.
    #[must_use]
    pub fn day(self) -> Option<Day> {
        (self.first == self.last).then_some(self.first)
    }
}

/// Reads one day of Asia/Shanghai; none for a month, a period or anything else.
#[must_use]
pub fn day(raw: &str) -> Option<Day> {
    Span::of(raw)?.day()
}

/// A date at the beginning of a text, and what follows it.
fn date(text: &str) -> Option<(Span, &str)> {
    let (year_digits, after_year) = digits(text);
    if year_digits.len() == 8 {
        let (year, month_day) = year_digits.split_at(4);
        let day = day_of(year.parse().ok()?, month_day[..2].parse().ok()?, month_day[2..].parse().ok()?)?;
        return Some((Span { first: day, last: day }, after_year));
    }
    let year: i32 = Some(year_digits).filter(|digits| digits.len() == 4)?.parse().ok()?;
    let all_year = || Some(Span { first: day_of(year, 1, 1)?, last: day_of(year, 12, 31)? });
    let Some(after_mark) = after_year.strip_prefix(['年', '-', '/', '.']) else {
        return Some((all_year()?, after_year));
    };
    let (month_digits, after_month) = digits(after_mark);
    if !(1..=2).contains(&month_digits.len()) {
        // 2023-2024, or 2023年 and something else: the mark was not one before a month.
        return Some((all_year()?, after_year.strip_prefix('年').unwrap_or(after_year)));
    }
    let month: u32 = month_digits.parse().ok()?;
    let all_month = || {
        let first = day_of(year, month, 1)?;
        let last = first.checked_add_months(chrono::Months::new(1))?.pred_opt()?;
        Some(Span { first, last })
    };
    let Some(after_mark) = after_month.strip_prefix(['月', '-', '/', '.']) else {
        return Some((all_month()?, after_month));
    };
    let (day_digits, after_day) = digits(after_mark);
    // An hour may be glued to the day: 1310:49 is the 13th at 10:49. Three digits could be cut in two ways.
    let glued = after_day.starts_with(':');
    let (day_digits, time) = match (day_digits.len(), glued) {
        (4, true) => (&day_digits[..2], &after_mark[2..]),
        (1 | 2, false) => (day_digits, after_day),
        (_, true) => return None,
        (_, false) => return Some((all_month()?, after_month.strip_prefix('月').unwrap_or(after_month))),
    };
    let day = day_of(year, month, day_digits.parse().ok()?)?;
    let rest = time.strip_prefix(['日', '号']).unwrap_or(time);
    Some((Span { first: day, last: day }, without_time(rest)?))
}

/// What follows a time of day, which may also be absent; none where the time is out of range.
fn without_time(text: &str) -> Option<&str> {
    let begin = text.trim_start_matches([' ', 't']);
    let (hour, after_hour) = digits(begin);
    let Some(after_colon) = after_hour.strip_prefix(':').filter(|_| !hour.is_empty()) else {
        return Some(text);
    };
    let (minute, mut rest) = digits(after_colon);
    let in_range = hour.parse::<u32>().ok()? <= 24 && minute.len() == 2 && minute.parse::<u32>().ok()? < 60;
    if let Some((second, after_second)) = rest.strip_prefix(':').map(digits) {
        second.parse::<u32>().ok().filter(|second| *second <= 60)?;
        rest = after_second;
        if let Some((_, after_fraction)) = rest.strip_prefix('.').map(digits) {
            rest = after_fraction;
        }
    }
    in_range.then_some(rest)
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

fn day_of(year: i32, month: u32, day: u32) -> Option<Day> {
    NaiveDate::from_ymd_opt(year, month, day).filter(|_| YEARS.contains(&year))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::{Day, Span, day};

    fn on(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn span(first: &str, last: &str) -> Option<Span> {
        Some(Span { first: on(first), last: on(last) })
    }

    #[test]
    fn one_day_is_read_however_it_is_written() {
        for raw in [
            "2024-03-01",
            "2024-3-1",
            "2024/3/1",
            "2024.03.01",
            "2024年3月1日",
            "２０２４年０３月０１日",
            "2024年3月1号",
            "20240301",
            " 2024-03-01 ",
            "2024-03-01 10:49",
            "2024-03-0110:49:39.0",
            "2024-03-01t10:49:39",
            "2024/3/1 9:05:00",
        ] {
            assert_eq!(day(raw), Some(on("2024-03-01")), "{raw}");
        }
    }

    #[test]
    fn an_instant_falls_on_its_day_in_shanghai() {
        assert_eq!(day("2024-02-29T16:30:00Z"), Some(on("2024-03-01")));
        assert_eq!(day("2024-03-01T01:30:00+08:00"), Some(on("2024-03-01")));
    }

    #[test]
    fn two_days_glued_to_their_hours_come_apart() {
        let raw = "2020-01-1310:49:39.0至2021-01-1310:49:41.0";
        assert_eq!(Span::of(raw), span("2020-01-13", "2021-01-13"));
        assert_eq!(day(raw), None);
    }

    #[test]
    fn a_period_is_read_with_any_joint() {
        for raw in [
            "2024-03-01至2024-05-31",
            "2024.3.1-2024.5.31",
            "2024/3/1～2024/5/31",
            "2024-03-01 — 2024-05-31",
            "2024年3月1日——2024年5月31日",
            "2024-03-01-2024-05-31",
            "20240301-20240531",
            "2024.03-2024.05",
            "2024年3月至2024年5月",
        ] {
            assert_eq!(Span::of(raw), span("2024-03-01", "2024-05-31"), "{raw}");
        }
    }

    #[test]
    fn a_month_or_a_year_is_all_of_its_days_and_no_day() {
        for raw in ["2024.02", "2024-2", "2024年2月", "2024/02"] {
            assert_eq!(Span::of(raw), span("2024-02-01", "2024-02-29"), "{raw}");
            assert_eq!(day(raw), None);
        }
        assert_eq!(Span::of("2024年"), span("2024-01-01", "2024-12-31"));
        assert_eq!(Span::of("2023-2025"), span("2023-01-01", "2025-12-31"));
    }

    #[test]
    fn what_is_unclear_or_impossible_is_not_read() {
        for raw in [
            "",
            "长期",
            "面议",
            "2024-02-30",
            "2024-13-01",
            "3月1日",
            "2024年3月1日前",
            "2024-03-01起",
            "2020-1-110:49:39",
            "2024-05-31至2024-03-01",
            "24-3-1",
            "0001-01-01",
            "9999-12-31",
            "2024-03-01至长期",
            "2024.03.01-05.31",
            "12345",
            "2024-03-01 25:00",
            "2024-03-01 10:99",
            "2024-03-01 10:",
            "2024--01",
            "至2024-03-01",
            "2024-03-01-",
            "2024年3月1日至",
        ] {
            assert_eq!(Span::of(raw), None, "{raw}");
        }
    }

    #[test]
    fn any_text_is_read_without_a_panic() {
        for raw in [
            "2024年日",
            "2024-日",
            "🦀",
            "2024🦀",
            "2024-03-🦀",
            "2024-03-01🦀",
            "２０２４",
            "2024-03-0110",
            "0000-00-00",
            ":",
        ] {
            let _ = Span::of(raw);
        }
    }
}
