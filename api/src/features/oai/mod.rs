//! OAI-PMH 2.0 at `/oai`: how libraries and provincial platforms harvest the public catalogue. It is the change feed
//! in the protocol's words: a record's datestamp is its last change, a tombstone is a deleted record, and
//! deletions are kept for ever.
//!
//! `request.rs` reads the six verbs and says the protocol's errors, `formats.rs` writes records, `http.rs` the answers.
//! A resumption token holds everything it needs, so nothing is kept between requests and no token ever expires.

pub mod formats;
pub mod http;
pub mod request;
pub mod service;
