//! What a change does outside the database happens in the end, whatever breaks meanwhile.

use std::{collections::BTreeMap, path::Path};

use chrono::Duration;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use techmart_api::db::Db;
use techmart_entity::{
    listing::{self, status::ListingStatus},
    outbox,
};
use techmart_search::{SearchIndex, SearchUrl};
use techmart_tests::{
    Actors, World,
    actors::{PASSWORD, approve},
    binary::{self, Service},
    builders::achievement,
    world::{Setting, database, until},
};
use tokio::net::TcpListener;
use uuid::Uuid;

use super::parts::{Office, Post, environment, forget, settled};

/// The mails that wait, were sent or were given up.
async fn mails(world: &World) -> Vec<outbox::Model> {
    outbox::Entity::find()
        .filter(outbox::Column::Kind.eq("mail"))
        .order_by_asc(outbox::Column::Seq)
        .all(world.state.db.read())
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_mail_that_the_server_refuses_is_laid_aside_at_last_and_holds_nobody_else_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let post = Post::open(listener);
    let world = World::with(Setting { mail_url: Some(url), ..Setting::default() }).await;
    let email = "li.na@people.example";
    post.unknown.lock().unwrap().insert(email.to_owned());
    let register = |email: &str| json!({ "email": email, "password": PASSWORD, "name": "李娜" });
    world.visitor().post("/auth/register", register(email)).await.status(202);

    let mut attempts = 0;
    loop {
        attempts += 1;
        world
            .until("the mail was tried once more", async || mails(&world).await[0].attempts == attempts)
            .await;
        let row = mails(&world).await.remove(0);
        let said = row.last_error.clone().unwrap();
        assert!(said.contains("550"), "{said}");
        assert!(!said.contains(email), "an address in an error: {said}");
        assert!(row.done_at.is_none());
        if row.dead_at.is_some() {
            break;
        }
        assert!(row.next_at > world.clock.now(), "it is not tried at once again");
        assert!(attempts < 20, "it is tried for ever");
        // Others get theirs meanwhile.
        let other = format!("p{attempts}@people.example");
        world.visitor().post("/auth/register", register(&other)).await.status(202);
        world.until("the other mail is there", async || post.to(&other).len() == 1).await;
        world.clock.advance(row.next_at - world.clock.now() + Duration::milliseconds(1));
    }
    assert!(attempts >= 5, "what is refused may be let in the next morning: {attempts} attempts");
    // What was given up does not count as waiting.
    world.drain().await;
    let metrics = techmart_tests::world::ask(&format!("{}/metrics", world.base)).await.unwrap();
    assert!(metrics.status().is_success());

    let environment = world.environment();
    let dead = binary::run_json(world.data(), &environment, &["outbox", "dead"]);
    let items = dead["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{dead}");
    assert!(items[0]["last_error"].is_string(), "{dead}");
    assert!(!dead.to_string().contains(email), "{dead}");
    let seq = items[0]["seq"].as_i64().unwrap();

    // The server takes it now; a person lets the mail be tried again.
    post.unknown.lock().unwrap().clear();
    let other = (seq + 1_000_000).to_string();
    let none = binary::run_json(world.data(), &environment, &["outbox", "retry", &other]);
    assert_eq!(none["retried"], 0);
    let retried = binary::run_json(world.data(), &environment, &["outbox", "retry", &seq.to_string()]);
    assert_eq!(retried["retried"], 1);
    world.until("the mail is there", async || post.to(email).len() == 1).await;
    world.drain().await;
    let row = mails(&world).await.remove(0);
    assert!(row.done_at.is_some() && row.dead_at.is_none());
    let dead = binary::run_json(world.data(), &environment, &["outbox", "dead"]);
    assert_eq!(dead["items"].as_array().unwrap().len(), 0, "{dead}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_mail_server_that_is_away_for_days_stops_nothing_and_gets_what_waited_once_and_in_order() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    // Nobody listens from here on.
    drop(listener);
    let setting = Setting { mail_url: Some(format!("smtp://{address}")), ..Setting::default() };
    let world = World::with(setting).await;
    let actors = Actors::of(&world).await;
    let visitor = world.visitor();
    for n in 0..7 {
        let body = json!({ "email": format!("p{n}@people.example"), "password": PASSWORD, "name": "人" });
        visitor.post("/auth/register", body).await.status(202);
    }
    let mail = async || {
        let url = format!("{}/health/ready", world.base);
        let ready: Value = techmart_tests::world::ask(&url).await.unwrap().json().await.unwrap();
        ready["mail"].clone()
    };
    for _ in 0..4 {
        world.until("it is known that mail is away", async || mail().await["state"] == "down").await;
        // Writes go on meanwhile.
        let name = format!("单位{}", Uuid::new_v4());
        actors.admin.post("/organisations", json!({ "name": name, "kind": "other" })).await.created();
        world.clock.advance(Duration::days(1));
    }
    let rows = mails(&world).await;
    assert_eq!(rows.len(), 7);
    assert!(rows.iter().all(|row| row.attempts == 0 && row.dead_at.is_none() && row.done_at.is_none()));
    assert!(rows[0].last_error.is_some(), "what stands in the way can be read");
    let post = Post::open(TcpListener::bind(address).await.unwrap());
    world
        .until("everything went out", async || {
            // However long it waits before it looks again.
            world.clock.advance(Duration::seconds(61));
            mails(&world).await.iter().all(|row| row.done_at.is_some())
        })
        .await;
    let taken: Vec<String> = post.taken.lock().unwrap().iter().map(|mail| mail.to[0].clone()).collect();
    let expected: Vec<String> = (0..7).map(|n| format!("p{n}@people.example")).collect();
    assert_eq!(taken, expected);
    assert_eq!(mail().await["state"], "ok");
}

/// The published listings that search may show, with their versions.
async fn published(db: &Db) -> BTreeMap<Uuid, i64> {
    let rows = listing::Entity::find().all(db.read()).await.unwrap();
    rows.into_iter()
        .filter(|row| row.status == ListingStatus::Published && row.audience.is_listed())
        .map(|row| (row.id.0, row.version))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_index_equals_the_database_once_the_outbox_is_empty() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let author = actors.verified(&broker, "高校", "university", 1, true).await;
    let mut ids = Vec::new();
    for n in 0..6 {
        let made = author.post("/achievements", achievement(&format!("成果{n}"))).await.created();
        let id = made["id"].as_str().unwrap().to_owned();
        author.act(&format!("/achievements/{id}/submit")).await.ok();
        approve(&broker, "achievements", &id).await;
        ids.push(id);
    }
    author.post(&format!("/achievements/{}/withdraw", ids[0]), json!({ "reason": "已转让" })).await.ok();
    broker.post(&format!("/achievements/{}/suspend", ids[1]), json!({ "reason": "核实中" })).await.ok();
    let page = format!("/achievements/{}", ids[2]);
    author.patch(&format!("{page}/draft"), json!({ "content": { "title": "第二版" } })).await.ok();
    author.act(&format!("{page}/submit")).await.ok();
    approve(&broker, "achievements", &ids[2]).await;
    let draft = format!("/achievements/{}/draft", ids[3]);
    author.patch(&draft, json!({ "content": { "visibility": "parties" } })).await.ok();
    author.act(&format!("/achievements/{}/submit", ids[3])).await.ok();
    approve(&broker, "achievements", &ids[3]).await;
    world.drain().await;
    let there = published(&world.state.db).await;
    assert_eq!(there.len(), 3);
    assert_eq!(world.state.search.revisions().await.unwrap(), there);
    // A job that is done twice, and late, changes nothing.
    outbox::Entity::update_many()
        .col_expr(
            outbox::Column::DoneAt,
            sea_orm::sea_query::Expr::value(Option::<techmart_entity::Instant>::None),
        )
        .filter(outbox::Column::Kind.eq("index"))
        .exec(world.state.db.read())
        .await
        .unwrap();
    world.drain().await;
    assert_eq!(world.state.search.revisions().await.unwrap(), there);
}

/// How many changes the index does not know of yet.
async fn index_jobs(db: &Db) -> u64 {
    outbox::Entity::find()
        .filter(outbox::Column::Kind.eq("index"))
        .filter(outbox::Column::DoneAt.is_null())
        .count(db.read())
        .await
        .unwrap()
}

/// Where the embedded index lies; none where the suite runs on Meilisearch.
fn index_folder(data: &Path, environment: &[(String, String)]) -> Option<std::path::PathBuf> {
    let elsewhere = environment.iter().any(|(name, _)| name == "SEARCH_URL");
    (!elsewhere).then(|| data.join("index"))
}

async fn index(data: &Path, environment: &[(String, String)]) -> std::sync::Arc<dyn SearchIndex> {
    let url = environment
        .iter()
        .find(|(name, _)| name == "SEARCH_URL")
        .map_or_else(|| format!("embedded:{}", data.join("index").display()), |(_, value)| value.clone());
    techmart_search::open(&url.parse::<SearchUrl>().unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_index_equals_the_database_after_kills_and_is_built_anew_when_it_is_lost() {
    let data = tempfile::tempdir().unwrap();
    let (url, dropped) = database(data.path()).await;
    let environment = environment(data.path(), &url, &Setting::default());
    let mut service = Service::start(data.path(), &environment).await;
    let mut office = Office::of(&service, data.path(), &environment).await;
    let mut last = String::new();
    for round in 0..4 {
        for n in 0..3 {
            last = office.publish(&format!("第{round}轮成果{n}")).await;
        }
        let reason = json!({ "reason": "已转让" });
        office.author.post(&format!("/achievements/{last}/withdraw"), reason).await.ok();
        // At once: what the relay was about to do is left undone.
        service.kill();
        service = Service::start(data.path(), &environment).await;
        office.again(&service).await;
    }
    // A mail that a killed process had claimed may wait for its lease; the index does not.
    let db = Db::connect(&url).await.unwrap();
    until("the index knows of everything", async || index_jobs(&db).await == 0).await;
    service.kill();
    let there = published(&db).await;
    assert_eq!(there.len(), 8);
    let revisions = index(data.path(), &environment).await.revisions().await.unwrap();
    assert_eq!(revisions, there, "after kills");

    if let Some(folder) = index_folder(data.path(), &environment) {
        std::fs::remove_dir_all(&folder).unwrap();
        service = Service::start(data.path(), &environment).await;
        let health = format!("{}/health/ready", service.base);
        until("the index is whole", async || {
            let ready: Value = techmart_tests::world::ask(&health).await.unwrap().json().await.unwrap();
            ready["search"]["state"] == "ok"
        })
        .await;
        let found = service.visitor().await.get("/search?q=成果").await.ok();
        assert_eq!(found["items"].as_array().unwrap().len(), 8, "{found}");
        assert!(service.terminate().success());
        let revisions = index(data.path(), &environment).await.revisions().await.unwrap();
        assert_eq!(revisions, there, "after the index was lost");
    }
    db.close().await;
    forget(dropped).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reindex_leaves_the_work_to_a_service_that_has_the_index_open_and_else_does_it() {
    let data = tempfile::tempdir().unwrap();
    let (url, dropped) = database(data.path()).await;
    let environment = environment(data.path(), &url, &Setting::default());
    let mut service = Service::start(data.path(), &environment).await;
    let office = Office::of(&service, data.path(), &environment).await;
    for n in 0..3 {
        office.publish(&format!("重建的成果{n}")).await;
    }
    settled(&service).await;
    let beside = binary::run_json(data.path(), &environment, &["reindex"]);
    if index_folder(data.path(), &environment).is_some() {
        assert_eq!(
            (beside["rebuilt"].as_bool(), beside["left_to_service"].as_bool()),
            (Some(false), Some(true))
        );
    } else {
        assert_eq!(beside["rebuilt"], true);
    }
    settled(&service).await;
    let db = Db::connect(&url).await.unwrap();
    let jobs = outbox::Entity::find().filter(outbox::Column::Kind.eq("work")).all(db.read()).await.unwrap();
    assert!(jobs.iter().all(|job| job.done_at.is_some() && job.last_error.is_none()), "{jobs:?}");
    let found = service.visitor().await.get("/search?q=重建").await.ok();
    assert_eq!(found["items"].as_array().unwrap().len(), 3, "{found}");
    assert!(service.terminate().success());
    let alone = binary::run_json(data.path(), &environment, &["reindex"]);
    assert_eq!((alone["rebuilt"].as_bool(), alone["documents"].as_u64()), (Some(true), Some(3)), "{alone}");
    let revisions = index(data.path(), &environment).await.revisions().await.unwrap();
    assert_eq!(revisions, published(&db).await);
    db.close().await;
    forget(dropped).await;
}
