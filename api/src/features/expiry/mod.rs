//! Terms that end: publications, agreements of providers, verifications, and interests that wait for an answer. Whoever
//! can act is reminded thirty days, seven days and no day ahead, once each, and may renew by one click.
//!
//! `policy.rs` says when, `repo.rs` finds what ends, `schedule.rs` asks for the reminders; who is told, and in what words,
//! is `notification/told/expiry.rs`. `subject.rs` reads what ends as it stands now, `link.rs` makes and reads the link of
//! the mail, `service.rs` does what it is for and `http.rs` asks before.
//!
//! One click does what a signed-in person of the organisation could do by themselves: a publication is renewed; another
//! agreement or verification takes a broker with new evidence, so there the click asks for it.

pub mod dto;
pub mod http;
pub mod link;
mod page;
pub mod policy;
pub mod repo;
pub mod schedule;
pub mod service;
pub mod subject;
