//! A listing as a row of a sheet. Pure.

use serde_json::{Value, json};
use techmart_entity::{
    achievement::AchievementContent,
    demand::DemandContent,
    listing::{Audience, Content, ListingKind, Model, status::ListingStatus},
    organisation,
    outbound::SheetColumn,
    provider::ProviderContent,
};

use crate::{clock::day_of, features::code_list};

/// The fields beside the content.
const OUTER: &[&str] = &["id", "url", "title", "published_on", "organisation.name", "organisation.town"];

/// Content that never leaves.
const INNER: &[&str] = &["contact", "visibility", "publicity", "collected_by"];

/// Which code list a field's codes are of.
const LISTS: &[(&str, &str)] = &[
    ("organisation.town", "town"),
    ("content.field", "field"),
    ("content.zone_industry", "zone_industry"),
    ("content.cooperation_modes", "cooperation_mode"),
    ("content.sale_method", "sale_method"),
    ("content.trl_basis", "trl_basis"),
    ("content.demand_type", "demand_type"),
    ("content.types", "provider_type"),
    ("content.town", "town"),
];

/// The fields that a column may name, for a kind.
#[must_use]
pub fn fields(kind: ListingKind) -> Vec<String> {
    let content = match kind {
        ListingKind::Achievement => serde_json::to_value(AchievementContent::default()),
        ListingKind::Demand => serde_json::to_value(DemandContent::default()),
        ListingKind::Provider => serde_json::to_value(ProviderContent::default()),
    };
    let inner = content.ok().and_then(|content| content.as_object().cloned()).unwrap_or_default();
    let inner =
        inner.keys().filter(|name| !INNER.contains(&name.as_str())).map(|name| format!("content.{name}"));
    OUTER.iter().map(|name| (*name).to_owned()).chain(inner).collect()
}

/// Whether a listing may be reported: everybody may read it, and it is no demonstration.
#[must_use]
pub fn goes_out(row: &Model, owner: Option<&organisation::Model>) -> bool {
    let suspended = owner.is_some_and(|owner| {
        owner.verification == techmart_entity::organisation::status::VerificationStatus::Suspended
    });
    row.status == ListingStatus::Published
        && row.published_version_id.is_some()
        && matches!(row.audience, Audience::Public | Audience::Anonymous)
        && !row.demo
        && !suspended
}

/// All that a column may name, as one document.
#[must_use]
pub fn document(
    row: &Model,
    content: Content,
    owner: Option<&organisation::Model>,
    public_url: &str,
) -> Value {
    let plural = match row.kind {
        ListingKind::Achievement => "achievements",
        ListingKind::Demand => "demands",
        ListingKind::Provider => "providers",
    };
    // Of a town with few enterprises the town is a name.
    let named = owner.filter(|_| row.audience != Audience::Anonymous);
    let mut content = content.without_private().document();
    if row.audience == Audience::Anonymous {
        content["town"] = Value::Null;
    }
    json!({
        "id": row.id,
        "url": format!("{public_url}/api/v1/{plural}/{}", row.id),
        "title": row.title,
        "published_on": row.first_published_at.map(|at| day_of(at).to_string()),
        "organisation": named.map(|owner| json!({ "name": owner.name, "town": owner.town })),
        "content": content,
    })
}

/// The cells of a row, and the headings of what is required and not there.
#[must_use]
pub fn row(document: &Value, columns: &[SheetColumn]) -> (Vec<String>, Vec<String>) {
    let mut missing = Vec::new();
    let cells = columns
        .iter()
        .map(|column| {
            let cell = cell(document, column);
            if column.required && cell.is_empty() {
                missing.push(column.heading.clone());
            }
            cell
        })
        .collect();
    (cells, missing)
}

fn cell(document: &Value, column: &SheetColumn) -> String {
    let Some(field) = &column.field else { return column.constant.clone().unwrap_or_default() };
    let value = field.split('.').fold(document, |at, name| &at[name]);
    let list = LISTS.iter().find(|(name, _)| *name == field.as_str()).map(|(_, list)| *list);
    text(value, &|code| {
        let own = list.and_then(code_list::find).and_then(|ready| {
            ready.list.items.iter().find(|item| item.code == code).map(|item| item.zh.clone())
        });
        column.labels.get(code).cloned().or(own)
    })
}

/// A value in one cell: what is several stands side by side, what has parts has them one after another.
fn text(value: &Value, label: &dyn Fn(&str) -> Option<String>) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "是".to_owned(),
        Value::Bool(false) => "否".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(said) => label(said).unwrap_or_else(|| said.clone()),
        Value::Array(all) => joined(all.iter().map(|one| text(one, label)), "；"),
        Value::Object(parts) => match parts.get("currency").and_then(Value::as_str) {
            Some(currency) => price(value, currency),
            None => joined(parts.values().map(|one| text(one, &|_| None)), " "),
        },
    }
}

fn joined(parts: impl Iterator<Item = String>, between: &str) -> String {
    parts.filter(|part| !part.is_empty()).collect::<Vec<String>>().join(between)
}

/// A price as it is said: in yuan or the like, by its least and most.
fn price(value: &Value, currency: &str) -> String {
    let amount = |name: &str| {
        value[name].as_i64().map(|minor| match minor % 100 {
            0 => (minor / 100).to_string(),
            rest => format!("{}.{:02}", minor / 100, rest.abs()),
        })
    };
    match (amount("min"), amount("max"), amount("starting")) {
        (Some(min), Some(max), _) if min == max => format!("{min} {currency}"),
        (Some(min), Some(max), _) => format!("{min}-{max} {currency}"),
        (Some(min), None, _) => format!("≥{min} {currency}"),
        (None, Some(max), _) => format!("≤{max} {currency}"),
        (None, None, Some(starting)) => format!("起拍 {starting} {currency}"),
        (None, None, None) => "面议".to_owned(),
    }
}
