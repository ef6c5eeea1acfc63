//! Calls to addresses that others name: webhooks, and whatever else goes out to a target that a client chose.
//! Every such call goes through the client made here; `guard.rs` says where it may lead.

pub mod guard;

use std::{sync::Arc, time::Duration};

pub use guard::{Refused, Targets};

/// How long connecting may take; a part of what the whole call may.
const CONNECT: Duration = Duration::from_secs(5);

/// A client for targets that others name: it goes where `targets` allows and nowhere else, follows no redirect,
/// asks no proxy (which would connect where the guard does not see it) and ends each call after `within`.
///
/// # Errors
/// When TLS cannot be set up.
pub fn client(targets: Targets, within: Duration) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .dns_resolver(Arc::new(guard::Resolver::new(targets)))
        .https_only(targets == Targets::Public)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .connect_timeout(CONNECT)
        .timeout(within)
        .pool_idle_timeout(Duration::from_secs(30))
        .pool_max_idle_per_host(2)
        .user_agent(concat!("techmart/", env!("CARGO_PKG_VERSION")))
        .build()
}
