//! The public catalogue as files: what everybody reads, all of it and nothing else, made anew after it has changed.

use std::collections::BTreeMap;

use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};
use techmart_api::{features::catalogue::making, jobs::schedule};
use techmart_tests::{
    Actors, Client, World,
    actors::publish,
    builders::{achievement, demand},
    client::id_of,
};

/// What the schedule asks for is made.
async fn made(world: &World) {
    schedule::tick(&world.state).await;
    world.drain().await;
}

/// The files by their addresses below `/api/v1`.
async fn files(reader: &Client) -> BTreeMap<String, Value> {
    let list = reader.get("/catalogue").await.ok();
    let address = |item: &Value| item["url"].as_str().unwrap().strip_prefix("/api/v1").unwrap().to_owned();
    list["items"].as_array().unwrap().iter().map(|item| (address(item), item.clone())).collect()
}

async fn lines(reader: &Client, address: &str) -> BTreeMap<String, Value> {
    let bytes = reader.file(address, "application/x-ndjson").await.unwrap();
    let lines = std::str::from_utf8(&bytes).unwrap().lines();
    let items = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
    items.map(|item| (id_of(&item), item)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_files_hold_what_everybody_reads_and_the_feed_goes_on_from_them() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let firm = actors.verified(&broker, "企业", "enterprise", 2, true).await;
    let visitor = world.visitor();
    let publish_new = async |title: &str| {
        let id = id_of(&university.post("/achievements", achievement(title)).await.created());
        publish(&university, &broker, "achievements", &id).await;
        id
    };
    let pump = publish_new("低温循环泵").await;
    publish_new("换热器").await;
    let mut nameless = demand("低温启动");
    nameless["content"]["publicity"] = json!("anonymous");
    let nameless = id_of(&firm.post("/demands", nameless).await.created());
    publish(&firm, &broker, "demands", &nameless).await;
    let mut hidden = achievement("只给相关方");
    hidden["content"]["visibility"] = json!("parties");
    let hidden = id_of(&university.post("/achievements", hidden).await.created());
    publish(&university, &broker, "achievements", &hidden).await;

    world.clock.advance(Duration::minutes(11));
    made(&world).await;
    let first = files(&visitor).await;
    let names: Vec<&str> = first.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "/catalogue/achievement.csv",
            "/catalogue/achievement.jsonl",
            "/catalogue/demand.csv",
            "/catalogue/demand.jsonl",
            "/catalogue/provider.csv",
            "/catalogue/provider.jsonl"
        ]
    );
    let offers = lines(&visitor, "/catalogue/achievement.jsonl").await;
    assert_eq!(offers.len(), 2);
    assert_eq!(first["/catalogue/achievement.jsonl"]["rows"], 2);
    for (id, item) in &offers {
        assert_eq!(*item, visitor.get(&format!("/achievements/{id}")).await.ok());
    }
    let demands = lines(&visitor, "/catalogue/demand.jsonl").await;
    assert!(
        demands[&nameless]["organisation"].is_null(),
        "a demand posted without a name is there without it"
    );
    let table = visitor.file("/catalogue/achievement.csv", "text/csv").await.unwrap();
    assert_eq!(table.len() as u64, first["/catalogue/achievement.csv"]["size"].as_u64().unwrap());
    let text = std::str::from_utf8(&table).unwrap().strip_prefix('\u{feff}').expect("a byte order mark");
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let place = rows.headers().unwrap().iter().position(|name| name == "content.title").unwrap();
    let mut titles: Vec<String> = rows.records().map(|row| row.unwrap()[place].to_owned()).collect();
    titles.sort();
    assert_eq!(titles, ["低温循环泵", "换热器"]);
    let nothing = visitor.file("/catalogue/provider.csv", "text/csv").await.unwrap();
    assert_eq!(std::str::from_utf8(&nothing).unwrap().lines().count(), 1, "no provider: a line of names");

    // Asked again with its tag it is not sent again.
    let tag = format!("\"{}\"", first["/catalogue/achievement.csv"]["sha256"].as_str().unwrap());
    let known = [("if-none-match", tag.as_str())];
    visitor.call(Method::GET, "/catalogue/achievement.csv", None, &known).await.status(304);
    visitor.get("/catalogue/everything.csv").await.refused(404, "not_found");

    // Nothing has changed: nothing is made. What changes waits until the files are some minutes old.
    world.clock.advance(Duration::minutes(11));
    made(&world).await;
    assert_eq!(files(&visitor).await, first);
    broker
        .post(&format!("/achievements/{pump}/suspend"), json!({ "reason": "信息有误，请核实。" }))
        .await
        .ok();
    made(&world).await;
    let second = files(&visitor).await;
    assert_eq!(second["/catalogue/achievement.jsonl"]["rows"], 1);
    assert_eq!(second["/catalogue/demand.jsonl"], first["/catalogue/demand.jsonl"], "of another kind");
    broker.act(&format!("/achievements/{pump}/resume")).await.ok();
    made(&world).await;
    assert_eq!(files(&visitor).await, second, "the files are younger than ten minutes");

    // Whoever holds the file goes on from its place and has missed nothing.
    let mut held = lines(&visitor, "/catalogue/achievement.jsonl").await;
    let position = second["/catalogue/achievement.jsonl"]["position"].as_str().unwrap();
    let page = visitor.get(&format!("/changes?types=achievement&since={position}")).await.ok();
    for item in page["items"].as_array().unwrap() {
        held.insert(id_of(item), item["document"].clone());
    }
    assert_eq!(held, offers_of(&visitor, &offers).await);

    // The files that were replaced are swept when their readers have had an hour.
    world.clock.advance(Duration::hours(25));
    made(&world).await;
    assert!(making::sweep(&world.state).await.unwrap() >= 2);
    assert_eq!(lines(&visitor, "/catalogue/achievement.jsonl").await.len(), 2);
}

async fn offers_of(reader: &Client, ids: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for id in ids.keys() {
        all.insert(id.clone(), reader.get(&format!("/achievements/{id}")).await.ok());
    }
    all
}
