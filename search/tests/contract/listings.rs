//! Real listings, from the file named by `TECHMART_TEST_LISTINGS`: one JSON object a line.

use std::collections::BTreeSet;

use serde::Deserialize;
use techmart_search::{Document, Kind, Query};

use crate::{catalogue::listing, engine::Engine, laws};

laws!(real_questions_find_real_listings);

#[derive(Deserialize)]
struct Row {
    kind: Kind,
    title: String,
    organisation: Option<String>,
    field: Option<String>,
    summary: Option<String>,
    keywords: Option<Vec<String>>,
    language: Option<String>,
}

fn real_listings() -> Option<Vec<Document>> {
    let Ok(path) = std::env::var("TECHMART_TEST_LISTINGS") else {
        println!("left out: TECHMART_TEST_LISTINGS names no file");
        return None;
    };
    let text = std::fs::read_to_string(path).unwrap();
    let rows = (1..).zip(text.lines()).map(|(number, line)| {
        let row: Row = serde_json::from_str(line).unwrap();
        Document {
            kind: row.kind,
            organisation: row.organisation,
            field: row.field,
            summary: row.summary,
            keywords: row.keywords.unwrap_or_default(),
            language: row.language,
            ..listing(number, &row.title)
        }
    });
    Some(rows.collect())
}

/// Everything in a listing that is searched.
fn searched(document: &Document) -> String {
    let parts = [Some(&document.title), document.organisation.as_ref(), document.summary.as_ref()];
    let parts = parts.into_iter().flatten().chain(&document.keywords);
    parts.map(|part| part.to_lowercase()).collect::<Vec<_>>().join("\n")
}

async fn real_questions_find_real_listings(engine: &Engine) {
    let Some(all) = real_listings() else { return };
    engine.fill(&all).await;
    assert_eq!(engine.index.revisions().await.unwrap().len(), all.len());
    // The question, and the words that a listing must contain to be an answer.
    for (text, words) in [
        ("氢气循环泵", &["氢气", "循环泵"][..]),
        ("电机控制器", &["电机", "控制器"]),
        ("電機控制器", &["电机", "控制器"]),
        ("制冷剂", &["制冷剂"]),
        ("焊接自动化", &["焊接", "自动化"]),
        ("转向", &["转向"]),
        ("转向系统", &["转向", "系统"]),
        ("简单", &["简单"]),
        ("Gearbox", &["gearbox"]),
        ("gearboxes", &["gearbox"]),
        ("Cryogenic", &["cryogenic"]),
        ("石墨烯", &["石墨烯"]),
        ("机器人", &["机器人"]),
    ] {
        let answer = engine.ask(Query { text: Some(text.to_owned()), limit: 100, ..Query::default() }).await;
        let found: BTreeSet<_> = answer.hits.iter().map(|hit| hit.id).collect();
        let has_all = |document: &&Document| words.iter().all(|word| searched(document).contains(word));
        let expected: BTreeSet<_> = all.iter().filter(has_all).map(|document| document.id).collect();
        assert!(!expected.is_empty() && answer.all_words, "{text}");
        // More are found where the glossary knows other words for it.
        assert!(found.is_superset(&expected), "{text}: {found:?}");

        // Of those that say it so, the ones with the whole question in the title come first.
        let whole = words.concat();
        let precise = |hit: &techmart_search::Hit| {
            all.iter().any(|document| document.id == hit.id && document.title.to_lowercase().contains(&whole))
        };
        let literal = answer.hits.iter().filter(|hit| expected.contains(&hit.id));
        let order: Vec<_> = literal.map(precise).collect();
        assert!(order.is_sorted_by(|a, b| a >= b), "{text}: {order:?}");
    }
    // Whatever a listing is called, its title finds it.
    for document in &all {
        let text: String = document.title.chars().take(techmart_search::MAX_TEXT_CHARS).collect();
        let answer = engine.ask(Query { text: Some(text), limit: 10, ..Query::default() }).await;
        assert!(answer.hits.iter().any(|hit| hit.id == document.id), "{}", document.title);
    }
}
