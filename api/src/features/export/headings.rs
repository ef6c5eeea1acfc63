//! The headings of a workbook: the Chinese names of fields are data, the English ones are the fields' own.

use std::{collections::HashMap, sync::LazyLock};

use super::column::{Column, Kind};
use crate::error::Language;

static CHINESE: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| include_str!("headings.tsv").lines().filter_map(|line| line.split_once('\t')).collect());

/// What stands above a column. A field without a Chinese name stands there as it is; a test knows of none.
pub fn of(column: &Column, language: Language) -> String {
    let words = column.path.iter().map(|field| match language {
        Language::Zh => chinese(field).unwrap_or(field).to_owned(),
        Language::En => field.replace('_', " "),
    });
    let mut heading = words.collect::<Vec<_>>().join(" · ");
    let unit = match (column.kind, language) {
        (Kind::Money, Language::Zh) => "（元）",
        (Kind::Money, Language::En) => " (yuan)",
        (Kind::Instant, Language::Zh) => "（北京时间）",
        (Kind::Instant, Language::En) => " (Asia/Shanghai)",
        (Kind::Text | Kind::Number | Kind::Bool | Kind::Day | Kind::Code(_) | Kind::Json, _) => "",
    };
    heading.push_str(unit);
    heading
}

/// The Chinese name of a field.
#[must_use]
pub fn chinese(field: &str) -> Option<&'static str> {
    CHINESE.get(field).copied()
}
