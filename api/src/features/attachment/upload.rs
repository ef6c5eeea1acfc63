//! Reading an upload: streamed into a temporary file while it is hashed and counted, refused as soon
//! as it is too large, and told by its content.

use std::time::Duration;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::{HttpMessage, HttpRequest, http::header::ContentDisposition};
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use techmart_entity::attachment::AttachmentPurpose;
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt, SeekFrom},
};

use super::kind::{self, FileKind};
use crate::{
    error::{AppError, Code, Fault, Result},
    say,
};

/// The most bytes a file may have.
pub const LIMIT: i64 = 10 * 1024 * 1024;

/// How long a file may take to arrive; below the time that the edge gives a request.
const TIME_LIMIT: Duration = Duration::from_secs(50);

/// The most bytes of a zip's directory that are looked at.
const DIRECTORY_LIMIT: u64 = 1024 * 1024;

/// A file that arrived and may be stored.
#[derive(Debug)]
pub struct Upload {
    pub purpose: AttachmentPurpose,
    pub file_name: String,
    pub kind: FileKind,
    pub sha256: String,
    pub size: i64,
    file: Option<File>,
}

impl Upload {
    /// A file that the service wrote itself.
    ///
    /// # Errors
    /// When the temporary file cannot be written, or the bytes are of no kind that is taken.
    pub async fn of_bytes(purpose: AttachmentPurpose, name: &str, bytes: &[u8]) -> Result<Self> {
        let mut file = File::from_std(tempfile::tempfile().map_err(AppError::internal)?);
        file.write_all(bytes).await.map_err(AppError::internal)?;
        file.flush().await.map_err(AppError::internal)?;
        let arrived = Arrived {
            file,
            name: name.to_owned(),
            head: bytes.iter().take(1024).copied().collect(),
            sha256: hex::encode(Sha256::digest(bytes)),
            size: i64::try_from(bytes.len()).map_err(AppError::internal)?,
        };
        finish(purpose, arrived).await
    }

    /// The bytes, from the beginning; once.
    ///
    /// # Errors
    /// When they were taken before.
    pub fn take_file(&mut self) -> Result<File> {
        self.file.take().ok_or_else(|| AppError::internal("the file was stored before"))
    }

    /// What makes two uploads the same request.
    #[must_use]
    pub fn request_hash(&self) -> String {
        hex::encode(Sha256::digest(format!("{}\n{}\n{}", self.purpose, self.file_name, self.sha256)))
    }
}

/// Reads the two parts of an upload.
///
/// # Errors
/// 400 when a part is missing, unknown or broken off, 408 when it takes too long, 413 as soon as it is
/// too large, 415 when it is of no kind that is taken, 422 when it is empty.
pub async fn read(request: &HttpRequest, multipart: Multipart) -> Result<Upload> {
    if !request.content_type().eq_ignore_ascii_case("multipart/form-data") {
        return Err(AppError::new(
            Code::UnsupportedMediaType,
            say!(
                "请使用 Content-Type: multipart/form-data。",
                "Send it with Content-Type: multipart/form-data."
            ),
        ));
    }
    tokio::time::timeout(TIME_LIMIT, read_parts(multipart)).await.map_err(|_| {
        let seconds = TIME_LIMIT.as_secs();
        AppError::new(
            Code::RequestTimeout,
            say!("文件未在 {seconds} 秒内到达。", "The file did not arrive within {seconds} seconds."),
        )
    })?
}

/// A file as it arrived.
struct Arrived {
    file: File,
    name: String,
    head: Vec<u8>,
    sha256: String,
    size: i64,
}

async fn read_parts(mut multipart: Multipart) -> Result<Upload> {
    let mut faults = Vec::new();
    let mut purpose: Option<AttachmentPurpose> = None;
    let mut arrived: Option<Arrived> = None;
    let mut seen: Vec<String> = Vec::new();
    while let Some(field) = multipart.next().await {
        let mut field = field.map_err(broken)?;
        let name = field.name().unwrap_or_default().to_owned();
        if seen.contains(&name) {
            faults.push(Fault::at(
                part(&name),
                "repeated",
                say!("只能给一次。", "It can be given once only."),
            ));
            drain(&mut field).await?;
            continue;
        }
        match name.as_str() {
            "purpose" => match text(&mut field).await?.parse() {
                Ok(given) => purpose = Some(given),
                Err(_) => {
                    let codes = codes();
                    let detail = say!("应为下列之一：{codes}。", "It has to be one of: {codes}.");
                    faults.push(Fault::at("/purpose", "unknown_code", detail));
                }
            },
            "file" => arrived = Some(spool(&mut field).await?),
            other => {
                let detail = say!(
                    "没有这个字段；只有 purpose 和 file。",
                    "There is no such part; there are purpose and file."
                );
                faults.push(Fault::at(part(other), "unknown", detail));
                drain(&mut field).await?;
            }
        }
        // A client cannot make this long: unknown parts are few before the size limit ends it.
        seen.push(name);
        if seen.len() > 10 {
            return Err(AppError::unfit(Code::InvalidBody, faults));
        }
    }
    for wanted in ["purpose", "file"] {
        if !seen.iter().any(|name| name == wanted) {
            faults.push(Fault::at(
                part(wanted),
                "required",
                say!("缺少必填字段。", "This part is required."),
            ));
        }
    }
    match (purpose, arrived) {
        (Some(purpose), Some(arrived)) if faults.is_empty() => finish(purpose, arrived).await,
        (_, _) => Err(AppError::unfit(Code::InvalidBody, faults)),
    }
}

