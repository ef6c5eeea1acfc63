//! Workbooks. A workbook is an archive, and a small one can hold a great deal: it is measured by unpacking
//! it into nothing before any of it is kept.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    ops::ControlFlow,
};

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use super::{
    COLUMNS, GridRow, HEADING_ROWS, Known, Overview, TableError,
    cell::Cell,
    checked,
    layout::{Layout, no_headings},
    too_many_columns,
};
use crate::{
    features::import::{mapping::note, template::GUIDE_SHEET},
    say,
};

/// The most bytes of a workbook unpacked.
const UNPACKED: u64 = 768 * 1024 * 1024;
/// The most bytes of its table of texts, which is held in memory.
const TEXTS: u64 = 96 * 1024 * 1024;
/// The most texts in it.
const TEXT_COUNT: u64 = 2_000_000;
/// The most bytes of any other part that is held in memory.
const PART: u64 = 16 * 1024 * 1024;
/// The most parts.
const PARTS: usize = 5_000;

/// A workbook that is read.
pub type Book = Xlsx<BufReader<File>>;

fn too_large() -> TableError {
    let (all, texts) = (UNPACKED / 1024 / 1024, TEXTS / 1024 / 1024);
    TableError::unfit(
        "too_large_unpacked",
        say!(
            "工作簿解压后过大（全部最多 {all} MiB，文字最多 {texts} MiB）；请分成几个文件，或存为 CSV。",
            "The workbook is too large unpacked ({all} MiB in all, {texts} MiB of texts); send it in parts, or as CSV."
        ),
    )
}

fn unreadable(error: impl std::fmt::Display) -> TableError {
    tracing::debug!(%error, "a workbook cannot be read");
    TableError::unfit(
        "no_workbook",
        say!(
            "不是有效的 Excel 工作簿（.xlsx）；旧格式 .xls 或加密文件请另存为 .xlsx。",
            "It is no workbook (.xlsx) that can be read; save one of the old format (.xls), or a locked one, as .xlsx."
        ),
    )
}

fn of_book(error: XlsxError) -> TableError {
    match error {
        XlsxError::Io(error) => error.into(),
        other => unreadable(other),
    }
}

/// Unpacks every part and keeps none, so that what the archive says of its sizes need not be believed.
fn measure(file: &mut File) -> Result<(), TableError> {
    file.seek(SeekFrom::Start(0))?;
    let mut archive = zip::ZipArchive::new(BufReader::new(file.try_clone()?)).map_err(unreadable)?;
    if archive.len() > PARTS {
        return Err(too_large());
    }
    let mut left = UNPACKED;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(unreadable)?;
        let name = part.name().map_err(unreadable)?.to_ascii_lowercase();
        let is_text = name.ends_with("sharedstrings.xml");
        let limit = if is_text {
            TEXTS
        } else if name.contains("worksheets/") || name.contains("media/") {
            UNPACKED
        } else {
            PART
        };
        let limit = limit.min(left);
        let mut counter = Counter { texts: is_text, ..Counter::default() };
        let size = io::copy(&mut (&mut part).take(limit + 1), &mut counter).map_err(unreadable)?;
        if size > limit || counter.most > TEXT_COUNT {
            return Err(too_large());
        }
        left -= size;
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(())
}

