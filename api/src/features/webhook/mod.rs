//! Webhooks by Standard Webhooks: other systems are called when something happens that they may read.
//!
//! An act is written to the log, and where there is an endpoint at all a job of the outbox asks what follows from it:
//! `news.rs` says which events and who may hear of them, `announce.rs` writes them down with a delivery for each
//! endpoint. The deliveries are a queue of their own: `sender.rs` claims what is due, `call.rs` makes one call,
//! `signing.rs` signs it, `pace.rs` says when it is tried again. Events carry ids and public state; what they lead to is
//! read from the interface, by what the reader may.

pub mod announce;
pub mod call;
pub mod document;
pub mod dto;
pub mod http;
pub mod news;
pub mod pace;
pub mod policy;
pub mod repo;
pub mod schedule;
pub mod sender;
pub mod service;
pub mod signing;
