//! Who may do what: every operation of the document for every kind of actor. The expectations are those that the
//! document itself tells (`openapi/who.rs`), the world they are tried in `scene.rs`, whole bodies for every operation `bodies.rs`.

mod bodies;
mod scene;

use std::collections::BTreeSet;

use reqwest::Method;
use scene::Scene;
use techmart_api::openapi::who::{KINDS, TABLE};

struct Operation {
    name: String,
    method: Method,
    /// Within `/api/v1`.
    path: String,
}

fn operations() -> Vec<Operation> {
    let document = techmart_api::openapi::document();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            all.push(Operation {
                name: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path: path.strip_prefix("/api/v1").unwrap_or(path).to_owned(),
            });
        }
    }
    all
}

#[test]
fn every_operation_of_the_document_has_a_row_and_every_row_an_operation() {
    let there: BTreeSet<String> = operations().into_iter().map(|operation| operation.name).collect();
    let rows: BTreeSet<String> = TABLE.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(rows.len(), TABLE.len(), "an operation has two rows");
    let without_row: Vec<_> = there.difference(&rows).collect();
    let without_operation: Vec<_> = rows.difference(&there).collect();
    assert!(without_row.is_empty(), "operations without a row: {without_row:?}");
    assert!(without_operation.is_empty(), "rows without an operation: {without_operation:?}");
    for (name, letters) in TABLE {
        assert_eq!(letters.split(' ').count(), KINDS.len(), "{name}");
    }
}

async fn differences(scene: &Scene, operation: &Operation, expected: &str, published: bool) -> Vec<String> {
    let mut found = Vec::new();
    for (kind, wanted) in KINDS.iter().zip(expected.split(' ')) {
        let (letter, answer) = scene.ask(kind, operation, published).await;
        if letter != wanted {
            found.push(format!("{} for {kind}: {wanted} is right, but {answer}", operation.name));
        }
    }
    found
}

fn row(name: &str) -> &'static str {
    TABLE.iter().find(|(row, _)| *row == name).map(|(_, letters)| *letters).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn every_kind_of_actor_is_answered_as_the_table_says() {
    let scene = Scene::set().await;
    let mut found = Vec::new();
    for operation in operations() {
        found.extend(differences(&scene, &operation, row(&operation.name), true).await);
    }
    assert!(found.is_empty(), "{} differences:\n{}", found.len(), found.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_was_never_published_is_hidden_from_visitors_and_strangers_whatever_they_try() {
    let scene = Scene::set().await;
    let mut found = Vec::new();
    let of_a_listing = |operation: &Operation| {
        scene
            .listings
            .iter()
            .any(|listings| operation.path.starts_with(&format!("/{}/{{id}}", listings.plural)))
            && !operation.path.contains("/entry")
    };
    for operation in operations().into_iter().filter(of_a_listing) {
        // What is not published is not said to search engines, whoever asks.
        let to_all = operation.path.ends_with("/jsonld");
        let inside = if to_all { "H H H H H" } else { row(&operation.name).split_at(4).1 };
        found.extend(differences(&scene, &operation, &format!("H H {inside}"), false).await);
    }
    assert!(found.is_empty(), "{} differences:\n{}", found.len(), found.join("\n"));
}
