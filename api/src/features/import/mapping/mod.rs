//! From a row of a source to a listing's content. Pure and written for no one source: columns have
//! several names, and what a column says is read by the readings of `techmart_entity::value`.
//!
//! What is not surely said stays null, the source's words stay beside it, and a note names the column.
//! A row is refused only when it is no JSON object, its kind is unknown or it has no title.

mod cells;
mod clean;
mod column;
mod content;
mod organisation;
#[cfg(test)]
mod tests;
pub mod translation;

use cells::Cells;
pub use clean::without_nul;
pub use column::{Column, nearest};
use serde_json::Value;
use techmart_entity::{
    import::row::RowNote,
    listing::{Content, ListingKind},
    organisation::OrganisationKind,
    value::title_key::{clean_text, title_key},
};

use crate::{error::Wording, say};

/// The most characters that a title keeps.
const TITLE_LIMIT: usize = 200;

/// The organisation that a row names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub name: String,
    pub kind: OrganisationKind,
}

/// A row as it was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct MappedRow {
    pub content: Content,
    /// None where the row names nobody, or nobody in particular.
    pub organisation: Option<Named>,
    pub source_url: Option<String>,
    pub source_system: Option<String>,
    pub source_id: Option<String>,
    /// Columns that mean nothing here; they are kept with the raw row.
    pub unknown_columns: Vec<String>,
    pub warnings: Vec<RowNote>,
}

impl MappedRow {
    #[must_use]
    pub fn kind(&self) -> ListingKind {
        self.content.kind()
    }
}

/// A note on a row, or on one column of it.
#[must_use]
pub fn note(column: Option<&str>, code: &str, wording: Wording) -> RowNote {
    let column = column.map(|name| excerpt(name, 100));
    RowNote { column, code: code.to_owned(), zh: wording.zh, en: wording.en }
}

/// The beginning of a text, for a note.
#[must_use]
pub fn excerpt(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars().take(limit).chain(['…']).collect()
}

/// Reads a line of a file.
///
/// # Errors
/// The reason of the refusal, when it is no JSON object.
pub fn parse(line: &[u8]) -> Result<Value, RowNote> {
    let value: Value = serde_json::from_slice(line).map_err(|error| {
        let column = error.column();
        note(
            None,
            "broken_json",
            say!("不是有效的 JSON（第 {column} 列）。", "Not valid JSON (column {column})."),
        )
    })?;
    if value.is_object() {
        Ok(value)
    } else {
        Err(note(
            None,
            "not_an_object",
            say!("每行应是一个 JSON 对象。", "A line has to be one JSON object."),
        ))
    }
}

/// Reads a row.
///
/// # Errors
/// The reason of the refusal: no object, an unknown kind, no title.
pub fn map(raw: &Value) -> Result<MappedRow, RowNote> {
    let (raw, had_nul) = without_nul(raw);
    let Value::Object(members) = raw else {
        return Err(note(
            None,
            "not_an_object",
            say!("每行应是一个 JSON 对象。", "A line has to be one JSON object."),
        ));
    };
    let mut cells = Cells::of(members);
    if had_nul {
        cells.note(note(None, "nul", say!("已去除空字符（NUL）。", "NUL characters were taken out.")));
    }
    let kind = kind(&mut cells)?;
    let title = title(&mut cells)?;
    let (organisation, team) = organisation::read(&mut cells, kind);
    let source_url = source_url(&mut cells);
    let source_system = cells.line(Column::SourceSystem, 100);
    let source_id = cells.line(Column::SourceId, 200);
    let content = content::read(&mut cells, kind, title, team);
    let (unknown_columns, warnings) = cells.finish();
    Ok(MappedRow { content, organisation, source_url, source_system, source_id, unknown_columns, warnings })
}

fn kind(cells: &mut Cells) -> Result<ListingKind, RowNote> {
    let said = cells.said(Column::Kind);
    let word = said.as_ref().map(|said| said.text.to_lowercase()).unwrap_or_default();
    let found = match word.as_str() {
        "achievement" | "achievements" | "成果" | "科技成果" | "技术成果" => {
            Some(ListingKind::Achievement)
        }
        "demand" | "demands" | "需求" | "技术需求" | "企业需求" | "企业技术需求" => {
            Some(ListingKind::Demand)
        }
        "provider" | "providers" | "service provider" | "服务机构" | "科技服务机构" => {
            Some(ListingKind::Provider)
        }
        _ => None,
    };
    found.ok_or_else(|| {
        let word = excerpt(&word, 60);
        let column = said.map_or_else(|| "kind".to_owned(), |said| said.column);
        note(
            Some(&column),
            "unknown_kind",
            say!(
                "类别“{word}”不是 achievement（科技成果）、demand（技术需求）或 provider（科技服务机构）。",
                "“{word}” is no kind of listing: achievement, demand or provider."
            ),
        )
    })
}

fn title(cells: &mut Cells) -> Result<String, RowNote> {
    let title = cells.line(Column::Title, TITLE_LIMIT).filter(|title| !title_key(title).is_empty());
    title.ok_or_else(|| {
        note(
            Some(cells.name_of(Column::Title).unwrap_or("title")),
            "no_title",
            say!("缺少名称，或名称没有文字。", "There is no title, or it has neither letter nor digit."),
        )
    })
}

/// The address of the row's source. It will be shown as a link, so it has to be one of the web.
fn source_url(cells: &mut Cells) -> Option<String> {
    let said = cells.said(Column::SourceUrl)?;
    let text = clean_text(&said.text);
    let is_web = url::Url::parse(&text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty()
    });
    if is_web && text.chars().count() <= 2000 && !text.contains(char::is_whitespace) {
        return Some(text);
    }
    let shown = excerpt(&text, 60);
    cells.note(note(
        Some(&said.column),
        "source_url",
        say!(
            "“{shown}”不是 http(s) 网址，来源网址留空。",
            "“{shown}” is no http(s) address; the source's address stays empty."
        ),
    ));
    None
}
