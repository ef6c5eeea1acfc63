//! Signals against inflated figures: facts that a person should look at, never a refusal.
//!
//! They are made by the outbox's `examine` job after an act and by a walk over everything once a day
//! (`look.rs`; what strikes in a text is `text.rs`), each with the facts behind it and under a key of
//! these facts, so that nothing is raised twice. A person explains or upholds them. Nothing private is
//! in them: a contact that many share is compared, and never told.

pub mod dto;
pub mod http;
pub mod look;
pub mod policy;
pub mod repo;
pub mod service;
pub mod text;
pub mod view;
