//! Folding: two texts that differ only in form become the same text.
//!
//! In order: full and half width and other compatibility forms (NFKC), diacritics on Latin letters, letter
//! case, traditional to simplified characters. Every folded character remembers the bytes it came from, so
//! that marks can be set in the original.

use std::ops::Range;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// A folded text with the way back.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    /// The folded characters.
    pub(crate) chars: Vec<char>,
    /// For each of them the bytes of the original it stands for; several may share one range (㎏ is k and g).
    pub(crate) origins: Vec<Range<usize>>,
}

impl Folded {
    /// The bytes of the original that the folded characters of `range` came from.
    pub(crate) fn origin(&self, range: Range<usize>) -> Option<Range<usize>> {
        let first = self.origins.get(range.start)?;
        let last = self.origins.get(range.end.checked_sub(1)?)?;
        Some(first.start..last.end)
    }
}

/// Folds a text.
pub(crate) fn fold(text: &str) -> Folded {
    let mut folded = Folded::default();
    let mut rest = text.char_indices().peekable();
    while let Some((start, base)) = rest.next() {
        let mut end = start + base.len_utf8();
        while let Some((at, mark)) = rest.next_if(|(_, c)| is_mark(*c)) {
            end = at + mark.len_utf8();
        }
        let cluster = &text[start..end];
        let mut push = |c: char| {
            for lower in c.to_lowercase() {
                folded.chars.push(lower);
                folded.origins.push(start..end);
            }
        };
        let mut decomposed = cluster.nfkd();
        if decomposed.next().is_some_and(|c| c.is_ascii_alphabetic()) {
            cluster.nfkd().filter(|c| !is_combining_mark(*c)).for_each(&mut push);
        } else {
            cluster.nfkc().for_each(&mut push);
        }
    }
    simplify(&mut folded.chars);
    folded
}

/// Marks that stand after the letter they belong to; the voice marks of half-width kana are letters to
/// Unicode.
fn is_mark(c: char) -> bool {
    is_combining_mark(c) || matches!(c, '\u{FF9E}' | '\u{FF9F}')
}

/// Traditional to simplified, character by character, so that the origins stay right.
fn simplify(chars: &mut [char]) {
    if chars.iter().all(char::is_ascii) {
        return;
    }
    let simplified = fast2s::convert(&chars.iter().collect::<String>());
    for (old, new) in chars.iter_mut().zip(simplified.chars()) {
        *old = new;
    }
}

#[cfg(test)]
mod tests {
    use super::fold;

    fn folded(text: &str) -> String {
        fold(text).chars.into_iter().collect()
    }

    #[test]
    fn forms_that_mean_the_same_become_the_same() {
        for (text, expected) in [
            ("ＱＺ－１００", "qz-100"),
            ("氫氣循環泵", "氢气循环泵"),
            ("電機控制器", "电机控制器"),
            ("焊接自動化", "焊接自动化"),
            ("轉向", "转向"),
            ("製冷劑", "制冷剂"),
            ("裡面與外面", "里面与外面"),
            ("Cryogénie", "cryogenie"),
            ("50㎏", "50kg"),
            ("ﾓｰﾀｰ", "モーター"),
            ("ｹﾞｰﾄ", "ゲート"),
            ("", ""),
        ] {
            assert_eq!(folded(text), expected, "{text}");
        }
    }

    #[test]
    fn the_way_back_leads_to_the_original() {
        let text = "重５０㎏的電機";
        let folded = fold(text);
        let at = folded.chars.iter().position(|c| *c == '电').unwrap_or_default();
        assert_eq!(folded.origin(at..at + 2).and_then(|range| text.get(range)), Some("電機"));
        assert_eq!(folded.origin(1..3).and_then(|range| text.get(range)), Some("５０"));
    }
}
