//! What is measured, in Prometheus's text form.

use std::time::Duration;

use prometheus::{
    Encoder, Histogram, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};

/// The service's own registry.
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    latency: HistogramVec,
    pub outbox_depth: IntGauge,
    pub outbox_age_seconds: IntGauge,
    pub outbox_dead: IntGauge,
    pub outbox_done: IntCounterVec,
    pub outbox_failed: IntCounterVec,
    pub index_batch_seconds: Histogram,
    pub webhook_calls: IntCounterVec,
}

impl Metrics {
    /// Registers everything.
    ///
    /// # Errors
    /// When two metrics have one name.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let requests = IntCounterVec::new(
            Opts::new("techmart_http_requests_total", "Requests answered"),
            &["method", "route", "status"],
        )?;
        let latency = HistogramVec::new(
            HistogramOpts::new("techmart_http_request_seconds", "Time to answer")
                .buckets(vec![0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0]),
            &["method", "route"],
        )?;
        let outbox_depth = IntGauge::new("techmart_outbox_depth", "Outbox rows that are not done")?;
        let outbox_age_seconds =
            IntGauge::new("techmart_outbox_age_seconds", "Age of the oldest due outbox row")?;
        let outbox_dead = IntGauge::new("techmart_outbox_dead", "Outbox rows that were given up")?;
        let outbox_done =
            IntCounterVec::new(Opts::new("techmart_outbox_done_total", "Outbox rows done"), &["kind"])?;
        let outbox_failed =
            IntCounterVec::new(Opts::new("techmart_outbox_failed_total", "Attempts that failed"), &["kind"])?;
        let index_batch_seconds = Histogram::with_opts(HistogramOpts::new(
            "techmart_index_batch_seconds",
            "Time to index a batch",
        ))?;
        let webhook_calls = IntCounterVec::new(
            Opts::new("techmart_webhook_calls_total", "Calls to endpoints of webhooks, by what came of them"),
            &["outcome"],
        )?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(webhook_calls.clone()))?;
        registry.register(Box::new(latency.clone()))?;
        registry.register(Box::new(outbox_depth.clone()))?;
        registry.register(Box::new(outbox_age_seconds.clone()))?;
        registry.register(Box::new(outbox_dead.clone()))?;
        registry.register(Box::new(outbox_done.clone()))?;
        registry.register(Box::new(outbox_failed.clone()))?;
        registry.register(Box::new(index_batch_seconds.clone()))?;
        Ok(Self {
            registry,
            requests,
            latency,
            outbox_depth,
            outbox_age_seconds,
            outbox_dead,
            outbox_done,
            outbox_failed,
            index_batch_seconds,
            webhook_calls,
        })
    }

    /// Counts an answer. `route` is the pattern, never the path: the number of series stays bounded.
    pub fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        self.requests.with_label_values(&[method, route, &status.to_string()]).inc();
        self.latency.with_label_values(&[method, route]).observe(took.as_secs_f64());
    }

    /// Everything, as text.
    ///
    /// # Errors
    /// When a metric cannot be written.
    pub fn render(&self) -> Result<String, prometheus::Error> {
        let mut out = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut out)?;
        Ok(String::from_utf8(out).unwrap_or_default())
    }
}
