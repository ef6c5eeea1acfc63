//! The nouns of the service, one folder each. Inside a folder a file's name says what kind of
//! question it answers: `http.rs` the addresses, `dto.rs` the wire, `service.rs` the acts, `policy.rs`
//! who may, `repo.rs` the rows, `doc.rs` what the index knows.

pub mod account;
pub mod achievement;
pub mod assessment;
pub mod attachment;
pub mod audit;
pub mod calendar;
pub mod code_list;
pub mod contract;
pub mod demand;
pub mod desk;
pub mod docking;
pub mod duplicate;
pub mod enclave_entry;
pub mod event;
pub mod finance_case;
pub mod funnel;
pub mod health;
pub mod import;
pub mod indicator;
pub mod invitation;
pub mod landing;
pub mod ledger;
pub mod listing;
pub mod matching;
pub mod notification;
pub mod organisation;
pub mod provider;
pub mod recommendation;
pub mod report;
pub mod review;
pub mod saved_search;
pub mod search;
pub mod signal;
pub mod snapshot;
pub mod verification;
