//! The harness: a real service in this process, with a database, an index and a mail folder of its own,
//! and clients that speak HTTP to it. Tests go through the front door; the harness itself checks with
//! every answer that errors are problem documents and that the status stands in the OpenAPI document.
//!
//! The suite runs on SQLite; with `TECHMART_TEST_DATABASE_URL` (a PostgreSQL server in which databases
//! can be made) on PostgreSQL, with `MEILI_TEST_URL` on Meilisearch.

#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a harness stops at the first surprise")]

pub mod actors;
pub mod binary;
pub mod builders;
pub mod client;
pub mod world;

pub use actors::Actors;
pub use client::{Client, Reply};
pub use world::World;
