//! The audit log: every move, reveal and administrative act, in the transaction of the act. The
//! history of an item is the same rows, read by those who may see the item.
//!
//! `looks.rs` keeps what auditors look at.

pub mod dto;
pub mod http;
pub mod looks;
pub mod repo;
pub mod service;

pub use service::{Record, record};
