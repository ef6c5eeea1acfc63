//! Webhooks: a platform is called when something happens that it may read. The receiver is a real server.

use std::{
    collections::BTreeMap,
    io::Write,
    process::{Command, Stdio},
    sync::{Arc, Mutex, mpsc},
    thread::JoinHandle,
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, dev::ServerHandle, rt::System, web};
use chrono::Duration;
use reqwest::Method;
use sea_orm::{ConnectionTrait, Database, EntityTrait};
use serde_json::{Value, json};
use techmart_api::features::webhook::schedule;
use techmart_entity::{
    idempotency, outbox,
    webhook::{delivery, endpoint, event},
};
use techmart_tests::{
    Actors, Client, World,
    actors::{PASSWORD, publish},
    binary::{self, Service},
    builders::{achievement, demand},
    client::id_of,
    world::{Setting, database, until, variables},
};
use uuid::Uuid;

/// A call as it arrived.
#[derive(Clone, Debug)]
struct Got {
    path: String,
    headers: BTreeMap<String, String>,
    text: String,
}

impl Got {
    fn body(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    fn signatures(&self) -> Vec<&str> {
        self.headers["webhook-signature"].split(' ').collect()
    }
}

/// What the receiver answers: a status, and one more header.
type Answer = (u16, Option<(&'static str, String)>);

#[derive(Clone)]
struct Memory {
    calls: Arc<Mutex<Vec<Got>>>,
    answer: Arc<Mutex<Answer>>,
}

/// A server that keeps what it is sent. What comes to `/hang` is never answered.
struct Receiver {
    base: String,
    memory: Memory,
    server: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

async fn receive(request: HttpRequest, body: web::Bytes, memory: web::Data<Memory>) -> HttpResponse {
    let headers = request
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
        .collect();
    let path = request.path().to_owned();
    let text = String::from_utf8(body.to_vec()).unwrap();
    memory.calls.lock().unwrap().push(Got { path: path.clone(), headers, text });
    if path == "/hang" {
        std::future::pending::<()>().await;
    }
    let (status, header) = memory.answer.lock().unwrap().clone();
    let mut answer = HttpResponse::build(status.try_into().unwrap());
    if let Some(header) = header {
        answer.insert_header(header);
    }
    answer.body(format!("answered {status}"))
}

impl Receiver {
    fn start() -> Self {
        let memory = Memory { calls: Arc::default(), answer: Arc::new(Mutex::new((200, None))) };
        let (send, started) = mpsc::channel();
        let data = web::Data::new(memory.clone());
        let thread = std::thread::spawn(move || {
            System::new().block_on(async move {
                let server = HttpServer::new(move || {
                    App::new().app_data(data.clone()).default_service(web::to(receive))
                })
                .workers(1)
                .disable_signals()
                .shutdown_timeout(0)
                .bind("127.0.0.1:0")
                .unwrap();
                let address = server.addrs()[0];
                let server = server.run();
                send.send((address, server.handle())).unwrap();
                let _ = server.await;
            });
        });
        let (address, server) = started.recv().unwrap();
        Self { base: format!("http://{address}"), memory, server, thread: Some(thread) }
    }

    fn answers(&self, status: u16) {
        *self.memory.answer.lock().unwrap() = (status, None);
    }

    fn answers_with(&self, status: u16, name: &'static str, value: &str) {
        *self.memory.answer.lock().unwrap() = (status, Some((name, value.to_owned())));
    }

    fn calls(&self, path: &str) -> Vec<Got> {
        self.memory.calls.lock().unwrap().iter().filter(|got| got.path == path).cloned().collect()
    }

    /// The calls to a path once there are so many.
    async fn after(&self, n: usize, path: &str) -> Vec<Got> {
        until(&format!("{path} was called {n} times"), async || self.calls(path).len() >= n).await;
        self.calls(path)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.server.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn open_world() -> World {
    World::with(Setting { targets_of_any_kind: true, ..Setting::default() }).await
}

/// An approved client of whoever asks: of the organisation they act for, or for public reading.
async fn client_of(owner: &Client, admin: &Client, scopes: &[&str]) -> String {
    let asked = json!({ "name": "市科创门户", "purpose": "展示成果。", "organisation_id": owner.acting,
        "scopes": scopes });
    let client = id_of(&owner.post("/api-clients", asked).await.created());
    admin.act(&format!("/api-clients/{client}/approve")).await.ok();
    client
}

const OWN: &[&str] = &["catalogue:read", "listings:read", "matches:read", "dockings:read", "webhooks:manage"];

/// An endpoint: its id, and its secret.
async fn endpoint(owner: &Client, client: &str, url: &str, types: &[&str]) -> (String, String) {
    let body = json!({ "api_client_id": client, "url": url, "event_types": types });
    let made = owner.post("/webhooks", body).await.created();
    (id_of(&made), made["secret"].as_str().unwrap().to_owned())
}

async fn log(owner: &Client, endpoint: &str) -> Vec<Value> {
    let page = owner.get(&format!("/webhooks/{endpoint}/deliveries?limit=100")).await.ok();
    page["items"].as_array().unwrap().clone()
}

/// The one delivery of a type, once it stands so.
async fn stands(owner: &Client, endpoint: &str, event_type: &str, status: &str, attempts: i64) -> Value {
    let find = async || {
        let all = log(owner, endpoint).await;
        all.into_iter().find(|row| {
            row["event_type"] == event_type && row["status"] == status && row["attempts"] == attempts
        })
    };
    until(&format!("{event_type} is {status} after {attempts}"), async || find().await.is_some()).await;
    find().await.unwrap()
}

/// Whether the published library of another language takes a call for genuine; none where it is not installed.
fn verified(got: &Got, secret: &str) -> Option<bool> {
    let python = std::env::var("TECHMART_TEST_PYTHON").ok();
    let on_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(
        python.is_some() || !on_ci,
        "TECHMART_TEST_PYTHON names no Python with tests/clients/requirements.txt"
    );
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/clients/verify_webhook.py");
    let mut child =
        Command::new(python?).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let asked = json!({ "secret": secret, "headers": got.headers, "body": got.text });
    child.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the library did not run");
    Some(String::from_utf8(output.stdout).unwrap().trim() == "genuine")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_published_is_told_thin_and_signed_so_that_the_published_library_verifies_it() {
    let world = open_world().await;
    let receiver = Receiver::start();
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let portal = actors.person("portal").await;
    let client = client_of(&portal, &actors.admin, &["catalogue:read"]).await;
    let (hook, secret) = endpoint(&portal, &client, &format!("{}/all", receiver.base), &[]).await;

    let offer = id_of(&university.post("/achievements", achievement("检漏机器人")).await.created());
    publish(&university, &broker, "achievements", &offer).await;
    let got = receiver.after(1, "/all").await.remove(0);
    let body = got.body();
    assert_eq!(body["type"], "achievement.published");
    let data = &body["data"];
    assert_eq!(
        (&data["resource"], &data["id"], &data["status"]),
        (&json!("achievement"), &json!(offer), &json!("published"))
    );
    assert_eq!(data["path"], format!("/api/v1/achievements/{offer}"));
    assert_eq!(data["event_id"], got.headers["webhook-id"]);
    assert!(body["timestamp"].as_str().unwrap().ends_with('Z'));
    assert_eq!(got.headers["content-type"], "application/json");
    // The path leads to what the reader may read.
    portal.get(data["path"].as_str().unwrap()).await.ok();

    if let Some(genuine) = verified(&got, &secret) {
        assert!(genuine);
        let mut forged = got.clone();
        forged.text = forged.text.replace("published", "withdrawn");
        assert_eq!(verified(&forged, &secret), Some(false));
        let mut moved = got.clone();
        moved.headers.insert("webhook-id".to_owned(), Uuid::nil().to_string());
        assert_eq!(verified(&moved, &secret), Some(false));
        assert_eq!(verified(&got, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwVJHh8Ym8x2g="), Some(false));
    }
    let row = stands(&portal, &hook, "achievement.published", "delivered", 1).await;
    assert_eq!((&row["last_outcome"], &row["last_response_status"]), (&json!("delivered"), &json!(200)));
    assert_eq!(row["id"], got.headers["techmart-delivery-id"]);

    // What goes is told as well, and its reason is not.
    let reason = json!({ "reason": "权利人要求撤下" });
    university.post(&format!("/achievements/{offer}/withdraw"), reason).await.ok();
    let got = receiver.after(2, "/all").await.remove(1);
    assert_eq!(
        (&got.body()["type"], &got.body()["data"]["status"]),
        (&json!("achievement.withdrawn"), &json!("withdrawn"))
    );
    assert!(!got.text.contains("权利人"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_secret_is_shown_once_and_for_a_day_the_one_before_it_signs_too() {
    let world = open_world().await;
    let receiver = Receiver::start();
    let actors = Actors::of(&world).await;
    let portal = actors.person("portal").await;
    let client = client_of(&portal, &actors.admin, &["catalogue:read"]).await;
    let url = format!("{}/all", receiver.base);
    let body = json!({ "api_client_id": client, "url": url });
    let key = Uuid::new_v4().to_string();
    let key = [("idempotency-key", key.as_str())];
    let first = portal.call(Method::POST, "/webhooks", Some(body.clone()), &key).await;
    assert_eq!(first.headers["cache-control"], "no-store");
    let first = first.created();
    let again = portal.call(Method::POST, "/webhooks", Some(body), &key).await.created();
    assert_eq!((&first["id"], &again["secret"]), (&again["id"], &Value::Null));
    let old = first["secret"].as_str().unwrap().to_owned();
    assert!(old.starts_with("whsec_"));
    let hook = id_of(&first);
    let at = format!("/webhooks/{hook}");
    let rotated = portal.act(&format!("{at}/rotate-secret")).await.ok();
    let new = rotated["secret"].as_str().unwrap().to_owned();
    assert_ne!(old, new);
    assert!(!rotated["previous_secret_until"].is_null());

    // Nothing that is kept for other purposes or shown later holds either.
    let db = world.state.db.read();
    let mut kept = format!("{}{}", portal.get(&at).await.ok(), portal.get("/webhooks").await.ok());
    kept += &format!("{:?}", idempotency::Entity::find().all(db).await.unwrap());
    kept += &format!("{:?}", outbox::Entity::find().all(db).await.unwrap());
    kept += &format!("{:?}", endpoint::Entity::find().all(db).await.unwrap());
    kept += &format!("{}", actors.admin.get("/audit").await.ok());
    assert!(!kept.contains(&old) && !kept.contains(&new));

    portal.act(&format!("{at}/test")).await.status(202);
    let got = receiver.after(1, "/all").await.remove(0);
    assert_eq!(got.body()["type"], "ping");
    assert_eq!(got.signatures().len(), 2);
    for secret in [&old, &new] {
        assert_ne!(verified(&got, secret), Some(false));
    }
    world.clock.advance(Duration::hours(25));
    portal.act(&format!("{at}/test")).await.status(202);
    let got = receiver.after(2, "/all").await.remove(1);
    assert_eq!(got.signatures().len(), 1);
    assert!(portal.get(&at).await.ok()["previous_secret_until"].is_null());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_fails_is_tried_again_when_its_time_has_come_and_keeps_its_id() {
    let world = open_world().await;
    let receiver = Receiver::start();
    let actors = Actors::of(&world).await;
    let portal = actors.person("portal").await;
    let client = client_of(&portal, &actors.admin, &["catalogue:read"]).await;
    let (hook, _) = endpoint(&portal, &client, &format!("{}/all", receiver.base), &[]).await;
    receiver.answers_with(503, "retry-after", "60");
    portal.act(&format!("/webhooks/{hook}/test")).await.status(202);
    let row = stands(&portal, &hook, "ping", "pending", 1).await;
    let next: chrono::DateTime<chrono::Utc> = row["next_attempt_at"].as_str().unwrap().parse().unwrap();
    let last: chrono::DateTime<chrono::Utc> = row["last_attempt_at"].as_str().unwrap().parse().unwrap();
    // The schedule says five seconds; the target asked for a minute.
    assert!(next - last >= Duration::seconds(60) && next - last < Duration::seconds(80), "{row}");
    assert!(!portal.get(&format!("/webhooks/{hook}")).await.ok()["failing_since"].is_null());

    receiver.answers(500);
    world.clock.advance(Duration::seconds(90));
    let row = stands(&portal, &hook, "ping", "pending", 2).await;
    let next: chrono::DateTime<chrono::Utc> = row["next_attempt_at"].as_str().unwrap().parse().unwrap();
    let wait = next - world.clock.now();
    assert!(wait > Duration::seconds(240) && wait <= Duration::seconds(330), "{wait}");

    receiver.answers(200);
    world.clock.advance(Duration::seconds(331));
    stands(&portal, &hook, "ping", "delivered", 3).await;
    let calls = receiver.calls("/all");
    assert_eq!(calls.len(), 3);
    for header in ["webhook-id", "techmart-delivery-id"] {
        assert!(calls.iter().all(|got| got.headers[header] == calls[0].headers[header]));
    }
    assert!(calls.iter().all(|got| got.text == calls[0].text));
    assert_ne!(calls[0].headers["webhook-timestamp"], calls[1].headers["webhook-timestamp"]);
    assert!(portal.get(&format!("/webhooks/{hook}")).await.ok()["failing_since"].is_null());

    let id = id_of(&row);
    let at = format!("/webhooks/{hook}/deliveries/{id}");
    let whole = portal.get(&at).await.ok();
    assert_eq!(whole["message"], calls[0].body());
    let statuses: Vec<i64> = whole["attempt_log"]
        .as_array()
        .unwrap()
        .iter()
        .map(|attempt| attempt["response_status"].as_i64().unwrap())
        .collect();
    assert_eq!(statuses, [200, 500, 503]);
    assert_eq!(whole["attempt_log"][1]["answer"], "answered 500");
    // What arrived can be had again, under the same id.
    portal.act(&format!("{at}/replay")).await.status(202);
    let calls = receiver.after(4, "/all").await;
    assert_eq!(calls[3].headers["webhook-id"], calls[0].headers["webhook-id"]);
    let none = portal.get(&format!("/webhooks/{hook}/deliveries?status=failed")).await.ok();
    assert_eq!(none["items"], json!([]));

    // The log is kept for thirty days.
    let db = world.state.db.read();
    world.clock.advance(Duration::days(29));
    schedule::sweep(&world.state).await.unwrap();
    assert_eq!(delivery::Entity::find().all(db).await.unwrap().len(), 1);
    world.clock.advance(Duration::days(2));
    schedule::sweep(&world.state).await.unwrap();
    assert!(delivery::Entity::find().all(db).await.unwrap().is_empty());
    assert!(event::Entity::find().all(db).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn gone_ends_all_calls_and_a_redirect_is_not_followed() {
    let world = open_world().await;
    let receiver = Receiver::start();
    let actors = Actors::of(&world).await;
    let portal = actors.person("portal").await;
    let client = client_of(&portal, &actors.admin, &["catalogue:read"]).await;
    let (hook, _) = endpoint(&portal, &client, &format!("{}/from", receiver.base), &[]).await;
    receiver.answers_with(302, "location", &format!("{}/to", receiver.base));
    portal.act(&format!("/webhooks/{hook}/test")).await.status(202);
    let row = stands(&portal, &hook, "ping", "pending", 1).await;
    assert_eq!((&row["last_outcome"], &row["last_response_status"]), (&json!("redirected"), &json!(302)));
    assert!(receiver.calls("/to").is_empty());

    receiver.answers(410);
    world.clock.advance(Duration::seconds(10));
    stands(&portal, &hook, "ping", "failed", 2).await;
    let row = portal.get(&format!("/webhooks/{hook}")).await.ok();
    assert_eq!((&row["status"], &row["disabled_reason"]), (&json!("disabled"), &json!("gone")));
    world.drain().await;
    let mails = world.mails_to(&portal.email);
    assert!(mails.iter().any(|mail| mail.contains("事件推送已停用") && mail.contains("410")), "{mails:?}");
    // The address may hold a secret of the receiver's: the mail names its host alone.
    assert!(!mails.iter().any(|mail| mail.contains("/from")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn five_days_of_failure_disable_an_endpoint_and_what_it_missed_is_sent_when_it_is_asked_for() {
    let world = open_world().await;
    let receiver = Receiver::start();
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let client = client_of(&university, &actors.admin, OWN).await;
    let public = &["achievement.published"];
    let (hook, _) = endpoint(&university, &client, &format!("{}/all", receiver.base), public).await;
    let since = techmart_api::clock::Moment(world.clock.now()).to_string();
    receiver.answers(500);
    let first = id_of(&university.post("/achievements", achievement("检漏机器人")).await.created());
    publish(&university, &broker, "achievements", &first).await;
    for attempts in 1..=5 {
        stands(&university, &hook, "achievement.published", "pending", attempts).await;
        assert_eq!(university.get(&format!("/webhooks/{hook}")).await.ok()["status"], "active");
        world.clock.advance(Duration::hours(27));
    }
    let status = async || university.get(&format!("/webhooks/{hook}")).await.ok()["status"].clone();
    until("the endpoint is disabled", async || status().await == "disabled").await;
    let row = university.get(&format!("/webhooks/{hook}")).await.ok();
    assert_eq!(row["disabled_reason"], "failing");
    world.drain().await;
    let mails = world.mails_to(&university.email);
    assert_eq!(mails.iter().filter(|mail| mail.contains("事件推送已停用")).count(), 1, "{mails:?}");

    // What happens meanwhile is kept for it, and nothing is sent.
    let second = id_of(&university.post("/achievements", achievement("检漏小车")).await.created());
    publish(&university, &broker, "achievements", &second).await;
    world.drain().await;
    let before = receiver.calls("/all").len();
    assert!(log(&university, &hook).await.iter().all(|row| row["status"] == "missed"));
    let again = json!({ "since": since });
    let replay = format!("/webhooks/{hook}/replay");
    let refused = university.post(&replay, again.clone()).await.refused(409, "illegal_move");
    assert_eq!(refused["legal_moves"], json!(["enable"]));

    receiver.answers(200);
    university.act(&format!("/webhooks/{hook}/enable")).await.ok();
    assert_eq!(university.post(&replay, again.clone()).await.ok()["replayed"], 2);
    let calls = receiver.after(before + 2, "/all").await;
    let mut told: Vec<String> =
        calls[before..].iter().map(|got| got.body()["data"]["id"].to_string()).collect();
    told.sort();
    let mut made = vec![json!(first).to_string(), json!(second).to_string()];
    made.sort();
    assert_eq!(told, made);
    until("all arrived", async || {
        log(&university, &hook).await.iter().all(|row| row["status"] == "delivered")
    })
    .await;
    assert_eq!(university.post(&replay, again).await.ok()["replayed"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn targets_that_are_not_on_the_public_internet_are_refused_when_named_and_when_called() {
    let world = World::start().await;
    let receiver = Receiver::start();
    let actors = Actors::of(&world).await;
    let portal = actors.person("portal").await;
    let client = client_of(&portal, &actors.admin, &["catalogue:read"]).await;
    for (url, code) in [
        ("http://receiver.example/", "scheme"),
        ("https://127.0.0.1/", "not_public"),
        ("https://localhost/", "not_public"),
        ("https://[::ffff:127.0.0.1]/", "not_public"),
        ("https://10.0.0.8/", "not_public"),
        ("https://169.254.169.254/latest/meta-data/", "not_public"),
        ("https://receiver.example:25/", "port"),
        ("https://me:word@receiver.example/", "credentials"),
        ("receiver.example", "not_an_address"),
    ] {
        let reply = portal.post("/webhooks", json!({ "api_client_id": client, "url": url })).await;
        assert_eq!(reply.fault_codes(), [code], "{url}: {}", reply.body);
        reply.refused(422, "rule_broken");
    }
    let (hook, _) = endpoint(&portal, &client, "https://receiver.example/", &[]).await;
    let changed = portal.patch(&format!("/webhooks/{hook}"), json!({ "url": "https://[::1]/" })).await;
    assert_eq!(changed.fault_codes(), ["not_public"]);

    // One that was taken while any target was.
    let port = receiver.base.rsplit(':').next().unwrap().to_owned();
    for url in [format!("https://127.0.0.1:{port}/all"), format!("https://localhost:{port}/all")] {
        world
            .state
            .db
            .write(async |tx| {
                let set = endpoint::ActiveModel {
                    id: sea_orm::Set(hook.parse().unwrap()),
                    url: sea_orm::Set(url.clone()),
                    ..Default::default()
                };
                endpoint::Entity::update(set).exec(tx).await?;
                Ok(())
            })
            .await
            .unwrap();
        let made = portal.act(&format!("/webhooks/{hook}/test")).await.status(202);
        let at = format!("/webhooks/{hook}/deliveries/{}", id_of(&made));
        until("it was tried", async || portal.get(&at).await.ok()["attempts"] == 1).await;
        assert_eq!(portal.get(&at).await.ok()["last_outcome"], "blocked");
    }
    assert!(receiver.memory.calls.lock().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_target_that_hangs_holds_up_no_other_and_no_request() {
    let world = open_world().await;
    let receiver = Receiver::start();
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let client = client_of(&university, &actors.admin, OWN).await;
    let types = &["achievement.published"];
    let (slow, _) = endpoint(&university, &client, &format!("{}/hang", receiver.base), types).await;
    let (quick, _) = endpoint(&university, &client, &format!("{}/all", receiver.base), types).await;
    let began = std::time::Instant::now();
    for n in 0..4 {
        let title = format!("检漏机器人{n}");
        let offer = id_of(&university.post("/achievements", achievement(&title)).await.created());
        publish(&university, &broker, "achievements", &offer).await;
    }
    receiver.after(4, "/all").await;
    until("the quick one has all", async || {
        log(&university, &quick).await.iter().filter(|row| row["status"] == "delivered").count() == 4
    })
    .await;
    // Two calls at most go on to one endpoint, until they have lasted fifteen seconds.
    if began.elapsed() < std::time::Duration::from_secs(14) {
        assert_eq!(receiver.calls("/hang").len(), 2);
    }
    assert!(log(&university, &slow).await.iter().all(|row| row["status"] == "pending"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_organisation_hears_of_its_own_and_nobody_is_told_what_is_not_theirs() {
    let world = open_world().await;
    let receiver = Receiver::start();
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let enterprise = actors.verified(&broker, "企业", "enterprise", 2, true).await;
    let outsider = actors.verified(&broker, "外人", "enterprise", 3, true).await;
    let portal = actors.person("portal").await;
    for (owner, name, scopes) in [
        (&university, "university", OWN),
        (&enterprise, "enterprise", OWN),
        (&outsider, "outsider", OWN),
        (&portal, "portal", &["catalogue:read"][..]),
    ] {
        let client = client_of(owner, &actors.admin, scopes).await;
        endpoint(owner, &client, &format!("{}/{name}", receiver.base), &[]).await;
    }
    let heard = |name: &str| -> Vec<String> {
        let calls = receiver.calls(&format!("/{name}"));
        let mut types: Vec<String> =
            calls.iter().map(|got| got.body()["type"].as_str().unwrap().to_owned()).collect();
        // Whether the matcher finds anything is not the question here.
        types.retain(|one| one != "recommendation.found");
        types.sort();
        types
    };
    // A demand whose enterprise is not named, and one that nobody outside may know of.
    let mut anonymous = demand("低温启动");
    anonymous["content"]["publicity"] = "anonymous".into();
    let asked = id_of(&enterprise.post("/demands", anonymous).await.created());
    publish(&enterprise, &broker, "demands", &asked).await;
    let mut unlisted = demand("内部需求");
    unlisted["content"]["publicity"] = "unlisted".into();
    let hidden = id_of(&enterprise.post("/demands", unlisted).await.created());
    publish(&enterprise, &broker, "demands", &hidden).await;
    let mut offer = achievement("会员可见的成果");
    offer["content"]["visibility"] = "signed_in".into();
    let offer = id_of(&university.post("/achievements", offer).await.created());
    publish(&university, &broker, "achievements", &offer).await;

    let key = Uuid::new_v4().to_string();
    let interest = json!({ "demand_id": asked, "message": "我们有方案。" });
    let docking = university
        .call(Method::POST, "/dockings", Some(interest), &[("idempotency-key", &key)])
        .await
        .created();
    let docking = id_of(&docking);
    enterprise
        .post(&format!("/dockings/{docking}/decline"), json!({ "code": "price", "note": "价格不合适" }))
        .await
        .ok();
    world.drain().await;
    until("both sides heard of it", async || {
        ["university", "enterprise"].iter().all(|name| heard(name).contains(&"docking.declined".to_owned()))
    })
    .await;
    until("the others heard what is public", async || {
        heard("outsider").len() >= 2 && !heard("portal").is_empty()
    })
    .await;
    assert_eq!(heard("portal"), ["demand.published"]);
    assert_eq!(heard("outsider"), ["achievement.published", "demand.published"]);
    let of_docking = ["docking.declined", "docking.interest_expressed"];
    assert_eq!(heard("university").iter().filter(|one| of_docking.contains(&one.as_str())).count(), 2);
    assert_eq!(
        heard("enterprise"),
        [
            "achievement.published",
            "demand.published",
            "docking.declined",
            "docking.interest_expressed",
            "review.published",
            "review.published"
        ]
    );

    // Ids and states alone: no name, no contact, no words, and of a side not even its id.
    let sides = [&university, &enterprise].map(|side| side.acting.clone().unwrap());
    let side = [sides[0].as_str(), sides[1].as_str()];
    for got in receiver.memory.calls.lock().unwrap().iter() {
        for private in
            ["1380000000", "13900000", "李工", "单位", "方案", "价格", "price", "低温", side[0], side[1]]
        {
            assert!(!got.text.contains(private), "{private} in {}", got.text);
        }
        assert!(got.text.len() < 20_000);
        let outside = !matches!(got.path.as_str(), "/enterprise");
        assert!(!(outside && got.text.contains(&hidden)), "{}: {}", got.path, got.text);
    }
    // Each was told once.
    let ids = |name: &str| -> usize {
        let calls = receiver.calls(&format!("/{name}"));
        calls
            .iter()
            .map(|got| got.headers["webhook-id"].clone())
            .collect::<std::collections::BTreeSet<_>>()
            .len()
    };
    assert_eq!(ids("enterprise"), receiver.calls("/enterprise").len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_key_manages_the_endpoints_of_its_own_client_and_hears_what_its_scopes_read() {
    let world = open_world().await;
    let receiver = Receiver::start();
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let client = client_of(&university, &actors.admin, &["catalogue:read", "webhooks:manage"]).await;
    let other = client_of(&university, &actors.admin, OWN).await;
    let (others, _) = endpoint(&university, &other, &format!("{}/other", receiver.base), &[]).await;
    let key = Uuid::new_v4().to_string();
    let path = format!("/api-clients/{client}/keys");
    let made =
        university.call(Method::POST, &path, Some(json!({})), &[("idempotency-key", &key)]).await.created();
    let mut caller = world.visitor();
    caller.token = Some(made["key"].as_str().unwrap().to_owned());

    let url = format!("{}/own", receiver.base);
    let beyond = json!({ "url": url, "event_types": ["docking.accepted", "ping"] });
    let refused = caller.post("/webhooks", beyond).await;
    assert_eq!(refused.fault_codes(), ["not_heard", "not_heard"]);
    let own = id_of(&caller.post("/webhooks", json!({ "url": url })).await.created());
    caller.post("/webhooks", json!({ "url": url, "api_client_id": other })).await.refused(403, "forbidden");
    caller.get(&format!("/webhooks/{others}")).await.refused(404, "not_found");
    let all = caller.get("/webhooks").await.ok();
    assert_eq!(all["items"].as_array().unwrap().len(), 1);
    assert_eq!(all["items"][0]["id"], json!(own));
    let changed = caller.patch(&format!("/webhooks/{own}"), json!({ "description": "门户" })).await.ok();
    assert_eq!(changed["description"], "门户");

    // A client that is suspended is told nothing; what comes meanwhile it never hears of.
    let suspended = json!({ "reason": "异常流量" });
    actors.admin.post(&format!("/api-clients/{client}/suspend"), suspended).await.ok();
    university.act(&format!("/webhooks/{own}/test")).await.status(202);
    stands(&university, &own, "ping", "missed", 0).await;
    assert!(receiver.calls("/own").is_empty());
    let tag = university.get(&format!("/webhooks/{own}")).await.etag();
    university
        .call(Method::DELETE, &format!("/webhooks/{own}"), None, &[("if-match", &tag)])
        .await
        .status(204);
    university.get(&format!("/webhooks/{own}")).await.refused(404, "not_found");
    assert!(delivery::Entity::find().all(world.state.db.read()).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_was_going_on_when_the_process_was_killed_is_made_again() {
    let data = tempfile::tempdir().unwrap();
    let receiver = Receiver::start();
    let (url, dropped) = database(data.path()).await;
    let setting = Setting { targets_of_any_kind: true, ..Setting::default() };
    let mut environment = variables(data.path(), &url, &setting);
    environment.retain(|(name, _)| name != "TECHMART_BIND");
    environment.push(("TECHMART_ADMIN_PASSWORD".to_owned(), PASSWORD.to_owned()));
    binary::run_json(data.path(), &environment, &["admin", "create", "--email", "admin@centre.example"]);
    let sign_in = async |service: &Service| {
        let mut client = service.visitor().await;
        let body = json!({ "email": "admin@centre.example", "password": PASSWORD });
        let tokens = client.post("/auth/login", body).await.ok();
        client.token = Some(tokens["access_token"].as_str().unwrap().to_owned());
        client
    };
    let mut service = Service::start(data.path(), &environment).await;
    let admin = sign_in(&service).await;
    let asked = json!({ "name": "门户", "purpose": "展示。", "scopes": ["catalogue:read"] });
    let client = id_of(&admin.post("/api-clients", asked).await.created());
    // Whoever asked does not decide; the row does here.
    approve(&url, &client).await;
    let (hook, _) = endpoint(&admin, &client, &format!("{}/hang", receiver.base), &[]).await;
    let made = admin.act(&format!("/webhooks/{hook}/test")).await.status(202);
    let first = receiver.after(1, "/hang").await.remove(0);
    service.kill();

    let service = Service::start(data.path(), &environment).await;
    let again = receiver.after(2, "/hang").await.remove(1);
    assert_eq!(again.headers["webhook-id"], first.headers["webhook-id"]);
    assert_eq!(again.headers["techmart-delivery-id"], id_of(&made));
    assert_eq!(again.text, first.text);
    drop(service);
    forget(dropped).await;
}

/// Drops the database of a test, where it is on a server.
async fn forget(database: Option<(String, String)>) {
    let Some((server, name)) = database else { return };
    let db = Database::connect(server).await.unwrap();
    db.execute_unprepared(&format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)")).await.unwrap();
}

async fn approve(url: &str, client: &str) {
    use techmart_entity::api_client::{
        ActiveModel, Entity, Scopes, scope::ApiScope, status::ApiClientStatus,
    };
    let db = Database::connect(url).await.unwrap();
    let set = ActiveModel {
        id: sea_orm::Set(client.parse().unwrap()),
        status: sea_orm::Set(ApiClientStatus::Approved),
        scopes: sea_orm::Set(Scopes::of([ApiScope::CatalogueRead])),
        ..Default::default()
    };
    Entity::update(set).exec(&db).await.unwrap();
    db.close().await.unwrap();
}
