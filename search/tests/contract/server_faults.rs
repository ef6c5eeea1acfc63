//! A Meilisearch server that is away, silent, guarded or tampered with.

use std::{
    net::{Ipv4Addr, TcpListener},
    time::{Duration, Instant},
};

use meilisearch_sdk::client::Client;
use techmart_search::{Query, RebuildReason, SearchError, SearchUrl, State, open};

use crate::{
    catalogue::{id, listing, listings},
    engine::Engine,
};

fn url_of(listener: &TcpListener) -> SearchUrl {
    format!("http://:key@{}/", listener.local_addr().unwrap()).parse().unwrap()
}

#[tokio::test]
async fn a_server_that_is_away_is_a_state_and_not_a_fault_of_opening() {
    let url = url_of(&TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
    let index = open(&url).await.unwrap();
    assert!(matches!(index.health().await.state, State::Unavailable { .. }));
    assert!(matches!(index.put(&[listing(1, "电机")]).await, Err(SearchError::Unavailable { .. })));
    assert!(matches!(index.remove(&[id(1)]).await, Err(SearchError::Unavailable { .. })));
    assert!(matches!(index.begin_rebuild().await, Err(SearchError::Unavailable { .. })));
    assert!(matches!(index.revisions().await, Err(SearchError::Unavailable { .. })));
    let mut waits = Vec::new();
    for _ in 0..6 {
        match index.search(&Query::default()).await {
            Err(SearchError::Unavailable { retry_after, .. }) => waits.push(retry_after),
            other => panic!("{other:?}"),
        }
    }
    assert!(waits[..5].iter().all(|wait| *wait <= Duration::from_secs(1)), "{waits:?}");
    assert!(waits[5] > Duration::from_secs(5), "the breaker is open: {waits:?}");
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_waited_for_two_seconds() {
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let index = open(&url_of(&silent)).await.unwrap();
    let start = Instant::now();
    assert!(matches!(index.search(&Query::default()).await, Err(SearchError::Unavailable { .. })));
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_wrong_key_is_refused_at_opening() {
    let Some(engine) = Engine::meilisearch().await else { return };
    let SearchUrl::Meilisearch { base, index, .. } = engine.url.clone() else { unreachable!() };
    let wrong = SearchUrl::Meilisearch { base, key: Some("wrong".to_owned()), index, embedder: None };
    assert!(matches!(open(&wrong).await, Err(SearchError::Rejected { .. })));
}

/// The one index that is left after a rebuild.
async fn live_index(engine: &Engine) -> (Client, String) {
    let (client, ours) = engine.other_hand().await.unwrap();
    (client, ours.into_iter().find(|uid| !uid.contains("_new_")).unwrap())
}

#[tokio::test]
async fn an_index_that_somebody_deleted_is_made_again_and_asks_to_be_filled() {
    let Some(engine) = Engine::meilisearch().await else { return };
    engine.fill(&listings(&["电机", "水泵"])).await;
    let (client, live) = live_index(&engine).await;
    let task = client.delete_index(live).await.unwrap();
    client.wait_for_task(task, None, Some(Duration::from_secs(60))).await.unwrap();

    assert_eq!(engine.index.health().await.state, State::NeedsRebuild(RebuildReason::Missing));
    let answer = engine.ask(Query { facets: true, ..Query::default() }).await;
    assert!(answer.hits.is_empty() && !answer.complete);
    engine.index.put(&[listing(3, "阀")]).await.unwrap();
    let answer = engine.ask(Query { text: Some("阀".to_owned()), facets: true, ..Query::default() }).await;
    assert_eq!((answer.hits.len(), answer.complete), (1, false), "with our settings");
    engine.fill(&listings(&["电机"])).await;
    assert_eq!(engine.index.health().await.state, State::Ready);
    engine.clean_up().await;
}

#[tokio::test]
async fn settings_that_somebody_changed_ask_for_a_rebuild() {
    let Some(engine) = Engine::meilisearch().await else { return };
    engine.fill(&listings(&["电机"])).await;
    let (client, live) = live_index(&engine).await;
    let task = client.index(live).reset_filterable_attributes().await.unwrap();
    client.wait_for_task(task, None, Some(Duration::from_secs(60))).await.unwrap();

    assert!(matches!(engine.index.search(&Query::default()).await, Err(SearchError::Corrupt { .. })));
    assert!(matches!(engine.index.health().await.state, State::NeedsRebuild(RebuildReason::Damaged { .. })));
    engine.fill(&listings(&["电机"])).await;
    assert_eq!(engine.ask(Query::default()).await.hits.len(), 1);
    engine.clean_up().await;
}
