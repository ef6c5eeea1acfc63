//! What every request brings along: its id, its reader's language, its client's address.

use std::net::IpAddr;

use actix_web::{HttpMessage, HttpRequest, dev::ServiceRequest, http::header};
use uuid::Uuid;

use crate::error::Language;

/// What the edge found out about a request.
#[derive(Clone, Debug)]
pub struct RequestInfo {
    /// Ours, or the client's when it is safe to repeat.
    pub id: String,
    pub language: Language,
    /// The client's address, from the socket or from a trusted proxy.
    pub client: String,
}

impl RequestInfo {
    /// Reads a request's headers.
    #[must_use]
    pub fn of(request: &ServiceRequest, trusted_proxies: &[IpAddr]) -> Self {
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        let id = header("x-request-id")
            .filter(|id| {
                (1..=64).contains(&id.len())
                    && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
            })
            .map_or_else(|| Uuid::now_v7().to_string(), str::to_owned);
        let language =
            header(header::ACCEPT_LANGUAGE.as_str()).map_or_else(Language::default, Language::accepted);
        let peer = request.peer_addr().map(|address| address.ip());
        let forwarded = peer
            .filter(|peer| trusted_proxies.contains(peer))
            .and_then(|_| header("x-forwarded-for"))
            // The last address that no trusted proxy added itself.
            .and_then(|list| {
                list.rsplit(',')
                    .filter_map(|address| address.trim().parse::<IpAddr>().ok())
                    .find(|address| !trusted_proxies.contains(address))
            });
        let client = forwarded.or(peer).map_or_else(|| "unknown".to_owned(), |address| address.to_string());
        Self { id, language, client }
    }
}

/// What the edge found out about this request.
#[must_use]
pub fn info(request: &HttpRequest) -> RequestInfo {
    request.extensions().get::<RequestInfo>().cloned().unwrap_or_else(|| RequestInfo {
        id: Uuid::now_v7().to_string(),
        language: Language::default(),
        client: "unknown".to_owned(),
    })
}
