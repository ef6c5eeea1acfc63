//! How well one listing answers another, in named parts.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    aspect::{Answering, Aspect, Clue},
    profile::{LevelText, Profile},
    weights::Weights,
};
use crate::{Kind, PriceFacet};

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
            How::Broader | How::Narrower | How::Related => Self::Related,
        }
    }
}

/// What answers what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pairing {
    /// What is asked for: a word, a figure or a code.
    pub asked: String,
    /// What is there.
    pub found: String,
    /// How it answers.
    pub how: How,
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
    /// The parts that add something.
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
    fn most(&self) -> f64 {
        (1.0 + (float(self.all()) - 0.5) / 1.5).ln()
    }

    pub(super) fn of_aspect(&self, aspect: &Aspect) -> f64 {
        let meant = aspect.answers.iter().find(|answer| answer.how == How::Synonym);
        meant.or(aspect.answers.first()).map_or(0.0, |answer| self.of(&answer.clue))
    }
}

/// One aspect that was answered.
struct Answered<'a> {
    how: How,
    gain: f64,
    asked: &'a str,
    found: String,
}

/// A scored candidate.
pub(super) struct Scored {
    /// Whether it fits is seen beside the others.
    pub(super) found: Match,
    /// What of the score comes from words that say what a technology is: a 方法 for a 方法 is no answer.
    pub(super) evidence: f64,
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
    let is_telling = |one: &Answered<'_>| !weights.is_generic(one.asked) && !weights.is_generic(&one.found);
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
            found: answered.found.clone(),
            how: answered.how,
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
    parts.retain(|part| part.value * part.weight > 0.0);
    let score = parts.iter().map(|part| part.value * part.weight).sum();
    Scored { found: Match { id: candidate.id, kind: candidate.kind, score, fits: false, parts }, evidence }
}

fn length(profile: &Profile, weights: &Weights) -> f64 {
    profile.texts.iter().map(|text| weights.found.of(text.level) * float(text.text.chars().count())).sum()
}

