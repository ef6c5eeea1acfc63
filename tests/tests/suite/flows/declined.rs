//! A declined docking whose reason reaches its author: in their list and by mail, in both languages; and the two are not
//! brought together again.

use mail_parser::MessageParser;
use reqwest::Method;
use serde_json::{Value, json};
use techmart_tests::{
    Actors, Client, World,
    actors::{approve, publish},
    builders::{achievement, demand},
    client::id_of,
};
use uuid::Uuid;

const NOTE: &str = "报价 <超出> 今年预算，明年再谈。";

struct Market {
    broker: Client,
    university: Client,
    /// Writes for the university, too, and reads English.
    colleague: Client,
    enterprise: Client,
    robot: String,
    need: String,
}

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

fn robot(title: &str) -> Value {
    with(achievement(title), json!({ "summary": "空调制冷剂检漏设备。", "keywords": ["制冷剂", "检漏"] }))
}

async fn market(actors: &Actors<'_>) -> Market {
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let enterprise = actors.verified(&broker, "企业", "enterprise", 2, true).await;
    let organisation = university.acting.clone().unwrap();
    let colleague = actors.person("colleague").await.acting_for(&organisation);
    let member = json!({ "email": colleague.email, "role": "editor" });
    university.post(&format!("/organisations/{organisation}/members"), member).await.created();
    colleague.patch("/me", json!({ "locale": "en" })).await.ok();
    let said = json!({ "problem": "家用空调生产线上制冷剂泄漏难以发现，要求检漏精度不低于 5 克，节拍 10 秒以内。",
        "keywords": ["制冷剂", "检漏"], "publicity": "anonymous" });
    let need = post(&enterprise, &broker, "demands", with(demand("空调制冷剂检漏"), said)).await;
    let robot = post(&university, &broker, "achievements", robot("制冷剂检漏机器人")).await;
    actors.world.drain().await;
    Market { broker, university, colleague, enterprise, robot, need }
}

/// Begins a docking.
async fn dock(client: &Client, body: Value) -> Value {
    let key = Uuid::new_v4().to_string();
    let key = [("idempotency-key", key.as_str())];
    client.call(Method::POST, "/dockings", Some(body), &key).await.created()
}

/// What somebody was told of a docking, newest first.
async fn told(client: &Client, docking: &str) -> Vec<Value> {
    let list = client.get("/notifications?kind=docking").await.ok();
    let mut items = list["items"].as_array().unwrap().clone();
    items.retain(|item| item["subject_id"] == docking);
    items
}

/// What is recommended of a listing now.
async fn recommended(broker: &Client, achievement: &str) -> Vec<Value> {
    let list = broker.get(&format!("/recommendations?achievement_id={achievement}")).await.ok();
    list["items"].as_array().unwrap().clone()
}

