//! A breaker: after a row of failures nobody is kept waiting for a server that is away.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Failures in a row that open it.
const FAILURES: u32 = 5;

/// How long it stays open.
const PAUSE: Duration = Duration::from_secs(10);

/// Counts failures; open, it turns calls away. After the pause one call is let through as a trial.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    state: Mutex<Count>,
}

#[derive(Debug, Default)]
struct Count {
    failures: u32,
    open_until: Option<Instant>,
}

impl Breaker {
    /// Whether a call may go through now; otherwise how long to wait.
    pub(super) fn admit(&self, now: Instant) -> Result<(), Duration> {
        let mut count = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match count.open_until {
            Some(until) if now < until => Err(until - now),
            // The trial: others are turned away until it has ended or the pause is over again.
            Some(_) => {
                count.open_until = Some(now + PAUSE);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// The server answered, whatever it said.
    pub(super) fn succeeded(&self) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = Count::default();
    }

    /// The server did not answer.
    pub(super) fn failed(&self, now: Instant) {
        let mut count = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        count.failures = count.failures.saturating_add(1);
        if count.failures >= FAILURES {
            count.open_until = Some(now + PAUSE);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Breaker, FAILURES, PAUSE};

    #[test]
    fn it_opens_after_a_row_of_failures_and_tries_again_after_the_pause() {
        let breaker = Breaker::default();
        let start = Instant::now();
        for _ in 1..FAILURES {
            breaker.failed(start);
            assert_eq!(breaker.admit(start), Ok(()));
        }
        breaker.failed(start);
        assert_eq!(breaker.admit(start + Duration::from_secs(4)), Err(Duration::from_secs(6)));
        let later = start + PAUSE;
        assert_eq!(breaker.admit(later), Ok(()), "a trial");
        assert_eq!(breaker.admit(later), Err(PAUSE), "one trial at a time");
        breaker.failed(later);
        assert_eq!(breaker.admit(later + Duration::from_secs(1)), Err(Duration::from_secs(9)));
        assert_eq!(breaker.admit(later + PAUSE), Ok(()));
        breaker.succeeded();
        assert_eq!(breaker.admit(later + PAUSE), Ok(()));
    }

    #[test]
    fn an_answer_in_between_starts_the_count_anew() {
        let breaker = Breaker::default();
        let now = Instant::now();
        for _ in 0..20 {
            for _ in 1..FAILURES {
                breaker.failed(now);
            }
            breaker.succeeded();
        }
        assert_eq!(breaker.admit(now), Ok(()));
    }
}
