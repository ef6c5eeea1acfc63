//! The columns of a list, read from the document: so they are there whether or not a row fills them, and a new
//! field has its column without a word here.

use serde_json::Value;
use utoipa::openapi::{RefOr, Schema};

use super::record::Node;
use crate::{features::code_list, web::schemas::Schemas};

/// How deep objects are taken apart; what lies deeper stays JSON in its cell.
const DEPTH: usize = 4;
/// Amounts in fen, which a workbook shows in yuan.
const MONEY: &[&str] = &["amount", "max", "min", "starting", "technical_amount", "total_amount"];

/// What a cell of the column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Money,
    Bool,
    Instant,
    Day,
    /// A code of that list, or several.
    Code(&'static str),
    Json,
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    pub path: Vec<String>,
    pub kind: Kind,
}

impl Column {
    /// The name of the field, with dots between an object and what is in it.
    pub fn name(&self) -> String {
        self.path.join(".")
    }
}

/// The columns of rows of a schema, in no order that means anything.
pub fn columns(schemas: &Schemas, row: &RefOr<Schema>) -> Vec<Column> {
    columns_of(schemas, &serde_json::to_value(row).unwrap_or_default())
}

/// The columns of rows of a schema of the document.
pub fn columns_of(schemas: &Schemas, row: &Value) -> Vec<Column> {
    let mut found = Vec::new();
    walk(schemas, row, &mut Vec::new(), None, &mut found);
    found
}

/// Columns in the order in which the first row that has them writes them; the others after those of their object.
pub fn in_order(mut columns: Vec<Column>, rows: &[Node]) -> Vec<Column> {
    columns.sort_by_cached_key(|column| {
        let place = |n: usize| {
            let (outer, name) = (&column.path[..n], &column.path[n]);
            rows.iter().find_map(|row| place_of(row, outer, name)).unwrap_or(usize::MAX)
        };
        (0..column.path.len()).map(|n| (place(n), column.path[n].clone())).collect::<Vec<_>>()
    });
    columns
}

fn place_of(node: &Node, outer: &[String], name: &str) -> Option<usize> {
    let Node::Object(fields) = node else { return None };
    match outer {
        [] => fields.iter().position(|(field, _)| field == name),
        [first, rest @ ..] => {
            let inner = fields.iter().find(|(field, _)| field == first)?;
            place_of(&inner.1, rest, name)
        }
    }
}

fn walk<'a>(
    schemas: &'a Schemas,
    schema: &'a Value,
    path: &mut Vec<String>,
    named: Option<&'a str>,
    found: &mut Vec<Column>,
) {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return walk(schemas, schemas.component(name), path, Some(name), found);
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(parts) = schema[several].as_array() {
            // Not the "or null" of what may be unknown.
            for part in parts.iter().filter(|part| part["type"] != "null") {
                walk(schemas, part, path, named, found);
            }
            return;
        }
    }
    let fields = schema["properties"].as_object().filter(|_| path.len() < DEPTH);
    if let Some(fields) = fields {
        for (name, field) in fields {
            path.push(name.clone());
            walk(schemas, field, path, None, found);
            path.pop();
        }
        return;
    }
    // One that several shapes of an object share stands once.
    if !path.is_empty() && found.iter().all(|column| column.path != *path) {
        found.push(Column { path: path.clone(), kind: kind(schemas, schema, named, path) });
    }
}

fn kind(schemas: &Schemas, schema: &Value, named: Option<&str>, path: &[String]) -> Kind {
    let field = path.last().map_or("", String::as_str);
    let is = |wanted: &str| match &schema["type"] {
        Value::String(one) => one == wanted,
        Value::Array(some) => some.iter().any(|one| one == wanted),
        _ => false,
    };
    if is("array") {
        let item = &schema["items"];
        let name = item["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
        return match kind(schemas, name.map_or(item, |name| schemas.component(name)), name, path) {
            code @ Kind::Code(_) => code,
            Kind::Json => Kind::Json,
            Kind::Text | Kind::Number | Kind::Money | Kind::Bool | Kind::Instant | Kind::Day => Kind::Text,
        };
    }
    if let Some(list) = named.and_then(|name| list_named(&in_snake_case(name))).or_else(|| list_named(field))
    {
        return Kind::Code(list);
    }
    match schema["format"].as_str() {
        Some("date-time") => return Kind::Instant,
        Some("date") => return Kind::Day,
        Some(_) | None => {}
    }
    if is("integer") && MONEY.contains(&field) {
        Kind::Money
    } else if is("integer") || is("number") {
        Kind::Number
    } else if is("boolean") {
        Kind::Bool
    } else if is("string") {
        Kind::Text
    } else {
        Kind::Json
    }
}

fn list_named(name: &str) -> Option<&'static str> {
    code_list::find(name).map(|ready| ready.list.list.as_str())
}

/// `ListingStatus` as `listing_status`.
fn in_snake_case(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}
