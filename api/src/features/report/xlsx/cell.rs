//! What may stand in a cell and on a sheet's tab. Pure.

use std::collections::HashSet;

use chrono::{Datelike, NaiveDateTime, Timelike};
use rust_xlsxwriter::ExcelDateTime;
use techmart_entity::Day;

/// A cell holds no more (UTF-16 units, by which office programs count).
pub const LONGEST: usize = 32_767;
/// A tab holds no more.
const LONGEST_NAME: usize = 31;
const CUT: &str = "…（已截断 / cut）";

/// A text that is a text everywhere. It is written as a string cell, so no program reads it as a formula here;
/// the apostrophe keeps it one in a file of separated values that somebody saves from the sheet.
#[must_use]
pub fn safe(text: &str, at_most: usize) -> String {
    let dangerous = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
        || text.trim_start().starts_with(['=', '@']);
    let cleaned: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let text = if dangerous { format!("'{cleaned}") } else { cleaned };
    cut(&text, at_most)
}

fn cut(text: &str, at_most: usize) -> String {
    if text.encode_utf16().count() <= at_most {
        return text.to_owned();
    }
    let room = at_most.saturating_sub(CUT.encode_utf16().count());
    let mut used = 0;
    let kept = text.chars().take_while(|c| {
        used += c.len_utf16();
        used <= room
    });
    kept.chain(CUT.chars()).collect()
}

/// About how many lines a text takes in a column of so many characters: Chinese ones are twice as wide.
#[must_use]
pub fn lines(text: &str, width: f64) -> u32 {
    let room = (width - 1.0).max(1.0);
    text.lines().fold(0, |sum, line| {
        let wide: u32 = line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a cell has 32,767 characters"
        )]
        let rows = (f64::from(wide) / room).ceil() as u32;
        sum + rows.max(1)
    })
}

/// A day as office programs count them; none for days that they do not know.
#[must_use]
pub fn date(day: Day) -> Option<ExcelDateTime> {
    let (year, month, day) =
        (u16::try_from(day.year()).ok()?, u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?);
    ExcelDateTime::from_ymd(year, month, day).ok().filter(|_| year >= 1900)
}

/// A day with its time.
#[must_use]
pub fn date_time(at: NaiveDateTime) -> Option<ExcelDateTime> {
    let (hour, minute) = (u16::try_from(at.hour()).ok()?, u8::try_from(at.minute()).ok()?);
    date(at.date())?.and_hms(hour, minute, f64::from(at.second())).ok()
}

/// The names of sheets, each once, whatever the case of its letters.
#[derive(Default)]
pub struct Names(HashSet<String>);

impl Names {
    /// A name like the one that is wanted.
    pub fn take(&mut self, wanted: &str) -> String {
        let legal: String = wanted
            .chars()
            .map(|c| {
                if c.is_control() || matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\') { ' ' } else { c }
            })
            .collect();
        let legal = legal.trim_matches(|c: char| c.is_whitespace() || c == '\'');
        let legal = if legal.is_empty() || legal.eq_ignore_ascii_case("history") { "sheet" } else { legal };
        let mut n = 1_usize;
        loop {
            let end = if n == 1 { String::new() } else { format!(" ({n})") };
            let room = LONGEST_NAME.saturating_sub(end.len());
            let mut used = 0;
            let stem: String = legal
                .chars()
                .take_while(|c| {
                    used += c.len_utf16();
                    used <= room
                })
                .collect();
            let name = format!("{}{end}", stem.trim_end_matches(['\'', ' ']));
            if self.0.insert(name.to_lowercase()) {
                return name;
            }
            n += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, Names, safe};

    #[test]
    fn what_could_be_a_formula_begins_with_an_apostrophe() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", " =1", "  @x"] {
            assert!(safe(text, 100).starts_with('\''), "{text:?}");
        }
        for text in ["氢燃料电池", "'already", "a=b", " - a list"] {
            assert_eq!(safe(text, 100), text);
        }
        assert_eq!(safe("a\u{0}b\u{8}c", 100), "abc");
    }

    #[test]
    fn a_long_text_is_cut_where_it_shows() {
        let long = safe(&"😀".repeat(20_000), LONGEST);
        assert!(long.encode_utf16().count() <= LONGEST && long.ends_with("cut）"), "{}", long.len());
    }

    #[test]
    fn names_of_sheets_are_legal_and_their_own() {
        let mut names = Names::default();
        assert_eq!(names.take("T1 [成果]/信息?"), "T1  成果  信息");
        assert_eq!(names.take("History"), "sheet");
        assert_eq!(names.take("'a'"), "a");
        assert_eq!(names.take("A"), "A (2)");
        let long = names.take(&"长".repeat(60));
        assert_eq!(long.chars().count(), 31);
        let next = names.take(&"长".repeat(60));
        assert!(next.chars().count() <= 31 && next.ends_with(" (2)"), "{next}");
    }
}
