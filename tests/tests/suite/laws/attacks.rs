//! Doors that somebody found open once. Each test is the way in, and says that it is shut.

use reqwest::Method;
use serde_json::{Value, json};
use techmart_api::clock::day_of;
use techmart_tests::{
    Actors, Client, World,
    actors::{approve, figures, publish},
    builders::{achievement, demand},
    client::id_of,
};
use uuid::Uuid;

async fn dock(enterprise: &Client, supplier: &Client, achievement: &str) -> String {
    let key = Uuid::new_v4().to_string();
    let body = json!({ "achievement_id": achievement });
    let made =
        enterprise.call(Method::POST, "/dockings", Some(body), &[("idempotency-key", &key)]).await.created();
    let docking = id_of(&made);
    supplier.act(&format!("/dockings/{docking}/accept")).await.ok();
    docking
}

async fn meet(world: &World, docking: &str, enterprise: &Client, supplier: &Client) {
    let meeting = json!({ "held_on": day_of(world.clock.now()).to_string(), "mode": "online",
        "attendees": ["李工"], "summary": "线上交流。", "minutes_attachment_id": enterprise.paper("minutes").await });
    let met = enterprise.post(&format!("/dockings/{docking}/meetings"), meeting).await.created();
    let meeting = id_of(&met["meetings"][0]);
    supplier.act(&format!("/dockings/{docking}/meetings/{meeting}/confirm")).await.ok();
}

