//! Values that several nouns share: codes, money, credit codes, patent numbers, normalised titles.
//!
//! Two sorts of functions live here, all of them pure. What has a standard is checked against it and a
//! fault says what would be right ([`uscc`], [`patent`]). What comes from other markets is *read*
//! ([`price_text`], [`dates`], [`cooperation`], [`maturity`], [`field`]): a reading takes what is surely said
//! and reports the rest, so that the caller keeps the source's own words beside it. Nothing is guessed:
//! a wrong fact is worse than a null.

pub mod code_list;
pub mod cooperation;
pub mod dates;
pub mod field;
mod figure;
pub mod industry;
pub mod ip;
pub mod maturity;
pub mod money;
pub mod patent;
pub mod price_text;
pub mod title_key;
pub mod uscc;

#[cfg(test)]
mod real_listings;

use unicode_normalization::UnicodeNormalization;

/// A source's words as the readings compare them: full-width forms folded (NFKC), simplified, lower
/// case, without white space at the ends.
fn folded(raw: &str) -> String {
    let composed: String = raw.nfkc().collect();
    fast2s::convert(&composed).to_lowercase().trim().to_owned()
}
