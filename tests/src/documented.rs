//! Every answer, of every test, against the OpenAPI document: its status, its media type, its schema. What
//! is asked and answered is kept as the document's examples where the environment says so.

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Map, Value, json};

use techmart_api::web::schemas::whole;

use crate::client::Reply;

/// Holds an answer against the document.
///
/// # Panics
/// When the document does not say that it may come.
pub fn check(document: &Value, method: &Method, target: &str, request: Option<&Value>, reply: &Reply) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let Some((pattern, operation)) = operation(document, method.as_str(), path) else { return };
    let id = operation["operationId"].as_str().unwrap_or_default();
    let status = reply.status.as_u16().to_string();
    let said = |what: &str| format!("{} answered {status}: {id} does not document {what}", reply.asked);
    let mut answer = &operation["responses"][&status];
    assert!(!answer.is_null(), "{}: {}", said("this status"), reply.body);
    if let Some(shared) = answer["$ref"].as_str() {
        answer = document.pointer(shared.trim_start_matches('#')).unwrap();
    }
    let media_type = reply.headers.get("content-type").map(|value| value.to_str().unwrap_or_default());
    let media_type = media_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let Some(contents) = answer["content"].as_object() else {
        assert!(media_type.is_empty(), "{}", said(&format!("a body of {media_type}")));
        return;
    };
    let content = contents.get(media_type).unwrap_or_else(|| panic!("{}", said(&format!("{media_type:?}"))));
    if media_type.ends_with("json") {
        let validator = validator(document, &format!("{id} {status}"), &content["schema"]);
        let faults: Vec<String> = validator
            .iter_errors(&reply.body)
            .map(|error| format!("{} {error}", error.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{}: {faults:?} of {}", said("such a body"), reply.body);
    }
    if let Some(book) = &*BOOK {
        let mut book = book.lock().unwrap_or_else(PoisonError::into_inner);
        book.record(id, &Exchange { pattern, path, query, request, reply, media_type });
    }
}

/// The operation of the document that a request falls under, and its address.
fn operation<'a>(document: &'a Value, method: &str, path: &str) -> Option<(&'a str, &'a Value)> {
    let paths = document["paths"].as_object()?;
    let mut found: Vec<_> = paths.iter().filter(|(pattern, _)| parameters(pattern, path).is_some()).collect();
    // The address that says more literally comes first.
    let literal = |pattern: &str| -> usize {
        pattern.split('{').map(|part| part.split('}').next_back().unwrap_or("").len()).sum()
    };
    found.sort_by_key(|(pattern, _)| std::cmp::Reverse(literal(pattern)));
    found.into_iter().find_map(|(pattern, item)| Some((pattern.as_str(), item.get(method.to_lowercase())?)))
}

/// The parameters of an address that fits a pattern; `{indicator}.svg` names one as well.
fn parameters(pattern: &str, path: &str) -> Option<Vec<(String, Value)>> {
    if pattern.split('/').count() != path.split('/').count() {
        return None;
    }
    let mut found = Vec::new();
    for (pattern, part) in pattern.split('/').zip(path.split('/')) {
        match pattern.strip_prefix('{').and_then(|pattern| pattern.split_once('}')) {
            Some((name, end)) => found.push((name.to_owned(), json!(part.strip_suffix(end)?))),
            None if pattern == part => {}
            None => return None,
        }
    }
    Some(found)
}

/// The schema of an answer, compiled once for all tests, which share one document.
fn validator(document: &Value, key: &str, schema: &Value) -> Arc<Validator> {
    static COMPILED: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let made = compiled.entry(key.to_owned()).or_insert_with(|| {
        let schema = whole(schema.clone(), &document["components"]);
        let built = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .build(&schema);
        Arc::new(built.unwrap_or_else(|error| panic!("{key}: {error}")))
    });
    Arc::clone(made)
}

/// The examples: those of `TECHMART_TEST_EXAMPLES` stay as they are, missing ones are added.
static BOOK: LazyLock<Option<Mutex<Book>>> = LazyLock::new(|| {
    let path = PathBuf::from(std::env::var_os("TECHMART_TEST_EXAMPLES")?);
    let kept: BTreeMap<String, Map<String, Value>> =
        serde_json::from_str(&std::fs::read_to_string(&path).ok()?).expect("a file of examples");
    let lines = kept.iter().map(|(id, kept)| (id.clone(), (usize::MAX, kept.clone()))).collect();
    Some(Mutex::new(Book { path, lines }))
});

