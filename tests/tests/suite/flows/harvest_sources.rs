//! Places that listings are fetched from: by schedule, with what vanishes there, and never inside our own network.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};
use techmart_tests::{Actors, Client, World, actors::approve, client::id_of, world::Setting};

/// A site of somebody else: what it answers, and what it was asked.
#[derive(Clone, Default)]
struct Site(Arc<Mutex<Inside>>);

#[derive(Default)]
struct Inside {
    /// By the beginning of the address: status, further headers, body.
    answers: BTreeMap<String, (u16, String, String)>,
    asked: Vec<String>,
}

impl Site {
    /// Opens it on this machine; gives its address.
    fn open(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let site = self.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                site.answer(stream);
            }
        });
        base
    }

    fn says(&self, address: &str, body: impl Into<String>) {
        self.0.lock().unwrap().answers.insert(address.to_owned(), (200, String::new(), body.into()));
    }

    fn refuses(&self, address: &str, status: u16, header: &str) {
        let answer = (status, format!("{header}\r\n"), String::new());
        self.0.lock().unwrap().answers.insert(address.to_owned(), answer);
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().asked)
    }

    fn answer(&self, mut stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut first = String::new();
        let _ = reader.read_line(&mut first);
        let mut line = String::new();
        while reader.read_line(&mut line).is_ok_and(|n| n > 2) {
            line.clear();
        }
        let address = first.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut inside = self.0.lock().unwrap();
        inside.asked.push(address.clone());
        // The longest beginning that fits.
        let found = inside.answers.iter().rev().filter(|(begin, _)| address.starts_with(*begin));
        let found = found.max_by_key(|(begin, _)| begin.len()).map(|(_, answer)| answer.clone());
        let (status, headers, body) = found.unwrap_or((404, String::new(), String::new()));
        let length = body.len();
        let _ = write!(
            stream,
            "HTTP/1.1 {status} x\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
        );
    }
}

fn oai(inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\">\
         <responseDate>2026-11-30T02:30:00Z</responseDate>{inside}</OAI-PMH>"
    )
}

fn record(n: usize, title: &str) -> String {
    format!(
        "<record><header><identifier>oai:a:{n}</identifier></header><metadata><dc><title>{title}</title>\
         <publisher>某某大学</publisher><identifier>https://a.example/{n}</identifier></dc></metadata></record>"
    )
}

fn tombstone(n: usize) -> String {
    format!("<record><header status=\"deleted\"><identifier>oai:a:{n}</identifier></header></record>")
}

const IDENTIFY: &str = "<Identify><granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify>";

async fn world() -> (World, Client) {
    let world = World::with(Setting { targets_of_any_kind: true, ..Setting::default() }).await;
    let broker = Actors::of(&world).await.broker("broker").await;
    (world, broker)
}

fn source(kind: &str, address: &str) -> Value {
    json!({ "name": "某成果库", "kind": kind, "address": address, "listing_kind": "achievement",
        "source_system": "repository", "pace": "daily", "hour": 3, "guard_percent": 10, "guard_count": 2 })
}

/// Runs a source and gives it as it is afterwards.
async fn run(world: &World, client: &Client, at: &str) -> Value {
    client.act(&format!("{at}/run")).await.status(202);
    world.drain().await;
    client.get(at).await.ok()
}

async fn publish_all(broker: &Client) -> Vec<String> {
    let queue = broker.get("/reviews?limit=100&status=submitted").await.ok();
    let mut ids = Vec::new();
    for item in queue["items"].as_array().unwrap() {
        let id = item["id"].as_str().unwrap();
        approve(broker, "achievements", id).await;
        ids.push(id.to_owned());
    }
    ids
}

