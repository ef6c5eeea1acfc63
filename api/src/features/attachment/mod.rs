//! Files that people upload: the bytes first, under their SHA-256, then the row that says who brought
//! them and for what. `upload.rs` reads a request into a checked file, `kind.rs` tells what a file is
//! by its content, `service.rs` stores it and lets an act use it, `policy.rs` says who may read it.

pub mod dto;
pub mod http;
pub mod kind;
pub mod policy;
pub mod repo;
pub mod service;
pub mod upload;
