//! From which pages browsers may call. A preflight brings no key, so it is answered for an origin that any approved
//! client names; the request itself is then answered for the origins of its own client alone.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use chrono::Duration;
use techmart_entity::Instant;

use super::repo;
use crate::{error::Result, state::State};

/// For how long what the clients name is not read again.
const FRESH: Duration = Duration::seconds(5);

/// The origins that approved clients name, as they were read last.
#[derive(Debug, Default)]
pub struct KnownOrigins(Mutex<Option<(Instant, HashSet<String>)>>);

impl KnownOrigins {
    fn known(&self, now: Instant, origin: &str) -> Option<bool> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(at, _)| now - *at < FRESH).map(|(_, origins)| origins.contains(origin))
    }

    fn keep(&self, now: Instant, origins: HashSet<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, origins));
    }
}

/// Whether an approved client names the origin.
///
/// # Errors
/// When the database cannot be asked.
pub async fn is_known(state: &State, origin: &str) -> Result<bool> {
    let now = state.clock.now();
    if let Some(known) = state.origins.known(now, origin) {
        return Ok(known);
    }
    let origins: HashSet<String> = repo::origins(state.db.read()).await?.into_iter().collect();
    let known = origins.contains(origin);
    state.origins.keep(now, origins);
    Ok(known)
}
