//! The service: HTTP interface, jobs, and what the command line calls. `app.rs` puts the parts together,
//! `routes.rs` lists the addresses, `features/` has the nouns.

pub mod app;
pub mod auth;
pub mod clock;
pub mod commands;
pub mod config;
pub mod db;
pub mod error;
pub mod features;
pub mod files;
pub mod jobs;
pub mod mail;
pub mod metrics;
pub mod openapi;
pub mod outbound;
pub mod outbox;
pub mod routes;
pub mod state;
pub mod web;
