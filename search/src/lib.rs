//! What searching is: documents go in, answers come out, and two engines do the work.
//!
//! The service keeps its truth in the database; an index is a copy made for finding things, and throwing it
//! away is always safe. This crate knows neither SQL nor HTTP. It offers one trait, [`SearchIndex`], with a
//! neutral vocabulary ([`Document`], [`Query`], [`Answer`]), and [`open`] picks the engine by a URL: an
//! embedded index in a folder (tantivy) or a Meilisearch server shared by several processes.
//!
//! What counts as a match is decided here, once, for both: the crate cuts texts and queries into the same
//! terms (`text`) and hands the engines terms, never sentences. The crate's README has the rules and their
//! reasons.

mod address;
mod attributes;
mod document;
mod embedded;
mod error;
mod facets;
mod filter;
mod health;
pub mod judged;
pub mod matching;
mod meili;
mod query;
mod semantic;
mod suggest;
mod text;

use std::{collections::BTreeMap, fmt::Debug, sync::Arc};

use async_trait::async_trait;
use uuid::Uuid;

pub use address::{SearchUrl, SearchUrlError};
pub use document::{Audience, Document, HOME_CURRENCY, Kind, PriceFacet};
pub use error::SearchError;
pub use health::{Health, RebuildReason, State};
pub use matching::{Ask, Match};
pub use query::{
    Answer, DemoFilter, Facet, FacetCount, Highlight, Hit, MAX_TEXT_CHARS, PriceRange, Query, Sort, WINDOW,
};

pub use semantic::{Embedder, EmbedderError};
pub use suggest::{MAX_SUGGESTIONS, SuggestQuery, Suggested, Suggestion};

/// The version of what is put into an index. Raise it with every change of what a document becomes (terms,
/// attributes, settings): indexes of another version are filled anew.
const SCHEMA: u32 = 5;

/// An index of listings that can be asked and changed.
///
/// All methods may be called at the same time from many tasks; writes are done one after the other. Dropping
/// a future half way loses nothing: a write that has started is carried to its end.
#[async_trait]
pub trait SearchIndex: Debug + Send + Sync + 'static {
    /// The engine's name for logs and health reports: `embedded` or `meilisearch`.
    fn name(&self) -> &'static str;

    /// Finds listings. The answer comes within about two seconds or not at all.
    ///
    /// # Errors
    /// [`SearchError::Unavailable`] when the engine cannot be asked now, [`SearchError::Rejected`] when the
    /// query is outside the limits of [`Query`], [`SearchError::Corrupt`] when the index turns out to be
    /// broken.
    async fn search(&self, query: &Query) -> Result<Answer, SearchError>;

    /// Completes what somebody is typing with what the index holds: titles, keywords, names of organisations, and words
    /// of the glossary that find something.
    ///
    /// # Errors
    /// As for [`Self::search`].
    async fn suggest(&self, query: &SuggestQuery) -> Result<Vec<Suggestion>, SearchError>;

    /// Finds who should meet whom: the listings of one kind that answer a listing, best first, with what made
    /// them answers. What has too little in common is left out, so the answer may be empty.
    ///
    /// # Errors
    /// As for [`Self::search`].
    async fn matches(&self, ask: &Ask) -> Result<Vec<Match>, SearchError>;

    /// Adds documents or replaces those with the same id; the last of several with one id stands.
    ///
    /// Returns only when the change survives a crash and can be found. Doing it twice changes nothing. A
    /// batch is best between 100 and 1,000 documents, since every call is one commit.
    ///
    /// # Errors
    /// On any error the batch may be there in part or not at all; put it again.
    async fn put(&self, documents: &[Document]) -> Result<(), SearchError>;

    /// Takes documents out; ids that are not there are no error. Durable and visible on return, like
    /// [`Self::put`].
    ///
    /// # Errors
    /// As for [`Self::put`].
    async fn remove(&self, ids: &[Uuid]) -> Result<(), SearchError>;

    /// Begins a new index beside the live one. Searches go on in the live one until [`Rebuild::finish`] puts
    /// the new one in its place in one step.
    ///
    /// **Writes during a rebuild are not lost.** What goes through *this handle* ([`Self::put`],
    /// [`Self::remove`]) while the rebuild runs is applied to both indexes, and a later [`Rebuild::put`] of
    /// the same id is passed over, since it may have been read before. So: begin, then read the rows, then
    /// put them, then finish. Writes by *other processes* on one Meilisearch reach the live index only:
    /// whoever rebuilds notes the outbox position before beginning and, after finishing, puts again what was
    /// changed since.
    ///
    /// # Errors
    /// [`SearchError::RebuildRunning`] when this handle is rebuilding already; otherwise as for
    /// [`Self::put`].
    async fn begin_rebuild(&self) -> Result<Box<dyn Rebuild>, SearchError>;

    /// Every document's id and revision, to compare the index with the database.
    ///
    /// # Errors
    /// [`SearchError::Unavailable`] or [`SearchError::Corrupt`].
    async fn revisions(&self) -> Result<BTreeMap<Uuid, i64>, SearchError>;

    /// How the index is; never an error, an engine that is away is a state.
    async fn health(&self) -> Health;
}

/// A new index being filled beside the live one. Dropping it unfinished throws the new index away.
#[async_trait]
pub trait Rebuild: Debug + Send {
    /// Adds documents to the new index, apart from those changed through the live handle since the beginning.
    ///
    /// # Errors
    /// As for [`SearchIndex::put`].
    async fn put(&mut self, documents: &[Document]) -> Result<(), SearchError>;

    /// Makes the new index durable, puts it in the place of the live one in one step and discards the old
    /// one.
    ///
    /// # Errors
    /// The old index stays in place; begin again.
    async fn finish(self: Box<Self>) -> Result<(), SearchError>;
}

/// Throws the index away that the URL names, when nothing has it open any more.
///
/// # Errors
/// [`SearchError::Unavailable`] when it cannot be deleted.
pub async fn discard(url: &SearchUrl) -> Result<(), SearchError> {
    match url {
        SearchUrl::Embedded { directory } => match tokio::fs::remove_dir_all(directory).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(SearchError::unavailable(error))
            }
            _ => Ok(()),
        },
        SearchUrl::Meilisearch { base, key, index, .. } => {
            meili::Meilisearch::discard(base, key.as_deref(), index).await
        }
    }
}

/// Opens the index that the URL names, making an empty one where there is none.
///
/// An index that is missing, damaged or of another schema is no error here: a fresh one is made and
/// [`SearchIndex::health`] says [`State::NeedsRebuild`] until a rebuild has been finished. Nor is a
/// Meilisearch that does not answer: it is asked again with every call.
///
/// # Errors
/// [`SearchError::Locked`] when another process has the embedded index open; [`SearchError::Unavailable`]
/// when its folder cannot be made or written.
pub async fn open(url: &SearchUrl) -> Result<Arc<dyn SearchIndex>, SearchError> {
    match url {
        SearchUrl::Embedded { directory } => Ok(Arc::new(embedded::Embedded::open(directory).await?)),
        SearchUrl::Meilisearch { base, key, index, embedder } => {
            let embedder = embedder.as_deref().cloned();
            Ok(Arc::new(meili::Meilisearch::open(base, key.as_deref(), index, embedder).await?))
        }
    }
}
