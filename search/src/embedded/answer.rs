//! Running a query and gathering hits and facets.

use std::collections::BTreeMap;

use serde::Deserialize;
use tantivy::{
    DocAddress, Order, Searcher, TantivyDocument,
    aggregation::{AggContextParams, AggregationCollector, agg_req::Aggregations},
    collector::{
        Collector, Count, TopDocs,
        sort_key::{SortBySimilarityScore, SortByStaticFastValue},
    },
    query::Query as EngineQuery,
    schema::Value,
};

use super::{
    generation::{Generation, engine_error},
    plan::plan,
    schema::{Fields, ID_HIGH, ID_LOW},
};
use crate::{
    Answer, Facet, FacetCount, Hit, Kind, Query, SearchError, Sort, WINDOW,
    attributes::{PRICE_SORT, PUBLISHED_AT},
    facets::{MAX_VALUES, in_order},
    filter::Filter,
    text::{Relaxation, Texts, Words, highlights},
};

/// Answers a query from what was committed last. Blocks.
pub(super) fn answer(generation: &Generation, query: &Query) -> Result<Answer, SearchError> {
    let search = Search {
        searcher: generation.searcher(),
        fields: &generation.fields,
        filter: Filter::of(query),
        query,
    };
    let asked = query.text().map(Words::of);
    let Some(words) = asked else { return search.page(None, true) };
    let all = search.page(Some(&words), true)?;
    if all.estimated_total > 0 || words.words.len() < 2 {
        return Ok(all);
    }
    let alone = |word| search.count(&words.only(vec![word]));
    let counts = words.words.iter().cloned().map(alone).collect::<Result<Vec<_>, _>>()?;
    for fewer in Relaxation::plan(&words, &counts) {
        if search.count(&fewer)? > 0 {
            return search.page(Some(&fewer), false);
        }
    }
    Ok(all)
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
            facets: if self.query.facets { self.facets(words)? } else { BTreeMap::new() },
            estimated_total,
            all_words,
            complete: true,
        })
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
        // Nested pairs, since tantivy 0.27 forgets the directions in a tuple of four.
        let number = |name: &str, order| (SortByStaticFastValue::<i64>::for_field(name), order);
        let half = |name: &str| (SortByStaticFastValue::<u64>::for_field(name), Order::Asc);
        let id = (half(ID_HIGH), half(ID_LOW));
        let newest = (number(PUBLISHED_AT, Order::Desc), id.clone());
        match self.query.sort {
            Sort::Relevance if scored => {
                let key = ((SortBySimilarityScore, Order::Desc), newest);
                let (found, total) =
                    self.searcher.search(plan, &(top.order_by(key), Count)).map_err(engine_error)?;
                Ok((found.into_iter().map(|((score, _), at)| (f64::from(score), at)).collect(), total))
            }
            Sort::Relevance | Sort::Newest => self.unscored(plan, top.order_by(newest)),
            Sort::Oldest => self.unscored(plan, top.order_by((number(PUBLISHED_AT, Order::Asc), id))),
            Sort::PriceAsc => self.unscored(plan, top.order_by((number(PRICE_SORT, Order::Asc), newest))),
            Sort::PriceDesc => self.unscored(plan, top.order_by((number(PRICE_SORT, Order::Desc), newest))),
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
                in_order(terms.buckets.into_iter().map(|b| (b.key, b.doc_count))),
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
