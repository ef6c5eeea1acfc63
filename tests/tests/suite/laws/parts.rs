//! The parts as they are in production: an SMTP server, an S3 server, the schema's steps, two instances.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Arc, Mutex},
};

use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use reqwest::Method;
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, EntityTrait, PaginatorTrait, Statement};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use techmart_api::db::Db;
use techmart_entity::{indicator, outbox};
use techmart_tests::{
    Client, World,
    actors::{PASSWORD, approve},
    binary::{self, Service},
    builders::{achievement, uscc},
    world::{Setting, database, decode_mail, until, variables},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// A mail as an SMTP server took it.
#[derive(Clone, Debug)]
pub struct Taken {
    pub from: String,
    pub to: Vec<String>,
    pub text: String,
}

impl Taken {
    /// The headers and the plain text.
    pub fn body(&self) -> String {
        decode_mail(&self.text)
    }

    /// The Message-ID.
    pub fn id(&self) -> String {
        let line = self.text.lines().find_map(|line| line.strip_prefix("Message-ID: "));
        line.unwrap().trim().to_owned()
    }
}

/// A mail server that speaks just enough SMTP (RFC 5321).
pub struct Post {
    pub taken: Arc<Mutex<Vec<Taken>>>,
    /// Addresses that it knows nobody at.
    pub unknown: Arc<Mutex<BTreeSet<String>>>,
}

impl Post {
    /// Takes mails at an address.
    pub fn open(listener: TcpListener) -> Self {
        let taken = Arc::new(Mutex::new(Vec::new()));
        let unknown = Arc::new(Mutex::new(BTreeSet::new()));
        let (mails, nobody) = (Arc::clone(&taken), Arc::clone(&unknown));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (mails, nobody) = (Arc::clone(&mails), Arc::clone(&nobody));
                tokio::spawn(async move {
                    let _ = converse(stream, &mails, &nobody).await;
                });
            }
        });
        Self { taken, unknown }
    }

    /// The mails to an address.
    pub fn to(&self, address: &str) -> Vec<Taken> {
        let taken = self.taken.lock().unwrap();
        taken.iter().filter(|mail| mail.to.iter().any(|to| to == address)).cloned().collect()
    }
}

fn address(line: &str) -> String {
    let start = line.find('<').unwrap() + 1;
    line[start..line.find('>').unwrap()].to_owned()
}

async fn converse(
    stream: TcpStream,
    mails: &Mutex<Vec<Taken>>,
    unknown: &Mutex<BTreeSet<String>>,
) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read);
    write.write_all(b"220 post.example ESMTP\r\n").await?;
    let mut mail = Taken { from: String::new(), to: Vec::new(), text: String::new() };
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let word = line.trim().to_uppercase();
        let answer = if word.starts_with("EHLO") {
            "250-post.example\r\n250 8BITMIME\r\n"
        } else if word.starts_with("MAIL FROM") {
            mail.from = address(&line);
            "250 OK\r\n"
        } else if word.starts_with("RCPT TO") {
            let to = address(&line);
            if unknown.lock().unwrap().contains(&to) {
                "550 5.1.1 nobody here\r\n"
            } else {
                mail.to.push(to);
                "250 OK\r\n"
            }
        } else if word == "DATA" {
            write.write_all(b"354 Go on\r\n").await?;
            loop {
                let mut text = String::new();
                if lines.read_line(&mut text).await? == 0 {
                    return Ok(());
                }
                if text == ".\r\n" {
                    break;
                }
                mail.text.push_str(text.strip_prefix('.').unwrap_or(&text));
            }
            let empty = Taken { from: String::new(), to: Vec::new(), text: String::new() };
            mails.lock().unwrap().push(std::mem::replace(&mut mail, empty));
            "250 Taken\r\n"
        } else if word == "QUIT" {
            write.write_all(b"221 Bye\r\n").await?;
            return Ok(());
        } else if word.starts_with("HELO") || word == "RSET" || word == "NOOP" {
            "250 OK\r\n"
        } else {
            "502 Unknown\r\n"
        };
        write.write_all(answer.as_bytes()).await?;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn mails_go_out_to_a_server_that_speaks_smtp() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let post = Post::open(listener);
    let world = World::with(Setting { mail_url: Some(url), ..Setting::default() }).await;
    let visitor = world.visitor();
    let email = "li.na@people.example";
    let body = json!({ "email": email, "password": PASSWORD, "name": "李娜" });
    visitor.post("/auth/register", body).await.status(202);
    world.until("the mail is there", async || !post.to(email).is_empty()).await;
    world.drain().await;
    let mails = post.to(email);
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    for header in ["From: ", "To: ", "Subject: ", "Message-ID: <outbox-", "Date: "] {
        assert!(mail.text.contains(header), "{header} of {}", mail.text);
    }
    assert!(!mail.from.is_empty());
    let body = mail.body();
    let token = body
        .lines()
        .map(str::trim)
        .find(|line| {
            line.len() >= 43 && line.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        })
        .unwrap_or_else(|| panic!("no token in {body}"));
    visitor.post("/auth/verify-email", json!({ "token": token })).await.status(204);
    visitor.post("/auth/login", json!({ "email": email, "password": PASSWORD })).await.ok();
}

