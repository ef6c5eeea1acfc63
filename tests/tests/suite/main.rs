//! The suite: one binary. `flows/` are stories with several actors, `laws/` are what holds everywhere.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod flows;
mod laws;
