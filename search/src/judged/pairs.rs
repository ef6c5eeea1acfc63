//! Judged matches: which listings answer a demand, or a problem that somebody writes down.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;
use uuid::Uuid;

use super::{
    DEMO, Figures, Grades, Judged, JudgedQuery, Listing, Unreadable, bm25::Bm25, figures, lines,
    listings::id_of, trec,
};
use crate::{
    Ask, Audience, DemoFilter, Document, Kind, Match, SearchError, SearchIndex,
    matching::{MOST, Weights},
};

/// From which grade on a listing is worth bringing to the other: 1, a little.
const RELEVANT: u32 = 1;

/// Of the demo catalogue's judged queries those that could be asked of a matcher.
const DEMO_CLASSES: &[&str] = &["zh_terms", "english", "mixed", "cross_language", "synonym", "problem"];

/// A listing, or a text that is not stored, that others shall answer.
#[derive(Clone, Debug, Deserialize)]
pub struct MatchQuery {
    /// Its name in the judgements; of a listing of the set where it has no text of its own.
    pub id: String,
    /// A title.
    #[serde(default)]
    pub title: Option<String>,
    /// A problem.
    #[serde(default)]
    pub problem: Option<String>,
    /// What it tries, such as `few_words`.
    #[serde(default)]
    pub class: String,
    /// Whether nobody looks at it while tuning.
    #[serde(default)]
    pub held_out: bool,
}

impl MatchQuery {
    fn of(query: &JudgedQuery) -> Self {
        Self {
            id: query.id.clone(),
            title: None,
            problem: Some(query.text.clone()),
            class: query.class.clone(),
            held_out: query.held_out,
        }
    }
}

/// Judged matches.
#[derive(Clone, Debug, Default)]
pub struct JudgedMatches {
    /// In their order.
    pub queries: Vec<MatchQuery>,
    grades: BTreeMap<String, Grades>,
}

/// What became of one question.
#[derive(Clone, Debug)]
pub struct MatchOutcome {
    /// The question.
    pub query: MatchQuery,
    /// Listings that were found, best first.
    pub ranking: Vec<MatchFound>,
    /// How good that is; none where nothing answers.
    pub figures: Option<Figures>,
    /// How good plain BM25 is.
    pub plain: Option<Figures>,
}

/// A listing that was found.
#[derive(Clone, Debug)]
pub struct MatchFound {
    /// Its name in the judgements.
    pub key: String,
    /// How well it answers, as it was judged.
    pub grade: u32,
    /// What was found, and why.
    pub found: Match,
}

impl JudgedMatches {
    /// Reads questions and judgements.
    ///
    /// # Errors
    /// The first line that cannot be read.
    pub fn read(queries: &str, judgements: &str) -> Result<Self, Unreadable> {
        Ok(Self { queries: lines(queries)?, grades: trec::read(judgements)? })
    }

    /// Listings that others answered, as it turned out: question, answer and grade by their names.
    #[must_use]
    pub fn of(labels: impl IntoIterator<Item = (String, String, u32)>) -> Self {
        let mut grades: BTreeMap<String, Grades> = BTreeMap::new();
        for (question, answer, grade) in labels {
            grades.entry(question).or_default().insert(answer, grade);
        }
        let query = |id: &String| MatchQuery {
            id: id.clone(),
            title: None,
            problem: None,
            class: String::new(),
            held_out: false,
        };
        Self { queries: grades.keys().map(query).collect(), grades }
    }

