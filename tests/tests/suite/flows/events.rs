//! Events: places are given once and the waiting list moves up, who should meet is proposed once, what came of it becomes
//! dockings, and what was held counts once, confirmed by another.

use chrono::Duration;
use serde_json::{Value, json};
use techmart_api::{
    clock::{Moment, day_of},
    jobs::schedule,
};
use techmart_tests::{
    Actors, Client, World,
    actors::{figures, publish, sign_in},
    binary,
    builders::{achievement, demand},
    client::id_of,
};

fn at(world: &World, hours: i64) -> String {
    Moment(world.clock.now() + Duration::hours(hours)).to_string()
}

/// The day of Shanghai of an instant that was answered.
fn day_in_shanghai(instant: &Value) -> String {
    day_of(instant.as_str().unwrap().parse().unwrap()).to_string()
}

/// An event of the demo that begins in so many hours and lasts eight.
fn event(world: &World, kind: &str, begins: i64, more: Value) -> Value {
    let body = json!({ "kind": kind, "title": "联百校转千果专场", "title_en": "Matching fair",
        "summary": "汽车零部件与智能家电专场对接。", "demo": true, "starts_at": at(world, begins),
        "ends_at": at(world, begins + 8), "place": "服务中心报告厅",
        "call": { "text": "征集成果与需求。", "kinds": ["achievement", "demand"] } });
    with(body, more)
}

