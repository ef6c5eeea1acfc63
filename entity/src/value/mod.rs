//! Values that several nouns share: codes, money, credit codes, patent numbers, normalised titles.
//!
//! Two sorts of functions live here, all of them pure. What has a standard is checked against it and a
//! fault says what would be right ([`uscc`], [`patent`]). What comes from other markets is *read*
//! ([`price_text`], [`dates`], [`cooperation`], [`maturity`], [`field`]): a reading takes what is surely said
//! and reports the rest, so that the caller keeps the source's own words beside it. Nothing is guessed:
//! a wrong fact is worse than a null.

pub mod code_list;
pub mod contact_text;
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

/// Text without the characters that nobody sees: zero-width ones, marks of direction, soft hyphens, variation
/// selectors, fillers. What is counted once is not two things for one of them.
#[must_use]
pub fn visible(text: &str) -> String {
    text.chars().filter(|c| !is_invisible(*c)).collect()
}

/// The format characters and default ignorables of Unicode 16 that are in use.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// A name as it is compared where one thing is counted once: NFKC, lower case, one space between words,
/// nothing that cannot be seen.
#[must_use]
pub fn name_key(name: &str) -> String {
    let folded = visible(&name.nfkc().collect::<String>()).to_lowercase();
    folded
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A source's words as the readings compare them: full-width forms folded (NFKC), simplified, lower
/// case, without white space at the ends.
fn folded(raw: &str) -> String {
    let composed: String = raw.nfkc().collect();
    fast2s::convert(&composed).to_lowercase().trim().to_owned()
}
