//! How one candidate answers what is asked, word by word.

use super::{
    aspect::{Answering, Aspect, Clue, Role},
    profile::{LevelText, Profile},
    score::{How, Rarity, float},
    weights::Weights,
};
use crate::text::Level;

/// One aspect that was answered.
pub(super) struct Answered<'a> {
    pub(super) how: How,
    pub(super) gain: f64,
    pub(super) asked: &'a str,
    pub(super) role: Role,
    /// Whether the glossary knows what is asked.
    pub(super) meant: bool,
    pub(super) found: Found,
}

/// What of a candidate answers an aspect.
pub(super) struct Found {
    frequency: f64,
    /// In the language of what is asked, where there is such a word.
    pub(super) word: String,
    /// In the other language, where there is one in both.
    pub(super) also: Option<String>,
    /// Whether it stands in the title or among the keywords, and not only in passing.
    pub(super) prominent: bool,
    /// Whether it only stands where something else is told to take its place, or to make do without it.
    pub(super) replaced: bool,
    /// By what it was found, and how rare that is.
    pub(super) clue: Clue,
    pub(super) rare: f64,
}

/// The word itself or another for the same thing, and beside it the best of what has to do with it; failing that, all parts of the word that are there and the best of
/// what has to do with it.
pub(super) fn answer<'a>(
    aspect: &'a Aspect,
    candidate: &Profile,
    rarity: &Rarity,
    weights: &Weights,
    length: f64,
) -> Vec<Answered<'a>> {
    let own = rarity.of_aspect(aspect);
    let gain = |answering: &Answering| -> Option<Answered<'a>> {
        let mut found = found(&aspect.text, &answering.clue, candidate, weights)?;
        found.rare = rarity.of(&answering.clue);
        let long = 1.0 - weights.b + weights.b * length / weights.length;
        let saturated = found.frequency / (found.frequency + weights.k1 * long);
        let rare = match answering.how {
            How::Literal | How::Synonym => {
                found.rare = own;
                own
            }
            _ => own.min(found.rare),
        };
        let worth = weights.how.of(answering.how) * answering.share;
        Some(Answered {
            how: answering.how,
            gain: aspect.weight * rare * worth * saturated,
            asked: &aspect.text,
            role: aspect.role,
            meant: aspect.is_meant(),
            found,
        })
    };
    let answers = aspect.answers.iter().filter_map(gain);
    let exact = |answered: &Answered<'_>| matches!(answered.how, How::Literal | How::Synonym);
    let (exact, mut rest): (Vec<_>, Vec<_>) = answers.partition(exact);
    if let Some(best) = exact.into_iter().max_by(|one, other| one.gain.total_cmp(&other.gain)) {
        // How it is done, or what it is for, is worth telling beside it and adds nothing.
        let means = rest.into_iter().filter(|one| one.how == How::Related && one.found.prominent);
        let means = means.max_by(|one, other| one.gain.total_cmp(&other.gain));
        return [Some(best), means.map(|one| Answered { gain: 0.0, ..one })].into_iter().flatten().collect();
    }
    // What only has to do with it answers it better where parts of the word are there as well, or something else that
    // has to do with it: 检漏 and 制冷剂 for a 漏氟.
    rest.sort_by(|one, other| other.gain.total_cmp(&one.gain));
    // A kind of it before what else has to do with it.
    rest.sort_by_key(|answered| answered.how != How::Narrower);
    let mut told: Vec<Answered<'a>> = Vec::new();
    let mut related = 0;
    for answered in rest {
        let known = |one: &Answered<'_>| {
            one.found.clue == answered.found.clue || one.found.word == answered.found.word
        };
        if told.iter().any(known) {
            continue;
        }
        if answered.how != How::Part {
            related += 1;
            if related > RELATED {
                continue;
            }
        }
        told.push(answered);
    }
    told
}

/// So many things that have to do with a word answer it together.
const RELATED: usize = 2;

/// How often a clue is found, weighed by level, and the words that are there.
fn found(asked: &str, clue: &Clue, candidate: &Profile, weights: &Weights) -> Option<Found> {
    let mut frequency = 0.0;
    let mut words: Vec<&str> = Vec::new();
    let mut prominent = false;
    for text in &candidate.texts {
        let weight = weights.found.of(text.level);
        let (count, there) = count(clue, text, weights.how.inside);
        if count > 0.0 && weight > 0.0 {
            frequency += weight * count;
            words.extend(there);
            prominent |= matches!(text.level, Level::Title | Level::Keywords);
        }
    }
    let first = words.first()?;
    let word = words.iter().find(|word| word.is_ascii() == asked.is_ascii()).unwrap_or(first);
    let replaced = !prominent && candidate.texts.iter().all(|text| is_replaced(&words, &text.text));
    let also = words.iter().find(|other| other.is_ascii() != word.is_ascii());
    Some(Found {
        frequency,
        word: (*word).to_owned(),
        also: also.map(|also| (*also).to_owned()),
        prominent,
        replaced,
        clue: clue.clone(),
        rare: 0.0,
    })
}

/// What stands before a thing that something else takes the place of, or makes do without.
const REPLACED: &[&str] = &[
    "替代",
    "代替",
    "取代",
    "替换",
    "无需",
    "不需",
    "不用",
    "省去",
    "取消",
    "replace",
    "replaces",
    "replacing",
    "instead of",
    "without",
    "no need for",
];

/// So many bytes before a thing say that.
const BEFORE: usize = 30;

/// Whether words stand in a text only where something else takes their place; also where they stand nowhere.
fn is_replaced(words: &[&str], text: &str) -> bool {
    words.iter().flat_map(|word| text.match_indices(word)).all(|(at, _)| {
        let start =
            (at.saturating_sub(BEFORE)..=at).find(|start| text.is_char_boundary(*start)).unwrap_or(at);
        let before =
            text[start..at].rsplit(['，', '。', '；', ',', '.', ';', '\n']).next().unwrap_or_default();
        REPLACED.iter().any(|word| before.contains(word))
    })
}

/// How often a clue is found in a text, and in which words, the most frequent first.
pub(super) fn count<'t>(clue: &'t Clue, text: &'t LevelText, inside: f64) -> (f64, Vec<&'t str>) {
    match clue {
        Clue::Characters(wanted) => {
            let count = text.text.matches(wanted.as_str()).count();
            (float(count), if count > 0 { vec![wanted] } else { Vec::new() })
        }
        Clue::Stem(wanted) => {
            let count = text.stems.iter().find(|(stem, _)| stem == wanted).map_or(0, |(_, count)| *count);
            (f64::from(count), if count > 0 { vec![wanted] } else { Vec::new() })
        }
        Clue::Meaning(term) => {
            let own = text.meanings.iter().filter(|meaning| meaning.term == *term);
            let mut words: Vec<(f64, &str)> = own
                .map(|meaning| {
                    let count = f64::from(meaning.whole) + inside * f64::from(meaning.inside);
                    (count, meaning.word.as_str())
                })
                .collect();
            words.sort_by(|(one, _), (other, _)| other.total_cmp(one));
            let sum = words.iter().map(|(count, _)| count).sum();
            (sum, words.into_iter().map(|(_, word)| word).collect())
        }
    }
}
