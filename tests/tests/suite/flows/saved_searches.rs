//! A search that somebody keeps tells what is new in it, once, at the pace they want.

use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};
use techmart_api::jobs::schedule;
use techmart_tests::{
    Actors, Client, World,
    actors::{publish, sign_in},
    builders::{achievement, demand},
    client::id_of,
};

async fn told(client: &Client) -> Vec<Value> {
    let list = client.get("/notifications?kind=saved_search").await.ok();
    list["items"].as_array().unwrap().clone()
}

async fn look(world: &World) {
    world.drain().await;
    schedule::tick(&world.state).await;
    world.drain().await;
}

async fn post(author: &Client, broker: &Client, plural: &str, body: Value) -> String {
    let id = id_of(&author.post(&format!("/{plural}"), body).await.created());
    publish(author, broker, plural, &id).await;
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_new_in_a_saved_search_is_told_once_and_what_one_may_not_see_is_not() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let engineer = actors.person("engineer").await;
    post(&university, &broker, "achievements", achievement("电机控制器一代")).await;
    look(&world).await;
    let kept = json!({ "name": "电机控制器", "query": "q=电机控制器&kind=achievement", "pace": "at_once" });
    let saved = engineer.post("/saved-searches", kept.clone()).await.created();
    university.post("/saved-searches", kept).await.created();
    let opened = saved["href"].as_str().unwrap().strip_prefix("/api/v1").unwrap();
    assert_eq!(engineer.get(opened).await.ok()["items"].as_array().unwrap().len(), 1);
    look(&world).await;
    assert!(told(&engineer).await.is_empty(), "what was there before is not new");

    world.clock.advance(Duration::seconds(1));
    post(&university, &broker, "achievements", achievement("电机控制器二代")).await;
    post(&university, &broker, "demands", demand("电机控制器的测试")).await;
    let mut hidden = achievement("电机控制器三代");
    hidden["content"]["visibility"] = json!("parties");
    post(&university, &broker, "achievements", hidden).await;
    for _ in 0..3 {
        look(&world).await;
    }
    let list = told(&engineer).await;
    assert_eq!(list.len(), 1, "{list:?}");
    assert_eq!(list[0]["zh"]["lines"], json!(["“电机控制器二代”"]));
    assert!(told(&university).await.is_empty(), "one's own is no news");
    assert_eq!(
        world.mails_to(&engineer.email).iter().filter(|mail| mail.contains("电机控制器二代")).count(),
        1
    );

    // Weekly: on Monday morning, not before.
    let at = format!("/saved-searches/{}", id_of(&saved));
    let patch = json!({ "pace": "weekly" });
    engineer.call(Method::PATCH, &at, Some(patch.clone()), &[]).await.status(428);
    engineer.patch(&at, patch).await.ok();
    post(&university, &broker, "achievements", achievement("电机控制器四代")).await;
    look(&world).await;
    assert_eq!(told(&engineer).await.len(), 1);
    world.clock.advance(Duration::days(8));
    look(&world).await;
    let engineer = sign_in(&world, &engineer.email).await;
    assert_eq!(told(&engineer).await.len(), 2);

    // Another's is not there, and a question that is none is told as what GET /search has against it.
    actors.person("stranger").await.get(&at).await.status(404);
    let bad = json!({ "name": "错", "query": "kind=motor&limit=5&x=1", "pace": "daily" });
    let refused = engineer.post("/saved-searches", bad).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(refused.fault_codes().contains(&"unknown".to_owned()), "{}", refused.body);
    let tag = engineer.get(&at).await.etag();
    engineer.call(Method::DELETE, &at, None, &[("if-match", &tag)]).await.status(204);
    engineer.get(&at).await.status(404);
}
