//! What a listing asks for, word by word, each with whatever would answer it.

use std::collections::HashSet;

use tantivy::tokenizer::{TokenStream, Tokenizer};
use tantivy_jieba::JiebaTokenizer;

use super::{profile::Profile, related::related, score::How, subject, weights::Weights};
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

    /// Whether it is a word that says little.
    pub(super) fn says_little(&self, weights: &Weights) -> bool {
        let (Self::Characters(word) | Self::Stem(word) | Self::Meaning(word)) = self;
        weights.is_generic(word.trim_start_matches('~'))
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

/// What a word is to what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// It is said about it.
    Detail,
    /// It is of the title or the keywords: the field, the use, the kind.
    Topic,
    /// It is the thing itself.
    Subject,
}

/// One thing that is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Aspect {
    /// As it is written, folded.
    pub(crate) text: String,
    pub(crate) role: Role,
    /// Whether the title names nothing beside it: then whatever is it answers the title.
    pub(crate) only: bool,
    /// How much it weighs by its place, before its rarity.
    pub(crate) weight: f64,
    /// What answers it, the best first.
    pub(crate) answers: Vec<Answering>,
}

impl Aspect {
    /// The term of its meaning, where the glossary knows one.
    pub(crate) fn meaning(&self) -> Option<&str> {
        self.answers.iter().find_map(|answer| match (answer.how, &answer.clue) {
            (How::Synonym, Clue::Meaning(term)) => Some(term.as_str()),
            _ => None,
        })
    }

    pub(crate) fn is_meant(&self) -> bool {
        self.meaning().is_some()
    }
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
    let titles = profile.texts.iter().filter(|text| text.level == Level::Title);
    let lines: Vec<&str> = titles.flat_map(|text| text.text.lines()).collect();
    let things: Vec<Word> = lines.iter().flat_map(|line| subject::things(line, weights)).collect();
    let is_thing = |word: &Word| things.iter().any(|thing| subject::is_it(thing, word, weights));
    let only = lines
        .iter()
        .flat_map(|line| plain_words(line))
        .filter(|word| is_telling(word) && !weights.names_nothing(&written(word)))
        .all(|word| is_thing(&word));
    for text in &profile.texts {
        let place = weights.asked.of(text.level);
        if place == 0.0 {
            continue;
        }
        // A title is one saying; of a long text each line.
        for line in text.text.lines() {
            for word in plain_words(line).into_iter().filter(is_telling) {
                let role = match text.level {
                    Level::Organisation | Level::Summary | Level::Body => Role::Detail,
                    _ if is_thing(&word) => Role::Subject,
                    Level::Title | Level::Keywords => Role::Topic,
                };
                add(&mut aspects, &word, place, role, text.level, weights);
            }
        }
    }
    // What is done to a thing, though a word stands between: a 废气净化 of 废气回收净化.
    let place = weights.asked.of(Level::Title) * AGAIN;
    for word in lines.iter().flat_map(|line| done(line, &things, weights)) {
        add(&mut aspects, &word, place, Role::Topic, Level::Title, weights);
    }
    for aspect in aspects.iter_mut().filter(|aspect| aspect.role == Role::Subject) {
        aspect.only = only;
    }
    aspects.sort_by(|one, other| other.weight.total_cmp(&one.weight));
    aspects.truncate(weights.aspects);
    aspects
}

/// What is said again weighs so much of what it does where it stands alone.
const AGAIN: f64 = 0.25;

/// Things of a title with what is done to them further on, as far as the glossary knows the two as one word.
fn done(line: &str, things: &[Word], weights: &Weights) -> Vec<Word> {
    let words: Vec<Word> = plain_words(line).into_iter().filter(is_telling).collect();
    let mut found = Vec::new();
    for (at, thing) in words.iter().enumerate().filter(|(_, word)| things.contains(word)) {
        let acts = words[at + 1..].iter().map(written).filter(|act| weights.names_nothing(act));
        for act in acts.filter(|act| !act.is_ascii()) {
            let known = plain_words(&format!("{}{act}", written(thing)));
            if let [word @ Word::Meaning { .. }] = known.as_slice() {
                found.push(word.clone());
            }
        }
    }
    found
}

/// A single character that no dictionary joins to anything is found nearly everywhere.
pub(super) fn is_telling(word: &Word) -> bool {
    !matches!(word, Word::Cjk(text) if text.chars().count() < 2)
}

pub(super) fn written(word: &Word) -> String {
    match word {
        Word::Cjk(text) | Word::Meaning { text, .. } | Word::Phrase { text, .. } => text.clone(),
        Word::Latin { form, .. } => form.clone(),
    }
}

fn add(aspects: &mut Vec<Aspect>, word: &Word, place: f64, role: Role, level: Level, weights: &Weights) {
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
            aspect.weight = if level == Level::Body { more } else { more + AGAIN * less };
            aspect.role = aspect.role.max(role);
        }
        None => aspects.push(Aspect { text: written(word), role, only: false, weight, answers }),
    }
}

pub(super) fn answers(word: &Word) -> Vec<Answering> {
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
pub(super) fn parts(text: &str) -> Vec<String> {
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
