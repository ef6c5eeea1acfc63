//! Semantic help, with a small embedder beside the server: it knows of heat and of rice.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};
use techmart_search::{
    Ask, Audience, DemoFilter, Document, Embedder, Kind, Match, RebuildReason, SearchIndex, State,
    matching::{PartName, Weights},
};

use crate::{
    catalogue::{id, listing},
    engine::Engine,
};

/// An embedder on a port of this machine, for as long as the test process lives.
struct SmallEmbedder {
    port: u16,
    away: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
}

impl SmallEmbedder {
    fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (away, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let (is_away, count) = (Arc::clone(&away), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if !is_away.load(Ordering::Relaxed) {
                    count.fetch_add(1, Ordering::Relaxed);
                    // Whoever breaks off gets no answer.
                    let _ = answer(stream);
                }
            }
        });
        Self { port, away, asked }
    }

    fn settings(&self) -> Embedder {
        let settings = json!({
            "source": "rest", "url": format!("http://127.0.0.1:{}/embed", self.port), "dimensions": 3,
            "request": { "input": ["{{text}}", "{{..}}"] }, "response": { "data": ["{{embedding}}", "{{..}}"] },
        });
        Embedder::read(&settings.to_string()).unwrap()
    }
}

fn answer(stream: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let asked: Value = serde_json::from_slice(&body).unwrap();
    let vectors: Vec<[f64; 3]> =
        asked["input"].as_array().unwrap().iter().map(|text| vector(text.as_str().unwrap())).collect();
    let body = json!({ "data": vectors }).to_string();
    let mut stream = reader.into_inner();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn vector(text: &str) -> [f64; 3] {
    let about = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if about(&["烫手", "均温板"]) {
        [1.0, 0.0, 0.0]
    } else if about(&["水稻"]) {
        [0.0, 1.0, 0.0]
    } else {
        [0.0, 0.0, 1.0]
    }
}

/// A trouble in words that its solution does not use.
fn trouble() -> Ask {
    Ask {
        asked: Document { kind: Kind::Demand, ..listing(900, "手持终端外壳烫手") },
        kind: Kind::Achievement,
        audiences: vec![Audience::Public],
        demo: DemoFilter::Include,
        limit: 10,
        now: 1_700_000_000_000,
        weights: Weights::standard().clone(),
    }
}

fn offers() -> Vec<Document> {
    vec![listing(1, "超薄均温板"), listing(2, "水稻育秧基质")]
}

async fn found(index: &dyn SearchIndex) -> Vec<Match> {
    index.matches(&trouble()).await.unwrap()
}

#[tokio::test]
async fn an_embedder_finds_what_shares_no_word_says_so_and_is_missed_by_nobody_when_it_is_away() {
    let Some(engine) = Engine::meilisearch().await else { return };
    let embedder = SmallEmbedder::start();
    engine.fill(&offers()).await;
    assert!(found(engine.index.as_ref()).await.is_empty(), "no word is shared");

    let engine = engine.with_embedder(embedder.settings()).await;
    let health = engine.index.health().await;
    assert_eq!(health.state, State::NeedsRebuild(RebuildReason::OtherSchema), "it was filled without one");
    assert!(found(engine.index.as_ref()).await.is_empty(), "until then the words alone answer");
    engine.fill(&offers()).await;
    assert_eq!(engine.index.health().await.state, State::Ready);

    let answers = found(engine.index.as_ref()).await;
    assert_eq!(answers.iter().map(|found| found.id).collect::<Vec<_>>(), [id(1)], "{answers:?}");
    let part = answers[0].parts.iter().find(|part| part.name == PartName::Semantic).unwrap();
    assert!(part.value > 0.99 && part.weight > 0.0, "{part:?}");
    assert!(!answers[0].fits, "a likeness of meaning alone is nothing to write to people about");

    let asked = embedder.asked.load(Ordering::Relaxed);
    assert!(asked > 0, "it was asked");
    embedder.away.store(true, Ordering::Relaxed);
    assert!(found(engine.index.as_ref()).await.is_empty(), "the words alone answer, without an error");
    let mut by_words = trouble();
    by_words.asked.title = "均温板".to_owned();
    assert_eq!(engine.index.matches(&by_words).await.unwrap()[0].id, id(1));
    embedder.away.store(false, Ordering::Relaxed);
    engine.clean_up().await;
}

#[tokio::test]
async fn an_index_with_an_embedder_asks_to_be_filled_again_when_it_is_switched_off() {
    let Some(engine) = Engine::meilisearch().await else { return };
    let embedder = SmallEmbedder::start();
    let engine = engine.with_embedder(embedder.settings()).await;
    engine.fill(&offers()).await;
    assert_eq!(engine.index.health().await.state, State::Ready);
    let mut plain = engine.url.clone();
    if let techmart_search::SearchUrl::Meilisearch { embedder, .. } = &mut plain {
        *embedder = None;
    }
    let index = techmart_search::open(&plain).await.unwrap();
    assert_eq!(index.health().await.state, State::NeedsRebuild(RebuildReason::OtherSchema));
    assert!(found(index.as_ref()).await.is_empty());
    engine.clean_up().await;
}
