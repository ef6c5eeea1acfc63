//! Counting in memory: bounded, and without an address. Whoever looks is known by a hash under a salt that this process
//! throws away with the day, so nobody can be told from it, and another process cannot tell that it was the same person.

use std::{
    collections::{BTreeMap, HashSet},
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

use sha2::{Digest, Sha256};
use techmart_entity::{Day, id::ListingId};

use crate::{auth::Context, features::funnel::view::month_of};

/// So many looks of a day are told apart, about ten megabytes of them. Those beyond are not counted: too few rather than
/// twice.
const SEEN: usize = 200_000;
/// So many listings wait to be written, if the database is away.
const WAITING: usize = 100_000;

/// A listing in a month, by the first day of it.
pub type Key = (ListingId, Day);

/// What was counted of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub views: i64,
    pub appearances: i64,
    pub alerts: i64,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.views += other.views;
        self.appearances += other.appearances;
        self.alerts += other.alerts;
    }
}

/// What this process has counted and not written yet.
#[derive(Debug, Default)]
pub struct Counter(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    day: Day,
    salt: [u8; 32],
    seen: HashSet<[u8; 16]>,
    counts: BTreeMap<Key, Count>,
}

impl Inner {
    /// Whether nobody has seen that this caller looked at that listing on that day.
    fn is_new(&mut self, cx: &Context, listing: ListingId) -> bool {
        if cx.today > self.day {
            self.day = cx.today;
            self.seen.clear();
            // Without chance there is no salt, and without a salt nobody is remembered.
            if getrandom::fill(&mut self.salt).is_err() {
                return false;
            }
        }
        if self.seen.len() >= SEEN {
            return false;
        }
        let looker = cx.account_id().map_or_else(|| cx.client.clone(), |id| id.to_string());
        let hash = Sha256::new()
            .chain_update(self.salt)
            .chain_update(listing.0.as_bytes())
            .chain_update(looker.as_bytes())
            .finalize();
        let mut key = [0; 16];
        key.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        self.seen.insert(key)
    }

    fn count(&mut self, key: Key, count: Count) {
        if self.counts.len() < WAITING || self.counts.contains_key(&key) {
            self.counts.entry(key).or_default().add(count);
        }
    }
}

impl Counter {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody opened a page. Who opens it again on the same day is counted once.
    pub fn viewed(&self, cx: &Context, listing: ListingId) {
        let mut inner = self.inner();
        if inner.is_new(cx, listing) {
            inner.count((listing, month_of(cx.today)), Count { views: 1, ..Count::default() });
        }
    }

    /// Listings stood in the first page of a search.
    pub fn appeared(&self, cx: &Context, listings: impl IntoIterator<Item = ListingId>) {
        let mut inner = self.inner();
        for listing in listings {
            inner.count((listing, month_of(cx.today)), Count { appearances: 1, ..Count::default() });
        }
    }

    /// Hands out what is to be written.
    #[must_use]
    pub fn take(&self) -> BTreeMap<Key, Count> {
        mem::take(&mut self.inner().counts)
    }

    /// Takes back what could not be written.
    pub fn give_back(&self, counts: BTreeMap<Key, Count>) {
        let mut inner = self.inner();
        for (key, count) in counts {
            inner.count(key, count);
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration};
    use techmart_entity::id::ListingId;

    use super::{Count, Counter};
    use crate::auth::Context;

    #[test]
    fn a_look_is_counted_once_a_day_and_address_and_nothing_of_it_is_kept() {
        let counter = Counter::default();
        let now = DateTime::from_timestamp_millis(1_795_000_000_000).expect("an instant");
        let from = |client: &str, days: i64| Context {
            client: client.to_owned(),
            ..Context::system(now + Duration::days(days))
        };
        let (one, other) = (ListingId::new(), ListingId::new());
        for client in ["192.0.2.7", "192.0.2.7", "192.0.2.8"] {
            counter.viewed(&from(client, 0), one);
        }
        counter.viewed(&from("192.0.2.7", 0), other);
        assert!(!format!("{counter:?}").contains("192.0.2"));
        let seen = |counts: &std::collections::BTreeMap<super::Key, Count>, id: ListingId| {
            counts
                .iter()
                .filter(|((listing, _), _)| *listing == id)
                .map(|(_, count)| count.views)
                .sum::<i64>()
        };
        let counts = counter.take();
        assert_eq!((seen(&counts, one), seen(&counts, other)), (2, 1));
        // What is given back is there again, and the same day still knows its people.
        counter.give_back(counts);
        counter.viewed(&from("192.0.2.8", 0), one);
        assert_eq!(seen(&counter.take(), one), 2);
        counter.viewed(&from("192.0.2.8", 1), one);
        assert_eq!(seen(&counter.take(), one), 1, "another day");
        assert!(counter.take().is_empty());
    }
}
