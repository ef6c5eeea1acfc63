//! The tantivy schema and how a document is laid out in it.

use std::collections::HashMap;

use tantivy::{
    TantivyDocument, Term,
    schema::{
        FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
    },
    tokenizer::{RemoveLongFilter, TextAnalyzer, TokenizerManager, WhitespaceTokenizer},
};
use tantivy_jieba::JiebaTokenizer;
use uuid::Uuid;

use crate::{
    Document, Kind, SearchError,
    attributes::{Attributes, CODES, FACETS, NUMBERS},
    matching::Profile,
    text::{Level, Texts, fold, index_terms, inside_terms},
};

/// Cuts at spaces: the terms come ready-made.
const TERMS: &str = "terms";
/// Cuts with the dictionary; only for ranking.
const WORDS: &str = "words";

pub(super) const ID_HIGH: &str = "id_high";
pub(super) const ID_LOW: &str = "id_low";

/// The fields by what they are for.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    pub(super) schema: Schema,
    /// Exact, to replace and remove by.
    pub(super) id: Field,
    /// The two halves of the id, to sort and list by.
    id_high: Field,
    id_low: Field,
    /// What highlights are cut from, as JSON.
    pub(super) texts: Field,
    /// The terms of every clue in a listing, each behind the code of its kind.
    pub(super) clues: Field,
    /// What matching knows of a listing, as JSON.
    pub(super) profile: Field,
    /// By level: the terms that decide whether a listing is found.
    terms: Vec<(Level, Field)>,
    /// By level: the dictionary words that only move it up.
    words: Vec<(Level, Field)>,
    named: HashMap<&'static str, Field>,
}

impl Fields {
    pub(super) fn new() -> Self {
        let mut builder = Schema::builder();
        let text = |tokenizer: &str, option: IndexRecordOption| {
            TextOptions::default().set_indexing_options(
                TextFieldIndexing::default()
                    .set_tokenizer(tokenizer)
                    .set_index_option(option)
                    .set_fieldnorms(true),
            )
        };
        let id = builder.add_text_field("id", STRING | STORED);
        let id_high = builder.add_u64_field(ID_HIGH, FAST);
        let id_low = builder.add_u64_field(ID_LOW, FAST);
        let texts = builder.add_bytes_field("texts", STORED);
        let profile = builder.add_bytes_field("profile", STORED);
        let clues = TextFieldIndexing::default()
            .set_tokenizer(TERMS)
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false);
        let clues = builder.add_text_field("clues", TextOptions::default().set_indexing_options(clues));
        let positions = IndexRecordOption::WithFreqsAndPositions;
        let terms = Level::ALL
            .map(|level| (level, builder.add_text_field(level.attribute(), text(TERMS, positions))))
            .to_vec();
        let words = Level::ALL
            .map(|level| {
                let name = level.attribute().replace("terms", "words");
                (level, builder.add_text_field(&name, text(WORDS, IndexRecordOption::WithFreqs)))
            })
            .to_vec();
        let mut named = HashMap::new();
        for name in FACETS {
            named.insert(name, builder.add_text_field(name, STRING | FAST | STORED));
        }
        for name in CODES {
            named.insert(name, builder.add_text_field(name, STRING));
        }
        for name in NUMBERS {
            named.insert(name, builder.add_i64_field(name, FAST | INDEXED));
        }
        Self { schema: builder.build(), id, id_high, id_low, texts, profile, clues, terms, words, named }
    }

    /// The terms of each level.
    pub(super) fn terms(&self) -> impl Iterator<Item = (Level, Field)> {
        self.terms.iter().copied()
    }

    /// The dictionary words of each level.
    pub(super) fn words(&self) -> impl Iterator<Item = (Level, Field)> {
        self.words.iter().copied()
    }

    /// The field of an attribute.
    pub(super) fn named(&self, name: &str) -> Result<Field, SearchError> {
        self.named
            .get(name)
            .copied()
            .ok_or_else(|| SearchError::rejected(format!("there is no attribute {name}")))
    }

    /// The term that stands for a document.
    pub(super) fn id_term(&self, id: Uuid) -> Term {
        Term::from_field_text(self.id, &id.to_string())
    }

    /// Lays a document out.
    pub(super) fn lay_out(&self, document: &Document) -> Result<TantivyDocument, SearchError> {
        let mut row = TantivyDocument::new();
        let (high, low) = document.id.as_u64_pair();
        row.add_text(self.id, document.id.to_string());
        row.add_u64(self.id_high, high);
        row.add_u64(self.id_low, low);
        let texts = serde_json::to_vec(&Texts::of(document)).map_err(SearchError::rejected)?;
        row.add_bytes(self.texts, &texts);
        let profile = Profile::of(document);
        row.add_bytes(self.profile, &serde_json::to_vec(&profile).map_err(SearchError::rejected)?);
        let clues: Vec<String> = profile.terms().iter().map(|term| clue(document.kind, term)).collect();
        row.add_text(self.clues, [clues, vec![clue(document.kind, "")]].concat().join(" "));
        for (level, field) in self.terms() {
            for text in level.texts(document) {
                row.add_text(field, index_terms(text).join(" "));
            }
            if level == Level::Body {
                row.add_text(field, inside_terms(document).join(" "));
            }
        }
        for (level, field) in self.words() {
            for text in level.texts(document) {
                row.add_text(field, fold(text).chars.iter().collect::<String>());
            }
        }
        let attributes = Attributes::of(document);
        for (name, values) in &attributes.codes {
            let field = self.named(name)?;
            values.iter().for_each(|value| row.add_text(field, value));
        }
        for (name, value) in attributes.numbers {
            row.add_i64(self.named(name)?, value);
        }
        Ok(row)
    }
}

/// How a clue is written: behind its kind, so that it is counted within it. Without a term it stands for all
/// listings of the kind.
pub(super) fn clue(kind: Kind, term: &str) -> String {
    let kind = match kind {
        Kind::Achievement => 'a',
        Kind::Demand => 'd',
        Kind::Provider => 'p',
    };
    format!("{kind}/{term}")
}

/// The tokenizers of the schema; an index knows them only by name, so they are given to it at every opening.
pub(super) fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register(TERMS, TextAnalyzer::builder(WhitespaceTokenizer::default()).build());
    // Words longer than this are data; shorter ones in other scripts stay.
    let words = TextAnalyzer::builder(JiebaTokenizer::with_search_mode(true))
        .filter(RemoveLongFilter::limit(120))
        .build();
    manager.register(WORDS, words);
    manager
}
