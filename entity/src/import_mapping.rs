//! What the columns and words of a source mean: kept for it, and used by its later imports.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{Instant, id::AccountId};

/// What a column of a source is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnMeaning {
    /// The heading, as the source writes it.
    pub heading: String,
    /// The field of a row; none for a column that is left out.
    pub field: Option<String>,
}

/// What a word of a source means in a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordMeaning {
    pub field: String,
    /// As the source writes it.
    pub word: String,
    /// As the service reads it.
    pub means: String,
}

/// Columns as one JSON column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct ColumnMeanings(pub Vec<ColumnMeaning>);

/// Words as one JSON column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct WordMeanings(pub Vec<WordMeaning>);

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_mapping")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub source_system: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub columns: ColumnMeanings,
    #[sea_orm(column_type = "JsonBinary")]
    pub words: WordMeanings,
    pub updated_by: Option<AccountId>,
    pub updated_at: Instant,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
