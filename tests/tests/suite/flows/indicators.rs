//! Indicators as data: an admin defines them, responsible units report to them, rules change for the acts
//! that come, and many counts are confirmed at once, each as it was seen.

use reqwest::Method;
use serde_json::{Value, json};
use techmart_api::clock::day_of;
use techmart_tests::{
    Actors, Client, World,
    actors::{figures, publish},
    builders::achievement,
    client::id_of,
};
use uuid::Uuid;

fn words(zh: &str, en: &str) -> Value {
    json!({ "zh": zh, "en": en })
}

/// What the demo plan is to ask.
async fn target(admin: &Client, indicator: &str, body: Value) -> Value {
    let plan = admin.get("/plans/demo").await;
    let path = format!("/plans/demo/targets/{indicator}");
    admin.call(Method::PUT, &path, Some(body), &[("if-match", &plan.etag())]).await.ok()
}

async fn interest(enterprise: &Client, achievement: &str) -> String {
    let key = Uuid::new_v4().to_string();
    let body = json!({ "achievement_id": achievement });
    let made =
        enterprise.call(Method::POST, "/dockings", Some(body), &[("idempotency-key", &key)]).await.created();
    id_of(&made)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_indicator_that_an_admin_defines_counts_from_its_first_act_on() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("甲").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let enterprise = actors.verified(&broker, "企业", "enterprise", 2, true).await;
    let admin = &actors.admin;
    let defined = json!({
        "code": "X1", "name": words("双方同意的对接", "dockings both sides consented to"),
        "unit": words("项", "dockings"), "kind": "stock", "measure": "count", "basis": "docking_reached",
        "rule": { "version": "1", "text": words("双方同意即计", "counts once both consented"),
            "parameters": { "deciding_stage": "accepted" } },
    });
    let made = admin.post("/indicators", defined.clone()).await.created();
    assert_eq!(
        (&made["counting"], &made["parameters"]["deciding_stage"]),
        (&json!("counted"), &json!("accepted"))
    );
    admin.post("/indicators", defined.clone()).await.refused(409, "already_exists");
    let mut wrong = defined.clone();
    wrong["code"] = json!("X2");
    wrong["rule"]["parameters"] = json!({ "deciding_stage": "dreamt_of" });
    admin.post("/indicators", wrong.clone()).await.refused(422, "rule_broken");
    wrong["rule"]["parameters"] = json!({});
    wrong["measure"] = json!("fen");
    admin.post("/indicators", wrong).await.refused(422, "rule_broken");
    let steps = json!({ "target": 10, "steps": [{ "year": 2001, "target": 1 }] });
    let plan = admin.get("/plans/demo").await;
    let tag = plan.etag();
    let match_it = [("if-match", tag.as_str())];
    admin
        .call(Method::PUT, "/plans/demo/targets/X1", Some(steps), &match_it)
        .await
        .refused(422, "rule_broken");
    target(admin, "X1", json!({ "target": 10, "responsible_units": ["经发局"] })).await;

    let offer = university.post("/achievements", achievement("低温启动电机")).await.created();
    let offer = id_of(&offer);
    publish(&university, &broker, "achievements", &offer).await;
    let docking = interest(&enterprise, &offer).await;
    assert_eq!(figures(admin, "X1", "").await, (0, 0));
    university.act(&format!("/dockings/{docking}/accept")).await.ok();
    assert_eq!(figures(admin, "X1", "").await, (0, 1), "counted at the consent");
    assert_eq!(figures(admin, "T4", "").await, (0, 0), "the other rule waits for the meeting");
    let board = admin.get("/progress?plan=demo&responsible_unit=经发局").await.ok();
    let codes: Vec<&str> =
        board["indicators"].as_array().unwrap().iter().filter_map(|row| row["code"].as_str()).collect();
    assert_eq!(codes, ["T6", "T7", "X1"]);

    // The rule that holds for T4 changes; what is on record shows what it would make of it before it does.
    let tried = json!({ "parameters": { "deciding_stage": "accepted" }, "plan": "demo" });
    let diff = admin.post("/indicators/T4/try-rule", tried).await.ok();
    assert_eq!((&diff["against"]["figure"], &diff["tried"]["figure"]), (&json!(0), &json!(1)), "{diff}");
    assert_eq!(diff["different"], 1);
    let rule = json!({ "version": "2026.2", "text": words("双方同意即计", "counts once both consented"),
        "parameters": { "deciding_stage": "accepted" }, "note": "考核口径调整" });
    admin.post("/indicators/T4/rules", rule.clone()).await.ok();
    admin.post("/indicators/T4/rules", rule).await.refused(409, "already_exists");
    assert_eq!(figures(admin, "T4", "").await, (0, 0), "what was done before is not judged anew by itself");
    let other = university.post("/achievements", achievement("轻质电池托盘")).await.created();
    publish(&university, &broker, "achievements", &id_of(&other)).await;
    let docking = interest(&enterprise, &id_of(&other)).await;
    university.act(&format!("/dockings/{docking}/accept")).await.ok();
    assert_eq!(figures(admin, "T4", "").await, (0, 1), "what comes is");
    let rules = admin.get("/indicators/T4/rules").await.ok();
    let versions: Vec<&str> =
        rules["items"].as_array().unwrap().iter().filter_map(|rule| rule["version"].as_str()).collect();
    assert_eq!(versions, ["2026.2", "2023.1"]);
    let entry = admin.get("/ledger?indicator=T4&demo=true").await.ok()["items"][0]["entry_id"].clone();
    let entry = admin.get(&format!("/ledger/{}", entry.as_str().unwrap())).await.ok();
    assert_eq!(entry["rule_version"], "2026.2");
    assert_eq!(entry["lacks"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_responsible_units_report_stands_once_another_person_confirms_it() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let (one, other) = (actors.broker("甲").await, actors.broker("乙").await);
    let today = day_of(world.clock.now());
    let report = async |indicator: &str, unit: &str, amount: i64| {
        let body = json!({ "indicator": indicator, "unit": unit, "label": unit, "amount": amount,
            "effective_on": today.to_string(), "attachment_id": one.paper("evidence").await, "demo": true,
            "responsible_unit": "经发局" });
        one.post("/ledger", body).await
    };
    let level = report("P01", "第三季度", 180).await.created();
    let rate = report("P04", "2026 年", -250).await.created();
    let event = report("T9", "春季对接会", 1).await.created();
    report("T9", "春季对接会", 1).await.refused(409, "already_exists");
    report("T9", " 春季\u{200d}对接会\u{202e} ", 1).await.refused(409, "already_exists");
    report("T9", "秋季对接会", 0).await.refused(422, "rule_broken");
    report("P01", "第四季度", -1).await.refused(422, "rule_broken");
    report("T1", "手工成果", 1).await.refused(422, "rule_broken");
    assert_eq!(figures(&one, "P01", "").await, (0, 180), "reported, not confirmed");
    let worklist = other.get("/ledger/worklist?demo=true").await.ok();
    assert_eq!(worklist["items"].as_array().unwrap().len(), 3);
    let own = one.get("/ledger/worklist?demo=true").await.ok();
    for item in own["items"].as_array().unwrap() {
        assert_eq!(item["obstacle"]["code"], "conflict_of_interest", "nobody confirms what they recorded");
    }
    let seen = |entry: &Value, more: u64| json!({ "entry_id": entry["entry_id"], "revision": entry["revision"].as_u64().unwrap() + more });
    // One that was not seen as it is, one that there is not: each is told, the others stand.
    let body = json!({ "entries": [seen(&level, 0), seen(&rate, 0), seen(&event, 1),
        { "entry_id": Uuid::nil(), "revision": 0 }] });
    let outcome = other.post("/ledger/confirm", body).await.ok();
    assert_eq!((&outcome["confirmed"], &outcome["refused"]), (&json!(2), &json!(2)), "{outcome}");
    assert_eq!(outcome["items"][2]["refusal"]["code"], "version_changed");
    assert_eq!(outcome["items"][3]["refusal"]["code"], "not_found");
    assert_eq!(outcome["items"][0]["unit"]["stage"], "confirmed");
    let refused = one.post("/ledger/confirm", json!({ "entries": [seen(&event, 0)] })).await.ok();
    assert_eq!(refused["items"][0]["refusal"]["code"], "conflict_of_interest");
    assert_eq!(figures(&one, "P01", "").await, (180, 0));
    assert_eq!(figures(&one, "P04", "").await, (-250, 0), "a rate may be negative");
    assert_eq!(figures(&one, "T9", "").await, (0, 1));

    // The next level takes the place of the one before; a flow adds up.
    world.clock.advance(chrono::Duration::days(1));
    let next = report("P01", "第四季度", 195).await.created();
    other.post("/ledger/confirm", json!({ "entries": [seen(&next, 0)] })).await.ok();
    assert_eq!(figures(&one, "P01", "").await, (195, 0));
    let outlook = one.get("/progress/P01/outlook?plan=demo").await.ok();
    assert!(outlook["forecast"].is_null() && outlook["no_forecast"]["zh"].is_string(), "{outlook}");
    let outlook = one.get("/progress/T1/outlook?plan=demo").await.ok();
    assert!(outlook["forecast"].is_null(), "too few data for a forecast: {outlook}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_count_says_what_it_lacks_and_is_complete_once_it_is_there() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let (broker, other) = (actors.broker("甲").await, actors.broker("乙").await);
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let enterprise = actors.verified(&broker, "企业", "enterprise", 2, true).await;
    let offer = id_of(&university.post("/achievements", achievement("低温启动电机")).await.created());
    publish(&university, &broker, "achievements", &offer).await;
    let docking = interest(&enterprise, &offer).await;
    university.act(&format!("/dockings/{docking}/accept")).await.ok();
    let day = day_of(world.clock.now()).to_string();
    let near = other.get("/progress/T4/what-if?plan=demo").await.ok();
    assert_eq!((&near["near"][0]["docking_id"], &near["with_near"]), (&json!(docking), &json!(1)), "{near}");
    // A meeting without minutes: a candidate that lacks them.
    let meeting = json!({ "held_on": day, "mode": "online", "attendees": ["李工"], "summary": "线上交流。" });
    let met = enterprise.post(&format!("/dockings/{docking}/meetings"), meeting).await.created();
    let meeting = id_of(&met["meetings"][0]);
    university.act(&format!("/dockings/{docking}/meetings/{meeting}/confirm")).await.ok();
    let waiting = other.get("/ledger/worklist?task=complete&indicator=T4").await.ok();
    let item = &waiting["items"][0];
    assert_eq!(item["lacks"], json!([{ "any_of": ["minutes"] }]), "{waiting}");
    let gaps = other.get("/progress/T4/gaps?plan=demo").await.ok();
    assert_eq!(gaps["gaps"], json!([{ "any_of": ["minutes"], "units": 1 }]));
    let entry = item["entry_id"].as_str().unwrap();
    other.act(&format!("/ledger/{entry}/confirm")).await.refused(409, "illegal_move");
    let paper = json!({ "kind": "minutes", "attachment_id": broker.paper("evidence").await });
    let complete = broker.post(&format!("/ledger/{entry}/evidence"), paper).await.ok();
    assert_eq!((&complete["stage"], &complete["lacks"]), (&json!("evidence_complete"), &json!([])));
    broker.act(&format!("/ledger/{entry}/confirm")).await.refused(403, "conflict_of_interest");
    other.act(&format!("/ledger/{entry}/confirm")).await.ok();
    assert_eq!(figures(&other, "T4", "").await, (1, 0));
    let variants = other.get("/progress/T4/variants?plan=demo").await.ok();
    assert_eq!(variants["items"][0]["code"], "accepted");
    assert_eq!(variants["items"][0]["confirmed"], 1);
    assert_eq!(variants["items"][1]["candidate"], 0, "no contract was signed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_a_plan_asks_makes_sense_or_is_refused_with_every_reason() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let admin = &actors.admin;
    let tag = admin.get("/plans/demo").await.etag();
    let put = async |body: Value| {
        admin.call(Method::PUT, "/plans/demo/targets/T4", Some(body), &[("if-match", &tag)]).await
    };
    let year = chrono::Datelike::year(&day_of(world.clock.now()));
    let steps = json!([{ "year": year, "target": 90 }, { "year": year + 1, "target": 60 }]);
    let units = json!(["经发局", " ", "经发局\u{200b}", "长".repeat(101)]);
    let reply = put(json!({ "target": 80, "steps": steps, "responsible_units": units })).await;
    let mut codes = reply.fault_codes();
    codes.sort();
    assert_eq!(codes, ["above_the_target", "blank", "falls", "repeated", "too_long"], "{}", reply.body);
    put(
        json!({ "target": 80, "steps": [{ "year": year, "target": 60 }], "responsible_units": [" 经发局 "] }),
    )
    .await
    .ok();
    let plan = admin.get("/plans/demo").await.ok();
    let targets = plan["targets"].as_array().unwrap();
    let kept = targets.iter().find(|target| target["indicator"] == "T4").unwrap();
    assert_eq!(kept["responsible_units"], json!(["经发局"]));

    let mut blank = json!({
        "code": "X9", "name": words(" ", "\t"), "unit": words("项", "items"), "kind": "stock",
        "measure": "count", "basis": "manual",
        "rule": { "version": "1 ", "text": words("手工", "by hand"), "parameters": {} },
    });
    let reply = admin.post("/indicators", blank.clone()).await;
    assert_eq!(reply.fault_codes(), ["blank", "blank", "format"], "{}", reply.body);
    blank["name"] = words("另一项", "another");
    blank["rule"]["version"] = json!("1");
    let reply = admin.post("/indicators", blank).await;
    assert!(reply.status.is_success() || reply.status == 422, "{}", reply.body);
}
