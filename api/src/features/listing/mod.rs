//! Listings: what achievements, demands and providers' pages have in common. A draft is written,
//! submitted, claimed and reviewed, published, versioned, renewed and withdrawn; the kinds differ in
//! content and in what a submission needs, which their own folders say.
//!
//! `http.rs` has the addresses as a macro, since the three kinds have the same ones; `service.rs` has
//! the acts of authors, `review.rs` those of reviewers, `schedule.rs` what time brings.

pub mod dto;
pub mod http;
pub mod policy;
pub mod repo;
pub mod review;
pub mod rules;
pub mod schedule;
pub mod service;
pub mod view;

use techmart_entity::{audit::SubjectKind, listing::ListingKind};

/// A listing of that kind, as the subject of an act.
#[must_use]
pub fn subject(kind: ListingKind) -> SubjectKind {
    match kind {
        ListingKind::Achievement => SubjectKind::Achievement,
        ListingKind::Demand => SubjectKind::Demand,
        ListingKind::Provider => SubjectKind::Provider,
    }
}

/// The path segment of a kind.
#[must_use]
pub fn plural(kind: ListingKind) -> &'static str {
    match kind {
        ListingKind::Achievement => "achievements",
        ListingKind::Demand => "demands",
        ListingKind::Provider => "providers",
    }
}
