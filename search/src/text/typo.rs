//! Typing errors in words of letters. A word that no listing has is taken for the nearest one that is known: of the
//! glossary, or of the listings themselves.

use std::collections::{BTreeSet, HashMap};

use super::{
    Word, Words,
    asked::{Asked, asked},
    fold,
    glossary::latin_words,
    runs::{Run, chain_words, runs},
};
use crate::Document;

/// The shortest word that may be mistyped, in letters; shorter ones are too like each other.
const SHORTEST: usize = 4;

/// From this length on a word may have two errors.
const TWO_ERRORS: usize = 8;

/// Words that are tried for one mistyped.
const TRIED: usize = 8;

/// How many errors a word of that length may have.
fn allowed(length: usize) -> usize {
    if length < TWO_ERRORS { 1 } else { 2 }
}

/// Whether a word can be known or mistyped: letters, and neither too few nor too many of them.
fn is_plain(word: &str) -> bool {
    (SHORTEST..=40).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase())
}

/// The words of a listing that others may be taken for, each once.
pub(crate) fn vocabulary(document: &Document) -> Vec<String> {
    let texts = super::Level::ALL.into_iter().flat_map(|level| level.texts(document));
    let words: BTreeSet<String> = texts
        .flat_map(|text| {
            let chars = fold(text).chars;
            let words = runs(&chars).into_iter().flat_map(|run| match run {
                Run::Chain(pieces) => chain_words(&chars, &pieces),
                Run::Cjk(_) => Vec::new(),
            });
            words.filter(|word| is_plain(&word.form)).map(|word| word.form).collect::<Vec<_>>()
        })
        .collect();
    words.into_iter().collect()
}

/// The words of a query that may be mistyped: those of letters that no listing has.
pub(crate) fn unknown(words: &Words, counts: &[usize]) -> Vec<String> {
    let unknown = words.words.iter().zip(counts).filter(|(_, count)| **count == 0);
    unknown
        .filter_map(|(word, _)| match word {
            Word::Latin { form, .. } if is_plain(form) => Some(form.clone()),
            _ => None,
        })
        .collect()
}

/// What a mistyped word may have been meant to be, the likeliest first, each with its errors. `known` are words of
/// listings with about the number of listings that have them.
pub(crate) fn meant(word: &str, known: impl IntoIterator<Item = (String, usize)>) -> Vec<(usize, String)> {
    let mut counts: HashMap<String, usize> =
        latin_words().iter().filter(|known| is_plain(known)).map(|known| (known.clone(), 0)).collect();
    for (known, count) in known {
        *counts.entry(known).or_default() += count;
    }
    let near = |known: String, count: usize| {
        let errors = errors(word, &known)?;
        Some((errors, std::cmp::Reverse(count), known))
    };
    let mut near: Vec<_> = counts.into_iter().filter_map(|(known, count)| near(known, count)).collect();
    near.sort();
    near.into_iter().take(TRIED).map(|(errors, _, known)| (errors, known)).collect()
}

/// The one of the words that was meant: of the fewest errors, then in the most listings, then by the alphabet; none
/// that no listing has. `counts` says in how many listings each is found.
pub(crate) fn best(tries: Vec<(usize, String)>, counts: &[usize]) -> Option<String> {
    let found = tries.into_iter().zip(counts).filter(|(_, count)| **count > 0);
    found
        .map(|((errors, word), count)| (errors, std::cmp::Reverse(*count), word))
        .min()
        .map(|(.., word)| word)
}

/// How many errors lie between the two, where there are no more than may be; two letters in the wrong order are
/// one. The first letter is always right.
pub(crate) fn errors(word: &str, known: &str) -> Option<usize> {
    let most = allowed(word.len());
    if word.bytes().next() != known.bytes().next() || word.len().abs_diff(known.len()) > most {
        return None;
    }
    let errors = strsim::osa_distance(word, known);
    (1..=most).contains(&errors).then_some(errors)
}

/// The query with words put right, as it is asked instead; none where none of them is put right, since what is
/// quoted or excluded stays.
pub(crate) fn corrected(text: &str, right: &HashMap<String, String>) -> Option<String> {
    let folded = fold(text);
    let mut corrected = String::new();
    let (mut from, mut at) = (0, 0);
    for part in asked(text) {
        let (Asked::Plain(chars) | Asked::Exact(chars) | Asked::Without(chars) | Asked::WithoutExact(chars)) =
            &part;
        // The parts stand in the text in their order, whatever signs lie between them.
        let place = folded.chars[from..].windows(chars.len().max(1)).position(|place| place == chars);
        let start = from + place.unwrap_or_default();
        from = start + chars.len();
        if !matches!(part, Asked::Plain(_)) {
            continue;
        }
        for run in runs(chars) {
            let Run::Chain(pieces) = run else { continue };
            for word in chain_words(chars, &pieces) {
                let bytes = folded.origin(start + word.range.start..start + word.range.end);
                if let (Some(right), Some(bytes)) = (right.get(&word.form), bytes) {
                    corrected.push_str(&text[at..bytes.start]);
                    corrected.push_str(right);
                    at = bytes.end;
                }
            }
        }
    }
    corrected.push_str(&text[at..]);
    (at > 0).then_some(corrected)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::{best, corrected, errors, meant};

    #[test]
    fn a_letter_more_less_other_or_exchanged_is_an_error() {
        for (word, known, expected) in [
            ("refridgerant", "refrigerant", Some(1)),
            ("refrigerent", "refrigerant", Some(1)),
            ("comperssor", "compressor", Some(1)),
            ("bearring", "bearing", Some(1)),
            ("hydrogne", "hydrogen", Some(1)),
            ("motro", "motor", Some(1)),
            ("mtoro", "motor", None),
            ("kefrigerant", "refrigerant", None),
            ("motor", "motor", None),
        ] {
            assert_eq!(errors(word, known), expected, "{word}");
        }
    }

    #[test]
    fn the_nearest_then_the_most_frequent_is_meant() {
        let known = [("quern".to_owned(), 1), ("query".to_owned(), 5), ("queue".to_owned(), 9)];
        let words = |all: Vec<(usize, String)>| all.into_iter().map(|(_, word)| word).collect::<Vec<_>>();
        let tries = meant("querx", known);
        assert_eq!(words(tries.clone()), ["query", "quern"]);
        assert_eq!(best(tries.clone(), &[5, 1]).as_deref(), Some("query"));
        assert_eq!(best(tries.clone(), &[0, 1]).as_deref(), Some("quern"));
        assert_eq!(best(tries, &[0, 0]), None);
        assert_eq!(meant("zzzzzzzz", []), []);
    }

    #[test]
    fn only_plain_words_are_put_right() {
        let right: HashMap<String, String> = [("comperssor", "compressor"), ("pmup", "pump")]
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .into();
        let text = "Comperssor用的 \"pmup\" -pmup";
        assert_eq!(corrected(text, &right).as_deref(), Some("compressor用的 \"pmup\" -pmup"));
        assert_eq!(corrected("\"pmup\"", &right), None);
    }
}
