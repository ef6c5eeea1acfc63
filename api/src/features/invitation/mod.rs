//! Invitations to join an organisation. The mail carries a token that works once; whoever proves the
//! invited address takes it up, with an account that they have or that they register for it. Nothing
//! here asks whether the address has an account, so nothing tells: not an answer, not its time.

pub mod dto;
pub mod http;
pub mod policy;
pub mod repo;
pub mod schedule;
pub mod service;
pub mod view;
