//! How well one listing answers another, in named parts.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    answered::{Answered, answer},
    aspect::{Aspect, Clue, Role},
    beside::attributes,
    fit::{self, Subject},
    profile::Profile,
    weights::Weights,
};
use crate::Kind;

/// How what is found answers what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It is the same word.
    Literal,
    /// It is another word for the same thing, in the same or the other language.
    Synonym,
    /// It is a part of the word.
    Part,
    /// It is broader.
    Broader,
    /// It is narrower.
    Narrower,
    /// It is a component of it.
    Component,
    /// It is what this is a component of.
    Whole,
    /// It has to do with it.
    Related,
}

/// A part of a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartName {
    /// The same words, and parts of them.
    Words,
    /// Other words for the same things.
    Meanings,
    /// Broader, narrower and related things.
    Related,
    /// Texts that are alike in what they mean, where an embedder is configured.
    Semantic,
    /// Field of technology, zone industry, branch.
    Field,
    /// Figures with units.
    Indicators,
    /// Readiness against the time that is left.
    Maturity,
    /// Ways to work together.
    Cooperation,
    /// Price against budget.
    Price,
    /// The same town.
    Place,
    /// How new it is.
    Freshness,
}

impl PartName {
    /// All parts, the text's first.
    pub const ALL: [Self; 11] = [
        Self::Words,
        Self::Meanings,
        Self::Related,
        Self::Semantic,
        Self::Field,
        Self::Indicators,
        Self::Maturity,
        Self::Cooperation,
        Self::Price,
        Self::Place,
        Self::Freshness,
    ];

    const fn of(how: How) -> Self {
        match how {
            How::Literal | How::Part => Self::Words,
            How::Synonym => Self::Meanings,
            How::Broader | How::Narrower | How::Component | How::Whole | How::Related => Self::Related,
        }
    }
}

/// What answers what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pairing {
    /// What is asked for: a word, a figure or a code.
    pub asked: String,
    /// What is there, in the language of what is asked where it stands there in that, too.
    pub found: String,
    /// The same in the other language, where it stands there in both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub also: Option<String>,
    /// How it answers.
    pub how: How,
    /// Whether it is the thing itself that is asked for, apart from its field and use.
    #[serde(default)]
    pub subject: bool,
    /// Whether it says enough to be given as a reason.
    #[serde(default = "tells")]
    pub tells: bool,
}

/// What was kept before pairings said so.
const fn tells() -> bool {
    true
}

impl Pairing {
    /// The same word, figure or code on both sides.
    pub(super) fn same(text: &str) -> Self {
        Self {
            asked: text.to_owned(),
            found: text.to_owned(),
            also: None,
            how: How::Literal,
            subject: false,
            tells: true,
        }
    }

    /// Seen from the other side.
    pub(super) fn turned(self) -> Self {
        Self { asked: self.found, found: self.asked, ..self }
    }
}

/// A part of a score with what made it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Which.
    pub name: PartName,
    /// From 0 to 1.
    pub value: f64,
    /// What the value is multiplied by.
    pub weight: f64,
    /// The words, figures or codes that made it, what counts most first; words that say little are not named.
    pub pairings: Vec<Pairing>,
}

/// One listing that answers another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Match {
    /// Its id.
    pub id: Uuid,
    /// What it is.
    pub kind: Kind,
    /// The sum of the parts, value by weight. An order among the answers to one question, no probability.
    pub score: f64,
    /// Whether it has enough in common to be brought to the other; what has less only comes nearest.
    pub fits: bool,
    /// The parts that add something, or tell something beside what does.
    pub parts: Vec<Part>,
}

/// Of fewer listings nobody can say what is rare: a young market is taken for one of so many, in which the others lack
/// the word.
const BACKGROUND: usize = 50;

/// In how many of how many listings each clue is found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rarity {
    pub(crate) listings: usize,
    pub(crate) found: HashMap<Clue, usize>,
}

impl Rarity {
    /// The inverse document frequency as BM25 has it.
    pub(crate) fn of(&self, clue: &Clue) -> f64 {
        let found = self.found.get(clue).copied().unwrap_or_default();
        let (all, found) = (float(self.all().max(found)), float(found));
        (1.0 + (all - found + 0.5) / (found + 0.5)).ln()
    }

    fn all(&self) -> usize {
        self.listings.max(BACKGROUND)
    }

    /// That of what one listing has.
    pub(super) fn most(&self) -> f64 {
        (1.0 + (float(self.all()) - 0.5) / 1.5).ln()
    }

    pub(super) fn of_aspect(&self, aspect: &Aspect) -> f64 {
        let meant = aspect.answers.iter().find(|answer| answer.how == How::Synonym);
        meant.or(aspect.answers.first()).map_or(0.0, |answer| self.of(&answer.clue))
    }
}

