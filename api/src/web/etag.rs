//! Versions on the wire: ETag, If-Match, If-None-Match (RFC 9110).

use actix_web::{HttpRequest, http::header};

use crate::{
    error::{AppError, Code, Result},
    say,
};

/// What a request says of the version it means.
#[derive(Clone, Debug, Default)]
pub struct Precondition(Option<Vec<String>>);

impl Precondition {
    /// Reads If-Match.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        let mut tags = Vec::new();
        for value in request.headers().get_all(header::IF_MATCH) {
            let Ok(value) = value.to_str() else { continue };
            tags.extend(value.split(',').map(|tag| tag.trim().to_owned()));
        }
        Self((!tags.is_empty()).then_some(tags))
    }

    /// A request that means whatever version is there: for the service's own acts.
    #[must_use]
    pub fn any() -> Self {
        Self(Some(vec!["*".to_owned()]))
    }

    /// The request has to name the version, and it has to be `current`.
    ///
    /// # Errors
    /// 428 when it names none, 412 when it is another one.
    pub fn require(&self, current: &str) -> Result<()> {
        if self.0.is_none() {
            return Err(AppError::new(
                Code::VersionRequired,
                say!("请在 If-Match 中给出读取时的 ETag。", "Send the ETag that you read in If-Match."),
            ));
        }
        self.honour(current)
    }

    /// Where the request names a version, it has to be `current`.
    ///
    /// # Errors
    /// 412 when it is another one.
    pub fn honour(&self, current: &str) -> Result<()> {
        match &self.0 {
            Some(tags) if !tags.iter().any(|tag| tag == "*" || tag == current) => Err(AppError::new(
                Code::VersionChanged,
                say!(
                    "当前版本是 {current}，请重新读取后再修改。",
                    "The present version is {current}; read it again, then change it."
                ),
            )),
            Some(_) | None => Ok(()),
        }
    }
}

/// A version as a strong ETag.
#[must_use]
pub fn tag(version: impl std::fmt::Display) -> String {
    format!("\"{version}\"")
}

/// Whether the reader has that version already.
#[must_use]
pub fn is_known(request: &HttpRequest, current: &str) -> bool {
    request.headers().get_all(header::IF_NONE_MATCH).any(|value| {
        value.to_str().is_ok_and(|value| {
            value.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == current)
        })
    })
}
