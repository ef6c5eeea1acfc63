//! The document as the judge of what comes in: every body and query is checked against the same
//! schema that the OpenAPI document shows, so the two cannot differ, and all faults are seen at once.

use std::{
    any::type_name,
    collections::HashMap,
    sync::{Arc, RwLock},
};

use jsonschema::{
    Validator,
    error::{TypeKind, ValidationErrorKind},
};
use serde_json::{Map, Value, json};
use utoipa::PartialSchema;

use crate::{
    error::{Fault, Place, Wording},
    openapi::NOT_BLANK,
    say,
};

/// The schemas of the document, compiled at their first use.
#[derive(Debug)]
pub struct Schemas {
    components: Value,
    compiled: RwLock<HashMap<String, Arc<Validator>>>,
}

impl Schemas {
    /// Takes the schemas of an OpenAPI document.
    #[must_use]
    pub fn of(document: &Value) -> Self {
        Self { components: document["components"].clone(), compiled: RwLock::default() }
    }

    /// The schema of that name; null when there is none.
    #[must_use]
    pub fn component(&self, name: &str) -> &Value {
        &self.components["schemas"][name]
    }

    /// The faults of a body that should be a `T`.
    #[must_use]
    pub fn faults_of_body<T: PartialSchema>(&self, body: &Value) -> Vec<Fault> {
        // By the type and not by its name in the document: a generic type has many names there.
        let schema = || serde_json::to_value(T::schema()).unwrap_or_default();
        self.faults(&format!("body {}", type_name::<T>()), schema, body, |path| {
            Place::Pointer(path.to_owned())
        })
    }

    /// The faults of the query parameters of `T`, read into an object, against their schemas.
    #[must_use]
    pub fn faults_of_query<T>(&self, schema: impl FnOnce() -> Value, query: &Value) -> Vec<Fault> {
        self.faults(&format!("query {}", type_name::<T>()), schema, query, |path| {
            let parameter = path.trim_start_matches('/').split('/').next().unwrap_or_default();
            Place::Parameter(parameter.to_owned())
        })
    }

    fn faults(
        &self,
        key: &str,
        schema: impl FnOnce() -> Value,
        instance: &Value,
        place: impl Fn(&str) -> Place,
    ) -> Vec<Fault> {
        let Some(validator) = self.validator(key, schema) else {
            return Vec::new();
        };
        let mut faults = Vec::new();
        for error in validator.iter_errors(instance) {
            collect(&error, &place, &mut faults);
            // An answer need not be longer than what was asked.
            if faults.len() >= FAULTS_AT_MOST {
                break;
            }
        }
        faults.dedup();
        faults.truncate(FAULTS_AT_MOST);
        faults
    }

    fn validator(&self, key: &str, schema: impl FnOnce() -> Value) -> Option<Arc<Validator>> {
        if let Some(found) = self.compiled.read().ok().and_then(|known| known.get(key).cloned()) {
            return Some(found);
        }
        let schema = whole(schema(), &self.components);
        let built = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .build(&schema);
        match built {
            Ok(validator) => {
                let validator = Arc::new(validator);
                if let Ok(mut known) = self.compiled.write() {
                    known.insert(key.to_owned(), Arc::clone(&validator));
                }
                Some(validator)
            }
            Err(error) => {
                // A schema of our own that does not compile; deserialisation still guards the door.
                tracing::error!(key, %error, "schema does not compile");
                None
            }
        }
    }
}

/// A schema with the components that it names, and that those name: the whole document is a hundred times as much to
/// copy and to compile.
#[must_use]
pub fn whole(mut schema: Value, components: &Value) -> Value {
    let mut named = Map::new();
    let mut open = Vec::new();
    references(&schema, &mut open);
    while let Some(name) = open.pop() {
        if !named.contains_key(&name) {
            let component = components["schemas"][&name].clone();
            references(&component, &mut open);
            named.insert(name, component);
        }
    }
    schema["components"] = json!({ "schemas": named });
    schema
}

