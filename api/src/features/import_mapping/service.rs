//! Reading and replacing the mapping of a source.

use std::collections::HashSet;

use sea_orm::ConnectionTrait;
use serde_json::{Map, Value, json};
use techmart_entity::{
    audit::SubjectKind,
    import_mapping::{ColumnMeaning, ColumnMeanings, Model, WordMeaning, WordMeanings},
    listing::ListingKind,
    value::code_list::Coded,
};

use super::{
    dto::{ImportMappingIn, MappedColumn, MappedWord},
    repo,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Fault, Result, unique_violation},
    features::{
        audit::{self, Record},
        import::{
            mapping::{
                self, Column, nearest,
                translation::{heading_key, word_key},
            },
            policy,
        },
    },
    say,
    web::etag::{self, Precondition},
};

/// The most characters of a source's name.
const NAME: usize = 100;

/// The name of a source as it is kept.
///
/// # Errors
/// 404 when no source can be called so.
pub fn name(given: &str) -> Result<String> {
    let name = given.trim();
    if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
        return Err(AppError::not_found());
    }
    Ok(name.to_owned())
}

/// What is kept for a source.
///
/// # Errors
/// 401 and 403.
pub async fn read(db: &impl ConnectionTrait, cx: &Context, source_system: &str) -> Result<Option<Model>> {
    policy::work_with(cx)?;
    repo::find(db, source_system).await
}

/// The version of a mapping; before the first one it is the version of an empty one.
#[must_use]
pub fn tag(row: Option<&Model>) -> String {
    etag::tag(row.map_or(0, |row| row.version))
}

/// Replaces what is kept for a source.
///
/// # Errors
/// 401 and 403; 412 and 428; 422 when a field is none, or a word would not be understood.
pub async fn replace(
    tx: &Tx,
    cx: &Context,
    source_system: String,
    precondition: &Precondition,
    given: ImportMappingIn,
) -> Result<Model> {
    policy::work_with(cx)?;
    let before = repo::find(tx, &source_system).await?;
    precondition.require(&tag(before.as_ref()))?;
    let faults: Vec<Fault> = faults_of_columns(&given.columns).chain(faults_of_words(&given.words)).collect();
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let column = |MappedColumn { heading, field }| ColumnMeaning { heading, field };
    let word = |MappedWord { field, word, means }| WordMeaning { field, word, means };
    let row = Model {
        source_system: source_system.clone(),
        columns: ColumnMeanings(given.columns.into_iter().map(column).collect()),
        words: WordMeanings(given.words.into_iter().map(word).collect()),
        updated_by: cx.account_id(),
        updated_at: cx.now,
        version: before.as_ref().map_or(0, |row| row.version) + 1,
    };
    match before {
        Some(_) if repo::replace(tx, row.clone()).await? => {}
        Some(_) => return Err(AppError::stale()),
        None => repo::insert(tx, row.clone()).await.map_err(|error| match unique_violation(&error) {
            Some(_) => AppError::stale(),
            None => error.into(),
        })?,
    }
    let facts = json!({ "columns": row.columns.0.len(), "words": row.words.0.len() });
    let record = Record::act("set_import_mapping", SubjectKind::ImportMapping, source_system).with(facts);
    audit::record(tx, cx, record).await?;
    Ok(row)
}

fn faults_of_columns(columns: &[MappedColumn]) -> impl Iterator<Item = Fault> {
    let mut seen = HashSet::new();
    columns.iter().enumerate().filter_map(move |(at, column)| {
        if !seen.insert(heading_key(&column.heading)) {
            return Some(Fault::at(
                format!("/columns/{at}/heading"),
                "repeated",
                say!("该列名已出现过。", "That heading is there already."),
            ));
        }
        let field = column.field.as_deref()?;
        Column::of_field(field).is_none().then(|| unknown_field(format!("/columns/{at}/field"), field))
    })
}

fn unknown_field(pointer: String, field: &str) -> Fault {
    let like = nearest(field).and_then(Column::named).map_or("title", Column::name);
    Fault::at(
        pointer,
        "unknown_field",
        say!(
            "没有字段“{field}”；请用模板第二行的字段名，例如 {like}。",
            "There is no field “{field}”; take one from the second row of a template, such as {like}."
        ),
    )
}

fn faults_of_words(words: &[MappedWord]) -> impl Iterator<Item = Fault> {
    let mut seen = HashSet::new();
    words.iter().enumerate().filter_map(move |(at, word)| {
        let Some(column) = Column::of_field(&word.field) else {
            return Some(unknown_field(format!("/words/{at}/field"), &word.field));
        };
        if !seen.insert((column, word_key(&word.word))) {
            return Some(Fault::at(
                format!("/words/{at}/word"),
                "repeated",
                say!("该词在此字段已出现过。", "That word is there already for this field."),
            ));
        }
        let means = &word.means;
        (!is_understood(column, means)).then(|| {
            Fault::at(
                format!("/words/{at}/means"),
                "not_understood",
                say!(
                    "“{means}”不是该字段能读懂的值；请用模板下拉列表中的值或代码。",
                    "“{means}” is not read in that field; take a value that the template offers, or a code."
                ),
            )
        })
    })
}

/// Whether the import of some kind takes the value up, and without a note. A kind that has no such field takes nothing.
fn is_understood(column: Column, value: &str) -> bool {
    ListingKind::ALL.iter().any(|kind| {
        let mut row = Map::new();
        row.insert("kind".to_owned(), json!(kind.code()));
        row.insert("title".to_owned(), json!("标题"));
        let without = mapping::map(&Value::Object(row.clone()));
        row.insert(column.name().to_owned(), Value::String(value.to_owned()));
        let with = mapping::map(&Value::Object(row));
        with.as_ref().is_ok_and(|row| row.warnings.is_empty()) && with != without
    })
}
