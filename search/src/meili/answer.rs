//! Asking the server and gathering hits and facets.
//!
//! One round trip as a rule: the page and every facet that must be counted apart travel in one multi-search.
//! Only when nothing has all the words do more follow, to find out which words to leave out.

use std::collections::{BTreeMap, HashMap};

use meilisearch_sdk::{
    indexes::Index,
    search::{FacetSearchQuery, MatchingStrategies, SearchQuery, SearchResult, SearchResults, Selectors},
};

use super::{
    candidates::{among, candidates},
    record::{Found, ID, TEXTS},
    server::Server,
    wording::{decode_code, filter_expression, query_text},
};
use crate::{
    Answer, Facet, FacetCount, Hit, Query, SearchError, Sort, WINDOW,
    attributes::VOCABULARY,
    facets::in_order,
    filter::Filter,
    matching::{self, Match, Matching},
    text::{Relaxation, Words, best, corrected, highlights, meant, unknown},
};

/// Answers a query from the live index.
pub(super) async fn answer(server: &Server, query: &Query) -> Result<Answer, SearchError> {
    let search = Search { server, filter: Filter::of(query), query };
    let Some(text) = query.text() else { return search.page(None, true).await };
    let mut words = Words::of(text);
    if words.words.is_empty() && !words.only_without() {
        return Ok(nothing(query));
    }
    let mut answer = search.page(Some(&words), true).await?;
    let mut nothing = answer.estimated_total == 0;
    let wanted = query.near_wanted(answer.hits.len());
    if words.words.is_empty() || !nothing && wanted == 0 {
        return Ok(answer);
    }
    let mut counts = search.counts(&alone(&words)).await?;
    if nothing && let Some((text, right)) = search.corrected(text, &words, &counts).await? {
        counts = search.counts(&alone(&right)).await?;
        words = right;
        answer = Answer { corrected: Some(text), ..search.page(Some(&words), true).await? };
        nothing = answer.estimated_total == 0;
    }
    if nothing && let Some(split) = words.split() {
        counts = search.counts(&alone(&split)).await?;
        words = split;
        answer = Answer { corrected: answer.corrected, ..search.page(Some(&words), true).await? };
        nothing = answer.estimated_total == 0;
    }
    if nothing && words.words.len() > 1 {
        let tries: Vec<_> = Relaxation::plan(&words, &counts).collect();
        let found = search.counts(&tries).await?;
        if let Some((fewer, _)) = tries.iter().zip(found).find(|(_, count)| *count > 0) {
            answer = Answer { corrected: answer.corrected, ..search.page(Some(fewer), false).await? };
        }
    }
    let wanted = query.near_wanted(answer.hits.len());
    if wanted > 0 {
        let text = answer.corrected.as_deref().unwrap_or(text);
        answer.near = search.near(text, &words, &answer.hits, wanted).await?;
    }
    Ok(answer)
}

/// Each word by itself.
fn alone(words: &Words) -> Vec<Words> {
    words.words.iter().map(|word| words.only(vec![word.clone()])).collect()
}

