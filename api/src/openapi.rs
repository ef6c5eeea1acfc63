//! The OpenAPI document: generated from the handlers, completed with what all operations share (`answers.rs`),
//! who may call them (`who.rs`) and real examples (`examples.rs`), in shapes that generators of clients like
//! (`shapes.rs`).

mod answers;
mod examples;
mod headings;
mod shapes;
pub mod who;

use std::sync::LazyLock;

use actix_web::{App, HttpResponse, get};
use serde_json::{Value, json};
use utoipa::{OpenApi, PartialSchema, ToSchema};
use utoipa_actix_web::{AppExt, service_config::ServiceConfig};

use crate::{
    error::{Problem, ProblemError},
    features::{api_client::scopes, export::Form, webhook},
    routes,
};

/// It changes with a release only, so it is made once.
static DOCUMENT: LazyLock<Value> = LazyLock::new(make);
static TEXT: LazyLock<String> =
    LazyLock::new(|| serde_json::to_string_pretty(&*DOCUMENT).unwrap_or_default());

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(openapi_json);
}

/// This document.
#[utoipa::path(operation_id = "get_openapi", tag = "document", responses((status = 200, body = Object)))]
#[get("/openapi.json")]
async fn openapi_json() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header(("Cache-Control", "no-cache"))
        .body(text())
}

#[derive(OpenApi)]
#[openapi(info(
    title = "techmart",
    description = "科技成果交易服务超市. Achievements, demands, providers, dockings, and the figures that are counted from them. \
        Errors are RFC 9457 problem documents in Chinese or English (Accept-Language). Every write names the \
        organisation it is made for in Acting-Organisation. Lists are keyset pages; `Accept: text/csv`, \
        `application/x-ndjson` or that of a workbook (xlsx) gives all of a list as a file, whatever `limit` says.",
))]
struct Base;

/// The whole document.
#[must_use]
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// The same, to be read.
#[must_use]
pub fn text() -> &'static str {
    &TEXT
}

fn make() -> Value {
    let (_, generated) =
        App::new().into_utoipa_app().openapi(Base::openapi()).configure(routes::api).split_for_parts();
    let mut document = serde_json::to_value(generated).unwrap_or_default();
    complete(&mut document);
    document
}

/// The pattern of a text that is more than white space.
pub const NOT_BLANK: &str = r"\S";

/// Operations that anybody may call without a token.
const OPEN: &[&str] = &[
    "register",
    "verify_email",
    "login",
    "refresh",
    "forgot_password",
    "reset_password",
    "get_openapi",
    "unsubscribe",
    "show_unsubscribe",
    "show_renewal",
    "renew_by_link",
];

/// Operations that are asked by POST and write nothing: a repetition needs no key, and there is no version.
const ASKED_BY_POST: &[&str] = &["check_achievement", "check_demand", "check_provider", "preview_matches"];

fn complete(document: &mut Value) {
    document["openapi"] = "3.1.0".into();
    let schemas = &mut document["components"]["schemas"];
    schemas["Problem"] = serde_json::to_value(Problem::schema()).unwrap_or_default();
    schemas["ProblemError"] = serde_json::to_value(ProblemError::schema()).unwrap_or_default();
    debug_assert_eq!(Problem::name(), "Problem");
    document["tags"] = headings::headings();
    document["components"]["securitySchemes"] = json!({
        "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "The access_token of POST /auth/login." },
        "apiKey": {
            "type": "apiKey", "in": "header", "name": "X-Api-Key",
            "description": "A key of an API client (POST /api-clients/{id}/keys), here or as the token of Authorization: \
                Bearer. Each operation names the scopes of which the client needs one; without `apiKey` it is closed \
                to keys.",
        }
    });
    document["webhooks"] = webhook::document::webhooks();
    document["components"]["responses"] = answers::problems();
    document["components"]["headers"] = answers::headers();
    document["components"]["parameters"] = shared_parameters();
    shapes::tidy(document);
    forbid_blanks(&mut document["components"]["schemas"]);
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for (path, item) in paths {
        let Some(operations) = item.as_object_mut() else { continue };
        for (method, operation) in operations {
            complete_operation(path, method, operation);
            answers::complete(operation);
            describe(operation);
        }
    }
    examples::lend(document);
}

