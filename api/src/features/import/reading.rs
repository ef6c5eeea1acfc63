//! Reading the lines of one file: each as a row to take up, as a repetition of an earlier one, or refused.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use serde_json::Value;
use techmart_entity::import::row::RowNote;

use super::{
    key::import_key,
    lines::Line,
    mapping::{self, MappedRow, note},
};
use crate::say;

/// Characters kept of a refused line.
const REFUSED_RAW: usize = 10_000;

/// A row that was read, ready to be taken up.
#[derive(Clone, Debug)]
pub struct Item {
    pub line: i64,
    pub read: Read,
}

/// What a line turned out to be.
#[derive(Clone, Debug)]
pub enum Read {
    Row {
        key: String,
        row: Box<MappedRow>,
        raw: Value,
    },
    /// A row of the same key stands further up in the file.
    Repeated {
        note: RowNote,
        raw: String,
    },
    Refused {
        note: RowNote,
        raw: String,
    },
}

/// What a file has said so far: which keys, and which columns nobody knows.
#[derive(Debug, Default)]
pub struct Memory {
    /// The beginning of a key's hash, and its line.
    keys: HashMap<u128, i64>,
    columns: HashSet<String>,
    told_of_source: bool,
}

impl Memory {
    /// Reads a line. Lines have to come in their order.
    pub fn read(&mut self, line: Line, source_system: Option<&str>) -> Item {
        let number = line.number;
        let refused = |note: RowNote, bytes: &[u8]| Read::Refused { note, raw: kept_line(bytes) };
        if line.too_long {
            let note = note(None, "too_long", say!("一行最多 1 MiB。", "A line has at most 1 MiB."));
            return Item { line: number, read: refused(note, &line.bytes) };
        }
        let mapped = mapping::parse(&line.bytes)
            // Mapped as it came, so that it is told of NUL characters; kept without them.
            .and_then(|given| mapping::map(&given).map(|row| (row, mapping::without_nul(&given).0)));
        let (mut row, raw) = match mapped {
            Ok(mapped) => mapped,
            Err(note) => return Item { line: number, read: refused(note, &line.bytes) },
        };
        let system = row.source_system.clone();
        let system = system.as_deref().or(source_system);
        self.tell_once(&mut row, system);
        let key = import_key(&row, system);
        let short = u128::from_str_radix(key.get(..32).unwrap_or_default(), 16).unwrap_or_default();
        let read = match self.keys.entry(short) {
            Entry::Vacant(place) => {
                place.insert(number);
                Read::Row { key, row: Box::new(row), raw }
            }
            Entry::Occupied(place) => {
                let first = place.get();
                let note = note(
                    None,
                    "repeated_row",
                    say!(
                        "与第 {first} 行是同一条（键相同）；采用第 {first} 行。",
                        "It is the same item as line {first} (the same key); line {first} is taken."
                    ),
                );
                Read::Repeated { note, raw: kept_line(&line.bytes) }
            }
        };
        Item { line: number, read }
    }

    /// Tells of what concerns the file as a whole, at the first row that shows it.
    fn tell_once(&mut self, row: &mut MappedRow, system: Option<&str>) {
        for name in std::mem::take(&mut row.unknown_columns) {
            // A file of nothing but different columns is not told of for ever.
            if self.columns.len() < 200 && self.columns.insert(name.clone()) {
                row.warnings.push(note(
                    Some(&name),
                    "unknown_column",
                    say!(
                        "不认识的列，值保留在原始行。",
                        "Not a known column; its values are kept with the raw rows."
                    ),
                ));
            }
        }
        if row.source_id.is_some() && system.is_none() && !self.told_of_source {
            self.told_of_source = true;
            row.warnings.push(note(
                Some("source_system"),
                "no_source_system",
                say!(
                    "行有来源编号但没有来源系统；不同系统的相同编号会被当作同一条，请用 source_system 指明。",
                    "The rows have ids of a source but no source_system; the same id of another system would be taken for \
                     the same item. Name it in source_system."
                ),
            ));
        }
    }
}

fn kept_line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end().replace('\0', "\u{FFFD}").chars().take(REFUSED_RAW).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::{Memory, Read};
    use crate::features::import::lines::Line;

    fn read(memory: &mut Memory, number: i64, text: &str) -> Read {
        memory.read(Line { number, bytes: text.as_bytes().to_vec(), too_long: false }, None).read
    }

    #[test]
    fn of_two_rows_with_one_key_the_first_is_taken() {
        let mut memory = Memory::default();
        let row = r#"{"kind":"demand","title":"氢气循环泵"}"#;
        assert!(matches!(read(&mut memory, 1, row), Read::Row { .. }));
        let Read::Repeated { note, .. } =
            read(&mut memory, 2, r#"{"kind":"demand","title":"一种氢气循环泵"}"#)
        else {
            panic!("the second row was taken");
        };
        assert!(note.en.contains("line 1"));
    }

    #[test]
    fn an_unknown_column_is_told_of_once_a_file() {
        let mut memory = Memory::default();
        for (number, warnings) in [(1, 1), (2, 0)] {
            let text = format!(r#"{{"kind":"demand","title":"t{number}","佣金":"5%"}}"#);
            let Read::Row { row, raw, .. } = read(&mut memory, number, &text) else { panic!("refused") };
            assert_eq!(row.warnings.len(), warnings);
            assert_eq!(raw["佣金"], "5%");
        }
    }

    #[test]
    fn a_refused_line_is_kept_without_what_a_database_cannot_keep() {
        let mut memory = Memory::default();
        let Read::Refused { note, raw } = read(&mut memory, 1, "{\0") else { panic!("taken") };
        assert_eq!((note.code.as_str(), raw.as_str()), ("broken_json", "{\u{FFFD}"));
    }
}