/// An answer without hits.
pub(super) fn nothing(query: &Query) -> Answer {
    let facets = if query.facets { Facet::ALL.as_slice() } else { &[] };
    Answer {
        hits: Vec::new(),
        near: Vec::new(),
        facets: facets.iter().map(|facet| (facet.as_str().to_owned(), Vec::new())).collect(),
        estimated_total: 0,
        more: false,
        corrected: None,
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
        self.counts_under(&filter_expression(self.filter.all()), sets).await
    }

    async fn counts_under(&self, filter: &str, sets: &[Words]) -> Result<Vec<usize>, SearchError> {
        if sets.is_empty() {
            return Ok(Vec::new());
        }
        let part =
            |words| Part { text: query_text(words), filter: filter.to_owned(), facets: Vec::new(), limit: 0 };
        let results = self.run(&sets.iter().map(part).collect::<Vec<_>>()).await?;
        Ok(results.iter().map(|result| result.estimated_total_hits.unwrap_or_default()).collect())
    }

    /// The query with mistyped words put right. Judged by all that the asker may see, so that a filter makes no
    /// word unknown.
    async fn corrected(
        &self,
        text: &str,
        words: &Words,
        counts: &[usize],
    ) -> Result<Option<(String, Words)>, SearchError> {
        let filter = filter_expression(self.filter.of_audience());
        let seen = async |words: &[String]| {
            let sets: Vec<Words> = words.iter().map(|word| Words::of(word)).collect();
            self.counts_under(&filter, &sets).await
        };
        let mut right = HashMap::new();
        for word in unknown(words, counts) {
            if seen(std::slice::from_ref(&word)).await?.iter().any(|count| *count > 0) {
                continue;
            }
            let tries = meant(&word, self.known(&word, &filter).await?);
            let words: Vec<String> = tries.iter().map(|(_, meant)| meant.clone()).collect();
            let counts = seen(&words).await?;
            right.extend(best(tries, &counts).map(|meant| (word, meant)));
        }
        Ok(corrected(text, &right).map(|text| (text.clone(), Words::of(&text))))
    }

    /// The words of listings that the server takes for like this one; how like, is judged by us.
    async fn known(&self, word: &str, filter: &str) -> Result<Vec<(String, usize)>, SearchError> {
        let live = self.server.live();
        let mut search = FacetSearchQuery::new(&live, VOCABULARY);
        search.with_facet_query(word).with_filter(filter);
        let found = self.server.call(search.execute()).await?;
        Ok(found.facet_hits.into_iter().map(|hit| (hit.value, hit.count)).collect())
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
        let hits = main.hits.into_iter().map(|found| self.hit(found, words, scored));
        let hits = hits.collect::<Result<Vec<_>, SearchError>>()?;
        Ok(Answer {
            more: !hits.is_empty() && self.query.offset + hits.len() < estimated_total,
            hits,
            near: Vec::new(),
            facets: counted,
            estimated_total,
            corrected: None,
            all_words,
            complete: true,
        })
    }

    fn hit(
        &self,
        found: SearchResult<Found>,
        words: Option<&Words>,
        scored: bool,
    ) -> Result<Hit, SearchError> {
        let kind = found.result.kind().ok_or_else(|| SearchError::corrupt("a document without a kind"))?;
        let shown = words.filter(|_| self.query.highlight);
        Ok(Hit {
            id: found.result.id,
            kind,
            score: found.ranking_score.filter(|_| scored).unwrap_or_default(),
            highlights: shown.map(|words| highlights(words, &found.result.texts)).unwrap_or_default(),
        })
    }

    /// What comes nearest to the query beside the hits, by the same measure as matches.
    async fn near(
        &self,
        text: &str,
        words: &Words,
        hits: &[Hit],
        wanted: usize,
    ) -> Result<Vec<Hit>, SearchError> {
        let mut near: Vec<Match> = Vec::new();
        for kind in self.query.wanted_kinds() {
            let matching = Matching::near(text, kind, self.query, wanted + hits.len());
            near.extend(matching.matches(&candidates(self.server, &matching.search).await?));
        }
        near.retain(|found| hits.iter().all(|hit| hit.id != found.id));
        matching::in_order(&mut near);
        if near.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<_> = near.iter().map(|found| found.id).collect();
        let part = Part {
            text: query_text(&words.only(Vec::new())),
            filter: format!("{} AND {}", filter_expression(self.filter.all()), among(&ids)),
            facets: Vec::new(),
            limit: ids.len(),
        };
        let mut shown: HashMap<_, _> = HashMap::new();
        for result in self.run(&[part]).await? {
            shown.extend(result.hits.into_iter().map(|found| (found.result.id, found)));
        }
        let mut found = Vec::new();
        for one in near {
            if let Some(row) = shown.remove(&one.id).filter(|_| found.len() < wanted) {
                found.push(Hit { score: one.score, ..self.hit(row, Some(words), true)? });
            }
        }
        Ok(found)
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
