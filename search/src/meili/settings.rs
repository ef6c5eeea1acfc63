//! The settings of an index.

use std::collections::HashMap;

use meilisearch_sdk::settings::{
    FacetingSettings, FilterableAttribute, LocalizedAttributes, MinWordSizeForTypos, PaginationSetting,
    Settings, TypoToleranceSettings,
};

use super::record::{ID, PROFILE, TEXTS};
use crate::{
    Embedder, WINDOW,
    attributes::{CODES, FACETS, NUMBERS, PRICE_SORT, PUBLISHED_AT},
    facets::MAX_VALUES,
    text::Level,
};

/// Everything that differs from the server's defaults or is relied upon, said explicitly.
pub(super) fn settings(embedder: Option<&Embedder>) -> Settings {
    let strings = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let mut displayed = strings(&[ID, TEXTS, PROFILE]);
    displayed.extend(strings(&FACETS));
    displayed.extend(strings(&NUMBERS));
    let filterable = std::iter::once(ID).chain(FACETS).chain(CODES).chain(NUMBERS);
    Settings {
        searchable_attributes: Some(Level::ALL.map(|level| level.attribute().to_owned()).to_vec()),
        displayed_attributes: Some(displayed),
        filterable_attributes: Some(filterable.map(FilterableAttribute::from).collect()),
        sortable_attributes: Some(strings(&[ID, PRICE_SORT, PUBLISHED_AT])),
        // An order that is asked for comes before everything. Where a word stands counts before how near the
        // words are to each other, and both before how near to the beginning. The end makes the order total.
        ranking_rules: Some(strings(&[
            "sort",
            "words",
            "attributeRank",
            "proximity",
            "exactness",
            "wordPosition",
            "completeness:desc",
            "published_at:desc",
            "id:asc",
        ])),
        // Terms are spelled and part numbers are exact: one letter more or less is another thing. Only what may
        // have been mistyped is looked for among like words.
        typo_tolerance: Some(TypoToleranceSettings {
            enabled: Some(true),
            disable_on_attributes: Some(strings(&Level::ALL.map(Level::attribute))),
            min_word_size_for_typos: Some(MinWordSizeForTypos { one_typo: Some(4), two_typos: Some(8) }),
            ..TypoToleranceSettings::default()
        }),
        // The server guesses languages from the text and guesses short ones wrong. All it sees is ASCII.
        localized_attributes: Some(vec![LocalizedAttributes {
            locales: strings(&["eng"]),
            attribute_patterns: strings(&["*"]),
        }]),
        pagination: Some(PaginationSetting { max_total_hits: WINDOW }),
        faceting: Some(FacetingSettings { max_values_per_facet: MAX_VALUES, sort_facet_values_by: None }),
        embedders: embedder
            .map(|embedder| HashMap::from([(embedder.name().to_owned(), embedder.settings().clone())])),
        // Below the client's own patience, so that the server does not go on for nobody.
        search_cutoff_ms: Some(1_500),
        ..Settings::new()
    }
}
