//! Offers in a docking: what one side would do for which price, and what the other says to it. An offer moves no stage;
//! the contract does.

pub mod dto;
pub mod http;
pub mod repo;
pub mod schedule;
pub mod service;
