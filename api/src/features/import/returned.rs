//! The file of an import with what became of its rows: a copy with two more columns, in which a clerk
//! repairs what was wrong and which is then imported again. What the copy adds is left out when it is read
//! (`table/layout.rs`), so a row that nobody touched is the same as before.

use std::{
    collections::VecDeque,
    fs::File,
    io::{Seek, SeekFrom, Write},
    sync::Arc,
};

use rust_xlsxwriter::{ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};
use serde_json::Value;
use techmart_entity::{
    import::{
        ImportFormat, Model, RowOutcome,
        row::{self, RowNote},
    },
    listing::ListingKind,
    value::code_list::Coded,
};
use tokio::sync::mpsc;

use super::{
    mapping::{Column, excerpt, translation::SourceMapping},
    repo, service, source,
    table::{
        Choice, Placed,
        cell::{Cell, could_be_formula},
        layout::{Layout, Place, What},
        stream::Rows,
    },
    template,
};
use crate::{
    error::{AppError, Code, Language, Result},
    say,
    state::State,
};

/// The headings of what is added.
pub const RESULT_HEADINGS: [&str; 2] = ["结果 Result", "问题 Problem"];

/// Results that are read at once.
const PAGE: u64 = 500;
/// The most characters of a row's problems.
const PROBLEM: usize = 2000;
/// The most values that a hint names.
const HINTED: usize = 20;

/// A row of the copy, with what became of it.
struct Written {
    placed: Placed,
    verdict: Option<Verdict>,
}

struct Verdict {
    outcome: RowOutcome,
    words: String,
    problems: String,
    /// The columns that the problems are about: as the file names them, and what they are. A column that is
    /// lacking in the row is told of by the service's own name.
    columns: Vec<(String, Option<Column>)>,
}

/// Writes the copy into a file of its own, which stands at its beginning.
///
/// # Errors
/// 404 when the import was not of a table; 503 when the file store does not answer.
pub async fn copy(state: &State, import: &Model, format: ImportFormat, language: Language) -> Result<File> {
    match import.format {
        ImportFormat::Csv | ImportFormat::Xlsx => {}
        ImportFormat::JsonLines => {
            let id = import.id;
            return Err(AppError::new(
                Code::NotFound,
                say!(
                    "该导入不是表格；请用 /imports/{id}/rows 读取结果。",
                    "That import was not of a table; read its results from /imports/{id}/rows."
                ),
            ));
        }
    }
    let file = service::fetch(state, &import.file_key).await.map_err(unavailable)?;
    let mapping = service::mapping(state, import.source_system.as_deref()).await?;
    let choice = Choice { sheet: import.sheet.clone(), kind: import.kind };
    let mut rows = Rows::of(file, import.format, choice, source::names(Arc::clone(&mapping)));
    let (send, receive) = mpsc::channel::<Written>(32);
    let writing = tokio::task::spawn_blocking(move || match format {
        ImportFormat::Xlsx => write_workbook(receive).map_err(AppError::internal),
        ImportFormat::Csv | ImportFormat::JsonLines => write_csv(receive).map_err(AppError::internal),
    });
    let mut results = Results { import, state, waiting: VecDeque::new(), after: None, ended: false };
    while let Some(placed) = rows.next().await.map_err(AppError::internal)? {
        let verdict = match &placed.what {
            What::Row { members, .. } => {
                let kind = members.get("kind").and_then(Value::as_str).and_then(|kind| kind.parse().ok());
                let found = results.of(placed.grid.number).await?;
                found.map(|row| Verdict::of(&row, import.dry_run, kind, &mapping, language))
            }
            What::Above | What::Heading | What::Blank | What::Example => None,
        };
        if send.send(Written { placed, verdict }).await.is_err() {
            break;
        }
    }
    drop(send);
    writing.await.map_err(AppError::internal)?
}

fn unavailable(error: crate::files::FileError) -> AppError {
    AppError::unavailable(Code::Unavailable, error)
}

/// The results in the order of the file, a page at a time.
struct Results<'a> {
    import: &'a Model,
    state: &'a State,
    waiting: VecDeque<row::Model>,
    after: Option<i64>,
    ended: bool,
}

impl Results<'_> {
    async fn of(&mut self, line: i64) -> Result<Option<row::Model>> {
        loop {
            while let Some(first) = self.waiting.front() {
                if first.line > line {
                    return Ok(None);
                }
                let row = self.waiting.pop_front();
                if row.as_ref().is_some_and(|row| row.line == line) {
                    return Ok(row);
                }
            }
            if self.ended {
                return Ok(None);
            }
            let page = repo::rows(self.state.db.read(), self.import.id, None, self.after, PAGE).await?;
            self.ended = page.is_empty();
            self.after = page.last().map(|row| row.line).or(self.after);
            self.waiting.extend(page);
        }
    }
}

