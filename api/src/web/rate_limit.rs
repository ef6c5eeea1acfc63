//! Limits on how often a client may call, told in the RateLimit headers of the IETF draft.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

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
}

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

impl RateLimits {
    #[must_use]
    pub fn new(enabled: bool) -> Self {
        Self {
            enabled,
            clock: DefaultClock::default(),
            visitor: Limit::per_minute("visitor", 120),
            person: Limit::per_minute("person", 600),
            sign_in: Limit::per_minute("sign-in", 10),
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
        Some(Verdict { policy, state, wait })
    }

    /// Forgets clients that have not called for a while, so that memory stays bounded.
    pub fn sweep(&self) {
        for limit in [&self.visitor, &self.person, &self.sign_in] {
            limit.limiter.retain_recent();
        }
    }
}
