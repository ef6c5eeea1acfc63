//! What counts how much: data, so that another market can have its own (`weights.json`).

use std::{collections::HashSet, sync::LazyLock};

use serde::{Deserialize, Serialize};

use super::score::{How, PartName};
use crate::text::{Level, fold};

static DEFAULT: LazyLock<Weights> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../data/weights.json")).unwrap_or_default());

static GENERIC: LazyLock<HashSet<String>> = LazyLock::new(|| words(include_str!("../../data/generic.txt")));

static AIMS: LazyLock<HashSet<String>> = LazyLock::new(|| words(include_str!("../../data/aims.txt")));

static CLASSES: LazyLock<HashSet<String>> = LazyLock::new(|| words(include_str!("../../data/classes.txt")));

/// The words of a list, folded.
fn words(list: &str) -> HashSet<String> {
    let words = list.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace);
    words.map(|word| fold(word).chars.iter().collect()).collect()
}

/// The weights of a match.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// How much a word weighs by where it is asked.
    pub asked: Levels,
    /// And by where it is found.
    pub found: Levels,
    /// What each kind of answer is worth, 0 to 1.
    pub how: Hows,
    /// What a word weighs that says little (技术, system), 0 to 1.
    pub generic: f64,
    /// BM25's saturation of repetition.
    pub k1: f64,
    /// BM25's share of the length.
    pub b: f64,
    /// The length that counts as neither long nor short, in characters, weighed by level.
    pub length: f64,
    /// The most words that are asked for.
    pub aspects: usize,
    /// How many rare words, wholly answered where they weigh most, make a full score of the texts.
    pub full: f64,
    /// How many do where fewer are asked for, at least.
    pub short: f64,
    /// What telling words have to give, at least, where something is listed.
    pub least: f64,
    /// Or how near in meaning an embedder has to find it, as a cosine.
    pub alike: f64,
    /// What telling words have to give where it is said to fit and names no thing that is asked for; a likeness of
    /// meaning alone never is.
    pub fits: f64,
    /// And where what is offered is the thing that is asked for.
    pub subject: f64,
    /// And there, of what the best answer gives.
    pub beside_subject: f64,
    /// A meaning of so many kinds (传感器) is not yet a thing that is asked for.
    pub kinds: usize,
    /// Of what the best answer gives the share that the others have to give to fit as well: beside an answer to the
    /// whole question one to a single word is none.
    pub beside: f64,
    /// How much each part may add.
    pub parts: Parts,
}

/// A weight for each level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Levels {
    /// Of the title.
    pub title: f64,
    /// Of the keywords.
    pub keywords: f64,
    /// Of the summary.
    pub summary: f64,
    /// Of the long texts.
    pub body: f64,
    /// Of the organisation's name: who offers says nothing of what, but somebody may ask for it.
    pub organisation: f64,
}

impl Levels {
    pub(crate) const fn of(&self, level: Level) -> f64 {
        match level {
            Level::Title => self.title,
            Level::Keywords => self.keywords,
            Level::Summary => self.summary,
            Level::Organisation => self.organisation,
            Level::Body => self.body,
        }
    }
}

/// A worth for each kind of answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hows {
    /// The same word.
    pub literal: f64,
    /// Another word of the same meaning, in the same or the other language.
    pub synonym: f64,
    /// A part of the word.
    pub part: f64,
    /// A broader meaning.
    pub broader: f64,
    /// A narrower meaning.
    pub narrower: f64,
    /// A component of it.
    pub component: f64,
    /// What it is a component of.
    pub whole: f64,
    /// A related meaning.
    pub related: f64,
    /// What is only inside a longer word of the glossary, as a factor.
    pub inside: f64,
}

impl Hows {
    pub(crate) const fn of(&self, how: How) -> f64 {
        match how {
            How::Literal => self.literal,
            How::Synonym => self.synonym,
            How::Part => self.part,
            How::Broader => self.broader,
            How::Narrower => self.narrower,
            How::Component => self.component,
            How::Whole => self.whole,
            How::Related => self.related,
        }
    }
}

