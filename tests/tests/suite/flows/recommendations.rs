//! What the matcher recommends: the broker's list, what a broker makes of it, what ends a recommendation by itself,
//! and the digests of the parties.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use reqwest::Method;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::{Value, json};
use techmart_api::db::Db;
use techmart_entity::outbox;
use techmart_tests::{
    Actors, Client, World,
    actors::{PASSWORD, approve, publish, sign_in},
    binary::{self, Service},
    builders::{achievement, demand, uscc},
    client::id_of,
    world::{Setting, database, until, variables},
};
use uuid::Uuid;

/// Within which a publication has to be searchable, matched and its digest sent.
const AT_ONCE: Duration = Duration::from_secs(2);

struct Market {
    broker: Client,
    university: Client,
    enterprise: Client,
    /// The demand for a refrigerant leak detector.
    need: String,
}

/// Publishes something by its author, and returns its id.
async fn post(author: &Client, broker: &Client, plural: &str, body: Value) -> String {
    let id = id_of(&author.post(&format!("/{plural}"), body).await.created());
    publish(author, broker, plural, &id).await;
    id
}

fn with(mut body: Value, more: Value) -> Value {
    for (key, value) in more.as_object().unwrap() {
        body["content"][key] = value.clone();
    }
    body
}

/// A demand that leak detectors answer.
fn need(title: &str) -> Value {
    let said = json!({ "problem": "家用空调生产线上制冷剂泄漏难以发现，要求检漏精度不低于 5 克，节拍 10 秒以内。",
        "keywords": ["制冷剂", "检漏"], "cooperation_modes": ["licence"] });
    with(demand(title), said)
}

/// An achievement that answers it.
fn offer(title: &str) -> Value {
    with(achievement(title), json!({ "summary": "空调制冷剂检漏设备。", "keywords": ["制冷剂", "检漏"] }))
}

async fn market(actors: &Actors<'_>) -> Market {
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let enterprise = actors.verified(&broker, "企业", "enterprise", 2, true).await;
    let need = post(&enterprise, &broker, "demands", need("空调制冷剂检漏")).await;
    Market { broker, university, enterprise, need }
}

/// The recommendations that a query finds.
async fn listed(reader: &Client, query: &str) -> Vec<Value> {
    let page = reader.get(&format!("/recommendations?{query}")).await.ok();
    page["items"].as_array().unwrap().clone()
}

/// Waits until the offer is recommended to the demand, and gives the recommendation.
async fn recommended(reader: &Client, offer: &str, need: &str) -> Value {
    let query = format!("achievement_id={offer}&demand_id={need}");
    until("the two are recommended to each other", async || listed(reader, &query).await.len() == 1).await;
    listed(reader, &query).await.remove(0)
}

/// Waits until a recommendation stands so.
async fn until_status(reader: &Client, id: &str, status: &str) {
    let at = format!("/recommendations/{id}");
    until(&format!("it is {status}"), async || reader.get(&at).await.ok()["status"] == status).await;
}

/// Waits until every job that was written and is due has been done.
async fn done(world: &World) {
    until("every due job is done", async || {
        let now = world.clock.now();
        let waiting = outbox::Entity::find()
            .filter(outbox::Column::DoneAt.is_null())
            .filter(outbox::Column::DeadAt.is_null())
            .filter(outbox::Column::NextAt.lte(now));
        waiting.one(world.state.db.read()).await.unwrap().is_none()
    })
    .await;
}

/// The digests that went to somebody.
fn digests(world: &World, to: &Client) -> Vec<String> {
    world.mails_to(&to.email).into_iter().filter(|mail| mail.contains("项新匹配")).collect()
}

/// The digests that wait or were sent for an organisation.
async fn queued(db: &Db, organisation: &str) -> usize {
    let rows = outbox::Entity::find().filter(outbox::Column::Kind.eq("mail")).all(db.read()).await.unwrap();
    let of = |row: &outbox::Model| {
        row.payload["mail"] == "match_digest" && row.payload["organisation_id"] == organisation
    };
    rows.iter().filter(|row| of(row)).count()
}

/// The same person, signed in anew, still acting.
async fn again(world: &World, client: &Client) -> Client {
    let mut fresh = sign_in(world, &client.email).await;
    fresh.acting.clone_from(&client.acting);
    fresh
}

