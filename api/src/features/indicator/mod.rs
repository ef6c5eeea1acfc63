//! Indicators, plans and progress: where do we stand? The definitions are rows that an admin keeps
//! (`definition.rs`); rules have versions, and what was counted under one stays. The figures are the
//! ledger's, asked with two times (`progress.rs`); how they went over a window is `course.rs`, where that
//! leads `outlook.rs`, what would bring it to its target `what_if.rs`, and what another rule would make of
//! the same acts `rule_diff.rs`.

pub mod course;
pub mod definition;
pub mod dto;
pub mod http;
pub mod outlook;
pub mod progress;
pub mod repo;
pub mod rule_diff;
pub mod sources;
pub mod what_if;
