//! An index being filled beside the live one.

use std::{
    collections::HashSet,
    sync::{Arc, Weak},
};

use async_trait::async_trait;
use meilisearch_sdk::task_info::TaskInfo;
use uuid::Uuid;

use super::{Inner, lay_out_all, record::marker, to_its_end};
use crate::{Document, Rebuild, SearchError};

/// The rebuild as the writing side sees it: live changes are sent there as well.
#[derive(Debug)]
pub(super) struct Filling {
    pub(super) uid: String,
    /// Changed through the live handle since the beginning; rows read before that must not overwrite them.
    pub(super) changed: HashSet<Uuid>,
    /// A change that is missing there: the index must not go live.
    pub(super) failed: Option<String>,
    /// Sent and not yet followed: the server works while the caller reads the next rows.
    pending: Option<TaskInfo>,
    /// Gone when the rebuild was dropped.
    handle: Weak<()>,
}

impl Filling {
    pub(super) fn begin(uid: String, handle: &Arc<()>) -> Self {
        Self { uid, changed: HashSet::new(), failed: None, pending: None, handle: Arc::downgrade(handle) }
    }

    pub(super) fn is_abandoned(&self) -> bool {
        self.handle.strong_count() == 0
    }

    async fn settle(&mut self, inner: &Inner) -> Result<(), SearchError> {
        match self.pending.take() {
            Some(task) => inner.server.follow(&task).await,
            None => Ok(()),
        }
    }

    async fn put(&mut self, inner: &Inner, documents: &[Document]) -> Result<(), SearchError> {
        let fresh = documents.iter().filter(|document| !self.changed.contains(&document.id));
        let rows = lay_out_all(fresh)?;
        self.settle(inner).await?;
        if !rows.is_empty() {
            self.pending = Some(inner.server.send(&self.uid, &rows).await?);
        }
        Ok(())
    }
}

/// The caller's end of a rebuild.
#[derive(Debug)]
pub(super) struct MeilisearchRebuild {
    pub(super) inner: Arc<Inner>,
    /// Its being there keeps the [`Filling`] alive.
    pub(super) handle: Arc<()>,
}

#[async_trait]
impl Rebuild for MeilisearchRebuild {
    async fn put(&mut self, documents: &[Document]) -> Result<(), SearchError> {
        let inner = Arc::clone(&self.inner);
        let documents = documents.to_vec();
        to_its_end(async move {
            let mut filling = inner.filling.lock().await;
            let Some(filling) = filling.as_mut() else { return Err(gone()) };
            let outcome = filling.put(&inner, &documents).await;
            outcome.inspect_err(|error| filling.failed = Some(error.to_string()))
        })
        .await
    }

    async fn finish(self: Box<Self>) -> Result<(), SearchError> {
        let Self { inner, handle } = *self;
        to_its_end(async move {
            let _alive_until_here = handle;
            // Live writes wait while the indexes are swapped, so that each goes to both or to the new one.
            let mut slot = inner.filling.lock().await;
            let Some(mut filling) = slot.take() else { return Err(gone()) };
            let outcome = match filling.failed.take() {
                Some(reason) => {
                    Err(SearchError::unavailable(format!("the rebuild failed earlier: {reason}")))
                }
                None => go_live(&inner, &mut filling).await,
            };
            if outcome.is_err() {
                inner.server.delete(&filling.uid).await;
            }
            outcome
        })
        .await
    }
}

async fn go_live(inner: &Inner, filling: &mut Filling) -> Result<(), SearchError> {
    // Sent at once, so that the server can take it together with the last documents.
    let marked = inner.server.send(&filling.uid, &[marker()]).await?;
    filling.settle(inner).await?;
    inner.server.follow(&marked).await?;
    inner.server.swap_in(&filling.uid).await
}

fn gone() -> SearchError {
    SearchError::unavailable("the rebuild is no longer running")
}
