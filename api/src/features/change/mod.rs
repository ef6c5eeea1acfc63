//! The change feed: what a platform reads to hold the public catalogue as its own and keep it equal.
//!
//! Whatever changes what everybody reads of a listing says so to `service::note`, in its own transaction and after its
//! writing. That looks at what a visitor reads now and moves the listing's one row up, if it reads otherwise than
//! before: so nothing is told twice, and who works on a next version, or owns what is posted without a name, shows
//! in nothing. `walk.rs` compares everything in small steps, for what a later release might forget to say.
//!
//! The database numbers the rows in the order of commits (`entity/change`). `tide.rs` tells those who wait.

pub mod dto;
pub mod http;
pub mod policy;
pub mod repo;
pub mod seats;
pub mod service;
pub mod stream;
pub mod tide;
pub mod walk;
