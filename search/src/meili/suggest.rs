//! Suggestions from the server, in one round trip.

use meilisearch_sdk::search::{MatchingStrategies, SearchQuery, Selectors};

use super::{
    record::{Found, ID, TEXTS},
    server::Server,
    wording::{filter_expression, query_text},
};
use crate::{
    SearchError, SuggestQuery, Suggestion,
    filter::Filter,
    text::{Level, Source, Typed},
};

/// One search, owning what the client borrows.
struct Part {
    text: String,
    levels: Vec<&'static str>,
    limit: usize,
}

/// Completes what was typed from the live index.
pub(super) async fn suggest(server: &Server, query: &SuggestQuery) -> Result<Vec<Suggestion>, SearchError> {
    let Some(typed) = Typed::of(&query.text) else { return Ok(Vec::new()) };
    let filter = filter_expression(Filter::of(&query.as_query()).all());
    let terms = typed.terms();
    let look_ups = typed.look_ups(query.limit);
    let everywhere = || Level::ALL.map(Level::attribute).to_vec();
    let mut parts: Vec<Part> = look_ups
        .iter()
        .map(|look_up| Part {
            text: query_text(&look_up.words),
            levels: look_up.level.map_or_else(everywhere, |level| vec![level.attribute()]),
            limit: look_up.limit,
        })
        .collect();
    parts.extend(terms.iter().map(|term| Part {
        text: query_text(&term.words),
        levels: everywhere(),
        limit: 0,
    }));
    let live = server.live();
    let mut all = server.client().multi_search();
    for part in &parts {
        let mut search = SearchQuery::new(&live);
        search
            .with_query(&part.text)
            .with_attributes_to_search_on(&part.levels)
            .with_matching_strategy(MatchingStrategies::ALL)
            .with_filter(&filter)
            .with_attributes_to_retrieve(Selectors::Some(&[ID, "kind", TEXTS]))
            .with_sort(&["published_at:desc", "id:asc"])
            .with_limit(part.limit);
        all.with_search_query(search.build());
    }
    let mut results = server.call(all.execute::<Found>()).await?.results;
    if results.len() != parts.len() {
        return Err(SearchError::unavailable("the server answered fewer searches than it was asked"));
    }
    let counts = results.split_off(look_ups.len());
    let found = terms.into_iter().zip(counts);
    let terms = found.filter(|(_, result)| result.estimated_total_hits.unwrap_or_default() > 0);
    let terms = terms.map(|(term, _)| term).collect();
    let mut fetched = Vec::new();
    for (look_up, result) in look_ups.iter().zip(results) {
        let source = |found: Found| {
            let kind = found.kind().ok_or_else(|| SearchError::corrupt("a document without a kind"))?;
            Ok(Source { id: found.id, kind, texts: found.texts })
        };
        let sources = result.hits.into_iter().map(|hit| source(hit.result));
        fetched.push((look_up.what, sources.collect::<Result<Vec<_>, SearchError>>()?));
    }
    Ok(typed.choose(terms, &fetched, query.limit))
}
