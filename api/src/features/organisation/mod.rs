//! Organisations 单位: who they are, who belongs to them, and whether the centre has convinced itself
//! of it. `service.rs` has the row, `verification.rs` its verification and the term of it, `members.rs` its members,
//! `rules.rs` what a row must keep to, `view.rs` what of it a caller may see.

pub mod dto;
pub mod http;
pub mod members;
pub mod policy;
pub mod repo;
pub mod rules;
pub mod schedule;
pub mod service;
pub mod verification;
pub mod view;
