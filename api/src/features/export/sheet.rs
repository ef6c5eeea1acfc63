//! A list as a workbook, for people: headings and labels in their language, times of Shanghai, yuan.

use std::sync::Arc;

use actix_web::web::Bytes;
use chrono::DateTime;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::io::ReaderStream;

use super::{
    column::{Column, Kind},
    headings,
    record::{self, Node},
};
use crate::{
    clock,
    error::{AppError, Language, Result},
    features::code_list,
};

/// A sheet has no more rows; a longer list goes on in another one.
const ROWS_OF_A_SHEET: u32 = 1_048_576;
/// A cell has no more characters.
const LONGEST: usize = 32_767;

/// The workbook, written while the list is read and sent when it is whole.
pub fn workbook<T: Serialize + 'static>(
    rows: impl Stream<Item = Result<Vec<T>>>,
    columns: Arc<[Column]>,
    language: Language,
) -> impl Stream<Item = Result<Bytes>> {
    let whole = async move {
        // Two portions on the way: reading waits for writing.
        let (sender, receiver) = mpsc::channel(2);
        let writing = tokio::task::spawn_blocking(move || write(receiver, &columns, language));
        let mut rows = std::pin::pin!(rows);
        while let Some(portion) = rows.next().await {
            // Nobody takes it any more when writing failed, which is told below.
            if sender.send(record::records(&portion?)?).await.is_err() {
                break;
            }
        }
        drop(sender);
        let file = writing.await.map_err(AppError::internal)?.map_err(AppError::internal)?;
        let file = tokio::fs::File::from_std(file);
        Ok::<_, AppError>(ReaderStream::with_capacity(file, 64 * 1024).map_err(AppError::internal))
    };
    stream::once(whole).try_flatten()
}

fn write(
    mut rows: mpsc::Receiver<Vec<Node>>,
    columns: &[Column],
    language: Language,
) -> std::result::Result<std::fs::File, XlsxError> {
    let mut book = Workbook::new();
    let formats = Formats::new();
    let mut sheet = begin(&mut book, columns, language, &formats)?;
    let mut line = 1;
    while let Some(portion) = rows.blocking_recv() {
        for row in portion {
            if line == ROWS_OF_A_SHEET {
                sheet = begin(&mut book, columns, language, &formats)?;
                line = 1;
            }
            for (place, column) in (0..).zip(columns) {
                cell(sheet, line, place, row.at(&column.path), column.kind, language, &formats)?;
            }
            line += 1;
        }
    }
    let mut file = tempfile::tempfile()?;
    book.save_to_writer(&mut file)?;
    std::io::Seek::rewind(&mut file)?;
    Ok(file)
}

struct Formats {
    heading: Format,
    instant: Format,
    day: Format,
    money: Format,
}

impl Formats {
    fn new() -> Self {
        Self {
            heading: Format::new().set_bold().set_text_wrap(),
            instant: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            money: Format::new().set_num_format("#,##0.00"),
        }
    }
}

/// A new sheet with its headings. Its rows do not stay in memory.
fn begin<'a>(
    book: &'a mut Workbook,
    columns: &[Column],
    language: Language,
    formats: &Formats,
) -> std::result::Result<&'a mut Worksheet, XlsxError> {
    let sheet = book.add_worksheet_with_constant_memory()?;
    sheet.set_freeze_panes(1, 0)?;
    for (place, column) in (0..).zip(columns) {
        sheet.set_column_width(place, width(column.kind))?;
        sheet.write_string_with_format(0, place, headings::of(column, language), &formats.heading)?;
    }
    Ok(sheet)
}

const fn width(kind: Kind) -> f64 {
    match kind {
        Kind::Text | Kind::Json => 28.0,
        Kind::Instant => 20.0,
        Kind::Money => 16.0,
        Kind::Code(_) => 14.0,
        Kind::Number | Kind::Day | Kind::Bool => 11.0,
    }
}

fn cell(
    sheet: &mut Worksheet,
    line: u32,
    place: u16,
    value: &Value,
    kind: Kind,
    language: Language,
    formats: &Formats,
) -> std::result::Result<(), XlsxError> {
    match (kind, value) {
        (_, Value::Null) => {}
        (Kind::Money, Value::Number(fen)) => {
            sheet.write_number_with_format(
                line,
                place,
                fen.as_f64().unwrap_or_default() / 100.0,
                &formats.money,
            )?;
        }
        (_, Value::Number(number)) => {
            sheet.write_number(line, place, number.as_f64().unwrap_or_default())?;
        }
        (_, Value::Bool(yes)) => {
            let word = match (language, yes) {
                (Language::Zh, true) => "是",
                (Language::Zh, false) => "否",
                (Language::En, true) => "yes",
                (Language::En, false) => "no",
            };
            sheet.write_string(line, place, word)?;
        }
        (Kind::Code(list), Value::String(code)) => {
            sheet.write_string(line, place, label(list, code, language))?;
        }
        (Kind::Code(list), Value::Array(codes)) => {
            let labels = codes.iter().filter_map(Value::as_str).map(|code| label(list, code, language));
            sheet.write_string(line, place, labels.collect::<Vec<_>>().join("; "))?;
        }
        (Kind::Instant, Value::String(text)) => match DateTime::parse_from_rfc3339(text) {
            Ok(instant) => {
                let there = clock::in_shanghai(instant.to_utc());
                sheet.write_datetime_with_format(line, place, there, &formats.instant)?;
            }
            Err(_) => {
                sheet.write_string(line, place, within(text))?;
            }
        },
        (Kind::Day, Value::String(text)) => match text.parse::<chrono::NaiveDate>() {
            Ok(day) => {
                sheet.write_datetime_with_format(line, place, day, &formats.day)?;
            }
            Err(_) => {
                sheet.write_string(line, place, within(text))?;
            }
        },
        (_, Value::String(text)) => {
            sheet.write_string(line, place, within(text))?;
        }
        (_, Value::Array(items)) if items.iter().all(Value::is_string) => {
            let items = items.iter().filter_map(Value::as_str).collect::<Vec<_>>();
            sheet.write_string(line, place, within(&items.join("; ")))?;
        }
        (_, Value::Array(_) | Value::Object(_)) => {
            sheet.write_string(line, place, within(&value.to_string()))?;
        }
    }
    Ok(())
}

fn within(text: &str) -> &str {
    text.char_indices().nth(LONGEST).map_or(text, |(end, _)| &text[..end])
}

/// What people read for a code; the code itself when its list does not have it.
fn label(list: &str, code: &str, language: Language) -> String {
    let item = code_list::find(list).and_then(|ready| ready.list.items.iter().find(|item| item.code == code));
    item.map_or(code, |item| match language {
        Language::Zh => &item.zh,
        Language::En => &item.en,
    })
    .to_owned()
}
