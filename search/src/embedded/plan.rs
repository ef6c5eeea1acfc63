//! From words and conditions to a tantivy query.
//!
//! Whether a listing is found is decided by the terms alone: all words, each on any level, and all
//! conditions. The rank is a sum of points: every word gives the points of each level it stands on, a whole
//! Chinese run gives them once more, and a little BM25 over dictionary words puts listings in order that have
//! the same points (words that end where a word ends, rare words, short texts).

use std::ops::Bound;

use tantivy::{
    Term,
    query::{
        AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, Query,
        RangeQuery, RegexQuery, TermQuery, TermSetQuery,
    },
    schema::{Field, IndexRecordOption},
};

use super::{generation::engine_error, schema::Fields};
use crate::{
    SearchError,
    filter::Condition,
    text::{Level, Word, Words, phrase_terms, sequence},
};

/// How much of a level's points BM25 may move.
const FINE: f32 = 0.05;

/// How many of a level's points a word earns once more that is there as it was written.
const LITERAL: f32 = 0.5;

fn points(level: Level) -> f32 {
    match level {
        Level::Title => 16.0,
        Level::Keywords => 8.0,
        Level::Organisation => 6.0,
        Level::Summary => 4.0,
        Level::Body => 2.0,
    }
}

/// The query for all of the words (none: everything) under the conditions.
pub(super) fn plan<'c>(
    fields: &Fields,
    words: Option<&Words>,
    conditions: impl Iterator<Item = &'c Condition>,
) -> Result<Box<dyn Query>, SearchError> {
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    for condition in conditions {
        let query = condition_query(fields, condition)?;
        clauses.push((Occur::Must, Box::new(ConstScoreQuery::new(query, 0.0))));
    }
    match words {
        None => clauses.push((Occur::Must, Box::new(ConstScoreQuery::new(Box::new(AllQuery), 0.0)))),
        Some(words) if words.only_without() => {
            clauses.push((Occur::Must, Box::new(ConstScoreQuery::new(Box::new(AllQuery), 0.0))));
        }
        Some(words) if words.words.is_empty() => return Ok(Box::new(EmptyQuery)),
        Some(words) => {
            for word in &words.words {
                clauses.push((Occur::Must, word_query(fields, word)?));
                clauses.extend(fine_points(fields, word).map(|query| (Occur::Should, query)));
                // The word itself before others of its meaning.
                if let Word::Meaning { text, .. } = word {
                    let literal = on_levels(fields, |field| Ok(literal_query(field, text)))?;
                    clauses.push((Occur::Should, Box::new(BoostQuery::new(literal, LITERAL))));
                }
            }
            for whole in &words.wholes {
                clauses.push((Occur::Should, on_levels(fields, |field| Ok(run_query(field, whole)))?));
            }
        }
    }
    for word in words.iter().flat_map(|words| &words.without) {
        clauses.push((Occur::MustNot, word_query(fields, word)?));
    }
    Ok(Box::new(BooleanQuery::new(clauses)))
}

/// What has all the words on one level, or anywhere, without a rank.
pub(super) fn unranked<'c>(
    fields: &Fields,
    words: &Words,
    level: Option<Level>,
    conditions: impl Iterator<Item = &'c Condition>,
) -> Result<Box<dyn Query>, SearchError> {
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    for condition in conditions {
        clauses.push((Occur::Must, condition_query(fields, condition)?));
    }
    for word in &words.words {
        let levels = fields.terms().filter(|(at, _)| level.is_none_or(|level| *at == level));
        let places = levels.map(|(_, field)| Ok((Occur::Should, word_on(field, word)?)));
        let places = places.collect::<Result<Vec<_>, SearchError>>()?;
        clauses.push((Occur::Must, Box::new(BooleanQuery::new(places))));
    }
    for word in &words.without {
        clauses.push((Occur::MustNot, word_query(fields, word)?));
    }
    Ok(Box::new(BooleanQuery::new(clauses)))
}

fn word_query(fields: &Fields, word: &Word) -> Result<Box<dyn Query>, SearchError> {
    on_levels(fields, |field| word_on(field, word))
}

fn word_on(field: Field, word: &Word) -> Result<Box<dyn Query>, SearchError> {
    match word {
        Word::Cjk(run) => Ok(run_query(field, run)),
        Word::Meaning { term, .. } => Ok(term_query(field, term, IndexRecordOption::Basic)),
        Word::Phrase { terms, .. } => Ok(side_by_side(field, terms)),
        // Letters and digits only, so nothing in it is a pattern.
        Word::Latin { stem, prefix: true, .. } => {
            Ok(Box::new(RegexQuery::from_pattern(&format!("{stem}.*"), field).map_err(engine_error)?))
        }
        Word::Latin { stem, .. } => Ok(term_query(field, stem, IndexRecordOption::Basic)),
    }
}

/// Points for each level on which `query` matches.
fn on_levels(
    fields: &Fields,
    query: impl Fn(Field) -> Result<Box<dyn Query>, SearchError>,
) -> Result<Box<dyn Query>, SearchError> {
    let level = |(level, field)| {
        let query: Box<dyn Query> = Box::new(ConstScoreQuery::new(query(field)?, points(level)));
        Ok((Occur::Should, query))
    };
    Ok(Box::new(BooleanQuery::new(fields.terms().map(level).collect::<Result<_, SearchError>>()?)))
}

fn fine_points<'f>(fields: &'f Fields, word: &'f Word) -> impl Iterator<Item = Box<dyn Query>> + 'f {
    fields.words().map(move |(level, field)| {
        let text = match word {
            Word::Cjk(run) => run,
            Word::Meaning { text, .. } | Word::Phrase { text, .. } => text,
            Word::Latin { form, .. } => form,
        };
        let query = term_query(field, text, IndexRecordOption::WithFreqs);
        Box::new(BoostQuery::new(query, FINE * points(level))) as Box<dyn Query>
    })
}

fn run_query(field: Field, run: &str) -> Box<dyn Query> {
    side_by_side(field, &phrase_terms(run))
}

/// The word as it was written, without its meaning.
fn literal_query(field: Field, text: &str) -> Box<dyn Query> {
    side_by_side(field, &sequence(&text.chars().collect::<Vec<_>>()))
}

fn side_by_side(field: Field, terms: &[String]) -> Box<dyn Query> {
    let terms: Vec<Term> = terms.iter().map(|term| Term::from_field_text(field, term)).collect();
    match <[Term; 1]>::try_from(terms) {
        Ok([term]) => Box::new(TermQuery::new(term, IndexRecordOption::Basic)),
        Err(terms) if terms.is_empty() => Box::new(EmptyQuery),
        Err(terms) => Box::new(PhraseQuery::new(terms)),
    }
}

fn term_query(field: Field, text: &str, option: IndexRecordOption) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), option))
}

fn condition_query(fields: &Fields, condition: &Condition) -> Result<Box<dyn Query>, SearchError> {
    Ok(match condition {
        Condition::AnyOf(_, values) if values.is_empty() => Box::new(EmptyQuery),
        Condition::AnyOf(name, values) => {
            let field = fields.named(name)?;
            Box::new(TermSetQuery::new(values.iter().map(|value| Term::from_field_text(field, value))))
        }
        Condition::AtLeast(name, value) => {
            let term = Term::from_field_i64(fields.named(name)?, *value);
            Box::new(RangeQuery::new(Bound::Included(term), Bound::Unbounded))
        }
        Condition::AtMost(name, value) => {
            let term = Term::from_field_i64(fields.named(name)?, *value);
            Box::new(RangeQuery::new(Bound::Unbounded, Bound::Included(term)))
        }
    })
}
