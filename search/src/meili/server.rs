//! The server: its client, its tasks and its indexes.
//!
//! A write is only a task in a queue. It counts as done here when the task has `succeeded`; one that `failed`
//! changed nothing and is an error.

use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use meilisearch_sdk::{
    client::{Client, SwapIndexes},
    errors::{Error, ErrorCode},
    indexes::Index,
    task_info::TaskInfo,
    tasks::Task,
};
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout};
use url::Url;
use uuid::Uuid;

use super::{
    fault::{call_error, is_missing_document, is_missing_index, server_error},
    record::{ID, MARKER},
    settings::settings,
};
use crate::{Embedder, SCHEMA, SearchError};

/// How long one call may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// How long a call that carries documents may take.
const UPLOAD_PATIENCE: Duration = Duration::from_secs(30);

/// How long a task may be waited for; the server works through its queue in order.
const TASK_PATIENCE: Duration = Duration::from_secs(120);

/// After this time an index of a rebuild that never finished is litter, whoever began it.
const LITTER_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// What the server knows of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// Filled to the end.
    Complete,
    /// There, but never filled to the end.
    Incomplete,
    /// Not there.
    Missing,
}

/// A Meilisearch server and the names of our indexes on it.
pub(super) struct Server {
    client: Client,
    live: String,
    embedder: Option<Embedder>,
    /// Whether the live index was complete when last looked at; saves looking before every search.
    known_complete: AtomicBool,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("host", &self.client.get_host())
            .field("live", &self.live)
            .finish_non_exhaustive()
    }
}

impl Server {
    pub(super) fn new(
        base: &Url,
        key: Option<&str>,
        index: &str,
        embedder: Option<Embedder>,
    ) -> Result<Self, SearchError> {
        let host = base.as_str().trim_end_matches('/');
        let client = Client::new(host, key).map_err(SearchError::rejected)?;
        // The schema is part of the name: while two versions of the service run side by side, each has its
        // own.
        let live = format!("{index}_v{SCHEMA}");
        Ok(Self { client, live, embedder, known_complete: AtomicBool::new(false) })
    }

    pub(super) const fn embedder(&self) -> Option<&Embedder> {
        self.embedder.as_ref()
    }

