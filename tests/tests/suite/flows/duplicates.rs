//! Duplicates: found after the act, decided by a person, merged by reversal, undone.

use serde_json::{Value, json};
use techmart_tests::{
    Actors, Client, World,
    actors::{figures, publish},
    binary,
    builders::{achievement, demand, provider, uscc},
    client::id_of,
};

async fn dock(client: &Client, body: Value) -> Value {
    let key = format!("key-{}", uuid::Uuid::new_v4().simple());
    client.call(reqwest::Method::POST, "/dockings", Some(body), &[("idempotency-key", &key)]).await.created()
}

/// The pair of two, once the outbox is empty.
async fn pair(world: &World, broker: &Client, one: &str, other: &str) -> Option<Value> {
    world.drain().await;
    let mut cursor = String::new();
    loop {
        let page = broker
            .get(&format!(
                "/duplicates?limit=100&status=open&status=same&status=different&status=variant_of{cursor}"
            ))
            .await
            .ok();
        let found = page["items"].as_array().unwrap().iter().find(|row| {
            let ids = [row["left"]["id"].as_str().unwrap(), row["right"]["id"].as_str().unwrap()];
            ids.contains(&one) && ids.contains(&other)
        });
        if let Some(found) = found {
            return Some(found.clone());
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return None,
        }
    }
}

struct Market {
    broker: Client,
    second: Client,
    university: Client,
    enterprise: Client,
}

async fn market(actors: &Actors<'_>) -> Market {
    let broker = actors.broker("broker").await;
    let second = actors.broker("second").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let enterprise = actors.verified(&broker, "企业", "enterprise", 2, true).await;
    Market { broker, second, university, enterprise }
}

async fn offer(m: &Market, title: &str, more: Value) -> String {
    let mut body = achievement(title);
    for (name, value) in more.as_object().cloned().unwrap_or_default() {
        body["content"][name] = value;
    }
    let id = id_of(&m.university.post("/achievements", body).await.created());
    publish(&m.university, &m.broker, "achievements", &id).await;
    id
}

/// A docking of the enterprise over an achievement, up to the confirmed meeting.
async fn met(world: &World, m: &Market, achievement: &str) -> String {
    let id = id_of(&dock(&m.enterprise, json!({ "achievement_id": achievement })).await);
    let at = format!("/dockings/{id}");
    m.university.act(&format!("{at}/accept")).await.ok();
    let meeting = json!({ "held_on": world.today(), "mode": "online", "attendees": ["李工"], "summary": "确认指标。",
        "minutes_attachment_id": m.enterprise.paper("minutes").await });
    let shown = m.enterprise.post(&format!("{at}/meetings"), meeting).await.created();
    let meeting = id_of(&shown["meetings"][0]);
    m.university.act(&format!("{at}/meetings/{meeting}/confirm")).await.ok();
    id
}

async fn counted(client: &Client, indicator: &str) -> i64 {
    let (confirmed, candidate) = figures(client, indicator, "").await;
    confirmed + candidate
}