fn with(mut body: Value, more: Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// Makes an event and opens it.
async fn opened(broker: &Client, body: Value) -> String {
    let id = id_of(&broker.post("/events", body).await.created());
    broker.act(&format!("/events/{id}/open")).await.ok();
    id
}

/// The same person, signed in anew.
async fn again(world: &World, client: &Client) -> Client {
    let mut fresh = sign_in(world, &client.email).await;
    fresh.acting.clone_from(&client.acting);
    fresh
}

/// Everything of a list.
async fn all(reader: &Client, path: &str) -> Vec<Value> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = reader.get(&format!("{path}limit=100{cursor}")).await.ok();
        found.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

/// What a person was told of events, newest first.
async fn told(client: &Client) -> Vec<String> {
    let list = client.get("/notifications?kind=event&limit=100").await.ok();
    let subjects = list["items"].as_array().unwrap().iter();
    subjects.map(|one| one["zh"]["subject"].as_str().unwrap().to_owned()).collect()
}

/// How many were told that.
async fn told_that(people: &[Client], what: &str) -> usize {
    let mut n = 0;
    for person in people {
        n += told(person).await.iter().filter(|one| one.contains(what)).count();
    }
    n
}

/// What six groups of listings are about, each with words of its own: who needs it, and who has it.
const TOPICS: [(&str, &str, [&str; 2]); 6] = [
    ("空调制冷剂检漏", "制冷剂泄漏难以发现，检漏精度不够。", ["制冷剂", "检漏"]),
    ("电机控制器降噪", "电机控制器高频噪声过大，需要降噪。", ["电机控制器", "降噪"]),
    ("废旧锂电池回收", "废旧锂电池拆解回收率低，需要回收工艺。", ["锂电池", "回收"]),
    ("印染废水膜处理", "印染废水脱色困难，需要膜处理。", ["印染废水", "膜处理"]),
    ("铝合金激光焊接", "铝合金激光焊接气孔多，需要焊接工艺。", ["铝合金", "激光焊接"]),
    ("齿轮表面缺陷检测", "齿轮表面缺陷靠人工目检，需要机器视觉。", ["齿轮", "机器视觉"]),
];

/// Publishes five achievements and two demands for each topic: sixty pairs.
async fn market(broker: &Client, university: &Client, enterprise: &Client) -> Vec<(Client, String)> {
    let mut listings = Vec::new();
    for (title, problem, keywords) in TOPICS {
        for n in ["甲", "乙", "丙", "丁", "戊"] {
            let mut body = achievement(&format!("{title}技术（{n}型）"));
            body["content"]["summary"] = json!(format!("{title}装备，已在产线验证。"));
            body["content"]["keywords"] = json!(keywords);
            let id = id_of(&university.post("/achievements", body).await.created());
            publish(university, broker, "achievements", &id).await;
            listings.push((university.clone(), id));
        }
        for n in ["一", "二"] {
            let mut body = demand(&format!("{title}需求{n}"));
            body["content"]["problem"] = json!(problem);
            body["content"]["keywords"] = json!(keywords);
            let id = id_of(&enterprise.post("/demands", body).await.created());
            publish(enterprise, broker, "demands", &id).await;
            listings.push((enterprise.clone(), id));
        }
    }
    listings
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn forty_come_some_wait_sixty_pairs_are_proposed_and_their_results_become_dockings() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let (broker, second) = (actors.broker("甲").await, actors.broker("乙").await);
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let enterprise = actors.verified(&broker, "企业", "enterprise", 2, true).await;
    let online = json!({ "online_url": "https://meet.example/join-secret", "capacity": 30 });
    let draft = id_of(&broker.post("/events", event(&world, "matching_fair", 72, online)).await.created());
    let fair = format!("/events/{draft}");
    world.visitor().get(&fair).await.refused(404, "not_found");
    assert!(all(&world.visitor(), "/events?").await.is_empty());
    broker.act(&format!("{fair}/hold")).await.refused(409, "illegal_move");
    broker.act(&format!("{fair}/open")).await.ok();
    assert_eq!(all(&world.visitor(), "/events?kind=matching_fair&status=open&").await.len(), 1);

    // Forty sign up: thirty have a place, ten wait in their order.
    let people = actors.crowd(38).await;
    let people: Vec<Client> = [university.clone(), enterprise.clone()].into_iter().chain(people).collect();
    let mut signed = Vec::new();
    for person in &people {
        signed.push(person.act(&format!("{fair}/sign-ups")).await.created());
    }
    let status = |of: &Value| of["status"].as_str().unwrap().to_owned();
    assert!(signed[..30].iter().all(|one| status(one) == "confirmed"));
    assert!(signed[30..].iter().all(|one| status(one) == "waiting"));
    assert_eq!(signed[39]["waiting_place"], 10);
    people[3].act(&format!("{fair}/sign-ups")).await.refused(409, "already_exists");
    let join = async |who: &Client| who.get(&format!("{fair}/places")).await.ok()["online_url"].clone();
    assert_eq!(join(&people[0]).await, "https://meet.example/join-secret");
    assert_eq!((join(&people[39]).await, join(&world.visitor()).await), (Value::Null, Value::Null));
    let ics = world.visitor().http.get(format!("{}/api/v1{fair}/calendar.ics", world.base)).send().await;
    let ics = ics.unwrap().text().await.unwrap();
    assert!(ics.contains(&format!("UID:event-{draft}@techmart")) && !ics.contains("join-secret"), "{ics}");
    world.drain().await;
    assert_eq!((told_that(&people, "报名成功").await, told_that(&people, "已进入候补").await), (30, 10));

    // Two do not come: the first two who wait move up. More room: the next four do.
    for gone in [4, 5] {
        let id = id_of(&signed[gone]);
        people[6].act(&format!("{fair}/sign-ups/{id}/cancel")).await.refused(404, "not_found");
        people[gone].act(&format!("{fair}/sign-ups/{id}/cancel")).await.ok();
    }
    broker.patch(&fair, json!({ "capacity": 34 })).await.ok();
    let places = people[36].get(&format!("{fair}/places")).await.ok();
    assert_eq!((&places["confirmed"], &places["waiting"]), (&json!(34), &json!(4)));
    assert_eq!(places["sign_up"]["waiting_place"], 1);
    world.drain().await;
    assert_eq!(told_that(&people[30..36], "候补成功").await, 6);
    assert_eq!(told_that(&people, "候补成功").await, 6);

    // What is shown is brought, and decided about by a broker.
    for (owner, listing) in market(&broker, &university, &enterprise).await {
        let brought = owner.post(&format!("{fair}/items"), json!({ "listing_id": listing })).await.created();
        assert_eq!(brought["status"], "brought");
    }
    assert!(all(&world.visitor(), &format!("{fair}/items?")).await.is_empty());
    let waits = broker.get("/desk/items?queue=event_item").await.ok();
    assert_eq!(waits["items"].as_array().unwrap().len(), 1, "one line on the desk");
    for item in all(&broker, &format!("{fair}/items?status=brought&")).await {
        broker.act(&format!("{fair}/items/{}/approve", id_of(&item))).await.ok();
    }
    assert_eq!(all(&world.visitor(), &format!("{fair}/items?")).await.len(), 42);
    assert!(broker.get("/desk/items?queue=event_item").await.ok()["items"].as_array().unwrap().is_empty());

    // Sixty pairs, each once.
    world.drain().await;
    let proposed = broker.act(&format!("{fair}/propose-pairs")).await.ok();
    assert_eq!(proposed, json!({ "proposed": 60, "known": 0 }));
    let proposed = second.act(&format!("{fair}/propose-pairs")).await.ok();
    assert_eq!(proposed, json!({ "proposed": 0, "known": 60 }));
    let pairs = all(&broker, &format!("{fair}/pairs?")).await;
    assert!(pairs.iter().all(|pair| !pair["reasons"].as_array().unwrap().is_empty()));
    assert!(all(&university, &format!("{fair}/pairs?")).await.is_empty(), "a proposal is the centre's");

    // The timetable: nobody is at two tables at once.
    let start = world.clock.now() + Duration::hours(73);
    for (i, pair) in pairs.iter().enumerate() {
        let slot = Moment(start + Duration::minutes(5 * i64::try_from(i).unwrap())).to_string();
        let seat = json!({ "slot_at": slot, "table_number": 1 });
        let accept = format!("{fair}/pairs/{}/accept", id_of(pair));
        if i == 1 {
            let taken = json!({ "slot_at": Moment(start).to_string(), "table_number": 2 });
            broker.post(&accept, taken).await.refused(409, "already_exists");
        }
        broker.post(&accept, seat).await.ok();
    }
    assert_eq!(all(&university, &format!("{fair}/pairs?")).await.len(), 60);
    world.drain().await;
    assert!(told(&enterprise).await.iter().any(|one| one.contains("已安排一场洽谈")));

    // A day before, those who have a place are reminded, once.
    world.clock.advance(Duration::hours(49));
    for _ in 0..2 {
        schedule::tick(&world.state).await;
        world.drain().await;
    }
    let mut fresh = Vec::new();
    for person in &people {
        fresh.push(again(&world, person).await);
    }
    let people = fresh;
    assert_eq!(told_that(&people, "活动即将开始").await, 34);

    // The day: who is there is marked, and what came of it is recorded.
    world.clock.advance(Duration::hours(24));
    let (broker, second) = (again(&world, &broker).await, again(&world, &second).await);
    let (university, enterprise) = (again(&world, &university).await, again(&world, &enterprise).await);
    let coming = all(&broker, &format!("{fair}/sign-ups?status=confirmed&")).await;
    for sign_up in &coming {
        broker.act(&format!("{fair}/sign-ups/{}/check-in", id_of(sign_up))).await.ok();
    }
    let mistaken = json!({ "reason": "签错了人。" });
    let first = id_of(&coming[33]);
    broker.post(&format!("{fair}/sign-ups/{first}/undo-check-in"), mistaken).await.ok();
    let mut dockings = std::collections::BTreeSet::new();
    for (i, pair) in pairs.iter().enumerate() {
        let at = format!("{fair}/pairs/{}", id_of(pair));
        if i == 59 {
            let none = json!({ "result": "no_interest" });
            broker.post(&format!("{at}/result"), none).await.refused(422, "rule_broken");
            let none = json!({ "result": "no_interest", "code": "price" });
            broker.post(&format!("{at}/result"), none).await.ok();
            broker.act(&format!("{at}/docking")).await.refused(409, "illegal_move");
            continue;
        }
        broker.post(&format!("{at}/result"), json!({ "result": "interest" })).await.ok();
        let body = if i == 0 {
            let (consent, minutes) = (broker.paper("consent").await, broker.paper("minutes").await);
            json!({ "evidence": { "consent_attachment_id": consent, "consent_note": "双方现场签字。",
                "minutes_attachment_id": minutes, "attendees": ["李工", "张老师"], "summary": "现场洽谈。" } })
        } else {
            json!({})
        };
        let docked = broker.post(&format!("{at}/docking"), body).await.ok();
        dockings.insert(docked["docking_id"].as_str().unwrap().to_owned());
    }
    assert_eq!(dockings.len(), 12, "one docking for each demand and supplier, however many pairs lead to it");

    // With both consents and the minutes it counts as any other, once another has confirmed the meeting.
    let recorded = all(&broker, "/dockings?stage=accepted&").await;
    assert_eq!((recorded.len(), &recorded[0]["origin"]), (1, &json!("event")));
    let docking = id_of(&recorded[0]);
    let meetings = broker.get(&format!("/dockings/{docking}")).await.ok();
    let meeting = id_of(&meetings["meetings"][0]);
    let day = day_in_shanghai(&broker.get(&fair).await.ok()["starts_at"]);
    assert_eq!(meetings["meetings"][0]["held_on"], day, "the day of the event");
    broker
        .act(&format!("/dockings/{docking}/meetings/{meeting}/confirm"))
        .await
        .refused(403, "conflict_of_interest");
    university.act(&format!("/dockings/{docking}/meetings/{meeting}/confirm")).await.ok();
    let counted = second.get(&format!("/ledger?indicator=T4&docking_id={docking}")).await.ok();
    let entry = counted["items"][0]["entry_id"].as_str().unwrap();
    second.act(&format!("/ledger/{entry}/confirm")).await.ok();
    assert_eq!(figures(&second, "T4", "").await, (1, 0));

    // Held and reported, it counts once, confirmed by another.
    broker.act(&format!("{fair}/close")).await.ok();
    broker.act(&format!("{fair}/hold")).await.ok();
    assert_eq!(figures(&second, "T9", "").await, (0, 1));
    enterprise.get(&format!("{fair}/report")).await.refused(403, "forbidden");
    let report = json!({ "summary": "到场 33 人。", "attachment_ids": [broker.paper("evidence").await] });
    broker.post(&format!("{fair}/report"), report).await.ok();
    let counted = second.get("/ledger?indicator=T9").await.ok();
    let entry = counted["items"][0]["entry_id"].as_str().unwrap();
    broker.act(&format!("/ledger/{entry}/confirm")).await.refused(403, "conflict_of_interest");
    second.act(&format!("/ledger/{entry}/confirm")).await.ok();
    assert_eq!(figures(&second, "T9", "").await, (1, 0));
    let report = world.visitor().get(&format!("{fair}/report")).await.ok();
    for (name, n) in [
        ("confirmed", 34),
        ("waiting", 4),
        ("attended", 33),
        ("items", 42),
        ("pairs_proposed", 60),
        ("pairs_accepted", 60),
        ("pairs_held", 60),
        ("dockings", 12),
    ] {
        assert_eq!(report[name], n, "{name} of {report}");
    }
    assert_eq!(
        report["dockings_by_stage"],
        json!([{ "stage": "recommended", "dockings": 11 }, { "stage": "met", "dockings": 1 }])
    );
    assert_eq!(report["attachment_ids"], Value::Null);
    let verified = binary::run_json(world.data(), &world.environment(), &["verify"]);
    assert_eq!(verified["faults"], json!([]), "{verified}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn of_twenty_who_want_five_places_at_once_five_get_one() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("甲").await;
    let fair = opened(&broker, event(&world, "roadshow", 48, json!({ "capacity": 5 }))).await;
    let people = actors.crowd(20).await;
    let all_at_once: Vec<_> = people
        .iter()
        .cloned()
        .map(|person| {
            let path = format!("/events/{fair}/sign-ups");
            tokio::spawn(async move { person.act(&path).await.created() })
        })
        .collect();
    let mut confirmed = Vec::new();
    let mut waiting = std::collections::BTreeSet::new();
    for answer in all_at_once {
        let answer = answer.await.unwrap();
        match answer["waiting_place"].as_u64() {
            Some(place) => assert!(waiting.insert(place), "two wait at the same place"),
            None => confirmed.push(id_of(&answer)),
        }
    }
    assert_eq!((confirmed.len(), waiting.len()), (5, 15));
    // Five places given back at once: the first five who wait have them, and nobody else.
    let queue = all(&broker, &format!("/events/{fair}/sign-ups?status=waiting&")).await;
    let back: Vec<_> = confirmed
        .into_iter()
        .map(|id| {
            let (broker, path) = (broker.clone(), format!("/events/{fair}/sign-ups/{id}/cancel"));
            tokio::spawn(async move {
                broker.post(&path, json!({ "reason": "本人来电取消。" })).await.ok()
            })
        })
        .collect();
    for answer in back {
        answer.await.unwrap();
    }
    let seated = all(&broker, &format!("/events/{fair}/sign-ups?status=confirmed&")).await;
    let ids = |rows: &[Value]| rows.iter().map(id_of).collect::<Vec<_>>();
    assert_eq!(ids(&seated), ids(&queue[..5]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_organisation_has_its_places_and_whoever_is_behind_it_moves_up() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("甲").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let members = format!("/organisations/{}/members", university.acting.as_deref().unwrap());
    let limits = json!({ "capacity": 3, "per_organisation": 1 });
    let fair = opened(&broker, event(&world, "training", 48, limits)).await;
    let sign_ups = format!("/events/{fair}/sign-ups");
    let crowd = actors.crowd(2).await;
    let colleague = &crowd[0];
    university.post(&members, json!({ "email": colleague.email, "role": "viewer" })).await.created();
    let colleague = colleague.acting_for(university.acting.as_deref().unwrap());
    let own = university.act(&sign_ups).await.created();
    assert_eq!(colleague.act(&sign_ups).await.created()["status"], "waiting");
    // Behind the colleague, with room in the house: nobody waits for a place that is not theirs.
    assert_eq!(crowd[1].act(&sign_ups).await.created()["status"], "confirmed");
    university.act(&format!("{sign_ups}/{}/cancel", id_of(&own))).await.ok();
    let mine = colleague.get(&format!("/events/{fair}/places")).await.ok();
    assert_eq!(mine["sign_up"]["status"], "confirmed");
    // Who comes back stands at the end.
    assert_eq!(university.act(&sign_ups).await.created()["waiting_place"], 1);
    let others = crowd[1].get(&sign_ups).await.ok();
    assert_eq!(others["items"].as_array().unwrap().len(), 1, "everybody sees their own sign-up alone");
    // A broker who takes somebody off says why, and they hear of it; what is cancelled is told to all.
    let waiting = id_of(&university.get(&sign_ups).await.ok()["items"][0]);
    let off = format!("{sign_ups}/{waiting}/cancel");
    broker.act(&off).await.refused(422, "rule_broken");
    broker.post(&off, json!({ "reason": "名额有限。" })).await.ok();
    broker.post(&format!("/events/{fair}/cancel"), json!({ "reason": "讲师临时有事。" })).await.ok();
    world.drain().await;
    assert!(told(&university).await.iter().any(|one| one.contains("报名已取消")));
    assert_eq!(told_that(&[colleague, crowd[1].clone()], "活动已取消").await, 2);
    crowd[1].act(&sign_ups).await.refused(409, "illegal_move");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_contest_counts_as_one_and_what_is_taken_back_counts_no_more() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let (broker, second) = (actors.broker("甲").await, actors.broker("乙").await);
    // Of a contest that was over two days ago: what was held before is recorded, and nobody signs up.
    let contest = opened(&broker, event(&world, "contest", -50, json!({}))).await;
    let at = format!("/events/{contest}");
    second.act(&format!("{at}/sign-ups")).await.refused(422, "rule_broken");
    broker.act(&format!("{at}/close")).await.ok();
    broker.act(&format!("{at}/hold")).await.ok();
    broker.patch(&at, json!({ "kind": "training" })).await.refused(409, "illegal_move");
    assert_eq!((figures(&second, "T9C", "").await, figures(&second, "T9", "").await), ((0, 1), (0, 0)));
    let report =
        json!({ "summary": "评出三等奖以上 10 项。", "attachment_ids": [broker.paper("evidence").await] });
    broker.post(&format!("{at}/report"), report.clone()).await.ok();
    broker.post(&format!("{at}/report"), report).await.refused(409, "illegal_move");
    let entry = |ledger: &Value| ledger["items"][0]["entry_id"].as_str().unwrap().to_owned();
    let counted = entry(&second.get("/ledger?indicator=T9C").await.ok());
    second.act(&format!("/ledger/{counted}/confirm")).await.ok();
    assert_eq!(figures(&second, "T9C", "").await, (1, 0));

    // The report is taken back: its count too, and it waits for another.
    let why = json!({ "reason": "照片传错了。" });
    second.post(&format!("{at}/report/withdraw"), why.clone()).await.ok();
    assert_eq!(figures(&second, "T9C", "").await, (0, 1));
    let again =
        json!({ "summary": "评出三等奖以上 10 项。", "attachment_ids": [second.paper("evidence").await] });
    second.post(&format!("{at}/report"), again).await.ok();
    let ledger = second.get("/ledger?indicator=T9C&stage=evidence_complete").await.ok();
    second.act(&format!("/ledger/{}/confirm", entry(&ledger))).await.refused(403, "conflict_of_interest");
    second.post(&format!("{at}/report/withdraw"), why.clone()).await.ok();
    // It was never held: nothing is left of it, and it is nobody's fault.
    second.post(&format!("{at}/cancel"), why).await.ok();
    assert_eq!(figures(&second, "T9C", "").await, (0, 0));

    // What was reported by hand under its title is the same event.
    let by_hand = json!({ "indicator": "T9", "unit": "联百校转千果专场", "label": "对接会", "demo": true,
        "effective_on": world.today(), "attachment_id": broker.paper("evidence").await });
    broker.post("/ledger", by_hand).await.created();
    let fair = opened(&broker, event(&world, "matching_fair", -1, json!({}))).await;
    broker.act(&format!("/events/{fair}/close")).await.ok();
    broker.act(&format!("/events/{fair}/hold")).await.ok();
    assert_eq!(figures(&second, "T9", "").await, (0, 1));
    // And the other way round.
    let training = json!({ "title": "技术经理人培训" });
    let training = opened(&broker, event(&world, "training", -1, training)).await;
    broker.act(&format!("/events/{training}/close")).await.ok();
    broker.act(&format!("/events/{training}/hold")).await.ok();
    let by_hand = json!({ "indicator": "T9", "unit": "技术经理人培训", "label": "培训", "demo": true,
        "effective_on": world.today(), "attachment_id": second.paper("evidence").await });
    second.post("/ledger", by_hand).await.refused(409, "already_exists");
    assert_eq!(figures(&second, "T9", "").await, (0, 2));
    let verified = binary::run_json(world.data(), &world.environment(), &["verify"]);
    assert_eq!(verified["faults"], json!([]), "{verified}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_not_for_everybody_is_not_shown_and_who_posts_without_a_name_keeps_it() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("甲").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let enterprise = actors.verified(&broker, "匿名企业", "enterprise", 2, true).await;
    let real = actors.verified(&broker, "真实企业", "enterprise", 3, false).await;
    let fair = opened(&broker, event(&world, "matching_fair", 1, json!({}))).await;
    let items = format!("/events/{fair}/items");
    let post = async |author: &Client, title: &str, publicity: &str| {
        let mut body = demand(title);
        body["content"]["publicity"] = json!(publicity);
        let id = id_of(&author.post("/demands", body).await.created());
        publish(author, &broker, "demands", &id).await;
        id
    };
    let unlisted = post(&enterprise, "不公开的需求", "unlisted").await;
    let anonymous = post(&enterprise, "隐名的需求", "anonymous").await;
    let foreign = post(&real, "真实的需求", "public").await;
    let offer = id_of(&university.post("/achievements", achievement("低温启动")).await.created());
    for (who, listing, code) in [
        (&enterprise, &unlisted, "unlisted"),
        (&real, &foreign, "demo_and_real"),
        (&university, &offer, "not_published"),
    ] {
        let refused = who.post(&items, json!({ "listing_id": listing })).await;
        assert_eq!(refused.fault_codes(), [code]);
    }
    publish(&university, &broker, "achievements", &offer).await;
    let shown = broker.post(&items, json!({ "listing_id": anonymous })).await.created();
    assert_eq!(shown["status"], "shown");
    university.post(&items, json!({ "listing_id": offer })).await.created();
    let seen = university.get(&items).await.ok();
    assert!(!seen.to_string().contains("匿名企业单位"), "{seen}");

    // In the timetable, too, until both sides have consented.
    let pair = json!({ "achievement_id": offer, "demand_id": anonymous });
    let pair = id_of(&broker.post(&format!("/events/{fair}/pairs"), pair).await.created());
    let at = format!("/events/{fair}/pairs/{pair}");
    broker.act(&format!("{at}/accept")).await.ok();
    broker.post(&format!("{at}/result"), json!({ "result": "met" })).await.refused(422, "rule_broken");
    world.clock.advance(Duration::minutes(61));
    let broker = again(&world, &broker).await;
    let (university, enterprise) = (again(&world, &university).await, again(&world, &enterprise).await);
    let timetable = format!("/events/{fair}/pairs");
    let seen = university.get(&timetable).await.ok();
    assert_eq!(seen["items"][0]["enterprise_note"], "anonymous");
    assert!(!seen.to_string().contains("匿名企业单位"), "{seen}");
    let docked = broker.act(&format!("{at}/docking")).await.ok();
    let docking = format!("/dockings/{}", docked["docking_id"].as_str().unwrap());
    assert_eq!(broker.get(&docking).await.ok()["origin"], "event");
    university.act(&format!("{docking}/express-interest")).await.ok();
    let seen = university.get(&timetable).await.ok();
    assert!(!seen.to_string().contains("匿名企业单位"), "{seen}");
    enterprise.act(&format!("{docking}/accept")).await.ok();
    let seen = university.get(&timetable).await.ok();
    assert_eq!(seen["items"][0]["enterprise"]["name"], "匿名企业单位");
    // A stranger sees an empty timetable, a visitor none.
    let real = again(&world, &real).await;
    assert_eq!(real.get(&timetable).await.ok()["items"], json!([]));
    world.visitor().get(&timetable).await.refused(401, "not_signed_in");
}
