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
    rows.map(|rows| {
        let mut lines = Vec::new();
        for row in rows? {
            serde_json::to_writer(&mut lines, &row).map_err(AppError::internal)?;
            lines.push(b'\n');
        }
        Ok(lines.into())
    })
}

/// A line of names, then a line for each row.
pub fn csv<T: Serialize>(
    rows: impl Stream<Item = Result<Vec<T>>>,
    columns: Arc<[Column]>,
) -> impl Stream<Item = Result<Bytes>> {
    let names: Vec<String> = columns.iter().map(Column::name).collect();
    let head = line(|writer| writer.write_record(&names)).map(|line| {
        let mut head = BYTE_ORDER_MARK.as_bytes().to_vec();
        head.extend(line);
        Bytes::from(head)
    });
    let lines = rows.map(move |rows| {
        let rows = record::records(&rows?)?;
        let write = |writer: &mut csv::Writer<Vec<u8>>| {
            rows.iter()
                .try_for_each(|row| writer.write_record(columns.iter().map(|column| cell(row, column))))
        };
        line(write).map(Bytes::from)
    });
    stream::iter([head]).chain(lines)
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
