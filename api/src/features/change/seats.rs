//! How many may wait at once: whoever waits holds a connection, so nobody takes all of them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    auth::Context,
    error::{AppError, Code, Result},
    say,
};

/// Of one client or person.
const EACH: usize = 8;
/// Of this process.
const ALL: usize = 256;

/// Who waits.
#[derive(Clone, Debug, Default)]
pub struct Seats(Arc<Mutex<HashMap<String, usize>>>);

/// A place among those who wait, given back when it is dropped.
#[derive(Debug)]
pub struct Seat {
    seats: Seats,
    who: String,
}

impl Seats {
    /// Takes a place.
    ///
    /// # Errors
    /// 429 when the caller has too many already, 503 when the process has.
    pub fn take(&self, cx: &Context) -> Result<Seat> {
        let who = cx.account_id().map_or_else(|| cx.client.clone(), |id| id.to_string());
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.values().sum::<usize>() >= ALL {
            return Err(AppError::unavailable(Code::Unavailable, "too many wait for changes"));
        }
        let mine = taken.entry(who.clone()).or_insert(0);
        if *mine >= EACH {
            return Err(AppError::new(
                Code::TooManyRequests,
                say!(
                    "同时等待的连接最多 {EACH} 个；请先关闭其他连接。",
                    "At most {EACH} connections of a client wait at once; close another first."
                ),
            )
            .retry_after(5));
        }
        *mine += 1;
        Ok(Seat { seats: self.clone(), who })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mine) = taken.get_mut(&self.who) {
            *mine -= 1;
            if *mine == 0 {
                taken.remove(&self.who);
            }
        }
    }
}
