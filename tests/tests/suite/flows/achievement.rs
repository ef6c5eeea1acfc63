//! An achievement from its draft to the figures.

use reqwest::Method;
use serde_json::json;
use techmart_tests::{
    Actors, World,
    actors::{approve, figures, publish},
    builders::achievement,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_achievement_is_drafted_submitted_published_found_and_counted_as_a_candidate() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let author = actors.verified(&broker, "高校", "university", 1, true).await;

    let made = author.post("/achievements", achievement("低温启动电机控制器")).await;
    let tag = made.etag();
    let id = made.created()["id"].as_str().unwrap().to_owned();
    world.visitor().get(&format!("/achievements/{id}")).await.refused(404, "not_found");

    // The draft is patched at the version that was read, and only there.
    let draft = format!("/achievements/{id}/draft");
    let change = json!({ "content": { "advantage": "启动电流降低 30%", "keywords": ["电机", "控制器"] } });
    author.call(Method::PATCH, &draft, Some(change.clone()), &[]).await.refused(428, "version_required");
    author.call(Method::PATCH, &draft, Some(change.clone()), &[("if-match", &tag)]).await.ok();
    author
        .call(Method::PATCH, &draft, Some(change), &[("if-match", &tag)])
        .await
        .refused(412, "version_changed");

    author.act(&format!("/achievements/{id}/submit")).await.ok();
    broker.act(&format!("/achievements/{id}/publish")).await.refused(409, "illegal_move");
    approve(&broker, "achievements", &id).await;
    world.drain().await;

    let page = world.visitor().get(&format!("/achievements/{id}")).await;
    let tag = page.etag();
    let page = page.ok();
    assert_eq!(page["status"], "published");
    assert!(page["content"]["contact"].is_null(), "a contact is private: {page}");
    let again = world
        .visitor()
        .call(Method::GET, &format!("/achievements/{id}"), None, &[("if-none-match", &tag)])
        .await;
    assert_eq!(again.status.as_u16(), 304);

    let found = world.visitor().get("/search?q=控制器 电机").await.ok();
    assert_eq!(found["items"][0]["id"], id.as_str(), "{found}");
    assert_eq!(figures(&broker, "T1", "").await, (0, 1));
    assert_eq!(figures(&broker, "T5", "").await, (0, 1));

    let history = author.get(&format!("/achievements/{id}/history")).await.ok();
    let moves: Vec<&str> =
        history["items"].as_array().unwrap().iter().map(|row| row["action"].as_str().unwrap()).collect();
    assert_eq!(moves, ["publish", "claim", "submit"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_repeated_request_acts_once_and_is_answered_alike() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let author = actors.owner("高校", json!({ "name": "某大学", "kind": "other" })).await;
    let key = [("idempotency-key", "0123456789abcdef")];
    let first = author.call(Method::POST, "/achievements", Some(achievement("一")), &key).await;
    let again = author.call(Method::POST, "/achievements", Some(achievement("一")), &key).await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(first.etag(), again.etag());
    assert_eq!(first.created(), again.created());
    author
        .call(Method::POST, "/achievements", Some(achievement("二")), &key)
        .await
        .refused(422, "idempotency_key_reused");
    let organisation = author.acting.clone().unwrap();
    let list = author.get(&format!("/achievements?status=draft&organisation_id={organisation}")).await.ok();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn every_fault_of_a_submission_is_told_at_once() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let author = actors.owner("高校", json!({ "name": "某大学", "kind": "other" })).await;
    let made = author.post("/achievements", json!({ "content": { "title": "半成品" } })).await.created();
    let id = made["id"].as_str().unwrap();
    let reply = author.act(&format!("/achievements/{id}/submit")).await;
    assert_eq!(reply.fault_codes().len(), 5, "{}", reply.body);
    reply.refused(422, "rule_broken");
    let reply = author
        .post("/achievements", json!({ "content": { "titel": 1, "trl": 12, "keywords": "a" }, "x": 1 }))
        .await;
    let codes = reply.fault_codes();
    for code in ["unknown", "too_large", "type"] {
        assert!(codes.iter().any(|found| found == code), "{code} of {codes:?}");
    }
    reply.refused(400, "invalid_body");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_public_sees_the_old_version_until_the_new_one_is_approved() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let author = actors.verified(&broker, "高校", "university", 1, true).await;
    let id = author.post("/achievements", achievement("第一版")).await.created()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    publish(&author, &broker, "achievements", &id).await;
    let page = format!("/achievements/{id}");
    let before = world.visitor().get(&page).await.etag();
    author.patch(&format!("{page}/draft"), json!({ "content": { "title": "第二版" } })).await.ok();
    let seen = world.visitor().get(&page).await;
    assert_eq!(seen.etag(), before);
    assert_eq!(seen.ok()["content"]["title"], "第一版");
    author.act(&format!("{page}/submit")).await.ok();
    broker.act(&format!("{page}/claim")).await.ok();
    let reason = json!({ "reason": "请补充对比数据" });
    broker.post(&format!("{page}/return"), reason).await.ok();
    world.drain().await;
    assert!(
        world.mails_to(&author.email).iter().any(|mail| mail.contains("请补充对比数据")),
        "the reason reaches the author"
    );
    assert_eq!(world.visitor().get(&page).await.ok()["content"]["title"], "第一版");
    author.act(&format!("{page}/submit")).await.ok();
    approve(&broker, "achievements", &id).await;
    let seen = world.visitor().get(&page).await.ok();
    assert_eq!(
        (seen["content"]["title"].as_str(), seen["version_number"].as_i64()),
        (Some("第二版"), Some(2))
    );
    assert_eq!(figures(&broker, "T1", "").await, (0, 1), "a second version is no second achievement");
    world.drain().await;
    let found = world.visitor().get("/search?q=第二版").await.ok();
    assert_eq!(found["items"][0]["id"], id.as_str());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_withdrawn_leaves_a_tombstone_and_within_a_day_its_count() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let author = actors.verified(&broker, "高校", "university", 1, true).await;
    let id = author.post("/achievements", achievement("撤下的成果")).await.created()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    publish(&author, &broker, "achievements", &id).await;
    world.drain().await;
    author.post(&format!("/achievements/{id}/withdraw"), json!({ "reason": "已转让" })).await.ok();
    let tombstone = world.visitor().get(&format!("/achievements/{id}")).await.ok();
    assert_eq!(tombstone["status"], "withdrawn");
    assert!(tombstone["content"].is_null());
    let found = world.visitor().get("/search?q=撤下的成果").await.ok();
    assert_eq!(found["items"].as_array().unwrap().len(), 0, "not even before the index knows");
    assert_eq!(figures(&broker, "T1", "").await, (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn of_twenty_identical_moves_at_once_one_happens() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let author = actors.verified(&broker, "高校", "university", 1, true).await;
    let id = author.post("/achievements", achievement("并发发布")).await.created()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    author.act(&format!("/achievements/{id}/submit")).await.ok();
    broker.act(&format!("/achievements/{id}/claim")).await.ok();
    world.drain().await;
    let mails = world.mails().len();
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (broker, path) = (broker.clone(), format!("/achievements/{id}/publish"));
            tokio::spawn(async move { broker.act(&path).await.status.as_u16() })
        })
        .collect();
    let mut statuses = Vec::new();
    for task in tasks {
        statuses.push(task.await.unwrap());
    }
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 200 | 409)), "{statuses:?}");
    world.drain().await;
    let history = author.get(&format!("/achievements/{id}/history")).await.ok();
    let published =
        history["items"].as_array().unwrap().iter().filter(|row| row["action"] == "publish").count();
    assert_eq!(published, 1);
    assert_eq!(figures(&broker, "T1", "").await, (0, 1));
    assert_eq!(world.mails().len(), mails + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_changes_of_an_organisation_reaches_the_index() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let author = actors.verified(&broker, "高校", "university", 1, true).await;
    let id = author.post("/achievements", achievement("换了地方")).await.created()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    publish(&author, &broker, "achievements", &id).await;
    world.drain().await;
    let elsewhere = "/search?q=换了地方&town=lianhe";
    assert_eq!(world.visitor().get(elsewhere).await.ok()["items"].as_array().unwrap().len(), 0);
    let organisation = format!("/organisations/{}", author.acting.clone().unwrap());
    broker.patch(&organisation, json!({ "town": "lianhe" })).await.ok();
    world.drain().await;
    assert_eq!(world.visitor().get(elsewhere).await.ok()["items"][0]["id"], id.as_str());
}
