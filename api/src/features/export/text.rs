//! Lists as text: CSV and JSON Lines.

use std::sync::Arc;

use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt, stream};
use serde::Serialize;
use serde_json::Value;

use super::{
    column::Column,
    record::{self, Node},
};
use crate::error::{AppError, Result};

/// Spreadsheets take a file that begins with it for UTF-8, and for the encoding of their country otherwise.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// One object a line.
pub fn json_lines<T: Serialize>(
    rows: impl Stream<Item = Result<Vec<T>>>,
) -> impl Stream<Item = Result<Bytes>> {
    rows.map(|rows| some_json_lines(&rows?).map(Bytes::from))
}

/// Some of the lines.
///
/// # Errors
/// 500 when a row cannot be written.
pub fn some_json_lines<T: Serialize>(rows: &[T]) -> Result<Vec<u8>> {
    let mut lines = Vec::new();
    for row in rows {
        serde_json::to_writer(&mut lines, row).map_err(AppError::internal)?;
        lines.push(b'\n');
    }
    Ok(lines)
}

/// A line of names, then a line for each row.
pub fn csv<T: Serialize>(
    rows: impl Stream<Item = Result<Vec<T>>>,
    columns: Arc<[Column]>,
) -> impl Stream<Item = Result<Bytes>> {
    let head = csv_head(&columns).map(Bytes::from);
    let lines = rows.map(move |rows| some_csv(&record::records(&rows?)?, &columns).map(Bytes::from));
    stream::iter([head]).chain(lines)
}

/// The line of names.
///
/// # Errors
/// 500 when it cannot be written.
pub fn csv_head(columns: &[Column]) -> Result<Vec<u8>> {
    let names = line(|writer| writer.write_record(columns.iter().map(Column::name)))?;
    Ok([BYTE_ORDER_MARK.as_bytes(), names.as_slice()].concat())
}

/// Some of the lines after it.
///
/// # Errors
/// 500 when they cannot be written.
pub fn some_csv(rows: &[Node], columns: &[Column]) -> Result<Vec<u8>> {
    line(|writer| {
        rows.iter().try_for_each(|row| writer.write_record(columns.iter().map(|column| cell(row, column))))
    })
}

fn line(write: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> csv::Result<()>) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    write(&mut writer).map_err(AppError::internal)?;
    writer.into_inner().map_err(AppError::internal)
}

fn cell(row: &Node, column: &Column) -> String {
    match row.at(&column.path) {
        Value::Null => String::new(),
        Value::String(text) => harmless(text),
        Value::Array(items) if items.iter().all(|item| item.is_string()) => {
            harmless(&items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "))
        }
        other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => other.to_string(),
    }
}

/// A text that no spreadsheet takes for a formula: an apostrophe goes before what would begin one (OWASP, CSV
/// injection). JSON Lines have it as it was written.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
