//! Counting (domain §5). An act that earns a unit writes an entry in its own transaction (`rules.rs`:
//! one function an act, saying what counts, under which key, from which day, by which evidence); a
//! second person confirms it, and what turns out wrong is reversed, never deleted (`service.rs`). What
//! the figures were on a day, as known at an instant, is `tally.rs`.

pub mod dto;
pub mod http;
pub mod repo;
pub mod rules;
pub mod service;
pub mod tally;
