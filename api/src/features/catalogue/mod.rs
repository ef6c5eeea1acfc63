//! The public catalogue as files: for whoever wants all of it at once, and for those who begin to follow the feed.
//!
//! Some minutes after the catalogue has changed a job writes the files of that kind anew, from what everybody reads, into
//! the file store; they are served from there, so a download costs the database one row. A file names the place in
//! the change feed from which its reader goes on.

pub mod dto;
pub mod http;
pub mod making;
pub mod repo;
pub mod schedule;