/// Moves a world's clock on to the next time the clocks of Shanghai show that hour.
fn advance_to(world: &World, hour: u32, minute: u32) {
    let now = techmart_api::clock::in_shanghai(world.clock.now());
    let mut then = now.date().and_hms_opt(hour, minute, 0).unwrap();
    if then <= now {
        then += chrono::Duration::days(1);
    }
    world.clock.advance(then - now);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_published_stands_in_the_brokers_list_at_once_with_reasons_in_both_languages() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    m.enterprise.patch("/me", json!({ "match_digest": "at_once" })).await.ok();
    done(&world).await;
    let robot = post(&m.university, &m.broker, "achievements", offer("制冷剂检漏机器人")).await;
    let published = Instant::now();
    let row = recommended(&m.broker, &robot, &m.need).await;
    let organisation = m.enterprise.acting.clone().unwrap();
    until("the digest is queued", async || queued(&world.state.db, &organisation).await > 0).await;
    until("and sent", async || !digests(&world, &m.enterprise).is_empty()).await;
    let took = published.elapsed();
    let found = world.visitor().get("/search?q=制冷剂检漏机器人").await.ok();
    assert_eq!(found["items"][0]["id"], json!(robot), "searchable when it is matched: {found}");
    println!("searchable, matched and its digest sent {took:?} after publication");
    assert!(took < AT_ONCE, "{took:?}");

    assert_eq!(row["status"], "open");
    assert_eq!((&row["achievement"]["id"], &row["demand"]["id"]), (&json!(robot), &json!(m.need)));
    assert_eq!(row["achievement"]["organisation"]["name"], "高校单位");
    assert!(row["score"].as_f64().unwrap() > 0.0, "{row}");
    assert!(!row["parts"].as_array().unwrap().is_empty(), "{row}");
    let reasons = row["reasons"].as_array().unwrap();
    assert!(!reasons.is_empty(), "{row}");
    for reason in reasons {
        for language in ["zh", "en"] {
            assert!(!reason[language].as_str().unwrap().trim().is_empty(), "{reason}");
        }
    }
    assert!(reasons.iter().any(|reason| reason["zh"].as_str().unwrap().contains("制冷剂")), "{row}");
    let one = m.broker.get(&format!("/recommendations/{}", id_of(&row))).await;
    assert!(!one.etag().is_empty());
    assert_eq!(one.ok()["reasons"], row["reasons"]);

    // What the demand asks for is told as asked for, whichever of the two was published last.
    let english = with(
        achievement("Refrigerant leak detector"),
        json!({ "summary": "Finds leaks on assembly lines.", "keywords": [], "language": "en" }),
    );
    let english = post(&m.university, &m.broker, "achievements", english).await;
    let told = recommended(&m.broker, &english, &m.need).await["reasons"].to_string();
    assert!(told.contains("所求“制冷剂"), "{told}");
    assert!(!told.contains("所求“refrigerant"), "{told}");

    // Published in the other order they are matched as well.
    let later = post(&m.enterprise, &m.broker, "demands", need("冰箱制冷剂检漏")).await;
    recommended(&m.broker, &robot, &later).await;
    // What has nothing to do with it is not.
    let rice = post(&m.university, &m.broker, "achievements", achievement("水稻育秧基质")).await;
    done(&world).await;
    assert!(listed(&m.broker, &format!("achievement_id={rice}")).await.is_empty());
    let of_both = listed(&m.broker, &format!("organisation_id={organisation}")).await;
    assert!(of_both.len() >= 3, "{of_both:?}");
    assert!(listed(&m.broker, &format!("organisation_id={}", Uuid::now_v7())).await.is_empty());
    assert!(listed(&m.broker, "min_score=9.5").await.is_empty());

    // A job that is done twice, and late, changes nothing.
    let rows = async || -> Vec<(String, Value)> {
        let rows = listed(&m.broker, "limit=100").await;
        rows.iter().map(|row| (id_of(row), row["status"].clone())).collect()
    };
    let before = rows().await;
    let mails = queued(&world.state.db, &organisation).await;
    for kind in ["index", "match"] {
        outbox::Entity::update_many()
            .col_expr(outbox::Column::DoneAt, Expr::value(Option::<techmart_entity::Instant>::None))
            .filter(outbox::Column::Kind.eq(kind))
            .exec(world.state.db.read())
            .await
            .unwrap();
    }
    done(&world).await;
    assert_eq!(rows().await, before);
    assert_eq!(queued(&world.state.db, &organisation).await, mails, "nobody is told twice");
}

/// Signs in to a service in a process.
async fn signed_in(service: &Service, email: &str) -> Client {
    let mut client = service.visitor().await;
    let tokens = client.post("/auth/login", json!({ "email": email, "password": PASSWORD })).await.ok();
    client.token = Some(tokens["access_token"].as_str().unwrap().to_owned());
    client
}

const AUTHOR: &str = "author@centre.example";
const REVIEWER: &str = "reviewer@centre.example";

