//! Frozen reports, the assessor's way, and `techmart verify`: what was frozen stays, and whatever is
//! changed behind the service's back shows, with its place.

use std::collections::BTreeSet;

use reqwest::Method;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, QueryFilter, sea_query::Expr,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use techmart_api::features::{
    snapshot::schedule,
    verification::{self, Findings},
};
use techmart_entity::{id::EntryId, ledger, listing, snapshot};
use techmart_tests::{
    Actors, Client, World,
    actors::publish,
    binary,
    builders::{achievement, demand},
    client::id_of,
    world::{Setting, database, variables},
};

/// Everybody whom a report concerns, with a demo plan in which some units are counted.
struct Centre {
    broker: Client,
    second: Client,
    auditor: Client,
    university: Client,
}

async fn centre(actors: &Actors<'_>, achievements: u32) -> Centre {
    let broker = actors.broker("broker").await;
    let second = actors.broker("second").await;
    let auditor = actors.with_role("auditor", "auditor").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let enterprise = actors.verified(&broker, "企业", "enterprise", 2, true).await;
    let mut offer = String::new();
    for n in 0..achievements {
        offer = offered(&university, &broker, &format!("循环泵第 {n} 型")).await;
    }
    let need = id_of(&enterprise.post("/demands", demand("低温启动的循环泵")).await.created());
    publish(&enterprise, &broker, "demands", &need).await;
    let key = [("idempotency-key", "interest-0001")];
    let interest = json!({ "achievement_id": offer });
    let docking = id_of(&enterprise.call(Method::POST, "/dockings", Some(interest), &key).await.created());
    university.act(&format!("/dockings/{docking}/accept")).await.ok();
    let meeting = json!({ "held_on": actors.world.today(), "mode": "online", "attendees": ["李工"],
        "summary": "确认指标。", "minutes_attachment_id": enterprise.paper("minutes").await });
    let met = enterprise.post(&format!("/dockings/{docking}/meetings"), meeting).await.created();
    let meeting = id_of(&met["meetings"][0]);
    university.act(&format!("/dockings/{docking}/meetings/{meeting}/confirm")).await.ok();
    Centre { broker, second, auditor, university }
}

async fn offered(university: &Client, broker: &Client, title: &str) -> String {
    let id = id_of(&university.post("/achievements", achievement(title)).await.created());
    publish(university, broker, "achievements", &id).await;
    id
}

/// The entries of an indicator in force, the oldest first.
async fn entries(reader: &Client, indicator: &str) -> Vec<String> {
    let units = reader.get(&format!("/progress/{indicator}/units?plan=demo&limit=100")).await.ok();
    let units = units["items"].as_array().unwrap();
    units.iter().map(|unit| unit["entry_id"].as_str().unwrap().to_owned()).collect()
}

async fn confirm(broker: &Client, entry: &str) {
    broker.act(&format!("/ledger/{entry}/confirm")).await.ok();
}

async fn confirm_all(broker: &Client) {
    for indicator in ["T1", "T3", "T4", "T5"] {
        for entry in entries(broker, indicator).await {
            confirm(broker, &entry).await;
        }
    }
}

async fn freeze(broker: &Client, body: Value) -> Value {
    broker.post("/snapshots", body).await.created()
}

async fn verified(world: &World) -> Findings {
    verification::run(&world.state, None).await.unwrap()
}

#[track_caller]
fn agrees(findings: &Findings) {
    assert!(findings.ok(), "{:#?}", findings.faults);
}

