//! Personal data: what is kept about people, on what it rests and for how long; a person's copy of it, the erasure of
//! an account, what time takes away, and who was shown whose contacts.
//!
//! `categories.rs` is the closed table of all of it, and a law compares it with the schema: a new column that holds
//! something about people has to be put there. `retention.rs` has the terms, `export.rs` the copy, `service.rs` and
//! `erase.rs` the erasure, `schedule.rs` what time brings, `reveals.rs` the log of contacts shown.
//!
//! An erased account keeps its id and nothing else. The ledger, the history and the other side of a docking rest on
//! that id, none of them holds a name, and so no hash of theirs changes.

pub mod categories;
pub mod dto;
mod erase;
pub mod export;
pub mod http;
pub mod policy;
pub mod repo;
pub mod retention;
mod reveals;
pub mod schedule;
pub mod service;
