//! What people are told: in their list and by mail, as they want it, and to nobody whom it does not concern.

use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};
use techmart_tests::{
    Actors, Client, World,
    actors::{publish, sign_in},
    builders::achievement,
    client::id_of,
    world::decode_mail,
};

/// What somebody was told, newest first.
async fn told(client: &Client, query: &str) -> Vec<Value> {
    client.get(&format!("/notifications?{query}")).await.ok()["items"].as_array().unwrap().clone()
}

async fn prefer(client: &Client, kind: &str, body: Value) -> Value {
    let all = client.post(&format!("/notification-preferences/{kind}"), body).await.ok();
    all["items"].as_array().unwrap().iter().find(|item| item["kind"] == kind).unwrap().clone()
}

struct Market {
    broker: Client,
    university: Client,
    offer: String,
}

async fn market(actors: &Actors<'_>, title: &str) -> Market {
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let offer = id_of(&university.post("/achievements", achievement(title)).await.created());
    publish(&university, &broker, "achievements", &offer).await;
    actors.world.drain().await;
    Market { broker, university, offer }
}

impl Market {
    /// One act of which the owner is told.
    async fn happens(&self, mv: &str, reason: &str) {
        let body = if mv == "resume" { Value::Null } else { json!({ "reason": reason }) };
        self.broker.post(&format!("/achievements/{}/{mv}", self.offer), body).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_happened_stands_in_the_list_of_those_whom_it_concerns_and_can_be_marked_as_read() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors, "电机 <b>控制器</b>").await;
    m.happens("suspend", "核实 <i>中</i>").await;
    m.happens("resume", "").await;
    world.drain().await;
    let list = told(&m.university, "kind=listing").await;
    let subjects: Vec<&str> = list.iter().map(|one| one["zh"]["subject"].as_str().unwrap()).collect();
    assert!(subjects[0].contains("已发布") && subjects[1].contains("暂停"), "newest first: {subjects:?}");
    assert!(list[1]["en"]["lines"][1].as_str().unwrap().contains("核实"), "{}", list[1]);
    assert_eq!(list[1]["href"], format!("/api/v1/achievements/{}", m.offer));
    // Whoever acted knows of it, and nobody else is told.
    for other in [&m.broker, &actors.admin, &actors.person("stranger").await] {
        assert!(told(other, "").await.iter().all(|one| one["subject_id"] != m.offer.as_str()));
    }
    let id = list[1]["id"].as_str().unwrap();
    m.broker.act(&format!("/notifications/{id}/read")).await.status(404);
    let n = m.university.get("/notifications/unread").await.ok()["unread"].as_u64().unwrap();
    let read = m.university.act(&format!("/notifications/{id}/read")).await.ok();
    assert!(read["read_at"].is_string(), "{read}");
    assert_eq!(m.university.get("/notifications/unread").await.ok()["unread"], n - 1);
    let newest = told(&m.university, "limit=1").await.remove(0);
    let all = m.university.post("/notifications/read", json!({ "up_to": newest["id"] })).await.ok();
    assert_eq!(all["marked"], n - 1);
    assert!(told(&m.university, "unread=true").await.is_empty());

    // The mail says the same as text and as a page, in which a title is no markup, and ends by one click.
    let mails: Vec<String> = world.raw_mails_to(&m.university.email);
    let mail = mails.iter().find(|mail| decode_mail(mail).contains("核实 <i>中</i>")).unwrap();
    let html = mail_parser::MessageParser::default().parse(mail.as_bytes()).unwrap();
    let html = html.body_html(0).unwrap().into_owned();
    assert!(html.contains("&#60;b&#62;") || html.contains("&lt;b&gt;"), "{html}");
    assert!(!html.contains("<b>") && !html.contains("<i>"), "{html}");
    assert!(mail.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{mail}");
}

/// The mails to somebody as they were sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn people_are_told_as_they_want_it_for_each_kind() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors, "电机控制器").await;
    let mails = || world.mails_to(&m.university.email);
    let before = mails().len();

