//! The shapes of the document as programs that write clients like them: every structure has one name, the
//! names read well, and what stands in an address is never null.

use std::collections::BTreeMap;

use serde_json::{Value, json};

const HOME: &str = "#/components/schemas/";

/// Puts the shapes in order.
pub fn tidy(document: &mut Value) {
    point_at_names(document);
    rename_generics(document);
    each_within(&mut document["components"]["schemas"], &|schema| {
        // That what is absent is null or empty needs no word, and generators take such a member for required.
        if let Some(members) = schema.as_object_mut()
            && members.get("default").is_some_and(|default| default.is_null() || *default == json!([]))
            && members.get("type").is_none_or(|kind| kind.is_string() || kind.is_array())
        {
            members.remove("default");
        }
    });
    each_within(&mut document["components"]["schemas"], &null_where_left_out);
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(|item| item.values_mut()) {
        for parameter in operation["parameters"].as_array_mut().into_iter().flatten() {
            never_null(&mut parameter["schema"]);
        }
    }
}

/// A structure that stands once more where it is used becomes a reference to the one that has a name.
fn point_at_names(document: &mut Value) {
    let is_structure = |schema: &Value| schema.get("properties").is_some() || schema.get("allOf").is_some();
    let names: BTreeMap<String, String> = document["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, schema)| is_structure(schema))
        .map(|(name, schema)| (schema.to_string(), name.clone()))
        .collect();
    let point = |value: &mut Value| {
        if is_structure(value)
            && let Some(name) = names.get(&value.to_string())
        {
            *value = json!({ "$ref": format!("{HOME}{name}") });
        }
    };
    each_within(&mut document["paths"], &point);
    for schema in
        document["components"]["schemas"].as_object_mut().into_iter().flat_map(|all| all.values_mut())
    {
        each_within(schema, &point);
    }
}

/// `Page_ListingBrief` is `ListingBriefPage`, `ListingIn_DemandContent` is `DemandListingIn`.
fn rename_generics(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    let names: Vec<String> = schemas.keys().filter(|name| name.contains('_')).cloned().collect();
    let mut renamed = BTreeMap::new();
    for name in names {
        let Some((outer, inner)) = name.split_once('_') else { continue };
        let new = format!("{}{outer}", inner.strip_suffix("Content").unwrap_or(inner));
        if let Some(schema) = schemas.remove(&name) {
            schemas.insert(new.clone(), schema);
        }
        renamed.insert(format!("{HOME}{name}"), format!("{HOME}{new}"));
    }
    each_within(document, &|value| {
        if let Some(Value::String(reference)) = value.get_mut("$ref")
            && let Some(new) = renamed.get(reference.as_str())
        {
            reference.clone_from(new);
        }
    });
}

/// Of a generic member that may be null the document only says that it may be absent. Where it is answered (what is
/// sent is closed) it may be null.
fn null_where_left_out(schema: &mut Value) {
    if schema["additionalProperties"] == false {
        return;
    }
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    for (name, member) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        if member.get("$ref").is_some() && !required.iter().any(|known| known == name) {
            *member = json!({ "oneOf": [member.take(), { "type": "null" }] });
        }
    }
}

/// An absent parameter is left out of the address; no text there means null.
fn never_null(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else { return };
    if let Some(Value::Array(types)) = members.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [one] = &types[..] {
            let one = one.clone();
            members.insert("type".to_owned(), one);
        }
    }
    if let Some(Value::Array(branches)) = members.get_mut("oneOf") {
        branches.retain(|branch| branch["type"] != "null");
        if let [Value::Object(one)] = &mut branches[..] {
            let one = std::mem::take(one);
            members.remove("oneOf");
            members.extend(one);
        }
    }
}

/// Goes over all values inside one, from the outside in.
fn each_within(value: &mut Value, change: &impl Fn(&mut Value)) {
    let inner: Box<dyn Iterator<Item = &mut Value>> = match value {
        Value::Object(members) => Box::new(members.values_mut()),
        Value::Array(items) => Box::new(items.iter_mut()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return,
    };
    for value in inner {
        change(value);
        each_within(value, change);
    }
}
