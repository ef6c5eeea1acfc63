//! Dockings: what the main story leaves out. Recommendations, side exits, an enterprise without a name,
//! an owner without an account, what was recorded afterwards, time, races.

use reqwest::Method;
use serde_json::{Value, json};
use techmart_tests::{
    Actors, Client, World,
    actors::{figures, publish},
    builders::{achievement, demand},
    client::id_of,
};

/// POST /dockings with a key of its own.
async fn dock(client: &Client, body: Value) -> techmart_tests::client::Reply {
    let key = format!("key-{}", uuid::Uuid::new_v4().simple());
    client.call(Method::POST, "/dockings", Some(body), &[("idempotency-key", &key)]).await
}

struct Market {
    broker: Client,
    second: Client,
    university: Client,
    enterprise: Client,
    offer: String,
}

async fn market(actors: &Actors<'_>) -> Market {
    let broker = actors.broker("broker").await;
    let second = actors.broker("second").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let enterprise = actors.verified(&broker, "企业", "enterprise", 2, true).await;
    let offer = id_of(&university.post("/achievements", achievement("氢燃料电池循环泵")).await.created());
    publish(&university, &broker, "achievements", &offer).await;
    Market { broker, second, university, enterprise, offer }
}

fn meeting(day: &str) -> Value {
    json!({ "held_on": day, "mode": "online", "attendees": ["李工"], "summary": "确认指标。" })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_interest_needs_a_key_and_a_pair_has_one_open_docking() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let body = json!({ "achievement_id": m.offer });
    m.enterprise.post("/dockings", body.clone()).await.refused(400, "invalid_header");
    world.visitor().get("/dockings").await.refused(401, "not_signed_in");
    dock(&world.visitor(), body.clone()).await.refused(401, "not_signed_in");
    let id = id_of(&dock(&m.enterprise, body.clone()).await.created());
    let again = dock(&m.enterprise, body.clone()).await.refused(409, "already_exists");
    assert!(again["detail"].as_str().unwrap().contains(&id));
    let own = dock(&m.university, body.clone()).await;
    assert!(own.fault_codes().contains(&"same_organisation".to_owned()), "{}", own.body);
    let real = actors.verified(&m.broker, "真实", "enterprise", 3, false).await;
    let mixed = dock(&real, body.clone()).await;
    assert_eq!(mixed.fault_codes(), ["demo_and_real"], "{}", mixed.body);
    real.get(&format!("/dockings/{id}")).await.refused(404, "not_found");
    real.act(&format!("/dockings/{id}/accept")).await.refused(404, "not_found");
    let both = dock(&m.enterprise, json!({ "achievement_id": m.offer, "demand_id": m.offer })).await;
    assert_eq!(both.fault_codes(), ["one_subject"]);
    let unknown = dock(&m.enterprise, json!({ "demand_id": m.offer })).await;
    assert_eq!(unknown.fault_codes(), ["unknown"]);

    m.enterprise
        .post(&format!("/dockings/{id}/decline"), json!({ "code": "price" }))
        .await
        .refused(403, "forbidden");
    let declined = m
        .university
        .post(&format!("/dockings/{id}/decline"), json!({ "code": "price", "note": "价格" }))
        .await
        .ok();
    assert_eq!(
        (declined["stage"].as_str(), declined["decline_code"].as_str()),
        (Some("declined"), Some("price"))
    );
    let refused = m.university.act(&format!("/dockings/{id}/accept")).await.refused(409, "illegal_move");
    assert_eq!(refused["current_status"], "declined");
    let history = m.enterprise.get(&format!("/dockings/{id}/history")).await.ok();
    assert_eq!(history["items"][0]["reason"], "价格");
    assert_eq!(history["items"][1]["to_status"], "interest_expressed");
    world.drain().await;
    let mails = world.mails_to(&m.enterprise.email);
    assert!(mails.iter().any(|mail| mail.contains("价格")), "{mails:?}");
    dock(&m.enterprise, body).await.created();

    for query in ["stage=declined", "stage=declined&stage=interest_expressed&limit=1", "supplier_id=0", "x=1"]
    {
        let reply = m.enterprise.get(&format!("/dockings?{query}")).await;
        match query {
            "supplier_id=0" | "x=1" => assert_eq!(reply.status, 400),
            _ => assert_eq!(reply.ok()["items"].as_array().unwrap().len(), 1),
        }
    }
    let page = m.enterprise.get("/dockings?limit=1").await.ok();
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = m.enterprise.get(&format!("/dockings?limit=1&cursor={cursor}")).await.ok();
    assert_eq!(id_of(&rest["items"][0]), id);
    assert!(real.get("/dockings").await.ok()["items"].as_array().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_recommendation_is_taken_up_or_dismissed() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let enterprise = m.enterprise.acting.clone().unwrap();
    let body = json!({ "recommend": true, "achievement_id": m.offer, "enterprise_id": enterprise,
        "match_reasons": { "reasons": ["同一领域"], "score": 0.8 } });
    dock(&m.enterprise, body.clone()).await.refused(403, "forbidden");
    let id = id_of(&dock(&m.broker, body.clone()).await.created());
    let at = format!("/dockings/{id}");
    m.broker.act(&format!("{at}/express-interest")).await.refused(403, "forbidden");
    m.university.act(&format!("{at}/express-interest")).await.refused(403, "forbidden");
    let dismissed =
        m.university.post(&format!("{at}/dismiss"), json!({ "code": "not_strategic" })).await.ok();
    assert_eq!(dismissed["stage"], "dismissed");
    let id = id_of(&dock(&m.broker, body).await.created());
    let at = format!("/dockings/{id}");
    let taken =
        m.enterprise.post(&format!("{at}/express-interest"), json!({ "message": "有兴趣" })).await.ok();
    assert_eq!(
        (taken["stage"].as_str(), taken["message"].as_str()),
        (Some("interest_expressed"), Some("有兴趣"))
    );
    m.broker.post(&format!("{at}/accept"), json!({})).await.refused(403, "forbidden");
    let unknown = m.university.post(&format!("{at}/accept"), json!({ "x": 1 })).await;
    assert_eq!(unknown.fault_codes(), ["unknown"], "{}", unknown.body);
    m.university.post(&format!("{at}/accept"), Value::Null).await.ok();
    assert_eq!(m.broker.get(&at).await.ok()["people"]["broker_id"], json!(m.broker.account_id));
    assert!(m.university.get(&at).await.ok().get("people").is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_enterprise_without_a_name_is_named_once_it_accepts() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let mut need = demand("低温循环泵");
    need["content"]["publicity"] = json!("anonymous");
    let need = id_of(&m.enterprise.post("/demands", need).await.created());
    publish(&m.enterprise, &m.broker, "demands", &need).await;
    let enterprise = m.enterprise.acting.clone().unwrap();
    let guess = dock(&m.university, json!({ "demand_id": need, "enterprise_id": enterprise })).await;
    assert_eq!(guess.fault_codes(), ["not_applicable"]);
    let made = dock(&m.university, json!({ "demand_id": need })).await.created();
    let at = format!("/dockings/{}", id_of(&made));
    let hidden =
        |body: &Value| !body.to_string().contains("企业单位") && !body.to_string().contains(&enterprise);
    assert!(hidden(&made), "{made}");
    assert_eq!(made["enterprise_note"], "anonymous");
    assert!(hidden(&m.university.get("/dockings").await.ok()));
    let filtered = m.university.get(&format!("/dockings?enterprise_id={enterprise}")).await.ok();
    assert!(filtered["items"].as_array().unwrap().is_empty());
    let own = m.enterprise.get(&format!("/dockings?enterprise_id={enterprise}")).await.ok();
    assert_eq!(own["items"].as_array().unwrap().len(), 1);
    m.enterprise.post(&format!("{at}/decline"), json!({ "code": "timing" })).await.ok();
    assert!(hidden(&m.university.get(&at).await.ok()));
    assert!(hidden(&m.university.get(&format!("{at}/history")).await.ok()));

    let made = dock(&m.university, json!({ "demand_id": need })).await.created();
    let at = format!("/dockings/{}", id_of(&made));
    m.university.get(&format!("{at}/contacts")).await.refused(403, "forbidden");
    m.enterprise.act(&format!("{at}/accept")).await.ok();
    assert_eq!(m.university.get(&at).await.ok()["enterprise"]["name"], "企业单位");
    let contacts = m.university.get(&format!("{at}/contacts")).await.ok();
    assert!(contacts.to_string().contains("13800000002") && contacts.to_string().contains("13900000002"));
    assert!(!contacts.to_string().contains("13900000001"), "own contacts are not revealed");
    let both = m.broker.get(&format!("{at}/contacts")).await.ok();
    assert_eq!(both["sides"].as_array().unwrap().len(), 2);
    m.university.acting_for_nobody().get(&format!("{at}/contacts")).await.refused(403, "forbidden");
    let auditor = actors.with_role("auditor", "auditor").await;
    auditor.get(&at).await.ok();
    auditor.get(&format!("{at}/contacts")).await.refused(403, "forbidden");
    let log = actors.admin.get("/audit?action=reveal_contacts").await.ok();
    assert_eq!(log["items"].as_array().unwrap().len(), 2);
    let filtered = m.university.get(&format!("/dockings?enterprise_id={enterprise}")).await.ok();
    assert_eq!(filtered["items"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_unanswered_interest_expires_and_a_closed_docking_can_go_on_for_ninety_days() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let body = json!({ "achievement_id": m.offer });
    let id = id_of(&dock(&m.enterprise, body.clone()).await.created());
    world.clock.advance(chrono::Duration::days(30));
    let (university, enterprise) = (again(&world, &m.university).await, again(&world, &m.enterprise).await);
    techmart_api::features::docking::schedule::expire(&world.state).await.unwrap();
    let expired = enterprise.get(&format!("/dockings/{id}")).await.ok();
    assert_eq!(expired["stage"], "expired");

    let id = id_of(&dock(&enterprise, body.clone()).await.created());
    let at = format!("/dockings/{id}");
    university.act(&format!("{at}/accept")).await.ok();
    let broker = again(&world, &m.broker).await;
    let closed = enterprise.post(&format!("{at}/close"), json!({ "code": "no_agreement" })).await.ok();
    assert_eq!(
        (closed["stage"].as_str(), closed["closed_from"].as_str()),
        (Some("closed"), Some("accepted"))
    );
    enterprise.post(&format!("{at}/reopen"), json!({ "note": "继续" })).await.refused(403, "forbidden");
    let other = id_of(&dock(&enterprise, body).await.created());
    let taken =
        broker.post(&format!("{at}/reopen"), json!({ "note": "继续" })).await.refused(409, "already_exists");
    assert!(taken["detail"].as_str().unwrap().contains(&other));
    university.post(&format!("/dockings/{other}/decline"), json!({ "code": "other" })).await.ok();
    let open = broker.post(&format!("{at}/reopen"), json!({ "note": "继续" })).await.ok();
    assert_eq!((open["stage"].as_str(), open["close_code"].as_str()), (Some("accepted"), None));
    enterprise.post(&format!("{at}/close"), json!({ "code": "other" })).await.ok();
    world.clock.advance(chrono::Duration::days(91));
    let broker = again(&world, &m.broker).await;
    let late = broker.post(&format!("{at}/reopen"), json!({ "note": "继续" })).await;
    assert_eq!(late.fault_codes(), ["too_late"]);
}

/// The same person, signed in anew, still acting.
async fn again(world: &World, client: &Client) -> Client {
    let mut fresh = techmart_tests::actors::sign_in(world, &client.email).await;
    fresh.acting.clone_from(&client.acting);
    fresh
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_was_recorded_afterwards_is_confirmed_by_another() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let day = world.today();
    let mut held = meeting(&day);
    held["minutes_attachment_id"] = json!(m.broker.paper("minutes").await);
    let mut body = json!({
        "enterprise_id": m.enterprise.acting, "supplier_id": m.university.acting, "achievement_id": m.offer,
        "interest_on": "2026-01-05", "accepted_on": "2026-01-06",
        "consent_attachment_id": m.broker.paper("consent").await, "consent_note": "双方盖章确认", "meeting": held,
    });
    m.enterprise.post("/dockings/offline", body.clone()).await.refused(403, "forbidden");
    body["accepted_on"] = json!("2026-01-04");
    body["interest_on"] = json!("2099-01-04");
    let wrong = m.broker.post("/dockings/offline", body.clone()).await;
    assert_eq!(wrong.fault_codes(), ["future", "too_early"], "{}", wrong.body);
    body["interest_on"] = json!("2026-01-03");
    let made = m.broker.post("/dockings/offline", body).await.created();
    let at = format!("/dockings/{}", id_of(&made));
    assert_eq!((made["stage"].as_str(), made["origin"].as_str()), (Some("accepted"), Some("offline")));
    let confirm = format!("{at}/meetings/{}/confirm", made["meetings"][0]["id"].as_str().unwrap());
    m.broker.act(&confirm).await.refused(403, "conflict_of_interest");
    assert_eq!(figures(&m.broker, "T4", "").await, (0, 0));

    // Of twenty at once, one confirms; the others see that it is done.
    let tries = (0..20).map(|_| {
        let (second, confirm) = (m.second.clone(), confirm.clone());
        tokio::spawn(async move { second.act(&confirm).await.status.as_u16() })
    });
    let mut answers = Vec::new();
    for attempt in tries.collect::<Vec<_>>() {
        answers.push(attempt.await.unwrap());
    }
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|status| matches!(status, 200 | 409)), "{answers:?}");
    assert_eq!(figures(&m.broker, "T4", "").await, (0, 1));

    // A later meeting is only confirmed; one before the acceptance is refused.
    let early = m.enterprise.post(&format!("{at}/meetings"), meeting("2026-01-03")).await;
    assert_eq!(early.fault_codes(), ["too_early"]);
    let mut on_site = meeting(&day);
    on_site["mode"] = json!("on_site");
    assert_eq!(m.enterprise.post(&format!("{at}/meetings"), on_site).await.fault_codes(), ["required"]);
    let more = m.enterprise.post(&format!("{at}/meetings"), meeting(&day)).await.created();
    let meetings = more["meetings"].as_array().unwrap();
    assert_eq!(meetings.len(), 2);
    let later = meetings.iter().find(|meeting| meeting["confirmed_at"].is_null()).unwrap();
    let confirmed =
        m.university.act(&format!("{at}/meetings/{}/confirm", later["id"].as_str().unwrap())).await.ok();
    assert_eq!(confirmed["stage"], "met");
    assert_eq!(figures(&m.broker, "T4", "").await, (0, 1));

    let mut contract = json!({
        "number": " ", "title": "合同", "contract_type": "licence", "signed_on": "2025-12-31", "total_amount": 5,
        "technical_amount": 6, "paper_attachment_id": m.enterprise.paper("contract").await,
        "buyer_id": m.enterprise.acting, "seller_id": m.enterprise.acting,
        "term": { "from": "2026-02-01", "to": "2026-01-01" },
    });
    let wrong = m.enterprise.post(&format!("{at}/contract"), contract.clone()).await;
    let mut codes = wrong.fault_codes();
    codes.sort();
    assert_eq!(
        codes,
        ["blank", "same_organisation", "too_early", "too_early", "too_large"],
        "{}",
        wrong.body
    );
    contract["number"] = json!("HT-1");
    contract["signed_on"] = json!(day);
    contract["technical_amount"] = json!(5);
    contract["seller_id"] = Value::Null;
    contract["term"] = Value::Null;
    let signed = m.enterprise.post(&format!("{at}/contract"), contract).await.created();
    assert_eq!(signed["contract"]["rule_version"], "2026.1");
    m.enterprise
        .post(&format!("{at}/contract/register"), registration("202642100000001X", &day, "-"))
        .await
        .status(400);
    let certificate = m.broker.paper("certificate").await;
    let not_digits = m
        .broker
        .post(&format!("{at}/contract/register"), registration("2026421000000017X", &day, &certificate))
        .await;
    assert_eq!(not_digits.fault_codes(), ["format"]);
    let done = m
        .broker
        .post(&format!("{at}/contract/register"), registration("2026-4210-0000-17", &day, &certificate))
        .await
        .ok();
    assert_eq!(done["contract"]["registration_number"], "2026-4210-0000-17");
    assert_eq!(
        (done["stage"].as_str(), done["contract"]["status"].as_str()),
        (Some("registered"), Some("registered"))
    );
    let stale = m
        .broker
        .call(
            Method::POST,
            &format!("{at}/close"),
            Some(json!({ "code": "completed" })),
            &[("if-match", "\"1\"")],
        )
        .await;
    stale.refused(412, "version_changed");
}

fn registration(number: &str, day: &str, certificate: &str) -> Value {
    json!({ "registration_number": number, "authority": "登记站", "registered_on": day, "certificate_attachment_id": certificate })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_broker_consents_with_a_paper_only_for_an_owner_without_an_account() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let real = actors.verified(&m.broker, "真实", "enterprise", 3, false).await;
    // Only an import names an organisation that nobody has an account of.
    let cx = techmart_api::auth::Context::system(world.clock.now());
    let kind = techmart_entity::organisation::OrganisationKind::Institute;
    let owner = world
        .state
        .db
        .write(async |tx| {
            techmart_api::features::organisation::repo::find_or_name(tx, &cx, "无账号研究所", kind).await
        })
        .await
        .unwrap()
        .id
        .to_string();
    let mut offer = achievement("整合的成果");
    offer["collected"] = json!({ "organisation_id": owner, "source_url": "https://example.org/a" });
    let offer = id_of(&m.broker.post("/achievements", offer).await.created());
    m.broker.act(&format!("/achievements/{offer}/submit")).await.ok();
    techmart_tests::actors::approve(&m.second, "achievements", &offer).await;
    let at = format!("/dockings/{}", id_of(&dock(&real, json!({ "achievement_id": offer })).await.created()));
    let none = m.broker.act(&format!("{at}/accept")).await;
    assert_eq!(none.fault_codes(), ["required"], "{}", none.body);
    let consent =
        json!({ "consent": { "attachment_id": m.broker.paper("consent").await, "note": "书面同意" } });
    let accepted = m.broker.post(&format!("{at}/accept"), consent).await.ok();
    assert_eq!(accepted["consent"]["note"], "书面同意");
}
