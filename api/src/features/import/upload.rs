//! A file of rows as it arrives: streamed into a temporary file while it is hashed and counted.

use std::time::Duration;

use actix_web::{HttpMessage, HttpRequest, web::Payload};
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use tokio::{
    fs::File,
    io::{AsyncSeekExt, AsyncWriteExt, SeekFrom},
};

use crate::{
    error::{AppError, Code, Result},
    say,
};

/// What a file of rows is sent as.
pub const MEDIA_TYPE: &str = "application/x-ndjson";

/// The most bytes of a file.
const LIMIT: usize = 64 * 1024 * 1024;

/// How long a file may take to arrive; below the time that the edge gives a request.
const TIME_LIMIT: Duration = Duration::from_secs(50);

/// A file that arrived.
#[derive(Debug)]
pub struct Spooled {
    pub file: File,
    pub sha256: String,
}

/// Reads the body.
///
/// # Errors
/// 400 when it breaks off, 408 when it takes too long, 413 as soon as it is too large, 415 when it is
/// something else, 422 when it is empty.
pub async fn read(request: &HttpRequest, payload: Payload) -> Result<Spooled> {
    if !request.content_type().eq_ignore_ascii_case(MEDIA_TYPE) {
        return Err(AppError::new(
            Code::UnsupportedMediaType,
            say!(
                "请使用 Content-Type: {MEDIA_TYPE}，每行一个 JSON 对象。",
                "Send it with Content-Type: {MEDIA_TYPE}, one JSON object a line."
            ),
        ));
    }
    tokio::time::timeout(TIME_LIMIT, spool(payload)).await.map_err(|_| {
        let seconds = TIME_LIMIT.as_secs();
        AppError::new(
            Code::RequestTimeout,
            say!("文件未在 {seconds} 秒内到达。", "The file did not arrive within {seconds} seconds."),
        )
    })?
}

async fn spool(mut payload: Payload) -> Result<Spooled> {
    let mut file = File::from_std(tempfile::tempfile().map_err(AppError::internal)?);
    let mut hash = Sha256::new();
    let mut size = 0_usize;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| {
            tracing::debug!(%error, "body broke off");
            AppError::new(Code::BadRequest, say!("请求内容不完整。", "The body broke off."))
        })?;
        size = size.saturating_add(chunk.len());
        if size > LIMIT {
            let mib = LIMIT / 1024 / 1024;
            return Err(AppError::new(
                Code::TooLarge,
                say!(
                    "文件最大 {mib} MiB；请分成几个文件。",
                    "A file has at most {mib} MiB; send it in parts."
                ),
            ));
        }
        hash.update(&chunk);
        file.write_all(&chunk).await.map_err(AppError::internal)?;
    }
    if size == 0 {
        return Err(AppError::rule("", "empty", say!("文件是空的。", "The file is empty.")));
    }
    file.flush().await.map_err(AppError::internal)?;
    file.seek(SeekFrom::Start(0)).await.map_err(AppError::internal)?;
    Ok(Spooled { file, sha256: hex::encode(hash.finalize()) })
}
