//! Who posts learns what became of it, the centre learns how well it serves, and nobody learns who looked.

use std::{sync::Arc, time::Duration as Pause};

use chrono::{DateTime, Datelike, Duration, Utc, Weekday};
use reqwest::Method;
use serde_json::{Value, json};
use techmart_api::{
    app::{Chances, Purpose, build},
    auth::Context,
    clock::{day_of, end_of},
    config::Config,
    features::feedback::schedule::write,
};
use techmart_tests::{
    Actors, Client, Reply, World,
    actors::{approve, publish, sign_in},
    builders::{achievement, demand, provider},
    client::id_of,
};

/// POST /dockings with a key of its own.
async fn dock(client: &Client, body: Value) -> Reply {
    let key = format!("key-{}", uuid::Uuid::new_v4().simple());
    client.call(Method::POST, "/dockings", Some(body), &[("idempotency-key", &key)]).await
}

/// The feedback of something, with all that was counted until now.
async fn feedback(world: &World, reader: &Client, path: &str) -> Value {
    write(&world.state).await.unwrap();
    reader.get(&format!("{path}/feedback")).await.ok()
}

/// A figure of the newest month.
fn figure(feedback: &Value, name: &str) -> i64 {
    feedback["months"][0][name].as_i64().unwrap_or_else(|| panic!("no {name} in {feedback}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_look_from_outside_is_counted_once_a_day_and_own_looks_never() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let auditor = actors.with_role("auditor", "auditor").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let stranger = actors.verified(&broker, "外人", "enterprise", 2, true).await;
    let offer = id_of(&university.post("/achievements", achievement("氢气循环泵")).await.created());
    let page = format!("/achievements/{offer}");
    university.get(&page).await.ok();
    stranger.get(&page).await.status(404);
    publish(&university, &broker, "achievements", &offer).await;
    for reader in [&university, &broker, &auditor, &actors.admin] {
        reader.get(&page).await.ok();
    }
    assert_eq!(figure(&feedback(&world, &university, &page).await, "views"), 0, "own looks and the centre's");
    let tag = world.visitor().get(&page).await.etag();
    for _ in 0..3 {
        world.visitor().get(&page).await.ok();
        stranger.get(&page).await.ok();
        stranger.acting_for_nobody().get(&page).await.ok();
        world.visitor().call(Method::GET, &page, None, &[("if-none-match", &tag)]).await.status(304);
        // Only the page is counted.
        stranger.get(&format!("{page}/versions")).await.ok();
        stranger.get("/achievements").await.ok();
    }
    let seen = feedback(&world, &university, &page).await;
    assert_eq!(figure(&seen, "views"), 2, "one address and one account: {seen}");
    assert_eq!((&seen["total"]["views"], seen["months"].as_array().unwrap().len()), (&json!(2), 12));
    assert_eq!(figure(&feedback(&world, &auditor, &page).await, "views"), 2);

    // Months are those of Shanghai: the last second of this one, and the next, eight hours before UTC has it.
    let this = day_of(world.clock.now());
    let mut next = this;
    while next.month() == this.month() {
        next = next.succ_opt().unwrap();
    }
    let last = end_of(next.pred_opt().unwrap());
    world.clock.advance(last - Duration::seconds(2) - world.clock.now());
    world.visitor().get(&page).await.ok();
    world.clock.advance(last + Duration::milliseconds(1) - world.clock.now());
    world.visitor().get(&page).await.ok();
    let university =
        sign_in(&world, &university.email).await.acting_for(university.acting.as_deref().unwrap());
    let seen = feedback(&world, &university, &page).await;
    assert_eq!(seen["months"][0]["month"], next.format("%Y-%m").to_string());
    assert_eq!((figure(&seen, "views"), &seen["total"]["views"]), (1, &seen_total(&seen)));
    // If today is that last day, the address had been counted on it.
    let earlier = if this.succ_opt() == Some(next) { 2 } else { 3 };
    assert_eq!(seen["months"][1]["views"], earlier, "{seen}");
    let few = university.get(&format!("{page}/feedback?months=1")).await.ok();
    assert_eq!((few["months"].as_array().unwrap().len(), &few["total"]["views"]), (1, &json!(1)));
    university.get(&format!("{page}/feedback?months=0")).await.refused(400, "invalid_parameter");
    // What is left of a page is opened by nobody.
    university.post(&format!("{page}/withdraw"), json!({ "reason": "已转让" })).await.ok();
    actors.person("late").await.get(&page).await.ok();
    assert_eq!(figure(&feedback(&world, &university, &page).await, "views"), 1);
}

fn seen_total(feedback: &Value) -> Value {
    let months = feedback["months"].as_array().unwrap();
    months.iter().map(|month| month["views"].as_i64().unwrap()).sum::<i64>().into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_listing_appears_where_others_find_it_on_a_first_page() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let hidden = actors.verified(&broker, "隐名企业", "enterprise", 2, true).await;
    let stranger = actors.verified(&broker, "外人", "enterprise", 3, true).await;
    let mut offers = Vec::new();
    for title in ["磁悬浮循环泵", "磁悬浮压缩机"] {
        let offer = id_of(&university.post("/achievements", achievement(title)).await.created());
        publish(&university, &broker, "achievements", &offer).await;
        offers.push(offer);
    }
    let mut need = demand("磁悬浮轴承寿命");
    need["content"]["publicity"] = json!("anonymous");
    let need = id_of(&hidden.post("/demands", need).await.created());
    publish(&hidden, &broker, "demands", &need).await;
    let search = json!({ "name": "磁悬浮", "query": "q=磁悬浮", "pace": "at_once" });
    stranger.post("/saved-searches", search).await.created();
    world.drain().await;
    for reader in [&university, &broker, &actors.admin] {
        reader.get("/search?q=磁悬浮&kind=achievement").await.ok();
    }
    hidden.get("/search?q=磁悬浮&kind=demand").await.ok();
    let page = format!("/achievements/{}", offers[0]);
    assert_eq!(figure(&feedback(&world, &university, &page).await, "appearances"), 0);
    let asked = "/search?q=磁悬浮&kind=achievement&limit=1";
    let first = world.visitor().get(asked).await.ok();
    let next = first["next_cursor"].as_str().expect("a second page");
    let second = world.visitor().get(&format!("{asked}&cursor={next}")).await.ok();
    let (shown, below) =
        (first["items"][0]["id"].as_str().unwrap(), second["items"][0]["id"].as_str().unwrap());
    for _ in 0..2 {
        stranger.get("/search?q=磁悬浮&kind=demand").await.ok();
    }
    let of = async |id: &str| {
        figure(&feedback(&world, &university, &format!("/achievements/{id}")).await, "appearances")
    };
    assert_eq!((of(shown).await, of(below).await), (1, 0), "the first page alone");
    let demand = format!("/demands/{need}");
    assert_eq!(figure(&feedback(&world, &hidden, &demand).await, "appearances"), 2, "every time");
    // The owner of several reads their sum.
    let sum =
        feedback(&world, &university, &format!("/organisations/{}", university.acting.as_deref().unwrap()))
            .await;
    assert_eq!(sum["total"]["appearances"], 1, "{sum}");

    // A saved search that tells of a listing is no search of somebody's.
    let fresh = id_of(&university.post("/achievements", achievement("磁悬浮鼓风机")).await.created());
    publish(&university, &broker, "achievements", &fresh).await;
    world.drain().await;
    techmart_api::jobs::schedule::tick(&world.state).await;
    let told = feedback(&world, &university, &format!("/achievements/{fresh}")).await;
    assert_eq!((figure(&told, "alerts"), figure(&told, "appearances")), (1, 0), "{told}");
    techmart_api::jobs::schedule::tick(&world.state).await;
    let told = feedback(&world, &university, &format!("/achievements/{fresh}")).await;
    assert_eq!(figure(&told, "alerts"), 1, "told once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn why_an_interest_was_declined_reaches_both_sides_and_nobody_else() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "Qzsupplier", "university", 1, true).await;
    let hidden = actors.verified(&broker, "Qzhidden", "enterprise", 2, true).await;
    let agency = actors.verified(&broker, "机构", "provider", 3, true).await;
    let stranger = actors.verified(&broker, "外人", "enterprise", 4, true).await;
    let mut need = demand("隐名的密封需求");
    need["content"]["publicity"] = json!("anonymous");
    let need = id_of(&hidden.post("/demands", need).await.created());
    publish(&hidden, &broker, "demands", &need).await;
    let page = id_of(&agency.post("/providers", provider("检测中心")).await.created());
    publish(&agency, &broker, "providers", &page).await;
    let body = json!({ "demand_id": need, "provider_id": page });
    let docking = id_of(&dock(&university, body).await.created());
    let note = "Qznote 报价超出预算";
    let declined = json!({ "code": "price", "note": note });
    hidden.post(&format!("/dockings/{docking}/decline"), declined).await.ok();

    let demand = format!("/demands/{need}");
    let owner = feedback(&world, &hidden, &demand).await;
    let reason = json!({ "outcome": "declined", "code": "price", "zh": "价格", "en": "price", "n": 1, "notes": [note] });
    assert_eq!(owner["months"][0]["reasons"], json!([reason]), "{owner}");
    assert_eq!(
        (figure(&owner, "interests"), figure(&owner, "declined"), figure(&owner, "accepted")),
        (1, 1, 0)
    );
    // The other side reads it as what became of its own interests.
    let at = |client: &Client| format!("/organisations/{}", client.acting.as_deref().unwrap());
    let asked = feedback(&world, &university, &at(&university)).await;
    assert_eq!(asked["own_interests"]["expressed"], 1);
    assert_eq!(asked["own_interests"]["reasons"], json!([reason]), "{asked}");
    assert_eq!(asked["total"]["interests"], 0, "nobody asked for anything of its own");
    // Neither names the other, and whoever was to help is not told how it ended.
    let hidden_id = hidden.acting.clone().unwrap();
    for (said, names) in
        [(&owner, ["Qzsupplier", university.acting.as_deref().unwrap()]), (&asked, ["Qzhidden", &hidden_id])]
    {
        assert!(names.iter().all(|name| !said.to_string().contains(name)), "{said}");
    }
    let helper = feedback(&world, &agency, &format!("/providers/{page}")).await;
    assert_eq!((figure(&helper, "interests"), figure(&helper, "declined")), (1, 0));
    let sum = feedback(&world, &agency, &at(&agency)).await;
    for said in [&helper, &sum] {
        let text = said.to_string();
        assert!(!text.contains("price") && !text.contains("Qz") && !text.contains(&hidden_id), "{text}");
    }
    // Nobody else at all.
    for reader in [&university, &agency, &stranger, &world.visitor()] {
        reader.get(&format!("{demand}/feedback")).await.refused(404, "not_found");
    }
    for reader in [&university, &stranger] {
        reader.get(&format!("{}/feedback", at(&hidden))).await.refused(403, "forbidden");
    }
    world.visitor().get(&format!("{}/feedback", at(&hidden))).await.refused(401, "not_signed_in");
    let auditor = actors.with_role("auditor", "auditor").await;
    for reader in [&broker, &auditor] {
        assert_eq!(feedback(&world, reader, &demand).await["total"]["declined"], 1);
    }
    let looks = actors.admin.get("/audit?action=look&limit=100").await.ok();
    assert!(
        looks.to_string().contains(&format!("{demand}/feedback")),
        "an auditor's look is logged: {looks}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_two_instances_count_adds_up_and_a_stop_loses_nothing() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let offer = id_of(&university.post("/achievements", achievement("循环泵")).await.created());
    publish(&university, &broker, "achievements", &offer).await;
    let variables = world.environment();
    let config =
        Config::read(|name| variables.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()));
    let chances = Chances { clock: world.clock.clone(), ..Chances::default() };
    let other = build(config.unwrap(), Purpose::Command, chances).await.unwrap();
    let listing = offer.parse().unwrap();
    let look = |client: String| Context { client, ..Context::system(world.clock.now()) };
    for n in 0..20 {
        for (state, side) in [(&world.state, 1), (&other, 2)] {
            state.counter.viewed(&look(format!("192.0.2.{n}:{side}")), listing);
            state.counter.appeared(&look(String::new()), [listing]);
        }
        let (one, two) = tokio::join!(write(&world.state), write(&other));
        one.unwrap();
        two.unwrap();
    }
    let page = format!("/achievements/{offer}");
    let seen = feedback(&world, &university, &page).await;
    assert_eq!((figure(&seen, "views"), figure(&seen, "appearances")), (40, 40), "{seen}");
    // Written once, it is written.
    assert_eq!(write(&other).await.unwrap(), 0);
    // Whoever is told to stop writes once more.
    other.counter.viewed(&look("198.51.100.1".to_owned()), listing);
    let (stop, stopped) = tokio::sync::watch::channel(false);
    stop.send(true).unwrap();
    let last = techmart_api::features::feedback::schedule::run(Arc::clone(&other), stopped);
    tokio::time::timeout(Pause::from_secs(60), last).await.unwrap();
    assert_eq!(figure(&feedback(&world, &university, &page).await, "views"), 41);
    // And by itself, every few seconds.
    world.visitor().get(&page).await.ok();
    world
        .until("what was counted is written", async || {
            figure(&university.get(&format!("{page}/feedback")).await.ok(), "views") == 42
        })
        .await;
}

/// The next Monday at ten in Shanghai.
fn next_monday(now: DateTime<Utc>) -> DateTime<Utc> {
    let mut day = day_of(now).succ_opt().unwrap();
    while day.weekday() != Weekday::Mon {
        day = day.succ_opt().unwrap();
    }
    end_of(day) - Duration::hours(14) + Duration::milliseconds(1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_centre_reads_how_long_its_answers_take_and_why_dockings_are_lost() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let enterprise = actors.verified(&broker, "企业", "enterprise", 2, true).await;
    let auditor = actors.with_role("auditor", "auditor").await;
    let again = async |client: &Client| {
        let fresh = sign_in(&world, &client.email).await;
        match &client.acting {
            Some(acting) => fresh.acting_for(acting),
            None => fresh,
        }
    };
    let to = |then: DateTime<Utc>| world.clock.advance(then - world.clock.now());
    let monday = next_monday(world.clock.now());
    let draft = async |author: &Client, title: &str| {
        let id = id_of(&author.post("/achievements", achievement(title)).await.created());
        author.act(&format!("/achievements/{id}/submit")).await.ok();
        id
    };
    // Answered within a fifth of a day; a second one on Thursday, after its two working days; a third taken back.
    to(monday);
    let (broker, author) = (again(&broker).await, again(&university).await);
    let quick = draft(&author, "循环泵").await;
    to(monday + Duration::minutes(288));
    let (broker, author) = (again(&broker).await, again(&author).await);
    approve(&broker, "achievements", &quick).await;
    let slow = draft(&author, "压缩机").await;
    let recalled = draft(&author, "鼓风机").await;
    author.act(&format!("/achievements/{recalled}/recall")).await.ok();
    to(monday + Duration::minutes(288) + Duration::days(3));
    let (broker, author) = (again(&broker).await, again(&author).await);
    let admin = again(&actors.admin).await;
    let figures = "/service-figures?plan=demo&queue=review";
    assert_eq!(admin.get(figures).await.ok()["overdue_now"], 1);
    approve(&broker, "achievements", &slow).await;

    let enterprise = again(&enterprise).await;
    for (offer, end) in [(&quick, "decline"), (&slow, "close")] {
        let docking = id_of(&dock(&enterprise, json!({ "achievement_id": offer })).await.created());
        let at = format!("/dockings/{docking}");
        if end == "close" {
            author.act(&format!("{at}/accept")).await.ok();
            enterprise.post(&format!("{at}/close"), json!({ "code": "no_agreement" })).await.ok();
        } else {
            author
                .post(&format!("{at}/decline"), json!({ "code": "too_early", "note": "Qznote" }))
                .await
                .ok();
        }
    }
    let found = admin.get(figures).await.ok();
    let answers = json!({ "n": 2, "median_working_days": 1.6, "p90_working_days": 3.0, "with_clock": 2,
        "in_time": 1, "in_time_percent": 50.0 });
    assert_eq!((&found["answers"], &found["overdue_now"]), (&answers, &json!(0)), "{found}");
    let lost: Vec<(&str, &str, u64)> = found["losses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|loss| {
            let reason = &loss["reasons"][0];
            (loss["stage"].as_str().unwrap(), reason["code"].as_str().unwrap(), loss["n"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(lost, [("interest_expressed", "too_early", 1), ("accepted", "no_agreement", 1)]);
    assert!(!found.to_string().contains("Qznote"), "what was written is for the two sides");
    let funnel = admin.get("/funnel?plan=demo").await.ok();
    assert_eq!(found["conversion"], funnel["total"], "the funnel counts, nobody else");

    // Divided, it is the same.
    let by = async |by: &str| {
        let out = admin.get(&format!("{figures}&by={by}")).await.ok();
        out["divisions"].as_array().unwrap().clone()
    };
    let months = by("month").await;
    let sum = |all: &[Value]| all.iter().map(|one| one["answers"]["n"].as_u64().unwrap()).sum::<u64>();
    assert_eq!((months.len(), sum(&months)), (12, 2));
    let landed = &months.iter().find(|month| month["answers"]["n"] != 0).unwrap()["conversion"];
    assert_eq!(landed[1]["step"], "published");
    let brokers = by("broker").await;
    assert_eq!((&brokers[0]["zh"], &brokers[0]["answers"]), (&json!("broker"), &answers));
    assert_eq!(
        (&brokers[1]["value"], &brokers[1]["losses"][0]["n"]),
        (&Value::Null, &json!(1)),
        "{brokers:?}"
    );
    let queues = by("queue").await;
    assert_eq!((queues.len(), &queues[0]["value"], &queues[0]["answers"]), (1, &json!("review"), &answers));
    // Days bound it; demo and real do not mix; it is for the centre and auditors.
    let tuesday = day_of(monday).succ_opt().unwrap();
    let early = admin.get(&format!("{figures}&from={}&until={tuesday}", day_of(monday))).await.ok();
    assert_eq!((&early["answers"]["n"], &early["losses"]), (&json!(1), &json!([])));
    assert_eq!(admin.get("/service-figures").await.ok()["answers"]["n"], 0);
    for wrong in ["from=2026-02-01&until=2026-01-01", "from=2020-01-01&until=2026-01-01", "by=colour"] {
        admin.get(&format!("/service-figures?{wrong}")).await.refused(400, "invalid_parameter");
    }
    admin.get("/service-figures?plan=nowhere").await.status(404);
    again(&auditor).await.get(figures).await.ok();
    enterprise.get(figures).await.refused(403, "forbidden");
    world.visitor().get(figures).await.refused(401, "not_signed_in");
}
