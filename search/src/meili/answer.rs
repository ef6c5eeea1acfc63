//! Asking the server and gathering hits and facets.
//!
//! One round trip as a rule: the page and every facet that must be counted apart travel in one multi-search.
//! Only when nothing has all the words do more follow, to find out which words to leave out.

use std::collections::BTreeMap;

use meilisearch_sdk::{
    indexes::Index,
    search::{MatchingStrategies, SearchQuery, SearchResults, Selectors},
};

use super::{
    record::{Found, ID, TEXTS},
    server::Server,
    wording::{decode_code, filter_expression, query_text},
};
use crate::{
    Answer, Facet, FacetCount, Hit, Query, SearchError, Sort, WINDOW,
    facets::in_order,
    filter::Filter,
    text::{Relaxation, Words, highlights},
};

/// Answers a query from the live index.
pub(super) async fn answer(server: &Server, query: &Query) -> Result<Answer, SearchError> {
    let search = Search { server, filter: Filter::of(query), query };
    let asked = query.text().map(Words::of);
    let Some(words) = asked else { return search.page(None, true).await };
    if words.words.is_empty() {
        return Ok(nothing(query));
    }
    let all = search.page(Some(&words), true).await?;
    if all.estimated_total > 0 || words.words.len() < 2 {
        return Ok(all);
    }
    let alone: Vec<_> = words.words.iter().map(|word| words.only(vec![word.clone()])).collect();
    let counts = search.counts(&alone).await?;
    let tries: Vec<_> = Relaxation::plan(&words, &counts).collect();
    let counts = search.counts(&tries).await?;
    match tries.iter().zip(counts).find(|(_, count)| *count > 0) {
        Some((fewer, _)) => search.page(Some(fewer), false).await,
        None => Ok(all),
    }
}

/// An answer without hits.
pub(super) fn nothing(query: &Query) -> Answer {
    let facets = if query.facets { Facet::ALL.as_slice() } else { &[] };
    Answer {
        hits: Vec::new(),
        facets: facets.iter().map(|facet| (facet.as_str().to_owned(), Vec::new())).collect(),
        estimated_total: 0,
        more: false,
        all_words: true,
        complete: true,
    }
}

struct Search<'s> {
    server: &'s Server,
    filter: Filter,
    query: &'s Query,
}

/// One search of a multi-search, owning what the client borrows.
struct Part {
    text: String,
    filter: String,
    facets: Vec<&'static str>,
    /// Hits to take; a part that only counts takes none.
    limit: usize,
}

