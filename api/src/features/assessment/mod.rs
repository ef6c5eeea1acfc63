//! The assessor's way: a seeded sample of a frozen report (`sample.rs`), a verdict for each
//! unit, counts taken back, a signed result (`result.rs`). After the signature nothing changes.

pub mod dto;
pub mod http;
pub mod policy;
pub mod repo;
pub mod result;
pub mod sample;
pub mod service;
pub mod view;
