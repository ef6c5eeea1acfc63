//! One text for one document, whatever order its keys were stored in: what is hashed as evidence.

use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest, Sha256};

/// The document with sorted keys and no white space.
#[must_use]
pub fn text(document: &Value) -> String {
    let mut out = String::new();
    write(document, &mut out);
    out
}

/// SHA-256 (hex) of [`text`].
#[must_use]
pub fn hash(document: &Value) -> String {
    hex::encode(Sha256::digest(text(document)))
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(key, _)| key.as_str());
            out.push('{');
            for (i, (key, value)) in members.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                let _ = write!(out, "{}:", Value::String(key.clone()));
                write(value, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            let _ = write!(out, "{value}");
        }
    }
}