async fn finish(purpose: AttachmentPurpose, mut arrived: Arrived) -> Result<Upload> {
    if arrived.size == 0 {
        return Err(AppError::rule("/file", "empty", say!("文件是空的。", "The file is empty.")));
    }
    let kind = match kind::of_head(&arrived.head) {
        Some(kind) => Some(kind),
        None if kind::is_zip(&arrived.head) => office_kind(&mut arrived.file, arrived.size).await?,
        None => None,
    };
    let kind = kind.ok_or_else(|| {
        let detail = say!(
            "只接受 PDF、PNG、JPEG、WebP、DOCX、XLSX（按内容识别，不含宏）。",
            "Only PDF, PNG, JPEG, WebP, DOCX and XLSX are taken, told by their content and without macros."
        );
        AppError::new(Code::UnsupportedMediaType, detail.clone()).with_faults(vec![Fault::at(
            "/file",
            "file_type",
            detail,
        )])
    })?;
    arrived.file.seek(SeekFrom::Start(0)).await.map_err(AppError::internal)?;
    Ok(Upload {
        purpose,
        file_name: kind::clean_name(&arrived.name, kind),
        kind,
        sha256: arrived.sha256,
        size: arrived.size,
        file: Some(arrived.file),
    })
}

/// Streams a part into a temporary file that has no name and goes away with its handle.
async fn spool(field: &mut Field) -> Result<Arrived> {
    let name = field.content_disposition().map(file_name).unwrap_or_default();
    let mut file = File::from_std(tempfile::tempfile().map_err(AppError::internal)?);
    let mut hash = Sha256::new();
    let mut head = Vec::new();
    let mut size = 0_i64;
    while let Some(chunk) = field.next().await {
        let chunk = chunk.map_err(broken)?;
        size += i64::try_from(chunk.len()).unwrap_or(LIMIT);
        if size > LIMIT {
            let mib = LIMIT / 1024 / 1024;
            return Err(AppError::new(
                Code::TooLarge,
                say!("文件最大 {mib} MiB。", "A file has at most {mib} MiB."),
            ));
        }
        hash.update(&chunk);
        let wanted = 1024_usize.saturating_sub(head.len()).min(chunk.len());
        head.extend_from_slice(chunk.get(..wanted).unwrap_or_default());
        file.write_all(&chunk).await.map_err(AppError::internal)?;
    }
    file.flush().await.map_err(AppError::internal)?;
    Ok(Arrived { file, name, head, sha256: hex::encode(hash.finalize()), size })
}

/// The name that the client gives, in the form for any alphabet where there is one.
fn file_name(disposition: &ContentDisposition) -> String {
    disposition
        .get_filename_ext()
        .map(|extended| String::from_utf8_lossy(&extended.value).into_owned())
        .or_else(|| disposition.get_filename().map(str::to_owned))
        .unwrap_or_default()
}

async fn office_kind(file: &mut File, size: i64) -> Result<Option<FileKind>> {
    let size = u64::try_from(size).unwrap_or_default();
    let tail = piece(file, size.saturating_sub(kind::TAIL), kind::TAIL).await?;
    let Some((offset, length)) = kind::directory_place(&tail) else {
        return Ok(None);
    };
    if offset.saturating_add(length) > size || length > DIRECTORY_LIMIT {
        return Ok(None);
    }
    Ok(kind::of_directory(&piece(file, offset, length).await?))
}

async fn piece(file: &mut File, offset: u64, length: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(offset)).await.map_err(AppError::internal)?;
    file.take(length).read_to_end(&mut bytes).await.map_err(AppError::internal)?;
    Ok(bytes)
}

async fn text(field: &mut Field) -> Result<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.next().await {
        let chunk = chunk.map_err(broken)?;
        // More than any code has: the rest is read and forgotten.
        if bytes.len() < 100 {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}

/// Reads a part that is not wanted, up to what any part may have.
async fn drain(field: &mut Field) -> Result<()> {
    let mut size = 0;
    while let Some(chunk) = field.next().await {
        size += chunk.map_err(broken)?.len();
        if i64::try_from(size).unwrap_or(i64::MAX) > LIMIT {
            return Err(AppError::new(Code::TooLarge, say!("请求内容过大。", "The body is too large.")));
        }
    }
    Ok(())
}

fn part(name: &str) -> String {
    let name: String = name.chars().take(100).collect();
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn codes() -> String {
    AttachmentPurpose::ALL.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn broken(error: MultipartError) -> AppError {
    tracing::debug!(%error, "multipart body broke off");
    AppError::new(
        Code::BadRequest,
        say!("multipart 内容不完整或格式不正确。", "The multipart body broke off or is malformed."),
    )
}
