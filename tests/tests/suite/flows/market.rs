//! The main job: six accounts carry one docking from an interest to a landing, and the figures follow.

use serde_json::json;
use techmart_tests::{
    Actors, Client, World,
    actors::{figures, publish},
    builders::{achievement, demand, provider},
    client::id_of,
};

/// A second person confirms all that waits for it.
async fn confirm_all(broker: &Client) {
    let waiting = broker.get("/ledger?stage=evidence_complete&limit=100").await.ok();
    for unit in waiting["items"].as_array().unwrap() {
        let entry = unit["entry_id"].as_str().unwrap();
        broker.act(&format!("/ledger/{entry}/confirm")).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn six_accounts_carry_a_docking_to_its_landing_and_every_figure_follows() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let second = actors.broker("second").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let enterprise = actors.verified(&broker, "企业", "enterprise", 2, true).await;
    let agency = actors.verified(&broker, "机构", "provider", 3, true).await;
    let day = world.today();

    let offer = id_of(&university.post("/achievements", achievement("氢燃料电池循环泵")).await.created());
    publish(&university, &broker, "achievements", &offer).await;
    let need = id_of(&enterprise.post("/demands", demand("低温启动的循环泵")).await.created());
    publish(&enterprise, &broker, "demands", &need).await;
    let page = id_of(&agency.post("/providers", provider("检测中心")).await.created());
    publish(&agency, &broker, "providers", &page).await;

    agency.act(&format!("/providers/{page}/entry")).await.created();
    broker.act(&format!("/providers/{page}/entry/review")).await.ok();
    actors.admin.act(&format!("/providers/{page}/entry/approve")).await.ok();
    let agreement = json!({
        "agreement_number": "RZ-001", "signed_on": day, "valid_to": "2099-12-31",
        "attachment_id": broker.paper("agreement").await,
    });
    broker.post(&format!("/providers/{page}/entry/enter"), agreement).await.ok();

    let interest = json!({ "achievement_id": offer, "message": "希望了解低温性能。" });
    let key = [("idempotency-key", "interest-0001")];
    let docking = enterprise.call(reqwest::Method::POST, "/dockings", Some(interest), &key).await.created();
    let docking = id_of(&docking);
    let at = format!("/dockings/{docking}");
    enterprise.act(&format!("{at}/accept")).await.refused(403, "forbidden");
    enterprise.get(&format!("{at}/contacts")).await.refused(403, "forbidden");
    university.act(&format!("{at}/accept")).await.ok();
    let contacts = enterprise.get(&format!("{at}/contacts")).await.ok();
    assert!(contacts.to_string().contains("13800000001"), "{contacts}");
    let log = actors.admin.get("/audit?action=reveal_contacts").await.ok();
    assert_eq!(log["items"].as_array().unwrap().len(), 1);
    assert!(!log.to_string().contains("13800000001"));

    let meeting = json!({
        "held_on": day, "mode": "on_site", "place": "服务中心", "attendees": ["李工", "张老师"],
        "summary": "确认样机指标。", "minutes_attachment_id": enterprise.paper("minutes").await,
    });
    let met = enterprise.post(&format!("{at}/meetings"), meeting).await.created();
    let meeting_id = met["meetings"][0]["id"].as_str().or(met["id"].as_str()).unwrap().to_owned();
    enterprise.act(&format!("{at}/meetings/{meeting_id}/confirm")).await.status(403);
    university.act(&format!("{at}/meetings/{meeting_id}/confirm")).await.ok();
    university.act(&format!("{at}/negotiate")).await.ok();
    let contract = json!({
        "number": "HT-2026-1", "title": "循环泵技术开发合同", "contract_type": "development", "signed_on": day,
        "total_amount": 123_456_700, "technical_amount": 100_000_000,
        "paper_attachment_id": enterprise.paper("contract").await,
    });
    enterprise.post(&format!("{at}/contract"), contract).await.status(201);
    let registration = json!({
        "registration_number": "2026 4210 0000 0001", "authority": "湖北省技术合同登记站", "registered_on": day,
        "certificate_attachment_id": broker.paper("certificate").await,
    });
    broker.post(&format!("{at}/contract/register"), registration).await.ok();
    let landing = json!({
        "landed_on": day, "form": "contract", "place": "滩桥镇", "output": "年产 1000 台",
        "evidence": [
            { "kind": "contract_paper", "attachment_id": enterprise.paper("landing").await },
            { "kind": "production_record", "attachment_id": enterprise.paper("landing").await },
        ],
    });
    enterprise.post(&format!("{at}/land"), landing).await.ok();

    let expected =
        [("T1", 1), ("T2", 1), ("T3", 1), ("T4", 1), ("T5", 2), ("T6", 1), ("T7", 123_456_700), ("T8", 0)];
    for (indicator, figure) in expected {
        assert_eq!(
            figures(&broker, indicator, "").await,
            (0, figure),
            "{indicator} before anybody confirmed"
        );
    }
    let mine = broker.get("/ledger?indicator=T1").await.ok();
    let entry = mine["items"][0]["entry_id"].as_str().unwrap();
    broker.act(&format!("/ledger/{entry}/confirm")).await.refused(403, "conflict_of_interest");
    confirm_all(&second).await;
    for (indicator, figure) in expected {
        assert_eq!(figures(&broker, indicator, "").await, (figure, 0), "{indicator} once confirmed");
        every_unit_opens_to_its_evidence(&second, indicator).await;
    }
    let real = world.visitor().get("/progress").await.ok();
    assert!(
        real["indicators"].as_array().unwrap().iter().all(|row| row["confirmed"] == 0),
        "demo never counts for real"
    );

    // Three listings were published; the achievement alone came all the way.
    let funnel = world.visitor().get("/funnel?plan=demo").await.ok();
    let reached: Vec<i64> =
        funnel["total"].as_array().unwrap().iter().map(|step| step["reached"].as_i64().unwrap()).collect();
    assert_eq!(reached, [3, 3, 1, 1, 1, 1, 1, 1], "{funnel}");

    // A reversal takes one back; as it was known before, the figure stays.
    let before = world.clock.now();
    world.clock.advance(chrono::Duration::seconds(2));
    let unit = broker.get("/progress/T4/units?plan=demo").await.ok();
    let entry = unit["items"][0]["entry_id"].as_str().unwrap().to_owned();
    let auditor = actors.with_role("auditor", "auditor").await;
    auditor.post(&format!("/ledger/{entry}/reverse"), json!({ "reason": "签到表与纪要不符" })).await.ok();
    assert_eq!(figures(&broker, "T4", "").await, (0, 0));
    let known = techmart_api::clock::Moment(before).to_string();
    assert_eq!(figures(&broker, "T4", &format!("&known_at={known}")).await, (1, 0));
    broker
        .post(&format!("/ledger/{entry}/reverse"), json!({ "reason": "再次" }))
        .await
        .refused(409, "illegal_move");
}

/// Every unit of a figure opens to evidence that is there, and files have the hash that was recorded.
async fn every_unit_opens_to_its_evidence(reader: &Client, indicator: &str) {
    let units = reader.get(&format!("/progress/{indicator}/units?plan=demo")).await.ok();
    for unit in units["items"].as_array().unwrap() {
        let entry = reader.get(&format!("/ledger/{}", unit["entry_id"].as_str().unwrap())).await.ok();
        let evidence = entry["evidence"].as_array().unwrap();
        assert!(!evidence.is_empty(), "{indicator}: {entry}");
        for piece in evidence {
            let Some(href) = piece["href"].as_str().filter(|href| href.starts_with("/api/")) else {
                continue;
            };
            let reply = reader.get(href).await;
            assert!(reply.status.is_success(), "{indicator}: {piece} does not open: {}", reply.body);
        }
    }
}
