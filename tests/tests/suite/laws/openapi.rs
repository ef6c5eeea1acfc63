//! The OpenAPI document: complete, valid, and the one that is kept.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use serde_json::Value;
use techmart_api::web::schemas::whole;

fn document() -> Value {
    techmart_api::openapi::document().clone()
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
        let schema = serde_json::json!({ "$ref": format!("#/components/schemas/{name}") });
        let schema = whole(schema, &document["components"]);
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
fn every_operation_says_what_it_does_who_may_and_what_it_answers_with_an_example() {
    let document = document();
    let mut lacking = Vec::new();
    for (path, method, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap();
        let mut lacks = |what: &str| lacking.push(format!("{name} ({method} {path}) has no {what}"));
        for words in ["summary", "description"] {
            if operation[words].as_str().is_none_or(|text| text.trim().is_empty()) {
                lacks(words);
            }
        }
        let body = &operation["requestBody"]["content"]["application/json"];
        if !body.is_null() && body.get("example").is_none() {
            lacks("example of a request");
        }
        let (problems, answers): (Vec<_>, Vec<_>) = operation["responses"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(status, answer)| match answer["$ref"].as_str() {
                Some(shared) => (status, document.pointer(shared.trim_start_matches('#')).unwrap()),
                None => (status, answer),
            })
            .partition(|(status, _)| status.starts_with(['4', '5']));
        for (status, answer) in &answers {
            if answer["description"].as_str().is_none_or(str::is_empty) {
                lacks(&format!("word on {status}"));
            }
        }
        let json: Vec<_> = answers
            .iter()
            .map(|(_, answer)| &answer["content"]["application/json"])
            .filter(|content| !content.is_null())
            .collect();
        if !json.is_empty() && json.iter().all(|content| content.get("example").is_none()) {
            lacks("example of an answer");
        }
        for status in ["400", "401", "403", "404", "429", "500", "503"] {
            let problem = problems.iter().find(|(there, _)| *there == status);
            let codes = problem.and_then(|(_, problem)| {
                problem["content"]["application/problem+json"]["examples"].as_object()
            });
            if codes.is_none_or(serde_json::Map::is_empty) {
                lacks(&format!("problem {status} with its codes"));
            }
        }
    }
    assert!(
        lacking.is_empty(),
        "{}\nThe suite keeps the examples that are missing: TECHMART_TEST_EXAMPLES=$PWD/api/src/openapi/examples.json \
         cargo test --workspace --test suite",
        lacking.join("\n")
    );
}

#[test]
fn every_example_of_the_document_fits_its_schema() {
    fn faults(document: &Value, schema: &Value, example: &Value) -> Vec<String> {
        let schema = whole(schema.clone(), &document["components"]);
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .build(&schema)
            .unwrap();
        validator.iter_errors(example).map(|error| format!("{} {error}", error.instance_path())).collect()
    }
    fn walk(value: &Value, place: &str, document: &Value, wrong: &mut Vec<String>) {
        if let (Some(schema), Some(example)) = (value.get("schema"), value.get("example")) {
            wrong.extend(faults(document, schema, example).iter().map(|fault| format!("{place}: {fault}")));
        }
        if let (Some(schema), Some(examples)) =
            (value.get("schema"), value.get("examples").and_then(Value::as_object))
        {
            for (name, example) in examples {
                let found = faults(document, schema, &example["value"]);
                wrong.extend(found.iter().map(|fault| format!("{place} {name}: {fault}")));
            }
        }
        match value {
            Value::Object(members) => {
                for (name, member) in members.iter().filter(|(name, _)| *name != "schemas") {
                    walk(member, &format!("{place}/{name}"), document, wrong);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, place, document, wrong)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let document = document();
    let mut wrong = Vec::new();
    walk(&document["paths"], "", &document, &mut wrong);
    walk(&document["components"], "", &document, &mut wrong);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Two types of one name are one schema in the document, and one of them is then told wrongly.
#[test]
fn no_two_types_of_the_document_have_one_name() {
    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for source in ["api/src", "entity/src"] {
        sources(&root.join(source), &mut files);
    }
    let mut names = BTreeMap::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if !(line.starts_with("#[derive(") && line.contains("ToSchema")) {
                continue;
            }
            let named = lines.find_map(|line| {
                let rest = line.split_once("struct ").or_else(|| line.split_once("enum "))?.1;
                Some(rest.split(|c: char| !c.is_alphanumeric()).next()?.to_owned())
            });
            let name = named.unwrap();
            if let Some(other) = names.insert(name.clone(), file.clone()) {
                panic!("{name} is a type of {} and of {}", other.display(), file.display());
            }
        }
    }
    assert!(names.len() > 300, "only {} types", names.len());
}

#[test]
fn every_schema_has_a_name_that_reads_well_and_no_parameter_is_null() {
    let document = document();
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "{name}");
    }
    for (path, method, operation) in operations(&document) {
        for parameter in operation["parameters"].as_array().unwrap() {
            assert!(!parameter.to_string().contains("\"null\""), "{method} {path}: {parameter}");
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
