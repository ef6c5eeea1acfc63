//! Real examples: requests and answers as the suite had them, kept in `examples.json`, a line an operation.
//! The suite writes the lines that are missing (`TECHMART_TEST_EXAMPLES`), and a law holds all of them
//! against the document.

use std::{collections::BTreeMap, sync::LazyLock};

use serde_json::{Map, Value};

static KEPT: LazyLock<Map<String, Value>> =
    LazyLock::new(|| serde_json::from_str(include_str!("examples.json")).unwrap_or_default());

/// Adds the examples of an operation, and what it has been refused with.
pub fn complete(id: &str, operation: &mut Value) {
    let Some(kept) = KEPT.get(id) else { return };
    let json = "/content/application~1json";
    if let (Some(body), Some(content)) =
        (kept.get("request"), operation.pointer_mut(&format!("/requestBody{json}")))
    {
        content["example"] = body.clone();
    }
    if let Some(body) = kept.get("answer")
        && let Some(content) = operation
            .pointer_mut(&format!("/responses/{}{json}", kept["status"].as_str().unwrap_or_default()))
    {
        content["example"] = body.clone();
    }
    for parameter in operation["parameters"].as_array_mut().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap_or_default();
        let Some(Value::String(text)) = kept["parameters"].get(name) else { continue };
        if parameter.get("example").is_none() {
            parameter["example"] = value(&parameter["schema"], text);
        }
    }
    let refusals: Vec<String> = kept["refusals"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(|code| format!("`{code}`"))
        .collect();
    if !refusals.is_empty() {
        let known = operation["description"].as_str().unwrap_or_default();
        operation["description"] = format!("{known}\n\nRefusals met: {}.", refusals.join(", ")).into();
    }
}

/// Lends to what has no example of its own the one that another operation has of the same schema.
pub fn lend(document: &mut Value) {
    let mut known: BTreeMap<String, Value> = BTreeMap::new();
    each_content(document, &mut |content| {
        if let (Some(schema), Some(example)) = (content["schema"]["$ref"].as_str(), content.get("example")) {
            known.entry(schema.to_owned()).or_insert_with(|| example.clone());
        }
    });
    each_content(document, &mut |content| {
        if content.get("example").is_none()
            && let Some(example) = content["schema"]["$ref"].as_str().and_then(|schema| known.get(schema))
        {
            content["example"] = example.clone();
        }
    });
}

/// Goes over the JSON bodies of all requests and answers.
fn each_content(document: &mut Value, visit: &mut impl FnMut(&mut Value)) {
    let paths = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    for operation in paths.filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        if let Some(content) = operation.pointer_mut("/requestBody/content/application~1json") {
            visit(content);
        }
        for answer in operation["responses"].as_object_mut().into_iter().flat_map(Map::values_mut) {
            if let Some(content) = answer.pointer_mut("/content/application~1json") {
                visit(content);
            }
        }
    }
}

/// The value of a parameter that stands as text in an address.
fn value(schema: &Value, text: &str) -> Value {
    match schema["type"].as_str() {
        Some("array") => Value::Array(vec![value(&schema["items"], text)]),
        Some("integer" | "number" | "boolean") => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        Some(_) | None => text.into(),
    }
}
