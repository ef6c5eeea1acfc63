//! A generation being filled beside the live one.

use std::{
    collections::HashSet,
    sync::{Arc, Weak},
};

use async_trait::async_trait;
use uuid::Uuid;

use super::{
    Shared, blocking,
    folder::discard,
    generation::{Change, Generation, Writer},
};
use crate::{Document, Rebuild, SearchError};

/// The rebuild as the one writer sees it: live changes are applied here as well.
#[derive(Debug)]
pub(super) struct Filling {
    writer: Writer,
    /// Changed through the live handle since the beginning; rows read before that must not overwrite them.
    changed: HashSet<Uuid>,
    /// A change that is missing here: the generation must not go live.
    failed: Option<String>,
    /// Gone when the rebuild was dropped.
    handle: Weak<()>,
}

impl Filling {
    pub(super) fn begin(generation: Arc<Generation>, handle: &Arc<()>) -> Self {
        Self {
            writer: Writer::new(generation),
            changed: HashSet::new(),
            failed: None,
            handle: Arc::downgrade(handle),
        }
    }

    pub(super) fn is_abandoned(&self) -> bool {
        self.handle.strong_count() == 0
    }

    /// Applies what was applied to the live generation.
    pub(super) fn follow(&mut self, changes: &[Change]) {
        self.changed.extend(changes.iter().map(Change::id));
        if let Err(error) = self.writer.apply(changes) {
            self.failed = Some(error.to_string());
        }
    }

    fn put(&mut self, changes: &[Change]) -> Result<(), SearchError> {
        self.writer.apply(changes).inspect_err(|error| self.failed = Some(error.to_string()))
    }

    pub(super) fn discard(self) {
        let path = self.writer.generation.path.clone();
        self.writer.close();
        discard(&path);
    }
}

/// The caller's end of a rebuild.
#[derive(Debug)]
pub(super) struct EmbeddedRebuild {
    pub(super) shared: Arc<Shared>,
    /// Its being there keeps the [`Filling`] alive.
    pub(super) handle: Arc<()>,
}

#[async_trait]
impl Rebuild for EmbeddedRebuild {
    async fn put(&mut self, documents: &[Document]) -> Result<(), SearchError> {
        let documents = documents.to_vec();
        let mut writing = Arc::clone(&self.shared.writing).lock_owned().await;
        blocking(&self.shared, move || {
            let Some(filling) = &mut writing.filling else { return Err(gone()) };
            let changes: Vec<Change> = documents
                .into_iter()
                .filter(|document| !filling.changed.contains(&document.id))
                .map(|document| Change::Put(Box::new(document)))
                .collect();
            filling.put(&changes)
        })
        .await
    }

    async fn finish(self: Box<Self>) -> Result<(), SearchError> {
        let Self { shared, handle } = *self;
        let mut writing = Arc::clone(&shared.writing).lock_owned().await;
        let watched = Arc::clone(&shared);
        blocking(&watched, move || {
            let _alive_until_here = handle;
            let Some(mut filling) = writing.filling.take() else { return Err(gone()) };
            let outcome = match filling.failed.take() {
                Some(reason) => {
                    Err(SearchError::unavailable(format!("the rebuild failed earlier: {reason}")))
                }
                None => filling.writer.commit(),
            };
            let generation = Arc::clone(&filling.writer.generation);
            if let Err(error) = outcome.and_then(|()| shared.folder.set_live(&generation.path, true)) {
                filling.discard();
                return Err(error);
            }
            shared.go_live(generation);
            let old = std::mem::replace(&mut writing.live, filling.writer);
            drop(writing);
            let path = old.generation.path.clone();
            old.close();
            discard(&path);
            Ok(())
        })
        .await
    }
}

fn gone() -> SearchError {
    SearchError::unavailable("the rebuild is no longer running")
}
