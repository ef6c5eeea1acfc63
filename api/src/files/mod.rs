//! The file store: bytes under their SHA-256, in a folder or in S3. The object comes first and the
//! row after it, so a row never names bytes that are not there; what no row names is swept later.

use std::{path::PathBuf, sync::Arc};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    ObjectStore, ObjectStoreExt, WriteMultipart, aws::AmazonS3Builder, local::LocalFileSystem, path::Path,
};
use techmart_entity::Instant;
use tokio::io::AsyncReadExt;
use url::Url;

/// Why the store cannot be opened or does not answer.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("FILES_URL: {0}")]
    Address(String),
    #[error("the file store: {0}")]
    Store(#[from] object_store::Error),
    #[error("the file store: {0}")]
    Io(#[from] std::io::Error),
}

/// A place for files.
#[derive(Clone, Debug)]
pub struct FileStore {
    store: Arc<dyn ObjectStore>,
    prefix: String,
}

impl FileStore {
    /// Opens `file:FOLDER` or `s3://bucket/prefix?endpoint=URL&region=R`; the key of S3 comes from
    /// `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`.
    ///
    /// # Errors
    /// When the URL is neither, or the folder cannot be made.
    pub fn open(url: &str) -> Result<Self, FileError> {
        if let Some(folder) = url.strip_prefix("file:") {
            let folder = PathBuf::from(folder.trim_start_matches("//"));
            std::fs::create_dir_all(&folder)?;
            let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
            return Ok(Self { store: Arc::new(store), prefix: String::new() });
        }
        let parsed = Url::parse(url).map_err(|error| FileError::Address(error.to_string()))?;
        let bucket = parsed.host_str().ok_or_else(|| FileError::Address("names no bucket".to_owned()))?;
        let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
        for (name, value) in parsed.query_pairs() {
            builder = match name.as_ref() {
                "endpoint" => builder.with_allow_http(value.starts_with("http://")).with_endpoint(value),
                "region" => builder.with_region(value),
                other => return Err(FileError::Address(format!("takes endpoint and region, not {other}"))),
            };
        }
        let prefix = parsed.path().trim_matches('/').to_owned();
        Ok(Self { store: Arc::new(builder.build()?), prefix })
    }

    fn place(&self, folder: &str, name: &str) -> Path {
        // Two characters of fan-out keep folders small.
        let fan = name.get(..2).unwrap_or("00");
        [self.prefix.as_str(), folder, fan, name].into_iter().filter(|part| !part.is_empty()).collect()
    }

    /// Stores the bytes of a local file under a name; the same bytes may be stored again.
    ///
    /// # Errors
    /// [`FileError`]
    pub async fn put(&self, folder: &str, name: &str, mut file: tokio::fs::File) -> Result<(), FileError> {
        let upload = self.store.put_multipart(&self.place(folder, name)).await?;
        let mut write = WriteMultipart::new(upload);
        let mut buffer = vec![0_u8; 256 * 1024];
        loop {
            let n = file.read(&mut buffer).await?;
            if n == 0 {
                break;
            }
            write.write(buffer.get(..n).unwrap_or_default());
        }
        write.finish().await?;
        Ok(())
    }

    /// The bytes under a name, as they come.
    ///
    /// # Errors
    /// [`FileError`], also when there is nothing under it.
    pub async fn get(
        &self,
        folder: &str,
        name: &str,
    ) -> Result<BoxStream<'static, Result<Bytes, object_store::Error>>, FileError> {
        Ok(self.store.get(&self.place(folder, name)).await?.into_stream().boxed())
    }

    /// Takes away what is under a name.
    ///
    /// # Errors
    /// [`FileError`]
    pub async fn delete(&self, folder: &str, name: &str) -> Result<(), FileError> {
        match self.store.delete(&self.place(folder, name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The names in a folder that were stored before `before`.
    ///
    /// # Errors
    /// [`FileError`]
    pub async fn names(&self, folder: &str, before: Instant) -> Result<Vec<String>, FileError> {
        let prefix: Path =
            [self.prefix.as_str(), folder].into_iter().filter(|part| !part.is_empty()).collect();
        let found = self.store.list(Some(&prefix)).try_collect::<Vec<_>>().await?;
        Ok(found
            .into_iter()
            .filter(|meta| meta.last_modified < before)
            .filter_map(|meta| meta.location.filename().map(str::to_owned))
            .collect())
    }
}
