//! API clients: front-ends and platforms of others that call with a key.
//!
//! A client is asked for by an organisation's owner, or by anybody for public reading, and approved by an admin
//! (`service.rs`). Its keys are its owner's to make and revoke (`keys.rs`; how one looks is `auth/key.rs`). A request
//! that brings a key is judged by one layer before any handler (`admission.rs`): the key, the client, its rate and its
//! quota (`meter.rs`, written by `schedule.rs`), the scope (`scopes.rs`, the one table), and whether the person who
//! answers for it still stands for the organisation (`policy.rs`). `origins.rs` says which pages browsers may let call.

pub mod admission;
pub mod dto;
pub mod http;
pub mod keys;
pub mod meter;
pub mod origins;
pub mod policy;
pub mod repo;
pub mod rules;
pub mod schedule;
pub mod scopes;
pub mod service;
pub mod view;
