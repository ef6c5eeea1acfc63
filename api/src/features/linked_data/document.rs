//! Listings in the words of schema.org. Pure.

use serde_json::{Map, Value, json};
use techmart_entity::{
    listing::ListingKind,
    value::{code_list::Coded, field::Field},
};

use crate::features::listing::plural;

/// The vocabulary.
pub const CONTEXT: &str = "https://schema.org";

/// A document that everybody reads, as a node: an achievement is a creative work, a demand a demand that an
/// organisation seeks to have met, a provider's page a service.
#[must_use]
pub fn node(kind: ListingKind, document: &Value, public_url: &str) -> Value {
    let content = &document["content"];
    let id = document["id"].as_str().unwrap_or_default();
    let page = format!("{public_url}/api/v1/{}/{id}", plural(kind));
    let owner = organisation(&document["organisation"], public_url);
    let mut node = Map::new();
    let mut say = |name: &str, value: Value| {
        if !(value.is_null() || value == json!([])) {
            node.insert(name.to_owned(), value);
        }
    };
    say("@id", json!(page));
    say("url", json!(page));
    say("name", content["title"].clone());
    say("alternateName", content["title_en"].clone());
    let told = ["summary", "problem", "detail"].iter().find_map(|name| content[*name].as_str());
    say("description", json!(told));
    match kind {
        ListingKind::Achievement => {
            say("@type", json!("CreativeWork"));
            say("creator", owner);
            say("keywords", keywords(content));
            say("about", field(content));
            say("inLanguage", content["language"].clone());
            say("datePublished", document["first_published_at"].clone());
            say("dateModified", document["updated_at"].clone());
            say("expires", document["expires_at"].clone());
            say("isBasedOn", document["source_url"].clone());
            say("identifier", rights(content));
        }
        ListingKind::Demand => {
            say("@type", json!("Demand"));
            let wanted = json!({ "@type": "Service", "name": content["title"], "category": field(content) });
            say("itemOffered", without_nulls(wanted));
            say("availabilityStarts", document["first_published_at"].clone());
            let until = content["deadline_on"].as_str().or_else(|| document["expires_at"].as_str());
            say("validThrough", json!(until));
            if !owner.is_null() {
                say("@reverse", json!({ "seeks": owner }));
            }
        }
        ListingKind::Provider => {
            say("@type", json!("Service"));
            say("provider", owner);
            say("serviceType", content["types"].clone());
            say("category", field(content));
            say("hasOfferCatalog", offers(content));
        }
    }
    Value::Object(node)
}

/// A page of a directory.
#[must_use]
pub fn list(name: &str, url: &str, nodes: Vec<Value>) -> Value {
    let items: Vec<Value> = nodes
        .into_iter()
        .enumerate()
        .map(|(n, node)| json!({ "@type": "ListItem", "position": n + 1, "item": node }))
        .collect();
    json!({ "@context": CONTEXT, "@type": "ItemList", "@id": url, "name": name, "itemListElement": items })
}

fn organisation(brief: &Value, public_url: &str) -> Value {
    let (Some(id), Some(name)) = (brief["id"].as_str(), brief["name"].as_str()) else { return Value::Null };
    without_nulls(json!({
        "@type": "Organization",
        "@id": format!("{public_url}/api/v1/organisations/{id}"),
        "name": name,
        "alternateName": brief["name_en"],
    }))
}

fn keywords(content: &Value) -> Value {
    let all = ["keywords", "keywords_en"].into_iter().filter_map(|name| content[name].as_array());
    all.flatten().cloned().collect()
}

fn field(content: &Value) -> Value {
    let field = content["field"].as_str().and_then(|code| code.parse::<Field>().ok());
    json!(field.map(|field| field.label_zh()))
}

/// Patents and the like, by their numbers.
fn rights(content: &Value) -> Value {
    let rights = content["ip"].as_array().into_iter().flatten();
    rights
        .filter_map(|right| {
            let number = right["number"].as_str()?;
            Some(json!({ "@type": "PropertyValue", "propertyID": right["ip_type"], "value": number }))
        })
        .collect()
}

fn offers(content: &Value) -> Value {
    let services = content["services"].as_array().cloned().unwrap_or_default();
    if services.is_empty() {
        return Value::Null;
    }
    let offers: Vec<Value> = services
        .iter()
        .map(|service| {
            let offered = json!({ "@type": "Service", "name": service["name"],
                "description": service["description"] });
            json!({ "@type": "Offer", "itemOffered": without_nulls(offered) })
        })
        .collect();
    json!({ "@type": "OfferCatalog", "itemListElement": offers })
}

fn without_nulls(mut value: Value) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.retain(|_, member| !member.is_null());
    }
    value
}
