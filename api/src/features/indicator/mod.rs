//! Indicators, plans and progress: where do we stand? The definitions are rows; the figures are the
//! ledger's, asked with two times (`features/ledger/tally.rs`).

pub mod dto;
pub mod http;
pub mod progress;
pub mod repo;
