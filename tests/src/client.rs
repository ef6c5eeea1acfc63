//! A client of the interface, signed in or not, acting for an organisation or not.

use std::sync::Arc;

use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};

use crate::{documented, world::PATIENCE};

/// A client.
#[derive(Clone, Debug)]
pub struct Client {
    pub http: reqwest::Client,
    base: String,
    document: Arc<Value>,
    pub token: Option<String>,
    pub refresh_token: Option<String>,
    pub acting: Option<String>,
    pub account_id: Option<String>,
    pub email: String,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
    /// What was asked, for messages.
    pub asked: String,
}

impl Client {
    /// A client of the service at `base`.
    pub fn new(base: &str, document: Arc<Value>) -> Self {
        Self {
            http: reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap(),
            base: base.to_owned(),
            document,
            token: None,
            refresh_token: None,
            acting: None,
            account_id: None,
            email: String::new(),
        }
    }

    /// The same person, acting for an organisation.
    pub fn acting_for(&self, organisation: &str) -> Self {
        Self { acting: Some(organisation.to_owned()), ..self.clone() }
    }

    /// The same person, acting for nobody.
    pub fn acting_for_nobody(&self) -> Self {
        Self { acting: None, ..self.clone() }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Reply {
        self.call(Method::GET, path, None, &[]).await
    }

    /// GET of a page or another text.
    pub async fn text(&self, path: &str) -> String {
        self.get(path).await.ok().as_str().unwrap_or_else(|| panic!("{path}: no text")).to_owned()
    }

    /// POST with a body.
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.call(Method::POST, path, Some(body), &[]).await
    }

    /// POST without a body: a move.
    pub async fn act(&self, path: &str) -> Reply {
        self.call(Method::POST, path, None, &[]).await
    }

    /// PATCH of the version that is there now.
    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        let tag = self.get(path).await.etag();
        self.call(Method::PATCH, path, Some(body), &[("if-match", &tag)]).await
    }

    /// Any request with any headers.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Reply {
        let url = if path.starts_with("/health")
            || path.starts_with("/metrics")
            || path.starts_with("/docs")
            || path.starts_with("/api/")
            || path.starts_with("/oai")
        {
            format!("{}{path}", self.base)
        } else {
            format!("{}/api/v1{path}", self.base)
        };
        let asked = format!("{method} {path}");
        let mut request = self.http.request(method.clone(), &url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(acting) = &self.acting {
            request = request.header("acting-organisation", acting);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = &body {
            request = request.json(body);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{asked}: {error}"));
        self.reply(asked, &method, &url, body.as_ref(), response).await
    }

    /// Uploads a file.
    pub async fn upload(&self, purpose: &str, name: &str, bytes: Vec<u8>) -> Reply {
        let form = reqwest::multipart::Form::new()
            .text("purpose", purpose.to_owned())
            .part("file", reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned()));
        let url = format!("{}/api/v1/attachments", self.base);
        let mut request = self.http.post(&url).multipart(form);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(acting) = &self.acting {
            request = request.header("acting-organisation", acting);
        }
        let response = request.send().await.unwrap();
        self.reply(format!("POST /attachments {name}"), &Method::POST, &url, None, response).await
    }

    /// Uploads a small PDF and gives its id.
    pub async fn paper(&self, purpose: &str) -> String {
        let bytes = format!("%PDF-1.4\n% {purpose} {}\n%%EOF\n", uuid::Uuid::new_v4()).into_bytes();
        let reply = self.upload(purpose, &format!("{purpose}.pdf"), bytes).await;
        reply.created()["id"].as_str().unwrap().to_owned()
    }

    /// Sends a body of another type than JSON.
    pub async fn send(&self, method: Method, path: &str, media_type: &str, body: Vec<u8>) -> Reply {
        let url = format!("{}/api/v1{path}", self.base);
        let mut request =
            self.http.request(method.clone(), &url).header("content-type", media_type).body(body);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.unwrap();
        self.reply(format!("{method} {path}"), &method, &url, None, response).await
    }

    /// A list in the form that Accept names.
    ///
    /// # Errors
    /// What refuses it.
    pub async fn file(&self, path: &str, accept: &str) -> Result<Vec<u8>, Box<Reply>> {
        let url = format!("{}/api/v1{path}", self.base);
        let mut request = self.http.get(&url).header("accept", accept);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.unwrap();
        if response.status() == StatusCode::OK {
            let media_type = response.headers()["content-type"].to_str().unwrap().to_owned();
            assert!(media_type.starts_with(accept), "{path}: {media_type}");
            return Ok(response.bytes().await.unwrap().to_vec());
        }
        Err(Box::new(self.reply(format!("GET {path} as {accept}"), &Method::GET, &url, None, response).await))
    }

    async fn reply(
        &self,
        asked: String,
        method: &Method,
        url: &str,
        request: Option<&Value>,
        response: reqwest::Response,
    ) -> Reply {
        let status = response.status();
        let headers = response.headers().clone();
        let bytes = response.bytes().await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(&bytes)));
        let reply = Reply { status, headers, body, asked };
        reply.check_form();
        let target = url.strip_prefix(&self.base).unwrap();
        documented::check(&self.document, method, target, request, &reply);
        reply
    }
}

impl Reply {
    /// Every error is a problem document, and none is a fault of the service.
    fn check_form(&self) {
        assert_ne!(self.status, StatusCode::INTERNAL_SERVER_ERROR, "{}: {}", self.asked, self.body);
        if self.status.is_client_error() || self.status.is_server_error() {
            let media_type =
                self.headers.get("content-type").map(|value| value.to_str().unwrap()).unwrap_or_default();
            assert_eq!(
                media_type, "application/problem+json",
                "{} {}: {}",
                self.asked, self.status, self.body
            );
            if self.asked.contains("/health") {
                return;
            }
            for member in ["type", "title", "status", "code", "detail", "request_id"] {
                assert!(
                    !self.body[member].is_null(),
                    "{}: a problem without {member}: {}",
                    self.asked,
                    self.body
                );
            }
        }
    }

    /// The body of a 200.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}: {}", self.asked, self.body);
        self.body
    }

    /// The body of a 201.
    #[track_caller]
    pub fn created(self) -> Value {
        assert_eq!(self.status, StatusCode::CREATED, "{}: {}", self.asked, self.body);
        self.body
    }

    /// A problem of that status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!(
            (self.status.as_u16(), self.body["code"].as_str()),
            (status, Some(code)),
            "{}: {}",
            self.asked,
            self.body
        );
        self.body
    }

    /// Any of the statuses.
    #[track_caller]
    pub fn status(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.asked, self.body);
        self.body
    }

    /// The ETag.
    #[track_caller]
    pub fn etag(&self) -> String {
        let tag = self
            .headers
            .get("etag")
            .unwrap_or_else(|| panic!("{} {}: no ETag: {}", self.asked, self.status, self.body));
        tag.to_str().unwrap().to_owned()
    }

    /// The codes of the single faults.
    pub fn fault_codes(&self) -> Vec<String> {
        let faults = self.body["errors"].as_array().cloned().unwrap_or_default();
        faults.iter().map(|fault| fault["code"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

/// The id of what was made.
pub fn id_of(body: &Value) -> String {
    body["id"].as_str().unwrap_or_else(|| panic!("no id in {body}")).to_owned()
}
