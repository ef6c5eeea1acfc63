//! Duplicates: pairs of listings or organisations that may be one, and what a person decided
//! of them. Pairs are found by the outbox's `examine` job after a listing was handed in, published or
//! changed, and by `techmart duplicates` for everything; never within a request.
//!
//! **Hard keys** first: patent, registration number, the same normalised title (of one owner or across
//! owners). Then **near text**: the shingles of title and summary or problem (`text.rs`), found through
//! the bands of their MinHash in `listing_print`, which all instances share, and compared by their real
//! likeness. Organisations: the same name, or near ones of which at most one is known (`names.rs`).
//!
//! The threshold of [`find::LIKE_TEXT`] was chosen on 208 real listings (each names its own
//! thing; no two share a normalised title) and on copies of them that were edited as sources do it:
//!
//! | likeness from | pairs among the 208 | what they are |
//! |---|---|---|
//! | 70 % | 1 | two demands of one enterprise under one summary |
//! | 60 % | 3 | the three demands of that enterprise: one problem split up, which T3 does not count |
//! | 50 % | 12 | and nine pairs of different things whose summary only says at which fair they were shown |
//! | 35 % | 23 | the same, of more fairs |
//! | 20 % | 23 | nothing more |
//!
//! At 60 % every pair deserves a look; what lies below is boilerplate and feeds the signal of like texts
//! (50 %) instead. Of copies of the 168 listings that have a sentence to edit, 167 are found with a word put
//! into title and text, and all of them with a fifth of the text cut or its halves exchanged; tests in
//! `text.rs` hold both figures where `TECHMART_TEST_LISTINGS` names the file.
//!
//! Crates: `gaoya`, `probminhash` and `txtfp` were looked at. The first two keep the index in memory, where
//! no other instance sees it, and neither promises that its hashes stay the same; the third is a
//! release of this year that splits words and not characters. The sixty lines of `text.rs` use published
//! hashes, and a test holds them. The distance of names is `strsim`'s.
//!
//! **Merging** moves counts by reversal (`counts.rs`), keeps what it changed (`effects.rs`) and can be
//! undone as long as no later act rests on it.

pub mod counts;
pub mod dto;
pub mod effects;
pub mod find;
pub mod http;
pub mod listings;
pub mod names;
pub mod organisations;
pub mod policy;
pub mod repo;
pub mod service;
pub mod text;
pub mod view;
