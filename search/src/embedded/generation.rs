//! One tantivy index: reading it and writing it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use tantivy::{
    Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, TantivyError, directory::MmapDirectory,
    indexer::IndexWriterOptions,
};
use uuid::Uuid;

use super::schema::{Fields, tokenizers};
use crate::{Document, SearchError};

/// Memory for documents that are not committed yet.
const WRITER_BYTES: usize = 50_000_000;

/// An open index.
#[derive(Debug)]
pub(super) struct Generation {
    pub(super) path: PathBuf,
    pub(super) index: Index,
    pub(super) fields: Fields,
    reader: Reader,
}

/// tantivy's reader has no Debug.
struct Reader(IndexReader);

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reader({} documents)", self.0.searcher().num_docs())
    }
}

impl Generation {
    /// Opens what is there.
    pub(super) fn open(path: &Path) -> Result<Self, SearchError> {
        let index = Index::open_in_dir(path).map_err(engine_error)?;
        Self::with(path, index)
    }

    /// Makes an empty one.
    pub(super) fn create(path: &Path) -> Result<Self, SearchError> {
        let directory = MmapDirectory::open(path).map_err(SearchError::unavailable)?;
        let index =
            Index::create(directory, Fields::new().schema, IndexSettings::default()).map_err(engine_error)?;
        Self::with(path, index)
    }

    fn with(path: &Path, mut index: Index) -> Result<Self, SearchError> {
        let fields = Fields::new();
        if index.schema() != fields.schema {
            return Err(SearchError::corrupt("the fields of the index are not the ones of this version"));
        }
        index.set_tokenizers(tokenizers());
        let reader =
            index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(engine_error)?;
        Ok(Self { path: path.to_owned(), index, fields, reader: Reader(reader) })
    }

    /// What was committed last.
    pub(super) fn searcher(&self) -> tantivy::Searcher {
        self.reader.0.searcher()
    }
}

/// A change to one document.
#[derive(Debug)]
pub(super) enum Change {
    Put(Box<Document>),
    Remove(Uuid),
}

impl Change {
    pub(super) fn id(&self) -> Uuid {
        match self {
            Self::Put(document) => document.id,
            Self::Remove(id) => *id,
        }
    }
}

/// The one writer of a generation.
pub(super) struct Writer {
    pub(super) generation: Arc<Generation>,
    /// Absent after a failure: tantivy's writer does not recover, a new one starts from the last commit.
    writer: Option<IndexWriter>,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("generation", &self.generation.path).finish_non_exhaustive()
    }
}

impl Writer {
    pub(super) fn new(generation: Arc<Generation>) -> Self {
        Self { generation, writer: None }
    }

    /// Applies changes in order, without making them durable.
    pub(super) fn apply(&mut self, changes: &[Change]) -> Result<(), SearchError> {
        self.attempt(|writer, fields| {
            for change in changes {
                writer.delete_term(fields.id_term(change.id()));
                if let Change::Put(document) = change {
                    writer.add_document(fields.lay_out(document)?).map_err(engine_error)?;
                }
            }
            Ok(())
        })
    }

    /// Makes what was applied durable and visible.
    pub(super) fn commit(&mut self) -> Result<(), SearchError> {
        self.attempt(|writer, _| writer.commit().map(drop).map_err(engine_error))?;
        self.generation.reader.0.reload().map_err(engine_error)
    }

    fn attempt(
        &mut self,
        step: impl FnOnce(&mut IndexWriter, &Fields) -> Result<(), SearchError>,
    ) -> Result<(), SearchError> {
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => {
                let options = IndexWriterOptions::builder()
                    .num_worker_threads(1)
                    .memory_budget_per_thread(WRITER_BYTES)
                    .build();
                self.generation.index.writer_with_options(options).map_err(engine_error)?
            }
        };
        step(&mut writer, &self.generation.fields)?;
        self.writer = Some(writer);
        Ok(())
    }

    /// Lets running merges end and closes.
    pub(super) fn close(self) {
        if let Some(Err(error)) = self.writer.map(IndexWriter::wait_merging_threads) {
            tracing::debug!(%error, "merges of a search index ended with an error");
        }
    }
}

/// What an error of tantivy means to the caller: the machine (full disk, no handles) may recover, everything
/// else that reading can bring is damage.
pub(super) fn engine_error(error: TantivyError) -> SearchError {
    match &error {
        TantivyError::InvalidArgument(_) => SearchError::rejected(error),
        TantivyError::IoError(_)
        | TantivyError::OpenWriteError(_)
        | TantivyError::LockFailure(..)
        | TantivyError::ErrorInThread(_)
        | TantivyError::AggregationError(_)
        | TantivyError::SystemError(_) => SearchError::unavailable(error),
        _ => SearchError::corrupt(error),
    }
}
