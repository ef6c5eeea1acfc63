//! Signals against inflated figures: each raised once with its facts, judged by a person, never a refusal.

use chrono::Duration;
use serde_json::{Value, json};
use techmart_tests::{
    Actors, Client, World,
    actors::publish,
    binary,
    builders::{achievement, demand},
    client::id_of,
};

/// The signals of a kind, once the outbox is empty.
async fn signals(world: &World, reader: &Client, query: &str) -> Vec<Value> {
    world.drain().await;
    let page = reader.get(&format!("/signals?limit=100{query}")).await.ok();
    page["items"].as_array().unwrap().clone()
}

async fn wanted(owner: &Client, title: &str, content: Value) -> String {
    let mut body = demand(title);
    for (name, value) in content.as_object().unwrap() {
        body["content"][name] = value.clone();
    }
    let id = id_of(&owner.post("/demands", body).await.created());
    owner.act(&format!("/demands/{id}/submit")).await.ok();
    id
}

const LONG: &str = "现有冲压线换模时间长、人工搬运多，多品种小批量订单的交付跟不上，希望有一套快速换模与自动上下料的方案，\
    并与现有设备的控制系统相连，便于操作工掌握。";

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
async fn a_demand_that_says_little_names_no_figure_or_is_past_its_deadline_is_marked_once_and_goes_on() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let enterprise = actors.verified(&broker, "企业", "enterprise", 1, true).await;
    let short = wanted(&enterprise, "降低能耗", json!({ "problem": "窑炉能耗高。" })).await;
    let clean =
        wanted(&enterprise, "快速换模", json!({ "problem": LONG, "target": "换模时间不大于 10 分钟。" }))
            .await;
    let past = wanted(
        &enterprise,
        "旧难题",
        json!({ "problem": LONG, "target": "精度 0.02 mm", "deadline_on": "2020-01-31" }),
    )
    .await;

    let all = signals(&world, &broker, "&demo=true").await;
    let of = |id: &str| -> Vec<&str> {
        let mut kinds: Vec<&str> = all
            .iter()
            .filter(|row| row["subjects"].as_array().unwrap().iter().any(|subject| subject["id"] == id))
            .map(|row| row["kind"].as_str().unwrap())
            .filter(|kind| *kind != "similarity_cluster")
            .collect();
        kinds.sort_unstable();
        kinds
    };
    assert_eq!(of(&short), ["no_figure", "short_text"], "{all:?}");
    assert_eq!(of(&clean), Vec::<&str>::new(), "{all:?}");
    assert_eq!(of(&past), ["past_deadline"], "{all:?}");
    let fact = |kind: &str| all.iter().find(|row| row["kind"] == kind).unwrap();
    assert_eq!(fact("short_text")["facts"], json!({ "characters": 6, "least": 60 }));
    assert_eq!(fact("past_deadline")["facts"]["past_when_submitted"], true);
    assert_eq!(fact("short_text")["organisation"]["id"], enterprise.acting.as_deref().unwrap());

    // It is published all the same, and looking again raises nothing again.
    broker.act(&format!("/demands/{short}/claim")).await.ok();
    broker.post(&format!("/demands/{short}/diagnose"), json!({ "outcome": "ready" })).await.ok();
    broker.act(&format!("/demands/{short}/publish")).await.ok();
    let again = binary::run_json(world.data(), &world.environment(), &["duplicates"]);
    assert_eq!(again["signals"], 0, "{again}");
    assert_eq!(signals(&world, &broker, "").await.len(), all.len());

    // What time brings: the walk finds the deadline that has passed since.
    let soon = techmart_api::clock::day_of(world.clock.now() + Duration::days(3)).to_string();
    let later = wanted(
        &enterprise,
        "将到期",
        json!({ "problem": LONG, "target": "精度 0.05 mm", "deadline_on": soon }),
    )
    .await;
    world.drain().await;
    world.clock.advance(Duration::days(5));
    techmart_api::jobs::examine::begin(&world.state).await.unwrap();
    world.state.outbox.wake();
    let passed = signals(&world, &broker_again(&world, &broker).await, "&kind=past_deadline").await;
    assert!(passed.iter().any(|row| row["subjects"][0]["id"] == later.as_str()), "{passed:?}");
}