/// Reads what a table of texts says of its length: room for so many is made before the first is read.
#[derive(Default)]
struct Counter {
    texts: bool,
    /// The end of the bytes before, in which the words may begin.
    tail: Vec<u8>,
    most: u64,
}

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.texts {
            self.tail.extend_from_slice(bytes);
            const WORDS: &[u8] = b"uniqueCount";
            let found = self.tail.windows(WORDS.len()).enumerate().filter(|(_, window)| *window == WORDS);
            for (at, _) in found {
                let digits = self.tail.iter().skip(at + WORDS.len()).take(48);
                let digits = digits
                    .skip_while(|byte| matches!(byte, b'=' | b'"' | b'\'' | b' ' | b'\n' | b'\t' | b'\r'));
                let count = digits
                    .take_while(|byte| byte.is_ascii_digit())
                    .fold(0_u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0')));
                self.most = self.most.max(count);
            }
            let keep = self.tail.len().saturating_sub(64);
            self.tail.drain(..keep);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Opens a workbook, once it is measured.
pub fn open(file: &mut File) -> Result<Book, TableError> {
    measure(file)?;
    Xlsx::new(BufReader::new(file.try_clone()?)).map_err(of_book)
}

/// The names of the sheets that people see, but for the one with our instructions.
fn sheets(book: &Book) -> Vec<String> {
    let of_rows = |sheet: &&calamine::Sheet| match (sheet.typ, sheet.visible) {
        (SheetType::WorkSheet, SheetVisible::Visible) => sheet.name != GUIDE_SHEET,
        (
            SheetType::WorkSheet
            | SheetType::DialogSheet
            | SheetType::MacroSheet
            | SheetType::ChartSheet
            | SheetType::Vba,
            SheetVisible::Visible | SheetVisible::Hidden | SheetVisible::VeryHidden,
        ) => false,
    };
    book.sheets_metadata().iter().filter(of_rows).map(|sheet| sheet.name.clone()).collect()
}

/// Looks at a workbook: which of its sheets is read, and where its headings are.
pub fn look(book: &mut Book, wanted: Option<&str>, known: Known<'_>) -> Result<Overview, TableError> {
    let names = sheets(book);
    let there = names.join("、");
    let candidates: Vec<String> = match wanted {
        None => names.clone(),
        Some(wanted) => names.iter().filter(|name| *name == wanted).cloned().collect(),
    };
    if candidates.is_empty() {
        return Err(TableError::unfit(
            "no_sheet",
            say!("没有这个工作表；现有：{there}。", "There is no such sheet; there are: {there}."),
        ));
    }
    let mut seen = Vec::new();
    let mut read: Option<Overview> = None;
    let mut left = Vec::new();
    for name in candidates {
        let (rows, lines) = first_rows(book, &name)?;
        match (read.is_some(), Layout::find(&rows, known)) {
            (false, Some(layout)) => {
                read = Some(Overview {
                    layout: layout.on_sheet(&name),
                    sheet: Some(name),
                    lines,
                    notes: Vec::new(),
                });
            }
            (true, Some(_)) => left.push(name),
            (_, None) if seen.is_empty() => seen = rows,
            (_, None) => {}
        }
    }
    let Some(mut read) = read else { return Err(no_headings(&seen)) };
    if !left.is_empty() {
        let (name, left) = (read.sheet.clone().unwrap_or_default(), left.join("、"));
        read.notes.push(note(
            None,
            "other_sheets",
            say!(
                "只读取工作表“{name}”；未读取：{left}。请用 sheet 参数逐个导入。",
                "The sheet “{name}” alone is read; left out: {left}. Import each by the parameter sheet."
            ),
        ));
    }
    Ok(read)
}

fn first_rows(book: &mut Book, name: &str) -> Result<(Vec<GridRow>, Option<i64>), TableError> {
    let mut rows = Vec::new();
    let lines = walk(book, name, &mut |row| {
        rows.push(row);
        if rows.len() < HEADING_ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok((rows, lines))
}

/// Gives the rows that have cells, and the number of the last row as the sheet tells it.
pub fn walk(
    book: &mut Book,
    sheet: &str,
    each: &mut dyn FnMut(GridRow) -> ControlFlow<()>,
) -> Result<Option<i64>, TableError> {
    let mut reader = match book.worksheet_cells_reader(sheet) {
        Ok(reader) => reader,
        Err(XlsxError::NotAWorksheet(_)) => return Ok(None),
        Err(error) => return Err(of_book(error)),
    };
    let last = reader.dimensions().end.0;
    let lines = (last > 0).then(|| i64::from(last) + 1);
    let mut number = 0;
    let mut cells: Vec<Cell> = Vec::new();
    while let Some(found) = reader.next_cell().map_err(of_book)? {
        let cell = cell(found.get_value());
        if cell == Cell::Empty {
            continue;
        }
        let (row, column) = found.get_position();
        let (row, column) = (i64::from(row) + 1, usize::try_from(column).unwrap_or(usize::MAX));
        if row != number {
            if !cells.is_empty() && each(checked(number, std::mem::take(&mut cells))).is_break() {
                return Ok(lines);
            }
            // A row that stands above the one before would be taken for another import's.
            if row < number {
                return Err(unreadable("rows out of order"));
            }
            number = row;
        }
        if column >= COLUMNS {
            if cell.is_blank() {
                continue;
            }
            return Err(too_many_columns());
        }
        if cells.len() <= column {
            cells.resize(column + 1, Cell::Empty);
        }
        if let Some(place) = cells.get_mut(column) {
            *place = cell;
        }
    }
    if !cells.is_empty() {
        let _ = each(checked(number, cells));
    }
    Ok(lines)
}

fn cell(value: &DataRef<'_>) -> Cell {
    let text = |text: &str| if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) };
    match value {
        DataRef::Empty => Cell::Empty,
        #[expect(clippy::cast_precision_loss, reason = "a sheet keeps fifteen digits")]
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(string) => text(string),
        DataRef::SharedString(string) => text(string),
        DataRef::Bool(yes) => Cell::Bool(*yes),
        DataRef::DateTime(at) if at.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            Cell::Moment { day: (year, month, day), time: (hour, minute, second) }
        }
        DataRef::DateTime(duration) => Cell::Number(duration.as_f64()),
        DataRef::DateTimeIso(iso) | DataRef::DurationIso(iso) => text(iso),
        DataRef::Error(error) => Cell::Error(error.to_string()),
    }
}
