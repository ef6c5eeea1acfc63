//! Asking an engine the queries of a set.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::{DEPTH, Figures, Judged, JudgedQuery, Listing, figures, mean};
use crate::{Document, Query, SearchError, SearchIndex};

/// Listings put at once.
const BATCH: usize = 500;

/// What an engine made of a query.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was asked.
    pub query: JudgedQuery,
    /// What was found and then what was near, best first, at most [`DEPTH`].
    pub ranking: Vec<String>,
    /// How good that is; none where nothing answers the query.
    pub figures: Option<Figures>,
    /// Whether something was said to have all the words. Where nothing answers the query, that is noise.
    pub claimed: bool,
}

impl Outcome {
    /// Whether somebody who asked this would give up: no answer among the first ten, or noise where nothing
    /// answers.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.figures.map_or(self.claimed, |figures| figures.mrr == 0.0)
    }
}

/// The figures of some queries.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Summary {
    /// Queries that something answers.
    pub queries: usize,
    /// Their mean figures.
    pub figures: Figures,
    /// Queries that nothing answers.
    pub unanswerable: usize,
    /// How many of those were answered with nothing, or with no more than something near.
    pub quiet: usize,
}

/// Fills an index with the listings and asks every query.
///
/// # Errors
/// When the engine cannot be filled or asked.
pub async fn try_queries(
    index: &dyn SearchIndex,
    listings: &[Listing],
    judged: &Judged,
) -> Result<Vec<Outcome>, SearchError> {
    fill(index, listings).await?;
    let keys: HashMap<Uuid, &str> =
        listings.iter().map(|listing| (listing.document.id, listing.key.as_str())).collect();
    let mut outcomes = Vec::with_capacity(judged.queries.len());
    for query in &judged.queries {
        let asked = Query { text: Some(query.text.clone()), limit: DEPTH, near: DEPTH, ..Query::default() };
        let answer = index.search(&asked).await?;
        let name = |id: &Uuid| keys.get(id).map(|key| (*key).to_owned());
        let found = answer.hits.iter().chain(&answer.near).take(DEPTH);
        let ranking: Vec<String> = found.filter_map(|hit| name(&hit.id)).collect();
        outcomes.push(Outcome {
            figures: figures(&ranking, &judged.grades(&query.id), judged.relevant()),
            claimed: answer.all_words && !answer.hits.is_empty(),
            query: query.clone(),
            ranking,
        });
    }
    Ok(outcomes)
}

/// Fills an index with the listings of a set and with nothing else.
///
/// # Errors
/// When the engine cannot be filled.
pub async fn fill(index: &dyn SearchIndex, listings: &[Listing]) -> Result<(), SearchError> {
    let mut rebuild = index.begin_rebuild().await?;
    for batch in listings.chunks(BATCH) {
        let documents: Vec<Document> = batch.iter().map(|listing| listing.document.clone()).collect();
        rebuild.put(&documents).await?;
    }
    rebuild.finish().await
}

/// The figures of some outcomes together.
#[must_use]
pub fn summary<'o>(outcomes: impl Iterator<Item = &'o Outcome>) -> Summary {
    let (mut all, mut summary) = (Vec::new(), Summary::default());
    for outcome in outcomes {
        match outcome.figures {
            Some(figures) => all.push(figures),
            None => {
                summary.unanswerable += 1;
                summary.quiet += usize::from(!outcome.claimed);
            }
        }
    }
    Summary { queries: all.len(), figures: mean(&all), ..summary }
}

/// The figures by class of query.
#[must_use]
pub fn by_class(outcomes: &[Outcome]) -> BTreeMap<&str, Summary> {
    let mut classes: BTreeMap<&str, Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes {
        classes.entry(&outcome.query.class).or_default().push(outcome);
    }
    classes.into_iter().map(|(class, of)| (class, summary(of.into_iter()))).collect()
}
