//! A docking from the first message to the file that is printed: threads, confidentiality, appointments, offers, a
//! provider's help, reminders.

use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};
use techmart_api::clock::Moment;
use techmart_tests::{
    Actors, Client, World,
    actors::publish,
    builders::{achievement, demand, provider},
    client::id_of,
};

/// A docking of an anonymous enterprise's demand, at the stage of an interest.
struct Case {
    broker: Client,
    second: Client,
    university: Client,
    enterprise: Client,
    agency: Client,
    /// The provider's page.
    page: String,
    at: String,
}

impl Case {
    async fn begin(actors: &Actors<'_>) -> Self {
        let broker = actors.broker("甲经理").await;
        let second = actors.broker("乙经理").await;
        let university = actors.verified(&broker, "高校", "university", 1, true).await;
        let enterprise = actors.verified(&broker, "神秘企业", "enterprise", 2, true).await;
        let agency = actors.verified(&broker, "机构", "provider", 3, true).await;
        let page = id_of(&agency.post("/providers", provider("评价中心")).await.created());
        publish(&agency, &broker, "providers", &page).await;
        let mut need = demand("低温循环泵");
        need["content"]["publicity"] = json!("anonymous");
        let need = id_of(&enterprise.post("/demands", need).await.created());
        publish(&enterprise, &broker, "demands", &need).await;
        let key = [("idempotency-key", "interest-of-the-case")];
        let body = json!({ "demand_id": need });
        let made = university.call(Method::POST, "/dockings", Some(body), &key).await.created();
        let at = format!("/dockings/{}", id_of(&made));
        Self { broker, second, university, enterprise, agency, page, at }
    }

    async fn accepted(actors: &Actors<'_>) -> Self {
        let case = Self::begin(actors).await;
        case.enterprise.act(&format!("{}/accept", case.at)).await.ok();
        case
    }

    fn path(&self, more: &str) -> String {
        format!("{}/{more}", self.at)
    }
}

fn bodies(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|one| one["body"].as_str().unwrap()).collect()
}

/// An instant so many hours from now, by the clock of the world.
fn in_hours(world: &World, hours: i64) -> String {
    Moment(world.clock.now() + Duration::hours(hours)).to_string()
}

/// The mails to somebody that hold a text.
fn mails_with(world: &World, client: &Client, text: &str) -> Vec<String> {
    world.mails_to(&client.email).into_iter().filter(|mail| mail.contains(text)).collect()
}