/// How much each part may add to a score.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parts {
    /// The same words and parts of them.
    pub words: f64,
    /// Synonyms and translations.
    pub meanings: f64,
    /// Broader, narrower and related meanings.
    pub related: f64,
    /// Alike in meaning.
    pub semantic: f64,
    /// Field, zone industry and branch.
    pub field: f64,
    /// Figures with units.
    pub indicators: f64,
    /// Readiness against the time that is left.
    pub maturity: f64,
    /// Ways to work together.
    pub cooperation: f64,
    /// Price against budget.
    pub price: f64,
    /// The same town.
    pub place: f64,
    /// How new it is.
    pub freshness: f64,
}

impl Parts {
    /// The weight of a part.
    #[must_use]
    pub const fn of(&self, part: PartName) -> f64 {
        match part {
            PartName::Words => self.words,
            PartName::Meanings => self.meanings,
            PartName::Related => self.related,
            PartName::Semantic => self.semantic,
            PartName::Field => self.field,
            PartName::Indicators => self.indicators,
            PartName::Maturity => self.maturity,
            PartName::Cooperation => self.cooperation,
            PartName::Price => self.price,
            PartName::Place => self.place,
            PartName::Freshness => self.freshness,
        }
    }

    /// These, without one of them.
    #[must_use]
    pub const fn without(mut self, part: PartName) -> Self {
        let weight = match part {
            PartName::Words => &mut self.words,
            PartName::Meanings => &mut self.meanings,
            PartName::Related => &mut self.related,
            PartName::Semantic => &mut self.semantic,
            PartName::Field => &mut self.field,
            PartName::Indicators => &mut self.indicators,
            PartName::Maturity => &mut self.maturity,
            PartName::Cooperation => &mut self.cooperation,
            PartName::Price => &mut self.price,
            PartName::Place => &mut self.place,
            PartName::Freshness => &mut self.freshness,
        };
        *weight = 0.0;
        self
    }
}

impl Weights {
    /// The weights that come with the crate.
    #[must_use]
    pub fn standard() -> &'static Self {
        &DEFAULT
    }

    /// For what comes near the words of a query: they may name an organisation.
    pub(crate) fn near() -> Self {
        let mut weights = Self::standard().clone();
        weights.found.organisation = weights.found.keywords;
        // Where nothing better is found, a little is something.
        weights.least = 0.001;
        // Somebody who searches says less than a listing does.
        weights.full = weights.full.min(2.0);
        weights
    }

    pub(crate) fn is_generic(&self, word: &str) -> bool {
        GENERIC.contains(word)
    }

    /// Whether a word is told to be a class of many kinds.
    pub(crate) fn is_class(word: &str) -> bool {
        CLASSES.contains(word)
    }

    /// Whether a word says what is done to a thing or wanted of it.
    pub(crate) fn is_aim(word: &str) -> bool {
        AIMS.contains(word)
    }

    /// Whether a word names no thing: it says little, or what is done to a thing, or is made of such words alone
    /// (在线检测).
    pub(crate) fn names_nothing(&self, word: &str) -> bool {
        let is = |word: &str| self.is_generic(word) || Self::is_aim(word);
        is(word) || is_made_of(word, &is)
    }
}

/// Whether a Chinese word falls into words that are all so.
fn is_made_of(word: &str, is: &dyn Fn(&str) -> bool) -> bool {
    let chars: Vec<char> = word.chars().collect();
    let cut =
        |at: usize| -> (String, String) { (chars[..at].iter().collect(), chars[at..].iter().collect()) };
    !word.is_ascii()
        && (1..chars.len()).any(|at| {
            let (first, rest) = cut(at);
            is(&first) && (is(&rest) || is_made_of(&rest, is))
        })
}

#[cfg(test)]
mod tests {
    use super::Weights;

    #[test]
    fn the_standard_weights_are_read() {
        assert!(Weights::standard().parts.words > 0.0);
        assert!(Weights::standard().is_generic("系统"));
    }
}
