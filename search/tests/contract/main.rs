//! The laws of searching, each held by both engines.
//!
//! Every law runs against a fresh embedded index, and against a fresh index on the server named by
//! `MEILI_TEST_URL` (such as `http://:key@127.0.0.1:7700`) where there is one.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod catalogue;
mod engine;
mod facets;
mod filters;
mod finding;
mod highlights;
mod killing;
mod listings;
mod matches;
mod orders;
mod rebuilding;
mod semantic;
mod server_faults;
mod spelling;
mod spoiled_folders;
mod suggesting;
mod writing;

/// Makes a test of each law for each engine.
macro_rules! laws {
    ($($law:ident),+ $(,)?) => {
        mod embedded {
            $(#[tokio::test]
            async fn $law() {
                super::$law(&crate::engine::Engine::embedded().await).await;
            })+
        }
        mod meilisearch {
            $(#[tokio::test]
            async fn $law() {
                if let Some(engine) = crate::engine::Engine::meilisearch().await {
                    super::$law(&engine).await;
                    engine.clean_up().await;
                }
            })+
        }
    };
}
pub(crate) use laws;
