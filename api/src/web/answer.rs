//! Answers: a body with its version and place, for reading and for writing alike.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
};
use serde::Serialize;

use super::etag;

/// What an act or a look answers with.
#[derive(Clone, Debug)]
pub struct Answer<T> {
    pub status: StatusCode,
    pub body: Option<T>,
    pub etag: Option<String>,
    pub location: Option<String>,
}

impl<T: Serialize> Answer<T> {
    /// 200 with a body.
    pub fn ok(body: T) -> Self {
        Self { status: StatusCode::OK, body: Some(body), etag: None, location: None }
    }

    /// 201 with a body and the place of what was made.
    pub fn created(body: T, location: String) -> Self {
        Self { status: StatusCode::CREATED, body: Some(body), etag: None, location: Some(location) }
    }

    /// 202 with a body and the place where to look for the outcome.
    pub fn accepted(body: T, location: String) -> Self {
        Self { status: StatusCode::ACCEPTED, ..Self::created(body, location) }
    }

    /// Names the version.
    #[must_use]
    pub fn tagged(mut self, etag: String) -> Self {
        self.etag = Some(etag);
        self
    }

    /// The answer to a reader, who may have it already. Every answer may vary with who asks.
    #[must_use]
    pub fn respond(&self, request: &HttpRequest) -> HttpResponse {
        if let Some(tag) = &self.etag
            && etag::is_known(request, tag)
        {
            return HttpResponse::NotModified().insert_header((header::ETAG, tag.as_str())).finish();
        }
        let mut response = HttpResponse::build(self.status);
        response.insert_header((header::CACHE_CONTROL, "private, no-cache"));
        response.insert_header((
            header::VARY,
            "Authorization, X-Api-Key, Accept-Language, Acting-Organisation, Origin",
        ));
        if let Some(tag) = &self.etag {
            response.insert_header((header::ETAG, tag.as_str()));
        }
        if let Some(location) = &self.location {
            response.insert_header((header::LOCATION, location.as_str()));
        }
        match &self.body {
            Some(body) => response.json(body),
            None => response.finish(),
        }
    }
}

impl Answer<()> {
    /// 204.
    #[must_use]
    pub fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None, etag: None, location: None }
    }
}

/// A page of ours for a browser: it loads nothing, and its form leads back here.
#[must_use]
pub fn page(body: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header(("Cache-Control", "no-store"))
        .insert_header((
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
        ))
        .body(body)
}
