//! What a row is: ids, values, life cycles and the tables' models. Nothing here reads or writes
//! anything, knows the time or throws dice; all of it can be read and tested without a database.
//!
//! One folder a noun. `mod.rs` is the row, `status.rs` the life cycle, `content.rs` what the public
//! reads of a listing. `value/` holds what several nouns share: money, codes, credit codes, patents.

pub mod account;
pub mod achievement;
pub mod api_client;
pub mod assessment;
pub mod attachment;
pub mod audit;
pub mod calendar;
pub mod canonical;
pub mod catalogue_file;
pub mod change;
pub mod contract;
pub mod demand;
pub mod desk;
pub mod docking;
pub mod duplicate;
pub mod enclave_entry;
pub mod event;
pub mod expiry;
pub mod finance_case;
pub mod funnel;
pub mod harvest_source;
pub mod id;
pub mod idempotency;
pub mod import;
pub mod import_mapping;
pub mod indicator;
pub mod ledger;
pub mod life_cycle;
pub mod listing;
pub mod notification;
pub mod organisation;
pub mod outbound;
pub mod outbox;
pub mod personal;
pub mod provider;
pub mod recommendation;
pub mod saved_search;
pub mod signal;
pub mod snapshot;
pub mod value;
pub mod webhook;

/// An instant, stored in UTC and cut to milliseconds by the clock that made it.
pub type Instant = chrono::DateTime<chrono::Utc>;

/// A day in Asia/Shanghai.
pub type Day = chrono::NaiveDate;
