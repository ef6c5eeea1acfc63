//! How figures are worded. Nothing is rounded up: a figure that has not met its target never reads as if
//! it had.

use techmart_entity::{Day, Instant, indicator::Measure, value::code_list::Coded};

use crate::error::{Language, Wording};

/// The label of a code.
#[must_use]
pub fn label<T: Coded>(code: T, language: Language) -> &'static str {
    match language {
        Language::Zh => code.label_zh(),
        Language::En => code.label_en(),
    }
}

/// A whole number in groups of three digits.
#[must_use]
pub fn grouped(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        out.push('-');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Hundredths with two decimals.
fn hundredths(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let size = value.unsigned_abs();
    let whole = grouped(i64::try_from(size / 100).unwrap_or(i64::MAX));
    format!("{sign}{whole}.{:02}", size % 100)
}

/// Hundredths without decimals that say nothing.
fn shortest(value: i64) -> String {
    let text = hundredths(value);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// How amounts are shortened: the fen that make one, and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    pub fen: i64,
    pub name: &'static str,
}

/// The scale in which an amount is read easily.
#[must_use]
pub fn scale(fen: i64, language: Language) -> Scale {
    let of = |fen, name| Scale { fen, name };
    let (large, small) = match language {
        Language::Zh => ([of(10_000_000_000, "亿元"), of(1_000_000, "万元")], of(100, "元")),
        Language::En => {
            ([of(100_000_000_000, "billion yuan"), of(100_000_000, "million yuan")], of(100, "yuan"))
        }
    };
    large.into_iter().find(|scale| fen.saturating_abs() >= scale.fen).unwrap_or(small)
}

/// An amount, shortened.
#[must_use]
pub fn money(fen: i64, language: Language) -> String {
    let scale = scale(fen, language);
    if fen == 0 {
        return format!("0 {}", scale.name);
    }
    // In hundredths of the scale, cut.
    let cut = i128::from(fen) * 100 / i128::from(scale.fen);
    let cut = i64::try_from(cut).unwrap_or(i64::MAX);
    format!("{} {}", hundredths(cut), scale.name)
}

/// A figure with its unit.
#[must_use]
pub fn with_unit(measure: Measure, value: i64, unit: &Wording, language: Language) -> String {
    match measure {
        Measure::Count => format!("{} {}", grouped(value), unit.in_language(language)),
        Measure::Fen => money(value, language),
        Measure::Percent => format!("{}%", shortest(value)),
        Measure::Hundredths => format!("{} {}", shortest(value), unit.in_language(language)),
    }
}

/// A figure where the column or the line beside it names the unit; amounts keep theirs.
#[must_use]
pub fn bare(measure: Measure, value: i64, language: Language) -> String {
    match measure {
        Measure::Count => grouped(value),
        Measure::Fen => money(value, language),
        Measure::Percent => format!("{}%", shortest(value)),
        Measure::Hundredths => shortest(value),
    }
}

/// Hundredths of a per cent of a target, cut.
#[must_use]
pub fn share(value: i64, target: i64) -> i64 {
    if target <= 0 {
        return 0;
    }
    i64::try_from(i128::from(value) * 10_000 / i128::from(target)).unwrap_or(i64::MAX)
}

/// Per cent of a target to one decimal, cut.
#[must_use]
pub fn percent(value: i64, target: i64) -> String {
    let tenths = share(value, target) / 10;
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, tenth) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    if tenth == 0 { format!("{sign}{whole}%") } else { format!("{sign}{whole}.{tenth}%") }
}

/// A day in words.
#[must_use]
pub fn day(day: Day, language: Language) -> String {
    match language {
        Language::Zh => day.format("%Y年%-m月%-d日").to_string(),
        Language::En => day.format("%-d %B %Y").to_string(),
    }
}

/// An instant in words, by the clocks of Shanghai.
#[must_use]
pub fn instant(at: Instant, language: Language) -> String {
    let there = crate::clock::in_shanghai(at);
    match language {
        Language::Zh => there.format("%Y年%-m月%-d日 %H:%M（北京时间）").to_string(),
        Language::En => there.format("%-d %B %Y, %H:%M (Beijing time)").to_string(),
    }
}

/// A text without what XML and office programs cannot hold, cut to so many characters.
#[must_use]
pub fn line(text: &str, at_most: usize) -> String {
    let kept = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut kept = kept.filter(|c| !matches!(c, '\u{FFFE}' | '\u{FFFF}'));
    let mut out: String = kept.by_ref().take(at_most).collect();
    if kept.next().is_some() {
        out.pop();
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{grouped, line, money, percent, shortest};
    use crate::error::Language;

    #[test]
    fn nothing_is_rounded_up_to_its_target() {
        assert_eq!(money(299_999_999_999, Language::Zh), "29.99 亿元");
        assert_eq!(money(300_000_000_000, Language::Zh), "30.00 亿元");
        assert_eq!(money(300_000_000_000, Language::En), "3.00 billion yuan");
        assert_eq!(money(12_345_678, Language::Zh), "12.34 万元");
        assert_eq!(money(12_345, Language::Zh), "123.45 元");
        assert_eq!(money(0, Language::En), "0 yuan");
        assert_eq!(percent(9_999, 10_000), "99.9%");
        assert_eq!(percent(13, 15), "86.6%");
        assert_eq!(percent(5, 0), "0%");
    }

    #[test]
    fn numbers_are_grouped_and_texts_lose_what_breaks_a_document() {
        assert_eq!(grouped(-1_234_567), "-1,234,567");
        assert_eq!(shortest(1_250), "12.5");
        assert_eq!(shortest(3_800), "38");
        assert_eq!(line("a\u{1}b\nc", 10), "a b c");
        assert_eq!(line("一二三四", 3), "一二…");
    }
}
