//! The nouns of the service, one folder each. Inside a folder a file's name says what kind of
//! question it answers: `http.rs` the addresses, `dto.rs` the wire, `service.rs` the acts, `policy.rs`
//! who may, `repo.rs` the rows, `doc.rs` what the index knows.

pub mod account;
pub mod achievement;
pub mod attachment;
pub mod audit;
pub mod code_list;
pub mod demand;
pub mod docking;
pub mod health;
pub mod import;
pub mod indicator;
pub mod ledger;
pub mod listing;
pub mod organisation;
pub mod provider;
pub mod review;
pub mod search;
pub mod snapshot;
