//! Messages in a docking: one thread between both sides and the broker, and one between each side and the broker.
//!
//! What was written stays as it was. Until both sides have consented their common thread carries no contacts and no
//! files: those are exchanged by consent (`docking/contacts.rs`). Mail copies never carry a contact.

pub mod dto;
pub mod http;
pub mod policy;
pub mod repo;
pub mod service;
pub mod view;
