//! Imports: listings of other markets, one JSON object a line or a table (CSV, XLSX), as a job with a result
//! for each row.
//!
//! `table/` makes rows of a table, `template/` gives tables to fill in, and `returned.rs` gives a table back
//! with what became of its rows. `mapping/` reads a row and never refuses it for what it does not understand;
//! `upsert.rs` finds the listing that a row was imported to before and decides what becomes of it;
//! `service.rs` runs the job, in transactions of many rows that also keep their results, so that a job that
//! broke off goes on where it stopped.

pub mod dto;
pub mod http;
mod key;
mod lines;
pub mod mapping;
pub mod policy;
mod reading;
mod repo;
mod returned;
pub mod service;
mod source;
mod table;
mod template;
mod upload;
pub mod upsert;
