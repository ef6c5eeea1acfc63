//! What of a text goes into the index.

use std::{collections::HashSet, ops::Range};

use serde::{Deserialize, Serialize};

use super::{
    fold,
    glossary::{Meant, meanings},
    runs::{Run, chain_words, figure_parts, runs},
    stem::stem,
};
use crate::Document;

/// No word of a text or query.
const BORDER: &str = "~";

/// Where in a listing a text stands, from what weighs most to what weighs least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Level {
    Title,
    Keywords,
    Organisation,
    Summary,
    Body,
}

impl Level {
    pub(crate) const ALL: [Self; 5] =
        [Self::Title, Self::Keywords, Self::Organisation, Self::Summary, Self::Body];

    /// The name of the searched attribute in both engines.
    pub(crate) const fn attribute(self) -> &'static str {
        match self {
            Self::Title => "terms_title",
            Self::Keywords => "terms_keywords",
            Self::Organisation => "terms_organisation",
            Self::Summary => "terms_summary",
            Self::Body => "terms_body",
        }
    }

    /// The texts of a document on this level. Nothing matches across two of them.
    pub(crate) fn texts(self, document: &Document) -> Vec<&str> {
        match self {
            Self::Title => {
                std::iter::once(document.title.as_str()).chain(document.title_en.as_deref()).collect()
            }
            Self::Keywords => document.keywords.iter().map(String::as_str).collect(),
            Self::Organisation => document
                .organisation
                .as_deref()
                .into_iter()
                .chain(document.organisation_en.as_deref())
                .collect(),
            Self::Summary => document.summary.as_deref().into_iter().collect(),
            Self::Body => document.body.iter().map(String::as_str).collect(),
        }
    }
}

/// The terms of a text, in order.
///
/// A Chinese run gives its overlapping pairs and then its last character alone, which keeps a chain of pairs
/// from running on into the next run. Words give themselves. After all that, once each: the single
/// characters, the stems of words, the parts of part numbers; then the meanings with what stands beside them.
pub(crate) fn index_terms(text: &str) -> Vec<String> {
    let folded = fold(text);
    let chars = &folded.chars;
    let mut terms = Vec::new();
    let mut also = Vec::new();
    for run in runs(chars) {
        match run {
            Run::Cjk(range) => {
                let run = &chars[range];
                also.extend(run.iter().map(char::to_string));
                terms.extend(run.windows(2).map(|pair| pair.iter().collect::<String>()));
                terms.extend(run.last().map(char::to_string));
            }
            Run::Chain(pieces) => {
                for word in chain_words(chars, &pieces) {
                    if word.figure {
                        also.extend(figure_parts(chars, &pieces));
                    } else {
                        also.push(stem(&word.form));
                    }
                    terms.push(word.form);
                }
            }
        }
    }
    let mut seen: HashSet<String> = terms.iter().cloned().collect();
    terms.extend(also.into_iter().filter(|term| seen.insert(term.clone())));
    terms.extend(in_meanings(chars));
    terms
}

/// Each meaning between what stands before and after its word, and the meanings of those: what stands near a word
/// stands near its meaning. Meilisearch tells distances apart up to three places, so it is kept short.
fn in_meanings(chars: &[char]) -> Vec<String> {
    let meant: Vec<Meant> = meanings(chars).into_iter().filter(|meant| !meant.inside).collect();
    if meant.is_empty() {
        return Vec::new();
    }
    let units = units(chars);
    let mut terms = Vec::new();
    for meaning in &meant {
        let (start, end) = (meaning.range.start, meaning.range.end);
        // A border: nothing is found across it.
        terms.push(BORDER.to_owned());
        terms.extend(units.iter().rev().find(|(range, _)| range.end <= start).map(|(_, term)| term.clone()));
        terms.extend(meant.iter().filter(|other| other.range.end == start).map(|other| other.term.clone()));
        terms.push(meaning.term.clone());
        terms.extend(units.iter().find(|(range, _)| range.start >= end).map(|(_, term)| term.clone()));
        terms.extend(meant.iter().filter(|other| other.range.start == end).map(|other| other.term.clone()));
    }
    terms
}