async fn shown(world: &World) -> usize {
    let page = world.visitor().get("/achievements?limit=100").await.ok();
    page["items"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_repository_is_read_to_its_end_then_only_what_changed_and_what_is_gone_is_withdrawn() {
    let (world, broker) = world().await;
    let site = Site::default();
    let base = site.open();
    site.says("/oai?verb=Identify", oai(IDENTIFY));
    let first =
        format!("{}{}<resumptionToken>p2</resumptionToken>", record(1, "甲材料"), record(2, "乙材料"));
    site.says(
        "/oai?verb=ListRecords&metadataPrefix=oai_dc&set=tech",
        oai(&format!("<ListRecords>{first}</ListRecords>")),
    );
    let second = format!("{}{}<resumptionToken/>", record(3, "丙材料"), record(4, "丁材料"));
    site.says(
        "/oai?verb=ListRecords&resumptionToken=p2",
        oai(&format!("<ListRecords>{second}</ListRecords>")),
    );

    let mut given = source("oai_pmh", &format!("{base}/oai"));
    given["oai_set"] = json!("tech");
    let made = broker.post("/harvest-sources", given).await.created();
    let at = format!("/harvest-sources/{}", id_of(&made));
    let done = run(&world, &broker, &at).await;
    assert_eq!(
        (done["last_outcome"].as_str(), done["cursor"].as_str()),
        (Some("done"), Some("2026-11-30T02:30:00Z")),
        "{done}"
    );
    let import = broker.get(&format!("/imports/{}", done["last_import_id"].as_str().unwrap())).await.ok();
    assert_eq!(
        (import["made"].as_i64(), import["source_system"].as_str()),
        (Some(4), Some("repository")),
        "{import}"
    );
    assert_eq!(publish_all(&broker).await.len(), 4);
    assert_eq!(shown(&world).await, 4);

    // By schedule: the next morning only what changed since then is asked for.
    site.asked();
    let changed = format!("{}{}", record(1, "甲材料（改）"), tombstone(2));
    let from = "/oai?verb=ListRecords&metadataPrefix=oai_dc&set=tech&from=2026-11-30T02%3A30%3A00Z";
    site.says(from, oai(&format!("<ListRecords>{changed}</ListRecords>")));
    world.clock.advance(Duration::days(1));
    world
        .until("the schedule asks the source", async || {
            techmart_api::jobs::schedule::tick(&world.state).await;
            !site.asked().is_empty()
        })
        .await;
    world.drain().await;
    let done = broker.get(&at).await.ok();
    assert_eq!(
        (done["last_outcome"].as_str(), done["last_vanished"].as_i64()),
        (Some("done"), Some(1)),
        "{done}"
    );
    let import = broker.get(&format!("/imports/{}", done["last_import_id"].as_str().unwrap())).await.ok();
    assert_eq!((import["rows"].as_i64(), import["changed"].as_i64()), (Some(1), Some(1)), "{import}");
    assert_eq!(shown(&world).await, 3);

    // Nothing new is an answer too.
    site.says(from, oai("<error code=\"noRecordsMatch\">none</error>"));
    let done = run(&world, &broker, &at).await;
    assert_eq!(done["last_outcome"], "done", "{done}");
    // An error is told, and the source is asked again next time from where it was.
    site.says(from, oai("<error code=\"badArgument\">no</error>"));
    let failed = run(&world, &broker, &at).await;
    assert_eq!(
        (failed["last_outcome"].as_str(), failed["cursor"].as_str()),
        (Some("failed"), Some("2026-11-30T02:30:00Z"))
    );
    assert!(failed["last_message"].as_str().unwrap().contains("badArgument"), "{failed}");
}

fn csv(rows: std::ops::Range<usize>) -> String {
    let rows = rows.map(|n| format!("{n},第 {n} 号材料,https://a.example/{n}\n"));
    format!("编号,成果名称,来源网址\n{}", rows.collect::<String>())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_source_that_is_half_empty_by_mistake_takes_nothing_away_until_a_person_has_looked() {
    let (world, broker) = world().await;
    let site = Site::default();
    let base = site.open();
    site.says("/list.csv", csv(0..12));
    let made = broker.post("/harvest-sources", source("csv", &format!("{base}/list.csv"))).await.created();
    let at = format!("/harvest-sources/{}", id_of(&made));
    run(&world, &broker, &at).await;
    assert_eq!(publish_all(&broker).await.len(), 12);

    // Two less are withdrawn; half of the rest is too much.
    site.says("/list.csv", csv(0..10));
    let done = run(&world, &broker, &at).await;
    assert_eq!(
        (done["last_outcome"].as_str(), done["last_vanished"].as_i64()),
        (Some("done"), Some(2)),
        "{done}"
    );
    assert_eq!(shown(&world).await, 10);
    site.says("/list.csv", csv(0..5));
    let stopped = run(&world, &broker, &at).await;
    assert_eq!(
        (stopped["last_outcome"].as_str(), stopped["last_vanished"].as_i64()),
        (Some("stopped"), Some(5)),
        "{stopped}"
    );
    assert_eq!(shown(&world).await, 10);
    let told = broker.get("/notifications?limit=100").await.ok();
    let told: Vec<&Value> =
        told["items"].as_array().unwrap().iter().filter(|row| row["kind"] == "desk").collect();
    assert!(told.iter().any(|row| row.to_string().contains("需要处理")), "{told:?}");

    // A file with a row that nobody understands takes nothing away, whatever is missing.
    site.says("/list.csv", format!("{}99,,https://a.example/99\n", csv(0..9)));
    let doubtful = run(&world, &broker, &at).await;
    assert_eq!(
        (doubtful["last_outcome"].as_str(), doubtful["last_vanished"].as_i64()),
        (Some("done"), Some(0)),
        "{doubtful}"
    );
    assert_eq!(shown(&world).await, 10);

    site.says("/list.csv", csv(0..5));
    broker.act(&format!("{at}/lift-guard")).await.status(202);
    world.drain().await;
    let done = broker.get(&at).await.ok();
    assert_eq!(
        (done["last_outcome"].as_str(), done["last_vanished"].as_i64()),
        (Some("done"), Some(5)),
        "{done}"
    );
    assert_eq!(shown(&world).await, 5);
    // It held once.
    site.says("/list.csv", csv(0..1));
    assert_eq!(run(&world, &broker, &at).await["last_outcome"], "stopped");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_address_leads_to_the_public_internet_alone_and_what_it_answers_is_bounded() {
    let guarded = World::start().await;
    let broker = Actors::of(&guarded).await.broker("broker").await;
    for (address, code) in [
        ("http://repository.example/oai", "scheme"),
        ("https://127.0.0.1/oai", "not_public"),
        ("https://[::ffff:10.0.0.1]/oai", "not_public"),
        ("https://169.254.169.254/latest", "not_public"),
        ("https://me:secret@repository.example/", "credentials"),
        ("file:///etc/passwd", "scheme"),
    ] {
        let told = broker.post("/harvest-sources", source("csv", address)).await;
        assert_eq!(told.fault_codes(), [code], "{address}");
    }
    let (world, broker) = world().await;
    let site = Site::default();
    let base = site.open();
    let made = broker.post("/harvest-sources", source("csv", &format!("{base}/list.csv"))).await;
    let (tag, made) = (made.etag(), made.created());
    let at = format!("/harvest-sources/{}", id_of(&made));
    site.refuses("/list.csv", 302, "location: http://127.0.0.1:1/elsewhere");
    let failed = run(&world, &broker, &at).await;
    assert!(failed["last_message"].as_str().unwrap().contains("leads elsewhere"), "{failed}");
    assert_eq!(site.asked(), ["/list.csv"]);
    site.says("/list.csv", "<html>an error page</html>");
    let failed = run(&world, &broker, &at).await;
    assert!(failed["last_message"].as_str().unwrap().contains("headings"), "{failed}");
    site.refuses("/list.csv", 500, "x: y");
    run(&world, &broker, &at).await;
    let told = broker.get("/notifications?limit=100").await.ok();
    assert!(told.to_string().contains("连续多次采集失败"), "three runs failed: {told}");

    let body = source("csv", &format!("{base}/other.csv"));
    broker
        .call(Method::PUT, &at, Some(body.clone()), &[("if-match", &tag)])
        .await
        .refused(412, "version_changed");
    let now = broker.get(&at).await.etag();
    let changed = broker.call(Method::PUT, &at, Some(body), &[("if-match", &now)]).await;
    let now = changed.etag();
    assert!(changed.ok()["address"].as_str().unwrap().ends_with("other.csv"));
    broker.call(Method::DELETE, &at, None, &[("if-match", &now)]).await.status(204);
    broker.get(&at).await.refused(404, "not_found");
}
