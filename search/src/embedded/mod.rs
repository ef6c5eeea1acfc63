//! The embedded engine: tantivy in a folder of this process.
//!
//! One writer behind a mutex, any number of readers; everything that touches the disk runs off the async
//! threads. Each [`put`](SearchIndex::put) is one commit: durable when it returns, and visible, since the
//! reader is reloaded with it.

mod answer;
mod candidates;
mod folder;
mod generation;
mod plan;
mod rebuild;
mod schema;
mod suggest;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock, Weak},
    time::Duration,
};

use async_trait::async_trait;
use tokio::sync::{Mutex, Semaphore};
use uuid::Uuid;

use crate::{
    Answer, Document, Health, MAX_SUGGESTIONS, Query, Rebuild, RebuildReason, SearchError, SearchIndex,
    State, SuggestQuery, Suggestion,
    attributes::REVISION,
    matching::{self, Ask, Match, Matching},
    text,
};
use folder::{Folder, Found};
use generation::{Change, Generation, Writer, engine_error};
use rebuild::{EmbeddedRebuild, Filling};
use schema::{ID_HIGH, ID_LOW};

/// How long a search may wait and work.
const PATIENCE: Duration = Duration::from_secs(2);

/// An index in a folder.
#[derive(Debug)]
pub(crate) struct Embedded {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    live: RwLock<Arc<Generation>>,
    repair: RwLock<Option<RebuildReason>>,
    writing: Arc<Mutex<Writing>>,
    /// Searches at work at one time; more would only slow one another down.
    turns: Arc<Semaphore>,
    /// Last, so that the folder is unlocked after everything in it is closed.
    folder: Folder,
}

#[derive(Debug)]
struct Writing {
    live: Writer,
    filling: Option<Filling>,
}

impl Embedded {
    pub(crate) async fn open(directory: &Path) -> Result<Self, SearchError> {
        let directory = directory.to_owned();
        let opening = tokio::task::spawn_blocking(move || Shared::open(&directory));
        let shared = Arc::new(opening.await.map_err(SearchError::unavailable)??);
        shared.check_apart();
        Ok(Self { shared })
    }

    /// Asks what was committed last, when it is its turn.
    async fn answer<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Generation) -> Result<T, SearchError> + Send + 'static,
    ) -> Result<T, SearchError> {
        let work = async {
            let turn =
                Arc::clone(&self.shared.turns).acquire_owned().await.map_err(SearchError::unavailable)?;
            let generation = self.shared.live();
            blocking(&self.shared, move || {
                let _turn = turn;
                work(&generation)
            })
            .await
        };
        let timeout = |_| SearchError::unavailable("the search took too long");
        tokio::time::timeout(PATIENCE, work).await.map_err(timeout)?
    }

    async fn change(&self, changes: Vec<Change>) -> Result<(), SearchError> {
        if changes.is_empty() {
            return Ok(());
        }
        let mut writing = Arc::clone(&self.shared.writing).lock_owned().await;
        blocking(&self.shared, move || {
            writing.sweep();
            if let Some(filling) = &mut writing.filling {
                filling.follow(&changes);
            }
            writing.live.apply(&changes)?;
            writing.live.commit()
        })
        .await
    }
}

impl Shared {
    fn open(directory: &Path) -> Result<Self, SearchError> {
        let folder = Folder::lock(directory)?;
        let (generation, repair) = match folder.find() {
            Found::Live(path, reason) => match open_whole(&path) {
                Ok(generation) => (generation, reason),
                Err(error) => (fresh(&folder)?, Some(RebuildReason::Damaged { detail: error.to_string() })),
            },
            Found::Nothing(reason) => (fresh(&folder)?, Some(reason)),
        };
        let generation = Arc::new(generation);
        Ok(Self {
            live: RwLock::new(Arc::clone(&generation)),
            repair: RwLock::new(repair),
            writing: Arc::new(Mutex::new(Writing { live: Writer::new(generation), filling: None })),
            turns: Arc::new(Semaphore::new(2 * std::thread::available_parallelism().map_or(1, usize::from))),
            folder,
        })
    }

