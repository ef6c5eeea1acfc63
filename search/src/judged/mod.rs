//! Judged sets: listings, queries, and which listing answers which query how well. They say whether a change
//! makes finding better, in the measures of the field.
//!
//! A set is three texts: listings and queries as JSON Lines, judgements as TREC writes them (`query 0 listing
//! grade`). A listing is named by its `id`, or by the hash of its kind, address and title ([`listing_key`]), so
//! that judgements can be kept of listings that are not.

mod bm25;
mod bootstrap;
mod listings;
mod measures;
mod pairs;
mod trec;
mod trial;

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

pub use bootstrap::{Difference, difference};
pub use listings::{Listing, listing_key, listings, questions};
pub use measures::{DEPTH, Figures, figures, mean};
pub use pairs::{JudgedMatches, MatchFound, MatchOutcome, MatchQuery, try_matches};
pub use trial::{Outcome, Summary, by_class, fill, summary, try_queries};

/// The set of the demonstration catalogue, which is kept with the code.
pub const DEMO: SetTexts = SetTexts {
    listings: include_str!("../../judged/demo/listings.jsonl"),
    queries: include_str!("../../judged/demo/queries.jsonl"),
    judgements: include_str!("../../judged/demo/qrels.txt"),
};

/// The three texts of a set.
#[derive(Clone, Copy, Debug)]
pub struct SetTexts {
    /// JSON Lines.
    pub listings: &'static str,
    /// JSON Lines.
    pub queries: &'static str,
    /// TREC.
    pub judgements: &'static str,
}

/// What of a set cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("第 {line} 行：{reason} / line {line}: {reason}")]
pub struct Unreadable {
    /// From 1.
    pub line: usize,
    /// What it lacks.
    pub reason: String,
}

/// A query.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct JudgedQuery {
    /// Its name in the judgements.
    pub id: String,
    /// What somebody types.
    pub text: String,
    /// What it tries, such as `typo`.
    #[serde(default)]
    pub class: String,
    /// Whether nobody looks at it while tuning.
    #[serde(default)]
    pub held_out: bool,
}

/// How well each listing answers one query: 3 exactly, 2 well, 1 a little, 0 not though it may seem so. What is
/// not named is 0.
pub type Grades = HashMap<String, u32>;

/// The queries of a set with their judgements.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// In their order.
    pub queries: Vec<JudgedQuery>,
    grades: BTreeMap<String, Grades>,
    /// From which grade on a listing is an answer.
    relevant: u32,
}

impl Judged {
    /// Reads queries and judgements.
    ///
    /// # Errors
    /// The first line that cannot be read.
    pub fn read(queries: &str, judgements: &str) -> Result<Self, Unreadable> {
        let grades = trec::read(judgements)?;
        let best = grades.values().flat_map(HashMap::values).copied().max().unwrap_or_default();
        Ok(Self { queries: lines(queries)?, grades, relevant: best.min(2) })
    }

    /// The judgements of a query.
    #[must_use]
    pub fn grades(&self, query: &str) -> Grades {
        self.grades.get(query).cloned().unwrap_or_default()
    }

    /// From which grade on a listing counts as an answer where a measure knows only yes and no: 2, or the best
    /// grade of a set that has none so good.
    #[must_use]
    pub fn relevant(&self) -> u32 {
        self.relevant
    }
}

/// One value a line, with the number of its line; blank lines are passed over.
fn rows<T: serde::de::DeserializeOwned>(text: &str) -> Result<Vec<(usize, T)>, Unreadable> {
    let rows = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    rows.map(|(i, line)| {
        let row = serde_json::from_str(line);
        row.map(|row| (i + 1, row)).map_err(|error| Unreadable { line: i + 1, reason: error.to_string() })
    })
    .collect()
}

fn lines<T: serde::de::DeserializeOwned>(text: &str) -> Result<Vec<T>, Unreadable> {
    Ok(rows(text)?.into_iter().map(|(_, row)| row).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{DEMO, Judged, listings};

    #[test]
    fn the_demo_set_is_whole() {
        let rows = listings(DEMO.listings).unwrap_or_default();
        let judged = Judged::read(DEMO.queries, DEMO.judgements).unwrap_or_default();
        let keys: HashSet<String> = rows.iter().map(|row| row.key.clone()).collect();
        assert_eq!(keys.len(), rows.len(), "a listing twice");
        assert!(judged.queries.len() >= 120);
        for query in &judged.queries {
            let grades = judged.grades(&query.id);
            assert!(grades.keys().all(|key| keys.contains(key)), "{}: an unknown listing", query.id);
            let answered = grades.values().any(|grade| *grade >= judged.relevant());
            assert_eq!(answered, query.class != "nothing", "{}: {}", query.id, query.text);
        }
        let held_out = judged.queries.iter().filter(|query| query.held_out).count();
        assert_eq!(held_out, judged.queries.len() / 3);
    }
}
