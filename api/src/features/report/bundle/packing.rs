//! The packing: a stream that asks the file store for the next piece when its reader wants more. The
//! compression runs beside the requests; nothing waits on a slow reader but this stream.

use std::{
    collections::{BTreeMap, VecDeque},
    io::Write,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use chrono::{Datelike, Timelike};
use futures_util::{
    StreamExt,
    stream::{self, BoxStream, LocalBoxStream},
};
use sha2::{Digest, Sha256};
use zip::{
    CompressionMethod, DateTime, ZipWriter,
    result::ZipResult,
    write::{SimpleFileOptions, StreamWriter},
};

use super::{
    contents::{Contents, Wanted},
    manifest::{Found, manifest, readme, sums},
};
use crate::{
    error::{AppError, Result},
    features::{attachment::service::FOLDER, report::frozen::Frozen},
    files::{FileError, FileStore},
};

/// What is read, compressed and sent at once, about.
const CHUNK: usize = 256 * 1024;

/// Where the writer of the archive leaves its bytes until they are sent.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Sink {
    fn take(&self) -> Bytes {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

type Zip = ZipWriter<StreamWriter<Sink>>;

/// What is still to be packed, in this order.
enum Step {
    Text { name: String, bytes: Vec<u8> },
    File(Wanted),
    Manifest,
    End,
}

/// A file that is being packed.
struct Open {
    wanted: Wanted,
    bytes: BoxStream<'static, Result<Bytes, object_store::Error>>,
    hash: Sha256,
}

struct Packing {
    files: FileStore,
    report: Arc<Frozen>,
    contents: Contents,
    options: SimpleFileOptions,
    sink: Sink,
    /// Gone once the archive has its end. Apart, as it is handed to another thread and back.
    zip: Option<Box<Zip>>,
    steps: VecDeque<Step>,
    open: Option<Open>,
    found: BTreeMap<String, Found>,
}

/// The archive, as it is packed. The same report with the same files is the same archive.
pub fn packed(
    files: FileStore,
    report: Arc<Frozen>,
    contents: Contents,
) -> LocalBoxStream<'static, Result<Bytes>> {
    let text = |name: &str, bytes: Vec<u8>| Step::Text { name: name.to_owned(), bytes };
    let mut steps = VecDeque::from([
        text("README.txt", readme(&report, &contents).into_bytes()),
        text("SHA256SUMS", sums(&report, &contents).into_bytes()),
        text("head.json", report.text.clone().into_bytes()),
    ]);
    for kept in &report.parts {
        steps.push_back(text(&format!("parts/{}.json", kept.part.indicator), kept.text.clone().into_bytes()));
    }
    steps.extend(contents.files.iter().cloned().map(Step::File));
    steps.extend([Step::Manifest, Step::End]);
    let sink = Sink::default();
    let packing = Packing {
        options: options(&report),
        zip: Some(Box::new(ZipWriter::new_stream(sink.clone()))),
        files,
        report,
        contents,
        sink,
        steps,
        open: None,
        found: BTreeMap::new(),
    };
    // On the heap: the writer's buffers would be moved through every caller's stack.
    stream::try_unfold(Box::new(packing), Packing::next).boxed_local()
}

/// The same for all members: nothing of the machine or of the present time.
fn options(report: &Frozen) -> SimpleFileOptions {
    let at = crate::clock::in_shanghai(report.head.made_at.0);
    let part = |value: u32| u8::try_from(value).unwrap_or(0);
    let time = DateTime::from_date_and_time(
        u16::try_from(at.year()).unwrap_or(1980),
        part(at.month()),
        part(at.day()),
        part(at.hour()),
        part(at.minute()),
        part(at.second()) & !1,
    );
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(time.unwrap_or_default())
        .unix_permissions(0o644)
}

impl Packing {
    /// Packs until there is something to send.
    async fn next(mut self: Box<Self>) -> Result<Option<(Bytes, Box<Self>)>> {
        while self.zip.is_some() {
            self = self.step().await?;
            let bytes = self.sink.take();
            if !bytes.is_empty() {
                return Ok(Some((bytes, self)));
            }
        }
        Ok(None)
    }

    async fn step(mut self: Box<Self>) -> Result<Box<Self>> {
        if let Some(open) = self.open.take() {
            return self.go_on(open).await;
        }
        match self.steps.pop_front() {
            Some(Step::Text { name, bytes }) => self.text(name, bytes).await,
            Some(Step::File(wanted)) => self.begin(wanted).await,
            Some(Step::Manifest) => {
                let bytes =
                    manifest(&self.report, &self.contents, &self.found).map_err(AppError::internal)?;
                self.text("manifest.json".to_owned(), bytes).await
            }
            Some(Step::End) | None => self.write(|zip| (*zip).finish().map(|_| None)).await,
        }
    }

    async fn text(self: Box<Self>, name: String, bytes: Vec<u8>) -> Result<Box<Self>> {
        let options = self.options;
        self.write(move |mut zip| {
            zip.start_file(name, options)?;
            zip.write_all(&bytes)?;
            Ok(Some(zip))
        })
        .await
    }

    async fn begin(mut self: Box<Self>, wanted: Wanted) -> Result<Box<Self>> {
        let bytes = match self.files.get(FOLDER, &wanted.sha256).await {
            Ok(bytes) => bytes,
            Err(FileError::Store(object_store::Error::NotFound { .. })) => {
                self.found.insert(wanted.sha256, Found::Missing);
                return Ok(self);
            }
            Err(error) => return Err(crate::features::attachment::service::unavailable(error)),
        };
        let (name, options) = (wanted.path.clone(), self.options);
        self.open = Some(Open { wanted, bytes, hash: Sha256::new() });
        self.write(move |mut zip| {
            zip.start_file(name, options)?;
            Ok(Some(zip))
        })
        .await
    }

    async fn go_on(mut self: Box<Self>, mut open: Open) -> Result<Box<Self>> {
        let mut chunk = Vec::with_capacity(CHUNK);
        while chunk.len() < CHUNK {
            match open.bytes.next().await {
                Some(Ok(bytes)) => chunk.extend_from_slice(&bytes),
                Some(Err(error)) => {
                    return Err(crate::features::attachment::service::unavailable(error.into()));
                }
                None => break,
            }
        }
        if chunk.is_empty() {
            let hash = hex::encode(open.hash.finalize());
            let found = if hash == open.wanted.sha256 {
                Found::Present
            } else {
                Found::Altered { sha256_found: hash }
            };
            self.found.insert(open.wanted.sha256, found);
            return Ok(self);
        }
        open.hash.update(&chunk);
        self.open = Some(open);
        self.write(move |mut zip| {
            zip.write_all(&chunk)?;
            Ok(Some(zip))
        })
        .await
    }

    /// Compressing takes time that the other requests must not wait for.
    async fn write(
        mut self: Box<Self>,
        work: impl FnOnce(Box<Zip>) -> ZipResult<Option<Box<Zip>>> + Send + 'static,
    ) -> Result<Box<Self>> {
        let Some(zip) = self.zip.take() else { return Ok(self) };
        let done = tokio::task::spawn_blocking(move || work(zip)).await.map_err(AppError::internal)?;
        self.zip = done.map_err(AppError::internal)?;
        Ok(self)
    }
}
