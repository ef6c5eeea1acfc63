//! What the columns and words of a source mean, kept for its later imports. Every source has a mapping; until
//! somebody writes one it is empty.
//!
//! A word may mean only what the import reads without a doubt, so a mapping cannot bring in what a file could
//! not. What it does to a row is `import::mapping::translation`.

pub mod dto;
pub mod http;
pub mod repo;
pub mod service;
