//! Technology contracts 技术合同 as a book of their own: those that came of dockings, and those that the
//! centre records without one. A contract changes by moves alone; a change of a registered one is an
//! amendment with its paper, a revoked registration takes its counts back.

pub mod dto;
pub mod http;
pub mod policy;
pub mod repo;
pub mod rules;
pub mod service;
pub mod view;
