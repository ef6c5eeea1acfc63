//! Text as it may be kept.

use serde_json::Value;
use techmart_entity::value::title_key::clean_text;
use unicode_normalization::UnicodeNormalization;

/// The row without NUL characters, which PostgreSQL cannot keep, and whether it had any.
#[must_use]
pub fn without_nul(value: &Value) -> (Value, bool) {
    let mut found = false;
    let clean = strip(value, &mut found);
    (clean, found)
}

fn strip(value: &Value, found: &mut bool) -> Value {
    let mut text = |text: &str| {
        *found |= text.contains('\0');
        text.replace('\0', "")
    };
    match value {
        Value::String(string) => Value::String(text(string)),
        Value::Array(items) => items.iter().map(|item| strip(item, found)).collect(),
        Value::Object(members) => {
            let mut clean = serde_json::Map::new();
            for (name, member) in members {
                *found |= name.contains('\0');
                clean.insert(name.replace('\0', ""), strip(member, found));
            }
            Value::Object(clean)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// A text of one line: composed (NFC), without control characters and leading signs.
pub fn line(text: &str) -> String {
    clean_text(&text.nfc().collect::<String>())
}

/// A text of several lines: composed, with the author's line breaks and nothing invisible.
pub fn prose(text: &str) -> String {
    let composed: String = text.replace("\r\n", "\n").nfc().collect();
    let visible: String = composed
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .filter(|c| !matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}'))
        .collect();
    visible.trim().to_owned()
}
