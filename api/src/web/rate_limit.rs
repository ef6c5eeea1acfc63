//! Limits on how often a client may call, told in the RateLimit headers of the IETF draft.

use std::{
    collections::BTreeMap,
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};

type Keyed = RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// The limits of this process. Sign-in guessing is limited elsewhere, in the database.
pub struct RateLimits {
    enabled: bool,
    clock: DefaultClock,
    visitor: Limit,
    person: Limit,
    sign_in: Limit,
    /// Of API clients, by the rate that each was granted: few rates, many clients.
    clients: Mutex<BTreeMap<u32, Limit>>,
}

#[derive(Clone)]
struct Limit {
    name: &'static str,
    per_minute: u32,
    limiter: Arc<Keyed>,
}

impl Limit {
    fn per_minute(name: &'static str, n: u32) -> Self {
        let quota = Quota::per_minute(NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN));
        let limiter = RateLimiter::keyed(quota).with_middleware::<StateInformationMiddleware>();
        Self { name, per_minute: n, limiter: Arc::new(limiter) }
    }
}

/// Which limit a request falls under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Visitor,
    Person,
    SignIn,
}

/// What the limiter says of a request.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// `RateLimit-Policy`
    pub policy: String,
    /// `RateLimit`
    pub state: String,
    /// Seconds to wait, when there were too many.
    pub wait: Option<u64>,
}

impl Verdict {
    /// The same, told after another limit that the request fell under as well.
    #[must_use]
    pub fn after(self, first: Option<Self>) -> Self {
        let Some(first) = first else { return self };
        Self {
            policy: format!("{}, {}", first.policy, self.policy),
            state: format!("{}, {}", first.state, self.state),
            wait: first.wait.or(self.wait),
        }
    }
}

impl RateLimits {
    #[must_use]
    pub fn new(enabled: bool) -> Self {
        Self {
            enabled,
            clock: DefaultClock::default(),
            visitor: Limit::per_minute("visitor", 120),
            person: Limit::per_minute("person", 600),
            sign_in: Limit::per_minute("sign-in", 10),
            clients: Mutex::default(),
        }
    }

    /// Counts a request; none when limits are off.
    #[must_use]
    pub fn check(&self, class: Class, key: &str) -> Option<Verdict> {
        if !self.enabled {
            return None;
        }
        let limit = match class {
            Class::Visitor => &self.visitor,
            Class::Person => &self.person,
            Class::SignIn => &self.sign_in,
        };
        Some(self.judge(limit, key))
    }

    /// Counts a request of an API client that may make so many a minute; none when limits are off.
    #[must_use]
    pub fn check_client(&self, client: &str, per_minute: u32) -> Option<Verdict> {
        if !self.enabled {
            return None;
        }
        let limit = self
            .clients()
            .entry(per_minute)
            .or_insert_with(|| Limit::per_minute("client", per_minute))
            .clone();
        Some(self.judge(&limit, client))
    }

    fn clients(&self) -> MutexGuard<'_, BTreeMap<u32, Limit>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn judge(&self, limit: &Limit, key: &str) -> Verdict {
        let policy = format!("\"{}\";q={};w=60", limit.name, limit.per_minute);
        let (left, wait) = match limit.limiter.check_key(&key.to_owned()) {
            Ok(snapshot) => (snapshot.remaining_burst_capacity(), None),
            Err(refusal) => {
                let wait = refusal.wait_time_from(self.clock.now());
                (0, Some(wait.max(Duration::from_secs(1)).as_secs_f64().ceil()))
            }
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most a minute")]
        let wait = wait.map(|wait| wait as u64);
        let state = format!("\"{}\";r={left};t={}", limit.name, wait.unwrap_or(60));
        Verdict { policy, state, wait }
    }

    /// Forgets clients that have not called for a while, so that memory stays bounded.
    pub fn sweep(&self) {
        for limit in [&self.visitor, &self.person, &self.sign_in] {
            limit.limiter.retain_recent();
        }
        self.clients().retain(|_, limit| {
            limit.limiter.retain_recent();
            !limit.limiter.is_empty()
        });
    }
}
