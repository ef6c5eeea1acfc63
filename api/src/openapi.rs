//! The OpenAPI document: generated from the handlers, completed with what all operations share.

use actix_web::{App, HttpResponse, get, web::Data};
use serde_json::{Map, Value, json};
use utoipa::{OpenApi, PartialSchema, ToSchema};
use utoipa_actix_web::{AppExt, service_config::ServiceConfig};

use crate::{
    error::{Problem, ProblemError},
    routes,
};

/// The document itself, ready to be sent.
#[derive(Clone, Debug)]
pub struct Document(pub String);

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(openapi_json);
}

/// This document.
#[utoipa::path(operation_id = "get_openapi", tag = "document", responses((status = 200, body = Object)))]
#[get("/openapi.json")]
async fn openapi_json(document: Data<Document>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header(("Cache-Control", "no-cache"))
        .body(document.0.clone())
}

#[derive(OpenApi)]
#[openapi(info(
    title = "techmart 科技成果交易服务超市",
    description = "Achievements, demands, providers, dockings, and the figures that are counted from them. \
        Errors are RFC 9457 problem documents in Chinese or English (Accept-Language). Every write names the \
        organisation it is made for in Acting-Organisation. Lists are keyset pages.",
))]
struct Base;

/// Makes the whole document.
#[must_use]
pub fn document() -> Value {
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

fn complete(document: &mut Value) {
    document["openapi"] = "3.1.0".into();
    let schemas = &mut document["components"]["schemas"];
    schemas["Problem"] = serde_json::to_value(Problem::schema()).unwrap_or_default();
    schemas["ProblemError"] = serde_json::to_value(ProblemError::schema()).unwrap_or_default();
    debug_assert_eq!(Problem::name(), "Problem");
    document["components"]["securitySchemes"] = json!({
        "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "The access_token of POST /auth/login." }
    });
    document["components"]["responses"] = shared_responses();
    document["components"]["parameters"] = shared_parameters();
    forbid_blanks(&mut document["components"]["schemas"]);
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for (path, item) in paths {
        let Some(operations) = item.as_object_mut() else { continue };
        for (method, operation) in operations {
            complete_operation(path, method, operation);
        }
    }
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
            operation["responses"]["304"] =
                json!({ "description": "The version that If-None-Match names is the present one." });
        }
        "post" if is_auth => statuses.extend([409, 413, 415, 422]),
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
    if !OPEN.contains(&id.as_str()) {
        // Visitors may call what shows published things; a token shows more.
        operation["security"] =
            if method == "get" { json!([{}, { "bearer": [] }]) } else { json!([{ "bearer": [] }]) };
    }
}

fn shared_responses() -> Value {
    let mut responses = Map::new();
    for (status, description) in [
        (400, "The request does not fit this document; every fault that can be seen is listed."),
        (401, "Nobody signed in, or the token is not valid any more."),
        (403, "Not allowed."),
        (404, "Not there, or not for the caller to know of."),
        (408, "The request took too long to arrive."),
        (
            409,
            "Not a legal move from the present status (`legal_moves` names those that are), or it exists already.",
        ),
        (412, "It has been changed since the version that If-Match names."),
        (413, "Too large."),
        (415, "The media type is not supported."),
        (422, "It fits this document but breaks a rule; all that are broken are listed."),
        (428, "If-Match is required."),
        (429, "Too many requests; see Retry-After."),
        (500, "Something went wrong inside; report the request_id."),
        (503, "Not available for the moment; see Retry-After."),
    ] {
        responses.insert(
            status.to_string(),
            json!({
                "description": description,
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
            }),
        );
    }
    responses.into()
}

fn shared_parameters() -> Value {
    let header = |name: &str, required: bool, description: &str, schema: Value| json!({ "name": name, "in": "header", "required": required, "description": description, "schema": schema });
    json!({
        "AcceptLanguage": header("Accept-Language", false, "`zh` (default) or `en`.", json!({ "type": "string", "example": "zh" })),
        "ActingOrganisation": header(
            "Acting-Organisation", false,
            "The organisation for which the person acts; needed for whatever is done for an organisation.",
            json!({ "type": "string", "format": "uuid" }),
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
pub struct Operations(Vec<(Vec<String>, String)>);

impl Operations {
    /// Reads them from the document.
    #[must_use]
    pub fn of(document: &Value) -> Self {
        let paths = document["paths"].as_object().cloned().unwrap_or_default();
        let operations = paths
            .into_iter()
            .map(|(path, item)| {
                let methods: Vec<String> = item
                    .as_object()
                    .into_iter()
                    .flat_map(|item| item.keys())
                    .map(|method| method.to_uppercase())
                    .collect();
                (path.split('/').map(str::to_owned).collect(), methods.join(", "))
            })
            .collect();
        Self(operations)
    }

    /// The methods of an address; none when there is no such address.
    #[must_use]
    pub fn methods(&self, path: &str) -> Option<String> {
        let parts: Vec<&str> = path.split('/').collect();
        let found = self.0.iter().find(|(pattern, _)| {
            pattern.len() == parts.len()
                && pattern
                    .iter()
                    .zip(&parts)
                    .all(|(pattern, part)| pattern.starts_with('{') || pattern == part)
        });
        found.map(|(_, methods)| methods.clone())
    }
}