/// Publishes another version of a published achievement.
async fn next_version(author: &Client, broker: &Client, id: &str, change: Value) {
    let draft = author.get(&format!("/achievements/{id}/draft")).await;
    let tag = draft.etag();
    let body = json!({ "content": change });
    let path = format!("/achievements/{id}/draft");
    author.call(Method::PATCH, &path, Some(body), &[("if-match", &tag)]).await.ok();
    author.act(&format!("/achievements/{id}/submit")).await.ok();
    approve(broker, "achievements", id).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_version_that_was_for_few_stays_theirs_when_the_next_one_is_for_all() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("甲").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let mut body = achievement("低温启动电机");
    body["content"]["visibility"] = json!("parties");
    body["content"]["detail"] = json!("只给对接双方看的细节");
    let id = id_of(&university.post("/achievements", body).await.created());
    publish(&university, &broker, "achievements", &id).await;
    world.visitor().get(&format!("/achievements/{id}")).await.status(404);
    next_version(&university, &broker, &id, json!({ "visibility": "public", "detail": "公开的细节" })).await;
    let shown = world.visitor().get(&format!("/achievements/{id}/versions")).await.ok();
    assert!(
        shown.to_string().contains("公开的细节") && !shown.to_string().contains("只给对接双方看的细节"),
        "{shown}"
    );
    let own = university.get(&format!("/achievements/{id}/versions")).await.ok();
    assert_eq!(own["items"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_hash_that_everybody_reads_tells_nothing_of_a_contact() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("甲").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let mut hashes = Vec::new();
    for phone in ["13800000001", "13911112222"] {
        let mut body = achievement("低温启动电机");
        body["content"]["contact"]["phone"] = json!(phone);
        let id = id_of(&university.post("/achievements", body).await.created());
        publish(&university, &broker, "achievements", &id).await;
        let shown = world.visitor().get(&format!("/achievements/{id}")).await.ok();
        hashes.push(shown["content_hash"].as_str().unwrap().to_owned());
    }
    assert_eq!(hashes[0], hashes[1], "the hash is that of what everybody may read");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_demand_without_a_name_is_found_by_no_place_and_names_no_source() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("甲").await;
    let enterprise = actors.verified(&broker, "企业", "enterprise", 1, true).await;
    let mut body = demand("电机低温启动");
    body["content"]["publicity"] = json!("anonymous");
    let mut collected = body.clone();
    collected["collected"] =
        json!({ "organisation_id": enterprise.acting, "source_url": "https://motor.example/our-demand" });
    collected["content"]["title"] = json!("轴承降噪");
    let own = id_of(&enterprise.post("/demands", body).await.created());
    let found = id_of(&broker.post("/demands", collected).await.created());
    publish(&enterprise, &broker, "demands", &own).await;
    let other = actors.broker("乙").await;
    publish(&broker, &other, "demands", &found).await;
    world.drain().await;
    let visitor = world.visitor();
    let by_town = visitor.get("/search?kind=demand&demo=true&town=tanqiao").await.ok();
    assert_eq!(by_town["items"], json!([]), "{by_town}");
    let all = visitor.get("/search?kind=demand&demo=true").await.ok();
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
    let shown = visitor.get(&format!("/demands/{found}")).await.ok();
    assert!(shown["source_url"].is_null() && !shown.to_string().contains("motor.example"), "{shown}");
    let inside = enterprise.get(&format!("/demands/{found}")).await.ok();
    assert_eq!(inside["source_url"], "https://motor.example/our-demand");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_pair_counts_once_whatever_number_the_achievement_gets_later() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("甲").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let enterprise = actors.verified(&broker, "企业", "enterprise", 2, true).await;
    let id = id_of(&university.post("/achievements", achievement("低温启动电机")).await.created());
    publish(&university, &broker, "achievements", &id).await;
    let docking = dock(&enterprise, &university, &id).await;
    meet(&world, &docking, &enterprise, &university).await;
    assert_eq!(figures(&broker, "T4", "").await, (0, 1));
    let close = json!({ "code": "completed", "note": "已完成" });
    enterprise.post(&format!("/dockings/{docking}/close"), close).await.ok();
    next_version(&university, &broker, &id, json!({ "registration_no": "9422026Y0001" })).await;
    let docking = dock(&enterprise, &university, &id).await;
    meet(&world, &docking, &enterprise, &university).await;
    assert_eq!(figures(&broker, "T4", "").await, (0, 1), "the same pair again");
    // One number, typed in four ways, is one achievement.
    for number in ["DJ-2026-77", "DJ202677", "ＤＪ-2026-77", "DJ－2026－77"] {
        let mut body = achievement(&format!("成果 {number}"));
        body["content"]["registration_no"] = json!(number);
        let id = id_of(&university.post("/achievements", body).await.created());
        publish(&university, &broker, "achievements", &id).await;
    }
    assert_eq!(figures(&broker, "T1", "").await, (0, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn nobody_confirms_a_landing_whose_contract_they_recorded() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let (broker, other) = (actors.broker("甲").await, actors.broker("乙").await);
    let university = actors.verified(&other, "高校", "university", 1, true).await;
    let enterprise = actors.verified(&other, "企业", "enterprise", 2, true).await;
    let id = id_of(&university.post("/achievements", achievement("低温启动电机")).await.created());
    publish(&university, &other, "achievements", &id).await;
    let docking = dock(&enterprise, &university, &id).await;
    meet(&world, &docking, &enterprise, &university).await;
    let at = format!("/dockings/{docking}");
    let day = day_of(world.clock.now()).to_string();
    supplier_negotiates(&university, &at).await;
    let contract = json!({ "number": "HT-1", "title": "技术开发合同", "contract_type": "development",
        "signed_on": day, "total_amount": 1_000_000, "paper_attachment_id": broker.paper("contract").await });
    broker.post(&format!("{at}/contract"), contract).await.created();
    let landing = json!({ "landed_on": day, "form": "contract", "place": "滩桥镇", "evidence": [
        { "kind": "contract_paper", "attachment_id": enterprise.paper("landing").await },
        { "kind": "production_record", "attachment_id": enterprise.paper("landing").await } ] });
    let reply = enterprise.post(&format!("{at}/land"), landing).await;
    assert!(reply.status.is_success(), "{}", reply.body);
    let list = broker.get("/ledger?indicator=T6").await.ok();
    let entry = list["items"][0]["entry_id"].as_str().unwrap().to_owned();
    broker.act(&format!("/ledger/{entry}/confirm")).await.refused(403, "conflict_of_interest");
    other.act(&format!("/ledger/{entry}/confirm")).await.ok();
}

async fn supplier_negotiates(supplier: &Client, at: &str) {
    supplier.act(&format!("{at}/negotiate")).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_organisation_changes_neither_where_it_is_nor_who_judges_it() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("甲").await;
    let enterprise = actors.verified(&broker, "企业", "enterprise", 1, true).await;
    let path = format!("/organisations/{}", enterprise.acting.clone().unwrap());
    let shown = enterprise.get(&path).await;
    let moved = json!({ "town": "zone_core" });
    let reply = enterprise.call(Method::PATCH, &path, Some(moved), &[("if-match", &shown.etag())]).await;
    assert_eq!(reply.refused(422, "rule_broken")["errors"][0]["pointer"], "/town");
    for staff in [&broker.email, &actors.admin.email] {
        let body = json!({ "email": staff, "role": "viewer" });
        enterprise.post(&format!("{path}/members"), body).await.refused(422, "rule_broken");
    }
    // Whoever leaves an organisation leaves its files.
    let person = actors.person("编辑").await;
    let body = json!({ "email": person.email, "role": "editor" });
    enterprise.post(&format!("{path}/members"), body).await.created();
    let editor = person.acting_for(enterprise.acting.as_deref().unwrap());
    let file = editor.paper("minutes").await;
    editor.get(&format!("/attachments/{file}")).await.ok();
    let member = format!("{path}/members/{}", person.account_id.clone().unwrap());
    let tag = enterprise.get(&member).await.etag();
    enterprise.call(Method::DELETE, &member, None, &[("if-match", &tag)]).await.status(204);
    person.get(&format!("/attachments/{file}")).await.status(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_counted_by_hand_keeps_the_rules_of_what_is_counted() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let (broker, other) = (actors.broker("甲").await, actors.broker("乙").await);
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let id = id_of(&university.post("/achievements", achievement("低温启动电机")).await.created());
    publish(&university, &broker, "achievements", &id).await;
    let today = day_of(world.clock.now()).to_string();
    let body = async |unit: &str, more: Value| {
        let mut body = json!({ "indicator": "T9", "unit": unit, "label": unit, "effective_on": today,
            "attachment_id": other.paper("evidence").await, "demo": true });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    other.post("/ledger", body("Mix1", json!({})).await).await.created();
    for same in ["mix1", "MIX1 ", "ＭＩＸ1", "mix1\n"] {
        other.post("/ledger", body(same, json!({})).await).await.refused(409, "already_exists");
    }
    other.post("/ledger", body("  ", json!({})).await).await.refused(422, "rule_broken");
    other
        .post("/ledger", body("古", json!({ "effective_on": "0001-01-01" })).await)
        .await
        .refused(422, "rule_broken");
    let mixed = json!({ "listing_id": id, "demo": false });
    other.post("/ledger", body("混", mixed).await).await.refused(422, "rule_broken");
    let minutes = json!({ "attachment_id": other.paper("minutes").await });
    other.post("/ledger", body("纪要", minutes).await).await.refused(422, "rule_broken");
    // A real unit that is called like a demo one keeps nobody out.
    other.post("/ledger", body("demo|kk1", json!({ "demo": false })).await).await.created();
    other.post("/ledger", body("kk1", json!({})).await).await.created();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_answer_about_faults_is_no_longer_than_a_page() {
    let world = World::start().await;
    let mut body = serde_json::Map::new();
    for n in 0..20_000 {
        body.insert(format!("unknown{n}"), json!(1));
    }
    let reply = world.visitor().post("/auth/login", Value::Object(body)).await.refused(400, "invalid_body");
    assert!(reply["errors"].as_array().unwrap().len() <= 100);
}
