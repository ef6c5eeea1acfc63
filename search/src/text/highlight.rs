//! Fragments that show where the words of a query stand.
//!
//! Made here from the original texts for both engines, since the engines see only terms. Everything is
//! escaped for HTML; the only markup that comes out is `<em>` and `</em>`.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{
    Word, Words,
    fold::{Folded, fold},
    glossary::meanings,
    runs::{LatinWord, Run, chain_words, figure_parts, runs},
    stem::stem,
    terms::places,
};
use crate::{Document, Highlight};

/// The longest fragment, in characters of the text.
const FRAGMENT: usize = 160;

/// How much of a fragment stands before its first match, in characters.
const LEAD: usize = 30;

/// The most fragments of the long texts of one listing.
const BODY_FRAGMENTS: usize = 3;

/// The texts of a listing as they are kept beside the index, for highlights alone.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Texts {
    pub(crate) title: String,
    pub(crate) title_en: Option<String>,
    pub(crate) keywords: Vec<String>,
    pub(crate) organisation: Option<String>,
    pub(crate) organisation_en: Option<String>,
    pub(crate) summary: Option<String>,
    pub(crate) body: Vec<String>,
}

impl Texts {
    pub(crate) fn of(document: &Document) -> Self {
        Self {
            title: document.title.clone(),
            title_en: document.title_en.clone(),
            keywords: document.keywords.clone(),
            organisation: document.organisation.clone(),
            organisation_en: document.organisation_en.clone(),
            summary: document.summary.clone(),
            body: document.body.clone(),
        }
    }
}

/// The fragments of a listing that contain words of the query, in the order of the fields.
pub(crate) fn highlights(words: &Words, texts: &Texts) -> Vec<Highlight> {
    let one = |field: &'static str, text: &str| {
        fragment(words, text).map(|fragment| Highlight { field: field.to_owned(), fragment })
    };
    let mut found = Vec::new();
    found.extend(one("title", &texts.title));
    found.extend(texts.title_en.iter().filter_map(|text| one("title_en", text)));
    found.extend(texts.keywords.iter().filter_map(|text| one("keywords", text)));
    found.extend(texts.organisation.iter().filter_map(|text| one("organisation", text)));
    found.extend(texts.organisation_en.iter().filter_map(|text| one("organisation_en", text)));
    found.extend(texts.summary.iter().filter_map(|text| one("summary", text)));
    found.extend(texts.body.iter().filter_map(|text| one("body", text)).take(BODY_FRAGMENTS));
    found
}

fn fragment(words: &Words, text: &str) -> Option<String> {
    let folded = fold(text);
    let marks = marks(words, &folded);
    let window = window(&marks, folded.chars.len())?;
    let shown = folded.origin(window.clone())?;
    let mut html = String::with_capacity(shown.len() + 64);
    if window.start > 0 {
        html.push('…');
    }
    let mut at = shown.start;
    for mark in marks.iter().filter(|mark| mark.start >= window.start && mark.end <= window.end) {
        let Some(origin) = folded.origin(mark.clone()) else { continue };
        let start = origin.start.max(at);
        escape(text.get(at..start).unwrap_or_default(), &mut html);
        html.push_str("<em>");
        escape(text.get(start..origin.end).unwrap_or_default(), &mut html);
        html.push_str("</em>");
        at = origin.end.max(at);
    }
    escape(text.get(at..shown.end).unwrap_or_default(), &mut html);
    if window.end < folded.chars.len() {
        html.push('…');
    }
    Some(html)
}

