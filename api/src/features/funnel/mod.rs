//! The funnel: how many listings came how far, from their submission to a landing. A listing reaches a
//! step once, on the day of the act that brought it there first, and is divided as it was that day:
//! what is withdrawn, merged or taken back afterwards has reached it all the same. So it shows how the
//! market flows; what is answered for stands in the ledger.

pub mod dto;
pub mod http;
pub mod repo;
pub mod service;
pub mod view;
