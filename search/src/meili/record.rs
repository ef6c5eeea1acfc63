//! How a document is laid out as a Meilisearch document.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::wording::{encode_code, spell};
use crate::{
    Document, Kind,
    attributes::Attributes,
    matching::Profile,
    text::{Level, Texts, index_terms, inside_terms},
};

pub(super) const ID: &str = "id";
pub(super) const TEXTS: &str = "texts";
/// What matching knows of a listing.
pub(super) const PROFILE: &str = "profile";

/// The id of the document that says: this index was filled to the end. It travels with the index when indexes
/// are swapped, and having no audience it is never found.
pub(super) const MARKER: &str = "complete";

/// Lays a document out.
pub(super) fn lay_out(document: &Document) -> Result<Value, serde_json::Error> {
    let mut row = Map::new();
    row.insert(ID.to_owned(), json!(document.id));
    row.insert(TEXTS.to_owned(), serde_json::to_value(Texts::of(document))?);
    row.insert(PROFILE.to_owned(), serde_json::to_value(Profile::of(document))?);
    for level in Level::ALL {
        let spelled =
            |text: &str| index_terms(text).iter().map(|term| spell(term)).collect::<Vec<_>>().join(" ");
        let mut texts: Vec<_> = level.texts(document).into_iter().map(spelled).collect();
        if level == Level::Body {
            texts.push(inside_terms(document).iter().map(|term| spell(term)).collect::<Vec<_>>().join(" "));
        }
        row.insert(level.attribute().to_owned(), json!(texts));
    }
    let attributes = Attributes::of(document);
    for (name, values) in attributes.codes {
        row.insert(name.to_owned(), values.iter().map(|value| encode_code(value)).collect());
    }
    for (name, value) in attributes.numbers {
        row.insert(name.to_owned(), json!(value));
    }
    Ok(Value::Object(row))
}

/// The marker of a complete index.
pub(super) fn marker() -> Value {
    json!({ ID: MARKER })
}

/// What a search brings back of a document.
#[derive(Debug, Deserialize)]
pub(super) struct Found {
    pub(super) id: Uuid,
    kind: Vec<String>,
    #[serde(default)]
    pub(super) texts: Texts,
}

impl Found {
    pub(super) fn kind(&self) -> Option<Kind> {
        self.kind.first().and_then(|code| Kind::from_code(code))
    }
}

/// What listing an index brings back; the marker has no revision.
#[derive(Debug, Deserialize)]
pub(super) struct Listed {
    pub(super) id: String,
    pub(super) revision: Option<i64>,
}