/// A scored candidate.
pub(super) struct Scored {
    /// Whether it fits is seen beside the others.
    pub(super) found: Match,
    /// What of the score comes from words that say what a technology is: a 方法 for a 方法 is no answer.
    pub(super) evidence: f64,
    /// Whether what is offered is what is asked for, or something to it, rather than of the same field.
    pub(super) subject: Subject,
}

/// Scores a candidate that is so near in meaning; `now` is in milliseconds since 1970 UTC.
pub(super) fn score(
    asked: &Profile,
    aspects: &[Aspect],
    candidate: &Profile,
    rarity: &Rarity,
    alike: f64,
    weights: &Weights,
    now: i64,
) -> Scored {
    // Against a few words that are as rare as can be and stand where the heaviest does, so that scores of short and of
    // long questions can be compared.
    let heaviest = aspects.iter().map(|aspect| aspect.weight).fold(0.0, f64::max);
    let one = heaviest * rarity.most();
    // Of a question of a word or two no more can be answered than there is.
    let asked_for: f64 = aspects
        .iter()
        .filter(|aspect| !weights.is_generic(&aspect.text))
        .map(|aspect| aspect.weight * rarity.of_aspect(aspect))
        .sum();
    let full = asked_for.clamp(weights.short * one, weights.full * one).max(f64::MIN_POSITIVE);
    let length = length(candidate, weights);
    let mut answered: Vec<Answered<'_>> =
        aspects.iter().flat_map(|aspect| answer(aspect, candidate, rarity, weights, length)).collect();
    answered.sort_by(|one, other| other.gain.total_cmp(&one.gain));
    let is_telling =
        |one: &Answered<'_>| !weights.is_generic(one.asked) && !weights.is_generic(&one.found.word);
    let telling = answered.iter().filter(|answered| is_telling(answered));
    let evidence = telling.map(|answered| answered.gain).sum::<f64>() / full;
    let mut parts = Vec::new();
    for name in [PartName::Words, PartName::Meanings, PartName::Related] {
        let own: Vec<&Answered<'_>> =
            answered.iter().filter(|answered| PartName::of(answered.how) == name).collect();
        let value = own.iter().map(|answered| answered.gain).sum::<f64>() / full;
        // A 技术 for a 技术 adds a little and is no reason.
        let pairings = own.iter().filter(|answered| is_telling(answered)).map(|answered| Pairing {
            asked: answered.asked.to_owned(),
            found: answered.found.word.clone(),
            also: answered.found.also.clone(),
            how: fit::told_as(answered),
            subject: answered.role == Role::Subject,
            tells: fit::is_reason(answered, rarity),
        });
        parts.push(Part {
            name,
            value: value.min(1.0),
            weight: weights.parts.of(name),
            pairings: pairings.collect(),
        });
    }
    parts.push(Part {
        name: PartName::Semantic,
        value: alike,
        weight: weights.parts.of(PartName::Semantic),
        pairings: Vec::new(),
    });
    parts.extend(attributes(asked, candidate, weights, now));
    parts.retain(|part| part.value * part.weight > 0.0 || !part.pairings.is_empty());
    let score = parts.iter().map(|part| part.value * part.weight).sum();
    let adds = |one: &&Answered<'_>| is_telling(one) && one.gain > 0.0;
    let telling: Vec<&Answered<'_>> = answered.iter().filter(adds).collect();
    // The demand says what is asked for, whichever of the two asks.
    let subject = if candidate.kind != Kind::Demand || asked.kind == Kind::Demand {
        fit::subject(asked, aspects, &telling, candidate, rarity, weights)
    } else if evidence < weights.subject {
        Subject::Missed
    } else {
        let wanted = super::aspect::aspects(candidate, weights);
        let length = self::length(asked, weights);
        let answered: Vec<Answered<'_>> =
            wanted.iter().flat_map(|aspect| answer(aspect, asked, rarity, weights, length)).collect();
        let telling: Vec<&Answered<'_>> = answered.iter().filter(adds).collect();
        fit::subject(candidate, &wanted, &telling, asked, rarity, weights)
    };
    let found = Match { id: candidate.id, kind: candidate.kind, score, fits: false, parts };
    Scored { found, evidence, subject }
}

fn length(profile: &Profile, weights: &Weights) -> f64 {
    profile.texts.iter().map(|text| weights.found.of(text.level) * float(text.text.chars().count())).sum()
}

#[allow(clippy::cast_precision_loss, reason = "counts of words and listings are small")]
pub(super) fn float(count: usize) -> f64 {
    count as f64
}
