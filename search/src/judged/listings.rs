//! Listings of a set: JSON Lines of whatever they have; what a search has no use for is passed over.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Unreadable, rows};
use crate::{Audience, Document, Kind};

/// The members that are long texts.
const BODY: &[&str] = &[
    "problem",
    "detail",
    "description",
    "target",
    "advantage",
    "economics",
    "scenarios",
    "services",
    "indicators",
    "text",
];

/// A listing of a set.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Its name in the judgements.
    pub key: String,
    /// As it is indexed.
    pub document: Document,
    /// As it was written: what has codes in the service stands there in a source's own words.
    pub row: Map<String, Value>,
}

/// The name of a listing that has none: the first 16 hexadecimal digits of the SHA-256 of its kind, address
/// and title, each on a line.
#[must_use]
pub fn listing_key(kind: &str, address: &str, title: &str) -> String {
    let digest = Sha256::digest(format!("{kind}\n{address}\n{title}"));
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The id under which a listing of that name is indexed.
pub(super) fn id_of(key: &str) -> Uuid {
    let digest = Sha256::digest(key);
    Uuid::from_u128(digest.iter().take(16).fold(0, |id, byte| id << 8 | u128::from(*byte)))
}

/// Reads listings.
///
/// # Errors
/// The first line that is no object with a title.
pub fn listings(text: &str) -> Result<Vec<Listing>, Unreadable> {
    rows(text)?.into_iter().map(|(line, row)| listing(line, &row, false)).collect()
}

/// Reads what is asked: listings that need no title where they say something else, demands when they do not say
/// what they are.
///
/// # Errors
/// The first line that is no object, or says nothing.
pub fn questions(text: &str) -> Result<Vec<Listing>, Unreadable> {
    rows(text)?.into_iter().map(|(line, row)| listing(line, &row, true)).collect()
}

fn listing(line: usize, row: &Map<String, Value>, question: bool) -> Result<Listing, Unreadable> {
    let text = |name: &str| row.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let says = || text("summary").is_some() || BODY.iter().any(|name| text(name).is_some());
    let title = match text("title") {
        Some(title) => title,
        None if question && says() => "",
        None => return Err(Unreadable { line, reason: "没有 title; it has no title".to_owned() }),
    };
    let kind = text("kind").unwrap_or(if question { "demand" } else { "achievement" });
    let key = match row.get("id") {
        Some(Value::String(id)) => id.clone(),
        Some(Value::Number(id)) => id.to_string(),
        _ => listing_key(kind, text("source_url").unwrap_or_default(), title),
    };
    let own = |name: &str| text(name).map(str::to_owned);
    let keywords = [strings(row.get("keywords")), strings(row.get("keywords_en"))].concat();
    let document = Document {
        id: id_of(&key),
        kind: Kind::from_code(kind).unwrap_or(Kind::Achievement),
        title: title.to_owned(),
        title_en: own("title_en"),
        summary: own("summary"),
        body: BODY.iter().filter_map(|name| own(name)).collect(),
        keywords,
        organisation: own("organisation"),
        organisation_en: own("organisation_en"),
        organisation_kind: None,
        field: own("field"),
        industry_codes: Vec::new(),
        zone_industry: own("zone_industry"),
        trl: row.get("trl").and_then(Value::as_u64).and_then(|trl| u8::try_from(trl).ok()),
        cooperation_modes: strings(row.get("cooperation_modes")),
        ip_types: Vec::new(),
        price: None,
        town: own("town"),
        wanted_by: None,
        language: own("language"),
        audience: Audience::Public,
        demo: false,
        // All alike: judgements know no freshness.
        published_at: 0,
        revision: 1,
    };
    Ok(Listing { key, document, row: row.clone() })
}

/// Keywords, as a list or in one text.
fn strings(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(text)) => {
            let parts = text.split([',', '，', ';', '；', '、', '|']).map(str::trim);
            parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}