impl Verdict {
    fn of(
        row: &row::Model,
        dry_run: bool,
        kind: Option<ListingKind>,
        mapping: &SourceMapping,
        language: Language,
    ) -> Self {
        let label = match language {
            Language::Zh => row.outcome.label_zh(),
            Language::En => row.outcome.label_en(),
        };
        let words = match (dry_run, language) {
            (false, _) => label.to_owned(),
            (true, Language::Zh) => format!("试运行：{label}"),
            (true, Language::En) => format!("dry run: {label}"),
        };
        let choices_of = |column: &str| template::choices(kind?, mapping.column(column)?);
        let problems: Vec<String> =
            row.notes.0.iter().map(|note| problem(note, choices_of, language)).collect();
        Self {
            outcome: row.outcome,
            words,
            problems: excerpt(&problems.join("\n"), PROBLEM),
            columns: row
                .notes
                .0
                .iter()
                .filter_map(|note| note.column.clone())
                .map(|name| (name.clone(), mapping.column(&name)))
                .collect(),
        }
    }
}

impl Verdict {
    /// Whether a problem is about that column.
    fn names(&self, place: &Place) -> bool {
        match place {
            Place::Result => false,
            Place::Named { name, column } => {
                self.columns.iter().any(|(named, of)| named == name || (column.is_some() && of == column))
            }
        }
    }
}

/// What is wrong in a column, and what would be right there.
fn problem(note: &RowNote, choices_of: impl Fn(&str) -> Option<Vec<String>>, language: Language) -> String {
    let choices = note.column.as_deref().and_then(choices_of);
    let hint = choices.filter(|choices| choices.len() <= HINTED).map(|choices| choices.join("、"));
    let place = note.column.as_ref().map(|name| format!("{name}：")).unwrap_or_default();
    match (language, hint) {
        (Language::Zh, None) => format!("{place}{}", note.zh),
        (Language::Zh, Some(hint)) => format!("{place}{} 可填：{hint}。", note.zh),
        (Language::En, None) => format!("{place}{}", note.en),
        (Language::En, Some(hint)) => format!("{place}{} One of: {hint}.", note.en),
    }
}

/// The cells of a row without those of an earlier result, by their places in the copy.
fn own_cells(placed: &Placed) -> impl Iterator<Item = (usize, &Cell, Option<&Place>)> {
    let layout = &placed.layout;
    let kept = |at: usize| !matches!(layout.places.get(at), Some(Place::Result));
    let width = layout.width();
    let own_width = own_width(layout);
    let mut next = 0;
    placed.grid.cells.iter().enumerate().filter(move |(at, _)| kept(*at)).map(move |(at, cell)| {
        // What stands to the right of all headings moves beyond the results.
        let to = if at < width { next } else { own_width + RESULT_HEADINGS.len() + at - width };
        next += 1;
        (to, cell, layout.places.get(at))
    })
}

fn own_width(layout: &Layout) -> usize {
    layout.places.iter().filter(|place| matches!(place, Place::Named { .. })).count()
}

struct Looks {
    heading: Format,
    day: Format,
    moment: Format,
    wrong: Format,
    doubtful: Format,
    text: Format,
}

