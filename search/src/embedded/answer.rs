//! Running a query and gathering hits and facets.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use tantivy::{
    DocAddress, Order, Searcher, TantivyDocument,
    aggregation::{AggContextParams, AggregationCollector, agg_req::Aggregations},
    collector::{
        Collector, Count, TopDocs,
        sort_key::{SortBySimilarityScore, SortByStaticFastValue},
    },
    query::{BooleanQuery, Query as EngineQuery, TermQuery},
    schema::{IndexRecordOption, Value},
};

use super::{
    candidates::candidates,
    generation::{Generation, engine_error},
    plan::plan,
    schema::{Fields, ID_HIGH, ID_LOW},
};
use crate::{
    Answer, Facet, FacetCount, Hit, Kind, Query, SearchError, Sort, WINDOW,
    attributes::{COMPLETENESS, PRICE_SORT, PUBLISHED_AT, VOCABULARY},
    facets::{self, MAX_VALUES},
    filter::Filter,
    matching::{Match, Matching, in_order},
    text::{Relaxation, Texts, Word, Words, best, corrected, highlights, meant, unknown},
};

/// Answers a query from what was committed last. Blocks.
pub(super) fn answer(generation: &Generation, query: &Query) -> Result<Answer, SearchError> {
    let search = Search {
        searcher: generation.searcher(),
        fields: &generation.fields,
        filter: Filter::of(query),
        query,
    };
    let Some(text) = query.text() else { return search.page(None, true) };
    let mut words = Words::of(text);
    let mut answer = search.page(Some(&words), true)?;
    let mut nothing = answer.estimated_total == 0;
    let wanted = query.near_wanted(answer.hits.len());
    if words.words.is_empty() || !nothing && wanted == 0 {
        return Ok(answer);
    }
    let mut counts = search.counts(&words)?;
    if nothing && let Some((text, right)) = search.corrected(text, &words, &counts)? {
        counts = search.counts(&right)?;
        words = right;
        answer = Answer { corrected: Some(text), ..search.page(Some(&words), true)? };
        nothing = answer.estimated_total == 0;
    }
    if nothing && let Some(split) = words.split() {
        counts = search.counts(&split)?;
        words = split;
        answer = Answer { corrected: answer.corrected, ..search.page(Some(&words), true)? };
        nothing = answer.estimated_total == 0;
    }
    if nothing && words.words.len() > 1 {
        for fewer in Relaxation::plan(&words, &counts) {
            if search.count(&fewer)? > 0 {
                answer = Answer { corrected: answer.corrected, ..search.page(Some(&fewer), false)? };
                break;
            }
        }
    }
    let wanted = query.near_wanted(answer.hits.len());
    if wanted > 0 {
        let text = answer.corrected.as_deref().unwrap_or(text);
        answer.near = search.near(text, &words, &answer.hits, wanted)?;
    }
    Ok(answer)
}

pub(super) type Number = (SortByStaticFastValue<i64>, Order);
pub(super) type Half = (SortByStaticFastValue<u64>, Order);
// Nested pairs, since tantivy 0.27 forgets the directions in a tuple of four.
pub(super) type Id = (Half, Half);
pub(super) type Newest = (Number, Id);

fn number(name: &str, order: Order) -> Number {
    (SortByStaticFastValue::for_field(name), order)
}

fn by_id() -> Id {
    let half = |name: &str| (SortByStaticFastValue::for_field(name), Order::Asc);
    (half(ID_HIGH), half(ID_LOW))
}

pub(super) fn newest() -> Newest {
    (number(PUBLISHED_AT, Order::Desc), by_id())
}

fn by_relevance() -> ((SortBySimilarityScore, Order), (Number, Newest)) {
    ((SortBySimilarityScore, Order::Desc), (number(COMPLETENESS, Order::Desc), newest()))
}

struct Search<'s> {
    searcher: Searcher,
    fields: &'s Fields,
    filter: Filter,
    query: &'s Query,
}

