//! The engine for several processes: a Meilisearch server, version 1.36 or later.
//!
//! The server is used as an index of ready-made terms; see `wording` for how they are written and why. Writes
//! follow their tasks to the end. Searches have two seconds, and a breaker turns them away while the server
//! is down.

mod answer;
mod breaker;
mod candidates;
mod fault;
mod rebuild;
mod record;
mod server;
mod settings;
mod suggest;
mod wording;

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use async_trait::async_trait;
use meilisearch_sdk::documents::DocumentsQuery;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;
use uuid::Uuid;

use crate::{
    Answer, Document, Embedder, Health, MAX_SUGGESTIONS, Query, Rebuild, RebuildReason, SearchError,
    SearchIndex, State, SuggestQuery, Suggestion,
    attributes::REVISION,
    matching::{self, Ask, Match, Matching},
    text,
};
use breaker::Breaker;
use rebuild::{Filling, MeilisearchRebuild};
use record::{ID, Listed, lay_out};
use server::{PATIENCE, Presence, Server};

/// Documents listed in one call.
const LISTED: usize = 5_000;

/// An index on a server.
#[derive(Debug)]
pub(crate) struct Meilisearch {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    server: Server,
    breaker: Breaker,
    /// Held through every write: one at a time, and none between the two halves of a swap.
    filling: Mutex<Option<Filling>>,
}

impl Meilisearch {
    /// Looks whether the key is right. A server that does not answer is no error: it is asked again with
    /// every call.
    pub(crate) async fn open(
        base: &Url,
        key: Option<&str>,
        index: &str,
        embedder: Option<Embedder>,
    ) -> Result<Self, SearchError> {
        let server = Server::new(base, key, index, embedder)?;
        match server.presence().await {
            Ok(_) => {}
            Err(error @ SearchError::Rejected { .. }) => return Err(error),
            Err(error) => tracing::warn!(%error, "the search server does not answer yet"),
        }
        // The dictionary cuts queries here as well.
        tokio::task::spawn_blocking(text::warm_up);
        Ok(Self { inner: Arc::new(Inner { server, breaker: Breaker::default(), filling: Mutex::new(None) }) })
    }

    /// Deletes the index on the server.
    pub(crate) async fn discard(base: &Url, key: Option<&str>, index: &str) -> Result<(), SearchError> {
        Server::new(base, key, index, None)?.discard().await
    }

    /// Asks the server, as long as it is not known to be down.
    async fn within_patience<T>(
        &self,
        asking: impl Future<Output = Result<T, SearchError>>,
    ) -> Result<T, SearchError> {
        self.inner.breaker.admit(Instant::now()).map_err(|retry_after| SearchError::Unavailable {
            reason: "the search server failed several times in a row".to_owned(),
            retry_after,
        })?;
        let slow = |_| SearchError::unavailable("the search took too long");
        let outcome = tokio::time::timeout(PATIENCE, asking).await.map_err(slow).flatten();
        match &outcome {
            Err(SearchError::Unavailable { .. }) => {
                self.inner.breaker.failed(Instant::now());
                self.inner.server.doubt();
            }
            Err(SearchError::Corrupt { .. }) => self.inner.server.doubt(),
            _answered => self.inner.breaker.succeeded(),
        }
        outcome
    }

    async fn complete(&self, query: &SuggestQuery) -> Result<Vec<Suggestion>, SearchError> {
        let server = &self.inner.server;
        match server.presence_if_in_doubt().await? {
            Presence::Missing => Ok(Vec::new()),
            Presence::Complete | Presence::Incomplete => suggest::suggest(server, query).await,
        }
    }

    async fn ask_for_matches(&self, ask: &Ask) -> Result<Vec<Match>, SearchError> {
        let server = &self.inner.server;
        if server.presence_if_in_doubt().await? == Presence::Missing {
            return Ok(Vec::new());
        }
        let matching = Matching::of(ask);
        let found = candidates::candidates(server, &matching.search).await?;
        Ok(matching.matches(&found))
    }

    async fn ask(&self, query: &Query) -> Result<Answer, SearchError> {
        let server = &self.inner.server;
        let presence = server.presence_if_in_doubt().await?;
        let answer = match presence {
            Presence::Missing => answer::nothing(query),
            Presence::Complete | Presence::Incomplete => answer::answer(server, query).await?,
        };
        Ok(Answer { complete: presence == Presence::Complete, ..answer })
    }
}

impl Meilisearch {
    /// An index that was filled can still have lost its settings to another hand; only a question shows it.
    async fn state_of_complete(&self) -> State {
        match self.inner.server.has_its_embedder().await {
            Ok(true) => {}
            Ok(false) => return State::NeedsRebuild(RebuildReason::OtherSchema),
            Err(error) => return State::Unavailable { reason: error.to_string() },
        }
        let question = Query { limit: 0, ..Query::default() };
        match answer::answer(&self.inner.server, &question).await {
            Ok(_) => State::Ready,
            Err(SearchError::Corrupt { reason }) => {
                State::NeedsRebuild(RebuildReason::Damaged { detail: reason })
            }
            Err(error) => State::Unavailable { reason: error.to_string() },
        }
    }
}

/// Carries a write to its end even if the caller stops waiting.
async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, SearchError>> + Send + 'static,
) -> Result<T, SearchError> {
    tokio::spawn(work).await.map_err(SearchError::unavailable)?
}

