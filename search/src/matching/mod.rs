//! Who should meet whom, and why.
//!
//! A listing is read into a profile; what one asks for becomes aspects, word by word, each with whatever
//! would answer it: the word itself, another word of its meaning, a part of it, a related meaning. An engine
//! finds candidates by those clues, and the score is made here, for both engines alike, in named parts that
//! are told beside it.

mod alternatives;
mod answered;
mod aspect;
mod beside;
mod fit;
mod profile;
mod quantity;
mod related;
mod score;
mod subject;
mod weights;

use std::collections::HashMap;

use uuid::Uuid;

use crate::{Audience, DemoFilter, Document, Kind, Query, SearchError, filter::Filter};

pub(crate) use aspect::{Aspect, Clue, aspects};
pub(crate) use profile::Profile;
pub(crate) use score::Rarity;
use score::Scored;
pub use score::{How, Match, Pairing, Part, PartName};
pub use weights::{Hows, Levels, Parts, Weights};

/// A listing, stored or not, and what shall answer it.
#[derive(Clone, Debug)]
pub struct Ask {
    /// What asks. Its id is never among the answers.
    pub asked: Document,
    /// What may answer.
    pub kind: Kind,
    /// What the asker may see. Empty finds nothing.
    pub audiences: Vec<Audience>,
    /// What to do with the demonstration catalogue.
    pub demo: DemoFilter,
    /// The most answers, at most [`MOST`].
    pub limit: usize,
    /// Now, in milliseconds since 1970 UTC.
    pub now: i64,
    /// What counts how much; [`Weights::standard`] but for trials.
    pub weights: Weights,
}

/// The most answers to one question.
pub const MOST: usize = 100;

/// Candidates that are scored.
pub(crate) const CANDIDATES: usize = 200;

/// The most clues an engine is asked for.
const CLUES: usize = 96;

/// A clue with what it is worth before its rarity.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) clue: Clue,
    pub(crate) worth: f64,
}

/// What an engine has to find: listings with clues.
#[derive(Debug)]
pub(crate) struct Search {
    pub(crate) kind: Kind,
    pub(crate) filter: Filter,
    pub(crate) wanted: Vec<Wanted>,
    /// The whole of it, for an embedder.
    pub(crate) text: String,
}

/// What an engine found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) candidates: Vec<Profile>,
    pub(crate) rarity: Rarity,
    /// How near in meaning an embedder found them, 0 to 1.
    pub(crate) alike: HashMap<Uuid, f64>,
}

/// A question being answered: what an engine has to find, and then the matches.
#[derive(Debug)]
pub(crate) struct Matching {
    asked: Profile,
    aspects: Vec<Aspect>,
    limit: usize,
    now: i64,
    weights: Weights,
    pub(crate) search: Search,
}

impl Matching {
    pub(crate) fn of(ask: &Ask) -> Self {
        let query = Query {
            kinds: vec![ask.kind],
            audiences: ask.audiences.clone(),
            demo: ask.demo,
            ..Query::default()
        };
        let limit = ask.limit.min(MOST);
        Self::new(Profile::of(&ask.asked), ask.kind, Filter::of(&query), limit, ask.now, ask.weights.clone())
    }

    /// What of a kind comes near a query, under the query's conditions.
    pub(crate) fn near(text: &str, kind: Kind, query: &Query, limit: usize) -> Self {
        Self::new(Profile::of_text(text), kind, Filter::of(query), limit, 0, Weights::near())
    }

    fn new(asked: Profile, kind: Kind, filter: Filter, limit: usize, now: i64, weights: Weights) -> Self {
        let aspects = aspects(&asked, &weights);
        let search = Search { kind, filter, wanted: wanted(&aspects, &weights), text: asked.text() };
        Self { asked, aspects, limit, now, weights, search }
    }

    pub(crate) fn matches(&self, found: &Found) -> Vec<Match> {
        let mut matches = rank(&self.asked, &self.aspects, found, &self.weights, self.now);
        matches.truncate(self.limit);
        matches
    }
}

/// The clues worth asking for, each once, the best first.
fn wanted(aspects: &[Aspect], weights: &Weights) -> Vec<Wanted> {
    let mut worth: HashMap<&Clue, f64> = HashMap::new();
    for aspect in aspects {
        for answer in &aspect.answers {
            let own = aspect.weight * weights.how.of(answer.how) * answer.share;
            let known = worth.entry(&answer.clue).or_default();
            *known = known.max(own);
        }
    }
    let mut wanted: Vec<Wanted> =
        worth.into_iter().map(|(clue, worth)| Wanted { clue: clue.clone(), worth }).collect();
    wanted.sort_by(|one, other| other.worth.total_cmp(&one.worth).then_with(|| one.clue.cmp(&other.clue)));
    wanted.truncate(CLUES);
    wanted
}

/// What an ask may not be.
pub(crate) fn check(ask: &Ask) -> Result<(), SearchError> {
    if ask.limit > MOST {
        return Err(SearchError::rejected(format!("more than {MOST} answers are asked for")));
    }
    Ok(())
}

/// The matches among candidates, the best first; what has too little in common is left out.
pub(crate) fn rank(
    asked: &Profile,
    aspects: &[Aspect],
    found: &Found,
    weights: &Weights,
    now: i64,
) -> Vec<Match> {
    let scored: Vec<Scored> = found
        .candidates
        .iter()
        .filter(|candidate| candidate.id != asked.id)
        .filter_map(|candidate| {
            let alike = found.alike.get(&candidate.id).copied().unwrap_or_default();
            let scored = score::score(asked, aspects, candidate, &found.rarity, alike, weights, now);
            (scored.evidence >= weights.least || alike >= weights.alike).then_some(scored)
        })
        .collect();
    let best = scored.iter().map(|scored| scored.evidence).fold(0.0, f64::max);
    let judged = |scored: Scored| Match { fits: fit::fits(&scored, best, weights), ..scored.found };
    let mut found: Vec<Match> = scored.into_iter().map(judged).collect();
    in_order(&mut found);
    found
}

/// The best first; of equals those that are younger, whose ids come later.
pub(crate) fn in_order(found: &mut [Match]) {
    found.sort_by(|one, other| other.score.total_cmp(&one.score).then_with(|| other.id.cmp(&one.id)));
}
