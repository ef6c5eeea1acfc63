//! Who should meet whom, and why: what a demand is answered by, told in both languages, with what rules a pair
//! out apart; and nothing where nothing fits.

use reqwest::Method;
use serde_json::{Value, json};
use techmart_tests::{
    Actors, Client, World,
    actors::publish,
    binary,
    builders::{achievement, demand, provider},
    client::id_of,
};
use uuid::Uuid;

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

/// A demand for a leak detector.
fn leak(title: &str) -> Value {
    let said = json!({ "problem": "家用空调生产线上制冷剂泄漏难以发现，要求检漏精度不低于 5 克，节拍 10 秒以内。",
        "keywords": ["制冷剂", "检漏"], "cooperation_modes": ["licence"] });
    with(demand(title), said)
}

async fn market(actors: &Actors<'_>) -> Market {
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let enterprise = actors.verified(&broker, "企业", "enterprise", 2, true).await;
    let need = post(&enterprise, &broker, "demands", leak("空调制冷剂检漏")).await;
    Market { broker, university, enterprise, need }
}

/// The titles of a list of matches.
fn titles(items: &Value) -> Vec<&str> {
    items.as_array().unwrap().iter().map(|item| item["listing"]["title"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_demand_is_answered_by_what_fits_with_reasons_in_both_languages() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let english = with(
        achievement("Laser detection of refrigerant leakage"),
        json!({ "summary": "Finds leaks of refrigerant on assembly lines within 8 s.", "language": "en" }),
    );
    let english = post(&m.university, &m.broker, "achievements", english).await;
    post(&m.university, &m.broker, "achievements", achievement("水稻育秧基质")).await;
    world.drain().await;

    let at = format!("/demands/{}/matches", m.need);
    for reader in [&world.visitor(), &m.enterprise, &m.broker] {
        let found = reader.get(&at).await.ok();
        assert_eq!(titles(&found["achievements"]), ["Laser detection of refrigerant leakage"], "{found}");
        let first = &found["achievements"][0];
        assert!(first["score"].as_f64().unwrap() > 0.0, "{first}");
        let sum: f64 = first["parts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|part| part["value"].as_f64().unwrap() * part["weight"].as_f64().unwrap())
            .sum();
        assert!((sum - first["score"].as_f64().unwrap()).abs() < 0.001, "the score is its parts: {first}");
        let reasons = first["reasons"].as_array().unwrap();
        let told = reasons.iter().any(|reason| {
            let (zh, en) = (reason["zh"].as_str().unwrap(), reason["en"].as_str().unwrap());
            zh.contains("制冷剂") && zh.contains("refrigerant") && en.contains("the same thing")
        });
        assert!(told, "the translation is a reason: {first}");
    }
    // And from the other side.
    let found = m.university.get(&format!("/achievements/{english}/matches")).await.ok();
    assert_eq!(titles(&found["demands"]), ["空调制冷剂检漏"], "{found}");

    world.visitor().get(&format!("/demands/{}/matches", Uuid::now_v7())).await.refused(404, "not_found");
    let draft = id_of(&m.enterprise.post("/demands", leak("制冷剂泄漏定位")).await.created());
    let found = m.enterprise.get(&format!("/demands/{draft}/matches")).await.ok();
    assert_eq!(titles(&found["achievements"]), ["Laser detection of refrigerant leakage"], "{found}");
    m.university.get(&format!("/demands/{draft}/matches")).await.refused(404, "not_found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn where_nothing_fits_nothing_is_listed() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    post(&m.university, &m.broker, "achievements", achievement("水稻育秧基质")).await;
    post(&m.university, &m.broker, "achievements", achievement("古籍数字化修复")).await;
    world.drain().await;
    let found = m.broker.get(&format!("/demands/{}/matches", m.need)).await.ok();
    assert_eq!(found["achievements"], json!([]), "{found}");
    assert_eq!(found["ruled_out"], json!([]), "{found}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_rules_a_pair_out_stands_apart_and_only_for_those_who_may_know() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let offer = post(&m.university, &m.broker, "achievements", achievement("制冷剂检漏机器人")).await;
    post(&m.enterprise, &m.broker, "achievements", achievement("自有制冷剂检漏台")).await;
    world.drain().await;
    let at = format!("/demands/{}/matches", m.need);
    let ruled_out = async |reader: &Client| -> Vec<(String, String)> {
        let found = reader.get(&at).await.ok();
        let of = |item: &Value| {
            let title = item["listing"]["title"].as_str().unwrap().to_owned();
            (title, item["by"].as_str().unwrap().to_owned())
        };
        let mut all: Vec<_> = found["ruled_out"].as_array().unwrap().iter().map(of).collect();
        all.sort();
        all
    };
    let own = ("自有制冷剂检漏台".to_owned(), "same_organisation".to_owned());
    assert_eq!(ruled_out(&m.enterprise).await, std::slice::from_ref(&own));

    let key = Uuid::new_v4().to_string();
    let body = json!({ "demand_id": m.need });
    let docking = m
        .university
        .call(Method::POST, "/dockings", Some(body), &[("idempotency-key", &key)])
        .await
        .created();
    let of = |by: &str| ("制冷剂检漏机器人".to_owned(), by.to_owned());
    let mut expected = vec![own.clone(), of("docking_open")];
    expected.sort();
    assert_eq!(ruled_out(&m.enterprise).await, expected);
    assert_eq!(ruled_out(&m.broker).await, expected);

    let declined = json!({ "code": "technical_doubt", "note": "检漏精度不够。" });
    m.enterprise.post(&format!("/dockings/{}/decline", id_of(&docking)), declined).await.ok();
    let found = m.broker.get(&at).await.ok();
    let apart = found["ruled_out"].as_array().unwrap().iter().find(|item| item["listing"]["id"] == offer);
    assert_eq!(apart.unwrap()["by"], "declined_before");
    assert_eq!(apart.unwrap()["code"], "technical_doubt");
    assert_eq!(apart.unwrap()["docking_id"], docking["id"]);

    // Whoever is outside learns nothing of what was between the two.
    let outside = world.visitor().get(&at).await.ok();
    assert_eq!(outside["ruled_out"], json!([]), "{outside}");
    assert_eq!(titles(&outside["achievements"]).len(), 2, "{outside}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_text_that_is_not_stored_is_answered_and_leaves_nothing_behind() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let offer = post(&m.university, &m.broker, "achievements", achievement("制冷剂检漏机器人")).await;
    let twin = post(&m.university, &m.broker, "achievements", achievement("制冷剂检漏小车")).await;
    post(&m.university, &m.broker, "achievements", achievement("水稻育秧基质")).await;
    world.drain().await;
    let asked = json!({ "problem": "leak detection of refrigerant on the assembly line", "limit": 1 });
    let found = world.visitor().post("/matches/preview", asked).await.ok();
    assert_eq!(titles(&found["items"]).len(), 1, "{found}");
    assert!(titles(&found["items"])[0].contains("检漏"), "{found}");
    let other = json!({ "keywords": ["制冷剂"], "kind": "demand" });
    let found = world.visitor().post("/matches/preview", other).await.ok();
    assert_eq!(titles(&found["items"]), ["空调制冷剂检漏"], "{found}");
    for nothing in [json!({}), json!({ "field": "new_energy" })] {
        world.visitor().post("/matches/preview", nothing).await.refused(422, "rule_broken");
    }
    let unknown = json!({ "problem": "检漏", "text": "?" });
    world.visitor().post("/matches/preview", unknown).await.refused(400, "invalid_body");

    let found = world.visitor().get(&format!("/achievements/{offer}/similar")).await.ok();
    assert_eq!(found["items"][0]["listing"]["id"], json!(twin), "{found}");
    assert!(titles(&found["items"]).iter().all(|title| *title != "制冷剂检漏机器人"), "not itself: {found}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_provider_who_could_help_is_named_beside_achievements() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let agency = actors.verified(&m.broker, "检测机构", "provider", 3, true).await;
    let page = with(provider("制冷剂泄漏检测中心"), json!({ "summary": "制冷剂检漏设备的校准与检测。" }));
    post(&agency, &m.broker, "providers", page).await;
    world.drain().await;
    let found = m.enterprise.get(&format!("/demands/{}/matches", m.need)).await.ok();
    assert_eq!(titles(&found["providers"]), ["制冷剂泄漏检测中心"], "{found}");
}

#[test]
fn any_two_files_are_matched_on_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus.jsonl");
    let queries = folder.path().join("queries.jsonl");
    let lines = |rows: &[Value]| rows.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let offers = [
        json!({ "id": "a1", "kind": "achievement", "title": "Refrigerant leak detector", "unknown": 1 }),
        json!({ "id": "a2", "kind": "achievement", "title": "水稻育秧基质", "keywords": ["水稻"] }),
    ];
    let asks = [
        json!({ "id": "q1", "problem": "空调制冷剂泄漏" }),
        json!({ "id": "q2", "kind": "demand", "title": "古籍修复" }),
    ];
    std::fs::write(&corpus, lines(&offers)).unwrap();
    std::fs::write(&queries, lines(&asks)).unwrap();
    let run = |queries: &std::path::Path| {
        let (corpus, queries) = (corpus.to_str().unwrap(), queries.to_str().unwrap());
        let arguments = ["match", "--corpus", corpus, "--queries", queries, "--limit", "3"];
        binary::run(folder.path(), &[], &arguments)
    };
    let done = run(&queries);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let out: Vec<Value> = String::from_utf8(done.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(out.len(), 2, "{out:?}");
    assert_eq!(out[0]["query_id"], "q1");
    assert_eq!(out[0]["results"][0]["id"], "a1", "{out:?}");
    assert!(out[0]["results"][0]["reasons"][0]["zh"].as_str().unwrap().contains("refrigerant"), "{out:?}");
    assert_eq!((&out[1]["query_id"], &out[1]["results"]), (&json!("q2"), &json!([])));

    let spoiled = folder.path().join("spoiled.jsonl");
    std::fs::write(&spoiled, "{\"id\": \"q1\", \"problem\": \"x\"}\nnot json\n").unwrap();
    let done = run(&spoiled);
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(!done.status.success() && said.contains("line 2"), "{said}");
    assert!(done.stdout.is_empty(), "half an answer is none");
}

#[test]
fn on_the_command_line_a_sources_words_are_read_as_the_import_reads_them() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus.jsonl");
    let queries = folder.path().join("queries.jsonl");
    let offer = json!({ "id": "a1", "kind": "achievement", "title": "制冷剂检漏仪", "field": "新能源-高效节能",
        "maturity": "可以量产", "cooperation": "技术转让、合作生产" });
    let ask =
        json!({ "id": "q1", "title": "空调制冷剂检漏", "field": "新能源", "cooperation": "技术转让;其他" });
    std::fs::write(&corpus, offer.to_string()).unwrap();
    std::fs::write(&queries, ask.to_string()).unwrap();
    let (corpus, queries) = (corpus.to_str().unwrap(), queries.to_str().unwrap());
    let done = binary::run(folder.path(), &[], &["match", "--corpus", corpus, "--queries", queries]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let out: Value = serde_json::from_slice(&done.stdout).unwrap();
    let reasons = out["results"][0]["reasons"].as_array().unwrap();
    let said: Vec<&str> = reasons.iter().map(|reason| reason["zh"].as_str().unwrap()).collect();
    for reason in
        ["同属新能源与节能领域。", "合作方式都接受：技术转让。", "成果的技术成熟度为 TRL 9：可以量产。"]
    {
        assert!(said.contains(&reason), "{reason} is not in {said:?}");
    }
    assert!(said.len() <= 5 && said[0].contains("检漏"), "the words first, five at most: {said:?}");
}
