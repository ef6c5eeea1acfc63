//! The broker's desk: everything that waits is on it, with a clock that runs in working days, and it leaves when it is
//! answered.

use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};
use techmart_api::{
    clock::{day_of, end_of},
    jobs::schedule,
};
use techmart_tests::{
    Actors, Client, World,
    actors::{approve, sign_in},
    builders::{achievement, demand},
    client::id_of,
};

/// What is on the desk.
async fn desk(reader: &Client, query: &str) -> Vec<Value> {
    reader.get(&format!("/desk/items?{query}")).await.ok()["items"].as_array().unwrap().clone()
}

/// The one item of a subject in a queue.
async fn item(reader: &Client, queue: &str, subject: &str) -> Value {
    let mut found = desk(reader, &format!("queue={queue}&subject_id={subject}")).await;
    assert_eq!(found.len(), 1, "{queue} of {subject}: {found:?}");
    found.remove(0)
}

async fn told(client: &Client) -> Vec<String> {
    let list = client.get("/notifications?kind=desk").await.ok();
    list["items"].as_array().unwrap().iter().map(|one| one["zh"]["subject"].to_string()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_demand_is_diagnosed_twice_and_handed_from_one_broker_to_another_inside_its_clock() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let first = actors.broker("first").await;
    let second = actors.broker("second").await;
    let enterprise = actors.verified(&first, "企业", "enterprise", 1, true).await;
    let outsider = actors.person("outsider").await;

    let need = id_of(&enterprise.post("/demands", demand("低温启动")).await.created());
    assert!(desk(&first, &format!("subject_id={need}")).await.is_empty(), "a draft waits for nobody");
    enterprise.act(&format!("/demands/{need}/submit")).await.ok();
    let waiting = item(&first, "review", &need).await;
    let at = format!("/desk/items/{}", waiting["id"].as_str().unwrap());
    assert_eq!(
        (&waiting["assignee"], &waiting["href"]),
        (&Value::Null, &json!(format!("/api/v1/demands/{need}")))
    );
    let due = waiting["due_at"].clone();
    let asked = format!("/calendar/due?from={}&working_days=2", waiting["opened_at"].as_str().unwrap());
    assert_eq!(world.visitor().get(&asked).await.ok()["due_at"], due, "two working days");

    // Claiming it on the desk claims it for review, and the other way round.
    let claimed = first.act(&format!("{at}/claim")).await.ok();
    assert_eq!(claimed["assignee"]["name"], "first");
    second.act(&format!("{at}/claim")).await.refused(409, "illegal_move");
    let mine = desk(&first, "mine=true").await;
    assert_eq!(mine.len(), 1);
    first
        .post(
            &format!("/demands/{need}/diagnose"),
            json!({ "outcome": "needs_second_diagnosis", "note": "工况不明", "clarity": "partly_clear",
                "level": "domestic", "missing": ["no_indicator", "no_target", "no_indicator"],
                "direction": "先问长江大学电机组", "centre_note": "企业预算存疑" }),
        )
        .await
        .ok();
    // The second judgement is a second person's.
    let again = json!({ "outcome": "ready" });
    first.post(&format!("/demands/{need}/diagnose"), again).await.refused(403, "conflict_of_interest");
    let draft = format!("/demands/{need}/draft");
    let mine = enterprise.get(&draft).await.ok()["diagnosis"].clone();
    assert_eq!(mine["missing"], json!(["no_indicator", "no_target"]), "each once: {mine}");
    assert_eq!((&mine["clarity"], &mine["note"]), (&json!("partly_clear"), &json!("工况不明")));
    for hidden in ["level", "direction", "centre_note", "by"] {
        assert!(mine[hidden].is_null(), "the author is not told {hidden}: {mine}");
    }
    assert_eq!(second.get(&draft).await.ok()["diagnosis"]["centre_note"], "企业预算存疑");
    assert_eq!(item(&first, "second_diagnosis", &need).await["due_at"], due);
    // Nobody else takes it from them; they hand it over, and the clock runs on.
    let note = "企业周三下午方便电话，重点问启动电流";
    let over = json!({ "account_id": second.account_id, "note": note });
    second.post(&format!("{at}/hand-over"), over.clone()).await.refused(403, "forbidden");
    let nobody = json!({ "account_id": enterprise.account_id, "note": note });
    let unknown = first.post(&format!("{at}/hand-over"), nobody).await;
    assert_eq!(unknown.fault_codes(), ["unknown"]);
    let handed = first.post(&format!("{at}/hand-over"), over).await.ok();
    assert_eq!((&handed["assignee"]["name"], &handed["due_at"]), (&json!("second"), &due));
    world.drain().await;
    assert_eq!(told(&second).await.len(), 1);
    assert!(told(&second).await[0].contains("交由您处理"));
    // What the second has to know stands on the desk, and nowhere else.
    let notes = second.get(&format!("{at}/notes")).await.ok();
    assert_eq!(notes["items"][0]["body"], note);
    let auditor = actors.with_role("auditor", "auditor").await;
    for reader in [&auditor, &enterprise, &outsider] {
        reader.get(&format!("{at}/notes")).await.refused(403, "forbidden");
    }
    let public = [
        enterprise.get(&format!("/demands/{need}/history")).await.ok(),
        enterprise.get("/notifications").await.ok(),
        auditor.get(&format!("{at}/history")).await.ok(),
        actors.admin.get("/audit?limit=100").await.ok(),
    ];
    assert!(public.iter().all(|answer| !answer.to_string().contains("启动电流")));
    assert!(world.mails().iter().all(|mail| !mail.contains("启动电流")));

    // The second judges it and publishes it: it is off the desk.
    second.post(&format!("/demands/{need}/diagnose"), json!({ "outcome": "ready" })).await.ok();
    // Both judgements are kept, for the centre and auditors.
    let all = format!("/demands/{need}/diagnoses");
    let kept = actors.admin.get(&format!("{all}?limit=1")).await.ok();
    assert_eq!(
        (&kept["items"][0]["outcome"], &kept["items"][0]["by"]),
        (&json!("ready"), &json!(second.account_id))
    );
    let next = kept["next_cursor"].as_str().expect("a judgement before it");
    let before = actors.admin.get(&format!("{all}?limit=1&cursor={next}")).await.ok();
    assert_eq!(before["items"][0]["direction"], "先问长江大学电机组");
    assert_eq!((&before["next_cursor"], &before["items"][0]["by"]), (&Value::Null, &json!(first.account_id)));
    let audited = auditor.get(&all).await.ok();
    assert_eq!(audited["items"].as_array().unwrap().len(), 2);
    assert!(!audited.to_string().contains("预算存疑"), "the centre's own note: {audited}");
    enterprise.get(&all).await.refused(403, "forbidden");
    outsider.get(&all).await.refused(404, "not_found");
    for log in [actors.admin.get("/audit?limit=100").await.ok(), enterprise.get("/notifications").await.ok()]
    {
        assert!(!log.to_string().contains("预算存疑"), "{log}");
    }
    assert!(desk(&second, &format!("queue=second_diagnosis&subject_id={need}")).await.is_empty());
    first.act(&format!("/demands/{need}/publish")).await.refused(403, "forbidden");
    second.act(&format!("/demands/{need}/publish")).await.ok();
    assert!(desk(&second, &format!("queue=review&subject_id={need}")).await.is_empty());
    let closed = second.get(&at).await.ok();
    assert_eq!((&closed["overdue"], &closed["closed_by"]), (&json!(false), &json!(second.account_id)));
    assert!(closed["closed_at"].as_str().unwrap() < due.as_str().unwrap(), "inside its clock");
    second.act(&format!("{at}/release")).await.refused(409, "illegal_move");
    let load = actors.admin.get("/desk/load").await.ok();
    let of = |name: &str| {
        load["items"].as_array().unwrap().iter().find(|row| row["person"]["name"] == name).unwrap().clone()
    };
    assert_eq!(
        (of("second")["closed_30_days"].as_i64(), of("second")["late_30_days"].as_i64()),
        (Some(2), Some(0))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn everything_that_waits_is_on_the_desk_until_it_is_answered() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let counts = async |queue: &str| {
        let all = broker.get("/desk/counts").await.ok();
        let row = all["queues"].as_array().unwrap().iter().find(|row| row["queue"] == queue).unwrap().clone();
        (row["open"].as_i64().unwrap(), row["unassigned"].as_i64().unwrap())
    };
    // An organisation that wants to be verified.
    let owner = actors
        .owner(
            "企业",
            json!({ "name": "企业", "kind": "enterprise", "demo": true,
        "uscc": techmart_tests::builders::uscc(9), "town": "tanqiao" }),
        )
        .await;
    let organisation = owner.acting.clone().unwrap();
    owner.act(&format!("/organisations/{organisation}/submit-verification")).await.ok();
    assert_eq!(counts("verification").await, (1, 1));
    let evidence = json!({ "method": "licence", "evidence": "核对营业执照原件" });
    broker.post(&format!("/organisations/{organisation}/verify"), evidence).await.ok();
    assert_eq!(counts("verification").await, (0, 0));
    // A submission: claimed where it lies, it has its reader here; given back, it has none.
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let offer = id_of(&university.post("/achievements", achievement("电机控制器")).await.created());
    university.act(&format!("/achievements/{offer}/submit")).await.ok();
    assert_eq!(counts("review").await, (1, 1));
    broker.act(&format!("/achievements/{offer}/claim")).await.ok();
    assert_eq!(item(&broker, "review", &offer).await["assignee"]["name"], "broker");
    broker.act(&format!("/achievements/{offer}/release")).await.ok();
    assert_eq!(counts("review").await, (1, 1));
    // A member of whom it concerns does not look after it.
    let members = format!("/organisations/{}/members", university.acting.as_deref().unwrap());
    let other = actors.person("other").await;
    university.post(&members, json!({ "email": other.email, "role": "viewer" })).await.created();
    let role = format!("/accounts/{}/role", other.account_id.clone().unwrap());
    actors.admin.post(&role, json!({ "role": "broker" })).await.ok();
    let at = format!("/desk/items/{}", item(&broker, "review", &offer).await["id"].as_str().unwrap());
    other.act(&format!("{at}/claim")).await.refused(403, "conflict_of_interest");
    let returned = json!({ "reason": "请补充对比数据" });
    broker.act(&format!("/achievements/{offer}/claim")).await.ok();
    broker.post(&format!("/achievements/{offer}/return"), returned).await.ok();
    assert_eq!(counts("review").await, (0, 0));
    // What is submitted again waits anew.
    university.act(&format!("/achievements/{offer}/submit")).await.ok();
    assert_ne!(item(&broker, "review", &offer).await["id"], json!(at.rsplit('/').next().unwrap()));
    approve(&broker, "achievements", &offer).await;
    // Its count waits for somebody who did none of its acts.
    let (waits, _) = counts("confirmation").await;
    assert!(waits >= 1, "{waits}");
    let entry = actors.admin.get("/ledger?indicator=T1").await.ok()["items"][0]["entry_id"].clone();
    actors.admin.act(&format!("/ledger/{}/confirm", entry.as_str().unwrap())).await.ok();
    assert_eq!(counts("confirmation").await.0, waits - 1);
    // What was lost from the desk, or never came there, is put right by the next look at everything.
    use sea_orm::EntityTrait;
    techmart_entity::desk::Entity::delete_many().exec(world.state.db.read()).await.unwrap();
    assert_eq!(counts("confirmation").await.0, 0);
    schedule::sweep(&world.state).await;
    assert_eq!(counts("confirmation").await.0, waits - 1);
    for stranger in [&university, &world.visitor()] {
        assert!(stranger.get("/desk/items").await.status.is_client_error());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn clocks_run_in_working_days_of_shanghai() {
    let world = World::start().await;
    let visitor = world.visitor();
    let due = async |from: &str, days: u32| {
        let answer = visitor.get(&format!("/calendar/due?from={from}&working_days={days}")).await.ok();
        (answer["day"].as_str().unwrap().to_owned(), answer["due_at"].as_str().unwrap().to_owned())
    };
    for (from, days, day, why) in [
        ("2026-11-23T02:00:00.000Z", 2, "2026-11-25", "a Monday"),
        ("2026-11-26T09:00:00.000Z", 2, "2026-11-30", "a Thursday: over a weekend"),
        ("2026-11-28T03:00:00.000Z", 2, "2026-12-01", "a Saturday begins to run on Monday"),
        ("2026-11-23T15:59:59.999Z", 1, "2026-11-24", "the last instant of Monday in Shanghai"),
        ("2026-11-23T16:00:00.000Z", 1, "2026-11-25", "the first of Tuesday there, still Monday in UTC"),
        ("2026-09-30T02:00:00.000Z", 2, "2026-10-09", "over National Day"),
        ("2026-10-08T02:00:00.000Z", 2, "2026-10-10", "the Saturday after it is worked"),
        ("2026-09-18T02:00:00.000Z", 1, "2026-09-20", "a Sunday that is worked"),
        ("2026-02-13T02:00:00.000Z", 2, "2026-02-24", "a worked Saturday, then Spring Festival"),
        ("2025-12-31T02:00:00.000Z", 2, "2026-01-05", "over the New Year, whose Sunday is worked"),
        ("2024-09-13T02:00:00.000Z", 2, "2024-09-18", "the Mid-Autumn of 2024"),
        ("2023-09-28T02:00:00.000Z", 15, "2023-10-25", "fifteen, over both festivals of 2023"),
    ] {
        let (found, at) = due(from, days).await;
        assert_eq!(found, day, "{why}");
        assert_eq!(at, format!("{day}T15:59:59.999Z"), "the end of that day in Shanghai");
    }
    let year = visitor.get("/calendar?from=2026-01-01&to=2026-12-31").await.ok();
    assert_eq!(year["working_days"], 248, "the working days of 2026: {year}");
    assert_eq!(year["entered_until"], "2026-10-10");
    visitor.get("/calendar?from=2026-02-01&to=2026-01-01").await.status(400);

    // The centre enters what is announced, and running clocks follow.
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let offer = id_of(&university.post("/achievements", achievement("电机控制器")).await.created());
    university.act(&format!("/achievements/{offer}/submit")).await.ok();
    let before = item(&broker, "review", &offer).await["due_at"].as_str().unwrap().to_owned();
    let day = before.get(..10).unwrap().to_owned();
    let holiday = json!({ "kind": "holiday", "name": "停电检修" });
    broker.post(&format!("/calendar/{day}"), holiday.clone()).await.refused(403, "forbidden");
    actors.admin.post(&format!("/calendar/{day}"), holiday).await.ok();
    let later = item(&broker, "review", &offer).await["due_at"].as_str().unwrap().to_owned();
    assert!(later > before, "{later} after {before}");
    actors.admin.act(&format!("/calendar/{day}/clear")).await.status(204);
    assert_eq!(item(&broker, "review", &offer).await["due_at"], before);
    actors.admin.act(&format!("/calendar/{day}/clear")).await.status(404);
    actors.admin.post("/desk/terms/review", json!({ "working_days": null })).await.ok();
    assert_eq!(item(&broker, "review", &offer).await["due_at"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_clock_that_runs_out_is_warned_of_once_and_told_of_once() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let other = actors.broker("other").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let offer = id_of(&university.post("/achievements", achievement("电机控制器")).await.created());
    university.act(&format!("/achievements/{offer}/submit")).await.ok();
    let waiting = item(&broker, "review", &offer).await;
    let at = format!("/desk/items/{}", waiting["id"].as_str().unwrap());
    broker.act(&format!("{at}/claim")).await.ok();
    let due: chrono::DateTime<chrono::Utc> = waiting["due_at"].as_str().unwrap().parse().unwrap();
    let look = async || {
        for _ in 0..2 {
            schedule::tick(&world.state).await;
        }
        world.drain().await;
    };
    let to = |then: chrono::DateTime<chrono::Utc>| world.clock.advance(then - world.clock.now());
    look().await;
    let again = async |client: &Client| sign_in(&world, &client.email).await;
    assert!(told(&broker).await.is_empty());

    // Eight in the morning of the last day: who looks after it, and nobody else.
    to(end_of(day_of(due)) - Duration::hours(16) + Duration::seconds(1));
    look().await;
    let broker = again(&broker).await;
    assert_eq!(told(&broker).await.len(), 1);
    assert!(told(&broker).await[0].contains("今日到期"));
    let other = again(&other).await;
    assert!(told(&other).await.iter().all(|one| !one.contains("审核")), "{:?}", told(&other).await);
    let counts = broker.get("/desk/counts").await.ok();
    assert_eq!((&counts["total"]["overdue"], counts["total"]["mine"].as_i64()), (&json!(0), Some(1)));

    // A second after its end: the admin hears of it, too.
    to(due + Duration::seconds(1));
    look().await;
    let broker = again(&broker).await;
    assert_eq!(told(&broker).await.len(), 2);
    let admin = again(&actors.admin).await;
    assert!(told(&admin).await.iter().any(|one| one.contains("待审核") && one.contains("已超时")));
    let overdue = desk(&broker, "overdue=true&queue=review").await;
    assert_eq!((overdue.len(), &overdue[0]["overdue"]), (1, &json!(true)));
    // An admin gives it to somebody who has time.
    let over = json!({ "account_id": other.account_id, "note": "请今天处理" });
    admin.post(&format!("{at}/hand-over"), over).await.ok();
    let other = again(&other).await;
    other.act(&format!("/achievements/{offer}/publish")).await.ok();
    look().await;
    assert_eq!(told(&broker).await.len(), 2, "what was answered is told of no more");
    let load = admin.get("/desk/load").await.ok();
    let row = load["items"].as_array().unwrap().iter().find(|row| row["person"]["name"] == "other").unwrap();
    assert_eq!(row["late_30_days"], 1, "{load}");
    let page = admin.call(Method::GET, "/desk/items?closed=true&limit=1", None, &[]).await.ok();
    assert!(page["next_cursor"].is_string());
}
