//! What became of what somebody posted: how often it was opened and found, who took an interest and how that ended, by
//! month, for its owner and the centre. It names nobody.
//!
//! Opening and finding are counted in memory (`counter.rs`) and added to the rows every few seconds (`schedule.rs`), so
//! that reading waits for no write. Interests and their ends are read from the dockings and counted nowhere else.

pub mod counter;
pub mod dto;
pub mod http;
pub mod reasons;
pub mod repo;
pub mod schedule;
pub mod view;
