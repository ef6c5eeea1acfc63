//! RFC 9457 problem documents: the only shape in which an error leaves the service.

use std::fmt::Write as _;

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AppError, Code, Language, Place};

/// The media type of a problem document.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// A problem document (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Where the code is explained, relative to the service.
    #[serde(rename = "type")]
    #[schema(example = "/api/v1/code-lists/problem#not_found")]
    pub kind: String,
    /// What kind of problem it is, in the language of the answer.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code to branch on.
    #[schema(example = "not_found")]
    pub code: String,
    /// What was wrong this time, and what would be right.
    pub detail: String,
    /// Every single fault that could be seen.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub errors: Vec<ProblemError>,
    /// The present status, when a move was not legal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_status: Option<String>,
    /// The moves that are legal now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_moves: Option<Vec<String>>,
    /// Names the request in the service's logs.
    pub request_id: String,
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemError {
    /// A JSON pointer into the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The name of a parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// The name of a header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    pub code: String,
    pub detail: String,
}

/// The problem document of an error, in the reader's language. A fault inside is logged here, once,
/// with its whole chain.
#[must_use]
pub fn render(error: &AppError, language: Language, request_id: &str) -> HttpResponse {
    if let Some(source) = &error.source {
        let mut chain = String::new();
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&**source as _);
        while let Some(error) = cause {
            let _ = write!(chain, "{}{error}", if chain.is_empty() { "" } else { ": " });
            cause = error.source();
        }
        if error.code == Code::Internal {
            tracing::error!(request_id, %chain, "request failed inside");
        } else {
            tracing::warn!(request_id, %chain, code = error.code.as_str(), "a part is not available");
        }
    }
    let problem = Problem {
        kind: format!("/api/v1/code-lists/problem#{}", error.code.as_str()),
        title: error.code.title().in_language(language).to_owned(),
        status: error.status().as_u16(),
        code: error.code.as_str().to_owned(),
        detail: error.detail.in_language(language).to_owned(),
        errors: error
            .faults
            .iter()
            .map(|fault| {
                let (mut pointer, mut parameter, mut header) = (None, None, None);
                match &fault.place {
                    Place::Pointer(place) => pointer = Some(place.clone()),
                    Place::Parameter(place) => parameter = Some(place.clone()),
                    Place::Header(place) => header = Some(place.clone()),
                }
                let detail = fault.detail.in_language(language).to_owned();
                ProblemError { pointer, parameter, header, code: fault.code.clone(), detail }
            })
            .collect(),
        current_status: error.legal_moves.as_ref().map(|(status, _)| status.clone()),
        legal_moves: error.legal_moves.as_ref().map(|(_, moves)| moves.clone()),
        request_id: request_id.to_owned(),
    };
    let mut response = HttpResponse::build(error.status());
    response
        .insert_header((header::CONTENT_TYPE, MEDIA_TYPE))
        .insert_header((header::CONTENT_LANGUAGE, language.tag()))
        .insert_header((header::CACHE_CONTROL, "no-store"));
    if error.status() == StatusCode::UNAUTHORIZED {
        let challenge = match error.code {
            Code::InvalidToken | Code::InvalidKey => "Bearer realm=\"techmart\", error=\"invalid_token\"",
            _ => "Bearer realm=\"techmart\"",
        };
        response.insert_header((header::WWW_AUTHENTICATE, challenge));
    }
    if let Some(seconds) = error.retry_after {
        response.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    response.body(serde_json::to_vec(&problem).unwrap_or_default())
}

/// The framework asks for this; the edge middleware renders the document, since only it knows the
/// reader's language and the request's id.
impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status())
    }
}
