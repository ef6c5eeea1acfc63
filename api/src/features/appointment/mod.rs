//! Appointments in a docking: one side or a broker proposes times, the others say which fit, and the first that fits all
//! is agreed on. Those who are to come get an invitation for their calendar, and a word the day before. That they met is
//! recorded as a meeting (`docking/meeting.rs`), which another confirms and which counts.

pub mod dto;
pub mod http;
pub mod policy;
pub mod repo;
pub mod schedule;
pub mod service;
pub mod view;
