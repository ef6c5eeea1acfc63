//! Titles as they are compared.

use unicode_normalization::UnicodeNormalization;

/// The title as it is compared: NFKC, simplified, lower case, without punctuation and white space.
#[must_use]
pub fn title_key(title: &str) -> String {
    let folded: String = title.nfkc().collect();
    fast2s::convert(&folded).to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}