    /// The problems, and the words of one meaning or language for another, among the judged queries of the
    /// demonstration catalogue. Judgements of demands are left out: they do not answer.
    ///
    /// # Errors
    /// Never, as long as the set is whole.
    pub fn demo() -> Result<Self, Unreadable> {
        let judged = Judged::read(DEMO.queries, DEMO.judgements)?;
        let demands: HashSet<String> = super::listings(DEMO.listings)?
            .into_iter()
            .filter(|listing| listing.document.kind == Kind::Demand)
            .map(|listing| listing.key)
            .collect();
        let queries = judged.queries.iter().filter(|query| DEMO_CLASSES.contains(&query.class.as_str()));
        let queries: Vec<MatchQuery> = queries.map(MatchQuery::of).collect();
        let grades = |query: &MatchQuery| {
            let mut grades = judged.grades(&query.id);
            grades.retain(|listing, _| !demands.contains(listing));
            (query.id.clone(), grades)
        };
        Ok(Self { grades: queries.iter().map(grades).collect(), queries })
    }

    /// The judgements of a question.
    #[must_use]
    pub fn grades(&self, query: &str) -> Grades {
        self.grades.get(query).cloned().unwrap_or_default()
    }
}

/// Asks every question of an index that was filled with the listings ([`super::fill`]); plain BM25 over the same
/// listings is asked beside.
///
/// # Errors
/// When the engine cannot be asked.
pub async fn try_matches(
    index: &dyn SearchIndex,
    listings: &[Listing],
    judged: &JudgedMatches,
    weights: &Weights,
) -> Result<Vec<MatchOutcome>, SearchError> {
    let offers: Vec<&Listing> =
        listings.iter().filter(|listing| listing.document.kind != Kind::Demand).collect();
    let plain = Bm25::of(offers.iter().map(|listing| &listing.document));
    let keys: HashMap<Uuid, &str> =
        listings.iter().map(|listing| (listing.document.id, listing.key.as_str())).collect();
    let mut outcomes = Vec::with_capacity(judged.queries.len());
    for query in &judged.queries {
        let Some(asked) = question(query, listings) else { continue };
        let grades = judged.grades(&query.id);
        let mut found = Vec::new();
        for kind in [Kind::Achievement, Kind::Provider] {
            found.extend(index.matches(&ask(asked.clone(), kind, weights)).await?);
        }
        found.sort_by(|one, other| other.score.total_cmp(&one.score).then_with(|| other.id.cmp(&one.id)));
        let named = |found: Match| {
            let key = (*keys.get(&found.id)?).to_owned();
            let grade = grades.get(&key).copied().unwrap_or_default();
            Some(MatchFound { key, grade, found })
        };
        let ranking: Vec<MatchFound> = found.into_iter().filter_map(named).collect();
        let order: Vec<String> = ranking.iter().map(|found| found.key.clone()).collect();
        let plain = plain_order(&plain, &asked, &offers);
        outcomes.push(MatchOutcome {
            figures: figures(&order, &grades, RELEVANT),
            plain: figures(&plain, &grades, RELEVANT),
            query: query.clone(),
            ranking,
        });
    }
    Ok(outcomes)
}

fn ask(asked: Document, kind: Kind, weights: &Weights) -> Ask {
    Ask {
        asked,
        kind,
        audiences: vec![Audience::Public],
        demo: DemoFilter::Include,
        limit: MOST,
        now: 0,
        weights: weights.clone(),
    }
}

fn plain_order(plain: &Bm25, asked: &Document, offers: &[&Listing]) -> Vec<String> {
    let scores = plain.scores(asked).into_iter().zip(offers);
    let mut scored: Vec<(f64, &str)> = scores.map(|(score, offer)| (score, offer.key.as_str())).collect();
    scored.retain(|(score, _)| *score > 0.0);
    scored.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(other.1)));
    scored.into_iter().map(|(_, key)| key.to_owned()).collect()
}

fn question(query: &MatchQuery, listings: &[Listing]) -> Option<Document> {
    if query.title.is_none() && query.problem.is_none() {
        return listings
            .iter()
            .find(|listing| listing.key == query.id)
            .map(|listing| listing.document.clone());
    }
    let title = query.title.clone().unwrap_or_default();
    let asked = Document::titled(id_of(&query.id), Kind::Demand, title);
    Some(Document { summary: query.problem.clone(), ..asked })
}
