//! The headings of the document, and what stands below them.

use serde_json::{Value, json};

const HEADINGS: &[(&str, &str)] = &[
    ("auth", "Registering, signing in and out, passwords."),
    ("me", "Who is signed in."),
    ("accounts", "Accounts and their roles; an admin's."),
    ("organisations", "Organisations, their members, invitations and verification."),
    ("achievements", "科技成果: written, reviewed, published, versioned, withdrawn."),
    ("demands", "技术需求: the same, and diagnosed by brokers."),
    ("providers", "科技服务机构: their pages, and their entry 入驻 by agreement."),
    ("search", "Finding in Chinese and English, and searches that are kept."),
    ("matches", "Who should meet whom, and why."),
    ("recommendations", "What matches, for brokers to take up or dismiss."),
    ("dockings", "对接: from the first interest to the registered contract and the landing."),
    ("docking cases", "What happens in a docking beside its stages: messages, appointments, offers, papers."),
    ("contracts", "The contract book, landings, enclaves and credit."),
    ("events", "Fairs, roadshows, contests: sign-ups, what is shown, who meets whom."),
    ("reviews", "What waits for a review."),
    ("desk", "Everything that waits for the centre, with its terms."),
    ("calendar", "Working days."),
    ("notifications", "What one was told, and how one wants it."),
    ("ledger", "Counts with their evidence: confirmed, reversed, never edited."),
    ("counting", "Indicators, their rules, plans and targets."),
    ("progress", "The figures of a plan, as of a day and as known at an instant."),
    ("reports", "Frozen reports and their files."),
    ("assessments", "An assessor's samples and judgements."),
    ("duplicates", "Pairs that may be one thing."),
    ("signals", "What strikes, for a person to explain or uphold."),
    ("imports", "Listings from a file."),
    ("attachments", "Files."),
    ("code-lists", "Every code with its labels in Chinese and English; error codes too."),
    ("audit", "Who did what."),
    ("document", "This document."),
];

/// The headings.
#[must_use]
pub fn headings() -> Value {
    HEADINGS.iter().map(|(name, description)| json!({ "name": name, "description": description })).collect()
}
