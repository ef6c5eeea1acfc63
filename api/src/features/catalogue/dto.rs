//! The files on the wire.

use serde::Serialize;
use techmart_entity::{catalogue_file::Model, listing::ListingKind};
use utoipa::ToSchema;

use crate::{
    clock::Moment,
    features::{change::dto::Position, export::Form},
};

/// A file of the catalogue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CatalogueFileOut {
    pub kind: ListingKind,
    #[schema(example = "text/csv; charset=utf-8")]
    pub media_type: &'static str,
    /// Where it is.
    #[schema(example = "/api/v1/catalogue/achievement.csv")]
    pub url: String,
    /// Items in it.
    pub rows: i64,
    /// In bytes.
    pub size: i64,
    /// Of its bytes, in hexadecimal digits; also its ETag.
    pub sha256: String,
    /// When it was made.
    pub made_at: Moment,
    /// The place in the change feed from which a reader of the file goes on.
    pub position: Position,
}

/// The files of the catalogue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CatalogueFilesOut {
    pub items: Vec<CatalogueFileOut>,
}

/// The file of a form: its hash and its size.
#[must_use]
pub fn stored(row: &Model, form: Form) -> Option<(&str, i64)> {
    let (sha256, size) = match form {
        Form::Csv => (&row.csv_sha256, row.csv_size),
        Form::JsonLines => (&row.json_lines_sha256, row.json_lines_size),
        Form::Workbook => return None,
    };
    Some((sha256.as_deref()?, size?))
}

/// The files of a kind that have been made.
pub fn files(row: &Model) -> impl Iterator<Item = CatalogueFileOut> + '_ {
    [Form::Csv, Form::JsonLines].into_iter().filter_map(move |form| {
        let (sha256, size) = stored(row, form)?;
        Some(CatalogueFileOut {
            kind: row.listing_kind,
            media_type: form.media_type(),
            url: format!("/api/v1/catalogue/{}.{}", row.listing_kind, form.extension()),
            rows: row.rows?,
            size,
            sha256: sha256.to_owned(),
            made_at: row.made_at?.into(),
            position: Position(row.position?),
        })
    })
}