/// What a report says of everything, as text.
async fn told(reader: &Client, report: &str) -> String {
    let mut all = reader.get(&format!("/snapshots/{report}")).await.ok().to_string();
    for indicator in ["T1", "T3", "T4", "T5"] {
        let at = format!("/snapshots/{report}/parts/{indicator}");
        all.push_str(&reader.get(&at).await.ok().to_string());
        all.push_str(&reader.get(&format!("{at}/units")).await.ok().to_string());
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_frozen_report_stays_what_it_was_whatever_comes_after() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let c = centre(&actors, 3).await;
    let first = entries(&c.broker, "T1").await;
    confirm(&c.second, &first[0]).await;
    let docked = entries(&c.broker, "T4").await;
    confirm(&c.second, &docked[0]).await;

    let report = freeze(&c.broker, json!({ "plan": "demo", "title": "演示报告" })).await;
    let id = id_of(&report);
    assert_eq!((report["number"].as_i64(), report["previous_hash"].as_str()), (Some(1), None), "{report}");
    assert_eq!(report["as_of"], world.today());
    let before = told(&c.auditor, &id).await;
    let (as_of, known_at) = (report["as_of"].as_str().unwrap(), report["known_at"].as_str().unwrap());

    // More is confirmed, one is taken back, another is published.
    confirm(&c.second, &first[1]).await;
    let reason = json!({ "reason": "签到表与纪要不符" });
    c.auditor.post(&format!("/ledger/{}/reverse", docked[0]), reason).await.ok();
    offered(&c.university, &c.broker, "新的循环泵").await;

    assert_eq!(told(&c.auditor, &id).await, before, "a frozen report has changed");
    let board = c.broker.get(&format!("/progress?plan=demo&as_of={as_of}&known_at={known_at}")).await.ok();
    for row in board["indicators"].as_array().unwrap() {
        let code = row["code"].as_str().unwrap();
        let part = world.visitor().get(&format!("/snapshots/{id}/parts/{code}")).await.ok();
        for figure in ["confirmed", "candidate", "target", "years", "series"] {
            assert_eq!(part[figure], row[figure], "{code} {figure}");
        }
        let units = c.auditor.get(&format!("/snapshots/{id}/parts/{code}/units?limit=100")).await.ok();
        let known = format!("/progress/{code}/units?plan=demo&as_of={as_of}&known_at={known_at}&limit=100");
        let live = c.auditor.get(&known).await.ok();
        let of = |page: &Value| -> Vec<(Value, Value)> {
            let units = page["items"].as_array().unwrap().iter();
            units.map(|unit| (unit["entry_id"].clone(), unit["stage"].clone())).collect()
        };
        assert_eq!(of(&units), of(&live), "the units of {code}");
    }

    let later = freeze(&c.second, json!({ "plan": "demo" })).await;
    assert_eq!(later["previous_hash"], report["hash"]);
    let difference = c.auditor.get(&format!("/snapshots/{}/compare?with={id}", id_of(&later))).await.ok();
    let of = |code: &str| {
        let rows = difference["indicators"].as_array().unwrap();
        rows.iter().find(|row| row["indicator"] == code).unwrap().clone()
    };
    assert_eq!((of("T1")["added_count"].as_i64(), of("T1")["changed_count"].as_i64()), (Some(1), Some(1)));
    assert_eq!(of("T4")["removed"][0]["entry_id"], docked[0].as_str());
    assert_eq!(
        (of("T4")["this"]["confirmed"].as_i64(), of("T4")["other"]["confirmed"].as_i64()),
        (Some(0), Some(1))
    );
    agrees(&verified(&world).await);

    // A page of units at a time, and a page of reports.
    let at = format!("/snapshots/{id}/parts/T1/units?limit=2");
    let page = c.broker.get(&at).await.ok();
    let rest = c.broker.get(&format!("{at}&cursor={}", page["next_cursor"].as_str().unwrap())).await.ok();
    assert_eq!((page["items"].as_array().unwrap().len(), rest["items"].as_array().unwrap().len()), (2, 1));
    let page = world.visitor().get("/snapshots?plan=demo&limit=1").await.ok();
    assert_eq!(page["items"][0]["number"], 2);
    let next = page["next_cursor"].as_str().unwrap();
    let rest = world.visitor().get(&format!("/snapshots?plan=demo&limit=1&cursor={next}")).await.ok();
    assert_eq!(rest["items"][0]["number"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn nothing_is_recorded_afterwards_as_if_a_report_had_known_it() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let c = centre(&actors, 1).await;
    let report = freeze(&c.broker, json!({ "plan": "demo" })).await;
    let known_at = report["known_at"].as_str().unwrap();
    let entry = entries(&c.broker, "T1").await.remove(0);
    confirm(&c.second, &entry).await;
    let events = c.broker.get(&format!("/ledger/{entry}")).await.ok();
    let confirmed = events["events"].as_array().unwrap().last().unwrap().clone();
    assert!(confirmed["at"].as_str().unwrap() > known_at, "{confirmed} is within what {known_at} knew");

    // The ledger as of the past can be frozen as well, and says what was known then.
    let past = json!({ "plan": "demo", "known_at": known_at });
    let again = freeze(&c.broker, past).await;
    let of = |report: &Value| -> Vec<Value> {
        // How many dockings came to other stages is known for now alone.
        let parts = report["parts"].as_array().unwrap().iter().filter(|part| part["indicator"] != "T4");
        parts.cloned().collect()
    };
    assert!(of(&again) == of(&report), "the same moment is the same report: {again} {report}");
    agrees(&verified(&world).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_correction_names_its_report_and_each_is_corrected_once() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let c = centre(&actors, 1).await;
    let first = id_of(&freeze(&c.broker, json!({ "plan": "demo" })).await);
    let faulty = [
        (json!({ "plan": "demo", "corrects": first }), "required"),
        (json!({ "plan": "demo", "reason": "没有更正" }), "not_applicable"),
        (json!({ "plan": "jz-2023-2025", "corrects": first, "reason": "别的规划" }), "another_plan"),
        (json!({ "plan": "demo", "corrects": uuid::Uuid::nil(), "reason": "没有这份" }), "unknown"),
        (json!({ "plan": "demo", "as_of": "2999-01-01" }), "future"),
        (json!({ "plan": "demo", "as_of": "2001-01-01" }), "before_plan"),
        (json!({ "plan": "demo", "known_at": "2999-01-01T00:00:00Z" }), "future"),
        (json!({ "plan": "demo", "known_on": world.today() }), "future"),
        (json!({ "plan": "demo", "as_of": world.today(), "known_on": "2026-01-05" }), "after_known"),
        (
            json!({ "plan": "demo", "known_at": "2026-01-05T00:00:00Z", "known_on": "2026-01-05" }),
            "both_given",
        ),
        (json!({ "plan": "none" }), "unknown_plan"),
    ];
    for (body, code) in faulty {
        let reply = c.broker.post("/snapshots", body.clone()).await;
        assert_eq!(reply.status, 422, "{body}: {}", reply.body);
        assert!(reply.fault_codes().contains(&code.to_owned()), "{body}: {}", reply.body);
    }
    assert_eq!(c.broker.get("/snapshots").await.ok()["items"].as_array().unwrap().len(), 1, "half done");

    let body = json!({ "plan": "demo", "corrects": first, "reason": "补充了两份纪要" });
    let key = [("idempotency-key", "correction-0001")];
    let made = c.broker.call(Method::POST, "/snapshots", Some(body.clone()), &key).await.created();
    let replayed = c.broker.call(Method::POST, "/snapshots", Some(body.clone()), &key).await.created();
    assert_eq!(made["id"], replayed["id"], "a repetition freezes nothing more");
    c.second.post("/snapshots", body).await.refused(409, "already_exists");
    let read = world.visitor().get(&format!("/snapshots/{first}")).await.ok();
    assert_eq!(read["corrected_by"], made["id"]);
    assert_eq!(
        (made["corrects"].as_str(), made["reason"].as_str()),
        (Some(first.as_str()), Some("补充了两份纪要"))
    );
    let listed = world.visitor().get("/snapshots").await.ok();
    assert_eq!(listed["items"][1]["corrected_by"], made["id"]);

    // Figures are for everybody, what is behind them for the centre and auditors.
    assert!(read.get("signals").is_none() && read.get("made_by").is_none(), "{read}");
    let inside = c.auditor.get(&format!("/snapshots/{first}")).await.ok();
    assert!(inside["signals"].is_array() && inside["made_by"].is_string(), "{inside}");
    let units = format!("/snapshots/{first}/parts/T1/units");
    let compare = format!("/snapshots/{first}/compare?with={}", id_of(&made));
    for at in [&units, &compare] {
        world.visitor().get(at).await.refused(401, "not_signed_in");
        c.university.get(at).await.refused(403, "forbidden");
        c.auditor.get(at).await.ok();
    }
    c.university.post("/snapshots", json!({ "plan": "demo" })).await.refused(403, "forbidden");
    c.auditor.post("/snapshots", json!({ "plan": "demo" })).await.refused(403, "forbidden");
    let looks = actors.admin.get("/audit?action=look&subject_kind=snapshot").await.ok();
    assert_eq!(looks["items"].as_array().unwrap().len(), 2, "an auditor's looks are logged: {looks}");
    let other = freeze(&c.broker, json!({ "plan": "jz-2023-2025" })).await;
    let mixed = c.broker.get(&format!("/snapshots/{first}/compare?with={}", id_of(&other))).await;
    assert_eq!(mixed.fault_codes(), ["another_plan"]);
    agrees(&verified(&world).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_who_freeze_at_once_make_a_chain_without_a_gap_while_others_record() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let c = centre(&actors, 6).await;
    let mut waiting = entries(&c.broker, "T1").await;
    waiting.extend(entries(&c.broker, "T5").await);
    let confirming = {
        let second = c.second.clone();
        tokio::spawn(async move {
            for entry in waiting {
                let reply = second.act(&format!("/ledger/{entry}/confirm")).await;
                assert!(matches!(reply.status.as_u16(), 200 | 503), "{}", reply.body);
            }
        })
    };
    let freezing: Vec<_> = (0..20)
        .map(|_| {
            let broker = c.broker.clone();
            tokio::spawn(async move {
                loop {
                    let reply = broker.post("/snapshots", json!({ "plan": "demo" })).await;
                    // Whoever has to wait too long is told to come again.
                    if reply.status != 503 {
                        return reply.created();
                    }
                }
            })
        })
        .collect();
    for one in freezing {
        one.await.unwrap();
    }
    confirming.await.unwrap();
    let mut rows = snapshot::Entity::find().all(world.state.db.read()).await.unwrap();
    rows.sort_by_key(|row| row.number);
    let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
    for pair in rows.windows(2) {
        assert_eq!(pair[1].previous_hash.as_ref(), Some(&pair[0].hash));
    }
    agrees(&verified(&world).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn each_running_plan_is_frozen_once_after_a_month_ends() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let day = techmart_api::clock::day_of(world.clock.now());
    let ends = day + chrono::Duration::days(400);
    let plan = json!({ "code": "next", "name": { "zh": "下一规划", "en": "the next plan" }, "starts_on": day, "ends_on": ends });
    actors.admin.post("/plans", plan).await.created();
    let tag = actors.admin.get("/plans/next").await.etag();
    let body = Some(json!({ "target": 10 }));
    actors.admin.call(Method::PUT, "/plans/next/targets/T1", body, &[("if-match", &tag)]).await.ok();
    schedule::monthly(&world.state).await.unwrap();
    assert!(world.visitor().get("/snapshots").await.ok()["items"].as_array().unwrap().is_empty(), "too soon");

    world.clock.advance(chrono::Duration::days(31));
    let (one, other) = tokio::join!(schedule::monthly(&world.state), schedule::monthly(&world.state));
    // The service's own look may have been faster than both.
    assert!(one.unwrap() + other.unwrap() <= 1);
    schedule::monthly(&world.state).await.unwrap();
    let listed = world.visitor().get("/snapshots").await.ok();
    let items = listed["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{listed}");
    let now = techmart_api::clock::day_of(world.clock.now());
    let last = chrono::Datelike::with_day(&now, 1).unwrap().pred_opt().unwrap();
    let (as_of, title) = (items[0]["as_of"].as_str().unwrap(), items[0]["title"].as_str().unwrap());
    assert_eq!((as_of, items[0]["plan"].as_str()), (last.to_string().as_str(), Some("next")));
    assert_eq!(title, format!("下一规划 · {} 月报 / monthly report", last.format("%Y-%m")));
    assert_eq!(items[0]["made_by_service"], true);
    agrees(&verified(&world).await);
}

/// A sample as anybody draws it by hand.
fn by_hand(seed: &str, hash: &str, units: &[String], n: usize) -> Vec<String> {
    let mut ranked: Vec<(String, String)> =
        units.iter().map(|id| (hex(&Sha256::digest(format!("{seed}|{hash}|{id}"))), id.clone())).collect();
    ranked.sort();
    ranked.into_iter().take(n).map(|(_, id)| id).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sample(assessment: &Value) -> Vec<String> {
    let items = assessment["items"].as_array().unwrap();
    items.iter().map(|item| item["entry_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_assessor_draws_judges_takes_back_and_signs_and_then_nothing_changes() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let c = centre(&actors, 12).await;
    let empty = id_of(&freeze(&c.broker, json!({ "plan": "demo" })).await);
    let nothing = c.auditor.post("/assessments", json!({ "snapshot_id": empty })).await;
    assert_eq!(nothing.fault_codes(), ["nothing_confirmed"], "{}", nothing.body);
    confirm_all(&c.second).await;
    let report = freeze(&c.broker, json!({ "plan": "demo" })).await;
    let (id, hash) = (id_of(&report), report["hash"].as_str().unwrap());

    let body = json!({ "snapshot_id": id, "seed": "kaohe-2026" });
    for (who, code) in [(&c.broker, "forbidden"), (&actors.admin, "forbidden"), (&c.university, "forbidden")]
    {
        who.post("/assessments", body.clone()).await.refused(403, code);
    }
    let unknown = json!({ "snapshot_id": id, "indicator": "T99" });
    assert_eq!(c.auditor.post("/assessments", unknown).await.fault_codes(), ["unknown"]);
    let one = c.auditor.post("/assessments", body.clone()).await.created();
    let other = c.auditor.post("/assessments", body).await.created();
    assert_eq!(sample(&one), sample(&other), "the same seed draws the same");
    let mut units = Vec::new();
    for indicator in ["T1", "T3", "T4", "T5"] {
        let page = c.auditor.get(&format!("/snapshots/{id}/parts/{indicator}/units?limit=100")).await.ok();
        units.extend(sample(&page));
    }
    assert_eq!(
        (one["population"].as_u64(), one["sample_size"].as_u64()),
        (Some(units.len() as u64), Some(20))
    );
    assert_eq!(sample(&one), by_hand("kaohe-2026", hash, &units, 20), "anybody draws it by hand");
    let chance =
        c.auditor.post("/assessments", json!({ "snapshot_id": id, "indicator": "T4" })).await.created();
    assert_eq!((chance["sample_size"].as_u64(), chance["seed"].as_str().unwrap().len()), (Some(1), 43));

    let at = format!("/assessments/{}", id_of(&one));
    let judge = |n: usize| format!("{at}/items/{n}/judge");
    let accept = json!({ "verdict": "accept" });
    c.broker.post(&judge(1), accept.clone()).await.refused(403, "forbidden");
    c.university.get(&at).await.refused(403, "forbidden");
    // Whoever confirmed a unit as a broker does not judge it as an auditor.
    let confirmer = id_of(&c.second.get("/me").await.ok());
    for (role, expected) in [("auditor", Some("conflict_of_interest")), ("broker", None)] {
        let place = format!("/accounts/{confirmer}/role");
        actors.admin.post(&place, json!({ "role": role })).await.ok();
        if let Some(code) = expected {
            c.second.post(&judge(1), accept.clone()).await.refused(403, code);
        }
    }
    assert_eq!(c.auditor.post(&judge(1), json!({ "verdict": "doubt" })).await.fault_codes(), ["required"]);
    let blank = json!({ "verdict": "reject", "note": "  " });
    assert_eq!(c.auditor.post(&judge(1), blank).await.fault_codes(), ["required"]);
    c.auditor.post(&judge(21), accept.clone()).await.refused(404, "not_found");
    let opinion = json!({ "opinion": "数据可信。" });
    let early = c.auditor.post(&format!("{at}/sign"), opinion.clone()).await;
    assert_eq!(early.fault_codes(), ["not_judged"]);
    c.auditor.get(&format!("{at}/result")).await.refused(404, "not_found");
    let back = json!({ "reason": "会议纪要与签到表不符" });
    c.auditor.post(&format!("{at}/items/1/reverse"), back.clone()).await.refused(409, "illegal_move");

    for n in 1..=20 {
        c.auditor.post(&judge(n), accept.clone()).await.ok();
    }
    let doubted = json!({ "verdict": "doubt", "note": "缺少签字" });
    c.auditor.post(&judge(3), doubted).await.ok();
    let rejected = json!({ "verdict": "reject", "note": "签到表不符" });
    c.auditor.post(&judge(1), rejected).await.ok();
    let taken = c.broker.post(&format!("{at}/items/1/reverse"), back.clone()).await.ok();
    assert!(taken["reversal_id"].is_string(), "{taken}");
    c.auditor.post(&format!("{at}/items/1/reverse"), back.clone()).await.refused(409, "illegal_move");
    c.auditor.post(&judge(1), accept.clone()).await.refused(409, "illegal_move");
    // What was taken back beside the assessment is not accepted in it any more.
    let fourth = &sample(&one)[3];
    c.broker.post(&format!("/ledger/{fourth}/reverse"), json!({ "reason": "重复" })).await.ok();
    let late = c.auditor.post(&judge(4), accept.clone()).await;
    assert_eq!(late.fault_codes(), ["reversed_since"], "{}", late.body);
    let doubted = json!({ "verdict": "doubt", "note": "此后已冲销" });
    c.auditor.post(&judge(4), doubted).await.ok();
    let items = c.auditor.get(&format!("{at}/items?limit=1")).await.ok();
    assert_eq!(
        (items["items"][0]["stage_now"].as_str(), items["items"][0]["unit"]["stage"].as_str()),
        (Some("reversed"), Some("confirmed"))
    );
    let stale = [("if-match", "\"1\"")];
    c.auditor
        .call(Method::POST, &judge(2), Some(accept.clone()), &stale)
        .await
        .refused(412, "version_changed");
    let tag = c.auditor.get(&at).await.etag();
    c.auditor.call(Method::POST, &judge(2), Some(accept.clone()), &[("if-match", &tag)]).await.ok();
    let log = actors.admin.get("/audit?action=judge&limit=100").await.ok();
    assert_eq!(log["items"].as_array().unwrap().len(), 24, "every verdict stays in the log");

    c.broker.post(&format!("{at}/sign"), opinion.clone()).await.refused(403, "forbidden");
    let signed = c.auditor.post(&format!("{at}/sign"), opinion.clone()).await.ok();
    let counts = ["accepted", "doubted", "rejected", "waiting"].map(|name| signed[name].as_i64().unwrap());
    assert_eq!(counts, [17, 2, 1, 0]);
    let result = c.broker.get(&format!("{at}/result")).await;
    assert_eq!(result.etag().trim_matches('"'), signed["signature"].as_str().unwrap());
    let document = result.ok();
    // Sorted keys and no white space: the text itself was signed.
    assert_eq!(hex(&Sha256::digest(document.to_string())), signed["signature"].as_str().unwrap());
    assert_eq!((document["report"]["hash"].as_str(), document["taken_back"].as_i64()), (Some(hash), Some(1)));

    for (path, body) in
        [(judge(2), accept), (format!("{at}/items/3/reverse"), back), (format!("{at}/sign"), opinion)]
    {
        c.auditor.post(&path, body).await.refused(409, "illegal_move");
    }
    assert_eq!(c.auditor.get(&at).await.ok()["signature"], signed["signature"]);
    let listed = c.broker.get(&format!("/assessments?snapshot_id={id}&limit=1")).await.ok();
    assert!(listed["next_cursor"].is_string());
    let looks = actors.admin.get("/audit?action=look&subject_kind=assessment").await.ok();
    assert_eq!(
        looks["items"].as_array().unwrap().len(),
        3,
        "the auditor's looks are logged, the broker's not"
    );
    agrees(&verified(&world).await);

    // A verdict that somebody changes behind the service's back no longer has the signature.
    let db = world.state.db.read();
    db.execute_unprepared("UPDATE assessment_item SET note = 'x' WHERE note = '缺少签字'").await.unwrap();
    names(&verified(&world).await, &format!("assessment {}", id_of(&one)));
}

#[track_caller]
fn names(findings: &Findings, place: &str) {
    let places: BTreeSet<&str> = findings.faults.iter().map(|fault| fault.place.as_str()).collect();
    assert!(places.iter().any(|found| found.contains(place)), "{place} is not among {places:#?}");
}

/// Lets somebody with the keys of the database change what it keeps from change.
async fn unguard(db: &DatabaseConnection, table: &str) {
    if db.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared(&format!("ALTER TABLE {table} DISABLE TRIGGER USER")).await.unwrap();
    } else {
        for act in ["update", "delete"] {
            db.execute_unprepared(&format!("DROP TRIGGER IF EXISTS {table}_no_{act}")).await.unwrap();
        }
    }
}

async fn relabel(db: &DatabaseConnection, id: EntryId, label: &str) {
    let change = ledger::Entity::update_many().filter(ledger::Column::Id.eq(id));
    change.col_expr(ledger::Column::Label, Expr::value(label)).exec(db).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn one_byte_changed_behind_the_services_back_is_named() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let c = centre(&actors, 2).await;
    confirm_all(&c.second).await;
    let taken = entries(&c.broker, "T5").await.remove(0);
    c.auditor.post(&format!("/ledger/{taken}/reverse"), json!({ "reason": "材料不全" })).await.ok();
    freeze(&c.broker, json!({ "plan": "demo" })).await;
    let last = freeze(&c.broker, json!({ "plan": "demo" })).await;
    agrees(&verified(&world).await);
    let db = world.state.db.read();
    for table in ["ledger_entry", "ledger_event", "snapshot", "snapshot_part", "audit"] {
        unguard(db, table).await;
    }

    // A row of the ledger.
    let docked: EntryId = entries(&c.broker, "T4").await.remove(0).parse().unwrap();
    let entry = ledger::Entity::find_by_id(docked).one(db).await.unwrap().unwrap();
    relabel(db, docked, &entry.label.replacen('循', "巡", 1)).await;
    let found = verified(&world).await;
    names(&found, &format!("ledger_entry {docked}: 巡环泵"));
    names(&found, "snapshot 1 part T4 unit 1");
    // The same by somebody who also makes a hash for it: the reports know the row as it was.
    let spoilt = ledger::Entity::find_by_id(docked).one(db).await.unwrap().unwrap();
    let change = ledger::Entity::update_many().filter(ledger::Column::Id.eq(docked));
    change.col_expr(ledger::Column::Hash, Expr::value(spoilt.content_hash())).exec(db).await.unwrap();
    let found = verified(&world).await;
    names(&found, "snapshot 1 ledger");
    names(&found, "snapshot 2 part T4 unit 1");
    relabel(db, docked, &entry.label).await;
    let change = ledger::Entity::update_many().filter(ledger::Column::Id.eq(docked));
    change.col_expr(ledger::Column::Hash, Expr::value(entry.hash)).exec(db).await.unwrap();
    agrees(&verified(&world).await);

    // A hash that was taken away is no row from before hashes.
    let gone = "UPDATE ledger_entry SET hash = NULL WHERE indicator = 'T4'";
    db.execute_unprepared(gone).await.unwrap();
    names(&verified(&world).await, &format!("ledger_entry {docked}"));
    let change = ledger::Entity::update_many().filter(ledger::Column::Id.eq(docked));
    let entry = ledger::Entity::find_by_id(docked).one(db).await.unwrap().unwrap();
    change.col_expr(ledger::Column::Hash, Expr::value(entry.content_hash())).exec(db).await.unwrap();
    agrees(&verified(&world).await);

    // A place, a statement that spoils it, and one that mends it.
    let cases = [
        (
            format!("ledger_event 9999 of ledger_entry {taken}"),
            "UPDATE ledger_event SET reason = '材料不金' WHERE reason = '材料不全'",
            "UPDATE ledger_event SET reason = '材料不全' WHERE reason = '材料不金'",
        ),
        (
            "snapshot 1 part T4".to_owned(),
            "UPDATE snapshot_part SET document = replace(document, '\"confirmed\":1', '\"confirmed\":2') WHERE indicator = 'T4'",
            "UPDATE snapshot_part SET document = replace(document, '\"confirmed\":2', '\"confirmed\":1') WHERE indicator = 'T4'",
        ),
        (
            "snapshot 2".to_owned(),
            "UPDATE snapshot SET document = replace(document, '\"number\":2', '\"number\":3') WHERE number = 2",
            "UPDATE snapshot SET document = replace(document, '\"number\":3', '\"number\":2') WHERE number = 2",
        ),
        (
            "snapshot 1".to_owned(),
            "UPDATE snapshot SET title = title || '。' WHERE number = 1",
            "UPDATE snapshot SET title = replace(title, '。', '') WHERE number = 1",
        ),
        (
            "ledger_day T1 (demo)".to_owned(),
            "UPDATE ledger_day SET confirmed = confirmed + 1 WHERE indicator = 'T1'",
            "UPDATE ledger_day SET confirmed = confirmed - 1 WHERE indicator = 'T1'",
        ),
        (
            "ledger_day_change T3 (demo)".to_owned(),
            "UPDATE ledger_day_change SET candidate_units = candidate_units + 1 WHERE indicator = 'T3'",
            "UPDATE ledger_day_change SET candidate_units = candidate_units - 1 WHERE indicator = 'T3'",
        ),
        (
            format!("ledger_entry {docked}"),
            "UPDATE ledger_active SET stage = 'evidence_complete' WHERE indicator = 'T4'",
            "UPDATE ledger_active SET stage = 'confirmed' WHERE indicator = 'T4'",
        ),
        (format!("ledger_entry {docked}"), "UPDATE docking_meeting SET held_on = '2026-01-01'", ""),
    ];
    let cases_of_sqlite = db.get_database_backend() != DbBackend::Postgres;
    for (place, spoil, mend) in cases {
        let place = place.replace("ledger_event 9999 of ", "");
        let days = if mend.is_empty() { Some(world.today()) } else { None };
        db.execute_unprepared(spoil).await.unwrap();
        names(&verified(&world).await, &place);
        let mend =
            days.map_or(mend.to_owned(), |day| format!("UPDATE docking_meeting SET held_on = '{day}'"));
        db.execute_unprepared(&mend).await.unwrap();
        agrees(&verified(&world).await);
    }
    if cases_of_sqlite {
        // A row that cannot even be read is named, and the others are looked at all the same.
        db.execute_unprepared("UPDATE ledger_event SET stage = 'konfirmed' WHERE stage = 'reversed'")
            .await
            .unwrap();
        names(&verified(&world).await, "ledger_event ");
        db.execute_unprepared("UPDATE ledger_event SET stage = 'reversed' WHERE stage = 'konfirmed'")
            .await
            .unwrap();
    }

    // A file of evidence, and a file that is gone.
    let minutes = entry.evidence.0.iter().find(|piece| piece.label == "minutes.pdf").unwrap();
    let sha256 = minutes.sha256.clone().unwrap();
    let folder = world.data().join("files").join("attachments").join(&sha256[..2]);
    let file = folder.join(&sha256);
    let bytes = std::fs::read(&file).unwrap();
    let mut other = bytes.clone();
    other[10] ^= 1;
    std::fs::write(&file, &other).unwrap();
    names(&verified(&world).await, &format!("file {sha256}"));
    std::fs::remove_file(&file).unwrap();
    names(&verified(&world).await, &format!("file {sha256}"));
    std::fs::write(&file, &bytes).unwrap();
    agrees(&verified(&world).await);

    // What was published, and an act without its count.
    let offer =
        listing::Entity::find().filter(listing::Column::Title.eq("循环泵第 1 型")).one(db).await.unwrap();
    let offer = offer.unwrap();
    let version = offer.published_version_id.unwrap();
    let change = listing::version::Entity::update_many().filter(listing::version::Column::Id.eq(version));
    let row = listing::version::Entity::find_by_id(version).one(db).await.unwrap().unwrap();
    let mut content = row.content.clone();
    content["trl"] = json!(9);
    change.col_expr(listing::version::Column::Content, Expr::value(content)).exec(db).await.unwrap();
    names(&verified(&world).await, &format!("listing {}", offer.id));
    let change = listing::version::Entity::update_many().filter(listing::version::Column::Id.eq(version));
    change.col_expr(listing::version::Column::Content, Expr::value(row.content)).exec(db).await.unwrap();
    let change = listing::Entity::update_many().filter(listing::Column::Title.eq("低温启动的循环泵"));
    let unpublished = Expr::value(Option::<techmart_entity::Instant>::None);
    change.col_expr(listing::Column::FirstPublishedAt, unpublished).exec(db).await.unwrap();
    names(&verified(&world).await, ": 低温启动的循环泵");

    // The end of the chain, cut off.
    let cut = last["id"].as_str().unwrap();
    let cut: techmart_entity::id::SnapshotId = cut.parse().unwrap();
    snapshot::part::Entity::delete_many()
        .filter(snapshot::part::Column::SnapshotId.eq(cut))
        .exec(db)
        .await
        .unwrap();
    names(&verified(&world).await, "snapshot 2 part T1");
    snapshot::Entity::delete_many().filter(snapshot::Column::Id.eq(cut)).exec(db).await.unwrap();
    names(&verified(&world).await, "snapshot 2");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn verify_passes_on_the_demo_and_fails_with_one_document_when_a_row_was_changed() {
    let data = tempfile::tempdir().unwrap();
    let (url, dropped) = database(data.path()).await;
    let mut environment = variables(data.path(), &url, &Setting::default());
    environment.retain(|(name, _)| name != "TECHMART_BIND");
    binary::run_json(data.path(), &environment, &["demo"]);
    let whole = binary::run_json(data.path(), &environment, &["verify"]);
    assert_eq!(
        (whole["ok"].as_bool(), whole["faults"].as_array().map(Vec::len)),
        (Some(true), Some(0)),
        "{whole}"
    );
    assert!(whole["checked"]["counts_traced"].as_u64() > Some(10), "{whole}");
    binary::run_json(data.path(), &environment, &["verify", "--plan", "demo"]);
    let unknown = binary::run(data.path(), &environment, &["verify", "--plan", "none"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("jz-2023-2025"), "it says which there are");

    let db = sea_orm::Database::connect(&url).await.unwrap();
    unguard(&db, "ledger_entry").await;
    let entry =
        ledger::Entity::find().filter(ledger::Column::Indicator.eq("T4")).one(&db).await.unwrap().unwrap();
    relabel(&db, entry.id, "改过的名称").await;
    let output = binary::run(data.path(), &environment, &["--json", "verify"]);
    assert_eq!(output.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["ok"], false);
    let fault = &document["faults"][0];
    assert_eq!(fault["place"], format!("ledger_entry {}: 改过的名称", entry.id));
    for member in ["expected", "found", "zh", "en"] {
        assert!(fault[member].is_string(), "{fault}");
    }
    let words = binary::run(data.path(), &environment, &["verify"]);
    assert_eq!(words.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&words.stdout).contains("改过的名称"));
    db.close().await.unwrap();
    if let Some((server, name)) = dropped {
        let db = sea_orm::Database::connect(server).await.unwrap();
        db.execute_unprepared(&format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)")).await.unwrap();
    }
}
