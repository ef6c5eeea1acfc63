//! The signs of a query: quotation marks and minus.

use std::mem;

use super::fold;

/// A part of a query, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// Words in any order.
    Plain(Vec<char>),
    /// As it is written.
    Exact(Vec<char>),
    /// Not to be there.
    Without(Vec<char>),
    /// Not to be there as it is written.
    WithoutExact(Vec<char>),
}

/// What closes a quotation that this opens.
fn closing(c: char) -> Option<char> {
    match c {
        '"' => Some('"'),
        '\u{201C}' => Some('\u{201D}'),
        '\u{300C}' => Some('\u{300D}'),
        '\u{300E}' => Some('\u{300F}'),
        _ => None,
    }
}

fn is_minus(c: char) -> bool {
    matches!(c, '-' | '\u{2212}')
}

/// The parts of a query. A quotation mark that nothing closes and a minus inside a word are no signs.
pub(super) fn asked(text: &str) -> Vec<Asked> {
    let chars = fold(text).chars;
    let mut parts = Vec::new();
    let mut open: Vec<char> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let begins = at == 0 || chars[at - 1].is_whitespace();
        let minus = begins && is_minus(chars[at]) && chars.get(at + 1).is_some_and(|c| !c.is_whitespace());
        let from = if minus { at + 1 } else { at };
        if let Some((inner, end)) = quoted(&chars, from) {
            close(&mut open, &mut parts);
            parts.push(if minus { Asked::WithoutExact(inner) } else { Asked::Exact(inner) });
            at = end;
        } else if minus {
            close(&mut open, &mut parts);
            let length = chars[from..].iter().position(|c| c.is_whitespace()).unwrap_or(chars.len() - from);
            parts.push(Asked::Without(chars[from..from + length].to_vec()));
            at = from + length;
        } else {
            open.push(chars[at]);
            at += 1;
        }
    }
    close(&mut open, &mut parts);
    parts
}

fn close(open: &mut Vec<char>, parts: &mut Vec<Asked>) {
    if open.iter().any(|c| !c.is_whitespace()) {
        parts.push(Asked::Plain(mem::take(open)));
    }
    open.clear();
}

/// What stands in the quotation that begins here, and where it ends.
fn quoted(chars: &[char], at: usize) -> Option<(Vec<char>, usize)> {
    let end = closing(*chars.get(at)?)?;
    let length = chars[at + 1..].iter().position(|c| *c == end)?;
    let inner = &chars[at + 1..at + 1 + length];
    inner.iter().any(|c| c.is_alphanumeric()).then(|| (inner.to_vec(), at + length + 2))
}

#[cfg(test)]
mod tests {
    use super::{Asked, asked};

    #[test]
    fn quotation_marks_and_minus_are_signs_where_they_stand_as_signs() {
        let of = |text: &str| text.chars().collect::<Vec<_>>();
        for (text, expected) in [
            ("热泵", vec![Asked::Plain(of("热泵"))]),
            ("\"余热回收\" 装置", vec![Asked::Exact(of("余热回收")), Asked::Plain(of(" 装置"))]),
            ("“余热” -发电", vec![Asked::Exact(of("余热")), Asked::Without(of("发电"))]),
            ("泵 -\"Heat pump\"", vec![Asked::Plain(of("泵 ")), Asked::WithoutExact(of("heat pump"))]),
            ("zinc-air - 2", vec![Asked::Plain(of("zinc-air - 2"))]),
            ("3\" pipe", vec![Asked::Plain(of("3\" pipe"))]),
            ("\"\"", vec![Asked::Plain(of("\"\""))]),
            ("－制冷", vec![Asked::Without(of("制冷"))]),
        ] {
            assert_eq!(asked(text), expected, "{text}");
        }
    }
}
