//! A fresh index for one test.

use std::sync::Arc;

use meilisearch_sdk::{client::Client, indexes::IndexesQuery};
use techmart_search::{Answer, Document, Embedder, Query, SearchIndex, SearchUrl, open};
use tempfile::TempDir;
use uuid::Uuid;

/// An engine with an index of its own.
pub(crate) struct Engine {
    pub(crate) url: SearchUrl,
    pub(crate) index: Arc<dyn SearchIndex>,
    /// Holds the embedded index.
    _folder: Option<TempDir>,
}

impl Engine {
    /// An empty embedded index.
    pub(crate) async fn embedded() -> Self {
        let folder = TempDir::new().unwrap();
        let url: SearchUrl = format!("embedded:{}", folder.path().join("index").display()).parse().unwrap();
        Self { index: open(&url).await.unwrap(), url, _folder: Some(folder) }
    }

    /// An index of its own on the test server, if there is one.
    pub(crate) async fn meilisearch() -> Option<Self> {
        let Ok(server) = std::env::var("MEILI_TEST_URL") else {
            println!("left out: MEILI_TEST_URL names no Meilisearch server");
            return None;
        };
        let server = server.trim_end_matches('/');
        let url: SearchUrl = format!("{server}/?index=test-{}", Uuid::new_v4().simple()).parse().unwrap();
        Some(Self { index: open(&url).await.unwrap(), url, _folder: None })
    }

    /// The same index, opened with semantic help.
    pub(crate) async fn with_embedder(self, embedder: Embedder) -> Self {
        let url = self.url.with_embedder(embedder).unwrap();
        Self { index: open(&url).await.unwrap(), url, _folder: None }
    }

    /// Closes the index and opens it again.
    pub(crate) async fn reopen(self) -> Self {
        let Self { url, index, _folder } = self;
        drop(index);
        Self { index: open(&url).await.unwrap(), url, _folder }
    }

    /// Fills the index to the end with these documents.
    pub(crate) async fn fill(&self, documents: &[Document]) {
        let mut rebuild = self.index.begin_rebuild().await.unwrap();
        rebuild.put(documents).await.unwrap();
        rebuild.finish().await.unwrap();
    }

    /// Asks.
    pub(crate) async fn ask(&self, query: Query) -> Answer {
        self.index.search(&query).await.unwrap()
    }

    /// The titles found for a text, best first, with the catalogue to look them up in.
    pub(crate) async fn titles<'d>(&self, documents: &'d [Document], text: &str) -> Vec<&'d str> {
        let answer = self.ask(Query { text: Some(text.to_owned()), ..Query::default() }).await;
        titles_of(documents, &answer)
    }

    /// Another hand on the same server, and the names of this test's indexes there.
    pub(crate) async fn other_hand(&self) -> Option<(Client, Vec<String>)> {
        let SearchUrl::Meilisearch { base, key, index, .. } = &self.url else { return None };
        let client = Client::new(base.as_str().trim_end_matches('/'), key.as_ref()).unwrap();
        let mut all = IndexesQuery::new(&client);
        let all = all.with_limit(10_000).execute().await.unwrap().results;
        let ours = all.into_iter().map(|found| found.uid).filter(|uid| uid.starts_with(index.as_str()));
        let ours = ours.collect();
        Some((client, ours))
    }

    /// Deletes what the test left on the server.
    pub(crate) async fn clean_up(self) {
        let Some((client, ours)) = self.other_hand().await else { return };
        for uid in ours {
            client.delete_index(uid).await.unwrap();
        }
    }
}

/// The titles of an answer's hits in their order.
pub(crate) fn titles_of<'d>(documents: &'d [Document], answer: &Answer) -> Vec<&'d str> {
    let title = |id| {
        documents.iter().find(|document| document.id == id).map_or("?", |document| document.title.as_str())
    };
    answer.hits.iter().map(|hit| title(hit.id)).collect()
}
