//! What somebody wants to be reminded of in a docking: their own, seen by nobody else.

pub mod dto;
pub mod http;
pub mod repo;
pub mod schedule;
pub mod service;