/// What has to say something says it with more than white space.
fn forbid_blanks(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            let is_text = match &members.get("type") {
                Some(Value::String(one)) => one == "string",
                Some(Value::Array(some)) => some.iter().any(|one| one == "string"),
                _ => false,
            };
            let must_say = members.get("minLength").and_then(Value::as_u64).is_some_and(|least| least > 0);
            let free = ["pattern", "format", "enum"].iter().all(|rule| !members.contains_key(*rule));
            if is_text && must_say && free {
                members.insert("pattern".to_owned(), NOT_BLANK.into());
            }
            members.values_mut().for_each(forbid_blanks);
        }
        Value::Array(items) => items.iter_mut().for_each(forbid_blanks),
        _ => {}
    }
}

fn complete_operation(path: &str, method: &str, operation: &mut Value) {
    let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
    // What sees a password or a token keeps no answer, so it takes no Idempotency-Key.
    let is_auth = path.starts_with("/api/v1/auth/")
        || matches!(path, "/api/v1/me/password" | "/api/v1/invitations/accept");
    let mut parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    let mut share =
        |name: &str| parameters.push(json!({ "$ref": format!("#/components/parameters/{name}") }));
    share("AcceptLanguage");
    let mut statuses = vec![400, 401, 403, 404, 408, 429, 500, 503];
    match method {
        "get" => {
            share("IfNoneMatch");
            share("ActingOrganisation");
            offer_files(operation);
            operation["responses"]["304"] =
                json!({ "description": "The version that If-None-Match names is the present one." });
        }
        "post" if is_auth => statuses.extend([409, 413, 415, 422]),
        "post" if ASKED_BY_POST.contains(&id.as_str()) => {
            share("ActingOrganisation");
            statuses.extend([413, 415, 422]);
        }
        "post" => {
            share("ActingOrganisation");
            share("IdempotencyKey");
            share("IfMatch");
            statuses.extend([409, 412, 413, 415, 422]);
        }
        _ => {
            share("ActingOrganisation");
            share("IfMatchRequired");
            statuses.extend([409, 412, 413, 415, 422, 428]);
        }
    }
    operation["parameters"] = parameters.into();
    for status in statuses {
        operation["responses"][status.to_string()] =
            json!({ "$ref": format!("#/components/responses/{status}") });
    }
    let by_key = scopes::of(&id);
    if by_key.is_none() && OPEN.contains(&id.as_str()) {
        return;
    }
    // Visitors may call what shows published things; a token shows more.
    let mut security = if method == "get" { vec![json!({})] } else { Vec::new() };
    security.push(json!({ "bearer": [] }));
    match by_key {
        None => {}
        Some([]) => security.push(json!({ "apiKey": [] })),
        Some(scopes) => security.extend(scopes.iter().map(|scope| json!({ "apiKey": [scope] }))),
    }
    operation["security"] = security.into();
    // As roles of a security requirement they are new in OpenAPI 3.1, and many readers of it do not show them.
    if let Some(scopes) = by_key {
        operation["x-scopes"] = json!(scopes);
    }
}

/// A list can be had as a file, too.
fn offer_files(operation: &mut Value) {
    let content = &mut operation["responses"]["200"]["content"];
    let is_page = content["application/json"]["schema"]["$ref"]
        .as_str()
        .is_some_and(|reference| reference.ends_with("Page"));
    if !is_page {
        return;
    }
    for form in Form::ALL {
        let schema = match form {
            Form::Csv | Form::JsonLines => json!({ "type": "string" }),
            Form::Workbook => json!({ "type": "string", "format": "binary" }),
        };
        content[form.essence()] = json!({ "schema": schema });
    }
}

