//! A row as it would be sent, with its fields in the order in which they are declared: that order is the order of
//! the columns, and [`serde_json::Value`] forgets it.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::{Number, Value};

use crate::error::{AppError, Result};

/// A field.
#[derive(Clone, Debug)]
pub enum Node {
    /// What fills one cell; a list does.
    Leaf(Value),
    Object(Vec<(String, Node)>),
}

impl Node {
    /// The value at a path; null when there is none.
    pub fn at(&self, path: &[String]) -> &Value {
        match (self, path) {
            (Self::Leaf(value), []) => value,
            (Self::Object(fields), [name, rest @ ..]) => {
                fields.iter().find(|(field, _)| field == name).map_or(&Value::Null, |(_, node)| node.at(rest))
            }
            (Self::Leaf(_), _) | (Self::Object(_), []) => &Value::Null,
        }
    }
}

/// Rows as records.
///
/// # Errors
/// 500 when one cannot be written as JSON.
pub fn records<T: Serialize>(rows: &[T]) -> Result<Vec<Node>> {
    let record = |row| {
        let text = serde_json::to_string(row).map_err(AppError::internal)?;
        serde_json::from_str(&text).map_err(AppError::internal)
    };
    rows.iter().map(record).collect()
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_unit<E>(self) -> std::result::Result<Node, E> {
        Ok(Node::Leaf(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Node, E> {
        Ok(Node::Leaf(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> std::result::Result<Node, E> {
        Ok(Node::Leaf(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> std::result::Result<Node, E> {
        Ok(Node::Leaf(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> std::result::Result<Node, E> {
        Ok(Node::Leaf(Number::from_f64(value).map_or(Value::Null, Value::Number)))
    }

    fn visit_str<E>(self, value: &str) -> std::result::Result<Node, E> {
        Ok(Node::Leaf(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<Node, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element::<Value>()? {
            all.push(item);
        }
        Ok(Node::Leaf(all.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> std::result::Result<Node, A::Error> {
        let mut all = Vec::new();
        while let Some(field) = fields.next_entry::<String, Node>()? {
            all.push(field);
        }
        Ok(Node::Object(all))
    }
}
