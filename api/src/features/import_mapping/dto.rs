//! Mappings of sources on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    id::AccountId,
    import_mapping::{ColumnMeaning, Model, WordMeaning},
};
use utoipa::{IntoParams, ToSchema};

use crate::clock::Moment;

/// What a column of a source is.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MappedColumn {
    /// The heading as the source writes it, whatever its case.
    #[schema(min_length = 1, max_length = 100, pattern = r"\S", example = "项目阶段")]
    pub heading: String,
    /// The field of a row, as templates have it below the heading; null for a column to leave out.
    #[schema(max_length = 50, example = "maturity")]
    pub field: Option<String>,
}

/// What a word of a source means in a field.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MappedWord {
    #[schema(max_length = 50, example = "maturity")]
    pub field: String,
    /// As the source writes it: all that stands in a cell, or one of the words in it.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "已投产")]
    pub word: String,
    /// As the import reads it: a value that templates offer, or a code of the field's list.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "可以量产")]
    pub means: String,
}

/// What to keep for a source, in place of what is kept.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportMappingIn {
    #[schema(max_items = 300)]
    pub columns: Vec<MappedColumn>,
    #[schema(max_items = 1000)]
    pub words: Vec<MappedWord>,
}

/// What is kept for a source.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportMappingOut {
    pub source_system: String,
    pub columns: Vec<MappedColumn>,
    pub words: Vec<MappedWord>,
    /// Null while nothing is kept.
    pub updated_by: Option<AccountId>,
    pub updated_at: Option<Moment>,
}

impl ImportMappingOut {
    /// The mapping of a source for which nothing is kept.
    #[must_use]
    pub fn empty(source_system: String) -> Self {
        Self { source_system, columns: Vec::new(), words: Vec::new(), updated_by: None, updated_at: None }
    }
}

impl From<Model> for ImportMappingOut {
    fn from(row: Model) -> Self {
        let column = |ColumnMeaning { heading, field }| MappedColumn { heading, field };
        let word = |WordMeaning { field, word, means }| MappedWord { field, word, means };
        Self {
            source_system: row.source_system,
            columns: row.columns.0.into_iter().map(column).collect(),
            words: row.words.0.into_iter().map(word).collect(),
            updated_by: row.updated_by,
            updated_at: Some(row.updated_at.into()),
        }
    }
}

/// A page of mappings.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ImportMappingsQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
}
