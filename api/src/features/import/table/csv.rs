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

fn reader<R: Read>(inner: R, separator: u8) -> csv::Reader<Feeds<R>> {
    let mut builder = csv::ReaderBuilder::new();
    builder.delimiter(separator).flexible(true).has_headers(false).from_reader(Feeds::of(inner))
}

/// A text with every end of a line as a line feed, the last one too: so the reader's count of lines is right.
struct Feeds<R> {
    inner: R,
    last: Option<u8>,
    after_return: bool,
}

impl<R> Feeds<R> {
    fn of(inner: R) -> Self {
        Self { inner, last: None, after_return: false }
    }
}

impl<R: Read> Read for Feeds<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let n = self.inner.read(buffer)?;
            let (mut at, mut kept) = (0, 0);
            while at < n {
                let byte = buffer[at];
                at += 1;
                let ends_a_pair = byte == b'\n' && self.after_return;
                self.after_return = byte == b'\r';
                if !ends_a_pair {
                    buffer[kept] = if byte == b'\r' { b'\n' } else { byte };
                    self.last = Some(buffer[kept]);
                    kept += 1;
                }
            }
            if n == 0 && !buffer.is_empty() && self.last.is_some_and(|last| last != b'\n') {
                buffer[0] = b'\n';
                self.last = Some(b'\n');
                return Ok(1);
            }
            if kept > 0 || n == 0 {
                return Ok(kept);
            }
        }
    }
}

fn first_rows(sample: &[u8], separator: u8) -> Result<Vec<GridRow>, TableError> {
    let mut rows = Vec::new();
    // The sample may end inside a character.
    let text = String::from_utf8_lossy(sample);
    let mut reader = reader(Cursor::new(text.as_bytes()), separator);
    let mut record = csv::StringRecord::new();
    while rows.len() < HEADING_ROWS && reader.read_record(&mut record).map_err(broken)? {
        rows.push(row(&record, reader.position()));
    }
    Ok(rows)
}

/// A row, when the reader stands after it. Where a record says that it begins, blank lines before it may lie.
fn row(record: &csv::StringRecord, after: &csv::Position) -> GridRow {
    let within = record.iter().flat_map(str::bytes).filter(|byte| *byte == b'\n').count();
    let number = after.line().saturating_sub(1 + within as u64);
    let number = i64::try_from(number).unwrap_or(i64::MAX);
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
        if each(row(&record, reader.position())).is_break() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::first_rows;

    #[test]
    fn a_row_has_the_number_of_the_line_on_which_it_begins() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["name,text", "a,\"one", "two\"", "", "", "b,", "c"].join(end);
            let rows = first_rows(text.as_bytes(), b',').unwrap();
            let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
            assert_eq!(numbers, [1, 2, 6, 7], "{end:?}");
            assert_eq!(rows[1].cells[1].text(), "one\ntwo");
            assert_eq!(first_rows(format!("{text}{end}").as_bytes(), b',').unwrap(), rows);
        }
    }
}
