//! Harvest sources: places from which listings are fetched by schedule, as OAI-PMH or as a CSV file at an address.
//!
//! A run (`run.rs`) fetches everything first (`oai.rs`, `fetch.rs`), then imports it as any file, so a run has the
//! results of its rows and can be begun again. What has vanished from the source is withdrawn last and only below
//! the guard (`guard.rs`): a source that is half empty by mistake takes nothing away. Addresses lead to the
//! public internet alone (`crate::outbound`).

pub mod dto;
mod fetch;
mod guard;
pub mod http;
mod oai;
mod pace;
pub mod repo;
pub mod run;
pub mod schedule;
pub mod service;
