//! Finding what could answer: any listing with a clue, those with the rarest and heaviest clues first.

use std::collections::HashMap;

use tantivy::{
    Searcher, TantivyDocument, Term,
    collector::TopDocs,
    query::{BooleanQuery, BoostQuery, ConstScoreQuery, Occur, Query as EngineQuery, TermQuery},
    schema::{IndexRecordOption, Value},
};

use super::{
    generation::engine_error,
    plan::plan,
    schema::{Fields, clue},
};
use crate::{
    Kind, SearchError,
    matching::{CANDIDATES, Clue, Found, Profile, Rarity, Search},
};

/// Finds candidates. Blocks.
pub(super) fn candidates(
    searcher: &Searcher,
    fields: &Fields,
    search: &Search,
) -> Result<Found, SearchError> {
    let mut rarity = Rarity { listings: count(searcher, fields, search.kind, "")?, ..Rarity::default() };
    for wanted in &search.wanted {
        rarity.found.insert(wanted.clue.clone(), frequency(searcher, fields, search.kind, &wanted.clue)?);
    }
    let mut any: Vec<(Occur, Box<dyn EngineQuery>)> = Vec::new();
    for wanted in &search.wanted {
        if rarity.found.get(&wanted.clue).is_some_and(|found| *found > 0) {
            #[allow(clippy::cast_possible_truncation, reason = "a weight need not be exact")]
            let worth = (wanted.worth * rarity.of(&wanted.clue)) as f32;
            let query = has(fields, search.kind, &wanted.clue);
            any.push((Occur::Should, Box::new(ConstScoreQuery::new(query, worth))));
        }
    }
    if any.is_empty() {
        return Ok(Found { candidates: Vec::new(), rarity, alike: HashMap::new() });
    }
    let allowed = plan(fields, None, search.filter.all())?;
    let query = BooleanQuery::new(vec![
        (Occur::Must, Box::new(BooleanQuery::new(any))),
        (Occur::Must, Box::new(BoostQuery::new(allowed, 0.0))),
    ]);
    let top = TopDocs::with_limit(CANDIDATES).order_by_score();
    let found = searcher.search(&query, &top).map_err(engine_error)?;
    let read = |at| {
        let row: TantivyDocument = searcher.doc(at).map_err(engine_error)?;
        let bytes = row.get_first(fields.profile).and_then(|value| value.as_bytes()).unwrap_or_default();
        serde_json::from_slice::<Profile>(bytes).map_err(SearchError::corrupt)
    };
    let candidates = found.into_iter().map(|(_, at)| read(at)).collect::<Result<_, _>>()?;
    Ok(Found { candidates, rarity, alike: HashMap::new() })
}

fn term(fields: &Fields, kind: Kind, text: &str) -> Term {
    Term::from_field_text(fields.clues, &clue(kind, text))
}

fn count(searcher: &Searcher, fields: &Fields, kind: Kind, text: &str) -> Result<usize, SearchError> {
    let count = searcher.doc_freq(&term(fields, kind, text)).map_err(engine_error)?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// In how many listings a clue is found; of a long word, in how many its rarest pair.
fn frequency(searcher: &Searcher, fields: &Fields, kind: Kind, clue: &Clue) -> Result<usize, SearchError> {
    let mut least = usize::MAX;
    for text in clue.terms() {
        least = least.min(count(searcher, fields, kind, &text)?);
    }
    Ok(least)
}

fn has(fields: &Fields, kind: Kind, clue: &Clue) -> Box<dyn EngineQuery> {
    let one = |text: &String| -> Box<dyn EngineQuery> {
        Box::new(TermQuery::new(term(fields, kind, text), IndexRecordOption::Basic))
    };
    let terms = clue.terms();
    match terms.as_slice() {
        [only] => one(only),
        all => Box::new(BooleanQuery::new(all.iter().map(|text| (Occur::Must, one(text))).collect())),
    }
}
