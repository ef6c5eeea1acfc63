//! Checks while writing: whoever writes is told what is lacking and how it would be right, before anybody refuses it.

use serde_json::{Value, json};
use techmart_tests::{
    Actors, Client, World,
    builders::{achievement, demand},
    client::id_of,
};

/// The hints of a check.
fn hints(checked: &Value) -> Vec<Value> {
    checked["hints"].as_array().unwrap().clone()
}

/// The codes of hints, with the places they are at.
fn at(checked: &Value) -> Vec<(String, String)> {
    let text = |hint: &Value, member: &str| hint[member].as_str().unwrap().to_owned();
    hints(checked).iter().map(|hint| (text(hint, "code"), text(hint, "pointer"))).collect()
}

async fn check(client: &Client, plural: &str, content: Value) -> Value {
    client.post(&format!("/{plural}/check"), json!({ "content": content })).await.ok()
}

fn has(checked: &Value, code: &str, pointer: &str) -> bool {
    at(checked).contains(&(code.to_owned(), pointer.to_owned()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn each_hint_is_shown_on_the_dirt_it_is_about_and_gone_when_it_is_mended() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let writer = actors.person("writer").await;
    // The kind, what is wrong, the hint and its place, and what puts it right.
    let dirt = [
        ("demands", json!({}), "required", "/content/title", json!({ "title": "压铸件气孔" })),
        (
            "demands",
            json!({}),
            "no_indicator",
            "/content/indicators",
            json!({ "indicators": [{ "name": "气孔率", "op": "le", "value": "1", "unit": "%" }] }),
        ),
        (
            "demands",
            json!({ "problem": "气孔率要降到 1% 以下" }),
            "indicator_in_text",
            "/content/indicators",
            json!({ "indicators": [{ "name": "气孔率", "op": "le", "value": "1", "unit": "%" }] }),
        ),
        (
            "demands",
            json!({ "indicators": [{ "name": "寿命", "op": "ge", "value": "8000" }] }),
            "indicator_unit",
            "/content/indicators/0/unit",
            json!({ "indicators": [{ "name": "寿命", "op": "ge", "value": "8000", "unit": "h" }] }),
        ),
        (
            "demands",
            json!({ "indicators": [{ "name": "寿命", "op": "ge", "value": "更长" }] }),
            "indicator_value",
            "/content/indicators/0/value",
            json!({ "indicators": [{ "name": "寿命", "op": "ge", "value": "8000 h" }] }),
        ),
        (
            "demands",
            json!({ "indicators": [{ "name": "寿命", "op": "range", "value": "8000", "unit": "h" }] }),
            "indicator_operator",
            "/content/indicators/0/op",
            json!({ "indicators": [{ "name": "寿命", "op": "range", "value": "6000-8000", "unit": "h" }] }),
        ),
        (
            "demands",
            json!({ "problem": "气孔多" }),
            "text_short",
            "/content/problem",
            json!({ "problem": "压铸件的气孔".repeat(12) }),
        ),
        (
            "demands",
            json!({ "background": "主机厂要求提高" }),
            "background_only",
            "/content/problem",
            json!({ "problem": "压铸件气孔率高" }),
        ),
        ("demands", json!({}), "no_target", "/content/target", json!({ "target": "气孔率合格" })),
        ("demands", json!({}), "no_deadline", "/content/deadline_on", json!({ "deadline_on": "2099-12-31" })),
        (
            "demands",
            json!({ "deadline_on": "2025-12-31" }),
            "deadline_past",
            "/content/deadline_on",
            json!({ "deadline_on": "2099-12-31" }),
        ),
        (
            "demands",
            json!({}),
            "no_budget",
            "/content/budget",
            json!({ "budget": { "kind": "negotiable", "currency": "CNY" } }),
        ),
        (
            "demands",
            json!({ "budget": { "kind": "range", "min": 2, "max": 1, "currency": "CNY" } }),
            "below_min",
            "/content/budget/max",
            json!({ "budget": { "kind": "range", "min": 1, "max": 2, "currency": "CNY" } }),
        ),
        ("demands", json!({}), "no_field", "/content/field", json!({ "field": "new_materials" })),
        ("demands", json!({}), "no_industry", "/content/industry_code", json!({ "industry_code": "C36" })),
        (
            "demands",
            json!({}),
            "no_cooperation",
            "/content/cooperation_modes",
            json!({ "cooperation_modes": ["joint_development"] }),
        ),
        (
            "demands",
            json!({ "problem": "1、铝合金压铸件内部气孔多；2、污水站出水总氮经常超标" }),
            "several_problems",
            "/content/problem",
            json!({ "problem": "铝合金压铸件内部气孔多，良品率低" }),
        ),
        (
            "demands",
            json!({ "target": "详情致电 138-0000-0001" }),
            "contact_in_text",
            "/content/target",
            json!({ "target": "气孔率合格" }),
        ),
        (
            "demands",
            json!({ "title": "企业技术需求" }),
            "title_generic",
            "/content/title",
            json!({ "title": "压铸件气孔" }),
        ),
        (
            "demands",
            json!({ "title": "关于压铸件气孔" }),
            "title_opening",
            "/content/title",
            json!({ "title": "压铸件气孔" }),
        ),
        (
            "demands",
            json!({ "title": "压铸件".repeat(20) }),
            "title_long",
            "/content/title",
            json!({ "title": "压铸件气孔" }),
        ),
        (
            "demands",
            json!({ "keywords": ["技术", "研发"] }),
            "keywords_generic",
            "/content/keywords",
            json!({ "keywords": ["压铸"] }),
        ),
        ("achievements", json!({}), "no_advantage", "/content/advantage", json!({ "advantage": "能效更高" })),
        ("achievements", json!({}), "no_economics", "/content/economics", json!({ "economics": "两年收回" })),
        ("achievements", json!({}), "no_scenarios", "/content/scenarios", json!({ "scenarios": "冷链车" })),
        (
            "achievements",
            json!({}),
            "no_problem_solved",
            "/content/problem_solved",
            json!({ "problem_solved": "启动抱死" }),
        ),
        (
            "achievements",
            json!({ "maturity_raw": "较成熟" }),
            "maturity_unclear",
            "/content/trl",
            json!({ "trl": 7, "trl_basis": "self" }),
        ),
        (
            "achievements",
            json!({ "trl": 7 }),
            "no_trl_basis",
            "/content/trl_basis",
            json!({ "trl_basis": "self" }),
        ),
        ("achievements", json!({}), "no_ip", "/content/ip", json!({ "ip": [{ "ip_type": "none" }] })),
        (
            "achievements",
            json!({ "ip": [{ "ip_type": "utility_model", "number": "ZL201720001285.1" }] }),
            "patent_number",
            "/content/ip/0/number",
            json!({ "ip": [{ "ip_type": "utility_model", "number": "ZL201720001285.X" }] }),
        ),
        (
            "achievements",
            json!({ "ip": [{ "ip_type": "invention" }] }),
            "ip_number",
            "/content/ip/0/number",
            json!({ "ip": [{ "ip_type": "trade_secret" }] }),
        ),
        ("achievements", json!({}), "no_figure", "/content/advantage", json!({ "advantage": "效率 96.5%" })),
        (
            "achievements",
            json!({}),
            "required",
            "/content/cooperation_modes",
            json!({ "cooperation_modes": ["licence"] }),
        ),
        (
            "achievements",
            json!({}),
            "no_price",
            "/content/price",
            json!({ "price": { "kind": "negotiable", "currency": "CNY" } }),
        ),
        (
            "achievements",
            json!({ "title": "氢气循环泵", "summary": "一种氢气循环泵。" }),
            "summary_copies_title",
            "/content/summary",
            json!({ "summary": "用磁悬浮轴承，流量提高一成，样机运行半年。" }),
        ),
        ("achievements", json!({}), "no_keywords", "/content/keywords", json!({ "keywords": ["循环泵"] })),
        (
            "achievements",
            json!({ "title": "氢气循环泵" }),
            "no_title_en",
            "/content/title_en",
            json!({ "title_en": "Pump" }),
        ),
        (
            "achievements",
            json!({ "team": "微信 ligong_2026" }),
            "contact_in_text",
            "/content/team",
            json!({ "team": "李工课题组" }),
        ),
        (
            "providers",
            json!({}),
            "no_services",
            "/content/services",
            json!({ "services": [{ "name": "盐雾", "description": "1000 h" }] }),
        ),
        (
            "providers",
            json!({ "services": [{ "name": "盐雾" }] }),
            "service_unclear",
            "/content/services/0/description",
            json!({ "services": [{ "name": "盐雾", "description": "1000 h" }] }),
        ),
    ];
    for (plural, dirty, code, pointer, mended) in dirt {
        let before = check(&writer, plural, dirty.clone()).await;
        assert!(has(&before, code, pointer), "{plural} {dirty}: {code} at {pointer} in {:?}", at(&before));
        let hint = hints(&before)
            .into_iter()
            .find(|hint| hint["code"] == code && hint["pointer"] == pointer)
            .unwrap();
        for said in [&hint["zh"], &hint["en"], &hint["example"]["zh"], &hint["example"]["en"]] {
            assert!(said.as_str().unwrap().len() > 1, "{hint}");
        }
        let mut better = dirty;
        for (name, value) in mended.as_object().unwrap() {
            better[name] = value.clone();
        }
        let after = check(&writer, plural, better).await;
        assert!(!has(&after, code, pointer), "{plural} {code} stays: {:?}", at(&after));
        assert!(after["score"].as_u64() >= before["score"].as_u64(), "{code}: {before} then {after}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_refuses_a_submission_is_told_first_and_nothing_is_stored() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let enterprise = actors.verified(&broker, "企业", "enterprise", 1, true).await;
    let stranger = actors.verified(&broker, "外人", "enterprise", 2, true).await;
    let written = json!({ "title": "压铸件气孔", "background": "主机厂要求提高" });
    let need = id_of(&enterprise.post("/demands", json!({ "content": written })).await.created());

    // The check and the refusal of the submission name the same places.
    let checked = check(&enterprise, "demands", written).await;
    let missing: Vec<Value> =
        hints(&checked).into_iter().filter(|hint| hint["severity"] == "missing").collect();
    let first: Vec<Value> = hints(&checked).into_iter().take(missing.len()).collect();
    assert_eq!(first, missing, "what refuses comes first");
    assert_eq!(checked["can_be_submitted"], false);
    let refused = enterprise.act(&format!("/demands/{need}/submit")).await.refused(422, "rule_broken");
    let places = |list: &[Value]| {
        let mut all: Vec<String> =
            list.iter().map(|one| one["pointer"].as_str().unwrap().to_owned()).collect();
        all.sort();
        all
    };
    assert_eq!(places(&missing), places(refused["errors"].as_array().unwrap()));
    let parts = checked["parts"].as_array().unwrap();
    let sum = |member: &str| parts.iter().map(|part| part[member].as_u64().unwrap()).sum::<u64>();
    assert_eq!((sum("score"), sum("weight")), (checked["score"].as_u64().unwrap(), 100));

    // What is stored is checked by its id, for its own people and the centre.
    let by_id = json!({ "id": need });
    let stored = enterprise.post("/demands/check", by_id.clone()).await.ok();
    assert_eq!(stored["hints"], checked["hints"]);
    assert_eq!(broker.post("/demands/check", by_id.clone()).await.ok()["score"], stored["score"]);
    stranger.post("/demands/check", by_id.clone()).await.refused(404, "not_found");
    enterprise.post("/achievements/check", by_id.clone()).await.refused(404, "not_found");
    world.visitor().post("/demands/check", by_id.clone()).await.refused(401, "not_signed_in");
    let auditor = actors.with_role("auditor", "auditor").await;
    auditor.post("/demands/check", by_id).await.refused(403, "forbidden");
    // The same words as for a draft, where it does not fit the document.
    let wrong = json!({ "content": { "titel": "x", "deadline_on": "soon" } });
    let unfit = enterprise.post("/demands/check", wrong.clone()).await;
    assert_eq!(unfit.fault_codes(), enterprise.post("/demands", wrong).await.fault_codes());
    unfit.refused(400, "invalid_body");
    assert_eq!(enterprise.post("/demands/check", json!({})).await.fault_codes(), ["required"]);
    let both = json!({ "id": need, "content": {} });
    assert_eq!(enterprise.post("/demands/check", both).await.fault_codes(), ["either"]);
    let drafts = enterprise.get("/demands?status=draft").await.ok();
    assert_eq!(drafts["items"].as_array().unwrap().len(), 1, "a check stores nothing");

    // The draft says it to those who could mend it; auditors and the public page do not have it.
    let draft = enterprise.get(&format!("/demands/{need}/draft")).await.ok();
    assert_eq!(draft["completeness"]["score"], stored["score"]);
    assert!(draft["completeness"]["hints"].as_array().unwrap().contains(&json!("no_indicator")));
    assert!(auditor.get(&format!("/demands/{need}/draft")).await.ok()["completeness"].is_null());
    let offer = id_of(&enterprise.post("/achievements", achievement("循环泵")).await.created());
    enterprise.act(&format!("/achievements/{offer}/submit")).await.ok();
    let queue = broker.get("/reviews?kind=achievement").await.ok();
    let score = queue["items"][0]["completeness"]["score"].as_u64().unwrap();
    assert!((1..100).contains(&score), "{queue}");
    assert!(auditor.get("/reviews").await.ok()["items"][0]["completeness"].is_null());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_was_collected_lacks_no_more_than_its_submission_needs() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let mut found = demand("压铸件气孔");
    found["content"] = json!({ "title": "压铸件气孔" });
    found["collected"] = json!({ "source_url": "https://source.example/9" });
    let need = id_of(&broker.post("/demands", found).await.created());
    let stored = broker.post("/demands/check", json!({ "id": need })).await.ok();
    assert_eq!(stored["can_be_submitted"], true, "{stored}");
    assert!(has(&stored, "no_indicator", "/content/indicators"));
    broker.act(&format!("/demands/{need}/submit")).await.ok();
}
