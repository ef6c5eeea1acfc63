//! Reading the lines of one file: each as a row to take up, as a repetition of an earlier one, or refused.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    sync::Arc,
};

use serde_json::{Map, Value};
use techmart_entity::{import::row::RowNote, listing::ListingKind};

use super::{
    key::{import_key, short},
    lines::Line,
    mapping::{self, Column, MappedRow, excerpt, nearest, note, translation::SourceMapping},
};
use crate::say;

/// A row as the file gives it.
#[derive(Debug)]
pub enum Given {
    /// A line that should hold a JSON object.
    Line(Line),
    /// A row of a table, with what there is to tell of its cells, or why it cannot be taken.
    Row { number: i64, members: Map<String, Value>, notes: Vec<RowNote>, fault: Option<RowNote> },
}

impl Given {
    #[must_use]
    pub fn number(&self) -> i64 {
        match self {
            Self::Line(line) => line.number,
            Self::Row { number, .. } => *number,
        }
    }

    /// About how much memory it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            Self::Line(line) => line.bytes.len(),
            Self::Row { members, .. } => {
                members.iter().map(|(name, value)| name.len() + value.as_str().map_or(16, str::len)).sum()
            }
        }
    }

    /// As it is kept when no listing keeps it.
    fn kept(&self) -> String {
        match self {
            Self::Line(line) => kept_line(&line.bytes),
            Self::Row { members, .. } => {
                kept_line(serde_json::to_string(members).unwrap_or_default().as_bytes())
            }
        }
    }

    /// The object in it, and notes on its cells.
    fn object(&self) -> Result<(Value, Vec<RowNote>), RowNote> {
        match self {
            Self::Line(line) if line.too_long => {
                Err(note(None, "too_long", say!("一行最多 1 MiB。", "A line has at most 1 MiB.")))
            }
            Self::Line(line) => mapping::parse(&line.bytes).map(|value| (value, Vec::new())),
            Self::Row { fault: Some(fault), .. } => Err(fault.clone()),
            Self::Row { members, notes, fault: None, .. } => {
                Ok((Value::Object(members.clone()), notes.clone()))
            }
        }
    }
}

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
    /// Reads a row. Rows have to come in their order.
    pub fn read(&mut self, given: &Given, origin: &FileOrigin) -> Item {
        let number = given.number();
        let mapped = given.object().and_then(|(mut value, notes)| {
            origin.complete(&mut value);
            // Mapped as it came, so that it is told of NUL characters; kept without them.
            let mut row = mapping::map(&value)?;
            row.warnings.extend(notes);
            Ok((row, mapping::without_nul(&value).0))
        });
        let (mut row, raw) = match mapped {
            Ok(mapped) => mapped,
            Err(note) => return Item { line: number, read: Read::Refused { note, raw: given.kept() } },
        };
        let source_system = origin.source_system.as_deref();
        let system = row.source_system.clone();
        let system = system.as_deref().or(source_system);
        self.tell_once(&mut row, system);
        let key = import_key(&row, system);
        let read = match self.keys.entry(short(&key)) {
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
                Read::Repeated { note, raw: given.kept() }
            }
        };
        Item { line: number, read }
    }

    /// The beginnings of the keys that were read.
    #[must_use]
    pub fn into_keys(self) -> HashSet<u128> {
        self.keys.into_keys().collect()
    }

    /// Tells of what concerns the file as a whole, at the first row that shows it.
    fn tell_once(&mut self, row: &mut MappedRow, system: Option<&str>) {
        for name in std::mem::take(&mut row.unknown_columns) {
            // A file of nothing but different columns is not told of for ever.
            if self.columns.len() < 200 && self.columns.insert(name.clone()) {
                row.warnings.push(unknown_column(&name));
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

/// Tells of a column that means nothing, and what it may have been meant to be.
fn unknown_column(name: &str) -> RowNote {
    let wording = match nearest(name) {
        None => {
            say!("不认识的列，值保留在原始行。", "Not a known column; its values are kept with the raw rows.")
        }
        Some(nearest) => {
            let field = Column::named(nearest).map(Column::name).unwrap_or_default();
            say!(
                "不认识的列，值保留在原始行；是否应为“{nearest}”（{field}）？",
                "Not a known column; its values are kept with the raw rows. Was “{nearest}” ({field}) meant?"
            )
        }
    };
    note(Some(&excerpt(name, 100)), "unknown_column", wording)
}

/// What is known of a file beyond its rows.
#[derive(Clone, Debug, Default)]
pub struct FileOrigin {
    pub source_system: Option<String>,
    /// The kind of those rows that do not say theirs.
    pub kind: Option<ListingKind>,
    /// What is kept of its source.
    pub mapping: Arc<SourceMapping>,
}

impl FileOrigin {
    fn complete(&self, value: &mut Value) {
        let Some(members) = value.as_object_mut() else { return };
        self.mapping.translate(members);
        let Some(kind) = self.kind else { return };
        let says_kind = |(name, value): (&String, &Value)| {
            self.mapping.column(name) == Some(Column::Kind)
                && (value.is_object() || value.as_str().is_some_and(|word| !word.trim().is_empty()))
        };
        if !members.iter().any(says_kind) {
            members.insert("kind".to_owned(), Value::String(kind.to_string()));
        }
    }
}

fn kept_line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end().replace('\0', "\u{FFFD}").chars().take(REFUSED_RAW).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use techmart_entity::listing::ListingKind;

    use super::{FileOrigin, Given, Memory, Read};
    use crate::features::import::lines::Line;

    fn read(memory: &mut Memory, number: i64, text: &str) -> Read {
        read_of(memory, number, text, &FileOrigin::default())
    }

    fn read_of(memory: &mut Memory, number: i64, text: &str, origin: &FileOrigin) -> Read {
        let line = Line { number, bytes: text.as_bytes().to_vec(), too_long: false };
        memory.read(&Given::Line(line), origin).read
    }

    #[test]
    fn a_row_that_does_not_say_its_kind_has_that_of_the_file() {
        let origin = FileOrigin { kind: Some(ListingKind::Demand), ..FileOrigin::default() };
        for (text, kind) in [
            (r#"{"title":"a"}"#, "demand"),
            (r#"{"title":"b","类别":""}"#, "demand"),
            (r#"{"title":"c","类别":"成果"}"#, "achievement"),
        ] {
            let Read::Row { row, .. } = read_of(&mut Memory::default(), 1, text, &origin) else {
                panic!("refused")
            };
            assert_eq!(row.kind().to_string(), kind);
        }
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
