//! The review queue: what waits for a broker. The moves themselves are the listings' (`features/listing/review.rs`).

pub mod http;