struct Book {
    path: PathBuf,
    /// By operation: how much it shows, and what is kept.
    lines: BTreeMap<String, (usize, Map<String, Value>)>,
}

struct Exchange<'a> {
    pattern: &'a str,
    path: &'a str,
    query: &'a str,
    request: Option<&'a Value>,
    reply: &'a Reply,
    media_type: &'a str,
}

impl Book {
    fn record(&mut self, id: &str, exchange: &Exchange<'_>) {
        let reply = exchange.reply;
        let line = self.lines.entry(id.to_owned()).or_default();
        let before = line.clone();
        if let Some(code) = reply.body["code"].as_str().filter(|_| reply.status.is_client_error()) {
            // What the shape of a request is refused with is the same everywhere.
            let general = ["invalid_body", "invalid_parameter", "not_signed_in", "unsupported_media_type"];
            let refusals = line.1.entry("refusals").or_insert_with(|| json!([])).as_array_mut().unwrap();
            if !general.contains(&code) && !refusals.iter().any(|known| known == code) {
                refusals.push(code.into());
                refusals.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            }
            if refusals.is_empty() {
                line.1.remove("refusals");
            }
        }
        if reply.status.is_success() && line.0 != usize::MAX {
            let request = exchange.request.map(|body| short(body, ""));
            let answer = (exchange.media_type == "application/json").then(|| short(&reply.body, ""));
            // One that shows more is better, up to what one likes to read.
            let shown =
                1 + request.as_ref().map_or(0, leaves).min(30) + answer.as_ref().map_or(0, leaves).min(60);
            if shown > line.0 {
                line.0 = shown;
                line.1.insert("status".to_owned(), reply.status.as_u16().to_string().into());
                for (name, value) in
                    [("parameters", Some(exchange.parameters())), ("request", request), ("answer", answer)]
                {
                    line.1.remove(name);
                    line.1.extend(value.map(|value| (name.to_owned(), value)));
                }
            }
        }
        // A body that fits the document is an example of it, whatever became of the request.
        if line.0 == 0
            && let Some(body) = exchange.request
            && ![400, 401, 413, 415].contains(&reply.status.as_u16())
        {
            line.1.insert("request".to_owned(), short(body, ""));
        }
        if *line != before {
            self.write();
        }
    }

    fn write(&self) {
        let lines = self.lines.iter().filter(|(_, (_, line))| !line.is_empty());
        let lines: Vec<String> =
            lines.map(|(id, (_, line))| format!("{}: {}", json!(id), json!(line))).collect();
        std::fs::write(&self.path, format!("{{\n{}\n}}\n", lines.join(",\n"))).unwrap();
    }
}

impl Exchange<'_> {
    /// What stood in the address, by name.
    fn parameters(&self) -> Value {
        let named = parameters(self.pattern, self.path).unwrap_or_default();
        let url = reqwest::Url::parse(&format!("http://host/?{}", self.query)).unwrap();
        let asked = url.query_pairs().map(|(name, value)| (name.into_owned(), json!(value)));
        Value::Object(named.into_iter().chain(asked.filter(|(name, _)| name != "cursor")).collect())
    }
}

/// The same, as short as an example should be, without secrets.
fn short(value: &Value, name: &str) -> Value {
    match value {
        Value::Array(items) => items.iter().take(2).map(|item| short(item, name)).collect(),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.clone(), short(value, name))).collect())
        }
        Value::String(text) if name.ends_with("token") || name.ends_with("secret") => {
            json!(format!("{}…", text.chars().take(12).collect::<String>()))
        }
        Value::String(text) if text.chars().count() > 400 => {
            json!(format!("{}…", text.chars().take(399).collect::<String>()))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// How many values are said.
fn leaves(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(leaves).sum(),
        Value::Object(members) => members.values().map(leaves).sum(),
        Value::Null => 0,
        Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}
