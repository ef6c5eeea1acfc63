//! The cells of a row: each column's value as text, with notes on what could not be taken.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use techmart_entity::import::row::RowNote;

use super::{
    clean,
    column::Column,
    excerpt, note,
    translation::{self, Cell},
};
use crate::say;

/// How deep an excerpt in a note goes.
const SHOWN: usize = 60;

/// What a source says in a column, in its own words.
#[derive(Clone, Debug)]
pub struct Said {
    /// The column's name in the source.
    pub column: String,
    pub text: String,
    /// The source's own words, where `text` is what they mean.
    pub words: Option<String>,
}

/// What a row says in a column.
#[derive(Clone, Debug)]
struct Given {
    name: String,
    value: Value,
    words: Option<String>,
}

/// The cells of one row.
#[derive(Debug)]
pub struct Cells {
    given: BTreeMap<Column, Given>,
    unknown: Vec<String>,
    notes: Vec<RowNote>,
}

impl Cells {
    /// Sorts the members of a row into columns. Of two names for one column the first that says
    /// anything counts, and the other is noted.
    pub fn of(members: Map<String, Value>) -> Self {
        let mut cells = Self { given: BTreeMap::new(), unknown: Vec::new(), notes: Vec::new() };
        for (name, value) in members {
            let cell = translation::read(&name, value);
            let Cell { column: Some(column), value, words } = cell else {
                if cell.is_unknown() {
                    cells.unknown.push(name);
                }
                continue;
            };
            if is_blank(&value) {
                continue;
            }
            if let Some(Given { name: other, .. }) = cells.given.get(&column) {
                let note = note(
                    Some(&name),
                    "repeated_column",
                    say!(
                        "与“{other}”是同一内容，只采用后者；原值保留在原始行。",
                        "It means the same as “{other}”, which is taken; this one is kept with the raw row."
                    ),
                );
                cells.notes.push(note);
                continue;
            }
            cells.given.insert(column, Given { name, value, words });
        }
        cells
    }

    pub fn note(&mut self, note: RowNote) {
        self.notes.push(note);
    }

    /// The column's name in the source, where the row has it.
    pub fn name_of(&self, column: Column) -> Option<&str> {
        self.given.get(&column).map(|given| given.name.as_str())
    }

    /// The columns that mean nothing, and the notes.
    pub fn finish(self) -> (Vec<String>, Vec<RowNote>) {
        (self.unknown, self.notes)
    }

    /// The source's words, without white space at their ends. A list of words is joined by `;`.
    pub fn said(&mut self, column: Column) -> Option<Said> {
        let Given { name, value, words } = self.given.get(&column)?.clone();
        let text = match &value {
            Value::Array(items) => {
                let words: Option<Vec<String>> = items.iter().map(scalar).collect();
                words.map(|words| words.join(";"))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                scalar(&value)
            }
        };
        match text {
            Some(text) => Some(Said { column: name, text: text.trim().to_owned(), words }),
            None => {
                self.not_text(&name);
                None
            }
        }
    }

    /// The source's words as they are kept beside what was read from them.
    pub fn kept(&mut self, said: &Said, limit: usize) -> String {
        self.cut(&said.column, &clean::prose(said.words.as_ref().unwrap_or(&said.text)), limit)
    }

    /// A text of one line.
    pub fn line(&mut self, column: Column, limit: usize) -> Option<String> {
        let said = self.said(column)?;
        let text = self.cut(&said.column, &clean::line(&said.text), limit);
        (!text.is_empty()).then_some(text)
    }

    /// A text of several lines.
    pub fn prose(&mut self, column: Column, limit: usize) -> Option<String> {
        let said = self.said(column)?;
        let text = self.cut(&said.column, &clean::prose(&said.text), limit);
        (!text.is_empty()).then_some(text)
    }

    /// A list of words: an array, or one text with separators.
    pub fn words(&mut self, column: Column, items: usize, limit: usize) -> Vec<String> {
        let Some(Given { name, value, .. }) = self.given.get(&column).cloned() else { return Vec::new() };
        let found: Option<Vec<String>> = match &value {
            Value::Array(items) => items.iter().map(scalar).collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                scalar(&value)
                    .map(|text| text.split([';', '；', ',', '，', '、', '\n']).map(str::to_owned).collect())
            }
        };
        let Some(found) = found else {
            self.not_text(&name);
            return Vec::new();
        };
        let mut words: Vec<String> = Vec::new();
        for word in found {
            let word = clean::line(&word);
            if word.is_empty() || words.contains(&word) {
                continue;
            }
            if words.len() == items {
                self.notes.push(note(
                    Some(&name),
                    "cut",
                    say!(
                        "只保留前 {items} 项，其余见原始行。",
                        "Only the first {items} are kept; the raw row has all."
                    ),
                ));
                break;
            }
            let word = self.cut(&name, &word, limit);
            words.push(word);
        }
        words
    }

    /// Notes that a column's words were not understood and stay null.
    pub fn not_understood(&mut self, said: &Said, code: &str, zh: &str, en: &str) {
        let shown = excerpt(&said.text, SHOWN);
        self.notes.push(note(
            Some(&said.column),
            code,
            say!("“{shown}”：{zh}；保留原文。", "“{shown}”: {en}; the source's words are kept."),
        ));
    }

    fn cut(&mut self, name: &str, text: &str, limit: usize) -> String {
        if text.chars().count() <= limit {
            return text.to_owned();
        }
        self.notes.push(note(
            Some(name),
            "cut",
            say!(
                "超过 {limit} 字，已截断；全文见原始行。",
                "Longer than {limit} characters: cut; the raw row has all of it."
            ),
        ));
        text.chars().take(limit).collect()
    }

    fn not_text(&mut self, name: &str) {
        self.notes.push(note(
            Some(name),
            "not_text",
            say!(
                "应为文字或文字列表；留空，原值见原始行。",
                "It should be a text or a list of texts; left empty, the raw row has it."
            ),
        ));
    }
}

pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => clean::line(text).is_empty(),
        Value::Array(items) => items.iter().all(is_blank),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