/// A member of an organisation who became a broker.
async fn broker_of(actors: &Actors<'_>, owner: &Client) -> Client {
    let person = actors.person("own").await;
    let members = format!("/organisations/{}/members", owner.acting.as_deref().unwrap());
    owner.post(&members, json!({ "email": person.email, "role": "viewer" })).await.created();
    let role = format!("/accounts/{}/role", person.account_id.as_deref().unwrap());
    actors.admin.post(&role, json!({ "role": "broker" })).await.ok();
    person
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_same_achievement_twice_is_found_merged_counted_once_and_the_undo_counts_it_twice_again() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let first = offer(&m, "一种氢燃料电池循环泵及其制备方法", json!({})).await;
    let second = offer(&m, "氢燃料电池循环泵", json!({ "detail": "另一份材料。" })).await;
    world.drain().await;
    let found = pair(&world, &m.broker, &first, &second).await.expect("the pair was not found");
    assert_eq!((found["score"].as_i64(), found["status"].as_str()), (Some(100), Some("open")), "{found}");
    assert!(found["reasons"].as_array().unwrap().iter().any(|reason| reason["code"] == "title"), "{found}");
    let at = format!("/duplicates/{}", id_of(&found));

    assert_eq!((counted(&m.broker, "T1").await, counted(&m.broker, "T5").await), (2, 2));
    let shown = m.broker.get(&at).await.ok();
    assert!(!shown.to_string().contains("13800000001"), "a pair shows a private contact: {shown}");
    assert_eq!(shown["merges"][0]["obstacles"], json!([]), "{shown}");
    assert_eq!(shown["left"]["hanging"]["counts"].as_array().unwrap().len(), 2, "{shown}");
    // Only the auditor and the centre look; brokers decide, and not about their own organisation.
    m.university.get(&at).await.refused(403, "forbidden");
    world.visitor().get(&at).await.refused(401, "not_signed_in");
    let auditor = actors.with_role("auditor", "auditor").await;
    auditor.get(&at).await.ok();
    let body = json!({ "canonical_id": first, "note": "同一成果，两次录入。" });
    auditor.post(&format!("{at}/merge"), body.clone()).await.refused(403, "forbidden");
    actors.admin.post(&format!("{at}/merge"), body.clone()).await.refused(403, "forbidden");
    let own = broker_of(&actors, &m.university).await;
    own.post(&format!("{at}/merge"), body.clone()).await.refused(403, "conflict_of_interest");
    let blank = json!({ "canonical_id": first, "note": "  " });
    assert_eq!(m.broker.post(&format!("{at}/merge"), blank).await.fault_codes(), ["blank"]);
    let other = json!({ "canonical_id": uuid::Uuid::nil(), "note": "x" });
    assert_eq!(m.broker.post(&format!("{at}/merge"), other).await.fault_codes(), ["not_of_the_pair"]);

    let before = techmart_api::clock::Moment(world.clock.now()).to_string();
    world.clock.advance(chrono::Duration::seconds(2));
    let merged = m.broker.post(&format!("{at}/merge"), body.clone()).await.ok();
    assert_eq!(
        (merged["status"].as_str(), merged["canonical_id"].as_str()),
        (Some("same"), Some(first.as_str()))
    );
    assert_eq!((counted(&m.broker, "T1").await, counted(&m.broker, "T5").await), (1, 1), "once each");
    sound(&world);
    assert_eq!(
        figures(&m.broker, "T1", &format!("&known_at={before}")).await,
        (0, 2),
        "what was known stays"
    );
    m.broker.post(&format!("{at}/merge"), body).await.refused(409, "illegal_move");
    world.drain().await;

    // What is left of the merged one is a tombstone that names the other; nothing moves it.
    let tombstone = world.visitor().get(&format!("/achievements/{second}")).await.ok();
    assert_eq!(
        (tombstone["status"].as_str(), tombstone["merged_into"].as_str(), tombstone["content"].is_null()),
        (Some("merged"), Some(first.as_str()), true),
        "{tombstone}"
    );
    let listed = world.visitor().get("/achievements").await.ok();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
    let hits = world.visitor().get("/search?q=循环泵").await.ok();
    assert!(hits["items"].as_array().unwrap().iter().all(|hit| hit["id"] != second.as_str()), "{hits}");
    m.university
        .post(&format!("/achievements/{second}/withdraw"), json!({ "reason": "已转让" }))
        .await
        .refused(409, "illegal_move");
    world
        .until("the owner is told", async || {
            world.mails_to(&m.university.email).iter().any(|mail| mail.contains("两次录入"))
        })
        .await;

    let undone = m.second.post(&format!("{at}/undo"), json!({ "reason": "规格不同。" })).await.ok();
    assert_eq!((undone["status"].as_str(), undone["effects"].is_null()), (Some("open"), true), "{undone}");
    assert_eq!((counted(&m.broker, "T1").await, counted(&m.broker, "T5").await), (2, 2));
    assert_eq!(world.visitor().get(&format!("/achievements/{second}")).await.ok()["status"], "published");
    let history = m.broker.get(&format!("{at}/history")).await.ok();
    let steps: Vec<&str> =
        history["items"].as_array().unwrap().iter().map(|row| row["action"].as_str().unwrap()).collect();
    assert_eq!(steps, ["undo", "merge"], "history keeps both");
    m.broker.post(&format!("{at}/undo"), json!({ "reason": "x" })).await.refused(409, "illegal_move");

    // Kept apart it is out of the worklist and is not raised again.
    m.broker.post(&format!("{at}/keep-apart"), json!({ "note": "两种规格" })).await.ok();
    sound(&world);
    let again = binary::run_json(world.data(), &world.environment(), &["duplicates"]);
    assert_eq!(again["pairs"], 0, "{again}");
    assert_eq!(m.broker.get("/duplicates").await.ok()["items"], json!([]));
    let kept = m.broker.get("/duplicates?status=different&subject=achievement&demo=true").await.ok();
    assert_eq!(kept["items"].as_array().unwrap().len(), 1);
    let about = m.broker.get(&format!("/duplicates?status=different&listing_id={first}")).await.ok();
    assert_eq!(about["items"].as_array().unwrap().len(), 1);
}

