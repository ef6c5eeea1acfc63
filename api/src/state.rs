//! What every request and every job can reach. Built once, by `app.rs`.

use std::sync::Arc;

use techmart_search::SearchIndex;

use crate::{
    auth::{jwt::Jwt, password::Passwords},
    clock::Clock,
    config::Config,
    db::Db,
    features::{
        api_client::{meter::Meter, origins::KnownOrigins},
        change::tide::Feed,
        export::Exports,
        feedback::counter::Counter,
        notification::delivery::Concerned,
    },
    files::FileStore,
    mail::Mailer,
    metrics::Metrics,
    openapi::Operations,
    outbox::Outbox,
    web::{rate_limit::RateLimits, schemas::Schemas},
};

/// The parts of the service.
pub struct State {
    pub config: Config,
    pub clock: Clock,
    pub db: Db,
    pub search: Arc<dyn SearchIndex>,
    pub mailer: Arc<dyn Mailer>,
    pub files: FileStore,
    pub jwt: Jwt,
    pub passwords: Passwords,
    pub rate_limits: RateLimits,
    pub metrics: Metrics,
    pub outbox: Outbox,
    /// Calls the endpoints of webhooks, and only where they may lead.
    pub webhooks: reqwest::Client,
    /// Whom the act concerns that mails are just being sent about.
    pub concerned: Concerned,
    /// What is looked at, until it is written.
    pub counter: Counter,
    /// Lists that are being written out.
    pub exports: Exports,
    /// What API clients use, until it is written.
    pub meter: Meter,
    /// The origins that API clients name.
    pub origins: KnownOrigins,
    /// Who waits for changes.
    pub feed: Feed,
    pub schemas: Schemas,
    pub operations: Operations,
    /// Set when the service is asked to stop: it is no longer ready, but finishes what it began.
    pub stopping: std::sync::atomic::AtomicBool,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("State")
    }
}
