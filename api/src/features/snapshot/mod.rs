//! Frozen reports: what the figures of a plan were as of a day, as known at an instant, with the rules, the
//! units and the hashes of their evidence. What a report says are the documents of `document.rs`; how they
//! follow from the ledger is `content.rs`, the same function for a report that is made and for one that is
//! counted again. Freezing (`freezing.rs`) chains each report to the one before by its hash; nothing can be
//! recorded afterwards as if it had been known then. Once a month the service freezes each running plan by
//! itself (`schedule.rs`).

pub mod compare;
pub mod content;
pub mod document;
pub mod dto;
pub mod freezing;
pub mod http;
pub mod repo;
pub mod schedule;
pub mod view;