fn lay_out_all<'d>(documents: impl Iterator<Item = &'d Document>) -> Result<Vec<Value>, SearchError> {
    documents.map(lay_out).collect::<Result<_, _>>().map_err(SearchError::rejected)
}

/// A change of the live index, to be followed by an index that is being filled.
enum Change {
    Put(Vec<Value>),
    Remove(Vec<Uuid>),
}

impl Inner {
    async fn change(&self, ids: Vec<Uuid>, change: Change) -> Result<(), SearchError> {
        let mut slot = self.filling.lock().await;
        self.sweep(&mut slot).await;
        self.server.ensure_live().await?;
        if let Some(filling) = slot.as_mut() {
            filling.changed.extend(ids);
            let sent = match self.send(&filling.uid, &change).await {
                Ok(task) => self.server.follow(&task).await,
                Err(error) => Err(error),
            };
            filling.failed = filling.failed.take().or(sent.err().map(|error| error.to_string()));
        }
        let live = self.server.live().uid;
        let task = self.send(&live, &change).await?;
        self.server.follow(&task).await
    }

    async fn send(
        &self,
        uid: &str,
        change: &Change,
    ) -> Result<meilisearch_sdk::task_info::TaskInfo, SearchError> {
        match change {
            Change::Put(rows) => self.server.send(uid, rows).await,
            Change::Remove(ids) => self.server.send_removal(uid, ids).await,
        }
    }

    /// Throws away a rebuild whose handle was dropped.
    async fn sweep(&self, slot: &mut Option<Filling>) {
        if let Some(filling) = slot.take_if(|filling| filling.is_abandoned()) {
            self.server.delete(&filling.uid).await;
        }
    }
}

#[async_trait]
impl SearchIndex for Meilisearch {
    fn name(&self) -> &'static str {
        "meilisearch"
    }

    async fn search(&self, query: &Query) -> Result<Answer, SearchError> {
        query.check()?;
        self.within_patience(self.ask(query)).await
    }

    async fn suggest(&self, query: &SuggestQuery) -> Result<Vec<Suggestion>, SearchError> {
        query.check()?;
        let query = SuggestQuery { limit: query.limit.min(MAX_SUGGESTIONS), ..query.clone() };
        self.within_patience(self.complete(&query)).await
    }

    async fn matches(&self, ask: &Ask) -> Result<Vec<Match>, SearchError> {
        matching::check(ask)?;
        self.within_patience(self.ask_for_matches(ask)).await
    }

    async fn put(&self, documents: &[Document]) -> Result<(), SearchError> {
        if documents.is_empty() {
            return Ok(());
        }
        let inner = Arc::clone(&self.inner);
        let documents = documents.to_vec();
        to_its_end(async move {
            let ids = documents.iter().map(|document| document.id).collect();
            inner.change(ids, Change::Put(lay_out_all(documents.iter())?)).await
        })
        .await
    }

    async fn remove(&self, ids: &[Uuid]) -> Result<(), SearchError> {
        if ids.is_empty() {
            return Ok(());
        }
        let inner = Arc::clone(&self.inner);
        let ids = ids.to_vec();
        to_its_end(async move { inner.change(ids.clone(), Change::Remove(ids)).await }).await
    }

    async fn begin_rebuild(&self) -> Result<Box<dyn Rebuild>, SearchError> {
        let inner = Arc::clone(&self.inner);
        let handle = Arc::new(());
        let began = Arc::clone(&handle);
        to_its_end(async move {
            let mut slot = inner.filling.lock().await;
            inner.sweep(&mut slot).await;
            if slot.is_some() {
                return Err(SearchError::RebuildRunning);
            }
            inner.server.sweep().await?;
            let uid = inner.server.new_name();
            inner.server.create(&uid).await?;
            *slot = Some(Filling::begin(uid, &began));
            Ok(())
        })
        .await?;
        Ok(Box::new(MeilisearchRebuild { inner: Arc::clone(&self.inner), handle }))
    }

    async fn revisions(&self) -> Result<BTreeMap<Uuid, i64>, SearchError> {
        let live = self.inner.server.live();
        let mut found = BTreeMap::new();
        if self.inner.server.presence().await? == Presence::Missing {
            return Ok(found);
        }
        for offset in (0..).step_by(LISTED) {
            let mut page = DocumentsQuery::new(&live);
            page.with_offset(offset).with_limit(LISTED).with_fields([ID, REVISION]);
            let page = self.inner.server.call(page.execute::<Listed>()).await?;
            let listed =
                page.results.iter().filter_map(|row| Some((Uuid::try_parse(&row.id).ok()?, row.revision?)));
            found.extend(listed);
            if page.results.len() < LISTED {
                break;
            }
        }
        Ok(found)
    }

    async fn health(&self) -> Health {
        let server = &self.inner.server;
        let presence = match server.presence().await {
            Ok(presence) => presence,
            Err(error) => {
                return Health { state: State::Unavailable { reason: error.to_string() }, documents: None };
            }
        };
        let live = server.live();
        let stats = server.call(live.get_stats()).await.ok();
        // The marker is not a listing.
        let marker = u64::from(presence == Presence::Complete);
        let documents =
            stats.and_then(|stats| u64::try_from(stats.number_of_documents).ok()?.checked_sub(marker));
        let state = match presence {
            Presence::Complete => self.state_of_complete().await,
            Presence::Incomplete | Presence::Missing => State::NeedsRebuild(RebuildReason::Missing),
        };
        Health { state, documents }
    }
}
