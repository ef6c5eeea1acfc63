//! Suggestions as one types: what is looked for, and what of that is suggested.
//!
//! What begins with what was typed comes first, then what has it inside: Chinese anywhere (循环 suggests 氢气循环泵),
//! letters where a word begins. Both engines fetch the same listings, the newest first, and the choice is made here.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use uuid::Uuid;

use super::{
    Texts, Word, Words, fold,
    glossary::variants,
    runs::{Run, chain_words, is_cjk, runs},
    terms::Level,
};
use crate::{Kind, Suggested, Suggestion};

/// The fewest letters that are completed.
const MIN_LETTERS: usize = 2;

/// Words of the glossary that are looked for.
const TERMS: usize = 20;

/// Listings that are read for their keywords or organisations.
const READ: usize = 30;

/// What somebody has typed.
#[derive(Debug)]
pub(crate) struct Typed {
    /// All of it, folded, with single spaces for all that is neither letter nor digit.
    whole: Vec<char>,
    /// The last word of it.
    last: Vec<char>,
    /// What stands before the last word, as it was written.
    head: String,
    head_words: Vec<Word>,
    words: Words,
}

/// Listings to fetch, the newest first.
#[derive(Debug)]
pub(crate) struct LookUp {
    pub(crate) what: Suggested,
    pub(crate) words: Words,
    /// Where the words stand; anywhere when absent.
    pub(crate) level: Option<Level>,
    pub(crate) limit: usize,
}

/// A listing that was fetched.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) id: Uuid,
    pub(crate) kind: Kind,
    pub(crate) texts: Texts,
}

/// A word of the glossary that is suggested if something is found with it.
#[derive(Debug)]
pub(crate) struct TermLike {
    pub(crate) words: Words,
    text: String,
    fit: Fit,
}

/// Where in a text stands what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Beginning,
    Inside,
}

fn plain(text: &str) -> Vec<char> {
    let mut plain: Vec<char> = Vec::new();
    for c in fold(text).chars {
        if c.is_alphanumeric() {
            plain.push(c);
        } else if plain.last().is_some_and(|last| *last != ' ') {
            plain.push(' ');
        }
    }
    if plain.last() == Some(&' ') {
        plain.pop();
    }
    plain
}

/// The words of a text as they are written, without their meanings; the last may be a beginning.
fn literal(chars: &[char], open: bool) -> Vec<Word> {
    let mut words = Vec::new();
    for run in runs(chars) {
        match run {
            Run::Cjk(range) => words.push(Word::Cjk(chars[range].iter().collect())),
            Run::Chain(pieces) => {
                words.extend(chain_words(chars, &pieces).into_iter().map(|word| Word::Latin {
                    stem: word.form.clone(),
                    form: word.form,
                    prefix: false,
                }))
            }
        }
    }
    if let Some(Word::Latin { prefix, .. }) = words.last_mut().filter(|_| open) {
        *prefix = true;
    }
    words
}

fn fit(text: &[char], typed: &[char]) -> Option<Fit> {
    let first = typed.first()?;
    let at = text.windows(typed.len()).enumerate().position(|(at, place)| {
        let begins = at == 0 || is_cjk(*first) || !text[at - 1].is_alphanumeric() || is_cjk(text[at - 1]);
        begins && place == typed
    })?;
    Some(if at == 0 { Fit::Beginning } else { Fit::Inside })
}