/// The pairs of characters and the words of a text, in order, with their places.
fn units(chars: &[char]) -> Vec<(Range<usize>, String)> {
    let mut units = Vec::new();
    for run in runs(chars) {
        match run {
            Run::Cjk(range) if range.len() == 1 => {
                units.push((range.clone(), chars[range].iter().collect()));
            }
            Run::Cjk(range) => {
                let pairs = (range.start..range.end - 1).map(|at| at..at + 2);
                units.extend(pairs.map(|pair| (pair.clone(), chars[pair].iter().collect())));
            }
            Run::Chain(pieces) => {
                units.extend(chain_words(chars, &pieces).into_iter().map(|word| (word.range, word.form)));
            }
        }
    }
    units
}

/// The terms of a folded text in their order, as they stand side by side in an index.
pub(crate) fn sequence(chars: &[char]) -> Vec<String> {
    let mut terms = Vec::new();
    let runs = runs(chars);
    for (i, run) in runs.iter().enumerate() {
        match run {
            Run::Cjk(range) => {
                let text: String = chars[range.clone()].iter().collect();
                let mut pairs = phrase_terms(&text);
                // The last character stands alone after a run; the last run may go on in the text.
                if range.len() > 1 && i + 1 < runs.len() {
                    pairs.extend(text.chars().last().map(String::from));
                }
                terms.extend(pairs);
            }
            Run::Chain(pieces) => terms.extend(chain_words(chars, pieces).into_iter().map(|word| word.form)),
        }
    }
    terms
}

/// The terms of a folded text as they stand side by side in an index, with their places.
pub(super) fn places(chars: &[char]) -> Vec<(String, Range<usize>)> {
    let mut places = Vec::new();
    for run in runs(chars) {
        match run {
            Run::Cjk(range) => places.extend(range.clone().map(|at| {
                let pair = at..range.end.min(at + 2);
                (chars[pair.clone()].iter().collect(), pair)
            })),
            Run::Chain(pieces) => {
                places.extend(chain_words(chars, &pieces).into_iter().map(|word| (word.form, word.range)));
            }
        }
    }
    places
}

/// The terms of the meanings in the texts of a document that stand only inside longer words: found like
/// words of the body, wherever they stand.
pub(crate) fn inside_terms(document: &Document) -> Vec<String> {
    let texts = Level::ALL.into_iter().flat_map(|level| level.texts(document));
    let mut terms: Vec<String> = texts
        .flat_map(|text| meanings(&fold(text).chars))
        .filter(|meant| meant.inside)
        .map(|meant| meant.term)
        .collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// The terms that must stand side by side for a run of Chinese characters to be there: its pairs, or the one
/// character.
pub(crate) fn phrase_terms(run: &str) -> Vec<String> {
    let chars: Vec<char> = run.chars().collect();
    match chars.len() {
        0 | 1 => chars.iter().map(char::to_string).collect(),
        _ => chars.windows(2).map(|pair| pair.iter().collect()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::index_terms;

    #[test]
    fn pairs_words_stems_and_parts_are_indexed() {
        assert_eq!(
            index_terms("氢气泵"),
            ["氢气", "气泵", "泵", "氢", "气", "~", "~氢气", "~泵", "~", "氢气", "~氢气", "~泵"]
        );
        assert_eq!(index_terms("Widgets"), ["widgets", "widget"]);
        assert_eq!(index_terms("QZ-100"), ["qz100", "qz", "100"]);
        assert_eq!(index_terms("42CrMo"), ["42crmo", "42", "crmo"]);
    }

    #[test]
    fn a_chain_of_pairs_ends_with_its_run() {
        assert_eq!(index_terms("电机、机控")[..3], ["电机", "机", "机控"]);
    }
}