/// The word itself or another for the same thing; failing that, all parts of the word that are there and the best of
/// what has to do with it.
fn answer<'a>(
    aspect: &'a Aspect,
    candidate: &Profile,
    rarity: &Rarity,
    weights: &Weights,
    length: f64,
) -> Vec<Answered<'a>> {
    let own = rarity.of_aspect(aspect);
    let gain = |answering: &Answering| -> Option<Answered<'a>> {
        let (frequency, found) =
            frequency(&answering.clue, candidate, weights).filter(|(frequency, _)| *frequency > 0.0)?;
        let long = 1.0 - weights.b + weights.b * length / weights.length;
        let saturated = frequency / (frequency + weights.k1 * long);
        let rare = match answering.how {
            How::Literal | How::Synonym => own,
            How::Part | How::Broader | How::Narrower | How::Related => own.min(rarity.of(&answering.clue)),
        };
        let worth = weights.how.of(answering.how) * answering.share;
        Some(Answered {
            how: answering.how,
            gain: aspect.weight * rare * worth * saturated,
            asked: &aspect.text,
            found,
        })
    };
    let answers = aspect.answers.iter().filter_map(|answering| Some((&answering.clue, gain(answering)?)));
    let exact = |(_, answered): &(&Clue, Answered<'_>)| matches!(answered.how, How::Literal | How::Synonym);
    let (exact, mut rest): (Vec<_>, Vec<_>) = answers.partition(exact);
    let heavier = |one: &Answered<'_>, other: &Answered<'_>| one.gain.total_cmp(&other.gain);
    if let Some((_, best)) = exact.into_iter().max_by(|(_, one), (_, other)| heavier(one, other)) {
        return vec![best];
    }
    // What only has to do with it answers it better where parts of the word are there as well, or something else that
    // has to do with it: 检漏 and 制冷剂 for a 漏氟.
    rest.sort_by(|(_, one), (_, other)| heavier(other, one));
    let mut told: Vec<(&Clue, Answered<'a>)> = Vec::new();
    let mut related = 0;
    for (clue, answered) in rest {
        if told.iter().any(|(known, one)| *known == clue || one.found == answered.found) {
            continue;
        }
        if answered.how != How::Part {
            related += 1;
            if related > RELATED {
                continue;
            }
        }
        told.push((clue, answered));
    }
    told.into_iter().map(|(_, answered)| answered).collect()
}

/// So many things that have to do with a word answer it together.
const RELATED: usize = 2;

/// How often a clue is found, weighed by level, and the word that is there.
fn frequency(clue: &Clue, candidate: &Profile, weights: &Weights) -> Option<(f64, String)> {
    let mut frequency = 0.0;
    let mut found: Option<String> = None;
    for text in &candidate.texts {
        let (count, word) = count(clue, text, weights.how.inside);
        if count > 0.0 {
            frequency += weights.found.of(text.level) * count;
            found = found.or(word);
        }
    }
    found.map(|word| (frequency, word))
}

fn count(clue: &Clue, text: &LevelText, inside: f64) -> (f64, Option<String>) {
    match clue {
        Clue::Characters(wanted) => {
            let count = text.text.matches(wanted.as_str()).count();
            (float(count), (count > 0).then(|| wanted.clone()))
        }
        Clue::Stem(wanted) => {
            let count = text.stems.iter().find(|(stem, _)| stem == wanted).map_or(0, |(_, count)| *count);
            (f64::from(count), (count > 0).then(|| wanted.clone()))
        }
        Clue::Meaning(term) => {
            let mut sum = 0.0;
            let mut best: Option<(f64, &str)> = None;
            for meaning in text.meanings.iter().filter(|meaning| meaning.term == *term) {
                let count = f64::from(meaning.whole) + inside * f64::from(meaning.inside);
                sum += count;
                if best.is_none_or(|(most, _)| count > most) {
                    best = Some((count, &meaning.word));
                }
            }
            (sum, best.map(|(_, word)| word.to_owned()))
        }
    }
}

/// What lies beside the texts. What one of the two does not say adds nothing and takes nothing.
fn attributes(asked: &Profile, candidate: &Profile, weights: &Weights, now: i64) -> Vec<Part> {
    let part = |name: PartName, value: f64, pairings: Vec<Pairing>| Part {
        name,
        value,
        weight: weights.parts.of(name),
        pairings,
    };
    let same = |text: &str| Pairing { asked: text.to_owned(), found: text.to_owned(), how: How::Literal };
    let mut parts = Vec::new();
    let (value, pairings) = field(asked, candidate);
    parts.push(part(PartName::Field, value, pairings));
    let (value, pairings) = indicators(asked, candidate);
    parts.push(part(PartName::Indicators, value, pairings));
    if let Some(value) = maturity(asked, candidate, now) {
        parts.push(part(PartName::Maturity, value, Vec::new()));
    }
    let modes: Vec<Pairing> = asked
        .cooperation_modes
        .iter()
        .filter(|mode| candidate.cooperation_modes.contains(mode))
        .map(|mode| same(mode))
        .collect();
    parts.push(part(PartName::Cooperation, f64::from(u8::from(!modes.is_empty())), modes));
    if let (Some(one), Some(other)) = (&asked.price, &candidate.price)
        && overlap(one, other)
    {
        parts.push(part(PartName::Price, 1.0, Vec::new()));
    }
    if let Some(town) = asked.town.as_ref().filter(|town| candidate.town.as_ref() == Some(town)) {
        parts.push(part(PartName::Place, 1.0, vec![same(town)]));
    }
    parts.push(part(PartName::Freshness, freshness(candidate.published_at, now), Vec::new()));
    parts
}

fn field(asked: &Profile, candidate: &Profile) -> (f64, Vec<Pairing>) {
    let same = |one: &Option<String>, other: &Option<String>| one.as_ref().filter(|_| one == other).cloned();
    let branch = |code: &str| code.chars().take(3).collect::<String>();
    let branches = asked
        .industry_codes
        .iter()
        .find(|code| candidate.industry_codes.iter().any(|other| branch(other) == branch(code)));
    let found = [
        same(&asked.field, &candidate.field),
        same(&asked.zone_industry, &candidate.zone_industry),
        branches.cloned(),
    ];
    let pairings: Vec<Pairing> = found
        .into_iter()
        .flatten()
        .map(|code| Pairing { asked: code.clone(), found: code, how: How::Literal })
        .collect();
    (f64::from(u8::from(!pairings.is_empty())), pairings)
}

/// The share of the figures asked for, of what is measured on both sides, that are met.
fn indicators(asked: &Profile, candidate: &Profile) -> (f64, Vec<Pairing>) {
    let comparable: Vec<_> = asked
        .quantities
        .iter()
        .filter(|wanted| candidate.quantities.iter().any(|own| own.dimension == wanted.dimension))
        .collect();
    let met: Vec<Pairing> = comparable
        .iter()
        .filter_map(|wanted| {
            let own = candidate.quantities.iter().find(|own| wanted.meets(own))?;
            Some(Pairing { asked: wanted.text.clone(), found: own.text.clone(), how: How::Literal })
        })
        .collect();
    (if comparable.is_empty() { 0.0 } else { float(met.len()) / float(comparable.len()) }, met)
}

/// Milliseconds of a year.
const YEAR: f64 = 365.25 * 24.0 * 3600.0 * 1000.0;

/// Ready for use where it is wanted soon: a pilot (TRL 6) within a year, a prototype (4) within three.
fn maturity(asked: &Profile, candidate: &Profile, now: i64) -> Option<f64> {
    let demand = if asked.kind == Kind::Demand { asked } else { candidate };
    let offer = if asked.kind == Kind::Demand { candidate } else { asked };
    let (by, trl) = (demand.wanted_by?, offer.trl?);
    #[allow(clippy::cast_precision_loss, reason = "instants of this century are exact")]
    let years = ((by - now) as f64 / YEAR).clamp(0.0, 5.0);
    let needed = 8.0 - 1.5 * years;
    Some((1.0 - (needed - f64::from(trl)).max(0.0) / 4.0).max(0.0))
}

/// Whether two prices can come together: their ranges in one currency overlap, or one of them is open to talk.
fn overlap(one: &PriceFacet, other: &PriceFacet) -> bool {
    let same = one.currency.eq_ignore_ascii_case(&other.currency);
    match (one.range(), other.range()) {
        (Some((low, high)), Some((other_low, other_high))) => same && low <= other_high && other_low <= high,
        _ => false,
    }
}

/// Halves each year.
fn freshness(published_at: i64, now: i64) -> f64 {
    if published_at <= 0 {
        return 0.0;
    }
    #[allow(clippy::cast_precision_loss, reason = "instants of this century are exact")]
    let years = ((now - published_at) as f64 / YEAR).max(0.0);
    0.5_f64.powf(years)
}

#[allow(clippy::cast_precision_loss, reason = "counts of words and listings are small")]
pub(super) fn float(count: usize) -> f64 {
    count as f64
}
