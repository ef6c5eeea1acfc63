//! Which pages may read an answer: exact origins from the configuration and from the client that asks, and nothing else.
//! An unknown origin is told nothing.

use actix_web::{
    HttpMessage,
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header, header::HeaderValue},
};

/// The origins that a request's own client names, kept with it.
#[derive(Clone, Debug)]
pub struct AllowedOrigins(pub Vec<String>);

/// Whether a browser asks whether it may ask.
#[must_use]
pub fn is_preflight(request: &ServiceRequest) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// Says in an answer who may read it.
pub fn answer(response: &mut ServiceResponse, configured: &[String], origin: Option<&HeaderValue>) {
    let preflight = response.request().method() == Method::OPTIONS;
    let allowed = origin.filter(|origin| {
        origin.to_str().is_ok_and(|origin| {
            let of_client = response.request().extensions().get::<AllowedOrigins>().cloned();
            let of_client = of_client.map(|origins| origins.0).unwrap_or_default();
            configured.iter().chain(&of_client).any(|known| known == origin)
        })
    });
    let allowed = allowed.cloned();
    let headers = response.headers_mut();
    vary(headers);
    let Some(origin) = allowed else { return };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static(
            "ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, Idempotent-Replayed",
        ),
    );
    if preflight {
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE"),
        );
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static(
                "Authorization, X-Api-Key, Content-Type, If-Match, If-None-Match, Idempotency-Key, Accept-Language, Acting-Organisation, X-Request-Id",
            ),
        );
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    }
}

/// Any answer may differ with the origin.
fn vary(headers: &mut header::HeaderMap) {
    let varies = headers.get_all(header::VARY).filter_map(|value| value.to_str().ok()).any(|value| {
        value.split(',').any(|name| name.trim() == "*" || name.trim().eq_ignore_ascii_case("origin"))
    });
    if !varies {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
    }
}