impl Search<'_> {
    async fn counts(&self, sets: &[Words]) -> Result<Vec<usize>, SearchError> {
        if sets.is_empty() {
            return Ok(Vec::new());
        }
        let filter = filter_expression(self.filter.all());
        let part =
            |words| Part { text: query_text(words), filter: filter.clone(), facets: Vec::new(), limit: 0 };
        let results = self.run(&sets.iter().map(part).collect::<Vec<_>>()).await?;
        Ok(results.iter().map(|result| result.estimated_total_hits.unwrap_or_default()).collect())
    }

    async fn page(&self, words: Option<&Words>, all_words: bool) -> Result<Answer, SearchError> {
        let facets = if self.query.facets { Facet::ALL.as_slice() } else { &[] };
        let (apart, together): (Vec<Facet>, Vec<Facet>) =
            facets.iter().partition(|facet| self.filter.restricts(**facet));
        let text = words.map(query_text).unwrap_or_default();
        let mut parts = vec![Part {
            text: text.clone(),
            filter: filter_expression(self.filter.all()),
            facets: together.iter().map(|facet| facet.as_str()).collect(),
            limit: self.query.window_limit(),
        }];
        parts.extend(apart.iter().map(|facet| Part {
            text: text.clone(),
            filter: filter_expression(self.filter.without(*facet)),
            facets: vec![facet.as_str()],
            limit: 0,
        }));
        let mut results = self.run(&parts).await?;
        let mut counted = BTreeMap::new();
        for (part, result) in parts.iter().zip(&mut results) {
            for facet in &part.facets {
                let counts =
                    result.facet_distribution.as_mut().and_then(|all| all.remove(*facet)).unwrap_or_default();
                counted.insert((*facet).to_owned(), decoded(counts)?);
            }
        }
        let main = results.swap_remove(0);
        let estimated_total = main.estimated_total_hits.unwrap_or_default().min(WINDOW);
        let scored = words.is_some() && self.query.sort == Sort::Relevance;
        let hit = |hit: meilisearch_sdk::search::SearchResult<Found>| {
            let kind = hit.result.kind().ok_or_else(|| SearchError::corrupt("a document without a kind"))?;
            let shown = words.filter(|_| self.query.highlight);
            Ok(Hit {
                id: hit.result.id,
                kind,
                score: hit.ranking_score.filter(|_| scored).unwrap_or_default(),
                highlights: shown.map(|words| highlights(words, &hit.result.texts)).unwrap_or_default(),
            })
        };
        let hits = main.hits.into_iter().map(hit).collect::<Result<Vec<_>, SearchError>>()?;
        Ok(Answer {
            more: !hits.is_empty() && self.query.offset + hits.len() < estimated_total,
            hits,
            facets: counted,
            estimated_total,
            all_words,
            complete: true,
        })
    }

    async fn run(&self, parts: &[Part]) -> Result<Vec<SearchResults<Found>>, SearchError> {
        let live = self.server.live();
        let fields: &[&str] = if self.query.highlight { &[ID, "kind", TEXTS] } else { &[ID, "kind"] };
        let scored = parts.iter().any(|part| !part.text.is_empty());
        let order = order(if scored { self.query.sort } else { self.query.sort.without_text() });
        let mut all = self.server.client().multi_search();
        for part in parts {
            all.with_search_query(self.write(&live, part, fields, order));
        }
        let answer = self.server.call(all.execute::<Found>()).await?;
        if answer.results.len() != parts.len() {
            return Err(SearchError::unavailable("the server answered fewer searches than it was asked"));
        }
        Ok(answer.results)
    }

    fn write<'q>(
        &self,
        live: &'q Index,
        part: &'q Part,
        fields: &'q [&'q str],
        order: &'q [&'q str],
    ) -> SearchQuery<'q, meilisearch_sdk::DefaultHttpClient> {
        let mut search = SearchQuery::new(live);
        search
            .with_query(&part.text)
            // Every word must be found; the server would otherwise drop words from the end on its own.
            .with_matching_strategy(MatchingStrategies::ALL)
            .with_filter(&part.filter)
            .with_facets(Selectors::Some(&part.facets))
            .with_attributes_to_retrieve(Selectors::Some(fields))
            .with_sort(order)
            .with_show_ranking_score(true)
            .with_offset(if part.limit == 0 { 0 } else { self.query.offset })
            .with_limit(part.limit);
        search.build()
    }
}

fn decoded(counts: impl IntoIterator<Item = (String, usize)>) -> Result<Vec<FacetCount>, SearchError> {
    let decode = |(value, count): (String, usize)| {
        let value =
            decode_code(&value).ok_or_else(|| SearchError::corrupt(format!("a facet value {value:?}")))?;
        Ok((value, u64::try_from(count).unwrap_or(u64::MAX)))
    };
    let counts = counts.into_iter().map(decode).collect::<Result<Vec<_>, SearchError>>()?;
    Ok(in_order(counts.into_iter()))
}

/// The order for the server; relevance is the order of its rules.
fn order(sort: Sort) -> &'static [&'static str] {
    match sort {
        Sort::Relevance => &[],
        Sort::Newest => &["published_at:desc", "id:asc"],
        Sort::Oldest => &["published_at:asc", "id:asc"],
        Sort::PriceAsc => &["price_sort:asc", "published_at:desc", "id:asc"],
        Sort::PriceDesc => &["price_sort:desc", "published_at:desc", "id:asc"],
    }
}
