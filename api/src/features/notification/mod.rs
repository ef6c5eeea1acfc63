//! Notifications: what people are told, in their list and by mail.
//!
//! An act that somebody should hear of is written to the log and queued (`listing::service::record_and_tell`). `told/`
//! says, a file for each kind of subject, whom it concerns and in what words; `service.rs` writes a row for each of
//! them; `delivery.rs` sends what is to go by mail, one mail a person, in the order in which they were told, and asks
//! once more whom it concerns; `unsubscribe.rs` ends mails by one click.

pub mod delivery;
pub mod dto;
pub mod http;
pub mod repo;
pub mod service;
pub mod told;
pub mod unsubscribe;
pub mod view;
