//! A file of rows as it arrives: streamed into a temporary file while it is hashed and counted.

use std::time::Duration;

use actix_web::{HttpMessage, HttpRequest, web::Payload};
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use techmart_entity::import::ImportFormat;
use tokio::{
    fs::File,
    io::{AsyncSeekExt, AsyncWriteExt, SeekFrom},
};

use crate::{
    error::{AppError, Code, Result},
    say,
};

/// What a file of rows is sent as.
const MEDIA_TYPES: [(&str, ImportFormat); 3] = [
    ("application/x-ndjson", ImportFormat::JsonLines),
    ("text/csv", ImportFormat::Csv),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ImportFormat::Xlsx),
];

/// How the rows of a file are written, by the ending of its name; one object a line where that says
/// nothing.
#[must_use]
pub fn format_of(name: &str) -> ImportFormat {
    let name = name.to_ascii_lowercase();
    if name.ends_with(".csv") || name.ends_with(".tsv") || name.ends_with(".txt") {
        ImportFormat::Csv
    } else if name.ends_with(".xlsx") || name.ends_with(".xlsm") {
        ImportFormat::Xlsx
    } else {
        ImportFormat::JsonLines
    }
}

/// The most bytes of a file.
const LIMIT: usize = 64 * 1024 * 1024;

/// How long a file may take to arrive; below the time that the edge gives a request.
const TIME_LIMIT: Duration = Duration::from_secs(50);

/// A file that arrived.
#[derive(Debug)]
pub struct Spooled {
    pub file: File,
    pub sha256: String,
    pub format: ImportFormat,
    /// The number of its last line.
    pub lines: i64,
}

/// Counts lines.
#[derive(Debug, Default)]
pub struct LineCount {
    ends: i64,
    open: bool,
}

impl LineCount {
    pub fn add(&mut self, bytes: &[u8]) {
        let ends = bytes.iter().filter(|byte| **byte == b'\n').count();
        self.ends += i64::try_from(ends).unwrap_or(0);
        self.open = bytes.last().map_or(self.open, |last| *last != b'\n');
    }

    #[must_use]
    pub fn lines(&self) -> i64 {
        self.ends + i64::from(self.open)
    }
}

/// Reads the body.
///
/// # Errors
/// 400 when it breaks off, 408 when it takes too long, 413 as soon as it is too large, 415 when it is
/// something else, 422 when it is empty.
pub async fn read(request: &HttpRequest, payload: Payload) -> Result<Spooled> {
    let sent = request.content_type();
    let format =
        MEDIA_TYPES.iter().find(|(name, _)| sent.eq_ignore_ascii_case(name)).map(|(_, format)| *format);
    let Some(format) = format else {
        let names = MEDIA_TYPES.map(|(name, _)| name).join(", ");
        return Err(AppError::new(
            Code::UnsupportedMediaType,
            say!(
                "Content-Type 应为下列之一：{names}（每行一个 JSON 对象、CSV、Excel 工作簿）。",
                "Send it with one of these as Content-Type: {names} (a JSON object a line, CSV, a workbook)."
            ),
        ));
    };
    tokio::time::timeout(TIME_LIMIT, spool(payload, format)).await.map_err(|_| {
        let seconds = TIME_LIMIT.as_secs();
        AppError::new(
            Code::RequestTimeout,
            say!("文件未在 {seconds} 秒内到达。", "The file did not arrive within {seconds} seconds."),
        )
    })?
}

async fn spool(mut payload: Payload, format: ImportFormat) -> Result<Spooled> {
    let mut file = File::from_std(tempfile::tempfile().map_err(AppError::internal)?);
    let mut hash = Sha256::new();
    let mut size = 0_usize;
    let mut count = LineCount::default();
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
        count.add(&chunk);
        file.write_all(&chunk).await.map_err(AppError::internal)?;
    }
    if size == 0 {
        return Err(AppError::rule("", "empty", say!("文件是空的。", "The file is empty.")));
    }
    file.flush().await.map_err(AppError::internal)?;
    file.seek(SeekFrom::Start(0)).await.map_err(AppError::internal)?;
    Ok(Spooled { file, sha256: hex::encode(hash.finalize()), format, lines: count.lines() })
}
