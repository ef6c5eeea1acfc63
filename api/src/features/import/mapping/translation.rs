//! What is kept for a source: which field its columns are, and what its words mean.
//!
//! It is written into the row itself, beside the source's own words: `"阶段": {"said": "已投产", "field":
//! "maturity", "means": "可以量产"}`. So a kept row says how it was understood, and a row whose words mean
//! something else since is a changed one.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use techmart_entity::import_mapping::Model;

use super::{cells::scalar, column::Column};

/// The mapping of a source, ready to be used.
#[derive(Clone, Debug, Default)]
pub struct SourceMapping {
    columns: HashMap<String, Option<Column>>,
    words: HashMap<(Column, String), String>,
}

impl SourceMapping {
    /// Reads what is kept.
    #[must_use]
    pub fn of(row: &Model) -> Self {
        let field = |name: &str| Column::of_field(name);
        let columns = row
            .columns
            .0
            .iter()
            .map(|column| (heading_key(&column.heading), column.field.as_deref().and_then(field)));
        let words = row
            .words
            .0
            .iter()
            .filter_map(|word| Some(((field(&word.field)?, word_key(&word.word)), word.means.clone())));
        Self { columns: columns.collect(), words: words.collect() }
    }

    /// The field of a column of that heading.
    #[must_use]
    pub fn column(&self, heading: &str) -> Option<Column> {
        match self.columns.get(&heading_key(heading)) {
            Some(column) => *column,
            None => Column::named(heading),
        }
    }

    /// Writes into a row what its columns and words mean.
    pub fn translate(&self, members: &mut Map<String, Value>) {
        if self.columns.is_empty() && self.words.is_empty() {
            return;
        }
        for (name, value) in members.iter_mut() {
            let is_kept = self.columns.contains_key(&heading_key(name));
            let column = self.column(name);
            let means = column.and_then(|column| self.meaning(column, value));
            if !is_kept && means.is_none() {
                continue;
            }
            let mut cell = json!({ "said": value.take(), "field": column.map(Column::name) });
            if let Some(means) = means {
                cell["means"] = Value::String(means);
            }
            *value = cell;
        }
    }

    /// What a cell means, where any of its words is kept: the whole of it, or its parts.
    fn meaning(&self, column: Column, value: &Value) -> Option<String> {
        let parts: Vec<String> = match value {
            Value::Array(items) => items.iter().filter_map(scalar).collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                let text = scalar(value)?;
                if let Some(means) = self.words.get(&(column, word_key(&text))) {
                    return Some(means.clone());
                }
                text.split([';', '；', '、', ',', '，', '\n']).map(str::to_owned).collect()
            }
        };
        let mut is_any = false;
        let meant: Vec<String> = parts
            .into_iter()
            .map(|part| match self.words.get(&(column, word_key(&part))) {
                Some(means) => {
                    is_any = true;
                    means.clone()
                }
                None => part,
            })
            .collect();
        is_any.then(|| meant.join(";"))
    }
}

/// Headings are the same whatever their case and the white space in them.
#[must_use]
pub fn heading_key(heading: &str) -> String {
    heading.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Words likewise.
#[must_use]
pub fn word_key(word: &str) -> String {
    heading_key(word)
}

/// A member of a row, with what is kept of its meaning.
#[derive(Debug)]
pub struct Cell {
    pub column: Option<Column>,
    pub value: Value,
    /// The source's own words, where the value is what they mean.
    pub words: Option<String>,
}

impl Cell {
    /// Whether nobody knows what the column is; one that is left out on purpose is known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.column.is_none() && self.words.is_none()
    }
}

/// Reads a member of a row.
#[must_use]
pub fn read(name: &str, value: Value) -> Cell {
    let plain = |value| Cell { column: Column::named(name), value, words: None };
    let Value::Object(mut members) = value else { return plain(value) };
    if !members.contains_key("said") || !members.contains_key("field") {
        return plain(Value::Object(members));
    }
    let said = members.remove("said").unwrap_or_default();
    let column = members.get("field").and_then(Value::as_str).and_then(Column::of_field);
    let words = match &said {
        Value::Array(items) => items.iter().filter_map(scalar).collect::<Vec<_>>().join(";"),
        other => scalar(other).unwrap_or_default(),
    };
    let value = match members.remove("means") {
        Some(means @ Value::String(_)) => means,
        _ => said,
    };
    Cell { column, value, words: Some(words) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use serde_json::json;
    use techmart_entity::import_mapping::{ColumnMeaning, ColumnMeanings, Model, WordMeaning, WordMeanings};

    use super::SourceMapping;
    use crate::features::import::mapping::map;

    fn mapping() -> SourceMapping {
        let column = |heading: &str, field: Option<&str>| ColumnMeaning {
            heading: heading.to_owned(),
            field: field.map(str::to_owned),
        };
        let word = |field: &str, word: &str, means: &str| WordMeaning {
            field: field.to_owned(),
            word: word.to_owned(),
            means: means.to_owned(),
        };
        SourceMapping::of(&Model {
            source_system: "s".to_owned(),
            columns: ColumnMeanings(vec![column("阶段", Some("maturity")), column("佣金", None)]),
            words: WordMeanings(vec![
                word("maturity", "已投产", "可以量产"),
                word("cooperation", "卖断", "技术转让"),
            ]),
            updated_by: None,
            updated_at: chrono::DateTime::UNIX_EPOCH,
            version: 1,
        })
    }

    #[test]
    fn columns_and_words_of_a_source_are_read_as_it_is_kept_and_its_own_words_stay() {
        let mut row = json!({
            "kind": "achievement", "title": "甲", "阶段": "已投产", "佣金": "5%", "合作方式": "卖断；合作开发",
        });
        mapping().translate(row.as_object_mut().unwrap());
        assert_eq!(row["阶段"]["said"], "已投产");
        let mapped = map(&row).unwrap();
        assert!(mapped.warnings.is_empty() && mapped.unknown_columns.is_empty(), "{mapped:?}");
        let content = mapped.content.document();
        assert_eq!((&content["trl"], &content["maturity_raw"]), (&json!(9), &json!("已投产")));
        assert_eq!(content["cooperation_modes"], json!(["transfer", "joint_development"]));
        assert_eq!(content["cooperation_raw"], "卖断；合作开发");
    }

    #[test]
    fn a_row_of_which_nothing_is_kept_stays_as_it_is() {
        let mut row = json!({ "kind": "demand", "title": "甲", "maturity": "研制中" });
        let before = row.clone();
        mapping().translate(row.as_object_mut().unwrap());
        assert_eq!(row, before);
    }
}
