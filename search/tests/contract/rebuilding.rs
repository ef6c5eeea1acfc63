//! Filling a new index beside the live one.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use techmart_search::{Document, Query, RebuildReason, SearchError, State};

use crate::{
    catalogue::{id, listing, listings},
    engine::Engine,
    laws,
};

laws!(
    a_new_index_asks_to_be_filled,
    a_rebuild_takes_the_place_of_the_old_index_in_one_step,
    writes_during_a_rebuild_are_not_lost,
    a_rebuild_amid_constant_writing_ends_with_the_last_state,
    one_rebuild_runs_at_a_time,
    an_abandoned_rebuild_leaves_no_trace,
);

async fn a_new_index_asks_to_be_filled(engine: &Engine) {
    let waiting = State::NeedsRebuild(RebuildReason::Missing);
    assert_eq!(engine.index.health().await.state, waiting);
    assert!(!engine.ask(Query::default()).await.complete);
    engine.index.put(&[listing(1, "电机")]).await.unwrap();
    assert_eq!(engine.index.health().await.state, waiting, "a few writes are not a filling");
    let answer = engine.ask(Query::default()).await;
    assert_eq!((answer.hits.len(), answer.complete), (1, false));
    engine.fill(&listings(&["电机", "水泵"])).await;
    let health = engine.index.health().await;
    assert_eq!((health.state, health.documents), (State::Ready, Some(2)));
    assert!(engine.ask(Query::default()).await.complete);
}

async fn a_rebuild_takes_the_place_of_the_old_index_in_one_step(engine: &Engine) {
    engine.fill(&listings(&["电机", "水泵"])).await;
    let mut rebuild = engine.index.begin_rebuild().await.unwrap();
    rebuild.put(&[listing(2, "新水泵")]).await.unwrap();
    rebuild.put(&[listing(3, "阀")]).await.unwrap();
    assert_eq!(engine.ask(Query::default()).await.hits.len(), 2, "until then the old one answers");
    assert_eq!(engine.titles(&listings(&["电机"]), "电机").await, ["电机"]);
    rebuild.finish().await.unwrap();
    let found: Vec<_> = engine.index.revisions().await.unwrap().into_keys().collect();
    assert_eq!(found, [id(2), id(3)], "what was not put again is gone");
    assert!(engine.titles(&[], "电机").await.is_empty());
    engine.index.put(&[listing(4, "轴承")]).await.unwrap();
    assert_eq!(engine.ask(Query::default()).await.hits.len(), 3, "writing goes on in the new one");
}

async fn writes_during_a_rebuild_are_not_lost(engine: &Engine) {
    let read_before = listings(&["不变", "将改", "将删"]);
    engine.fill(&read_before).await;
    let mut rebuild = engine.index.begin_rebuild().await.unwrap();
    rebuild.put(&read_before[..2]).await.unwrap();
    let changed = Document { revision: 2, ..listing(2, "已改") };
    engine.index.put(&[changed, listing(4, "新增")]).await.unwrap();
    engine.index.remove(&[id(3)]).await.unwrap();
    // These were read before the changes and come late.
    rebuild.put(&read_before).await.unwrap();
    let expected = [(id(1), 1), (id(2), 2), (id(4), 1)].into();
    assert_eq!(engine.index.revisions().await.unwrap(), expected, "in the live index");
    rebuild.finish().await.unwrap();
    assert_eq!(engine.index.revisions().await.unwrap(), expected, "in the new index");
    assert!(engine.titles(&read_before, "将改").await.is_empty());
}

async fn a_rebuild_amid_constant_writing_ends_with_the_last_state(engine: &Engine) {
    const LISTINGS: u32 = 40;
    let version =
        |number, revision| Document { revision, ..listing(number, &format!("第{revision}版电机")) };
    let first: Vec<_> = (1..=LISTINGS).map(|number| version(number, 1)).collect();
    engine.fill(&first).await;
    let done = Arc::new(AtomicBool::new(false));
    let writer = {
        let (index, done) = (engine.index.clone(), Arc::clone(&done));
        tokio::spawn(async move {
            let mut revision = 1;
            while !done.load(Ordering::Relaxed) {
                revision += 1;
                let odd: Vec<_> = (1..=LISTINGS).step_by(2).map(|number| version(number, revision)).collect();
                index.put(&odd).await.unwrap();
                index.remove(&[id(2)]).await.unwrap();
            }
            revision
        })
    };
    for _ in 0..3 {
        let mut rebuild = engine.index.begin_rebuild().await.unwrap();
        for batch in first.chunks(7) {
            // As read before every change: the changes must win.
            rebuild.put(batch).await.unwrap();
            let answer = engine.ask(Query { limit: 100, ..Query::default() }).await;
            assert!(answer.hits.len() >= LISTINGS as usize - 1, "searching goes on");
        }
        rebuild.finish().await.unwrap();
    }
    done.store(true, Ordering::Relaxed);
    let last = writer.await.unwrap();
    let revisions = engine.index.revisions().await.unwrap();
    for number in (1..=LISTINGS).step_by(2) {
        assert_eq!(revisions.get(&id(number)), Some(&last), "listing {number}");
    }
    for number in (4..=LISTINGS).step_by(2) {
        assert_eq!(revisions.get(&id(number)), Some(&1), "listing {number}");
    }
    assert_eq!(revisions.len(), LISTINGS as usize - 1);
}

async fn one_rebuild_runs_at_a_time(engine: &Engine) {
    let rebuild = engine.index.begin_rebuild().await.unwrap();
    assert!(matches!(engine.index.begin_rebuild().await, Err(SearchError::RebuildRunning)));
    rebuild.finish().await.unwrap();
    engine.index.begin_rebuild().await.unwrap().finish().await.unwrap();
}

async fn an_abandoned_rebuild_leaves_no_trace(engine: &Engine) {
    engine.fill(&listings(&["电机"])).await;
    let mut rebuild = engine.index.begin_rebuild().await.unwrap();
    rebuild.put(&[listing(2, "水泵")]).await.unwrap();
    drop(rebuild);
    engine.index.put(&[listing(3, "阀")]).await.unwrap();
    let found: Vec<_> = engine.index.revisions().await.unwrap().into_keys().collect();
    assert_eq!(found, [id(1), id(3)]);
    engine.fill(&listings(&["电机"])).await;
    assert_eq!(engine.index.revisions().await.unwrap().len(), 1);
}
