//! Counting. An act that earns a unit writes an entry in its own transaction (`rules/`: a
//! file a basis, saying what counts, under which key, from which day, by which evidence; the indicators
//! that rest on a basis are rows). A second person confirms it, and what turns out wrong is reversed,
//! never deleted (`service.rs`). What a count needs and lacks is `evidence.rs`. What the figures were on
//! a day, as known at an instant, is `tally.rs`; the same as sums kept beside the ledger, `sums.rs`.

pub mod dto;
pub mod evidence;
pub mod http;
pub mod repo;
pub mod rules;
pub mod service;
pub mod sums;
pub mod tally;
pub mod worklist;