impl Search<'_> {
    fn count(&self, words: &Words) -> Result<usize, SearchError> {
        let plan = plan(self.fields, Some(words), self.filter.all())?;
        self.searcher.search(&plan, &Count).map_err(engine_error)
    }

    /// In how many listings each word is found.
    fn counts(&self, words: &Words) -> Result<Vec<usize>, SearchError> {
        let alone = |word: &Word| self.count(&words.only(vec![word.clone()]));
        words.words.iter().map(alone).collect()
    }

    /// The query with mistyped words put right. Judged by all that the asker may see, so that a filter makes no
    /// word unknown.
    fn corrected(
        &self,
        text: &str,
        words: &Words,
        counts: &[usize],
    ) -> Result<Option<(String, Words)>, SearchError> {
        let seen = |word: &str| {
            let plan = plan(self.fields, Some(&Words::of(word)), self.filter.of_audience())?;
            self.searcher.search(&plan, &Count).map_err(engine_error)
        };
        let mut right = HashMap::new();
        for word in unknown(words, counts) {
            if seen(&word)? > 0 {
                continue;
            }
            let tries = meant(&word, self.known(&word)?);
            let counts = tries.iter().map(|(_, meant)| seen(meant)).collect::<Result<Vec<_>, _>>()?;
            right.extend(best(tries, &counts).map(|meant| (word, meant)));
        }
        Ok(corrected(text, &right).map(|text| (text.clone(), Words::of(&text))))
    }

    /// The words of listings that begin like this one, with the number of listings that have them.
    fn known(&self, word: &str) -> Result<Vec<(String, usize)>, SearchError> {
        let field = self.fields.named(VOCABULARY)?;
        let first = word.as_bytes().first().copied().unwrap_or_default();
        let mut known = Vec::new();
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(field).map_err(engine_error)?;
            let range = index.terms().range().ge([first]).lt([first.saturating_add(1)]);
            let mut terms = range.into_stream().map_err(SearchError::unavailable)?;
            while let Some((term, info)) = terms.next() {
                let count = usize::try_from(info.doc_freq).unwrap_or(usize::MAX);
                known.extend(std::str::from_utf8(term).ok().map(|term| (term.to_owned(), count)));
            }
        }
        Ok(known)
    }

    fn page(&self, words: Option<&Words>, all_words: bool) -> Result<Answer, SearchError> {
        let plan = plan(self.fields, words, self.filter.all())?;
        let (found, total) = self.top(&plan, words.is_some())?;
        let estimated_total = total.min(WINDOW);
        Ok(Answer {
            more: self.query.offset + found.len() < estimated_total && !found.is_empty(),
            hits: found
                .into_iter()
                .map(|(score, at)| self.hit(score, at, words))
                .collect::<Result<_, _>>()?,
            near: Vec::new(),
            facets: if self.query.facets { self.facets(words)? } else { BTreeMap::new() },
            estimated_total,
            corrected: None,
            all_words,
            complete: true,
        })
    }

    /// What comes nearest to the query beside the hits, by the same measure as matches.
    fn near(&self, text: &str, words: &Words, hits: &[Hit], wanted: usize) -> Result<Vec<Hit>, SearchError> {
        let mut near: Vec<Match> = Vec::new();
        for kind in self.query.wanted_kinds() {
            let matching = Matching::near(text, kind, self.query, wanted + hits.len());
            near.extend(matching.matches(&candidates(&self.searcher, self.fields, &matching.search)?));
        }
        near.retain(|found| hits.iter().all(|hit| hit.id != found.id));
        in_order(&mut near);
        let mut found = Vec::new();
        for one in near {
            if found.len() >= wanted {
                break;
            }
            let id: Box<dyn EngineQuery> =
                Box::new(TermQuery::new(self.fields.id_term(one.id), IndexRecordOption::Basic));
            let unwanted = (!words.without.is_empty()).then(|| words.only(Vec::new()));
            let allowed = plan(self.fields, unwanted.as_ref(), self.filter.all())?;
            let query = BooleanQuery::intersection(vec![id, allowed]);
            let at = self
                .searcher
                .search(&query, &TopDocs::with_limit(1).order_by_score())
                .map_err(engine_error)?;
            if let Some((_, at)) = at.first() {
                found.push(self.hit(one.score, *at, Some(words))?);
            }
        }
        Ok(found)
    }

    /// This page in the order asked for, and how many there are in all.
    fn top(
        &self,
        plan: &dyn EngineQuery,
        scored: bool,
    ) -> Result<(Vec<(f64, DocAddress)>, usize), SearchError> {
        let limit = self.query.window_limit();
        if limit == 0 {
            return Ok((Vec::new(), self.searcher.search(plan, &Count).map_err(engine_error)?));
        }
        let top = TopDocs::with_limit(limit).and_offset(self.query.offset);
        match self.query.sort {
            Sort::Relevance if scored => {
                let (found, total) = self
                    .searcher
                    .search(plan, &(top.order_by(by_relevance()), Count))
                    .map_err(engine_error)?;
                Ok((found.into_iter().map(|((score, _), at)| (f64::from(score), at)).collect(), total))
            }
            Sort::Relevance | Sort::Newest => self.unscored(plan, top.order_by(newest())),
            Sort::Oldest => self.unscored(plan, top.order_by((number(PUBLISHED_AT, Order::Asc), by_id()))),
            Sort::PriceAsc => self.unscored(plan, top.order_by((number(PRICE_SORT, Order::Asc), newest()))),
            Sort::PriceDesc => self.unscored(plan, top.order_by((number(PRICE_SORT, Order::Desc), newest()))),
        }
    }

    fn unscored<K: Send + 'static>(
        &self,
        plan: &dyn EngineQuery,
        top: impl Collector<Fruit = Vec<(K, DocAddress)>>,
    ) -> Result<(Vec<(f64, DocAddress)>, usize), SearchError> {
        let (found, total) = self.searcher.search(plan, &(top, Count)).map_err(engine_error)?;
        Ok((found.into_iter().map(|(_, at)| (0.0, at)).collect(), total))
    }

    fn hit(&self, score: f64, at: DocAddress, words: Option<&Words>) -> Result<Hit, SearchError> {
        let row: TantivyDocument = self.searcher.doc(at).map_err(engine_error)?;
        let text = |field| row.get_first(field).and_then(|value| value.as_str());
        let id = text(self.fields.id).and_then(|id| id.parse().ok());
        let kind = text(self.fields.named(Facet::Kind.as_str())?).and_then(Kind::from_code);
        let (Some(id), Some(kind)) = (id, kind) else {
            return Err(SearchError::corrupt("a document without id or kind"));
        };
        let highlights = match words.filter(|_| self.query.highlight) {
            None => Vec::new(),
            Some(words) => {
                let bytes =
                    row.get_first(self.fields.texts).and_then(|value| value.as_bytes()).unwrap_or_default();
                highlights(words, &serde_json::from_slice::<Texts>(bytes).map_err(SearchError::corrupt)?)
            }
        };
        Ok(Hit { id, kind, score, highlights })
    }

    /// Facets without a choice are counted together; each with one is counted apart, under the other
    /// conditions.
    fn facets(&self, words: Option<&Words>) -> Result<BTreeMap<String, Vec<FacetCount>>, SearchError> {
        let (apart, together): (Vec<_>, Vec<_>) =
            Facet::ALL.into_iter().partition(|facet| self.filter.restricts(*facet));
        let mut counted = self.count_facets(&together, plan(self.fields, words, self.filter.all())?)?;
        for facet in apart {
            let plan = plan(self.fields, words, self.filter.without(facet))?;
            counted.append(&mut self.count_facets(&[facet], plan)?);
        }
        Ok(counted)
    }

    fn count_facets(
        &self,
        facets: &[Facet],
        plan: Box<dyn EngineQuery>,
    ) -> Result<BTreeMap<String, Vec<FacetCount>>, SearchError> {
        let request = |facet: &Facet| {
            (
                facet.as_str().to_owned(),
                serde_json::json!({"terms": {"field": facet.as_str(), "size": MAX_VALUES}}),
            )
        };
        let request: serde_json::Map<_, _> = facets.iter().map(request).collect();
        let request: Aggregations = serde_json::from_value(request.into()).map_err(SearchError::rejected)?;
        let collector = AggregationCollector::from_aggs(request, AggContextParams::default());
        let result = self.searcher.search(&plan, &collector).map_err(engine_error)?;
        let result = serde_json::to_value(result).map_err(SearchError::corrupt)?;
        let mut counted = BTreeMap::new();
        for facet in facets {
            let terms = result.get(facet.as_str()).cloned().unwrap_or_default();
            let terms: Terms = serde_json::from_value(terms).map_err(SearchError::corrupt)?;
            counted.insert(
                facet.as_str().to_owned(),
                facets::in_order(terms.buckets.into_iter().map(|b| (b.key, b.doc_count))),
            );
        }
        Ok(counted)
    }
}

#[derive(Deserialize)]
struct Terms {
    buckets: Vec<Bucket>,
}

#[derive(Deserialize)]
struct Bucket {
    key: String,
    doc_count: u64,
}
