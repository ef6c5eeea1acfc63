//! Folders of embedded indexes that are taken, broken or of another time.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use techmart_search::{Query, RebuildReason, SearchError, SearchUrl, State, open};
use tempfile::TempDir;

use crate::{catalogue::listings, engine::Engine};

fn url(folder: &Path) -> SearchUrl {
    format!("embedded:{}", folder.display()).parse().unwrap()
}

fn generation(folder: &Path) -> PathBuf {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).collect::<Vec<_>>().pop().unwrap()
}

async fn filled() -> TempDir {
    let folder = TempDir::new().unwrap();
    let index = open(&url(folder.path())).await.unwrap();
    let mut rebuild = index.begin_rebuild().await.unwrap();
    rebuild.put(&listings(&["电机", "水泵"])).await.unwrap();
    rebuild.finish().await.unwrap();
    folder
}

/// Opens, checks what is said, fills again, and looks whether all is well after another opening.
async fn is_filled_again(folder: &TempDir, expected: impl Fn(&RebuildReason) -> bool) {
    let index = open(&url(folder.path())).await.unwrap();
    match index.health().await.state {
        State::NeedsRebuild(reason) if expected(&reason) => {}
        state => panic!("{state:?}"),
    }
    assert!(!index.search(&Query::default()).await.unwrap().complete);
    let mut rebuild = index.begin_rebuild().await.unwrap();
    rebuild.put(&listings(&["电机"])).await.unwrap();
    rebuild.finish().await.unwrap();
    assert_eq!(index.health().await.state, State::Ready);
    drop(index);
    let index = open(&url(folder.path())).await.unwrap();
    assert_eq!(index.health().await.state, State::Ready);
    assert_eq!(index.search(&Query::default()).await.unwrap().hits.len(), 1);
    let generations =
        fs::read_dir(folder.path()).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir());
    assert_eq!(generations.count(), 1, "nothing is left of the broken one");
}

#[tokio::test]
async fn a_second_opener_is_refused() {
    let engine = Engine::embedded().await;
    assert!(matches!(open(&engine.url).await, Err(SearchError::Locked { .. })));
    let engine = engine.reopen().await;
    assert!(matches!(open(&engine.url).await, Err(SearchError::Locked { .. })));
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_unavailable() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(open(&url(&file.join("index"))).await, Err(SearchError::Unavailable { .. })));
}

#[tokio::test]
async fn an_index_of_another_schema_is_filled_again() {
    let folder = filled().await;
    let state = folder.path().join("state.json");
    let text = fs::read_to_string(&state).unwrap();
    let other = text.replace("\"schema\": ", "\"schema\": 9");
    assert_ne!(text, other);
    fs::write(&state, other).unwrap();
    is_filled_again(&folder, |reason| *reason == RebuildReason::OtherSchema).await;
}

#[tokio::test]
async fn a_state_that_cannot_be_read_is_filled_again() {
    for text in ["", "{", "[]", r#"{"schema":5,"live":"../elsewhere","complete":true}"#] {
        let folder = filled().await;
        fs::write(folder.path().join("state.json"), text).unwrap();
        is_filled_again(&folder, |reason| matches!(reason, RebuildReason::Damaged { .. })).await;
    }
}

#[tokio::test]
async fn an_index_without_its_files_is_filled_again() {
    let folder = filled().await;
    fs::remove_dir_all(generation(folder.path())).unwrap();
    is_filled_again(&folder, |reason| matches!(reason, RebuildReason::Damaged { .. })).await;

    let folder = filled().await;
    fs::write(generation(folder.path()).join("meta.json"), "{}").unwrap();
    is_filled_again(&folder, |reason| matches!(reason, RebuildReason::Damaged { .. })).await;

    let folder = filled().await;
    for entry in fs::read_dir(generation(folder.path())).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "term" || ending == "fast" || ending == "store") {
            fs::write(path, "short").unwrap();
        }
    }
    is_filled_again(&folder, |reason| matches!(reason, RebuildReason::Damaged { .. })).await;
}

#[tokio::test]
async fn a_flipped_bit_is_noticed_soon_after_opening() {
    let folder = filled().await;
    for entry in fs::read_dir(generation(folder.path())).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "store") {
            let mut bytes = fs::read(&path).unwrap();
            bytes[10] ^= 1;
            fs::write(&path, bytes).unwrap();
        }
    }
    let index = open(&url(folder.path())).await.unwrap();
    let noticed = async {
        while !matches!(index.health().await.state, State::NeedsRebuild(RebuildReason::Damaged { .. })) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), noticed).await.unwrap();
    assert!(!matches!(index.search(&Query::default()).await, Ok(answer) if answer.complete));
}

#[tokio::test]
async fn what_a_dead_rebuild_left_is_swept_at_the_next_opening() {
    let folder = filled().await;
    let litter = folder.path().join("generation-00000000000000000000000000000000");
    fs::create_dir(&litter).unwrap();
    let index = open(&url(folder.path())).await.unwrap();
    assert!(!litter.exists());
    assert_eq!(index.search(&Query::default()).await.unwrap().hits.len(), 2);
}
