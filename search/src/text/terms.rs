//! What of a text goes into the index.

use std::collections::HashSet;

use super::{
    fold,
    runs::{Run, chain_words, figure_parts, runs},
    stem::stem,
};
use crate::Document;

/// Where in a listing a text stands, from what weighs most to what weighs least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
/// characters, the stems of words, and the parts of part numbers.
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
        assert_eq!(index_terms("氢气泵"), ["氢气", "气泵", "泵", "氢", "气"]);
        assert_eq!(index_terms("Gearboxes"), ["gearboxes", "gearbox"]);
        assert_eq!(index_terms("QZ-100"), ["qz100", "qz", "100"]);
        assert_eq!(index_terms("42CrMo"), ["42crmo", "42", "crmo"]);
    }

    #[test]
    fn a_chain_of_pairs_ends_with_its_run() {
        assert_eq!(index_terms("电机、机控")[..3], ["电机", "机", "机控"]);
    }
}
