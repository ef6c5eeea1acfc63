//! The OpenAPI document: complete, valid, and the one that is kept.

use std::collections::BTreeSet;

use serde_json::Value;

fn document() -> Value {
    techmart_api::openapi::document()
}

fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            all.push((path.clone(), method.clone(), operation));
        }
    }
    all
}

#[test]
fn the_document_says_its_version_and_every_operation_has_a_name_of_its_own() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let mut names = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path} has no name"));
        assert!(names.insert(name.to_owned()), "{name} names two operations");
        assert!(
            name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'),
            "{name} reads badly"
        );
        assert!(
            !operation["summary"].is_null() || !operation["description"].is_null(),
            "{name} is not explained"
        );
        assert!(!operation["tags"].as_array().unwrap().is_empty(), "{name} has no heading");
    }
    assert!(names.len() > 80, "only {} operations", names.len());
}

#[test]
fn every_reference_of_the_document_leads_somewhere() {
    fn walk(value: &Value, document: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    let pointer =
                        reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads outside"));
                    assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
                }
                members.values().for_each(|member| walk(member, document));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, document)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let document = document();
    walk(&document, &document);
}

#[test]
fn every_schema_of_the_document_compiles() {
    let document = document();
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        let schema = serde_json::json!({ "$ref": format!("#/components/schemas/{name}"), "components": document["components"] });
        jsonschema::draft202012::new(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn every_parameter_of_a_path_is_declared_and_every_body_is_closed() {
    let document = document();
    for (path, method, operation) in operations(&document) {
        let declared: BTreeSet<String> = operation["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
            .collect();
        let in_path: BTreeSet<String> = path
            .split('/')
            // `{indicator}.svg` names a parameter as well.
            .filter_map(|part| part.strip_prefix('{')?.split_once('}').map(|(name, _)| name))
            .map(str::to_owned)
            .collect();
        assert_eq!(declared, in_path, "{method} {path}");
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        if let Some(reference) = body["$ref"].as_str() {
            let schema = document.pointer(reference.trim_start_matches('#')).unwrap();
            assert_eq!(
                schema["additionalProperties"], false,
                "{method} {path}: {reference} takes what it does not know"
            );
        }
    }
}

#[test]
fn the_document_in_the_repository_is_the_one_that_the_code_makes() {
    let kept = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../api/openapi.json"))
        .expect("api/openapi.json is kept: techmart openapi > api/openapi.json");
    let kept: Value = serde_json::from_str(&kept).unwrap();
    assert!(kept == document(), "api/openapi.json is not up to date: techmart openapi > api/openapi.json");
}