/// After what the handler says of itself: who may call it, and how it goes.
fn describe(operation: &mut Value) {
    let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
    let own = operation["description"].as_str().unwrap_or_default().trim().to_owned();
    let sentences = [own, who::sentence(&id).unwrap_or_default()];
    let sentences: Vec<&str> = sentences.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    operation["description"] = sentences.join("\n\n").into();
    examples::complete(&id, operation);
}

fn shared_parameters() -> Value {
    let header = |name: &str, required: bool, description: &str, schema: Value| json!({ "name": name, "in": "header", "required": required, "description": description, "schema": schema });
    json!({
        "AcceptLanguage": header("Accept-Language", false, "`zh` (default) or `en`.", json!({ "type": "string", "example": "zh" })),
        "ActingOrganisation": header(
            "Acting-Organisation", false,
            "The organisation for which the person acts; needed for whatever is done for an organisation.",
            // A pattern, since generated clients put a value of format uuid into a header as it is.
            json!({ "type": "string", "pattern": "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$" }),
        ),
        "IdempotencyKey": header(
            "Idempotency-Key", false,
            "Makes a repetition safe: the same key and body give the same answer for 24 hours and act once.",
            json!({ "type": "string", "minLength": 8, "maxLength": 64, "pattern": "^[A-Za-z0-9_-]+$" }),
        ),
        "IfMatch": header("If-Match", false, "The ETag of the version that is meant.", json!({ "type": "string" })),
        "IfMatchRequired": header("If-Match", true, "The ETag of the version that was read.", json!({ "type": "string" })),
        "IfNoneMatch": header("If-None-Match", false, "The ETag of a version that the caller has.", json!({ "type": "string" })),
    })
}

/// The addresses and their methods, to tell 405 from 404.
#[derive(Debug, Default)]
pub struct Operations(Vec<Address>);

/// An address, and the operations at it.
#[derive(Debug)]
struct Address {
    /// What stands between the strokes; `{name}` for what varies.
    pattern: Vec<String>,
    /// Method and id of each.
    operations: Vec<(String, String)>,
}

impl Address {
    fn fits(&self, parts: &[&str]) -> bool {
        self.pattern.len() == parts.len()
            && self.pattern.iter().zip(parts).all(|(own, part)| own.starts_with('{') || own == part)
    }

    fn varying(&self) -> usize {
        self.pattern.iter().filter(|part| part.starts_with('{')).count()
    }
}

impl Operations {
    /// Reads them from the document.
    #[must_use]
    pub fn of(document: &Value) -> Self {
        let paths = document["paths"].as_object().cloned().unwrap_or_default();
        let addresses = paths.into_iter().map(|(path, item)| Address {
            pattern: path.split('/').map(str::to_owned).collect(),
            operations: item
                .as_object()
                .into_iter()
                .flatten()
                .map(|(method, operation)| {
                    let id = operation["operationId"].as_str().unwrap_or_default();
                    (method.to_uppercase(), id.to_owned())
                })
                .collect(),
        });
        Self(addresses.collect())
    }

    /// The methods of an address; none when there is no such address.
    #[must_use]
    pub fn methods(&self, path: &str) -> Option<String> {
        let parts: Vec<&str> = path.split('/').collect();
        let found = self.0.iter().find(|address| address.fits(&parts))?;
        let methods: Vec<&str> = found.operations.iter().map(|(method, _)| method.as_str()).collect();
        Some(methods.join(", "))
    }

    /// The id of the operation at an address: a literal address comes before one that varies.
    #[must_use]
    pub fn id(&self, method: &str, path: &str) -> Option<String> {
        let parts: Vec<&str> = path.split('/').collect();
        let fitting = self.0.iter().filter(|address| address.fits(&parts));
        let found = fitting.filter_map(|address| {
            let (_, id) = address.operations.iter().find(|(of, _)| of == method)?;
            Some((address.varying(), id))
        });
        found.min().map(|(_, id)| id.clone())
    }
}
