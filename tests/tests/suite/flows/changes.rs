//! The change feed: whoever follows it holds the public catalogue, whatever is written meanwhile and by how many.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use reqwest::Method;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set,
    sea_query::{self, Expr},
};
use serde_json::{Value, json};
use techmart_api::{
    auth::Context,
    db::Tx,
    features::{
        change::service::note,
        listing::{
            repo,
            service::{blank, first_version},
        },
    },
    jobs::schedule,
    state::State,
};
use techmart_entity::{
    achievement::AchievementContent,
    change,
    id::ListingId,
    listing::{self, Content, ListingKind, status::ListingStatus},
};
use techmart_tests::{
    Actors, Client, World,
    actors::{approve, publish},
    builders::{achievement, demand, provider},
    client::id_of,
    world::PATIENCE,
};
use tokio::sync::oneshot;

/// The id in the answer that says that a pair is one already.
fn pair_named(problem: &Value) -> String {
    let words = problem["detail"].as_str().unwrap().split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    words.filter(|word| uuid::Uuid::try_parse(word).is_ok()).map(str::to_owned).next().unwrap()
}

/// What a reader holds who follows the feed.
#[derive(Default)]
struct Held {
    since: String,
    items: BTreeMap<String, Value>,
    gone: BTreeMap<String, Value>,
    /// How many changes it was told.
    told: usize,
}

impl Held {
    fn new() -> Self {
        Self { since: "0".to_owned(), ..Self::default() }
    }

    fn lay(&mut self, item: &Value) {
        let position = item["position"].as_str().unwrap();
        assert!(position > self.since.as_str() || self.since == "0", "{position} after {}", self.since);
        self.since = position.to_owned();
        self.told += 1;
        let id = id_of(item);
        if item["kind"] == "upsert" {
            assert_eq!(item["document"]["id"], item["id"]);
            assert_eq!(item["document"]["kind"], item["type"]);
            assert!(item["reason"].is_null());
            self.items.insert(id.clone(), item["document"].clone());
            self.gone.remove(&id);
        } else {
            assert!(item["document"].is_null() && item["reason"].is_string());
            self.items.remove(&id);
            self.gone.insert(id, item.clone());
        }
    }

    /// Reads what there is.
    async fn read(&mut self, reader: &Client, more: &str) {
        loop {
            let page = reader.get(&format!("/changes?since={}{more}", self.since)).await.ok();
            assert_eq!(page["floor"], "0000000000000000");
            for item in page["items"].as_array().unwrap() {
                self.lay(item);
            }
            let next = page["next"].as_str().unwrap();
            assert!(next >= self.since.as_str(), "`next` went back");
            self.since = next.to_owned();
            if page["more"] == false {
                return;
            }
        }
    }
}

