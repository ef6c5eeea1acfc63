//! Suggestions from the embedded index.

use tantivy::{
    DocAddress, TantivyDocument,
    collector::{Count, TopDocs},
    schema::Value,
};

use super::{
    answer::newest,
    generation::{Generation, engine_error},
    plan::unranked,
};
use crate::{
    Facet, Kind, SearchError, SuggestQuery, Suggestion,
    filter::Filter,
    text::{LookUp, Source, Texts, Typed},
};

/// Completes what was typed from what was committed last. Blocks.
pub(super) fn suggest(generation: &Generation, query: &SuggestQuery) -> Result<Vec<Suggestion>, SearchError> {
    let Some(typed) = Typed::of(&query.text) else { return Ok(Vec::new()) };
    let searcher = generation.searcher();
    let fields = &generation.fields;
    let filter = Filter::of(&query.as_query());
    let mut terms = Vec::new();
    for term in typed.terms() {
        let plan = unranked(fields, &term.words, None, filter.all())?;
        if searcher.search(&plan, &Count).map_err(engine_error)? > 0 {
            terms.push(term);
        }
    }
    let source = |at: DocAddress| {
        let row: TantivyDocument = searcher.doc(at).map_err(engine_error)?;
        let text = |field| row.get_first(field).and_then(|value| value.as_str());
        let id = text(fields.id).and_then(|id| id.parse().ok());
        let kind = text(fields.named(Facet::Kind.as_str())?).and_then(Kind::from_code);
        let (Some(id), Some(kind)) = (id, kind) else {
            return Err(SearchError::corrupt("a document without id or kind"));
        };
        let bytes = row.get_first(fields.texts).and_then(|value| value.as_bytes()).unwrap_or_default();
        Ok(Source { id, kind, texts: serde_json::from_slice::<Texts>(bytes).map_err(SearchError::corrupt)? })
    };
    let mut fetched = Vec::new();
    for LookUp { what, words, level, limit } in typed.look_ups(query.limit) {
        let plan = unranked(fields, &words, level, filter.all())?;
        let top = TopDocs::with_limit(limit.max(1)).order_by(newest());
        let found = searcher.search(&plan, &top).map_err(engine_error)?;
        let sources = found.into_iter().map(|(_, at)| source(at)).collect::<Result<Vec<_>, SearchError>>()?;
        fetched.push((what, sources));
    }
    Ok(typed.choose(terms, &fetched, query.limit))
}
