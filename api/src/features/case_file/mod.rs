//! The whole of a docking: everything that happened, in sentences, as a list and as a page to be printed.
//!
//! It is read from the log (`words.rs` says its acts in both languages) and from what the acts left behind. Contacts are
//! never in it: those are revealed one look at a time (`docking/contacts.rs`).

pub mod dto;
pub mod http;
mod page;
pub mod timeline;
mod words;