/// The catalogue as a visitor reads it, item by item.
async fn catalogue(visitor: &Client) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for plural in ["achievements", "demands", "providers"] {
        let mut cursor = String::new();
        loop {
            let page = visitor.get(&format!("/{plural}?limit=100{cursor}")).await.ok();
            for item in page["items"].as_array().unwrap() {
                let id = id_of(item);
                all.insert(id.clone(), visitor.get(&format!("/{plural}/{id}")).await.ok());
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
    }
    all
}

async fn made(author: &Client, broker: &Client, plural: &str, body: Value) -> String {
    let id = id_of(&author.post(&format!("/{plural}"), body).await.created());
    publish(author, broker, plural, &id).await;
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn every_act_that_changes_what_everybody_reads_is_told_and_no_other() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let firm = actors.verified(&broker, "企业", "enterprise", 2, true).await;
    let visitor = world.visitor();
    let mut held = Held::new();
    let offer = made(&university, &broker, "achievements", achievement("循环泵")).await;
    let other = made(&university, &broker, "achievements", achievement("换热器")).await;
    let mut nameless = demand("低温启动");
    nameless["content"]["publicity"] = json!("anonymous");
    let nameless = made(&firm, &broker, "demands", nameless).await;
    let open = made(&firm, &broker, "demands", demand("降噪")).await;
    let mut unlisted = demand("不公开的需求");
    unlisted["content"]["publicity"] = json!("unlisted");
    made(&firm, &broker, "demands", unlisted).await;
    held.read(&visitor, "").await;
    assert_eq!(held.told, 4, "what is unlisted is not told");
    assert_eq!(held.items, catalogue(&visitor).await);

    // Work on the next version is nobody's business.
    let told = held.told;
    let next = json!({ "content": { "summary": "新的简介，已完成中试。" } });
    university.patch(&format!("/achievements/{offer}/draft"), next).await.ok();
    university.act(&format!("/achievements/{offer}/submit")).await.ok();
    broker.act(&format!("/achievements/{offer}/claim")).await.ok();
    held.read(&visitor, "").await;
    assert_eq!(held.told, told, "a draft was told");
    assert_eq!(held.items, catalogue(&visitor).await);
    broker.act(&format!("/achievements/{offer}/publish")).await.ok();
    held.read(&visitor, "").await;
    assert_eq!(held.told, told + 1);
    assert_eq!(held.items[&offer]["content"]["summary"], "新的简介，已完成中试。");

    // A new name of the owner is told of what is posted in its name, and of nothing else.
    let told = held.told;
    let firm_id = firm.acting.clone().unwrap();
    firm.patch(&format!("/organisations/{firm_id}"), json!({ "name_en": "Renamed Works" })).await.ok();
    held.read(&visitor, "").await;
    assert_eq!(held.told, told + 1, "the name of who posts without one stirred its demand");
    assert_eq!(held.items[&open]["organisation"]["name_en"], "Renamed Works");
    assert!(held.items[&nameless]["organisation"].is_null());

    // Hidden and shown again: an item, an organisation.
    let because = json!({ "reason": "信息有误，请核实。" });
    broker.post(&format!("/achievements/{offer}/suspend"), because.clone()).await.ok();
    broker.post(&format!("/organisations/{firm_id}/suspend"), because.clone()).await.ok();
    held.read(&visitor, "").await;
    for id in [&offer, &nameless, &open] {
        assert_eq!(held.gone[id]["reason"], "suspended");
    }
    assert_eq!(held.items, catalogue(&visitor).await);
    broker.act(&format!("/achievements/{offer}/resume")).await.ok();
    broker.act(&format!("/organisations/{firm_id}/resume")).await.ok();
    held.read(&visitor, "").await;
    assert_eq!(held.items, catalogue(&visitor).await);
    assert!(held.gone.is_empty());

    // For fewer readers, solved, merged, withdrawn, over.
    let fewer = json!({ "content": { "visibility": "signed_in" } });
    university.patch(&format!("/achievements/{offer}/draft"), fewer).await.ok();
    publish(&university, &broker, "achievements", &offer).await;
    broker.post(&format!("/demands/{open}/solve"), json!({})).await.ok();
    let twin = made(&university, &broker, "achievements", achievement("完全另外的名称")).await;
    let pair = json!({ "subject": "achievement", "left_id": twin, "right_id": other, "note": "同一成果" });
    // What looks for duplicates may have been faster, and then names its pair.
    let named = broker.post("/duplicates", pair).await;
    let pair = match named.status.as_u16() {
        409 => pair_named(&named.body),
        _ => id_of(&named.created()),
    };
    let same = json!({ "canonical_id": other, "note": "同一成果的两次登记。" });
    broker.post(&format!("/duplicates/{pair}/merge"), same).await.ok();
    held.read(&visitor, "").await;
    assert_eq!(held.gone[&offer]["reason"], "restricted");
    assert_eq!(held.gone[&open]["reason"], "solved");
    assert_eq!(held.gone[&twin]["reason"], "merged");
    assert_eq!(held.gone[&twin]["replaced_by"], other.as_str());
    assert_eq!(held.items, catalogue(&visitor).await);
    firm.post(&format!("/demands/{nameless}/withdraw"), json!({ "reason": "不再需要。" })).await.ok();
    held.read(&visitor, "").await;
    assert_eq!(held.gone[&nameless]["reason"], "withdrawn");
    world.clock.advance(chrono::Duration::days(366));
    schedule::tick(&world.state).await;
    held.read(&visitor, "").await;
    assert_eq!(held.gone[&other]["reason"], "expired");
    assert_eq!(held.items, catalogue(&visitor).await);

    // Whoever begins now ends alike, and each item came once.
    let mut late = Held::new();
    late.read(&visitor, "&limit=2").await;
    assert_eq!((&late.items, &late.gone), (&held.items, &held.gone));
    assert_eq!(late.told, late.items.len() + late.gone.len());
    let mut demands = Held::new();
    demands.read(&visitor, "&types=demand&types=provider").await;
    assert_eq!(demands.gone.len(), 2, "{:?}", demands.gone);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_place_that_is_none_or_lies_ahead_of_the_feed_is_refused() {
    let world = World::start().await;
    let visitor = world.visitor();
    for since in ["00000000000003e8", "ffffffffffffffff"] {
        visitor.get(&format!("/changes?since={since}")).await.refused(400, "invalid_cursor");
        visitor.get(&format!("/changes/stream?since={since}")).await.refused(400, "invalid_cursor");
    }
    visitor.get("/changes?since=next").await.refused(400, "invalid_parameter");
    let bad = [("last-event-id", "next")];
    visitor.call(Method::GET, "/changes/stream", None, &bad).await.refused(400, "invalid_cursor");
    let page = visitor.get("/changes").await.ok();
    assert_eq!((&page["next"], &page["more"]), (&json!("0000000000000000"), &json!(false)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn whoever_waits_is_answered_with_the_next_change_and_an_empty_page_when_the_time_is_up() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let agency = actors.verified(&broker, "机构", "provider", 1, true).await;
    let visitor = world.visitor();
    let empty = visitor.get("/changes?wait=1").await.ok();
    assert_eq!(empty["items"], json!([]));
    let page = id_of(&agency.post("/providers", provider("检测中心")).await.created());
    let (answer, ()) = tokio::join!(visitor.get("/changes?wait=30"), async {
        publish(&agency, &broker, "providers", &page).await;
    });
    assert_eq!(answer.ok()["items"][0]["id"], page.as_str());
    // Eight wait, the ninth is told to come back.
    let firm = actors.verified(&broker, "企业", "enterprise", 2, true).await;
    let wanted = id_of(&firm.post("/demands", demand("降噪")).await.created());
    firm.act(&format!("/demands/{wanted}/submit")).await.ok();
    let waiting: Vec<_> = (0..8)
        .map(|_| {
            let visitor = world.visitor();
            // One that comes while it is tried whether there is room comes again.
            tokio::spawn(async move {
                loop {
                    let reply = visitor.get("/changes?types=demand&wait=30").await;
                    if reply.status.as_u16() != 429 {
                        break reply;
                    }
                }
            })
        })
        .collect();
    world
        .until("one too many waits", async || {
            let reply = world.visitor().get("/changes?types=demand&wait=1").await;
            reply.status.as_u16() == 429 && reply.headers.contains_key("retry-after")
        })
        .await;
    approve(&broker, "demands", &wanted).await;
    for one in waiting {
        assert_eq!(one.await.unwrap().ok()["items"].as_array().unwrap().len(), 1);
    }
    visitor.get("/changes?types=demand&wait=1").await.ok();
}

/// The events of a stream as it comes.
struct Events {
    response: reqwest::Response,
    rest: String,
}

impl Events {
    async fn open(reader: &Client, base: &str, query: &str, last: Option<&str>) -> Self {
        let mut request =
            reader.http.get(format!("{base}/api/v1/changes/stream?{query}")).timeout(5 * PATIENCE);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, rest: String::new() }
    }

    /// The next event: its name, its id, its data; none at the end.
    async fn next(&mut self) -> Option<(String, String, Value)> {
        loop {
            if let Some((block, rest)) = self.rest.split_once("\n\n") {
                let of = |name: &str| {
                    let line = block.lines().find_map(|line| line.strip_prefix(name));
                    line.unwrap_or_default().trim().to_owned()
                };
                let event = (of("event:"), of("id:"), of("data:"));
                self.rest = rest.to_owned();
                if !event.0.is_empty() {
                    return Some((event.0, event.1, serde_json::from_str(&event.2).unwrap()));
                }
                continue;
            }
            let chunk = self.response.chunk().await.unwrap()?;
            self.rest.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_stream_tells_what_there_is_then_what_comes_and_goes_on_after_the_last_event_that_was_read() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let first = made(&university, &broker, "achievements", achievement("循环泵")).await;
    let visitor = world.visitor();
    let mut events = Events::open(&visitor, &world.base, "", None).await;
    let (name, id, item) = events.next().await.unwrap();
    assert_eq!((name.as_str(), &item["id"], &item["position"]), ("change", &json!(first), &json!(id)));
    let (name, until, _) = events.next().await.unwrap();
    assert_eq!((name.as_str(), &until), ("caught_up", &id));
    let second = made(&university, &broker, "achievements", achievement("换热器")).await;
    let (name, _, item) = events.next().await.unwrap();
    assert_eq!((name.as_str(), &item["id"]), ("change", &json!(second)));
    drop(events);
    let mut again = Events::open(&visitor, &world.base, "seconds=1&since=0", Some(&id)).await;
    assert_eq!(again.next().await.unwrap().2["id"], second.as_str());
    assert_eq!(again.next().await.unwrap().0, "caught_up");
    assert!(again.next().await.is_none(), "the stream ends when its time is up");
    // A stop sends everybody home: the world ends below although somebody listens for an hour.
    let listening = Events::open(&visitor, &world.base, "seconds=3600", None).await;
    drop(world);
    drop(listening);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_no_act_told_is_told_by_the_walk_and_what_was_public_before_is_not_told_again() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let pump = made(&university, &broker, "achievements", achievement("循环泵")).await;
    made(&university, &broker, "achievements", achievement("换热器")).await;
    let visitor = world.visitor();
    let mut held = Held::new();
    held.read(&visitor, "").await;
    // As the migration leaves what was public before.
    let db = world.state.db.read();
    db.execute_unprepared("UPDATE change SET fingerprint = ''").await.unwrap();
    schedule::tick(&world.state).await;
    held.read(&visitor, "").await;
    assert_eq!(held.told, 2, "the same was told again");
    let rows = change::Entity::find().all(db).await.unwrap();
    assert!(rows.iter().all(|row| row.fingerprint.len() == 64), "{rows:?}");
    // Written past all acts.
    db.execute_unprepared("UPDATE listing SET demo = false WHERE title = '循环泵'").await.unwrap();
    schedule::tick(&world.state).await;
    held.read(&visitor, "").await;
    assert_eq!((held.told, &held.items[&pump]["demo"]), (3, &json!(false)));
    assert_eq!(held.items, catalogue(&visitor).await);
}

/// Writes published achievements past the interface, many at once.
pub async fn stock(world: &World, n: usize) -> Vec<ListingId> {
    let cx = Context::system(world.clock.now());
    let mut ids = Vec::new();
    for some in (0..n).collect::<Vec<_>>().chunks(250) {
        let made = world
            .state
            .db
            .write(async |tx| {
                let mut made = Vec::new();
                for i in some {
                    let content =
                        AchievementContent { title: Some(format!("成果 {i}\u{b}")), ..Default::default() };
                    let content = Content::from(content);
                    let mut row = blank(&cx, ListingKind::Achievement, &content);
                    let version = first_version(&cx, &row, &content);
                    row.status = ListingStatus::Published;
                    row.published_version_id = Some(version.id);
                    row.first_published_at = Some(cx.now);
                    made.push(row.id);
                    repo::insert(tx, row, version).await?;
                }
                note(tx, cx.now, &made).await?;
                Ok(made)
            })
            .await
            .unwrap();
        ids.extend(made);
    }
    ids
}

/// Hides some listings, or shows them for so many minutes more, in one transaction.
async fn turn(state: &State, ids: &[ListingId], status: ListingStatus, minutes: i64) {
    let now = state.clock.now();
    state
        .db
        .write(async |tx| {
            listing::Entity::update_many()
                .set(listing::ActiveModel {
                    status: Set(status),
                    shown_at: Set(Some(now)),
                    expires_at: Set(Some(now + chrono::Duration::minutes(minutes))),
                    ..Default::default()
                })
                .col_expr(
                    listing::Column::Version,
                    sea_query::ExprTrait::add(Expr::col(listing::Column::Version), 1),
                )
                .filter(listing::Column::Id.is_in(ids.iter().copied()))
                .exec(tx)
                .await?;
            note(tx, now, ids).await
        })
        .await
        .unwrap();
}

/// Small and the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn through_thousands_of_changes_by_four_writers_a_reader_and_a_stream_end_equal_to_the_catalogue() {
    const STOCK: usize = 600;
    const AT_ONCE: usize = 10;
    // 270 make ten thousand changes.
    let turns: usize = std::env::var("TECHMART_TEST_TURNS").map_or(40, |turns| turns.parse().unwrap());
    let world = World::start().await;
    let ids = stock(&world, STOCK).await;
    let over = AtomicBool::new(false);
    let writer = async |n: usize| {
        let mut chance = Chance(2026 + n as u64);
        for _ in 0..turns {
            // They meet: each writes where others write.
            let first = chance.below(ids.len() - AT_ONCE);
            let status = match chance.below(5) {
                0 => ListingStatus::Suspended,
                _ => ListingStatus::Published,
            };
            let minutes = 1 + i64::try_from(chance.below(1_000_000)).unwrap();
            turn(&world.state, &ids[first..first + AT_ONCE], status, minutes).await;
        }
    };
    let writing = async {
        tokio::join!(writer(0), writer(1), writer(2), writer(3));
        stock(&world, 1).await;
        over.store(true, Ordering::Relaxed);
    };
    let following = async {
        let (mut held, visitor) = (Held::new(), world.visitor());
        while !over.load(Ordering::Relaxed) {
            held.read(&visitor, "&wait=1&limit=37").await;
        }
        held.read(&visitor, "").await;
        held
    };
    let streaming = async {
        let mut held = Held::new();
        let mut events = Events::open(&world.visitor(), &world.base, "seconds=600", None).await;
        loop {
            let (name, _, data) = events.next().await.unwrap();
            if name == "change" {
                held.lay(&data);
            } else if held.items.len() + held.gone.len() > STOCK {
                // One more than before the last change was told.
                return held;
            }
        }
    };
    let ((), held, streamed) = tokio::join!(writing, following, streaming);
    let last = change::counter::Entity::find().one(world.state.db.read()).await.unwrap().unwrap().last;
    assert!(last > 36 * i64::try_from(turns).unwrap(), "only {last} changes were told");
    let mut late = Held::new();
    late.read(&world.visitor(), "").await;
    let there = catalogue(&world.visitor()).await;
    for (who, one) in [("the reader", &held), ("the stream", &streamed), ("a late reader", &late)] {
        assert!(one.items == there, "{who} holds {} of {}", one.items.len(), there.len());
        assert_eq!(one.gone.len(), STOCK + 1 - there.len(), "{who}");
    }
    println!("{last} changes; the reader was told {}, the stream {}", held.told, streamed.told);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_that_commits_late_is_numbered_late_so_nobody_has_gone_past_it() {
    let world = World::start().await;
    if !world.state.db.is_postgres() {
        println!("SQLite has one writer: nobody commits in between");
        return;
    }
    let ids = stock(&world, 2).await;
    let visitor = world.visitor();
    let mut held = Held::new();
    held.read(&visitor, "").await;
    let (written, is_written) = oneshot::channel::<()>();
    let (go, may_go) = oneshot::channel::<()>();
    let hands = Mutex::new(Some((written, may_go)));
    let slow = async {
        let now = world.clock.now();
        let act = async |tx: &Tx| -> techmart_api::error::Result<()> {
            let set = listing::ActiveModel { status: Set(ListingStatus::Suspended), ..Default::default() };
            let one = listing::Entity::update_many().set(set).filter(listing::Column::Id.eq(ids[0]));
            one.exec(tx).await?;
            note(tx, now, &ids[..1]).await?;
            let (written, may_go) = hands.lock().unwrap().take().unwrap();
            written.send(()).unwrap();
            may_go.await.unwrap();
            Ok(())
        };
        world.state.db.write(act).await.unwrap();
    };
    let fast = async {
        is_written.await.unwrap();
        // Begun later, over sooner, and nobody waits for the slow one.
        let quick = turn(&world.state, &ids[1..], ListingStatus::Suspended, 1);
        tokio::time::timeout(PATIENCE, quick).await.expect("the second act waited for the first");
        held.read(&visitor, "").await;
        assert_eq!(held.gone.len(), 1);
        go.send(()).unwrap();
    };
    tokio::join!(slow, fast);
    held.read(&visitor, "").await;
    assert_eq!(held.gone.len(), 2, "the slow act was skipped");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn through_random_histories_of_acts_by_several_people_a_reader_ends_with_the_catalogue() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let mut authors = Vec::new();
    for (n, kind) in [(1, "university"), (2, "enterprise"), (3, "provider")] {
        authors.push(actors.verified(&broker, &format!("单位{n}"), kind, n, true).await);
    }
    let plurals = ["achievements", "demands", "providers"];
    let over = Arc::new(AtomicBool::new(false));
    let following = tokio::spawn({
        let (visitor, over) = (world.visitor(), Arc::clone(&over));
        async move {
            let mut held = Held::new();
            while !over.load(Ordering::Relaxed) {
                held.read(&visitor, "&wait=1&limit=3").await;
            }
            held.read(&visitor, "").await;
            held
        }
    });
    let acting = (0..3).map(|n| {
        let (author, broker, plural) = (authors[n].clone(), broker.clone(), plurals[n]);
        tokio::spawn(async move {
            let mut chance = Chance(77 + n as u64);
            let mut ids = Vec::new();
            let organisation = author.acting.clone().unwrap();
            let because = json!({ "reason": "随机的一步。" });
            for step in 0..40 {
                if ids.len() < 4 {
                    let title = format!("{plural} {step}");
                    let mut body = match n {
                        0 => achievement(&title),
                        1 => demand(&title),
                        _ => provider(&title),
                    };
                    if n == 1 && chance.below(2) == 0 {
                        body["content"]["publicity"] = json!("anonymous");
                    }
                    let id = id_of(&author.post(&format!("/{plural}"), body).await.created());
                    ids.push(id);
                }
                let id = ids[chance.below(ids.len())].clone();
                let at = format!("/{plural}/{id}");
                // What is not legal just now is refused, and nothing is told of it.
                match chance.below(11) {
                    0..=2 => {
                        author.act(&format!("{at}/submit")).await;
                        broker.act(&format!("{at}/claim")).await;
                        if n == 1 {
                            broker.post(&format!("{at}/diagnose"), json!({ "outcome": "ready" })).await;
                        }
                        broker.act(&format!("{at}/publish")).await;
                    }
                    3 => drop(broker.post(&format!("{at}/suspend"), because.clone()).await),
                    4 => drop(broker.act(&format!("{at}/resume")).await),
                    5 => drop(author.act(&format!("{at}/renew")).await),
                    6 => {
                        let tag = author.get(&format!("{at}/draft")).await;
                        let tag = tag.headers.get("etag").unwrap().to_str().unwrap().to_owned();
                        let patch = json!({ "content": { "summary": format!("第 {step} 步的简介。") } });
                        let draft = format!("{at}/draft");
                        author.call(Method::PATCH, &draft, Some(patch), &[("if-match", &tag)]).await;
                    }
                    7 if chance.below(3) == 0 => {
                        author.post(&format!("{at}/withdraw"), because.clone()).await;
                        ids.retain(|one| *one != id);
                    }
                    8 => drop(
                        broker.post(&format!("/organisations/{organisation}/suspend"), because.clone()).await,
                    ),
                    9 => drop(broker.act(&format!("/organisations/{organisation}/resume")).await),
                    _ => {
                        let path = format!("/organisations/{organisation}");
                        let tag = author.get(&path).await.etag();
                        let name = json!({ "name_en": format!("Body {n} {step}") });
                        author.call(Method::PATCH, &path, Some(name), &[("if-match", &tag)]).await;
                    }
                }
            }
            broker.act(&format!("/organisations/{organisation}/resume")).await;
        })
    });
    for one in acting.collect::<Vec<_>>() {
        one.await.unwrap();
    }
    over.store(true, Ordering::Relaxed);
    let held = following.await.unwrap();
    let there = catalogue(&world.visitor()).await;
    assert!(!there.is_empty() && !held.gone.is_empty(), "{} there, {} gone", there.len(), held.gone.len());
    assert_eq!(held.items, there);
    // Nothing was left for the walk to find.
    let last = change::counter::Entity::find().one(world.state.db.read()).await.unwrap();
    schedule::tick(&world.state).await;
    assert_eq!(change::counter::Entity::find().one(world.state.db.read()).await.unwrap(), last);
}
