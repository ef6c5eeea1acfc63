//! What survives: kills at any moment, and an orderly stop.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use reqwest::Method;
use serde_json::{Value, json};
use techmart_tests::{
    Client, Reply,
    actors::{PASSWORD, publish},
    binary::{self, Service},
    builders::{achievement, demand},
    world::{Setting, database, until, variables},
};

/// How often the service is killed while it is written to.
const KILLS: u64 = 12;

async fn admin(service: &Service) -> Client {
    let mut client = service.visitor().await;
    let body = json!({ "email": "admin@centre.example", "password": PASSWORD });
    let tokens = client.post("/auth/login", body).await.ok();
    client.token = Some(tokens["access_token"].as_str().unwrap().to_owned());
    client
}

/// Tries until the service answers; a repetition carries its key, so it acts once.
async fn insist(client: &Client, path: &str, body: &Value, key: &str) -> Option<Reply> {
    let (client, path, body, key) = (client.clone(), path.to_owned(), body.clone(), key.to_owned());
    // A connection that breaks off panics in the client; here it is the point.
    tokio::spawn(
        async move { client.call(Method::POST, &path, Some(body), &[("idempotency-key", &key)]).await },
    )
    .await
    .ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_doubled_when_the_process_is_killed() {
    let data = tempfile::tempdir().unwrap();
    let (url, dropped) = database(data.path()).await;
    let mut environment = variables(data.path(), &url, &Setting::default());
    environment.retain(|(name, _)| name != "TECHMART_BIND");
    environment.push(("TECHMART_ADMIN_PASSWORD".to_owned(), PASSWORD.to_owned()));
    binary::run_json(data.path(), &environment, &["admin", "create", "--email", "admin@centre.example"]);

    let mut service = Service::start(data.path(), &environment).await;
    let person = admin(&service).await;
    let organisation =
        person.post("/organisations", json!({ "name": "写入单位", "kind": "other" })).await.created();
    let organisation = organisation["id"].as_str().unwrap().to_owned();

    let acknowledged = Arc::new(Mutex::new(BTreeSet::new()));
    for round in 0..KILLS {
        let writer = admin(&service).await.acting_for(&organisation);
        let writers: Vec<_> = (0..4)
            .map(|lane| {
                let (writer, acknowledged) = (writer.clone(), Arc::clone(&acknowledged));
                tokio::spawn(async move {
                    for n in 0..10_000 {
                        let key = format!("key-{round}-{lane}-{n}");
                        let Some(reply) = insist(&writer, "/achievements", &achievement(&key), &key).await
                        else {
                            return;
                        };
                        let id = reply.created()["id"].as_str().unwrap().to_owned();
                        acknowledged.lock().unwrap().insert((key, id));
                    }
                })
            })
            .collect();
        // A moment that differs from round to round: after so many more writes.
        let enough = acknowledged.lock().unwrap().len() + 5 + usize::try_from(round * 7 % 11).unwrap();
        until("something was written", async || acknowledged.lock().unwrap().len() >= enough).await;
        service.kill();
        for writer in writers {
            let _ = writer.await;
        }
        service = Service::start(data.path(), &environment).await;
    }

    let reader = admin(&service).await.acting_for(&organisation);
    let mut titles = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = reader
            .get(&format!("/achievements?status=draft&limit=100&organisation_id={organisation}{cursor}"))
            .await
            .ok();
        for row in page["items"].as_array().unwrap() {
            titles.push((row["title"].as_str().unwrap().to_owned(), row["id"].as_str().unwrap().to_owned()));
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let distinct: BTreeSet<_> = titles.iter().map(|(title, _)| title).collect();
    assert_eq!(distinct.len(), titles.len(), "something is there twice");
    let there: BTreeSet<_> = titles.iter().cloned().collect();
    let lost: Vec<_> = acknowledged.lock().unwrap().difference(&there).cloned().collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    println!(
        "{} acknowledged writes over {KILLS} kills, 0 lost, 0 doubled",
        acknowledged.lock().unwrap().len()
    );
    drop(service);
    forget(dropped).await;
}

/// Signs a demo account in, acting for its organisation.
async fn demo_person(service: &Service, demo: &Value, role: &str) -> Client {
    let accounts = demo["accounts"].as_array().unwrap();
    let account = accounts.iter().find(|account| account["role"] == role).unwrap();
    let mut client = service.visitor().await;
    let body = json!({ "email": account["email"], "password": account["password"] });
    let tokens = client.post("/auth/login", body).await.ok();
    client.token = Some(tokens["access_token"].as_str().unwrap().to_owned());
    match account["organisation_id"].as_str() {
        Some(organisation) => client.acting_for(organisation),
        None => client,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_published_before_a_kill_is_found_matched_and_told_after_it_once() {
    let data = tempfile::tempdir().unwrap();
    let (url, dropped) = database(data.path()).await;
    let mut environment = variables(data.path(), &url, &Setting::default());
    environment.retain(|(name, _)| name != "TECHMART_BIND");
    let demo = binary::run_json(data.path(), &environment, &["demo"]);
    let mut service = Service::start(data.path(), &environment).await;
    for round in 0..3 {
        let university = demo_person(&service, &demo, "university_owner").await;
        let enterprise = demo_person(&service, &demo, "enterprise").await;
        let broker = demo_person(&service, &demo, "broker").await;
        let offer = achievement(&format!("深海热液采样钳第{round}型"));
        let offer = university.post("/achievements", offer).await.created();
        publish(&university, &broker, "achievements", offer["id"].as_str().unwrap()).await;
        let need = enterprise.post("/demands", demand(&format!("深海热液采样钳{round}"))).await.created();
        let need = need["id"].as_str().unwrap().to_owned();
        publish(&enterprise, &broker, "demands", &need).await;
        service.kill();
        service = Service::start(data.path(), &environment).await;
        let began = std::time::Instant::now();
        let broker = demo_person(&service, &demo, "broker").await;
        let at = format!("/recommendations?demand_id={need}&limit=100");
        until("it is recommended", async || {
            let list = broker.get(&at).await.ok();
            let here = |item: &Value| item["achievement"]["id"] == offer["id"];
            list["items"].as_array().unwrap().iter().filter(|item| here(item)).count() == 1
        })
        .await;
        let found = broker.get(&format!("/search?q=深海热液采样钳{round}&kind=demand")).await.ok();
        assert_eq!(found["items"][0]["id"], need.as_str(), "{found}");
        println!("found and recommended {} ms after the start", began.elapsed().as_millis());
    }
    drop(service);
    forget(dropped).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn sigterm_ends_the_service_in_order_and_a_second_serve_on_the_folder_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let mut service = Service::start(data.path(), &[]).await;
    let second =
        binary::run(data.path(), &[("TECHMART_BIND".to_owned(), "127.0.0.1:0".to_owned())], &["serve"]);
    assert!(!second.status.success());
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(said.contains("another techmart process"), "{said}");
    assert!(service.terminate().success());
    let again = Service::start(data.path(), &[]).await;
    drop(again);
}

#[test]
fn all_faults_of_a_configuration_are_told_at_once() {
    let data = tempfile::tempdir().unwrap();
    let environment: Vec<(String, String)> = [
        ("TECHMART_BIND", "here"),
        ("DATABASE_URL", "mysql://x"),
        ("SEARCH_URL", "elastic"),
        ("TECHMART_RATE_LIMIT", "maybe"),
        ("TECHMART_JWT_SECRET", "short"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    let output = binary::run(data.path(), &environment, &["serve"]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    for name in ["TECHMART_BIND", "DATABASE_URL", "SEARCH_URL", "TECHMART_RATE_LIMIT", "TECHMART_JWT_SECRET"]
    {
        assert!(said.contains(name), "{name} is not told: {said}");
    }
    assert!(!said.contains("short"), "a secret is not repeated: {said}");
    let postgres = [("DATABASE_URL".to_owned(), "postgres://x@127.0.0.1:1/x".to_owned())];
    let said = String::from_utf8_lossy(&binary::run(data.path(), &postgres, &["serve"]).stderr).into_owned();
    assert!(said.contains("TECHMART_JWT_SECRET"), "with PostgreSQL the secret has to be set: {said}");
}

async fn forget(database: Option<(String, String)>) {
    use sea_orm::{ConnectionTrait, Database};
    if let Some((server, name)) = database {
        let db = Database::connect(server).await.unwrap();
        db.execute_unprepared(&format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)")).await.unwrap();
    }
}
