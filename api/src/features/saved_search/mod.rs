//! Saved searches: a search that somebody keeps and hears of when something new answers it, at once, daily or weekly.
//!
//! New is what was published after the search was saved and was not told before. A search is run as its owner, so it
//! tells nothing that the owner could not find.

pub mod dto;
pub mod http;
pub mod repo;
pub mod schedule;
pub mod service;