impl Typed {
    /// `None` where there is nothing yet to complete.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let whole = plain(text);
        let words = literal(&fold(text.trim()).chars, true);
        let short =
            |word: &Word| matches!(word, Word::Latin { form, .. } if form.chars().count() < MIN_LETTERS);
        if words.iter().all(short) {
            return None;
        }
        let text = text.trim();
        let head = text.rfind(char::is_whitespace).map_or("", |at| text[..at].trim_end()).to_owned();
        let last = plain(&text[head.len()..]);
        let head_words = literal(&fold(&head).chars, false);
        Some(Self { whole, last, head, head_words, words: Words { words, ..Words::default() } })
    }

    /// What to fetch for so many suggestions.
    pub(crate) fn look_ups(&self, limit: usize) -> [LookUp; 3] {
        let look_up = |what, level, limit| LookUp { what, words: self.words.clone(), level, limit };
        // A keyword completes the last word of a listing that has the words before it anywhere.
        let keywords = self.head_words.is_empty().then_some(Level::Keywords);
        [
            look_up(Suggested::Keyword, keywords, READ),
            look_up(Suggested::Organisation, Some(Level::Organisation), READ),
            look_up(Suggested::Title, Some(Level::Title), limit),
        ]
    }

    /// The text with which `candidate` completes what was typed.
    fn completion(&self, candidate: &str) -> Option<(String, Fit)> {
        let folded = plain(candidate);
        if let Some(fit) = fit(&folded, &self.whole) {
            // What has been typed already needs no suggestion.
            return (folded != self.whole).then(|| (candidate.to_owned(), fit));
        }
        if self.head.is_empty() || self.head_words.is_empty() || folded == self.last {
            return None;
        }
        let again = self.head.split_whitespace().any(|word| fit(&folded, &plain(word)).is_some());
        let fit = fit(&folded, &self.last).filter(|_| !again)?;
        Some((format!("{} {candidate}", self.head), fit))
    }

    /// Words of the glossary that complete what was typed, one of each meaning.
    pub(crate) fn terms(&self) -> Vec<TermLike> {
        let mut found: Vec<(Fit, usize, &str, &str, String)> = variants()
            .filter(|variant| {
                let fits = |typed: &[char]| fit(&variant.folded, typed).is_some();
                fits(&self.whole) || (!self.head_words.is_empty() && fits(&self.last))
            })
            .filter_map(|variant| {
                let (text, fit) = self.completion(&variant.text)?;
                Some((fit, variant.folded.len(), variant.text.as_str(), variant.term.as_str(), text))
            })
            .collect();
        found.sort_unstable();
        let mut seen = HashSet::new();
        found.retain(|(_, _, _, term, _)| seen.insert(*term));
        let like = |(fit, _, word, term, text): (Fit, usize, &str, &str, String)| {
            let mut words = self.head_words.clone();
            if text == word {
                words.clear();
            }
            words.push(Word::Meaning { term: term.to_owned(), text: word.to_owned() });
            TermLike { words: Words { words, ..Words::default() }, text, fit }
        };
        found.into_iter().take(TERMS).map(like).collect()
    }

    /// The suggestions: what begins so before what has it inside, the kinds by turns.
    pub(crate) fn choose(
        &self,
        terms: Vec<TermLike>,
        fetched: &[(Suggested, Vec<Source>)],
        limit: usize,
    ) -> Vec<Suggestion> {
        let mut kinds: Vec<Vec<(Fit, Suggestion)>> = vec![
            terms
                .into_iter()
                .map(|term| (term.fit, Suggestion { text: term.text, what: Suggested::Term, listing: None }))
                .collect(),
        ];
        for (what, sources) in fetched {
            kinds.push(match what {
                Suggested::Title => self.titles(sources),
                Suggested::Keyword => self.frequent(*what, sources, |texts| texts.keywords.iter().collect()),
                Suggested::Organisation => self.frequent(*what, sources, |texts| {
                    texts.organisation.iter().chain(&texts.organisation_en).collect()
                }),
                Suggested::Term => Vec::new(),
            });
        }
        let mut seen = HashSet::new();
        let mut chosen = Vec::new();
        for wanted in [Fit::Beginning, Fit::Inside] {
            let mut turns: Vec<_> = kinds
                .iter()
                .map(|kind| kind.iter().filter(|(fit, _)| *fit == wanted).map(|(_, suggestion)| suggestion))
                .collect();
            loop {
                let round: Vec<_> = turns.iter_mut().filter_map(Iterator::next).collect();
                if round.is_empty() || chosen.len() >= limit {
                    break;
                }
                let new = round.into_iter().filter(|suggestion| seen.insert(plain(&suggestion.text)));
                chosen.extend(new.cloned());
            }
        }
        chosen.truncate(limit);
        chosen
    }

    fn titles(&self, sources: &[Source]) -> Vec<(Fit, Suggestion)> {
        let suggestion = |source: &Source| {
            let titles = std::iter::once(&source.texts.title).chain(&source.texts.title_en);
            let fits = titles.filter_map(|title| Some((fit(&plain(title), &self.whole)?, title))).min();
            // All its words are there, only not side by side.
            let (fit, title) = fits.unwrap_or((Fit::Inside, &source.texts.title));
            let listing = Some((source.id, source.kind));
            (fit, Suggestion { text: title.clone(), what: Suggested::Title, listing })
        };
        sources.iter().map(suggestion).collect()
    }

    /// Texts of listings that complete what was typed, the most frequent first, then the shortest.
    fn frequent<'s>(
        &self,
        what: Suggested,
        sources: &'s [Source],
        of: impl Fn(&'s Texts) -> Vec<&'s String>,
    ) -> Vec<(Fit, Suggestion)> {
        let mut counted: HashMap<Vec<char>, (usize, Fit, Suggestion)> = HashMap::new();
        for source in sources {
            for text in of(&source.texts) {
                let Some((text, fit)) = self.completion(text) else { continue };
                let listing = Some((source.id, source.kind));
                let suggestion = Suggestion { text, what, listing };
                counted.entry(plain(&suggestion.text)).or_insert((0, fit, suggestion)).0 += 1;
            }
        }
        let mut counted: Vec<_> = counted.into_iter().collect();
        counted.sort_unstable_by_key(|(folded, (count, ..))| (Reverse(*count), folded.len(), folded.clone()));
        counted.into_iter().map(|(_, (_, fit, suggestion))| (fit, suggestion)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Fit, Typed, fit, plain};

    #[test]
    fn chinese_fits_anywhere_and_letters_where_a_word_begins() {
        for (text, typed, expected) in [
            ("氢气循环泵", "循环", Some(Fit::Inside)),
            ("氢气循环泵", "氢氣", Some(Fit::Beginning)),
            ("Heat-Pump dryer", "pum", Some(Fit::Inside)),
            ("Heat-Pump dryer", "heat p", Some(Fit::Beginning)),
            ("Heat-Pump dryer", "ump", None),
            ("新型pump", "pu", Some(Fit::Inside)),
            ("泵", "泵站", None),
        ] {
            assert_eq!(fit(&plain(text), &plain(typed)), expected, "{typed} in {text}");
        }
    }

    #[test]
    fn the_whole_is_completed_or_its_last_word() {
        let completed = |typed: &str, candidate: &str| {
            Typed::of(typed).and_then(|typed| typed.completion(candidate)).map(|(text, _)| text)
        };
        assert_eq!(completed("heat pu", "Heat pump").as_deref(), Some("Heat pump"));
        assert_eq!(completed("车用 循环", "氢气循环泵").as_deref(), Some("车用 氢气循环泵"));
        assert_eq!(completed("heat pump", "Heat pump"), None, "typed already");
        assert_eq!(completed("heat pu", "waste heat pump"), Some("waste heat pump".to_owned()));
        assert_eq!(completed("pump he", "heat pump"), None, "one word twice");
        assert!(Typed::of("p").is_none() && Typed::of(" -?").is_none() && Typed::of("泵").is_some());
    }
}
