//! Searching as people type: suggestions, mistakes.

use serde_json::{Value, json};
use techmart_tests::{
    Actors, Client, World,
    actors::publish,
    builders::{achievement, demand},
    client::id_of,
};

async fn suggested(reader: &Client, query: &str) -> Vec<Value> {
    let found = reader.get(&format!("/search/suggest?{query}")).await.ok();
    found["items"].as_array().unwrap().clone()
}

fn texts(items: &[Value], what: &str) -> Vec<String> {
    let of = items.iter().filter(|item| item["what"] == what);
    of.map(|item| item["text"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_published_is_suggested_and_what_is_hidden_is_not() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "循环大学", "university", 1, true).await;
    let enterprise = actors.verified(&broker, "循环暗企", "enterprise", 2, true).await;
    let offer = id_of(&university.post("/achievements", achievement("氢气循环泵")).await.created());
    assert!(suggested(&world.visitor(), "q=循环").await.is_empty(), "a draft");
    publish(&university, &broker, "achievements", &offer).await;
    let mut body = demand("循环水处理");
    body["content"]["publicity"] = json!("anonymous");
    let hidden = id_of(&enterprise.post("/demands", body).await.created());
    publish(&enterprise, &broker, "demands", &hidden).await;
    world.drain().await;

    let visitor = world.visitor();
    for typed in ["循环", "循環"] {
        let items = suggested(&visitor, &format!("q={typed}&limit=20")).await;
        assert_eq!(texts(&items, "title"), ["循环水处理", "氢气循环泵"], "what begins so comes first");
        assert_eq!(texts(&items, "organisation"), ["循环大学单位"], "the anonymous enterprise has no name");
    }
    let items = suggested(&visitor, "q=氢气循&kind=achievement").await;
    let title = items.iter().find(|item| item["what"] == "title").unwrap();
    assert_eq!(title["id"], offer.as_str());
    let href = title["href"].as_str().unwrap().strip_prefix("/api/v1").unwrap();
    assert_eq!(visitor.get(href).await.ok()["id"], offer.as_str());
    assert!(texts(&suggested(&visitor, "q=hydrog").await, "term").contains(&"hydrogen".to_owned()));
    assert_eq!(suggested(&visitor, "q=循环&limit=1").await.len(), 1);
    assert!(suggested(&visitor, "q=").await.is_empty());

    // Not even before the index knows.
    university.post(&format!("/achievements/{offer}/withdraw"), json!({ "reason": "不再提供" })).await.ok();
    let items = suggested(&visitor, "q=循环").await;
    assert_eq!((texts(&items, "title").len(), texts(&items, "organisation").len()), (1, 0), "{items:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_question_that_suggests_nothing_it_can_understand_is_refused() {
    let world = World::start().await;
    for query in ["", "?q=a&limit=0", "?q=a&limit=51", "?q=a&kind=shop", "?q=a&order=x"] {
        world.visitor().get(&format!("/search/suggest{query}")).await.status(400);
    }
    let long = "长".repeat(201);
    world.visitor().get(&format!("/search/suggest?q={long}")).await.status(400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_mistyped_word_is_corrected_and_said_so() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let offer = id_of(&university.post("/achievements", achievement("车用空调冷媒充注方法")).await.created());
    publish(&university, &broker, "achievements", &offer).await;
    world.drain().await;
    let found = world.visitor().get("/search?q=refridgerant").await.ok();
    assert_eq!(found["corrected"], "refrigerant");
    assert_eq!(found["items"][0]["id"], offer.as_str());
    assert!(found["items"][0]["highlights"].to_string().contains("<em>冷媒</em>"), "{found}");
    let found = world.visitor().get("/search?q=\"refridgerant\"").await.ok();
    assert_eq!((&found["corrected"], found["items"].as_array().unwrap().len()), (&Value::Null, 0));
}