/// The names of the schemas that a value refers to.
fn references(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for value in members.values() {
                match value.as_str().and_then(|text| text.strip_prefix("#/components/schemas/")) {
                    // Also among the mappings of a discriminator.
                    Some(name) => names.push(name.to_owned()),
                    None => references(value, names),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// How many faults of one request are told.
const FAULTS_AT_MOST: usize = 100;

fn collect(error: &jsonschema::ValidationError<'_>, place: &impl Fn(&str) -> Place, faults: &mut Vec<Fault>) {
    let path = error.instance_path().as_str();
    let mut at = |path: &str, code: &str, detail: Wording| {
        faults.push(Fault { place: place(path), code: code.to_owned(), detail });
    };
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            for name in unexpected.iter().take(FAULTS_AT_MOST) {
                at(
                    &format!("{path}/{}", escape(name)),
                    "unknown",
                    say!(
                        "没有这个字段，请删除或检查拼写。",
                        "There is no such member; remove it or check its spelling."
                    ),
                );
            }
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            at(&format!("{path}/{}", escape(name)), "required", say!("必须给出。", "This is required."));
        }
        // Of the branches of an optional member, the one that is not "null" has the real reason.
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            let before = faults.len();
            for branch in context.iter().filter(|branch| !branch.iter().all(is_null_branch)) {
                for error in branch {
                    collect(error, place, faults);
                }
            }
            if faults.len() == before {
                faults.push(Fault {
                    place: place(path),
                    code: "invalid".to_owned(),
                    detail: say!("值不符合要求。", "The value does not fit."),
                });
            }
        }
        kind => {
            let (code, detail) = words(kind);
            at(path, code, detail);
        }
    }
}

fn is_null_branch(error: &jsonschema::ValidationError<'_>) -> bool {
    matches!(error.kind(), ValidationErrorKind::Type { kind: TypeKind::Single(jsonschema::JsonType::Null) })
}

fn words(kind: &ValidationErrorKind) -> (&'static str, Wording) {
    match kind {
        ValidationErrorKind::Type { kind } => {
            let wanted = match kind {
                TypeKind::Single(kind) => kind.to_string(),
                TypeKind::Multiple(kinds) => {
                    kinds.iter().map(|kind| kind.to_string()).collect::<Vec<_>>().join(" | ")
                }
            };
            ("type", say!("类型应为 {wanted}。", "It has to be of type {wanted}."))
        }
        ValidationErrorKind::MaxLength { limit } => {
            ("too_long", say!("最多 {limit} 个字符。", "At most {limit} characters."))
        }
        ValidationErrorKind::MinLength { limit } => {
            ("too_short", say!("至少 {limit} 个字符。", "At least {limit} characters."))
        }
        ValidationErrorKind::MaxItems { limit } => {
            ("too_many", say!("最多 {limit} 项。", "At most {limit} items."))
        }
        ValidationErrorKind::MinItems { limit } => {
            ("too_few", say!("至少 {limit} 项。", "At least {limit} items."))
        }
        ValidationErrorKind::Maximum { limit } => {
            ("too_large", say!("不能大于 {limit}。", "At most {limit}."))
        }
        ValidationErrorKind::Minimum { limit } => {
            ("too_small", say!("不能小于 {limit}。", "At least {limit}."))
        }
        ValidationErrorKind::Enum { options } => {
            let options = options.as_array().map_or_else(String::new, |options| {
                options
                    .iter()
                    .map(|o| o.as_str().map_or_else(|| o.to_string(), str::to_owned))
                    .collect::<Vec<_>>()
                    .join(", ")
            });
            ("unknown_code", say!("应为下列之一：{options}。", "It has to be one of: {options}."))
        }
        ValidationErrorKind::Format { format } => {
            ("format", say!("格式应为 {format}。", "It has to have the format {format}."))
        }
        ValidationErrorKind::Pattern { pattern } if pattern == NOT_BLANK => {
            ("blank", say!("不能只有空白。", "It must not be blank."))
        }
        ValidationErrorKind::Pattern { pattern } => {
            ("format", say!("应匹配 {pattern}。", "It has to match {pattern}."))
        }
        ValidationErrorKind::UniqueItems => {
            ("repeated", say!("不能有重复项。", "Items must not be repeated."))
        }
        _ => ("invalid", say!("值不符合要求。", "The value does not fit.")),
    }
}

/// A name as a part of a JSON pointer.
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The places of all strings with a NUL, which PostgreSQL cannot store: one rule for both databases.
#[must_use]
pub fn nul_faults(value: &Value) -> Vec<Fault> {
    fn walk(value: &Value, path: &mut String, faults: &mut Vec<Fault>) {
        match value {
            Value::String(text) if text.contains('\0') => faults.push(Fault::at(
                path.clone(),
                "nul",
                say!("不能包含空字符 (U+0000)。", "It must not contain NUL (U+0000)."),
            )),
            Value::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    let length = path.len();
                    path.push_str(&format!("/{i}"));
                    walk(item, path, faults);
                    path.truncate(length);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    let length = path.len();
                    path.push('/');
                    path.push_str(&escape(name));
                    walk(member, path, faults);
                    path.truncate(length);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut faults = Vec::new();
    walk(value, &mut String::new(), &mut faults);
    faults
}
