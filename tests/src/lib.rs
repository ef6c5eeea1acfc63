//! The harness: a real service in this process, with a database, an index and a mail folder of its own,
//! and clients that speak HTTP to it. Tests go through the front door; the harness itself checks with
//! every answer that errors are problem documents and that the status stands in the OpenAPI document.
//!
//! The suite runs on SQLite; with `TECHMART_TEST_DATABASE_URL` (a PostgreSQL server in which databases
//! can be made) on PostgreSQL, with `MEILI_TEST_URL` on Meilisearch.
//!
//! Tests run on a runtime with a thread of its own (`multi_thread`): what a test looks up through the state of a
//! [`World`] opens connections in the service's own pool, and those are served by the runtime that opened them, even
//! while the test waits for a process to end or for the service to stop.

#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a harness stops at the first surprise")]

pub mod actors;
pub mod binary;
pub mod builders;
pub mod client;
pub mod documented;
pub mod world;

pub use actors::Actors;
pub use client::{Client, Reply};
pub use world::World;
