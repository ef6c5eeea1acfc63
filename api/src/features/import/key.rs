//! The key by which a row is known again, and what makes two rows of a source the same.

use serde_json::{Value, json};
use techmart_entity::{canonical, listing::ListingKind, value::title_key::title_key};

use super::mapping::MappedRow;

/// The upsert key: (source system, source id), else (kind, source address, normalised title). It is
/// hashed, since addresses are longer than an index takes. The kind is part of both: a listing never
/// becomes one of another kind.
#[must_use]
pub fn import_key(row: &MappedRow, source_system: Option<&str>) -> String {
    let parts = match &row.source_id {
        Some(id) => json!(["id", row.kind(), source_system, id]),
        None => json!(["title", row.kind(), row.source_url, title_key(row.content.title())]),
    };
    canonical::hash(&parts)
}

/// The upsert key of a row that has an id, without the row.
#[must_use]
pub fn key_of_id(kind: ListingKind, source_system: &str, id: &str) -> String {
    canonical::hash(&json!(["id", kind, Some(source_system), id]))
}

/// The beginning of a key: enough to tell the keys of a file apart, in a quarter of the room.
#[must_use]
pub fn short(key: &str) -> u128 {
    u128::from_str_radix(key.get(..32).unwrap_or_default(), 16).unwrap_or_default()
}

/// Whether two rows say the same. Numbers are compared by value: a database may give 1.0 back as 1.
#[must_use]
pub fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| is_same(a, b)))
        }
        (a, b) => a == b,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use serde_json::json;
    use techmart_entity::listing::ListingKind;

    use super::{import_key, is_same, key_of_id};
    use crate::features::import::mapping::map;

    #[test]
    fn a_row_with_an_id_is_known_by_it_whatever_its_title() {
        let key = |title: &str, id: i64, system: Option<&str>| {
            let row = json!({ "kind": "demand", "title": title, "source_id": id });
            import_key(&map(&row).unwrap(), system)
        };
        assert_eq!(key("氢气循环泵", 7, Some("a")), key("氢气泵", 7, Some("a")));
        assert_ne!(key("氢气循环泵", 7, Some("a")), key("氢气循环泵", 7, Some("b")));
        assert_ne!(key("氢气循环泵", 7, Some("a")), key("氢气循环泵", 8, Some("a")));
        assert_eq!(key("氢气循环泵", 7, Some("a")), key_of_id(ListingKind::Demand, "a", "7"));
    }

    #[test]
    fn a_row_without_an_id_is_known_by_kind_address_and_normalised_title() {
        let key = |kind: &str, title: &str, url: &str| {
            import_key(&map(&json!({ "kind": kind, "title": title, "source_url": url })).unwrap(), None)
        };
        let one = key("demand", "一种氢气循环泵", "https://a.example/1");
        assert_eq!(one, key("demand", "。氢气循环泵", "https://a.example/1"));
        assert_ne!(one, key("achievement", "氢气循环泵", "https://a.example/1"));
        assert_ne!(one, key("demand", "氢气循环泵", "https://a.example/2"));
    }

    #[test]
    fn the_order_of_members_and_the_writing_of_numbers_change_nothing() {
        assert!(is_same(&json!({ "a": 1.0, "b": [2] }), &json!({ "b": [2.0], "a": 1 })));
        assert!(!is_same(&json!({ "a": null }), &json!({})));
        assert!(!is_same(&json!([1]), &json!([1, 2])));
    }
}
