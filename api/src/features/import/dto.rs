//! Imports on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    Instant,
    id::{AccountId, ImportId, ListingId},
    import::{
        ImportFormat, ImportStatus, Model, RowOutcome,
        row::{self, RowNote},
    },
    listing::ListingKind,
};
use utoipa::{IntoParams, ToSchema};

use crate::clock::Moment;

/// How a file is to be imported.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ImportQuery {
    /// Say what would happen and write no listing.
    pub dry_run: Option<bool>,
    /// The system that the rows come from, part of their key when they carry an id.
    #[param(min_length = 1, max_length = 100)]
    pub source_system: Option<String>,
    /// The kind of the rows that do not say theirs: in a table whose headings and sheet do not tell it.
    pub kind: Option<ListingKind>,
    /// The sheet of a workbook to read; else the first that has headings.
    #[param(min_length = 1, max_length = 31)]
    pub sheet: Option<String>,
}

/// An import and how far it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportOut {
    pub id: ImportId,
    pub status: ImportStatus,
    pub dry_run: bool,
    pub source_system: Option<String>,
    pub format: ImportFormat,
    pub kind: Option<ListingKind>,
    /// The sheet of the workbook that is read.
    pub sheet: Option<String>,
    /// What there is to tell of the file as a whole.
    pub notes: Vec<RowNote>,
    /// SHA-256 of the file.
    pub sha256: String,
    /// The last line, or row of the sheet, whose result is kept.
    pub line: i64,
    /// The number of the last line or row of the file, where it is known beforehand: `line` of `lines` is how
    /// far it is.
    pub lines: Option<i64>,
    /// Rows taken up a second, over the whole time so far; null before the first.
    pub rows_per_second: Option<f64>,
    /// Rows read so far, blank lines left out.
    pub rows: i64,
    pub made: i64,
    pub changed: i64,
    pub same: i64,
    pub refused: i64,
    /// Notes on rows that were taken.
    pub warnings: i64,
    /// Why it stopped, where it did.
    pub failure: Option<String>,
    /// Who started it; null for the command line.
    pub created_by: Option<AccountId>,
    pub created_at: Moment,
    pub finished_at: Option<Moment>,
}

impl From<Model> for ImportOut {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            status: row.status,
            dry_run: row.dry_run,
            source_system: row.source_system,
            format: row.format,
            kind: row.kind,
            sheet: row.sheet,
            notes: row.notes.0,
            sha256: row.sha256,
            line: row.line,
            lines: row.lines,
            rows_per_second: rate(row.rows, row.started_at, row.advanced_at),
            rows: row.rows,
            made: row.made,
            changed: row.changed,
            same: row.same,
            refused: row.refused,
            warnings: row.warnings,
            failure: row.failure,
            created_by: row.created_by,
            created_at: row.created_at.into(),
            finished_at: row.finished_at.map(Into::into),
        }
    }
}

/// Rows a second, with one decimal.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "rows and milliseconds are far below 2^52")]
pub fn rate(rows: i64, started: Option<Instant>, advanced: Option<Instant>) -> Option<f64> {
    let ms = (advanced? - started?).num_milliseconds();
    (ms > 0).then(|| (rows as f64 * 10_000.0 / ms as f64).round() / 10.0)
}

/// The bytes of a table.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct TableBytes(pub Vec<u8>);

/// What became of a row.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportRowOut {
    /// The line in the file, from 1.
    pub line: i64,
    pub outcome: RowOutcome,
    /// The listing; null for a refused row, and where a dry run would make one.
    pub listing_id: Option<ListingId>,
    /// Why it was refused, or what was not understood, by column.
    pub notes: Vec<RowNote>,
    /// The line as it was read, where no listing keeps it.
    pub raw: Option<String>,
}

impl From<row::Model> for ImportRowOut {
    fn from(row: row::Model) -> Self {
        Self {
            line: row.line,
            outcome: row.outcome,
            listing_id: row.listing_id,
            notes: row.notes.0,
            raw: row.raw,
        }
    }
}

/// A page of imports.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ImportsQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
}

/// A page of rows.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ImportRowsQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Only rows that ended so.
    pub outcome: Option<RowOutcome>,
}