    /// Whether the live index was filled with the embedder that is wanted now, or with none.
    pub(super) async fn has_its_embedder(&self) -> Result<bool, SearchError> {
        let live = self.live();
        let there = self.call(live.get_embedders()).await?;
        Ok(there.keys().map(String::as_str).eq(self.embedder().map(Embedder::name)))
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn live(&self) -> Index {
        self.client.index(&self.live)
    }

    /// Runs a call within [`PATIENCE`].
    pub(super) async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, SearchError> {
        self.try_call(PATIENCE, call).await?.map_err(call_error)
    }

    async fn try_call<T>(
        &self,
        patience: Duration,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<Result<T, Error>, SearchError> {
        timeout(patience, call).await.map_err(|_| SearchError::unavailable("the server took too long"))
    }

    /// Looks at the live index.
    pub(super) async fn presence(&self) -> Result<Presence, SearchError> {
        let live = self.live();
        let marker = self.try_call(PATIENCE, live.get_document::<Value>(MARKER)).await?;
        let presence = match marker {
            Ok(_) => Presence::Complete,
            Err(error) if is_missing_document(&error) => Presence::Incomplete,
            Err(error) if is_missing_index(&error) => Presence::Missing,
            Err(error) => return Err(call_error(error)),
        };
        self.known_complete.store(presence == Presence::Complete, Ordering::Relaxed);
        Ok(presence)
    }

    /// Looks at the live index only as long as it was not complete.
    pub(super) async fn presence_if_in_doubt(&self) -> Result<Presence, SearchError> {
        if self.known_complete.load(Ordering::Relaxed) {
            Ok(Presence::Complete)
        } else {
            self.presence().await
        }
    }

    /// Forgets that the live index was complete.
    pub(super) fn doubt(&self) {
        self.known_complete.store(false, Ordering::Relaxed);
    }

    /// Makes the live index where it is missing. Without this a write would make one without settings.
    pub(super) async fn ensure_live(&self) -> Result<(), SearchError> {
        if self.presence().await? == Presence::Missing {
            self.create(&self.live).await?;
        }
        Ok(())
    }

    /// Makes an index with our settings; one that is there already gets them anew.
    pub(super) async fn create(&self, uid: &str) -> Result<(), SearchError> {
        let task = self.call(self.client.create_index(uid, Some(ID))).await?;
        match self.outcome(&task).await? {
            Task::Failed { content } if content.error.error_code != ErrorCode::IndexAlreadyExists => {
                return Err(server_error(&content.error));
            }
            _created_or_there => {}
        }
        let task = self.call(self.client.index(uid).set_settings(&settings(self.embedder()))).await?;
        self.follow(&task).await
    }

    /// A name for the index of a rebuild.
    pub(super) fn new_name(&self) -> String {
        format!("{}{}", self.new_prefix(), Uuid::now_v7().simple())
    }

    fn new_prefix(&self) -> String {
        format!("{}_new_", self.live)
    }

    /// Sends documents; the task is still to be followed.
    pub(super) async fn send(&self, uid: &str, rows: &[Value]) -> Result<TaskInfo, SearchError> {
        let index = self.client.index(uid);
        self.try_call(UPLOAD_PATIENCE, index.add_or_replace(rows, Some(ID))).await?.map_err(call_error)
    }

    /// Sends ids to be deleted; the task is still to be followed.
    pub(super) async fn send_removal(&self, uid: &str, ids: &[Uuid]) -> Result<TaskInfo, SearchError> {
        let index = self.client.index(uid);
        self.try_call(UPLOAD_PATIENCE, index.delete_documents(ids)).await?.map_err(call_error)
    }

    /// Puts an index in the place of the live one, in one step, and deletes what was live.
    pub(super) async fn swap_in(&self, uid: &str) -> Result<(), SearchError> {
        self.ensure_live().await?;
        let pair = [SwapIndexes { indexes: (self.live.clone(), uid.to_owned()), rename: None }];
        let task = self.call(self.client.swap_indexes(&pair)).await?;
        self.follow(&task).await?;
        self.known_complete.store(true, Ordering::Relaxed);
        self.delete(uid).await;
        Ok(())
    }

    /// Deletes an index nobody needs; what cannot be deleted is swept later.
    pub(super) async fn delete(&self, uid: &str) {
        if let Err(error) = self.call(self.client.delete_index(uid)).await {
            tracing::warn!(index = uid, %error, "a discarded search index could not be deleted");
        }
    }

    /// Deletes the live index.
    pub(super) async fn discard(&self) -> Result<(), SearchError> {
        let task = self.call(self.client.delete_index(&self.live)).await?;
        self.follow(&task).await
    }

    /// Deletes what rebuilds left behind that died long ago, here or in another process.
    pub(super) async fn sweep(&self) -> Result<(), SearchError> {
        let mut all = meilisearch_sdk::indexes::IndexesQuery::new(&self.client);
        all.with_limit(1_000);
        let prefix = self.new_prefix();
        for index in self.call(all.execute()).await?.results {
            let begun =
                index.uid.strip_prefix(&prefix).and_then(|id| Uuid::try_parse(id).ok()?.get_timestamp());
            let begun = begun.map(|at| Duration::from_secs(at.to_unix().0));
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
            if begun.is_some_and(|begun| now.saturating_sub(begun) > LITTER_AGE) {
                self.delete(&index.uid).await;
            }
        }
        Ok(())
    }

    /// Waits until a task has succeeded.
    pub(super) async fn follow(&self, task: &TaskInfo) -> Result<(), SearchError> {
        match self.outcome(task).await? {
            Task::Failed { content } => Err(server_error(&content.error)),
            _succeeded => Ok(()),
        }
    }

    /// Waits for the end of a task, asking more and more slowly.
    async fn outcome(&self, task: &TaskInfo) -> Result<Task, SearchError> {
        let give_up = Instant::now() + TASK_PATIENCE;
        let mut pause = Duration::from_millis(5);
        loop {
            let task = self.call(self.client.get_task(task)).await?;
            match task {
                Task::Succeeded { .. } | Task::Failed { .. } => return Ok(task),
                Task::Enqueued { .. } | Task::Processing { .. } if Instant::now() >= give_up => {
                    return Err(SearchError::unavailable("the server's queue is too long"));
                }
                Task::Enqueued { .. } | Task::Processing { .. } => sleep(pause).await,
            }
            pause = (pause * 2).min(Duration::from_millis(200));
        }
    }
}
