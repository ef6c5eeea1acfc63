//! Frozen reports.

pub mod document;
