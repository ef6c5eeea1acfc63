//! Putting, replacing, removing, reopening.

use techmart_search::{Document, Query, State};
use uuid::Uuid;

use crate::{
    catalogue::{id, listing, listings},
    engine::Engine,
    laws,
};

laws!(
    what_was_put_is_found_at_once,
    putting_twice_changes_nothing,
    a_later_document_replaces_an_earlier_one,
    what_was_removed_is_gone,
    writes_at_the_same_time_are_all_there,
    a_caller_that_stops_waiting_loses_nothing,
);

async fn what_was_put_is_found_at_once(engine: &Engine) {
    for number in 1..=5 {
        engine.index.put(&[listing(number, "电机")]).await.unwrap();
        let answer = engine.ask(Query { text: Some("电机".to_owned()), ..Query::default() }).await;
        assert_eq!(answer.hits.len(), number as usize);
    }
    engine.index.put(&[]).await.unwrap();
    assert_eq!(engine.index.health().await.documents, Some(5));
}

async fn putting_twice_changes_nothing(engine: &Engine) {
    let all = listings(&["电机", "水泵"]);
    for _ in 0..3 {
        engine.index.put(&all).await.unwrap();
    }
    assert_eq!(engine.index.revisions().await.unwrap(), [(id(1), 1), (id(2), 1)].into());
    assert_eq!(engine.ask(Query::default()).await.estimated_total, 2);
}

async fn a_later_document_replaces_an_earlier_one(engine: &Engine) {
    let first = Document { keywords: vec!["旧词".to_owned()], trl: Some(3), ..listing(1, "电机") };
    let second = Document { revision: 2, ..listing(1, "水泵") };
    let third = Document { revision: 3, ..listing(1, "液压阀") };
    engine.index.put(&[first]).await.unwrap();
    engine.index.put(&[second, third]).await.unwrap();
    assert_eq!(engine.index.revisions().await.unwrap(), [(id(1), 3)].into());
    for (text, found) in [("电机", 0), ("旧词", 0), ("水泵", 0), ("液压阀", 1)] {
        let answer = engine.ask(Query { text: Some(text.to_owned()), ..Query::default() }).await;
        assert_eq!(answer.hits.len(), found, "{text}");
    }
    let answer = engine.ask(Query { facets: true, ..Query::default() }).await;
    assert!(answer.facets["trl"].is_empty(), "nothing of the earlier one stays");
}

async fn what_was_removed_is_gone(engine: &Engine) {
    engine.index.remove(&[id(9)]).await.unwrap();
    engine.index.put(&listings(&["电机", "水泵", "阀"])).await.unwrap();
    engine.index.remove(&[id(1), id(3), id(7), Uuid::nil()]).await.unwrap();
    engine.index.remove(&[id(1)]).await.unwrap();
    engine.index.remove(&[]).await.unwrap();
    assert_eq!(engine.index.revisions().await.unwrap(), [(id(2), 1)].into());
    assert_eq!(engine.ask(Query::default()).await.hits.len(), 1);
}

async fn writes_at_the_same_time_are_all_there(engine: &Engine) {
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let index = engine.index.clone();
            tokio::spawn(async move {
                for number in 0..4 {
                    index.put(&[listing(writer * 10 + number, "电机")]).await.unwrap();
                }
                index.remove(&[id(writer * 10)]).await.unwrap();
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let expected: Vec<_> =
        (0..8).flat_map(|writer| (1..4).map(move |number| id(writer * 10 + number))).collect();
    assert_eq!(engine.index.revisions().await.unwrap().into_keys().collect::<Vec<_>>(), expected);
}

async fn a_caller_that_stops_waiting_loses_nothing(engine: &Engine) {
    let documents = listings(&["电机"]);
    {
        // Polled once, so that it has begun, and dropped.
        let put = engine.index.put(&documents);
        let mut put = std::pin::pin!(put);
        let _ = std::future::poll_fn(|cx| std::task::Poll::Ready(put.as_mut().poll(cx))).await;
    }
    // Writes are done one after the other: when the next one is done, so is the first.
    engine.index.put(&[listing(2, "水泵")]).await.unwrap();
    assert_eq!(engine.index.revisions().await.unwrap().len(), 2);
}

async fn is_as_it_was_after_opening_again(engine: Engine) {
    let all = listings(&["电机", "水泵"]);
    engine.fill(&all).await;
    engine.index.put(&[listing(3, "阀")]).await.unwrap();
    let engine = engine.reopen().await;
    assert_eq!(engine.index.health().await.state, State::Ready);
    assert_eq!(engine.index.revisions().await.unwrap().len(), 3);
    assert_eq!(engine.titles(&all, "电机").await, ["电机"]);
    assert!(engine.ask(Query::default()).await.complete);
    engine.clean_up().await;
}

#[tokio::test]
async fn an_embedded_index_is_as_it_was_after_opening_again() {
    is_as_it_was_after_opening_again(Engine::embedded().await).await;
}

#[tokio::test]
async fn an_index_on_a_server_is_as_it_was_after_opening_again() {
    if let Some(engine) = Engine::meilisearch().await {
        is_as_it_was_after_opening_again(engine).await;
    }
}