fn write_workbook(mut rows: mpsc::Receiver<Written>) -> std::result::Result<File, XlsxError> {
    let wrapped = || Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let looks = Looks {
        heading: Format::new().set_bold().set_background_color("#E8EEF4").set_text_wrap(),
        day: Format::new().set_num_format("yyyy-mm-dd"),
        moment: Format::new().set_num_format("yyyy-mm-dd hh:mm"),
        wrong: wrapped().set_background_color("#F8CBAD"),
        doubtful: wrapped().set_background_color("#FFF2CC"),
        text: wrapped(),
    };
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory()?;
    let mut layout = None;
    let mut kind = None;
    let mut last = 0;
    while let Some(written) = rows.blocking_recv() {
        if layout.is_none() {
            let found = written.placed.layout.clone();
            sheet.set_name(match found.kind {
                Some(kind) => template::sheet_name(kind),
                None => "数据",
            })?;
            kind = found.kind;
            layout = Some(found);
        }
        last = u32::try_from(written.placed.grid.number).unwrap_or(u32::MAX);
        write_row(sheet, &looks, &written)?;
    }
    if let Some(layout) = layout {
        let results = column(own_width(&layout));
        sheet.set_column_range_width(0, results.saturating_sub(1), 18)?;
        sheet.set_column_width(results, 12)?;
        sheet.set_column_width(results + 1, 70)?;
        sheet.set_freeze_panes(u32::try_from(layout.rows.1).unwrap_or(1), 0)?;
        if let Some(kind) = kind {
            let own = layout.places.iter().filter_map(|place| match place {
                Place::Named { column, .. } => Some(*column),
                Place::Result => None,
            });
            let rows = (u32::try_from(layout.rows.1).unwrap_or(1), last.max(1));
            template::drop_downs(&mut book, kind, &own.collect::<Vec<_>>(), rows)?;
        }
    }
    let mut file = tempfile::tempfile()?;
    book.save_to_writer(&mut file)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

fn column(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

fn write_row(sheet: &mut Worksheet, looks: &Looks, written: &Written) -> std::result::Result<(), XlsxError> {
    let Written { placed, verdict } = written;
    let row = u32::try_from(placed.grid.number.saturating_sub(1)).unwrap_or(u32::MAX);
    let mark = verdict.as_ref().map(|verdict| match verdict.outcome {
        RowOutcome::Refused => &looks.wrong,
        RowOutcome::Made | RowOutcome::Changed | RowOutcome::Same => {
            if verdict.problems.is_empty() {
                &looks.text
            } else {
                &looks.doubtful
            }
        }
    });
    for (at, cell, place) in own_cells(placed) {
        let is_named = verdict.as_ref().zip(place).is_some_and(|(verdict, place)| verdict.names(place));
        let format = match (&placed.what, mark) {
            (What::Heading, _) => Some(&looks.heading),
            (_, Some(mark)) if is_named => Some(mark),
            _ => None,
        };
        write_cell(sheet, looks, (row, column(at)), cell, format)?;
    }
    let results = column(own_width(&placed.layout));
    match (&placed.what, verdict, mark) {
        (What::Heading, _, _) if placed.grid.number == placed.layout.rows.0 => {
            for (heading, at) in RESULT_HEADINGS.iter().zip(results..) {
                sheet.write_string_with_format(row, at, *heading, &looks.heading)?;
            }
        }
        (_, Some(verdict), Some(mark)) => {
            sheet.write_string_with_format(row, results, &verdict.words, mark)?;
            sheet.write_string_with_format(row, results + 1, &verdict.problems, mark)?;
        }
        _ => {}
    }
    Ok(())
}

fn write_cell(
    sheet: &mut Worksheet,
    looks: &Looks,
    (row, column): (u32, u16),
    cell: &Cell,
    format: Option<&Format>,
) -> std::result::Result<(), XlsxError> {
    let plain = Format::default();
    let format = format.unwrap_or(&plain);
    match cell {
        Cell::Empty => {
            // An empty cell that something is wrong about is marked all the same.
            if *format != plain {
                sheet.write_blank(row, column, format)?;
            }
        }
        // What a cell holds can be no longer, so this cuts texts of other files alone.
        Cell::Text(text) => {
            sheet.write_string_with_format(row, column, fitting(text), format)?;
        }
        Cell::Error(text) => {
            sheet.write_string_with_format(row, column, text, format)?;
        }
        Cell::Number(number) => {
            sheet.write_number_with_format(row, column, *number, format)?;
        }
        Cell::Bool(yes) => {
            sheet.write_boolean_with_format(row, column, *yes, format)?;
        }
        Cell::Moment { day: (year, month, day), time: (hour, minute, second) } => {
            let moment = ExcelDateTime::from_ymd(*year, *month, *day)
                .and_then(|at| at.and_hms(u16::from(*hour), *minute, f64::from(*second)));
            let has_time = (*hour, *minute, *second) != (0, 0, 0);
            match moment {
                Ok(moment) => {
                    let format = if has_time { &looks.moment } else { &looks.day };
                    sheet.write_datetime_with_format(row, column, &moment, format)?;
                }
                Err(_) => {
                    sheet.write_string_with_format(row, column, cell.text(), format)?;
                }
            }
        }
    }
    Ok(())
}

/// The beginning of a text that fits into a cell, which counts as UTF-16 does.
fn fitting(text: &str) -> String {
    let mut room = 32_767_usize;
    text.chars()
        .take_while(|c| {
            let fits = c.len_utf16() <= room;
            room = room.saturating_sub(c.len_utf16());
            fits
        })
        .collect()
}

fn write_csv(mut rows: mpsc::Receiver<Written>) -> std::io::Result<File> {
    let mut file = tempfile::tempfile()?;
    // Office programs know UTF-8 by its mark alone.
    file.write_all("\u{FEFF}".as_bytes())?;
    let mut out = csv::WriterBuilder::new().flexible(true).from_writer(std::io::BufWriter::new(file));
    while let Some(Written { placed, verdict }) = rows.blocking_recv() {
        let mut record = vec![String::new(); own_width(&placed.layout) + RESULT_HEADINGS.len()];
        for (at, cell, _) in own_cells(&placed) {
            if record.len() <= at {
                record.resize(at + 1, String::new());
            }
            if let Some(place) = record.get_mut(at) {
                *place = quoted(cell.text());
            }
        }
        let results = match (&placed.what, verdict) {
            (What::Heading, _) if placed.grid.number == placed.layout.rows.0 => {
                RESULT_HEADINGS.map(str::to_owned)
            }
            (_, Some(verdict)) => [verdict.words, verdict.problems],
            _ => [String::new(), String::new()],
        };
        for (place, result) in record.iter_mut().skip(own_width(&placed.layout)).zip(results) {
            *place = result;
        }
        out.write_record(&record)?;
    }
    let mut file = out
        .into_inner()
        .map_err(|error| error.into_error())?
        .into_inner()
        .map_err(|error| error.into_error())?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

/// A text that no program takes for a formula; reading takes the apostrophe off again.
fn quoted(text: String) -> String {
    if could_be_formula(&text) { format!("'{text}") } else { text }
}
