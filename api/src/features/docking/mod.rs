//! Dockings 对接: an enterprise and a supplier, brought together over an achievement or a demand, from
//! the first interest to the landing.
//!
//! `service.rs` has how a docking begins, `consent.rs` what the two sides say of an interest, `ends.rs`
//! its side exits and the way back, `meeting.rs`, `contract.rs` and `landing.rs` the stages that count,
//! `contacts.rs` the reveal of contacts, `broker.rs` who of the centre leads it, `schedule.rs` what time brings, `view.rs` what a caller is shown,
//! `rules.rs` what a docking must keep to.

pub mod broker;
pub mod consent;
pub mod contacts;
pub mod contract;
pub mod dto;
pub mod ends;
pub mod http;
pub mod landing;
pub mod meeting;
pub mod policy;
pub mod repo;
pub mod rules;
pub mod schedule;
pub mod service;
pub mod view;