/// The people of a service in a process: the admin owns a verified organisation, a broker reviews.
pub struct Office {
    pub author: Client,
    pub reviewer: Client,
}

/// The environment of a process on that database.
pub fn environment(data: &Path, url: &str, setting: &Setting) -> Vec<(String, String)> {
    let mut environment = variables(data, url, setting);
    environment.retain(|(name, _)| name != "TECHMART_BIND");
    environment.push(("TECHMART_ADMIN_PASSWORD".to_owned(), PASSWORD.to_owned()));
    environment
}

/// Signs in to the service.
pub async fn signed_in(service: &Service, email: &str) -> Client {
    let mut client = service.visitor().await;
    let tokens = client.post("/auth/login", json!({ "email": email, "password": PASSWORD })).await.ok();
    client.token = Some(tokens["access_token"].as_str().unwrap().to_owned());
    client
}

impl Office {
    /// Makes the two, and the organisation.
    pub async fn of(service: &Service, data: &Path, environment: &[(String, String)]) -> Self {
        for email in ["author@centre.example", "reviewer@centre.example"] {
            binary::run_json(data, environment, &["admin", "create", "--email", email]);
        }
        let author = signed_in(service, "author@centre.example").await;
        let reviewer = signed_in(service, "reviewer@centre.example").await;
        let me = reviewer.get("/me").await.ok();
        let role = format!("/accounts/{}/role", me["id"].as_str().unwrap());
        author.post(&role, json!({ "role": "broker" })).await.ok();
        let organisation = json!({
            "name": "某大学", "kind": "university", "uscc": uscc(7), "town": "tanqiao", "demo": true,
            "contacts": [{ "name": "联系人", "phone": "13900000007" }],
        });
        let made = author.post("/organisations", organisation).await.created();
        let id = made["id"].as_str().unwrap();
        let author = author.acting_for(id);
        author.act(&format!("/organisations/{id}/submit-verification")).await.ok();
        let evidence = json!({ "method": "licence", "evidence": "核对营业执照原件" });
        reviewer.post(&format!("/organisations/{id}/verify"), evidence).await.ok();
        Self { author, reviewer }
    }

    /// The same people after the service was started again, elsewhere.
    pub async fn again(&mut self, service: &Service) {
        let acting = self.author.acting.clone();
        self.author = signed_in(service, "author@centre.example").await;
        self.author.acting = acting;
        self.reviewer = signed_in(service, "reviewer@centre.example").await;
    }

    /// Publishes an achievement.
    pub async fn publish(&self, title: &str) -> String {
        let made = self.author.post("/achievements", achievement(title)).await.created();
        let id = made["id"].as_str().unwrap().to_owned();
        self.author.act(&format!("/achievements/{id}/submit")).await.ok();
        approve(&self.reviewer, "achievements", &id).await;
        id
    }
}

/// Waits until the service's outbox is empty and its index is whole.
pub async fn settled(service: &Service) {
    let health = format!("{}/health/ready", service.base);
    until("everything that was written has had its effect", async || {
        let ready: Value = techmart_tests::world::ask(&health).await.unwrap().json().await.unwrap();
        ready["outbox"]["depth"] == 0 && ready["search"]["state"] == "ok"
    })
    .await;
}

/// Drops a database that was made on the server.
pub async fn forget(database: Option<(String, String)>) {
    if let Some((server, name)) = database {
        let db = Database::connect(server).await.unwrap();
        db.execute_unprepared(&format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)")).await.unwrap();
    }
}

const BUCKET: &str = "techmart";
const KEY: (&str, &str) = ("an-access-key", "a-secret-access-key");