/// The same person, signed in anew: the clock has gone on.
async fn broker_again(world: &World, broker: &Client) -> Client {
    techmart_tests::actors::sign_in(world, &broker.email).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_person_explains_upholds_and_reopens_and_nobody_their_own() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let auditor = actors.with_role("auditor", "auditor").await;
    let enterprise = actors.verified(&broker, "企业", "enterprise", 1, true).await;
    wanted(&enterprise, "降低能耗", json!({ "problem": "窑炉能耗高。" })).await;
    let signal = signals(&world, &broker, "&kind=short_text").await.remove(0);
    let at = format!("/signals/{}", id_of(&signal));
    let note = json!({ "note": "已走访，属实需求，另附说明。" });
    enterprise.get(&at).await.refused(403, "forbidden");
    enterprise.get("/signals").await.refused(403, "forbidden");
    world.visitor().get("/signals").await.refused(401, "not_signed_in");
    auditor.post(&format!("{at}/explain"), note.clone()).await.refused(403, "forbidden");
    let own = broker_of(&actors, &enterprise).await;
    own.post(&format!("{at}/explain"), note.clone()).await.refused(403, "conflict_of_interest");
    assert_eq!(broker.post(&format!("{at}/explain"), json!({ "note": " " })).await.fault_codes(), ["blank"]);

    let cx = techmart_api::clock::Moment(world.clock.now());
    let standing = async || {
        techmart_api::features::signal::repo::standing(world.state.db.read(), true, cx.0 + Duration::hours(1))
            .await
            .unwrap()
            .iter()
            .filter(|row| row.id.to_string() == id_of(&signal))
            .count()
    };
    assert_eq!(standing().await, 1);
    let explained = broker.post(&format!("{at}/explain"), note.clone()).await.ok();
    assert_eq!(
        (explained["status"].as_str(), explained["note"].as_str()),
        (Some("explained"), note["note"].as_str())
    );
    assert_eq!(standing().await, 0, "what was explained stands in no report");
    broker.post(&format!("{at}/uphold"), note.clone()).await.refused(409, "illegal_move");
    auditor.post(&format!("{at}/reopen"), json!({ "reason": "说明不充分" })).await.ok();
    auditor.post(&format!("{at}/uphold"), note).await.ok();
    assert_eq!(standing().await, 1);
    let history = auditor.get(&format!("{at}/history")).await.ok();
    let steps: Vec<&str> =
        history["items"].as_array().unwrap().iter().map(|row| row["action"].as_str().unwrap()).collect();
    assert_eq!(steps, ["uphold", "reopen", "explain", "raise"]);
    let upheld = signals(&world, &auditor, "&status=upheld&kind=short_text").await;
    assert_eq!(upheld.len(), 1);
    let none = signals(&world, &auditor, "&since=2999-01-01").await;
    assert!(none.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn many_on_one_day_and_like_texts_are_one_signal_each_that_grows_until_it_is_judged() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let text = "面向新能源汽车热管理系统的整体解决方案，已在三家整车企业完成道路试验并形成小批量供货能力，正在寻求产业化合作伙伴。";
    let mut ids = Vec::new();
    let mut post = async |n: usize| {
        let mut body = achievement(&format!("{}号方案", ["甲", "乙", "丙", "丁", "戊", "己", "庚"][n]));
        body["content"]["summary"] = json!(text);
        let id = id_of(&university.post("/achievements", body).await.created());
        university.act(&format!("/achievements/{id}/submit")).await.ok();
        ids.push(id);
        world.drain().await;
    };
    for n in 0..4 {
        post(n).await;
    }
    assert!(signals(&world, &broker, "&kind=same_day_burst").await.is_empty(), "four are not many");
    let cluster = signals(&world, &broker, "&kind=similarity_cluster").await;
    assert_eq!((cluster.len(), cluster[0]["facts"]["listings"].as_i64()), (1, Some(4)), "{cluster:?}");
    post(4).await;
    let burst = signals(&world, &broker, "&kind=same_day_burst").await;
    assert_eq!((burst.len(), burst[0]["facts"]["listings"].as_i64()), (1, Some(5)), "{burst:?}");
    assert_eq!(burst[0]["facts"]["by_source"], json!({ "own": 5, "imported": 0, "collected": 0 }));
    post(5).await;
    let burst = signals(&world, &broker, "&kind=same_day_burst").await;
    assert_eq!(
        (burst.len(), burst[0]["facts"]["listings"].as_i64()),
        (1, Some(6)),
        "it grows while it is open"
    );
    let cluster = signals(&world, &broker, "&kind=similarity_cluster").await;
    assert_eq!((cluster.len(), cluster[0]["facts"]["listings"].as_i64()), (1, Some(6)), "{cluster:?}");
    let note = json!({ "note": "同一系列，已核对。" });
    broker.post(&format!("/signals/{}/explain", id_of(&cluster[0])), note).await.ok();
    post(6).await;
    let cluster = signals(&world, &broker, "&kind=similarity_cluster").await;
    assert_eq!(
        (cluster.len(), cluster[0]["facts"]["listings"].as_i64()),
        (1, Some(6)),
        "one more is no new signal"
    );
    let about =
        signals(&world, &broker, &format!("&organisation_id={}", university.acting.as_deref().unwrap()))
            .await;
    assert_eq!(about.len(), 2, "{about:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn one_contact_of_three_organisations_is_told_without_the_contact() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let secret = "13987654321";
    let mut clients = Vec::new();
    for n in 0..3_u32 {
        let name = format!("第{n}家示例机电");
        let written = ["139-8765-4321", "+86 139 8765 4321", "13987654321"][n as usize];
        let body = json!({ "name": name, "kind": "enterprise", "uscc": techmart_tests::builders::uscc(20 + n), "demo": true,
            "contacts": [{ "name": "同一人", "phone": written, "email": "Same@Person.example" }] });
        clients.push(actors.owner(&name, body).await);
        let found = signals(&world, &broker, "&kind=shared_contact").await;
        assert_eq!(found.len(), usize::from(n >= 2), "{found:?}");
    }
    let found = signals(&world, &broker, "&kind=shared_contact").await;
    assert_eq!(found[0]["facts"]["organisations"], 3, "{found:?}");
    assert_eq!(found[0]["subjects"].as_array().unwrap().len(), 3);
    let about = clients[1].acting.clone().unwrap();
    assert_eq!(signals(&world, &broker, &format!("&organisation_id={about}")).await.len(), 1);
    // A fourth is reached by the contact of its listing.
    let fourth = actors.verified(&broker, "第四", "enterprise", 30, true).await;
    let mut body = demand("第四家的需求");
    body["content"]["contact"] = json!({ "name": "同一人", "phone": secret });
    let id = id_of(&fourth.post("/demands", body).await.created());
    publish(&fourth, &broker, "demands", &id).await;
    let found = signals(&world, &broker, "&kind=shared_contact").await;
    assert_eq!((found.len(), found[0]["facts"]["organisations"].as_i64()), (1, Some(4)), "{found:?}");

    let shown = broker.get("/signals?limit=100").await.ok().to_string()
        + &broker.get("/duplicates?limit=100").await.ok().to_string()
        + &actors.admin.get("/audit?limit=100&subject_kind=signal").await.ok().to_string();
    let kept = {
        use sea_orm::EntityTrait;
        let db = world.state.db.read();
        let signals = techmart_entity::signal::Entity::find().all(db).await.unwrap();
        let prints = techmart_entity::duplicate::print::Entity::find().all(db).await.unwrap();
        let jobs = techmart_entity::outbox::Entity::find().all(db).await.unwrap();
        format!("{signals:?}{prints:?}{jobs:?}")
    };
    for private in
        [secret, "139-8765-4321", "8765 4321", "Same@Person.example", "same@person.example", "同一人"]
    {
        assert!(!shown.contains(private) && !kept.contains(private), "{private} is told");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_contract_between_related_companies_is_marked() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let seller = actors.verified(&broker, "高校", "university", 1, true).await;
    let buyer = actors.verified(&broker, "企业", "enterprise", 2, true).await;
    let offer = id_of(&seller.post("/achievements", achievement("关联循环泵")).await.created());
    publish(&seller, &broker, "achievements", &offer).await;
    for client in [&seller, &buyer] {
        let at = format!("/organisations/{}", client.acting.as_deref().unwrap());
        client.patch(&at, json!({ "legal_rep": "同一法人甲乙丙" })).await.ok();
    }
    let key = [("idempotency-key", "related-0001")];
    let docking = buyer
        .call(reqwest::Method::POST, "/dockings", Some(json!({ "achievement_id": offer })), &key)
        .await
        .created();
    let at = format!("/dockings/{}", id_of(&docking));
    seller.act(&format!("{at}/accept")).await.ok();
    let day = techmart_api::clock::day_of(world.clock.now()).to_string();
    let meeting = json!({ "held_on": day, "mode": "online", "attendees": ["李工"], "summary": "确认指标。" });
    let met = buyer.post(&format!("{at}/meetings"), meeting).await.created();
    seller.act(&format!("{at}/meetings/{}/confirm", id_of(&met["meetings"][0]))).await.ok();
    let contract = json!({ "number": "HT-9", "title": "关联合同", "contract_type": "licence", "signed_on": day,
        "total_amount": 100_000_000, "paper_attachment_id": buyer.paper("contract").await });
    buyer.post(&format!("{at}/contract"), contract).await.created();
    let found = signals(&world, &broker, "&kind=related_contract").await;
    assert_eq!(found.len(), 1, "{found:?}");
    let facts = &found[0]["facts"];
    assert_eq!(
        (
            facts["related_party"].as_bool(),
            facts["same_legal_representative"].as_bool(),
            facts["same_contact"].as_bool()
        ),
        (Some(false), Some(true), Some(false)),
        "{facts}"
    );
    assert!(!found[0].to_string().contains("同一法人甲乙丙"), "a signal names a person: {}", found[0]);
    assert_eq!(found[0]["subjects"].as_array().unwrap().len(), 3);

    // The same paper once more, without its docking: a contract that may be counted twice.
    assert!(signals(&world, &broker, "&kind=twin_contract").await.is_empty());
    let again = json!({ "number": "ｈt-9", "title": "关联合同", "contract_type": "licence", "signed_on": day,
        "buyer_id": buyer.acting, "seller_id": seller.acting, "achievements": [offer], "total_amount": 90_000_000,
        "paper_attachment_id": broker.paper("contract").await });
    broker.post("/contracts", again).await.created();
    let twins = signals(&world, &broker, "&kind=twin_contract").await;
    assert_eq!(twins.len(), 1, "{twins:?}");
    assert_eq!(
        (twins[0]["facts"]["same_number"].as_bool(), twins[0]["facts"]["same_amount"].as_bool()),
        (Some(true), Some(false))
    );
}