/// Every count still rests on its act, and every act has its count.
fn sound(world: &World) {
    binary::run_json(world.data(), &world.environment(), &["verify"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn dockings_go_on_with_the_canonical_listing_and_one_pair_counts_once() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let first = offer(&m, "低温循环泵", json!({})).await;
    let twin = offer(&m, "低温循环泵", json!({ "detail": "再次录入" })).await;
    let open = met(&world, &m, &first).await;
    let of_twin = met(&world, &m, &twin).await;
    assert_eq!(counted(&m.broker, "T4").await, 2);
    let at = format!("/duplicates/{}", id_of(&pair(&world, &m.broker, &first, &twin).await.unwrap()));
    let body = json!({ "canonical_id": first, "note": "同一成果" });
    let both = m.broker.post(&format!("{at}/merge"), body.clone()).await;
    assert_eq!(both.fault_codes(), ["both_docked"], "{}", both.body);
    assert!(
        both.body.to_string().contains(&open) && both.body.to_string().contains(&of_twin),
        "{}",
        both.body
    );
    assert_eq!(counted(&m.broker, "T1").await, 2, "a refused merge does nothing");

    // Closed, it goes over too, and the pair of the same enterprise counts once.
    m.enterprise.post(&format!("/dockings/{of_twin}/close"), json!({ "code": "completed" })).await.ok();
    m.broker.post(&format!("{at}/merge"), body.clone()).await.ok();
    assert_eq!((counted(&m.broker, "T4").await, counted(&m.broker, "T1").await), (1, 1));
    let moved = m.broker.get(&format!("/dockings?achievement_id={first}")).await.ok();
    assert_eq!(moved["items"].as_array().unwrap().len(), 2, "{moved}");

    // A later act on what went over keeps the undo from passing over it.
    m.broker.post(&format!("/dockings/{of_twin}/close"), json!({ "code": "completed" })).await.status(409);
    let reopened = m.broker.post(&format!("/dockings/{of_twin}/reopen"), json!({ "note": "继续" })).await;
    reopened.refused(409, "already_exists");
    m.broker.post(&format!("{at}/undo"), json!({ "reason": "误判" })).await.ok();
    assert_eq!((counted(&m.broker, "T4").await, counted(&m.broker, "T1").await), (2, 2));
    let back = m.broker.get(&format!("/dockings?achievement_id={twin}")).await.ok();
    assert_eq!(id_of(&back["items"][0]), of_twin);

    // What only the merged one had counts for the canonical one; and its docking goes on there.
    let third = offer(&m, "低温循环泵", json!({ "detail": "第三次" })).await;
    let at = format!("/duplicates/{}", id_of(&pair(&world, &m.broker, &third, &twin).await.unwrap()));
    m.broker.post(&format!("{at}/merge"), json!({ "canonical_id": third, "note": "同一" })).await.ok();
    assert_eq!(counted(&m.broker, "T4").await, 2, "its pair counts on under the canonical one");
    m.broker.post(&format!("/dockings/{of_twin}/reopen"), json!({ "note": "继续" })).await.ok();
    let refused = m.broker.post(&format!("{at}/undo"), json!({ "reason": "误判" })).await;
    assert_eq!(refused.fault_codes(), ["changed_since"], "{}", refused.body);
    assert!(refused.body.to_string().contains(&of_twin), "{}", refused.body);

    // Nothing begins on what was merged.
    let entry = json!({ "enclave": "离岸科创中心", "listing_id": twin, "introduced_on": world.today(),
        "agreement_attachment_id": m.broker.paper("agreement").await });
    assert_eq!(m.broker.post("/enclave-entries", entry).await.fault_codes(), ["listing_merged"]);
    // Nothing is merged into what was merged.
    let at = format!("/duplicates/{}", id_of(&pair(&world, &m.broker, &first, &twin).await.unwrap()));
    for canonical in [&first, &twin] {
        let again = json!({ "canonical_id": canonical, "note": "x" });
        m.broker.post(&format!("{at}/merge"), again.clone()).await.refused(409, "illegal_move");
        m.broker.post(&format!("{at}/mark-variant"), again).await.refused(409, "illegal_move");
    }
    let named = json!({ "subject": "achievement", "left_id": first, "right_id": twin, "note": "x" });
    m.broker.post("/duplicates", named).await.refused(409, "illegal_move");
    let open: Value = m.broker.get("/duplicates").await.ok();
    assert!(!open.to_string().contains(&twin), "what was merged waits for nobody: {open}");
    sound(&world);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_variant_stays_public_and_counts_once_and_a_demand_of_two_halves_too() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let first = offer(&m, "涡轮冲击钻头", json!({})).await;
    let variant = offer(&m, "小井眼涡轮冲击钻头的改型", json!({})).await;
    let named =
        json!({ "subject": "achievement", "left_id": variant, "right_id": first, "note": "同一专利的改型" });
    let made = m.broker.post("/duplicates", named.clone()).await;
    let at = match made.status.as_u16() {
        201 => format!("/duplicates/{}", id_of(&made.created())),
        _ => format!("/duplicates/{}", id_of(&pair(&world, &m.broker, &first, &variant).await.unwrap())),
    };
    m.broker.post("/duplicates", named).await.refused(409, "already_exists");
    let mark = json!({ "canonical_id": first, "note": "改型" });
    m.broker.post(&format!("{at}/mark-variant"), mark).await.ok();
    assert_eq!((counted(&m.broker, "T1").await, counted(&m.broker, "T5").await), (1, 2));
    assert_eq!(world.visitor().get(&format!("/achievements/{variant}")).await.ok()["status"], "published");
    let seen = m.university.get(&format!("/achievements/{first}")).await.ok();
    assert_eq!(seen["duplicates"][0]["by"], "variant", "{seen}");
    // A next version of the variant changes nothing of it.
    m.university
        .patch(&format!("/achievements/{variant}/draft"), json!({ "content": { "detail": "更新" } }))
        .await
        .ok();
    publish(&m.university, &m.broker, "achievements", &variant).await;
    assert_eq!(counted(&m.broker, "T1").await, 1);
    m.broker.post(&format!("{at}/undo"), json!({ "reason": "另一原理" })).await.ok();
    assert_eq!(counted(&m.broker, "T1").await, 2);

    let mut halves = Vec::new();
    for title in ["低温启动的循环泵（一）", "低温循环泵的启动（二）"] {
        let id = id_of(&m.enterprise.post("/demands", demand(title)).await.created());
        publish(&m.enterprise, &m.broker, "demands", &id).await;
        halves.push(id);
    }
    assert_eq!(counted(&m.broker, "T3").await, 2);
    let found = pair(&world, &m.broker, &halves[0], &halves[1]).await.expect("like texts were not found");
    assert_eq!(found["reasons"][0]["code"], "like_text", "{found}");
    let mark = json!({ "canonical_id": halves[0], "note": "一个难题拆成两条" });
    m.broker.post(&format!("/duplicates/{}/mark-variant", id_of(&found)), mark).await.ok();
    assert_eq!((counted(&m.broker, "T3").await, counted(&m.broker, "T5").await), (1, 4));
    sound(&world);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_count_of_the_merged_one_alone_becomes_the_canonical_ones_and_a_reversal_since_stops_the_undo() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let registered = json!({ "registration_no": "9422026Y0001" });
    let first = offer(&m, "甲种催化剂载体", registered.clone()).await;
    let second = offer(&m, "乙种催化剂载体", registered).await;
    assert_eq!((counted(&m.broker, "T1").await, counted(&m.broker, "T5").await), (1, 2), "one registration");
    let found = pair(&world, &m.broker, &first, &second).await.unwrap();
    assert_eq!(found["reasons"][0]["code"], "registration", "{found}");
    let at = format!("/duplicates/{}", id_of(&found));
    let merged = m
        .broker
        .post(&format!("{at}/merge"), json!({ "canonical_id": second, "note": "同一登记号" }))
        .await
        .ok();
    assert_eq!((counted(&m.broker, "T1").await, counted(&m.broker, "T5").await), (1, 1));
    let earned = merged["effects"]["counts"]["earned"][0].as_str().unwrap().to_owned();
    let entry = m.broker.get(&format!("/ledger/{earned}")).await.ok();
    let evidence = entry["evidence"].as_array().unwrap();
    assert!(
        evidence.iter().any(|piece| piece["href"].as_str().is_some_and(|href| href.contains(&first))),
        "{entry}"
    );
    sound(&world);
    let auditor = actors.with_role("auditor", "auditor").await;
    auditor.post(&format!("/ledger/{earned}/reverse"), json!({ "reason": "材料不符" })).await.ok();
    let refused = m.broker.post(&format!("{at}/undo"), json!({ "reason": "误判" })).await;
    assert_eq!(refused.fault_codes(), ["count_reversed_since"], "{}", refused.body);

    // A published one is not merged into one that nobody published.
    let draft = id_of(&m.university.post("/achievements", achievement("丙种催化剂载体")).await.created());
    let named = json!({ "subject": "achievement", "left_id": draft, "right_id": second, "note": "同一" });
    let at = format!("/duplicates/{}", id_of(&m.broker.post("/duplicates", named).await.created()));
    let refused = m.broker.post(&format!("{at}/merge"), json!({ "canonical_id": draft, "note": "x" })).await;
    assert_eq!(refused.fault_codes(), ["canonical_unpublished"], "{}", refused.body);
    m.broker.post(&format!("{at}/merge"), json!({ "canonical_id": second, "note": "草稿重复" })).await.ok();
    world.visitor().get(&format!("/achievements/{draft}")).await.refused(404, "not_found");
    assert_eq!(m.university.get(&format!("/achievements/{draft}")).await.ok()["status"], "merged");
    m.university.act(&format!("/achievements/{draft}/submit")).await.refused(409, "illegal_move");
    m.broker.post(&format!("{at}/undo"), json!({ "reason": "另一成果" })).await.ok();
    m.university.act(&format!("/achievements/{draft}/submit")).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn decisions_that_follow_each_other_are_undone_from_the_last_to_the_first() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let mut offers = Vec::new();
    for title in ["一种低温循环泵", "低温循环泵及其应用", "低温循环泵"] {
        offers.push(offer(&m, title, json!({})).await);
    }
    let docking = met(&world, &m, &offers[2]).await;
    let figures = async || {
        [counted(&m.broker, "T1").await, counted(&m.broker, "T4").await, counted(&m.broker, "T5").await]
    };
    let before = figures().await;
    let about = async || {
        m.broker.get(&format!("/dockings/{docking}")).await.ok()["achievement"]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let merge = async |from: usize, into: usize| {
        let found = pair(&world, &m.broker, &offers[from], &offers[into]).await.unwrap();
        let at = format!("/duplicates/{}", id_of(&found));
        let body = json!({ "canonical_id": offers[into], "note": "同一" });
        m.broker.post(&format!("{at}/merge"), body).await.ok();
        at
    };
    let first = merge(2, 1).await;
    let between = figures().await;
    let second = merge(1, 0).await;
    assert_eq!(about().await, offers[0]);
    let undo = json!({ "reason": "不是同一项" });
    assert_eq!(
        m.broker.post(&format!("{first}/undo"), undo.clone()).await.fault_codes()[0],
        "canonical_merged"
    );
    m.broker.post(&format!("{second}/undo"), undo.clone()).await.ok();
    assert_eq!((about().await, figures().await), (offers[1].clone(), between));
    sound(&world);
    m.broker.post(&format!("{first}/undo"), undo.clone()).await.ok();
    assert_eq!((about().await, figures().await), (offers[2].clone(), before));
    sound(&world);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_was_withdrawn_at_once_while_it_was_a_variant_is_not_counted_by_the_undo() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let first = offer(&m, "高炉煤气脱硫", json!({})).await;
    let second = offer(&m, "焦炉烟气脱硝", json!({})).await;
    let named = json!({ "subject": "achievement", "left_id": first, "right_id": second, "note": "同一装置" });
    let made = m.broker.post("/duplicates", named).await;
    let at = match made.status.as_u16() {
        201 => format!("/duplicates/{}", id_of(&made.created())),
        _ => format!("/duplicates/{}", id_of(&pair(&world, &m.broker, &first, &second).await.unwrap())),
    };
    let variant = json!({ "canonical_id": first, "note": "同一装置" });
    m.broker.post(&format!("{at}/mark-variant"), variant).await.ok();
    assert_eq!(counted(&m.broker, "T1").await, 1);
    let withdraw = format!("/achievements/{second}/withdraw");
    m.university.post(&withdraw, json!({ "reason": "已转让" })).await.ok();
    m.broker.post(&format!("{at}/undo"), json!({ "reason": "两套装置" })).await.ok();
    assert_eq!(counted(&m.broker, "T1").await, 1);
    sound(&world);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn of_two_merges_at_once_one_wins() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let first = offer(&m, "并发循环泵", json!({})).await;
    let second = offer(&m, "并发循环泵", json!({ "detail": "二" })).await;
    let at = format!("/duplicates/{}/merge", id_of(&pair(&world, &m.broker, &first, &second).await.unwrap()));
    let (one, other) =
        (json!({ "canonical_id": first, "note": "甲" }), json!({ "canonical_id": second, "note": "乙" }));
    let mut calls = Vec::new();
    for n in 0..10 {
        let (client, at) = (if n % 2 == 0 { m.broker.clone() } else { m.second.clone() }, at.clone());
        let body = if n % 2 == 0 { one.clone() } else { other.clone() };
        calls.push(tokio::spawn(async move { client.post(&at, body).await.status.as_u16() }));
    }
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await.unwrap());
    }
    answers.sort_unstable();
    assert_eq!(answers, [[200].as_slice(), &[409; 9]].concat());
    assert_eq!((counted(&m.broker, "T1").await, counted(&m.broker, "T5").await), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_organisation_is_merged_with_its_people_listings_and_dockings_and_comes_back_whole() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    // The same enterprise, registered by somebody else under its name and not verified.
    let known = m.enterprise.acting.clone().unwrap();
    let name =
        m.broker.get(&format!("/organisations/{known}")).await.ok()["name"].as_str().unwrap().to_owned();
    let other = json!({ "name": name, "kind": "enterprise", "uscc": uscc(9), "demo": true });
    let double = actors.owner("另一人", other).await.acting.unwrap();
    assert!(pair(&world, &m.broker, &known, &double).await.is_none(), "two credit codes are two bodies");
    // And once more, by somebody who knows no credit code, with a demand that a university answers.
    let body = json!({ "name": format!("荆州市{name}"), "kind": "other", "demo": true });
    let third = actors.owner("第三人", body).await;
    let third_id = third.acting.clone().unwrap();
    let mut collected = demand("低温密封件的寿命");
    collected["collected"] = json!({ "organisation_id": third_id, "source_url": "https://source.example/3" });
    let need = id_of(&m.second.post("/demands", collected).await.created());
    publish(&m.second, &m.broker, "demands", &need).await;
    let docking = id_of(&dock(&m.university, json!({ "demand_id": need })).await);
    let found = pair(&world, &m.broker, &known, &third_id).await.expect("like names were not found");
    assert_eq!(found["reasons"][0]["code"], "like_name", "{found}");
    let at = format!("/duplicates/{}", id_of(&found));
    let shown = m.broker.get(&at).await.ok();
    assert_eq!(shown["subject"], "organisation");
    let sides = [&shown["left"], &shown["right"]];
    let side = sides.iter().find(|side| side["id"] == third_id.as_str()).unwrap();
    assert_eq!(
        (side["hanging"]["members"].as_u64(), side["hanging"]["listings"].as_u64()),
        (Some(1), Some(1))
    );
    let wrong = m.broker.post(&format!("{at}/merge"), json!({ "canonical_id": third_id, "note": "x" })).await;
    assert_eq!(wrong.fault_codes(), ["canonical_less_known"], "{}", wrong.body);
    let variant = json!({ "canonical_id": known, "note": "x" });
    assert_eq!(m.broker.post(&format!("{at}/mark-variant"), variant).await.fault_codes(), ["no_variants"]);
    m.broker.post(&format!("{at}/merge"), json!({ "canonical_id": known, "note": "同一企业" })).await.ok();

    let tombstone = world.visitor().get(&format!("/organisations/{third_id}")).await.ok();
    assert_eq!(tombstone["merged_into"], known.as_str(), "{tombstone}");
    let refused = third.get("/me").await.refused(403, "forbidden");
    assert!(refused["detail"].as_str().unwrap().contains(&known), "{refused}");
    // Who comes from an organisation that nobody verified comes as a viewer.
    let members = m.enterprise.get(&format!("/organisations/{known}/members")).await.ok();
    let joined = members["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["account_id"] == third.account_id.as_deref().unwrap());
    assert_eq!(joined.unwrap()["role"], "viewer", "{members}");
    assert_eq!(
        m.enterprise.get(&format!("/demands/{need}")).await.ok()["organisation"]["id"],
        known.as_str()
    );
    let viewer = third.acting_for(&known);
    let patch = viewer.patch(&format!("/demands/{need}/draft"), json!({ "content": { "title": "x" } })).await;
    patch.refused(403, "forbidden");
    // Nobody of the canonical one confirms what was counted for the merged one.
    let own = broker_of(&actors, &m.enterprise).await;
    let units = m.broker.get("/ledger?demo=true&limit=100").await.ok();
    let items = units["items"].as_array().unwrap();
    let unit = items.iter().find(|unit| unit["listing_id"] == need.as_str());
    let unit = unit.unwrap_or_else(|| panic!("{need} is not counted: {units}"));
    let confirm = format!("/ledger/{}/confirm", unit["entry_id"].as_str().unwrap());
    own.act(&confirm).await.refused(403, "conflict_of_interest");
    // Its docking goes on with the canonical one.
    let shown = m.broker.get(&format!("/dockings/{docking}")).await.ok();
    assert_eq!(shown["enterprise"]["id"], known.as_str(), "{shown}");
    sound(&world);
    m.broker
        .patch(&format!("/organisations/{third_id}"), json!({ "short_name": "x" }))
        .await
        .refused(409, "illegal_move");

    m.broker.post(&format!("{at}/undo"), json!({ "reason": "两家企业" })).await.ok();
    let members = m.enterprise.get(&format!("/organisations/{known}/members")).await.ok();
    assert_eq!(members["items"].as_array().unwrap().len(), 2, "the owner and the broker: {members}");
    assert_eq!(third.get(&format!("/demands/{need}")).await.ok()["organisation"]["id"], third_id.as_str());
    let merged_into =
        world.visitor().get(&format!("/organisations/{third_id}")).await.ok()["merged_into"].clone();
    assert!(merged_into.is_null());
    let shown = third.get(&format!("/dockings/{docking}")).await.ok();
    assert_eq!(shown["enterprise"]["id"], third_id.as_str(), "{shown}");
    sound(&world);

    // What went over and was carried on there does not come back.
    m.broker.post(&format!("{at}/merge"), json!({ "canonical_id": known, "note": "同一企业" })).await.ok();
    m.enterprise.act(&format!("/dockings/{docking}/accept")).await.ok();
    let refused = m.broker.post(&format!("{at}/undo"), json!({ "reason": "两家企业" })).await;
    assert_eq!(refused.fault_codes(), ["changed_since"], "{}", refused.body);
    assert!(refused.body.to_string().contains(&docking), "{}", refused.body);
}

/// An organisation that a source names, verified without a credit code.
async fn from_a_source(world: &World, broker: &Client, owner: &Client, name: &str) -> String {
    let cx = techmart_api::auth::Context::system(world.clock.now());
    let kind = techmart_entity::organisation::OrganisationKind::Provider;
    let row = world
        .state
        .db
        .write(async |tx| techmart_api::features::organisation::repo::find_or_name(tx, &cx, name, kind).await)
        .await
        .unwrap();
    let id = row.id.to_string();
    let member = json!({ "email": owner.email, "role": "owner" });
    broker.post(&format!("/organisations/{id}/members"), member).await.created();
    broker.act(&format!("/organisations/{id}/submit-verification")).await.ok();
    let evidence = json!({ "method": "letter", "evidence": "公函" });
    broker.post(&format!("/organisations/{id}/verify"), evidence).await.ok();
    id
}

/// A provider's page with a signed entry.
async fn entered(world: &World, actors: &Actors<'_>, owner: &Client, broker: &Client, title: &str) -> String {
    let page = id_of(&owner.post("/providers", provider(title)).await.created());
    publish(owner, broker, "providers", &page).await;
    let at = format!("/providers/{page}/entry");
    owner.act(&at).await.created();
    broker.act(&format!("{at}/review")).await.ok();
    actors.admin.act(&format!("{at}/approve")).await.ok();
    let agreement = json!({ "agreement_number": "RZ-1", "signed_on": world.today(), "valid_to": "2099-12-31",
        "attachment_id": broker.paper("agreement").await });
    broker.post(&format!("{at}/enter"), agreement).await.ok();
    page
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn one_provider_that_entered_under_two_names_is_one_body() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let known = actors.verified(&broker, "机构", "provider", 3, false).await;
    let first = entered(&world, &actors, &known, &broker, "检测中心").await;
    let person = actors.person("第二页").await;
    let second = from_a_source(&world, &broker, &person, "机构单位检测部").await;
    let second_owner = person.acting_for(&second);
    let page = entered(&world, &actors, &second_owner, &broker, "检测服务部").await;
    let ledger = async || {
        let list = broker.get("/ledger?indicator=T2&stage=evidence_complete&demo=false").await.ok();
        list["items"].as_array().unwrap().len()
    };
    assert_eq!(ledger().await, 2);
    let canonical = known.acting.clone().unwrap();
    let named =
        json!({ "subject": "organisation", "left_id": canonical, "right_id": second, "note": "同一机构" });
    let at = format!("/duplicates/{}", id_of(&broker.post("/duplicates", named).await.created()));
    let merge = json!({ "canonical_id": canonical, "note": "同一机构" });
    let both = broker.post(&format!("{at}/merge"), merge.clone()).await;
    assert_eq!(both.fault_codes(), ["both_entered"], "{}", both.body);
    second_owner.post(&format!("/providers/{page}/entry/exit"), json!({ "reason": "并入" })).await.ok();
    assert_eq!(ledger().await, 2, "an exit takes nothing back");
    broker.post(&format!("{at}/merge"), merge).await.ok();
    assert_eq!(ledger().await, 1, "one body counts once");
    assert_eq!(
        broker.get(&format!("/providers/{page}")).await.ok()["organisation"]["id"],
        canonical.as_str()
    );
    // Its name still leads to it when a source writes it again.
    let cx = techmart_api::auth::Context::system(world.clock.now());
    let kind = techmart_entity::organisation::OrganisationKind::Provider;
    let again = world
        .state
        .db
        .write(async |tx| {
            techmart_api::features::organisation::repo::find_or_name(tx, &cx, "机构单位检测部", kind).await
        })
        .await
        .unwrap();
    assert_eq!(again.id.to_string(), canonical);
    sound(&world);
    broker.post(&format!("{at}/undo"), json!({ "reason": "两家" })).await.ok();
    assert_eq!(ledger().await, 2);
    sound(&world);

    // Two pages of one provider: the entry goes over to the canonical one.
    let other = id_of(&known.post("/providers", provider("检测中心介绍")).await.created());
    publish(&known, &broker, "providers", &other).await;
    let named =
        json!({ "subject": "provider", "left_id": first, "right_id": other, "note": "同一机构的两页" });
    let made = broker.post("/duplicates", named).await;
    let at = match made.status.as_u16() {
        201 => format!("/duplicates/{}", id_of(&made.body)),
        _ => format!("/duplicates/{}", id_of(&pair(&world, &broker, &first, &other).await.unwrap())),
    };
    broker.post(&format!("{at}/merge"), json!({ "canonical_id": other, "note": "同一机构" })).await.ok();
    assert_eq!(broker.get(&format!("/providers/{other}/entry")).await.ok()["status"], "entered");
    assert_eq!(ledger().await, 2);
    sound(&world);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn organisations_that_are_docked_with_each_other_are_not_merged_and_open_pairs_do_not_meet() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let first = offer(&m, "自对接循环泵", json!({})).await;
    let docking = met(&world, &m, &first).await;
    let (one, other) = (m.university.acting.clone().unwrap(), m.enterprise.acting.clone().unwrap());
    let named = json!({ "subject": "organisation", "left_id": one, "right_id": other, "note": "同一单位" });
    let at = format!("/duplicates/{}", id_of(&m.broker.post("/duplicates", named).await.created()));
    let refused = m.broker.post(&format!("{at}/merge"), json!({ "canonical_id": one, "note": "x" })).await;
    let mut codes = refused.fault_codes();
    codes.sort();
    assert_eq!(codes, ["docked_with_each_other", "two_credit_codes"], "{}", refused.body);
    assert!(refused.body.to_string().contains(&docking), "{}", refused.body);
    let real = actors.verified(&m.broker, "真实", "enterprise", 5, false).await.acting.unwrap();
    let mixed = json!({ "subject": "organisation", "left_id": one, "right_id": real, "note": "x" });
    assert_eq!(m.broker.post("/duplicates", mixed).await.fault_codes(), ["demo_and_real"]);
    let same = json!({ "subject": "organisation", "left_id": one, "right_id": one, "note": "x" });
    assert!(m.broker.post("/duplicates", same).await.fault_codes().contains(&"the_same".to_owned()));
    let unknown = json!({ "subject": "demand", "left_id": first, "right_id": one, "note": "x" });
    assert_eq!(m.broker.post("/duplicates", unknown).await.fault_codes(), ["unknown", "unknown"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_real_listings_give_the_pairs_that_a_person_would_look_at() {
    let Ok(file) = std::env::var("TECHMART_TEST_LISTINGS") else {
        println!("left out: TECHMART_TEST_LISTINGS names no file of real listings");
        return;
    };
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let environment = world.environment();
    binary::run_json(world.data(), &environment, &["import", &file]);
    world.drain().await;
    let found = broker.get("/duplicates?limit=100").await.ok();
    let mut pairs: Vec<(String, i64)> = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let mut both = [row["left"]["label"].as_str().unwrap(), row["right"]["label"].as_str().unwrap()];
            both.sort_unstable();
            (both.join(" | "), row["score"].as_i64().unwrap())
        })
        .collect();
    pairs.sort();
    assert_eq!(
        pairs,
        [
            ("数字化生物标志物 | 数字疗法".to_owned(), 75),
            ("数字化生物标志物 | 病史信息大数据筛选平台".to_owned(), 61),
            ("数字疗法 | 病史信息大数据筛选平台".to_owned(), 66),
        ]
    );
    // Another source of the same listings: every title comes twice, and every pair is found.
    let copies: String = std::fs::read_to_string(&file)
        .unwrap()
        .lines()
        .map(|line| {
            let mut row: Value = serde_json::from_str(line).unwrap();
            row["source_url"] =
                json!(format!("{}?copy", row["source_url"].as_str().unwrap_or("https://copy.example/")));
            row["summary"] = Value::Null;
            format!("{row}\n")
        })
        .collect();
    let rows = copies.lines().count();
    let path = world.data().join("copies.jsonl");
    std::fs::write(&path, copies).unwrap();
    binary::run_json(world.data(), &environment, &["import", path.to_str().unwrap()]);
    world.drain().await;
    let mut titles = 0;
    let mut cursor = String::new();
    loop {
        let page = broker.get(&format!("/duplicates?limit=100{cursor}")).await.ok();
        titles += page["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["reasons"].as_array().unwrap().iter().any(|reason| reason["code"] == "title"))
            .count();
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(titles, rows);
    let again = binary::run_json(world.data(), &environment, &["duplicates"]);
    assert_eq!((again["pairs"].as_u64(), again["signals"].as_u64()), (Some(0), Some(0)), "{again}");
}