    fn live(&self) -> Arc<Generation> {
        Arc::clone(&self.live.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn repair(&self) -> Option<RebuildReason> {
        self.repair.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_repair(&self, reason: Option<RebuildReason>) {
        *self.repair.write().unwrap_or_else(PoisonError::into_inner) = reason;
    }

    fn go_live(&self, generation: Arc<Generation>) {
        *self.live.write().unwrap_or_else(PoisonError::into_inner) = generation;
        self.set_repair(None);
    }

    /// Loads the dictionary and reads every file of the index once, off the path to the first answer. A file
    /// whose checksum is wrong shows in [`SearchIndex::health`].
    fn check_apart(self: &Arc<Self>) {
        let shared = Arc::downgrade(self);
        let generation = self.live();
        let check = move || {
            text::warm_up();
            let detail = match generation.index.validate_checksum() {
                Ok(damaged) if damaged.is_empty() => return,
                Ok(damaged) => format!("wrong checksum: {damaged:?}"),
                Err(error) => error.to_string(),
            };
            if let Some(shared) =
                Weak::upgrade(&shared).filter(|shared| Arc::ptr_eq(&shared.live(), &generation))
            {
                tracing::error!(detail, "the search index is damaged");
                shared.set_repair(Some(RebuildReason::Damaged { detail }));
            }
        };
        // A plain thread: a long check must not hold up the end of the process.
        if let Err(error) = std::thread::Builder::new().name("search-check".to_owned()).spawn(check) {
            tracing::warn!(%error, "the search index goes unchecked");
        }
    }
}

impl Writing {
    /// Throws away a rebuild whose handle was dropped.
    fn sweep(&mut self) {
        if let Some(filling) = self.filling.take_if(|filling| filling.is_abandoned()) {
            filling.discard();
        }
    }
}

/// Opens a generation; a panic over broken bytes is damage like any other.
fn open_whole(path: &Path) -> Result<Generation, SearchError> {
    let path: PathBuf = path.to_owned();
    let opening = std::thread::spawn(move || Generation::open(&path));
    opening
        .join()
        .unwrap_or_else(|_| Err(SearchError::corrupt("the engine panicked while opening the index")))
}

fn fresh(folder: &Folder) -> Result<Generation, SearchError> {
    let path = folder.new_generation()?;
    let generation = Generation::create(&path)?;
    folder.set_live(&path, false)?;
    folder.sweep(&path);
    Ok(generation)
}

/// Runs blocking work to its end, even if the caller stops waiting. Damage and panics are remembered for the
/// health.
async fn blocking<T: Send + 'static>(
    shared: &Arc<Shared>,
    work: impl FnOnce() -> Result<T, SearchError> + Send + 'static,
) -> Result<T, SearchError> {
    // The work keeps the folder locked even when nobody waits for it any more.
    let keep = Arc::clone(shared);
    let work = move || {
        let _keep = keep;
        work()
    };
    let outcome = match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) if error.is_panic() => Err(SearchError::corrupt("the engine panicked")),
        Err(error) => Err(SearchError::unavailable(error)),
    };
    if let Err(SearchError::Corrupt { reason }) = &outcome {
        tracing::error!(reason, "the search index is damaged");
        shared.set_repair(Some(RebuildReason::Damaged { detail: reason.clone() }));
    }
    outcome
}

#[async_trait]
impl SearchIndex for Embedded {
    fn name(&self) -> &'static str {
        "embedded"
    }

    async fn search(&self, query: &Query) -> Result<Answer, SearchError> {
        query.check()?;
        let query = query.clone();
        let mut answer = self.answer(move |generation| answer::answer(generation, &query)).await?;
        answer.complete = self.shared.repair().is_none();
        Ok(answer)
    }

    async fn suggest(&self, query: &SuggestQuery) -> Result<Vec<Suggestion>, SearchError> {
        query.check()?;
        let query = SuggestQuery { limit: query.limit.min(MAX_SUGGESTIONS), ..query.clone() };
        self.answer(move |generation| suggest::suggest(generation, &query)).await
    }

    async fn matches(&self, ask: &Ask) -> Result<Vec<Match>, SearchError> {
        matching::check(ask)?;
        let ask = ask.clone();
        self.answer(move |generation| {
            let matching = Matching::of(&ask);
            let (searcher, fields) = (generation.searcher(), &generation.fields);
            Ok(matching.matches(&candidates::candidates(&searcher, fields, &matching.search)?))
        })
        .await
    }

    async fn put(&self, documents: &[Document]) -> Result<(), SearchError> {
        self.change(documents.iter().cloned().map(|document| Change::Put(Box::new(document))).collect()).await
    }

    async fn remove(&self, ids: &[Uuid]) -> Result<(), SearchError> {
        self.change(ids.iter().copied().map(Change::Remove).collect()).await
    }

    async fn begin_rebuild(&self) -> Result<Box<dyn Rebuild>, SearchError> {
        let shared = Arc::clone(&self.shared);
        let mut writing = Arc::clone(&self.shared.writing).lock_owned().await;
        let handle = Arc::new(());
        let began = Arc::clone(&handle);
        blocking(&self.shared, move || {
            writing.sweep();
            if writing.filling.is_some() {
                return Err(SearchError::RebuildRunning);
            }
            let generation = Generation::create(&shared.folder.new_generation()?)?;
            writing.filling = Some(Filling::begin(Arc::new(generation), &began));
            Ok(())
        })
        .await?;
        Ok(Box::new(EmbeddedRebuild { shared: Arc::clone(&self.shared), handle }))
    }

    async fn revisions(&self) -> Result<BTreeMap<Uuid, i64>, SearchError> {
        let generation = self.shared.live();
        blocking(&self.shared, move || revisions(&generation)).await
    }

    async fn health(&self) -> Health {
        let documents = Some(self.shared.live().searcher().num_docs());
        let state = self.shared.repair().map_or(State::Ready, State::NeedsRebuild);
        Health { state, documents }
    }
}

fn revisions(generation: &Generation) -> Result<BTreeMap<Uuid, i64>, SearchError> {
    let mut found = BTreeMap::new();
    for segment in generation.searcher().segment_readers() {
        let columns = segment.fast_fields();
        let high = columns.u64(ID_HIGH).map_err(engine_error)?;
        let low = columns.u64(ID_LOW).map_err(engine_error)?;
        let revision = columns.i64(REVISION).map_err(engine_error)?;
        for row in segment.doc_ids_alive() {
            if let (Some(high), Some(low), Some(revision)) =
                (high.first(row), low.first(row), revision.first(row))
            {
                found.insert(Uuid::from_u64_pair(high, low), revision);
            }
        }
    }
    Ok(found)
}