/// An S3 server on a folder.
async fn s3(folder: &Path) -> String {
    std::fs::create_dir_all(folder.join(BUCKET)).unwrap();
    let mut builder = S3ServiceBuilder::new(FileSystem::new(folder).unwrap());
    builder.set_auth(SimpleAuth::from_single(KEY.0, KEY.1));
    let service = builder.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let http = Builder::new(TokioExecutor::new());
                let _ = http.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    endpoint
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_goes_into_an_s3_store_and_comes_back_as_it_was() {
    let (data, store) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let endpoint = s3(store.path()).await;
    let (url, dropped) = database(data.path()).await;
    let files_url = format!("s3://{BUCKET}/files?endpoint={endpoint}&region=us-east-1");
    let setting = Setting { files_url: Some(files_url), ..Setting::default() };
    let mut environment = environment(data.path(), &url, &setting);
    environment.push(("AWS_ACCESS_KEY_ID".to_owned(), KEY.0.to_owned()));
    environment.push(("AWS_SECRET_ACCESS_KEY".to_owned(), KEY.1.to_owned()));
    let service = Service::start(data.path(), &environment).await;
    let office = Office::of(&service, data.path(), &environment).await;

    // Small in one piece, large in several.
    for size in [100_usize, 7 * 1024 * 1024] {
        let mut bytes = b"%PDF-1.4\n".to_vec();
        bytes.extend((0..size).map(|n| u8::try_from(n * 31 % 251).unwrap()));
        let sha256: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
        let made = office.author.upload("contract", "合同.pdf", bytes.clone()).await.created();
        assert_eq!(made["sha256"], sha256.as_str());
        // The same bytes again are stored once.
        office.author.upload("contract", "合同.pdf", bytes.clone()).await.created();
        let address = format!("{}/api/v1/attachments/{}/content", service.base, made["id"].as_str().unwrap());
        let reply = reqwest::Client::new()
            .get(address)
            .bearer_auth(office.author.token.as_ref().unwrap())
            .header("acting-organisation", office.author.acting.as_ref().unwrap())
            .send()
            .await
            .unwrap();
        assert!(reply.status().is_success(), "{}", reply.status());
        assert!(reply.bytes().await.unwrap() == bytes.as_slice(), "{size} bytes come back as others");
        let stored = find(&store.path().join(BUCKET).join("files"), &sha256);
        assert_eq!(stored, 1, "{sha256} lies below the prefix, once");
    }
    assert!(!data.path().join("files").join("attachments").exists(), "nothing of it lies in the folder");
    drop(service);
    forget(dropped).await;
}

/// How many files below a folder have that name.
fn find(folder: &Path, name: &str) -> usize {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| if path.is_dir() { find(&path, name) } else { usize::from(path.ends_with(name)) })
        .sum()
}

