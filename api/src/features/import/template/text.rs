//! The template as a file of separated values.

use techmart_entity::listing::ListingKind;

use super::columns::{Heading, headings};
use crate::error::{AppError, Result};

/// Makes it, in UTF-8 with its mark, by which office programs know it.
///
/// # Errors
/// None that a list of ours gives.
pub fn csv(kind: ListingKind) -> Result<Vec<u8>> {
    let headings = headings(kind);
    let mut out = csv::Writer::from_writer("\u{FEFF}".as_bytes().to_vec());
    let rows: [Vec<String>; 3] = [
        headings.iter().map(Heading::title).collect(),
        headings.iter().map(|heading| heading.column.name().to_owned()).collect(),
        headings.iter().map(|heading| heading.example.to_owned()).collect(),
    ];
    for row in rows {
        out.write_record(row).map_err(AppError::internal)?;
    }
    out.into_inner().map_err(|error| AppError::internal(error.into_error()))
}
