//! How our terms, words and codes are written for Meilisearch: so that it can cut, fold and misread nothing.
//!
//! The server has its own ideas of where Chinese words end, of languages, of letter case and of quotes in
//! filters. Every term with anything but ASCII letters and digits in it is therefore spelled in consonants, a
//! fixed number for each character, so that the beginning of a term stays the beginning of its spelling. And
//! every term begins with a mark, since the server also tries to find a word as two (`15mpa` as `1 5mpa`): no
//! second half begins with a mark. Codes are percent-encoded down to lower-case ASCII.

use crate::{
    filter::Condition,
    text::{Word, Words, phrase_terms},
};

/// The mark of a spelled term. Neither a word of any language nor a part number has these letters in a row.
const SPELLED: &str = "zxq";

/// The mark of a term as it is.
const PLAIN: &str = "zxw";

/// Sixteen consonants for the sixteen hexadecimal digits.
const CONSONANTS: [char; 16] =
    ['b', 'c', 'd', 'f', 'g', 'h', 'j', 'k', 'm', 'n', 'p', 'q', 'r', 't', 'v', 'w'];

/// One term as the server shall index it.
pub(super) fn spell(term: &str) -> String {
    if term.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
        return format!("{PLAIN}{term}");
    }
    let mut spelled = SPELLED.to_owned();
    for c in term.chars() {
        // Five hexadecimal digits hold every letter there is.
        let digit = |shift: u32| CONSONANTS[(u32::from(c) >> shift & 0xF) as usize];
        spelled.extend([16, 12, 8, 4, 0].map(digit));
    }
    spelled
}

/// The text of a query: each word in quotation marks, which makes the terms of a Chinese word a phrase and
/// switches off beginnings and typing errors; only a word that may be a beginning stands without, and it is
/// always the last.
pub(super) fn query_text(words: &Words) -> String {
    // What is not wanted comes first, so that a beginning stays the last word.
    let without = words.without.iter().map(|word| format!("-{}", written(word)));
    without.chain(words.words.iter().map(written)).collect::<Vec<_>>().join(" ")
}

fn written(word: &Word) -> String {
    match word {
        Word::Cjk(run) => quoted(&phrase_terms(run)),
        Word::Meaning { term, .. } => quoted(std::slice::from_ref(term)),
        Word::Phrase { terms, .. } => quoted(terms),
        Word::Latin { stem, prefix: true, .. } => spell(stem),
        Word::Latin { stem, .. } => quoted(std::slice::from_ref(stem)),
    }
}

fn quoted(terms: &[String]) -> String {
    let spelled: Vec<_> = terms.iter().map(|term| spell(term)).collect();
    format!("\"{}\"", spelled.join(" "))
}

/// A code as it is stored, filtered and counted.
pub(super) fn encode_code(code: &str) -> String {
    let mut encoded = String::with_capacity(code.len());
    for byte in code.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' => encoded.push(char::from(byte)),
            byte => encoded.push_str(&format!("%{byte:02x}")),
        }
    }
    encoded
}

/// The code that was encoded; `None` for what [`encode_code`] never writes.
pub(super) fn decode_code(encoded: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// The filter expression of conditions: the only place where one is written.
///
/// Values are encoded first, so that no quotation mark or backslash can end a string early; the server's own
/// escapes could not even express a value that ends in a backslash.
pub(super) fn filter_expression<'c>(conditions: impl Iterator<Item = &'c Condition>) -> String {
    let written = conditions.map(|condition| match condition {
        Condition::AnyOf(name, values) => {
            let values: Vec<_> = values.iter().map(|value| format!("\"{}\"", encode_code(value))).collect();
            format!("{name} IN [{}]", values.join(", "))
        }
        Condition::AtLeast(name, value) => format!("{name} >= {value}"),
        Condition::AtMost(name, value) => format!("{name} <= {value}"),
    });
    written.collect::<Vec<_>>().join(" AND ")
}

#[cfg(test)]
mod tests {
    use super::{decode_code, encode_code, filter_expression, query_text, spell};
    use crate::{filter::Condition, text::Words};

    #[test]
    fn the_beginning_of_a_term_is_the_beginning_of_its_spelling() {
        assert_eq!(spell("qz100"), "zxwqz100");
        assert!(spell("cryogenic").starts_with(&spell("cryo")));
        assert_eq!(spell("氢气").len(), 13);
        assert!(spell("氢气").starts_with(&spell("氢")));
        assert!(spell("氢气").bytes().all(|b| b.is_ascii_lowercase()));
    }

    #[test]
    fn only_a_last_beginning_stands_without_quotation_marks() {
        let text = query_text(&Words::of("控制器 gear\" OR x=\\ cryo"));
        assert_eq!(text.matches('"').count(), 6, "{text}");
        assert!(text.ends_with(" zxwcryo"), "{text}");
    }

    #[test]
    fn no_value_can_leave_its_quotation_marks() {
        for code in ["a\" OR demo = \"true", "ends in \\", "O'Neil", "漯河市", "A%b", ""] {
            assert_eq!(decode_code(&encode_code(code)).as_deref(), Some(code));
        }
        let conditions =
            [Condition::AnyOf("town", vec!["a\\\" ] OR x".to_owned()]), Condition::AtMost("price_low", 5)];
        let expression = filter_expression(conditions.iter());
        assert_eq!(expression, "town IN [\"a%5c%22%20%5d%20%4f%52%20x\"] AND price_low <= 5");
    }
}
