//! A JSON body, checked against the document before anything else sees it.

use std::{future::Future, pin::Pin, time::Duration};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::{Method, header},
};
use bytes::BytesMut;
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::schemas;
use crate::{
    error::{AppError, Code, Fault, Result},
    say,
    state::State,
};

/// The most bytes a JSON body may have.
pub const LIMIT: usize = 1024 * 1024;

/// How long a body may take to arrive.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// A JSON body of type `T`.
#[derive(Debug)]
pub struct Body<T>(pub T);

/// SHA-256 of the body as it came, for the comparison of repeated requests.
#[derive(Clone, Debug)]
pub struct BodyHash(pub String);

impl<T: DeserializeOwned + ToSchema + 'static> FromRequest for Body<T> {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let bytes = received(&request, payload).await?;
            parse(&request, &bytes).map(Self)
        })
    }
}

/// A JSON body that may be left out, or be null: a request without one says nothing.
#[derive(Debug)]
pub struct OptionalBody<T>(pub T);

impl<T: DeserializeOwned + ToSchema + Default + 'static> FromRequest for OptionalBody<T> {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let headers = request.headers();
        let is_empty = headers.get(header::CONTENT_LENGTH).is_none_or(|length| length.as_bytes() == b"0");
        if is_empty
            && !headers.contains_key(header::CONTENT_TYPE)
            && !headers.contains_key(header::TRANSFER_ENCODING)
        {
            return Box::pin(async { Ok(Self(T::default())) });
        }
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let bytes = received(&request, payload).await?;
            if bytes.trim_ascii() == b"null" {
                return Ok(Self(T::default()));
            }
            parse(&request, &bytes).map(Self)
        })
    }
}

/// The bytes of a JSON body; their hash is kept for the comparison of repeated requests.
async fn received(request: &HttpRequest, payload: Payload) -> Result<BytesMut> {
    check_media_type(request)?;
    let bytes = tokio::time::timeout(TIME_LIMIT, read(payload, LIMIT)).await.map_err(|_| {
        AppError::new(
            Code::RequestTimeout,
            say!("请求内容未在 30 秒内到达。", "The body did not arrive within 30 seconds."),
        )
    })??;
    request.extensions_mut().insert(BodyHash(hex::encode(Sha256::digest(&bytes))));
    Ok(bytes)
}

fn check_media_type(request: &HttpRequest) -> Result<()> {
    let media_type = request.content_type().to_ascii_lowercase();
    let merge_patch = request.method() == Method::PATCH && media_type == "application/merge-patch+json";
    if media_type == "application/json" || merge_patch {
        return Ok(());
    }
    Err(AppError::new(
        Code::UnsupportedMediaType,
        say!("请使用 Content-Type: application/json。", "Send it with Content-Type: application/json."),
    ))
}

async fn read(mut payload: Payload, limit: usize) -> Result<BytesMut> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| {
            tracing::debug!(%error, "body broke off");
            AppError::new(Code::BadRequest, say!("请求内容不完整。", "The body broke off."))
        })?;
        if bytes.len() + chunk.len() > limit {
            return Err(AppError::new(
                Code::TooLarge,
                say!("JSON 内容最多 {limit} 字节。", "A JSON body has at most {limit} bytes."),
            ));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn parse<T: DeserializeOwned + ToSchema>(request: &HttpRequest, bytes: &[u8]) -> Result<T> {
    let value: serde_json::Value = serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        AppError::unfit(
            Code::InvalidBody,
            vec![Fault::at(
                "",
                "syntax",
                say!(
                    "不是有效的 JSON（第 {line} 行第 {column} 列）。",
                    "Not valid JSON (line {line}, column {column})."
                ),
            )],
        )
    })?;
    let state =
        request.app_data::<actix_web::web::Data<State>>().ok_or_else(|| AppError::internal("no state"))?;
    let mut faults = state.schemas.faults_of_body::<T>(&value);
    faults.extend(schemas::nul_faults(&value));
    if !faults.is_empty() {
        return Err(AppError::unfit(Code::InvalidBody, faults));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let pointer = format!("/{}", error.path().to_string().replace('.', "/"));
        let inner = error.inner().to_string();
        AppError::unfit(
            Code::InvalidBody,
            vec![Fault::at(
                pointer,
                "invalid",
                say!("值不符合要求：{inner}。", "The value does not fit: {inner}."),
            )],
        )
    })
}

/// The value of a header as text, where it is sent and readable.
#[must_use]
pub fn header<'a>(request: &'a HttpRequest, name: &header::HeaderName) -> Option<&'a str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}