/// What the schema holds: tables, views, triggers and functions.
async fn things(db: &DatabaseConnection) -> BTreeSet<String> {
    let query = if db.get_database_backend() == sea_orm::DbBackend::Postgres {
        "SELECT 'relation ' || relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace \
         UNION SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    } else {
        "SELECT type || ' ' || name AS name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    };
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), query)).await.unwrap();
    rows.into_iter()
        .map(|row| row.try_get::<String>("", "name").unwrap())
        .filter(|name| !name.contains("seaql_migrations"))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_steps_of_the_schema_lead_up_down_and_up_again() {
    let data = tempfile::tempdir().unwrap();
    let (url, dropped) = database(data.path()).await;
    let db = Db::connect(&url).await.unwrap();
    db.migrate().await.unwrap();
    assert_eq!(db.pending_migrations().await.unwrap(), 0);
    let first = things(db.read()).await;
    assert!(first.iter().any(|name| name.ends_with("ledger_entry")), "{first:?}");
    db.unmigrate().await.unwrap();
    assert_eq!(things(db.read()).await, BTreeSet::new(), "nothing is left behind");
    assert!(db.pending_migrations().await.unwrap() > 0);
    db.migrate().await.unwrap();
    db.migrate().await.unwrap();
    assert_eq!(things(db.read()).await, first);
    assert_eq!(indicator::Entity::find().count(db.read()).await.unwrap(), 29);
    db.close().await;
    let environment = environment(data.path(), &url, &Setting::default());
    let service = Service::start(data.path(), &environment).await;
    service.visitor().await.get("/progress?plan=demo").await.ok();
    drop(service);
    forget(dropped).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_instances_on_one_postgresql_behave_as_one() {
    if std::env::var("TECHMART_TEST_DATABASE_URL").is_err() {
        println!("left out: an SQLite file has one instance");
        return;
    }
    let (one, two, mails) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (url, dropped) = database(one.path()).await;
    let mail_url = format!("file:{}", mails.path().display());
    let setting = Setting { mail_url: Some(mail_url), ..Setting::default() };
    let first = environment(one.path(), &url, &setting);
    // The same index, where it is one that can be shared.
    let mut second = environment(two.path(), &url, &setting);
    if let Some(shared) = first.iter().find(|(name, _)| name == "SEARCH_URL") {
        second.retain(|(name, _)| name != "SEARCH_URL");
        second.push(shared.clone());
    }
    // Both start at once on an empty database.
    let (a, b) = tokio::join!(Service::start(one.path(), &first), Service::start(two.path(), &second));
    let here = Office::of(&a, one.path(), &first).await;
    let mut there = Office { author: here.author.clone(), reviewer: here.reviewer.clone() };
    there.again(&b).await;

    // A session of one is a session of the other, and it ends at both.
    let made = here.author.post("/achievements", achievement("两个实例")).await.created();
    let id = made["id"].as_str().unwrap();
    let page = format!("/achievements/{id}");
    there.author.act(&format!("{page}/submit")).await.ok();
    here.reviewer.act(&format!("{page}/claim")).await.ok();
    // Of twenty identical moves over both, one happens.
    let moves: Vec<_> = (0..20)
        .map(|n| {
            let reviewer = if n % 2 == 0 { here.reviewer.clone() } else { there.reviewer.clone() };
            let path = format!("{page}/publish");
            tokio::spawn(async move { reviewer.act(&path).await.status.as_u16() })
        })
        .collect();
    let mut statuses = Vec::new();
    for each in moves {
        statuses.push(each.await.unwrap());
    }
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 200 | 409)), "{statuses:?}");
    for service in [&a, &b] {
        let shown = service.visitor().await.get(&page).await;
        assert_eq!(shown.ok()["content"]["title"], "两个实例");
    }
    // One key at both acts once.
    let key = [("idempotency-key", "one-key-at-both")];
    let body = achievement("只有一个");
    let (left, right) = tokio::join!(
        here.author.call(Method::POST, "/achievements", Some(body.clone()), &key),
        there.author.call(Method::POST, "/achievements", Some(body.clone()), &key),
    );
    let mut ids = BTreeSet::new();
    for reply in [left, right] {
        match reply.status.as_u16() {
            201 => drop(ids.insert(reply.created()["id"].to_string())),
            409 => {}
            other => panic!("{other}: {}", reply.body),
        }
    }
    assert_eq!(ids.len(), 1);

    // Every row of the outbox is done once: each person gets one mail.
    let people: Vec<_> = (0..40)
        .map(|n| {
            let mut client = if n % 2 == 0 { here.author.clone() } else { there.author.clone() };
            client.token = None;
            client.acting = None;
            let body = json!({ "email": format!("p{n}@people.example"), "password": PASSWORD, "name": "人" });
            tokio::spawn(async move { client.post("/auth/register", body).await.status(202) })
        })
        .collect();
    for person in people {
        person.await.unwrap();
    }
    for service in [&a, &b] {
        let health = format!("{}/health/ready", service.base);
        until("the outbox is empty", async || {
            let ready: Value = techmart_tests::world::ask(&health).await.unwrap().json().await.unwrap();
            ready["outbox"]["depth"] == 0
        })
        .await;
    }
    let mut recipients = Vec::new();
    for entry in std::fs::read_dir(mails.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "eml") {
            let mail = std::fs::read_to_string(path).unwrap();
            let to = mail.lines().find(|line| line.starts_with("To: p")).map(str::to_owned);
            recipients.extend(to);
        }
    }
    recipients.sort();
    let distinct: BTreeSet<_> = recipients.iter().collect();
    assert_eq!((recipients.len(), distinct.len()), (40, 40), "{recipients:?}");
    let db = Database::connect(&url).await.unwrap();
    let rows = outbox::Entity::find().all(&db).await.unwrap();
    assert!(rows.iter().all(|row| row.done_at.is_some() && row.attempts == 0 && row.dead_at.is_none()));
    let workers: BTreeSet<_> = rows.iter().filter_map(|row| row.claimed_by.clone()).collect();
    println!("{} rows were done by {} instances", rows.len(), workers.len());
    db.close().await.unwrap();

    // One goes down; the other goes on.
    drop(a);
    there.publish("另一个实例继续").await;
    drop(b);
    forget(dropped).await;
}
