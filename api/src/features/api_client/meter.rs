//! Counting requests in memory, so that none waits for a write: what was counted is written every few seconds, and what
//! the other processes counted is read at the same time.

use std::{
    collections::{BTreeMap, HashMap},
    mem,
    ops::Bound,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::Duration;
use techmart_entity::{
    Day, Instant,
    api_client::{key, scope::ApiScope},
    id::{ApiClientId, ApiKeyId},
};

/// A use of a key is noted when the last one was longer ago.
const USE: Duration = Duration::minutes(1);

/// A client on a day, and the scope it asked for; none where none was asked for.
pub type Key = (ApiClientId, Day, Option<ApiScope>);

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub requests: i64,
    pub refused: i64,
    pub failed: i64,
    pub limited: i64,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.refused += other.refused;
        self.failed += other.failed;
        self.limited += other.limited;
    }
}

/// What this process has counted and not written yet.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    pub counts: BTreeMap<Key, Count>,
    pub uses: BTreeMap<ApiKeyId, Instant>,
}

impl Counted {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty() && self.uses.is_empty()
    }
}

/// What clients used, by this process's knowledge.
#[derive(Debug, Default)]
pub struct Meter(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    waiting: Counted,
    /// What all processes had written when it was last read, with what this one is writing just now.
    written: HashMap<ApiClientId, (Day, i64)>,
}

impl Inner {
    fn used(&self, client: ApiClientId, day: Day) -> i64 {
        let written = self.written.get(&client).filter(|(of, _)| *of == day).map_or(0, |(_, n)| *n);
        let from = Bound::Included((client, day, None));
        let to = Bound::Excluded((client, day.succ_opt().unwrap_or(Day::MAX), None));
        let waiting: i64 = self.waiting.counts.range((from, to)).map(|(_, count)| count.requests).sum();
        written + waiting
    }
}

impl Meter {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it is known what the client has used on that day.
    #[must_use]
    pub fn knows(&self, client: ApiClientId, day: Day) -> bool {
        self.inner().written.get(&client).is_some_and(|(of, _)| *of == day)
    }

    /// Learns what is written; what was learned already stays.
    pub fn learn(&self, client: ApiClientId, day: Day, requests: i64) {
        let mut inner = self.inner();
        if inner.written.get(&client).is_none_or(|(of, _)| *of != day) {
            inner.written.insert(client, (day, requests));
        }
    }

    /// Learns what is written now.
    pub fn learn_anew(&self, client: ApiClientId, day: Day, requests: i64) {
        self.inner().written.insert(client, (day, requests));
    }

    /// Takes one request from the day's quota: how many are left, or none when there was none left.
    pub fn take(&self, key: Key, quota: i64) -> Option<i64> {
        let mut inner = self.inner();
        let left = quota - inner.used(key.0, key.1);
        if left <= 0 {
            return None;
        }
        inner.waiting.counts.entry(key).or_default().add(Count { requests: 1, ..Count::default() });
        Some(left - 1)
    }

    /// How many are left of the day's quota.
    #[must_use]
    pub fn left(&self, client: ApiClientId, day: Day, quota: i64) -> i64 {
        (quota - self.inner().used(client, day)).max(0)
    }

    /// Counts how a request ended.
    pub fn ended(&self, key: Key, count: Count) {
        if count != Count::default() {
            self.inner().waiting.counts.entry(key).or_default().add(count);
        }
    }

    /// Notes that a key was used, once a minute.
    pub fn used(&self, key: &key::Model, now: Instant) {
        if key.last_used_at.is_none_or(|last| now - last >= USE) {
            self.inner().waiting.uses.entry(key.id).or_insert(now);
        }
    }

    /// Hands out what is to be written.
    #[must_use]
    pub fn hand_out(&self) -> Counted {
        let mut inner = self.inner();
        let counted = mem::take(&mut inner.waiting);
        for ((client, day, _), count) in &counted.counts {
            if let Some((_, written)) = inner.written.get_mut(client).filter(|(of, _)| of == day) {
                *written += count.requests;
            }
        }
        counted
    }

    /// Takes back what could not be written.
    pub fn take_back(&self, counted: Counted) {
        let mut inner = self.inner();
        for ((client, day, scope), count) in counted.counts {
            if let Some((_, written)) = inner.written.get_mut(&client).filter(|(of, _)| *of == day) {
                *written -= count.requests;
            }
            inner.waiting.counts.entry((client, day, scope)).or_default().add(count);
        }
        for (key, at) in counted.uses {
            inner.waiting.uses.entry(key).or_insert(at);
        }
    }

    /// Whose requests of that day are known; those of other days are forgotten.
    #[must_use]
    pub fn of_day(&self, day: Day) -> Vec<ApiClientId> {
        let mut inner = self.inner();
        inner.written.retain(|_, (of, _)| *of >= day);
        inner.written.iter().filter(|(_, (of, _))| *of == day).map(|(client, _)| *client).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use techmart_entity::{Day, api_client::scope::ApiScope, id::ApiClientId};

    use super::{Count, Meter};

    fn day(n: u32) -> Day {
        Day::from_ymd_opt(2026, 11, n).unwrap()
    }

    #[test]
    fn a_quota_is_one_for_all_scopes_and_for_what_others_have_written() {
        let (meter, client) = (Meter::default(), ApiClientId::new());
        let read = (client, day(30), Some(ApiScope::CatalogueRead));
        let none = (client, day(30), None);
        assert!(!meter.knows(client, day(30)));
        meter.learn(client, day(30), 5);
        assert_eq!((meter.take(read, 8), meter.take(none, 8)), (Some(2), Some(1)));
        // While it is being written it is counted all the same, and afterwards once.
        let counted = meter.hand_out();
        assert_eq!(counted.counts.len(), 2);
        assert_eq!(meter.left(client, day(30), 8), 1);
        meter.take_back(counted);
        assert_eq!(meter.left(client, day(30), 8), 1);
        let _ = meter.hand_out();
        meter.learn_anew(client, day(30), 8);
        assert_eq!(meter.take(read, 8), None);
        // What was beyond it is counted apart.
        meter.ended(read, Count { limited: 1, ..Count::default() });
        assert_eq!(meter.hand_out().counts[&read].limited, 1);
        // Another day begins anew.
        assert!(!meter.knows(client, day(29)));
        assert_eq!(meter.of_day(day(30)), [client]);
        assert_eq!(meter.left(client, day(29), 8), 8);
    }
}