/// Makes the two people of a service in a process: one posts, one reviews.
async fn people(service: &Service, data: &Path, environment: &[(String, String)]) -> (Client, Client) {
    for email in [AUTHOR, REVIEWER] {
        binary::run_json(data, environment, &["admin", "create", "--email", email]);
    }
    let author = signed_in(service, AUTHOR).await;
    let reviewer = signed_in(service, REVIEWER).await;
    let me = reviewer.get("/me").await.ok();
    author.post(&format!("/accounts/{}/role", id_of(&me)), json!({ "role": "broker" })).await.ok();
    (author, reviewer)
}

/// A verified organisation of the author.
async fn verified(author: &Client, reviewer: &Client, kind: &str, n: u32) -> String {
    let organisation = json!({ "name": format!("{kind}单位"), "kind": kind, "uscc": uscc(n), "town": "tanqiao",
        "demo": true, "contacts": [{ "name": "联系人", "phone": "13900000007" }] });
    let id = id_of(&author.post("/organisations", organisation).await.created());
    author.acting_for(&id).act(&format!("/organisations/{id}/submit-verification")).await.ok();
    let evidence = json!({ "method": "licence", "evidence": "核对营业执照原件" });
    reviewer.post(&format!("/organisations/{id}/verify"), evidence).await.ok();
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_publication_is_matched_once_though_the_process_is_killed_right_after_it() {
    let data = tempfile::tempdir().unwrap();
    let (url, dropped) = database(data.path()).await;
    let mut environment = variables(data.path(), &url, &Setting::default());
    environment.retain(|(name, _)| name != "TECHMART_BIND");
    environment.push(("TECHMART_ADMIN_PASSWORD".to_owned(), PASSWORD.to_owned()));
    let mut service = Service::start(data.path(), &environment).await;
    let (mut author, mut reviewer) = people(&service, data.path(), &environment).await;
    let university = verified(&author, &reviewer, "university", 7).await;
    let enterprise = verified(&author, &reviewer, "enterprise", 8).await;
    let need = post(&author.acting_for(&enterprise), &reviewer, "demands", need("空调制冷剂检漏")).await;
    let db = Db::connect(&url).await.unwrap();
    let mut offers = Vec::new();
    for round in 0..4 {
        let title = format!("制冷剂检漏设备{round}型");
        offers.push(post(&author.acting_for(&university), &reviewer, "achievements", offer(&title)).await);
        // At once: what the relay was about to do is left undone.
        service.kill();
        service = Service::start(data.path(), &environment).await;
        let up = Instant::now();
        author = signed_in(&service, AUTHOR).await;
        reviewer = signed_in(&service, REVIEWER).await;
        recommended(&reviewer, offers.last().unwrap(), &need).await;
        println!("matched {:?} after the service was up again", up.elapsed());
    }
    for offer in &offers {
        assert_eq!(listed(&reviewer, &format!("achievement_id={offer}")).await.len(), 1);
    }
    for organisation in [&university, &enterprise] {
        assert!(queued(&db, organisation).await >= offers.len(), "each is told of");
    }
    drop(service);
    db.close().await;
    if let Some((server, name)) = dropped {
        use sea_orm::{ConnectionTrait, Database};
        let db = Database::connect(server).await.unwrap();
        db.execute_unprepared(&format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)")).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_broker_takes_a_recommendation_up_and_it_is_a_docking() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let robot = post(&m.university, &m.broker, "achievements", offer("制冷剂检漏机器人")).await;
    let row = recommended(&m.broker, &robot, &m.need).await;
    let at = format!("/recommendations/{}", id_of(&row));
    assert_eq!(row["legal_moves"], json!(["take_up", "dismiss"]));

    let stale = [("if-match", "\"99\"")];
    let body = json!({ "message": "两家需求吻合，建议先交换测试数据。" });
    let take_up = format!("{at}/take-up");
    m.broker.call(Method::POST, &take_up, Some(body.clone()), &stale).await.refused(412, "version_changed");
    let key = Uuid::new_v4().to_string();
    let key = [("idempotency-key", key.as_str())];
    let taken = m.broker.call(Method::POST, &take_up, Some(body.clone()), &key).await.ok();
    assert_eq!(taken["status"], "taken_up");
    assert_eq!(taken["decided_by"], json!(m.broker.account_id));
    let replayed = m.broker.call(Method::POST, &take_up, Some(body), &key).await.ok();
    assert_eq!(replayed["docking_id"], taken["docking_id"]);
    m.broker.act(&take_up).await.refused(409, "illegal_move");
    let code = json!({ "code": "technical_doubt" });
    m.broker.post(&format!("{at}/dismiss"), code).await.refused(409, "illegal_move");

    let docking = m.broker.get(&format!("/dockings/{}", taken["docking_id"].as_str().unwrap())).await.ok();
    assert_eq!((&docking["stage"], &docking["origin"]), (&json!("recommended"), &json!("recommendation")));
    assert_eq!(docking["people"]["broker_id"], json!(m.broker.account_id));
    assert_eq!(docking["match_reasons"]["model_version"], row["model"], "{docking}");
    assert!(docking["match_reasons"]["score"].as_f64().unwrap() > 0.0, "{docking}");
    assert!(docking["match_reasons"].to_string().contains("制冷剂"), "{docking}");
    // Both sides see what it became; neither is recommended to the other again.
    for side in [&m.university, &m.enterprise] {
        side.get(&format!("/dockings/{}", id_of(&docking))).await.ok();
    }
    done(&world).await;
    let all = listed(&m.broker, "status=open&status=taken_up&status=dismissed&status=lapsed").await;
    assert_eq!(all.len(), 1, "{all:?}");
    let log = actors.admin.get("/audit?subject_kind=recommendation").await.ok();
    let acts: Vec<&str> =
        log["items"].as_array().unwrap().iter().map(|act| act["action"].as_str().unwrap()).collect();
    assert!(acts.contains(&"recommend") && acts.contains(&"take_up"), "{acts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_was_dismissed_stays_dismissed_whatever_is_published_next() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let robot = post(&m.university, &m.broker, "achievements", offer("制冷剂检漏机器人")).await;
    let row = recommended(&m.broker, &robot, &m.need).await;
    let at = format!("/recommendations/{}", id_of(&row));
    for wrong in [json!({}), json!({ "code": "no" }), json!({ "code": "price", "x": 1 })] {
        m.broker.post(&format!("{at}/dismiss"), wrong).await.refused(400, "invalid_body");
    }
    let why = json!({ "code": "technical_doubt", "note": "精度不够。" });
    let dismissed = m.broker.post(&format!("{at}/dismiss"), why).await.ok();
    assert_eq!(
        (&dismissed["status"], &dismissed["code"], &dismissed["note"], &dismissed["legal_moves"]),
        (&json!("dismissed"), &json!("technical_doubt"), &json!("精度不够。"), &json!([]))
    );
    for (author, plural, id) in [(&m.university, "achievements", &robot), (&m.enterprise, "demands", &m.need)]
    {
        let title = json!({ "content": { "title": "制冷剂检漏，第二版" } });
        author.patch(&format!("/{plural}/{id}/draft"), title).await.ok();
        author.act(&format!("/{plural}/{id}/submit")).await.ok();
        approve(&m.broker, plural, id).await;
    }
    // Behind it in the queue, so that it is known to be done.
    let other = post(&m.university, &m.broker, "achievements", offer("制冷剂检漏小车")).await;
    recommended(&m.broker, &other, &m.need).await;
    done(&world).await;
    let open = listed(&m.broker, &format!("achievement_id={robot}")).await;
    assert!(open.is_empty(), "{open:?}");
    let every = "status=open&status=taken_up&status=dismissed&status=lapsed";
    let all = listed(&m.broker, &format!("achievement_id={robot}&{every}")).await;
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(all[0]["status"], "dismissed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_became_of_recommendations_is_what_the_matcher_is_measured_by() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let environment = vec![
        ("DATABASE_URL".to_owned(), world.state.config.database_url.clone()),
        ("TECHMART_JWT_SECRET".to_owned(), "a-secret-for-tests-alone-of-32-bytes-or-more".to_owned()),
    ];
    let measure = ["eval", "match", "--from-history"];
    let nothing_yet = binary::run(world.data(), &environment, &measure);
    assert!(!nothing_yet.status.success());
    let said = String::from_utf8_lossy(&nothing_yet.stderr).into_owned();
    assert!(said.contains("nothing was taken up, dismissed or declined yet"), "{said}");

    let robot = post(&m.university, &m.broker, "achievements", offer("制冷剂检漏机器人")).await;
    let cart = post(&m.university, &m.broker, "achievements", offer("制冷剂检漏小车")).await;
    let wanted = id_of(&recommended(&m.broker, &robot, &m.need).await);
    let unwanted = id_of(&recommended(&m.broker, &cart, &m.need).await);
    let message = json!({ "message": "两家需求吻合，建议先交换测试数据。" });
    m.broker.post(&format!("/recommendations/{wanted}/take-up"), message).await.ok();
    let why = json!({ "code": "technical_doubt" });
    m.broker.post(&format!("/recommendations/{unwanted}/dismiss"), why).await.ok();
    let measured = binary::run_json(world.data(), &environment, &measure);
    let engine = &measured["engines"][0];
    let all = &engine["classes"]["全部 / all"];
    assert_eq!(all["questions"], 1, "{measured}");
    assert_eq!(all["ours"]["recall_10"], 1.0, "{measured}");
    assert_eq!((&engine["said_to_fit"], &engine["rightly"]), (&json!(2), &json!(1)), "{measured}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn nobody_decides_about_their_own_and_the_list_is_the_centres() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let robot = post(&m.university, &m.broker, "achievements", offer("制冷剂检漏机器人")).await;
    let id = id_of(&recommended(&m.broker, &robot, &m.need).await);
    let (take_up, dismiss) =
        (format!("/recommendations/{id}/take-up"), format!("/recommendations/{id}/dismiss"));
    let why = json!({ "code": "price" });
    for path in ["/recommendations".to_owned(), format!("/recommendations/{id}")] {
        world.visitor().get(&path).await.refused(401, "not_signed_in");
        for party in [&m.university, &m.enterprise] {
            let refused = party.get(&path).await.refused(403, "forbidden");
            assert!(!refused["detail"].as_str().unwrap().contains("{{"), "{refused}");
        }
    }
    world.visitor().post(&dismiss, why.clone()).await.refused(401, "not_signed_in");
    m.university.act(&take_up).await.refused(403, "forbidden");
    let auditor = actors.with_role("auditor", "auditor").await;
    auditor.get(&format!("/recommendations/{id}")).await.ok();
    auditor.act(&take_up).await.refused(403, "forbidden");

    // A broker who is a member of one of the two, whichever it is.
    for (owner, name) in [(&m.university, "a"), (&m.enterprise, "b")] {
        let member = actors.broker(name).await;
        let invitations = format!("/organisations/{}/invitations", owner.acting.clone().unwrap());
        owner.post(&invitations, json!({ "email": member.email, "role": "viewer" })).await.created();
        let token = world.token_for(&member.email).await;
        member.post("/invitations/accept", json!({ "token": token })).await.ok();
        let member = again(&world, &member).await;
        member.act(&take_up).await.refused(403, "conflict_of_interest");
        member.post(&dismiss, why.clone()).await.refused(403, "conflict_of_interest");
    }
    let nothing = format!("/recommendations/{}", Uuid::now_v7());
    m.broker.get(&nothing).await.refused(404, "not_found");
    m.broker.act(&format!("{nothing}/take-up")).await.refused(404, "not_found");
    for query in ["status=closed", "min_score=x", "min_score=-1", "demand_id=1", "x=1", "limit=101"] {
        let reply = m.broker.get(&format!("/recommendations?{query}")).await;
        assert_eq!(reply.status, 400, "{query}: {}", reply.body);
    }
    // A page after another, and a cursor that is of another list.
    let cart = post(&m.university, &m.broker, "achievements", offer("制冷剂检漏小车")).await;
    recommended(&m.broker, &cart, &m.need).await;
    let first = m.broker.get("/recommendations?limit=1").await.ok();
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = m.broker.get(&format!("/recommendations?limit=1&cursor={cursor}")).await.ok();
    assert_ne!(first["items"][0]["id"], second["items"][0]["id"]);
    assert_eq!(second["next_cursor"], Value::Null);
    let foreign = format!("/recommendations?limit=1&min_score=0.1&cursor={cursor}");
    assert_eq!(m.broker.get(&foreign).await.status, 400);
    m.broker.post(&dismiss, why).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_holds_no_longer_lapses() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let mut ids = Vec::new();
    for n in 0..3 {
        let offer =
            post(&m.university, &m.broker, "achievements", offer(&format!("制冷剂检漏设备{n}型"))).await;
        let row = recommended(&m.broker, &offer, &m.need).await;
        ids.push((offer, id_of(&row)));
    }
    // Withdrawn.
    let (gone, lapsed) = &ids[0];
    let reason = json!({ "reason": "已转让" });
    m.university.post(&format!("/achievements/{gone}/withdraw"), reason).await.ok();
    until_status(&m.broker, lapsed, "lapsed").await;
    m.broker.act(&format!("/recommendations/{lapsed}/take-up")).await.refused(409, "illegal_move");
    // Suspended, and published again.
    let (held, lapsed) = &ids[1];
    let reason = json!({ "reason": "核实中" });
    m.broker.post(&format!("/achievements/{held}/suspend"), reason).await.ok();
    until_status(&m.broker, lapsed, "lapsed").await;
    m.broker.post(&format!("/achievements/{held}/reinstate"), json!({ "reason": "已核实" })).await;
    // Of another matter since its next version.
    let (turned, lapsed) = &ids[2];
    let other = achievement("水稻育秧基质")["content"].clone();
    m.university.patch(&format!("/achievements/{turned}/draft"), json!({ "content": other })).await.ok();
    m.university.act(&format!("/achievements/{turned}/submit")).await.ok();
    approve(&m.broker, "achievements", turned).await;
    until_status(&m.broker, lapsed, "lapsed").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_ruled_out_is_not_recommended() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    // Its own, and a real one where the demand is of the demonstration.
    let own = post(&m.enterprise, &m.broker, "achievements", offer("自有制冷剂检漏台")).await;
    let real = actors.verified(&m.broker, "真实高校", "university", 3, false).await;
    let genuine = post(&real, &m.broker, "achievements", offer("真实的制冷剂检漏机器人")).await;
    // One whose docking was open before the next version.
    let robot = post(&m.university, &m.broker, "achievements", offer("制冷剂检漏机器人")).await;
    recommended(&m.broker, &robot, &m.need).await;
    let key = Uuid::new_v4().to_string();
    let interest = json!({ "demand_id": m.need });
    m.university
        .call(Method::POST, "/dockings", Some(interest), &[("idempotency-key", &key)])
        .await
        .created();
    let cart = post(&m.university, &m.broker, "achievements", offer("制冷剂检漏小车")).await;
    // Behind them in the queue.
    let second = actors.verified(&m.broker, "另一高校", "university", 4, true).await;
    let free = post(&second, &m.broker, "achievements", offer("制冷剂检漏仪")).await;
    recommended(&m.broker, &free, &m.need).await;
    done(&world).await;
    for (id, why) in
        [(own, "of the same organisation"), (genuine, "real with demo"), (cart, "a docking is open")]
    {
        let found = listed(&m.broker, &format!("achievement_id={id}&status=open&status=lapsed")).await;
        assert!(found.is_empty(), "{why}: {found:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_parties_are_told_at_once_daily_or_never_as_they_choose() {
    let world = World::start().await;
    // Away from the hour of the daily digests, whenever the suite runs.
    advance_to(&world, 9, 0);
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let organisation = m.enterprise.acting.clone().unwrap();
    let members = format!("/organisations/{organisation}/members");
    let mut people = Vec::new();
    for (pace, role) in
        [("at_once", "editor"), ("daily", "editor"), ("never", "owner"), ("at_once", "viewer")]
    {
        let person = actors.person(&format!("同事{pace}")).await;
        let me = person.get("/me").await.ok();
        assert_eq!(me["match_digest"], "daily", "what nobody chose: {me}");
        let now = person.patch("/me", json!({ "match_digest": pace })).await.ok();
        assert_eq!(now["match_digest"], pace);
        m.enterprise.post(&members, json!({ "email": person.email, "role": role })).await.created();
        people.push(person);
    }
    let unknown = people[0].patch("/me", json!({ "match_digest": "weekly" })).await;
    assert_eq!(unknown.status, 400, "{}", unknown.body);
    let (soon, daily, never, viewer) = (&people[0], &people[1], &people[2], &people[3]);

    // More than one mail holds.
    for n in 0..12 {
        let title = format!("制冷剂检漏设备{n}型");
        let id = post(&m.university, &m.broker, "achievements", offer(&title)).await;
        recommended(&m.broker, &id, &m.need).await;
        until("it is told at once", async || digests(&world, soon).len() == n + 1).await;
        let mail = digests(&world, soon).pop().unwrap();
        assert!(mail.contains(&title) && mail.contains("空调制冷剂检漏"), "{mail}");
        assert!(mail.contains(&format!("/achievements/{id}")), "a link: {mail}");
        assert!(
            mail.contains("所求之物“检漏”") && mail.contains("What is asked for itself, “检漏”"),
            "reasons in both languages, with what is asked for: {mail}"
        );
        assert!(!mail.contains("13800000001") && !mail.contains("13900000001"), "a contact: {mail}");
    }
    done(&world).await;
    for person in [daily, never, viewer, &m.university, &m.enterprise] {
        assert_eq!(digests(&world, person).len(), 0, "{} is not told yet", person.email);
    }
    // Nor a minute before the hour.
    advance_to(&world, 7, 59);
    done(&world).await;
    assert_eq!(digests(&world, daily).len(), 0, "before the hour");
    advance_to(&world, 8, 1);
    until("the morning's digest is there", async || !digests(&world, daily).is_empty()).await;
    done(&world).await;
    // Once in a morning, however much matched the day before.
    for person in [daily, &m.enterprise, &m.university] {
        let mails = digests(&world, person);
        assert_eq!(mails.len(), 1, "{}: {mails:#?}", person.email);
    }
    assert!(
        digests(&world, &m.university)[0].contains("空调制冷剂检漏"),
        "the other side is told of the demand"
    );
    assert_eq!((digests(&world, never).len(), digests(&world, viewer).len()), (0, 0));
    // Nothing is told twice to the same person.
    let told = digests(&world, soon);
    for n in 0..12 {
        let title = format!("制冷剂检漏设备{n}型");
        assert_eq!(told.iter().filter(|mail| mail.contains(&title)).count(), 1, "{title}");
    }
}

/// The address in the header by which one click ends mails (RFC 8058), below `/api/v1`.
fn one_click(mail: &str) -> String {
    let head = mail.split("\n\n").next().unwrap().replace("\r\n", "\n").replace("\n ", " ");
    let line =
        head.lines().find_map(|line| line.strip_prefix("List-Unsubscribe:")).unwrap().trim().to_owned();
    let link =
        line.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or_else(|| panic!("{line}"));
    assert!(!link.contains(char::is_whitespace), "{link}");
    link.split_once("/api/v1").unwrap().1.to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn one_click_ends_the_digests_without_signing_in() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    for person in [&m.enterprise, &m.university] {
        person.patch("/me", json!({ "match_digest": "at_once" })).await.ok();
    }
    post(&m.university, &m.broker, "achievements", offer("制冷剂检漏机器人")).await;
    until("both are told", async || {
        [&m.enterprise, &m.university].iter().all(|person| digests(&world, person).len() == 1)
    })
    .await;
    let mail = digests(&world, &m.enterprise).remove(0);
    assert!(mail.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{mail}");
    let link = one_click(&mail);
    assert!(!link.contains(&m.enterprise.email) && !link.contains('@'), "{link}");
    let visitor = world.visitor();
    let pace = async |person: &Client| person.get("/me").await.ok()["match_digest"].clone();
    // Whoever only looks, a scanner of mails for one, ends nothing.
    let page = visitor.get(&link).await;
    assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(page.ok().as_str().unwrap().contains("method=\"post\""));
    assert_eq!(pace(&m.enterprise).await, "at_once");
    let click = async |link: &str| {
        let form = b"List-Unsubscribe=One-Click".to_vec();
        visitor.send(Method::POST, link, "application/x-www-form-urlencoded", form).await
    };
    for _ in 0..3 {
        click(&link).await.ok();
        assert_eq!(pace(&m.enterprise).await, "never");
    }
    assert_eq!(pace(&m.university).await, "at_once", "of one person alone");
    // A token that was changed, one of another kind, none.
    let (path, token) = link.split_once("token=").unwrap();
    let mut turned: Vec<char> = token.chars().collect();
    let middle = turned.len() / 2;
    turned[middle] = if turned[middle] == 'A' { 'B' } else { 'A' };
    let turned: String = turned.into_iter().collect();
    let access = m.university.token.clone().unwrap();
    for wrong in [turned, access, "x".to_owned(), String::new()] {
        let reply = click(&format!("{path}token={wrong}")).await;
        assert!(reply.status.is_client_error(), "{wrong}: {}", reply.status);
    }
    assert_eq!(click(path.trim_end_matches('?')).await.status, 400);
    assert_eq!(pace(&m.university).await, "at_once");
    // Nor does it let anybody in.
    let mut thief = world.visitor();
    thief.token = Some(token.to_owned());
    thief.get("/me").await.refused(401, "invalid_token");

    post(&m.university, &m.broker, "achievements", offer("制冷剂检漏小车")).await;
    until("the other is told again", async || digests(&world, &m.university).len() == 2).await;
    done(&world).await;
    assert_eq!(digests(&world, &m.enterprise).len(), 1, "who ended them gets none");
    m.enterprise.patch("/me", json!({ "match_digest": "at_once" })).await.ok();
    click(&link).await.ok();
    assert_eq!(pace(&m.enterprise).await, "never", "it works again and again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_enterprise_without_a_name_is_named_to_nobody_but_the_centre() {
    const NAME: &str = "Qzhiddenfirm";
    const PHONE: &str = "13911110099";
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let hidden = actors.verified(&broker, NAME, "enterprise", 2, true).await;
    university.patch("/me", json!({ "match_digest": "at_once" })).await.ok();
    let nameless = json!({ "publicity": "anonymous", "contact": { "name": NAME, "phone": PHONE } });
    let need_id = post(&hidden, &broker, "demands", with(need("空调制冷剂检漏"), nameless)).await;
    let apart = json!({ "publicity": "unlisted" });
    let unlisted = post(&hidden, &broker, "demands", with(need("Qzunlisted 制冷剂检漏"), apart)).await;
    let robot = post(&university, &broker, "achievements", offer("制冷剂检漏机器人")).await;
    let row = recommended(&broker, &robot, &need_id).await;
    until("the university is told", async || !digests(&world, &university).is_empty()).await;
    done(&world).await;
    assert!(
        listed(&broker, &format!("demand_id={unlisted}")).await.is_empty(),
        "unlisted ones are not matched"
    );
    let mails = digests(&world, &university).join("\n");
    assert!(mails.contains("空调制冷剂检漏"), "{mails}");
    let organisation = hidden.acting.clone().unwrap();
    for secret in [NAME, PHONE, &organisation, "Qzunlisted", &unlisted] {
        assert!(!mails.contains(secret), "{secret}: {mails}");
    }
    // Taken up, it stays without a name until the enterprise accepts.
    let taken = broker.act(&format!("/recommendations/{}/take-up", id_of(&row))).await.ok();
    let at = format!("/dockings/{}", taken["docking_id"].as_str().unwrap());
    for path in [at.clone(), format!("{at}/history"), "/dockings".to_owned()] {
        let shown = university.get(&path).await.ok().to_string();
        assert!(!shown.contains(NAME) && !shown.contains(&organisation), "{path}: {shown}");
    }
    done(&world).await;
    let mails = world.mails_to(&university.email).join("\n");
    assert!(!mails.contains(NAME) && !mails.contains(PHONE), "{mails}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_recommendation_is_a_line_in_the_list_and_its_mail_is_the_digests() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let lines = async |client: &Client| -> Vec<Value> {
        let list = client.get("/notifications?kind=recommendation").await.ok();
        list["items"].as_array().unwrap().clone()
    };
    // One reads mail at once, one none at all.
    m.enterprise.patch("/me", json!({ "match_digest": "at_once" })).await.ok();
    m.university.patch("/me", json!({ "match_digest": "never" })).await.ok();
    let robot = post(&m.university, &m.broker, "achievements", offer("制冷剂检漏机器人")).await;
    recommended(&m.broker, &robot, &m.need).await;
    done(&world).await;
    until("the digest is sent", async || digests(&world, &m.enterprise).len() == 1).await;
    until("and the line knows", async || lines(&m.enterprise).await[0]["mail"] == "sent").await;
    let line = lines(&m.enterprise).await.remove(0);
    assert_eq!(line["zh"]["subject"], "推荐：制冷剂检漏机器人");
    assert!(line["zh"]["lines"].to_string().contains("制冷剂"), "with its reasons: {line}");
    assert_eq!(line["href"], format!("/api/v1/achievements/{robot}"));
    let line = lines(&m.university).await.remove(0);
    assert_eq!(
        (&line["mail"], &line["href"]),
        (&json!("unwanted"), &json!(format!("/api/v1/demands/{}", m.need)))
    );
    assert!(lines(&m.broker).await.is_empty(), "brokers have their own list");

    // Who wants no lines has none; the mails go on. What was dismissed before its mail is not sent.
    m.enterprise.post("/notification-preferences/recommendation", json!({ "listed": false })).await.ok();
    m.university.patch("/me", json!({ "match_digest": "daily" })).await.ok();
    let cart = post(&m.university, &m.broker, "achievements", offer("制冷剂检漏小车")).await;
    let row = recommended(&m.broker, &cart, &m.need).await;
    done(&world).await;
    until("the second digest is sent", async || digests(&world, &m.enterprise).len() == 2).await;
    assert_eq!(lines(&m.enterprise).await.len(), 1);
    assert_eq!(lines(&m.university).await[0]["mail"], "digest");
    let code = json!({ "code": "technical_doubt" });
    m.broker.post(&format!("/recommendations/{}/dismiss", id_of(&row)), code).await.ok();
    assert_eq!(lines(&m.university).await[0]["mail"], "dropped");
    // The morning's mail brings what is left, once, and no digest of notifications beside it.
    advance_to(&world, 8, 1);
    done(&world).await;
    until("the daily digest is sent", async || digests(&world, &m.university).len() == 1).await;
    done(&world).await;
    let mails = world.mails_to(&m.university.email);
    assert!(mails.iter().all(|mail| !mail.contains("条通知")), "{mails:?}");
    let university = again(&world, &m.university).await;
    let states: Vec<Value> = lines(&university).await.into_iter().map(|line| line["mail"].clone()).collect();
    assert_eq!(states, [json!("dropped"), json!("sent")]);
}
