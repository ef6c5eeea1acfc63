//! The broker's desk: one inbox over everything that waits for the service centre, with who looks after it and until
//! when it has to be answered.
//!
//! What waits follows from the rows of the other features (`sources.rs`) and from nothing else: after each act
//! `service::follow` looks whether its subject waits and for what, in the act's own transaction, and `schedule.rs` looks
//! at everything once an hour. Nobody puts an item on the desk or takes it off; people claim, assign and hand over, and
//! leave notes that only the centre reads.

pub mod dto;
mod ending;
pub mod http;
pub mod policy;
pub mod repo;
pub mod schedule;
pub mod service;
pub mod sources;
pub mod view;
