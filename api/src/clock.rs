//! Time as an argument: the only place that asks the system what time it is.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::{Duration, FixedOffset, NaiveTime, SecondsFormat, SubsecRound, TimeZone, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use techmart_entity::{Day, Instant};
use utoipa::ToSchema;

/// The service's clock. Tests can move it on.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset_ms: Arc<AtomicI64>,
}

impl Clock {
    /// The present instant, cut to milliseconds: both databases store those alike.
    #[must_use]
    pub fn now(&self) -> Instant {
        (Utc::now() + Duration::milliseconds(self.offset_ms.load(Ordering::Relaxed))).trunc_subsecs(3)
    }

    /// The instant by the machine's clock, which [`Clock::advance`] does not move: for what a library
    /// compares with it by itself.
    #[must_use]
    pub fn of_the_machine() -> Instant {
        Utc::now().trunc_subsecs(3)
    }

    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        self.offset_ms.fetch_add(by.num_milliseconds(), Ordering::Relaxed);
    }
}

/// Asia/Shanghai, which has had no other offset since 1991.
fn shanghai() -> FixedOffset {
    #[expect(clippy::unwrap_used, reason = "eight hours are a valid offset")]
    FixedOffset::east_opt(8 * 3600).unwrap()
}

/// The day in Asia/Shanghai at that instant.
#[must_use]
pub fn day_of(instant: Instant) -> Day {
    instant.with_timezone(&shanghai()).date_naive()
}

/// What the clocks of Shanghai show at that instant.
#[must_use]
pub fn in_shanghai(instant: Instant) -> chrono::NaiveDateTime {
    instant.with_timezone(&shanghai()).naive_local()
}

/// The last millisecond of that day in Asia/Shanghai.
#[must_use]
pub fn end_of(day: Day) -> Instant {
    let next = day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN);
    shanghai()
        .from_local_datetime(&next)
        .single()
        .map_or(Instant::MAX_UTC, |midnight| midnight.with_timezone(&Utc) - Duration::milliseconds(1))
}

/// The first instant of that day in Asia/Shanghai.
#[must_use]
pub fn start_of(day: Day) -> Instant {
    day.pred_opt().map_or(Instant::MIN_UTC, |before| end_of(before) + Duration::milliseconds(1))
}

/// At which hour of Asia/Shanghai what is told once a day goes out.
const MORNING: i64 = 8;

/// When what is told once a day goes out next.
#[must_use]
pub fn next_morning(now: Instant) -> Instant {
    let today = start_of(day_of(now)) + Duration::hours(MORNING);
    if now < today { today } else { today + Duration::days(1) }
}

/// An instant on the wire: RFC 3339 in UTC, always with milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-23T06:01:16.000Z")]
pub struct Moment(pub Instant);

/// Years that an instant may lie in: both databases order them alike, and every reader can write them.
const YEARS: std::ops::RangeInclusive<i32> = 1..=9999;

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let instant = Instant::deserialize(deserializer)?;
        if YEARS.contains(&chrono::Datelike::year(&instant)) {
            return Ok(Self(instant));
        }
        Err(de::Error::custom("the year has to lie between 1 and 9999"))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string())
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl From<Instant> for Moment {
    fn from(instant: Instant) -> Self {
        Self(instant)
    }
}