/// The invitations in the mails to somebody, unfolded (RFC 5545, 3.1).
fn invitations(world: &World, client: &Client) -> Vec<String> {
    let mails = world.raw_mails_to(&client.email);
    let parsed = |mail: &String| {
        let mail = mail_parser::MessageParser::default().parse(mail.as_bytes())?.into_owned();
        let part = mail.attachments().find(|part| {
            use mail_parser::MimeHeaders;
            part.attachment_name() == Some("invitation.ics")
        })?;
        Some(String::from_utf8(part.contents().to_vec()).unwrap().replace("\r\n ", ""))
    };
    mails.iter().filter_map(parsed).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn before_both_have_consented_no_message_carries_a_contact_a_file_or_a_name() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let case = Case::begin(&actors).await;
    let thread = case.path("messages");
    for body in ["请加微信 lee_gong88", "电话 138-0000-0002", "写信到 li@example.com"] {
        let refused = case.enterprise.post(&thread, json!({ "body": body })).await;
        assert_eq!(refused.fault_codes(), ["contact_before_consent"], "{}", refused.body);
    }
    let note = json!({ "code": "price", "note": "打我电话 13800009999" });
    let refused = case.enterprise.post(&case.path("decline"), note).await;
    assert_eq!(refused.fault_codes(), ["contact_before_consent"]);
    let offer = id_of(&case.university.post("/achievements", achievement("别的成果")).await.created());
    publish(&case.university, &case.broker, "achievements", &offer).await;
    let key = [("idempotency-key", "interest-with-a-contact")];
    let interest = json!({ "achievement_id": offer, "message": "请电 13812344321" });
    let refused = case.enterprise.call(Method::POST, "/dockings", Some(interest), &key).await;
    assert_eq!(refused.fault_codes(), ["contact_before_consent"]);
    let paper = case.university.paper("message").await;
    let file = json!({ "body": "见附件", "attachment_ids": [paper] });
    let refused = case.university.post(&thread, file.clone()).await;
    assert_eq!(refused.fault_codes(), ["files_before_consent"]);
    let asked = case.enterprise.post(&thread, json!({ "body": "-30 ℃ 的数据有吗？" })).await.created();
    assert_eq!((asked["side"].as_str(), asked["author"].as_str()), (Some("enterprise"), Some("神秘企业")));
    let read = case.university.get(&thread).await.ok();
    assert_eq!(bodies(&read), ["-30 ℃ 的数据有吗？"]);
    assert!(read["items"][0]["author"].is_null(), "who asks is not told: {read}");
    world.drain().await;
    let mail = mails_with(&world, &case.university, "-30 ℃ 的数据有吗？");
    assert_eq!(mail.len(), 1);
    for text in [&read.to_string(), &mail[0]] {
        assert!(
            !text.contains("神秘企业") && !text.contains(case.enterprise.acting.as_deref().unwrap()),
            "{text}"
        );
    }

    // Once both have consented contacts may be written; the mail still carries none.
    case.enterprise.act(&format!("{}/accept", case.at)).await.ok();
    let told = json!({ "body": "请打 13800000002", "attachment_ids": [] });
    case.enterprise.post(&thread, told).await.created();
    case.university.post(&thread, file).await.created();
    world.drain().await;
    assert!(case.university.get(&thread).await.ok().to_string().contains("13800000002"));
    assert_eq!(mails_with(&world, &case.university, "请打 ***").len(), 1);
    assert!(mails_with(&world, &case.university, "13800000002").is_empty());
    case.enterprise.get(&format!("/attachments/{paper}/content")).await.status(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_one_side_and_the_centre_write_to_each_other_the_other_side_never_sees() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let case = Case::accepted(&actors).await;
    let thread = case.path("messages");
    case.broker.act(&case.path("broker")).await.ok();
    let paper = case.enterprise.paper("message").await;
    let secret = json!({ "channel": "enterprise", "body": "底价三十万", "attachment_ids": [paper] });
    case.enterprise.post(&thread, secret.clone()).await.created();
    let wrong = case.university.post(&thread, secret).await;
    assert_eq!(wrong.fault_codes(), ["not_your_channel", "unknown_attachment"]);
    let open = case.broker.post(&thread, json!({ "body": "双方好" })).await.created();
    world.drain().await;

    let auditor = actors.with_role("auditor", "auditor").await;
    for reader in [&case.enterprise, &case.broker, &auditor] {
        assert_eq!(bodies(&reader.get(&thread).await.ok()), ["双方好", "底价三十万"]);
        assert!(reader.get(&case.path("timeline")).await.ok().to_string().contains("底价三十万"));
        reader.get(&format!("/attachments/{paper}/content")).await.status(200);
    }
    for path in ["messages", "timeline", "history", "messages?channel=enterprise"] {
        let seen = case.university.get(&case.path(path)).await.ok().to_string();
        assert!(!seen.contains("底价") && !seen.contains("write_message_enterprise"), "{path}: {seen}");
    }
    let page = case.university.text(&case.path("case.html")).await;
    assert!(page.contains("双方好") && !page.contains("底价"));
    case.university.get(&format!("/attachments/{paper}/content")).await.refused(404, "not_found");
    assert!(mails_with(&world, &case.university, "底价").is_empty());
    assert_eq!(mails_with(&world, &case.broker, "底价").len(), 1);

    // What was read is marked, for each person and never backwards; the writer sees which side has.
    assert_eq!(case.university.get(&case.at).await.ok()["unread_messages"], 1);
    let mark = json!({ "up_to": open["id"] });
    assert_eq!(case.university.post(&case.path("messages/read"), mark.clone()).await.ok()["unread"], 0);
    let own = json!({ "up_to": case.enterprise.get(&thread).await.ok()["items"][1]["id"] });
    case.university.post(&case.path("messages/read"), own.clone()).await.refused(404, "not_found");
    case.enterprise.post(&case.path("messages/read"), mark).await.ok();
    assert_eq!(case.enterprise.post(&case.path("messages/read"), own).await.ok()["unread"], 0);
    let shown = case.broker.get(&thread).await.ok();
    assert_eq!(shown["items"][0]["read_by"], json!(["enterprise", "supplier"]));
    assert_eq!(case.university.get(&case.at).await.ok()["unread_messages"], 0);

    // A broker who has joined one side is no centre for the other any more.
    let organisation = case.enterprise.acting.as_deref().unwrap();
    let invited = json!({ "email": case.second.email, "role": "viewer" });
    case.enterprise.post(&format!("/organisations/{organisation}/invitations"), invited).await.created();
    let token = world.token_for(&case.second.email).await;
    case.second.post("/invitations/accept", json!({ "token": token })).await.ok();
    let file = case.university.paper("message").await;
    let other = json!({ "channel": "supplier", "body": "我方成本", "attachment_ids": [file] });
    case.university.post(&thread, other).await.created();
    for path in ["messages", "timeline", "messages?channel=supplier"] {
        assert!(!case.second.get(&case.path(path)).await.ok().to_string().contains("我方成本"), "{path}");
    }
    case.second.get(&format!("/attachments/{file}/content")).await.refused(404, "not_found");
    case.broker.get(&format!("/attachments/{file}/content")).await.status(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_message_to_a_centre_in_which_nobody_leads_the_docking_reaches_every_broker_until_one_takes_it() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let case = Case::accepted(&actors).await;
    let waiting = case.broker.get("/desk/items?queue=case_without_broker").await.ok();
    assert_eq!(waiting["items"][0]["subject_id"], case.at.trim_start_matches("/dockings/"));
    let ask = json!({ "channel": "supplier", "body": "请帮我们约个时间" });
    case.university.post(&case.path("messages"), ask).await.created();
    world.drain().await;
    for broker in [&case.broker, &case.second] {
        assert_eq!(mails_with(&world, broker, "请帮我们约个时间").len(), 1);
    }
    assert!(mails_with(&world, &case.enterprise, "请帮我们约个时间").is_empty());
    case.university.act(&case.path("broker")).await.refused(403, "forbidden");
    case.second.act(&case.path("broker")).await.ok();
    case.broker.act(&case.path("broker")).await.refused(403, "forbidden");
    let waiting = case.broker.get("/desk/items?queue=case_without_broker").await.ok();
    assert!(waiting["items"].as_array().unwrap().is_empty());
    let nobody = json!({ "account_id": case.university.account_id });
    let refused = case.second.post(&case.path("broker"), nobody).await;
    assert_eq!(refused.fault_codes(), ["no_broker"]);
    let given = json!({ "account_id": case.broker.account_id, "note": "他更懂泵" });
    case.second.post(&case.path("broker"), given).await.ok();
    world.drain().await;
    assert_eq!(mails_with(&world, &case.broker, "交由您负责").len(), 1);
    assert!(mails_with(&world, &case.broker, "他更懂泵").is_empty(), "notes of the centre go by no mail");

    // What nobody touches for thirty days comes back to the desk, and leaves it with the next word.
    world.clock.advance(Duration::days(30));
    techmart_api::features::desk::schedule::reconcile(&world.state).await.unwrap();
    let broker = techmart_tests::actors::sign_in(&world, &case.broker.email).await;
    let still = broker.get("/desk/items?queue=case_standing_still").await.ok();
    assert_eq!(still["items"].as_array().unwrap().len(), 1, "{still}");
    broker.post(&case.path("messages"), json!({ "body": "进展如何？" })).await.created();
    let still = broker.get("/desk/items?queue=case_standing_still").await.ok();
    assert!(still["items"].as_array().unwrap().is_empty(), "{still}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn times_are_proposed_one_is_agreed_on_and_calendars_follow_each_change() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let case = Case::accepted(&actors).await;
    case.broker.act(&case.path("broker")).await.ok();
    let (early, noon, late) = (in_hours(&world, 40), in_hours(&world, 50), in_hours(&world, 60));
    let past = json!({ "times": [in_hours(&world, -1), late, late], "minutes": 60, "mode": "on_site" });
    let refused = case.university.post(&case.path("appointments"), past).await;
    assert_eq!(refused.fault_codes(), ["not_ahead", "twice", "required"], "{}", refused.body);
    let broken = json!({ "times": [early], "minutes": 60, "mode": "online",
        "join_url": "https://x/\r\nSUMMARY:EVIL" });
    case.university.post(&case.path("appointments"), broken).await.refused(400, "invalid_body");
    let far = json!({ "times": ["9999-12-31T23:59:59-23:59"], "minutes": 60, "mode": "online" });
    case.university.post(&case.path("appointments"), far).await.refused(400, "invalid_body");
    // A broker proposes: both sides are asked.
    let times = json!({ "times": [late, early, noon], "minutes": 90, "mode": "on_site", "place": "服务中心 302",
        "agenda": "确认指标" });
    let made = case.broker.post(&case.path("appointments"), times).await.created();
    assert_eq!(made["awaited"], json!(["enterprise", "supplier"]));
    assert_eq!(made["times"], json!([early, noon, late]));
    let at = case.path(&format!("appointments/{}", id_of(&made)));
    case.university.get(&format!("{at}/calendar.ics")).await.refused(404, "not_found");
    let strange =
        case.university.post(&format!("{at}/answer"), json!({ "fits": [in_hours(&world, 7)] })).await;
    assert_eq!(strange.fault_codes(), ["not_proposed"]);
    case.university.post(&format!("{at}/answer"), json!({ "fits": [early, late] })).await.ok();
    let none = case
        .enterprise
        .post(&format!("{at}/answer"), json!({ "fits": [noon], "note": "上午有会" }))
        .await
        .ok();
    assert_eq!((none["status"].as_str(), none["awaited"].as_array().unwrap().len()), (Some("proposed"), 0));
    let agreed = case.enterprise.post(&format!("{at}/answer"), json!({ "fits": [late, noon] })).await.ok();
    assert_eq!(
        (agreed["status"].as_str(), agreed["starts_at"].as_str()),
        (Some("agreed"), Some(late.as_str()))
    );
    case.enterprise.post(&format!("{at}/answer"), json!({ "fits": [] })).await.refused(409, "illegal_move");
    let coming = case.university.post(&format!("{at}/attendance"), json!({ "answer": "coming" })).await.ok();
    assert_eq!(coming["attendance"][0]["answer"], "coming");
    world.drain().await;

    for guest in [&case.university, &case.enterprise, &case.broker] {
        let got = invitations(&world, guest);
        assert_eq!(got.len(), 1, "{}", guest.email);
        for line in ["METHOD:REQUEST", "SEQUENCE:1", "SUMMARY:对接：低温循环泵", "LOCATION:服务中心 302"]
        {
            assert!(got[0].contains(line), "{line}: {}", got[0]);
        }
        assert!(got[0].contains(&format!("mailto:{}", guest.email)), "{}", got[0]);
        let others = [&case.university, &case.enterprise, &case.broker]
            .into_iter()
            .filter(|one| one.email != guest.email);
        for other in others {
            assert!(!got[0].contains(&other.email), "a guest learns no other's address");
        }
        for name in ["神秘企业", "高校"] {
            assert!(!got[0].contains(name), "{}", got[0]);
        }
    }

    // Other times: calendars give the old one up, then take the new one under the same UID.
    let moved = json!({ "times": [early], "note": "会议室有冲突" });
    case.university.post(&format!("{at}/reschedule"), moved).await.ok();
    world.drain().await;
    let cancelled = invitations(&world, &case.enterprise).pop().unwrap();
    assert!(cancelled.contains("METHOD:CANCEL") && cancelled.contains("SEQUENCE:2"), "{cancelled}");
    case.university.post(&format!("{at}/answer"), json!({ "fits": [early] })).await.refused(403, "forbidden");
    case.enterprise.post(&format!("{at}/answer"), json!({ "fits": [early] })).await.ok();
    world.drain().await;
    let got = invitations(&world, &case.enterprise);
    assert!(got[2].contains("METHOD:REQUEST") && got[2].contains("SEQUENCE:3"), "{}", got[2]);
    let uid = |ics: &str| ics.lines().find(|line| line.starts_with("UID:")).unwrap().to_owned();
    assert!(got.iter().all(|ics| uid(ics) == uid(&got[0])));
    let file = case.enterprise.text(&format!("{at}/calendar.ics")).await;
    assert!(file.contains("METHOD:PUBLISH") && file.contains(&uid(&got[0])), "{file}");

    // A day before, once; then it is held, on its day.
    world.clock.advance(Duration::hours(20));
    for _ in 0..2 {
        techmart_api::features::appointment::schedule::remind(&world.state).await.unwrap();
    }
    world.drain().await;
    assert_eq!(mails_with(&world, &case.enterprise, "会面将在一天之内开始").len(), 1);
    world.clock.advance(Duration::hours(20));
    let enterprise = again(&world, &case.enterprise).await;
    let day = techmart_api::clock::day_of(early.parse().unwrap()).to_string();
    let mut held = json!({ "held_on": day, "mode": "on_site", "place": "服务中心 302", "attendees": ["李工"],
        "summary": "确认指标。", "appointment_id": made["id"] });
    if day != world.today() {
        world.clock.advance(Duration::hours(12));
    }
    let met = enterprise.post(&case.path("meetings"), held.clone()).await.created();
    let shown = enterprise.get(&at).await.ok();
    assert_eq!((shown["status"].as_str(), &shown["meeting_id"]), (Some("held"), &met["meetings"][0]["id"]));
    let twice = enterprise.post(&case.path("meetings"), held.clone()).await;
    assert_eq!(twice.fault_codes(), ["not_agreed"]);
    held["appointment_id"] = json!(uuid::Uuid::now_v7());
    assert_eq!(enterprise.post(&case.path("meetings"), held).await.fault_codes(), ["unknown"]);
}

/// The same person, signed in anew, still acting.
async fn again(world: &World, client: &Client) -> Client {
    let mut fresh = techmart_tests::actors::sign_in(world, &client.email).await;
    fresh.acting.clone_from(&client.acting);
    fresh
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn confidentiality_is_in_force_once_another_confirms_it() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let case = Case::begin(&actors).await;
    let day = world.today();
    let nda = json!({ "signed_on": day, "valid_to": "2099-12-31", "covers": "样机图纸",
        "paper_attachment_id": case.university.paper("nda").await });
    case.university.post(&case.path("ndas"), nda.clone()).await.refused(409, "illegal_move");
    case.enterprise.act(&case.path("accept")).await.ok();
    let mut wrong = nda.clone();
    wrong["valid_to"] = json!("2020-01-01");
    wrong["paper_attachment_id"] = json!(case.university.paper("minutes").await);
    let refused = case.university.post(&case.path("ndas"), wrong).await;
    assert_eq!(refused.fault_codes(), ["before_start", "wrong_purpose"]);
    let recorded = case.university.post(&case.path("ndas"), nda).await.created();
    assert_eq!(recorded["ndas"][0]["in_force"], false);
    let confirm = case.path(&format!("ndas/{}/confirm", id_of(&recorded["ndas"][0])));
    case.university.act(&confirm).await.refused(403, "forbidden");
    world.drain().await;
    assert_eq!(mails_with(&world, &case.enterprise, "保密协议待对方确认").len(), 1);
    assert_eq!(case.enterprise.act(&confirm).await.ok()["ndas"][0]["in_force"], true);
    case.enterprise.act(&confirm).await.refused(409, "illegal_move");
    let paper = recorded["ndas"][0]["paper_attachment_id"].as_str().unwrap();
    case.enterprise.get(&format!("/attachments/{paper}/content")).await.status(200);
    case.agency.get(&format!("/attachments/{paper}/content")).await.refused(404, "not_found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_offer_is_answered_once_and_lapses_with_its_day_or_its_docking() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let case = Case::accepted(&actors).await;
    let offers = case.path("offers");
    let last = world.clock.now() + Duration::days(10);
    let last = techmart_api::clock::day_of(last).to_string();
    let offer = json!({ "cooperation_mode": "licence", "amount": 30_000_000, "terms": "分两期支付", "valid_to": last });
    let made = case.university.post(&offers, offer.clone()).await.created();
    assert_eq!((made["side"].as_str(), made["currency"].as_str()), (Some("supplier"), Some("CNY")));
    let at = format!("{offers}/{}", id_of(&made));
    case.university.act(&format!("{at}/accept")).await.refused(403, "forbidden");
    case.enterprise.act(&format!("{at}/withdraw")).await.refused(403, "forbidden");
    case.broker.act(&format!("{at}/accept")).await.refused(403, "forbidden");
    let tries = (0..20).map(|_| {
        let (client, path) = (case.enterprise.clone(), format!("{at}/accept"));
        tokio::spawn(async move { client.act(&path).await.status.as_u16() })
    });
    let mut answers = Vec::new();
    for attempt in tries.collect::<Vec<_>>() {
        answers.push(attempt.await.unwrap());
    }
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|status| matches!(status, 200 | 409)), "{answers:?}");
    world.drain().await;
    assert_eq!(mails_with(&world, &case.university, "报价已被接受").len(), 1);
    case.university.act(&format!("{at}/withdraw")).await.refused(409, "illegal_move");

    // What a broker records needs its paper and says whose it is.
    let refused = case.broker.post(&offers, offer.clone()).await;
    assert_eq!(refused.fault_codes(), ["required"]);
    let mut recorded = offer.clone();
    recorded["side"] = json!("enterprise");
    assert_eq!(case.broker.post(&offers, recorded.clone()).await.fault_codes(), ["required"]);
    recorded["paper_attachment_id"] = json!(case.broker.paper("offer").await);
    let recorded = id_of(&case.broker.post(&offers, recorded).await.created());

    // Reminded of three days before, once; over after its day.
    world.clock.advance(Duration::days(7));
    for _ in 0..2 {
        techmart_api::features::offer::schedule::run(&world.state).await.unwrap();
    }
    world.drain().await;
    assert_eq!(mails_with(&world, &case.university, "报价即将到期").len(), 1);
    assert!(mails_with(&world, &case.enterprise, "报价即将到期").is_empty());
    world.clock.advance(Duration::days(4));
    let university = again(&world, &case.university).await;
    let late = university.act(&format!("{offers}/{recorded}/accept")).await;
    assert_eq!(late.fault_codes(), ["offer_lapsed"]);
    techmart_api::features::offer::schedule::run(&world.state).await.unwrap();
    assert_eq!(university.get(&format!("{offers}/{recorded}")).await.ok()["status"], "lapsed");

    let mut open = offer;
    open["valid_to"] = Value::Null;
    let open = id_of(&university.post(&offers, open).await.created());
    let times = json!({ "times": [in_hours(&world, 30)], "minutes": 30, "mode": "phone" });
    let appointment = id_of(&university.post(&case.path("appointments"), times).await.created());
    university.post(&case.path("close"), json!({ "code": "no_agreement" })).await.ok();
    assert_eq!(university.get(&format!("{offers}/{open}")).await.ok()["status"], "lapsed");
    let appointment = university.get(&case.path(&format!("appointments/{appointment}"))).await.ok();
    assert_eq!(appointment["status"], "cancelled");
    university.post(&case.path("messages"), json!({ "body": "还在吗" })).await.refused(409, "illegal_move");
    university.post(&case.path("messages"), json!({ "channel": "supplier", "body": "总结" })).await.created();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_provider_reads_what_is_asked_of_it_and_nothing_else_of_the_docking() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let case = Case::accepted(&actors).await;
    let day = world.today();
    let ask = json!({ "kind": "evaluation", "provider_id": case.page, "brief": "请对样机做成果评价", "due_on": day });
    let asked = case.enterprise.post(&case.path("assistances"), ask.clone()).await.created();
    let at = format!("/assistances/{}", id_of(&asked));
    assert_eq!(asked["requested_side"], "enterprise");
    world.drain().await;
    let seen = case.agency.get(&at).await.ok();
    let told = mails_with(&world, &case.agency, "服务协助");
    assert_eq!(told.len(), 1);
    for text in [seen.to_string(), case.agency.get("/assistances").await.ok().to_string(), told[0].clone()] {
        for hidden in ["神秘企业", "高校", "低温循环泵", case.at.trim_start_matches("/dockings/")]
        {
            assert!(!text.contains(hidden), "{hidden}: {text}");
        }
    }
    case.agency.get(&case.at).await.refused(404, "not_found");
    case.agency.get(&case.path("timeline")).await.refused(404, "not_found");
    let filtered = case
        .agency
        .get(&format!("/assistances?docking_id={}", case.at.trim_start_matches("/dockings/")))
        .await;
    assert!(filtered.ok()["items"].as_array().unwrap().is_empty(), "a filter would tell");
    case.enterprise.act(&format!("{at}/take-on")).await.refused(403, "forbidden");
    case.agency.post(&format!("{at}/deliver"), json!({ "result": "好" })).await.refused(400, "invalid_body");
    case.agency
        .post(&format!("{at}/deliver"), json!({ "result": "结论" }))
        .await
        .refused(409, "illegal_move");
    case.agency.act(&format!("{at}/take-on")).await.ok();
    case.university.act(&format!("{at}/cancel")).await.refused(403, "forbidden");
    let report = case.agency.paper("assistance").await;
    let done = json!({ "result": "国内先进，建议中试", "report_attachment_id": report });
    case.agency.post(&format!("{at}/deliver"), done).await.ok();
    case.enterprise.act(&format!("{at}/cancel")).await.refused(409, "illegal_move");
    for side in [&case.enterprise, &case.university] {
        assert_eq!(side.get(&at).await.ok()["result"], "国内先进，建议中试");
        side.get(&format!("/attachments/{report}/content")).await.status(200);
    }
    let mut own = ask;
    own["due_on"] = json!("2020-01-01");
    let own_page = id_of(&case.university.post("/providers", provider("高校检测")).await.created());
    publish(&case.university, &case.broker, "providers", &own_page).await;
    own["provider_id"] = json!(own_page);
    let refused = case.enterprise.post(&case.path("assistances"), own).await;
    assert_eq!(refused.fault_codes(), ["past", "a_side_itself"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_reminder_is_told_once_and_to_its_keeper_alone() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let case = Case::accepted(&actors).await;
    let reminders = case.path("reminders");
    let late = case.broker.post(&reminders, json!({ "at": in_hours(&world, -1), "note": "晚了" })).await;
    assert_eq!(late.fault_codes(), ["not_ahead"]);
    let kept = json!({ "at": in_hours(&world, 2), "note": "问中试线排期" });
    case.broker.post(&reminders, kept.clone()).await.created();
    let gone = id_of(&case.broker.post(&reminders, kept).await.created());
    case.second.act(&format!("{reminders}/{gone}/cancel")).await.refused(404, "not_found");
    case.broker.act(&format!("{reminders}/{gone}/cancel")).await.status(204);
    assert!(case.second.get(&reminders).await.ok()["items"].as_array().unwrap().is_empty());
    world.clock.advance(Duration::hours(3));
    for _ in 0..2 {
        techmart_api::features::reminder::schedule::run(&world.state).await.unwrap();
    }
    world.drain().await;
    assert_eq!(mails_with(&world, &case.broker, "问中试线排期").len(), 1);
    assert!(mails_with(&world, &case.second, "问中试线排期").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_whole_case_reads_as_a_timeline_and_prints_as_one_page_without_contacts() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let case = Case::accepted(&actors).await;
    case.broker.act(&case.path("broker")).await.ok();
    case.enterprise.post(&case.path("messages"), json!({ "body": "先看<b>样机</b>" })).await.created();
    case.enterprise.get(&case.path("contacts")).await.ok();
    let offer = json!({ "cooperation_mode": "licence", "amount": 30_000_000, "terms": "分两期支付" });
    case.university.post(&case.path("offers"), offer).await.created();
    case.enterprise
        .post(&case.path("close"), json!({ "code": "price_not_agreed", "note": "价格差距大" }))
        .await
        .ok();

    let timeline = case.university.get(&case.path("timeline")).await.ok();
    let zh: Vec<&str> =
        timeline["items"].as_array().unwrap().iter().map(|one| one["zh"].as_str().unwrap()).collect();
    assert_eq!(
        zh,
        [
            "需求方关闭了对接（已关闭）",
            "供给方提出报价",
            "需求方查看了联系方式",
            "需求方留言",
            "服务中心确定了负责的技术经理人",
            "需求方接受了意向，双方联系方式可查看（已接受）",
            "供给方表达意向（已表达意向）",
        ],
        "{timeline}"
    );
    assert_eq!(timeline["items"][0]["reason"], "价格差距大");
    let first = case.university.get(&case.path("timeline?limit=3")).await.ok();
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = case.university.get(&case.path(&format!("timeline?limit=100&cursor={cursor}"))).await.ok();
    assert_eq!(rest["items"].as_array().unwrap().len(), 4);

    let page = case.university.text(&case.path("case.html")).await;
    for part in
        ["低温循环泵", "神秘企业单位", "高校单位", "300000.00 CNY", "先看&#60;b&#62;样机", "价格差距大"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    for contact in ["13800000002", "13900000002", "13800000001", "13900000001", "@people.example"] {
        assert!(!page.contains(contact), "{contact}");
    }
    assert!(!page.contains("<script") && !page.contains("http://"), "nothing from elsewhere");
    case.agency.get(&case.path("case.html")).await.refused(404, "not_found");
}
