//! Whether a text says what its readers will ask: a score with its parts, and hints that name the place, the reason
//! and an example. A check stores nothing and refuses nothing; what refuses a draft or its submission is the listings'
//! rule (`features/listing/rules.rs`), which is asked here and told first.
//!
//! One file for each kind of listing (`demand.rs`, `achievement.rs`, `provider.rs`), one for each matter that they share
//! (`title.rs`, `finding.rs`, `privacy.rs`, `problems.rs`); a rule is a small function beside its words. What a hint costs is
//! in `score.rs`.

mod achievement;
mod demand;
pub mod dto;
mod finding;
mod hint;
mod privacy;
mod problems;
mod provider;
mod refusal;
pub mod score;
pub mod service;
mod title;

use techmart_entity::{Day, listing::Content};

pub use self::hint::Hint;
use crate::error::Fault;

/// What a check found.
#[derive(Clone, Debug)]
pub struct Found {
    /// What refuses the text first, then what readers will ask for, then advice.
    pub hints: Vec<Hint>,
    pub score: score::Score,
}

/// Checks a content. `refusals` are what keeps it from being stored or handed in.
#[must_use]
pub fn check(content: &Content, refusals: Vec<Fault>, today: Day) -> Found {
    let kind = content.kind();
    let mut hints: Vec<Hint> = refusals.into_iter().map(|fault| refusal::hint(kind, fault)).collect();
    hints.extend(match content {
        Content::Achievement(content) => achievement::hints(content),
        Content::Demand(content) => demand::hints(content, today),
        Content::Provider(content) => provider::hints(content),
    });
    hints.extend(title::hints(content.title()));
    hints.extend(privacy::hints(content));
    hints.sort_by_key(|hint| hint.severity);
    let score = score::of(content, &hints);
    Found { hints, score }
}

#[cfg(test)]
mod tests;