    // In the list alone.
    assert_eq!(prefer(&m.university, "listing", json!({ "mail": "never" })).await["mail"], "never");
    m.happens("suspend", "第一次").await;
    world.drain().await;
    assert_eq!(mails().len(), before);
    assert_eq!(told(&m.university, "limit=1").await[0]["mail"], "unwanted");
    let listed = told(&m.university, "").await.len();
    // Not at all.
    let chosen = prefer(&m.university, "listing", json!({ "listed": false })).await;
    assert_eq!((&chosen["listed"], &chosen["mail"]), (&json!(false), &json!("never")));
    m.happens("resume", "").await;
    world.drain().await;
    assert_eq!((told(&m.university, "").await.len(), mails().len()), (listed, before));
    // Once a day: three are one mail, at eight in the morning of Shanghai.
    prefer(&m.university, "listing", json!({ "listed": true, "mail": "daily" })).await;
    let now = techmart_api::clock::in_shanghai(world.clock.now());
    let ten = now.date().and_hms_opt(22, 0, 0).unwrap();
    if ten > now {
        world.clock.advance(ten - now);
    }
    let m = Market {
        university: again(&world, &m.university).await,
        broker: sign_in(&world, &m.broker.email).await,
        ..m
    };
    for (mv, reason) in [("suspend", "第二次"), ("resume", ""), ("suspend", "第三次")] {
        m.happens(mv, reason).await;
    }
    world.drain().await;
    assert_eq!(mails().len(), before, "it waits for the morning");
    world.clock.advance(Duration::hours(11));
    world.until("the digest is there", async || mails().len() == before + 1).await;
    world.drain().await;
    let digest = mails().pop().unwrap();
    assert!(
        digest.contains("3 条通知") && digest.contains("第二次") && digest.contains("第三次"),
        "{digest}"
    );
    assert_eq!(mails().len(), before + 1);
    world.clock.advance(Duration::days(1));
    world.drain().await;
    assert_eq!(mails().len(), before + 1, "the next morning has no news");
}

async fn again(world: &World, client: &Client) -> Client {
    let mut fresh = sign_in(world, &client.email).await;
    fresh.acting.clone_from(&client.acting);
    fresh
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn one_click_ends_the_mails_of_that_kind_and_of_no_other() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors, "电机控制器").await;
    m.happens("suspend", "核实中").await;
    world.drain().await;
    let mail = world
        .raw_mails_to(&m.university.email)
        .into_iter()
        .find(|mail| decode_mail(mail).contains("核实中"))
        .unwrap();
    let unfolded = mail.replace("\r\n ", "").replace("\n ", "");
    let link = unfolded.lines().find_map(|line| line.strip_prefix("List-Unsubscribe: <")).unwrap();
    let at = link.trim_end().trim_end_matches('>').split_once("/api/v1").unwrap().1;
    // Programs open links; that ends nothing.
    let visitor = world.visitor();
    let page = visitor.call(Method::GET, at, None, &[]).await;
    assert!(page.status.is_success());
    let of = async |kind: &str| {
        let all = m.university.get("/notification-preferences").await.ok();
        let items = all["items"].as_array().unwrap().clone();
        items.into_iter().find(|item| item["kind"] == kind).unwrap()["mail"].clone()
    };
    assert_eq!(of("listing").await, "at_once");
    for _ in 0..2 {
        let ended = visitor
            .send(
                Method::POST,
                at,
                "application/x-www-form-urlencoded",
                b"List-Unsubscribe=One-Click".to_vec(),
            )
            .await;
        assert!(ended.status.is_success(), "{}", ended.body);
    }
    assert_eq!((of("listing").await, of("docking").await), (json!("never"), json!("at_once")));
    let n = world.mails_to(&m.university.email).len();
    m.happens("resume", "").await;
    world.drain().await;
    assert_eq!(world.mails_to(&m.university.email).len(), n);
    assert!(told(&m.university, "limit=1").await[0]["zh"]["subject"].as_str().unwrap().contains("已发布"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn whoever_it_does_not_concern_any_more_when_the_mail_goes_out_gets_none() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors, "电机控制器").await;
    let leaver = actors.person("leaver").await;
    let stayer = actors.person("stayer").await;
    let organisation = m.university.acting.clone().unwrap();
    for person in [&leaver, &stayer] {
        let body = json!({ "email": person.email, "role": "owner" });
        m.university.post(&format!("/organisations/{organisation}/members"), body).await.created();
        prefer(person, "listing", json!({ "mail": "daily" })).await;
    }
    m.happens("suspend", "离职前").await;
    world.drain().await;
    // Both were told; one of them leaves before the mail goes out.
    for person in [&leaver, &stayer] {
        assert_eq!(told(person, "kind=listing").await[0]["mail"], "digest");
    }
    let member = format!("/organisations/{organisation}/members/{}", leaver.account_id.clone().unwrap());
    let tag = m.university.get(&member).await.etag();
    m.university.call(Method::DELETE, &member, None, &[("if-match", &tag)]).await.status(204);
    world.clock.advance(Duration::days(1));
    world.drain().await;
    let got = |person: &Client| world.mails_to(&person.email).iter().any(|mail| mail.contains("离职前"));
    world.until("the digest of who stays is there", async || got(&stayer)).await;
    assert!(!got(&leaver));
    let leaver = sign_in(&world, &leaver.email).await;
    assert_eq!(told(&leaver, "kind=listing").await[0]["mail"], "dropped");
}
