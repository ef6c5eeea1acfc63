//! The answers that operations share: the problems with the codes they may bear, and the headers.

use serde_json::{Map, Value, json};

use crate::error::{Code, Language, MEDIA_TYPE};

/// Every problem that an operation may answer with, and what it means.
const PROBLEMS: &[(u16, &str)] = &[
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
];

/// The problems as components, with an example for each code.
#[must_use]
pub fn problems() -> Value {
    let problems = PROBLEMS.iter().map(|(status, description)| {
        let codes: Vec<Code> = Code::ALL.iter().copied().filter(|code| code.status() == *status).collect();
        let names = codes.iter().map(|code| format!("`{}`", code.as_str())).collect::<Vec<_>>().join(", ");
        let examples: Map<String, Value> =
            codes.iter().map(|code| (code.as_str().to_owned(), json!({ "value": problem(*code) }))).collect();
        let mut headers = json!({
            "X-Request-Id": { "$ref": "#/components/headers/RequestId" },
            "Content-Language": { "$ref": "#/components/headers/ContentLanguage" },
        });
        match status {
            401 => headers["WWW-Authenticate"] = json!({ "$ref": "#/components/headers/WwwAuthenticate" }),
            429 | 503 => headers["Retry-After"] = json!({ "$ref": "#/components/headers/RetryAfter" }),
            _ => {}
        }
        let response = json!({
            "description": format!("{description} Codes: {names}."),
            "headers": headers,
            "content": { MEDIA_TYPE: {
                "schema": { "$ref": "#/components/schemas/Problem" },
                "examples": examples,
            } },
        });
        (status.to_string(), response)
    });
    problems.collect::<Map<String, Value>>().into()
}

fn problem(code: Code) -> Value {
    let mut problem = json!({
        "type": format!("/api/v1/code-lists/problem#{}", code.as_str()),
        "title": code.title().in_language(Language::En),
        "status": code.status().as_u16(),
        "code": code.as_str(),
        "detail": code.title().in_language(Language::En),
        "request_id": "019ad500-4c00-7000-8000-000000000001",
    });
    if matches!(code, Code::InvalidBody | Code::RuleBroken) {
        problem["errors"] =
            json!([{ "pointer": "/content/title", "code": "required", "detail": "This is required." }]);
    } else if code == Code::InvalidParameter {
        problem["errors"] = json!([{ "parameter": "limit", "code": "too_large", "detail": "At most 100." }]);
    } else if code == Code::IllegalMove {
        problem["current_status"] = "draft".into();
        problem["legal_moves"] = json!(["submit", "delete"]);
    }
    problem
}

/// The headers of answers.
#[must_use]
pub fn headers() -> Value {
    let header = |description: &str, example: &str| json!({ "description": description, "schema": { "type": "string" }, "example": example });
    let mut headers = json!({
        "RequestId": header("Names the request in the service's logs.", "019ad500-4c00-7000-8000-000000000001"),
        "ETag": header("The version, for If-Match and If-None-Match.", "\"3\""),
        "Location": header("Where the thing that was made is.", "/api/v1/achievements/019ad500-4c00-7000-8000-000000000002"),
        "Link": header("Where the next page is (RFC 8288); absent on the last one.", "</api/v1/achievements?cursor=eyJ…>; rel=\"next\""),
        "RateLimit": header("What is left of the limit, where one is set.", "\"visitor\";r=119;t=60"),
        "RateLimitPolicy": header("The limit, where one is set.", "\"visitor\";q=120;w=60"),
        "RetryAfter": header("Seconds to wait.", "2"),
        "WwwAuthenticate": header("How to sign in (RFC 6750).", "Bearer realm=\"techmart\""),
        "ContentLanguage": header("The language of `title` and `detail`.", "zh-CN"),
    });
    for name in ["RequestId", "ContentLanguage", "WwwAuthenticate"] {
        headers[name]["required"] = true.into();
    }
    headers
}

/// Says what each answer is that is no problem, and which headers come with it.
pub fn complete(operation: &mut Value) {
    let is_page = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
        .as_str()
        .is_some_and(|schema| schema.ends_with("Page"));
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for (status, response) in responses {
        if response.get("$ref").is_some() {
            continue;
        }
        if response["description"].as_str().is_none_or(str::is_empty) {
            let description = match status.as_str() {
                "201" => "It was made; Location says where it is.",
                "202" => "It was taken; Location says where to look for the outcome.",
                "204" => "It was done.",
                _ => "The answer.",
            };
            response["description"] = description.into();
        }
        let mut share = |name: &str, component: &str| {
            response["headers"][name] = json!({ "$ref": format!("#/components/headers/{component}") });
        };
        share("X-Request-Id", "RequestId");
        share("RateLimit", "RateLimit");
        share("RateLimit-Policy", "RateLimitPolicy");
        if !is_page || status == "304" {
            share("ETag", "ETag");
        }
        if is_page && status == "200" {
            share("Link", "Link");
        }
        if matches!(status.as_str(), "201" | "202") {
            share("Location", "Location");
        }
    }
}