/// The mails to somebody whose subject says so: subject, text, page.
fn mails(world: &World, to: &Client, subject: &str) -> Vec<(String, String, String)> {
    let files = std::fs::read_dir(world.data().join("mail")).unwrap().map(|entry| entry.unwrap().path());
    let texts = files.filter(|path| path.extension().is_some_and(|end| end == "eml"));
    let texts = texts.map(|path| std::fs::read_to_string(path).unwrap());
    let texts = texts.filter(|text| text.contains(&format!("To: {}", to.email)));
    let read = texts.map(|text| {
        let mail = MessageParser::default().parse(text.as_bytes()).unwrap();
        let (text, page) = (mail.body_text(0).unwrap(), mail.body_html(0).unwrap());
        (mail.subject().unwrap().to_owned(), text.into_owned(), page.into_owned())
    });
    read.filter(|(title, _, _)| title.contains(subject)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_declined_one_whose_reason_reaches_the_author() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    assert_eq!(recommended(&m.broker, &m.robot).await.len(), 1, "the two are recommended");

    let interest = json!({ "demand_id": m.need, "message": "我校机器人已在产线验证。" });
    let docking = id_of(&dock(&m.university, interest.clone()).await);
    let at = format!("/dockings/{docking}");
    world.drain().await;
    assert_eq!(told(&m.enterprise, &docking).await.len(), 1, "who posted the demand hears of the interest");

    // Only who was asked declines, with a code of the list; a note is for the other side to read.
    let why = json!({ "code": "price", "note": NOTE });
    m.university.post(&format!("{at}/decline"), why.clone()).await.refused(403, "forbidden");
    m.broker.post(&format!("{at}/decline"), why.clone()).await.refused(403, "forbidden");
    m.enterprise.post(&format!("{at}/decline"), json!({ "code": "dear" })).await.refused(400, "invalid_body");
    m.enterprise.post(&format!("{at}/decline"), why).await.ok();
    world.drain().await;

    // The author of the interest and everybody who writes beside them read why, in the list …
    for author in [&m.university, &m.colleague] {
        let list = told(author, &docking).await;
        assert!(!list.is_empty());
        let zh = json!({ "subject": "对接：空调制冷剂检漏：已婉拒",
            "lines": ["“对接：空调制冷剂检漏” 现为：已婉拒。", "原因：价格", format!("说明：{NOTE}")] });
        let en = json!({ "subject": "Docking: 空调制冷剂检漏: declined",
            "lines": ["“Docking: 空调制冷剂检漏” is now: declined.", "Reason: price",
                format!("In their words: {NOTE}")] });
        assert_eq!((&list[0]["zh"], &list[0]["en"]), (&zh, &en));
        assert_eq!(list[0]["href"], format!("/api/v1{at}"));
    }
    // … and by mail, each in their language first, once.
    for (author, first, second) in
        [(&m.university, "原因：价格", "Reason: price"), (&m.colleague, "Reason: price", "原因：价格")]
    {
        let mut got = mails(&world, author, "declined");
        assert_eq!(got.len(), 1, "{got:?}");
        let (subject, text, page) = got.remove(0);
        assert!(subject.contains("已婉拒"), "{subject}");
        assert!(text.find(first).unwrap() < text.find(second).unwrap(), "{text}");
        assert!(text.contains(NOTE), "{text}");
        assert!(!page.contains("<超出>"), "a note is no markup: {page}");
        // Whoever posts without a name stays without one.
        assert!(!text.contains("企业单位") && !page.contains("企业单位"), "{text}");
    }
    // Whoever declined is not told what they did; strangers hear nothing.
    assert_eq!(told(&m.enterprise, &docking).await.len(), 1);
    assert!(told(&m.broker, &docking).await.is_empty());
    // The docking says the same to both sides for good, and counts the code.
    for side in [&m.university, &m.colleague, &m.enterprise] {
        let shown = side.get(&at).await.ok();
        assert_eq!(
            (&shown["stage"], &shown["decline_code"], &shown["end_note"]),
            (&json!("declined"), &json!("price"), &json!(NOTE))
        );
        let list = side.get("/dockings?stage=declined").await.ok();
        assert_eq!(list["items"][0]["id"], json!(docking));
        let history = side.get(&format!("{at}/history")).await.ok();
        assert!(history.to_string().contains("price"), "{history}");
    }

    // The two are not brought together again, whatever either publishes next.
    for (author, plural, id) in
        [(&m.university, "achievements", &m.robot), (&m.enterprise, "demands", &m.need)]
    {
        let title = json!({ "content": { "title": "制冷剂检漏，第二版" } });
        author.patch(&format!("/{plural}/{id}/draft"), title).await.ok();
        author.act(&format!("/{plural}/{id}/submit")).await.ok();
        approve(&m.broker, plural, id).await;
    }
    world.drain().await;
    assert!(recommended(&m.broker, &m.robot).await.is_empty());
    let matches = m.enterprise.get(&format!("/demands/{}/matches", m.need)).await.ok();
    let apart = matches["ruled_out"].as_array().unwrap().iter();
    let apart = apart.filter(|item| item["listing"]["id"] == m.robot.as_str()).collect::<Vec<_>>();
    assert_eq!(apart.len(), 1, "{matches}");
    assert_eq!((&apart[0]["by"], &apart[0]["code"]), (&json!("declined_before"), &json!("price")));
    // What the matcher keeps apart, people may still try.
    dock(&m.university, interest).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_owner_of_an_achievement_reads_why_a_recommended_docking_was_not_taken_up() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let recommendation = id_of(&recommended(&m.broker, &m.robot).await[0]);
    let taken = m.broker.post(&format!("/recommendations/{recommendation}/take-up"), json!({})).await.ok();
    let docking = taken["docking_id"].as_str().unwrap().to_owned();
    let why = json!({ "code": "benefit_unclear", "note": "请补充节拍数据。" });
    m.enterprise.post(&format!("/dockings/{docking}/dismiss"), why).await.ok();
    world.drain().await;
    for reader in [&m.university, &m.colleague, &m.broker] {
        let list = told(reader, &docking).await;
        let lines = list[0]["zh"]["lines"].to_string();
        assert!(lines.contains("原因：效益不明") && lines.contains("请补充节拍数据"), "{lines}");
    }
}
