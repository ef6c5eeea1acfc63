//! Files of separated values, whatever separates them.

use std::{
    fs::File,
    io::{Cursor, Read, Seek, SeekFrom},
    ops::ControlFlow,
};

use encoding_rs::Encoding;

use super::{
    COLUMNS, GridRow, HEADING_ROWS, Known, Overview, TableError,
    cell::{Cell, could_be_formula},
    checked,
    encoding::{Decoded, candidates},
    layout::{Layout, no_headings},
    too_many_columns,
};

const SEPARATORS: [u8; 3] = *b",;\t";
/// Text in which the headings have to be.
const SAMPLE: u64 = 256 * 1024;

/// How a file is written, and where its headings are.
pub struct Manner {
    encoding: &'static Encoding,
    separator: u8,
    pub layout: Layout,
}

/// The encoding and the separator by which the most headings are known.
pub fn manner(file: &mut File, known: Known<'_>) -> Result<Manner, TableError> {
    let mut seen = Vec::new();
    for encoding in candidates(file)? {
        let mut sample = Vec::new();
        Decoded::of(file.try_clone()?, encoding)?.take(SAMPLE).read_to_end(&mut sample)?;
        let mut best: Option<Manner> = None;
        for separator in SEPARATORS {
            let rows = first_rows(&sample, separator)?;
            if let Some(layout) = Layout::find(&rows, known)
                && best.as_ref().is_none_or(|best| layout.known_columns() > best.layout.known_columns())
            {
                best = Some(Manner { encoding, separator, layout });
            }
            if seen.is_empty() {
                seen = rows;
            }
        }
        if let Some(best) = best {
            return Ok(best);
        }
    }
    Err(no_headings(&seen))
}

fn reader<R: Read>(inner: R, separator: u8) -> csv::Reader<R> {
    csv::ReaderBuilder::new().delimiter(separator).flexible(true).has_headers(false).from_reader(inner)
}

fn first_rows(sample: &[u8], separator: u8) -> Result<Vec<GridRow>, TableError> {
    let mut rows = Vec::new();
    // The sample may end inside a character.
    let text = String::from_utf8_lossy(sample);
    let mut reader = reader(Cursor::new(text.as_bytes()), separator);
    let mut record = csv::StringRecord::new();
    while rows.len() < HEADING_ROWS && reader.read_record(&mut record).map_err(broken)? {
        rows.push(row(&record));
    }
    Ok(rows)
}

fn row(record: &csv::StringRecord) -> GridRow {
    let number = record.position().map_or(0, |position| i64::try_from(position.line()).unwrap_or(i64::MAX));
    let cells = record.iter().map(|text| match text {
        "" => Cell::Empty,
        text => Cell::Text(unquoted(text).to_owned()),
    });
    checked(number, cells.collect())
}

/// A text without the apostrophe that keeps it from being a formula.
fn unquoted(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| could_be_formula(rest)).unwrap_or(text)
}

fn broken(error: csv::Error) -> TableError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        // Rows of any length are taken, and what is read is UTF-8 by then.
        other => TableError::Io(std::io::Error::other(format!("{other:?}"))),
    }
}

/// What a first look says.
pub fn look(file: &mut File, manner: &Manner) -> Result<Overview, TableError> {
    let layout = manner.layout.clone();
    if layout.width() > COLUMNS {
        return Err(too_many_columns());
    }
    Ok(Overview { sheet: None, lines: Some(lines(file)?), layout, notes: Vec::new() })
}

/// The number of its last line. In UTF-16 the byte of a line feed can be half of something else, so there
/// it is only about right.
fn lines(file: &mut File) -> Result<i64, TableError> {
    file.seek(SeekFrom::Start(0))?;
    let mut buffer = vec![0_u8; 64 * 1024];
    let (mut feeds, mut returns, mut ends_open) = (0_i64, 0_i64, false);
    loop {
        let n = file.read(&mut buffer)?;
        let bytes = buffer.get(..n).unwrap_or_default();
        let Some(last) = bytes.last() else { break };
        let count = |wanted: u8| bytes.iter().filter(|byte| **byte == wanted).count();
        feeds += i64::try_from(count(b'\n')).unwrap_or(0);
        returns += i64::try_from(count(b'\r')).unwrap_or(0);
        ends_open = !matches!(last, b'\n' | b'\r' | 0);
    }
    let ends = if feeds == 0 { returns } else { feeds };
    Ok(ends + i64::from(ends_open))
}

/// Reads the rows.
pub fn read(
    file: File,
    manner: &Manner,
    each: &mut dyn FnMut(GridRow) -> ControlFlow<()>,
) -> Result<(), TableError> {
    let mut reader = reader(Decoded::of(file, manner.encoding)?, manner.separator);
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(broken)? {
        if each(row(&record)).is_break() {
            break;
        }
    }
    Ok(())
}