/// The stretches to mark, in order; those that touch are one.
fn marks(words: &Words, folded: &Folded) -> Vec<Range<usize>> {
    let chars = &folded.chars;
    let mut marks: Vec<Range<usize>> = Vec::new();
    for word in &words.words {
        match word {
            Word::Cjk(text) => {
                let wanted: Vec<char> = text.chars().collect();
                let places = chars.windows(wanted.len().max(1)).enumerate();
                marks.extend(
                    places.filter(|(_, place)| *place == wanted).map(|(at, _)| at..at + wanted.len()),
                );
            }
            Word::Phrase { terms, .. } => {
                let places = places(chars);
                let side_by_side = places.windows(terms.len().max(1));
                let found = side_by_side.filter(|found| found.iter().map(|(term, _)| term).eq(terms));
                marks.extend(found.filter_map(|found| Some(found.first()?.1.start..found.last()?.1.end)));
            }
            Word::Meaning { .. } | Word::Latin { .. } => {}
        }
    }
    let meant: Vec<&str> = words.words.iter().filter_map(Word::meaning).collect();
    if !meant.is_empty() {
        let found = meanings(chars).into_iter().filter(|found| meant.contains(&found.term.as_str()));
        marks.extend(found.map(|found| found.range));
    }
    if words.words.iter().any(|word| matches!(word, Word::Latin { .. })) {
        for run in runs(chars) {
            let Run::Chain(pieces) = run else { continue };
            for found in chain_words(chars, &pieces) {
                let parts = if found.figure { figure_parts(chars, &pieces) } else { Vec::new() };
                if words.words.iter().any(|word| is_found(word, &found, &parts)) {
                    marks.push(found.range);
                }
            }
        }
    }
    marks.sort_unstable_by_key(|mark| mark.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(marks.len());
    for mark in marks {
        match merged.last_mut() {
            Some(last) if mark.start <= last.end => last.end = last.end.max(mark.end),
            _ => merged.push(mark),
        }
    }
    merged
}

fn is_found(word: &Word, found: &LatinWord, parts: &[String]) -> bool {
    let Word::Latin { stem: wanted, prefix, .. } = word else { return false };
    let fits = |term: &str| term == wanted || (*prefix && term.starts_with(wanted.as_str()));
    fits(&found.form) || (!found.figure && fits(&stem(&found.form))) || parts.iter().any(|part| fits(part))
}

/// The stretch of the text with the most marks in it, the first of those.
fn window(marks: &[Range<usize>], length: usize) -> Option<Range<usize>> {
    let first = marks.first()?;
    if length <= FRAGMENT {
        return Some(0..length);
    }
    let end_of = |start: usize| (start + FRAGMENT).min(length);
    let starts = marks.iter().map(|mark| mark.start.saturating_sub(LEAD).min(length - FRAGMENT));
    let best = starts
        .map(|start| {
            let inside = marks.iter().filter(|mark| mark.start >= start && mark.end <= end_of(start)).count();
            (inside, start)
        })
        .reduce(|best, next| if next.0 > best.0 { next } else { best });
    let start = best.filter(|(inside, _)| *inside > 0).map_or(first.start, |(_, start)| start);
    Some(start..end_of(start))
}

fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FRAGMENT, Words, fragment};

    fn marked(query: &str, text: &str) -> Option<String> {
        fragment(&Words::of(query), text)
    }

    #[test]
    fn marks_stand_in_the_original_text() {
        for (query, text, expected) in [
            ("电机控制器", "新型電機控制器", Some("新型<em>電機控制器</em>")),
            ("控制器 电机", "控制器、电机", Some("<em>控制器</em>、<em>电机</em>")),
            ("gearbox", "Two ＧＥＡＲＢＯＸＥＳ!", Some("Two <em>ＧＥＡＲＢＯＸＥＳ</em>!")),
            ("cryo", "A Cryogenic tank", Some("A <em>Cryogenic</em> tank")),
            ("qz100", "QZ-100型泵", Some("<em>QZ-100</em>型泵")),
            ("crmo", "42CrMo steel", Some("<em>42CrMo</em> steel")),
            ("kg", "50㎏", Some("<em>50㎏</em>")),
            ("制冷剂", "制冷 剂", None),
            ("\"wind turbine\"", "The Wind-Turbine", Some("The <em>Wind-Turbine</em>")),
            ("\"R290 热泵\"", "R290热泵机组", Some("<em>R290热泵</em>机组")),
            ("冷媒", "A low-GWP refrigerant", Some("A low-GWP <em>refrigerant</em>")),
        ] {
            assert_eq!(marked(query, text).as_deref(), expected, "{query} in {text}");
        }
    }

    #[test]
    fn nothing_of_a_text_is_markup() {
        let text = "<script>alert('泵 & \"阀\"')</script>";
        let expected = "&lt;script&gt;alert(&#39;<em>泵</em> &amp; &quot;阀&quot;&#39;)&lt;/script&gt;";
        assert_eq!(marked("泵", text).as_deref(), Some(expected));
    }

    #[test]
    fn a_long_text_is_cut_around_its_matches() {
        let text = format!("{}电机与控制器{}", "甲".repeat(500), "乙".repeat(500));
        let html = marked("电机 控制器", &text).unwrap_or_default();
        assert!(html.starts_with('…') && html.ends_with('…'), "{html}");
        assert!(html.contains("<em>电机</em>与<em>控制器</em>"), "{html}");
        assert_eq!(html.replace("<em>", "").replace("</em>", "").chars().count(), FRAGMENT + 2);
    }
}
