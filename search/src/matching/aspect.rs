//! What a listing asks for, word by word, each with whatever would answer it.

use std::collections::HashSet;

use tantivy::tokenizer::{TokenStream, Tokenizer};
use tantivy_jieba::JiebaTokenizer;

use super::{profile::Profile, related::related, score::How, weights::Weights};
use crate::text::{Level, Word, phrase_terms, plain_words};

/// What can be looked for in a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Clue {
    /// These characters side by side.
    Characters(String),
    /// A word of letters by its stem, or a figure.
    Stem(String),
    /// A meaning, in whichever of its words.
    Meaning(String),
}

impl Clue {
    /// The terms that are all in what has it. Of longer words their pairs are, though perhaps apart.
    pub(crate) fn terms(&self) -> Vec<String> {
        match self {
            Self::Characters(characters) => phrase_terms(characters),
            Self::Stem(term) | Self::Meaning(term) => vec![term.clone()],
        }
    }

    /// The word that asks a search engine for it.
    pub(crate) fn word(&self) -> Word {
        match self {
            Self::Characters(characters) => Word::Cjk(characters.clone()),
            Self::Stem(stem) => Word::Latin { form: stem.clone(), stem: stem.clone(), prefix: false },
            Self::Meaning(term) => Word::Meaning { term: term.clone(), text: String::new() },
        }
    }
}

/// One thing that is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Aspect {
    /// As it is written, folded.
    pub(crate) text: String,
    /// How much it weighs by its place, before its rarity.
    pub(crate) weight: f64,
    /// What answers it, the best first.
    pub(crate) answers: Vec<Answering>,
}

/// One way to answer an aspect.
#[derive(Clone, Debug)]
pub(crate) struct Answering {
    pub(crate) clue: Clue,
    pub(crate) how: How,
    /// How much of the aspect it answers, 0 to 1, apart from what its kind of answer is worth.
    pub(crate) share: f64,
}

/// The aspects of a listing, the heaviest first, at most as many as the weights say.
pub(crate) fn aspects(profile: &Profile, weights: &Weights) -> Vec<Aspect> {
    let mut aspects: Vec<Aspect> = Vec::new();
    for text in &profile.texts {
        let place = weights.asked.of(text.level);
        if place == 0.0 {
            continue;
        }
        // A title is one saying; of a long text each line.
        for line in text.text.lines() {
            for word in plain_words(line).into_iter().filter(is_telling) {
                add(&mut aspects, &word, place, text.level, weights);
            }
        }
    }
    aspects.sort_by(|one, other| other.weight.total_cmp(&one.weight));
    aspects.truncate(weights.aspects);
    aspects
}

/// A single character that no dictionary joins to anything is found nearly everywhere.
fn is_telling(word: &Word) -> bool {
    !matches!(word, Word::Cjk(text) if text.chars().count() < 2)
}

fn written(word: &Word) -> String {
    match word {
        Word::Cjk(text) | Word::Meaning { text, .. } | Word::Phrase { text, .. } => text.clone(),
        Word::Latin { form, .. } => form.clone(),
    }
}

fn add(aspects: &mut Vec<Aspect>, word: &Word, place: f64, level: Level, weights: &Weights) {
    let mut answers = answers(word);
    for answer in &mut answers {
        // A part that says little answers little.
        if let (How::Part, Clue::Characters(part)) = (answer.how, &answer.clue)
            && weights.is_generic(part)
        {
            answer.share *= weights.generic;
        }
    }
    let Some(first) = answers.first() else { return };
    let weight = place * if weights.is_generic(&written(word)) { weights.generic } else { 1.0 };
    let key = |answers: &[Answering]| match answers {
        [_, second, ..] if second.how == How::Synonym => Some(second.clue.clone()),
        [first, ..] => Some(first.clue.clone()),
        [] => None,
    };
    let known = key(&answers);
    match aspects.iter_mut().find(|aspect| {
        key(&aspect.answers) == known || aspect.answers.first().is_some_and(|own| own.clue == first.clue)
    }) {
        // What is said again, in another place, is meant a little more.
        Some(aspect) => {
            let (more, less) = (aspect.weight.max(weight), aspect.weight.min(weight));
            aspect.weight = if level == Level::Body { more } else { more + 0.25 * less };
        }
        None => aspects.push(Aspect { text: written(word), weight, answers }),
    }
}

fn answers(word: &Word) -> Vec<Answering> {
    let of = |clue, how, share| Answering { clue, how, share };
    let mut answers = Vec::new();
    match word {
        Word::Cjk(text) => {
            answers.push(of(Clue::Characters(text.clone()), How::Literal, 1.0));
            let parts = parts(text);
            let length = count(text);
            answers.extend(
                parts
                    .into_iter()
                    .map(|part| of(Clue::Characters(part.clone()), How::Part, count(&part) / length)),
            );
        }
        Word::Latin { stem, .. } => answers.push(of(Clue::Stem(stem.clone()), How::Literal, 1.0)),
        Word::Phrase { .. } => {}
        Word::Meaning { term, text } => {
            let literal = match text.chars().next() {
                Some(c) if c.is_ascii_alphanumeric() => None,
                _ => Some(Clue::Characters(text.clone())),
            };
            answers.extend(literal.map(|clue| of(clue, How::Literal, 1.0)));
            answers.push(of(Clue::Meaning(term.clone()), How::Synonym, 1.0));
            let mut seen = HashSet::from([term.clone()]);
            for (other, how) in related(term) {
                if seen.insert(other.clone()) {
                    answers.push(of(Clue::Meaning(other.clone()), *how, 1.0));
                }
            }
            let parts = word.parts();
            if parts.len() > 1 {
                let whole: f64 = parts.iter().map(|part| count(&written(part))).sum();
                for part in parts {
                    let share = count(&written(&part)) / whole;
                    let clue = match part {
                        Word::Cjk(text) => Clue::Characters(text),
                        Word::Meaning { term, .. } => Clue::Meaning(term),
                        Word::Latin { stem, .. } => Clue::Stem(stem),
                        Word::Phrase { .. } => continue,
                    };
                    answers.push(of(clue, How::Part, share));
                }
            }
        }
    }
    answers
}

/// The dictionary words inside a longer one.
fn parts(text: &str) -> Vec<String> {
    let length = text.chars().count();
    let mut tokenizer = JiebaTokenizer::with_search_mode(true);
    let mut stream = tokenizer.token_stream(text);
    let mut parts = Vec::new();
    while stream.advance() {
        let part = &stream.token().text;
        let own = part.chars().count();
        if own > 1 && own < length && !parts.contains(part) {
            parts.push(part.clone());
        }
    }
    parts
}

#[allow(clippy::cast_precision_loss, reason = "words are short")]
fn count(text: &str) -> f64 {
    text.chars().count() as f64
}
