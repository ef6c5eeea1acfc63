//! The contract book: registered, changed, revoked, recorded without a docking; landings with milestones;
//! enclave entries; finance cases. Each moves its figure, and takes it back.

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

/// Two sides, two brokers, and a docking that is negotiated.
struct Scene {
    world: World,
    broker: Client,
    other: Client,
    university: Client,
    enterprise: Client,
    stranger: Client,
    offer: String,
    docking: String,
    today: String,
}

async fn scene() -> Scene {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let (broker, other) = (actors.broker("甲").await, actors.broker("乙").await);
    let university = actors.verified(&other, "高校", "university", 1, true).await;
    let enterprise = actors.verified(&other, "企业", "enterprise", 2, true).await;
    let stranger = actors.verified(&other, "外人", "enterprise", 3, true).await;
    let offer = id_of(&university.post("/achievements", achievement("低温启动电机")).await.created());
    publish(&university, &other, "achievements", &offer).await;
    let key = Uuid::new_v4().to_string();
    let interest = json!({ "achievement_id": offer });
    let made = enterprise
        .call(Method::POST, "/dockings", Some(interest), &[("idempotency-key", &key)])
        .await
        .created();
    let docking = id_of(&made);
    let at = format!("/dockings/{docking}");
    university.act(&format!("{at}/accept")).await.ok();
    let today = day_of(world.clock.now()).to_string();
    let meeting = json!({ "held_on": today, "mode": "online", "attendees": ["李工"], "summary": "线上交流。",
        "minutes_attachment_id": enterprise.paper("minutes").await });
    let met = enterprise.post(&format!("{at}/meetings"), meeting).await.created();
    university.act(&format!("{at}/meetings/{}/confirm", id_of(&met["meetings"][0]))).await.ok();
    university.act(&format!("{at}/negotiate")).await.ok();
    Scene { world, broker, other, university, enterprise, stranger, offer, docking, today }
}

impl Scene {
    async fn sign(&self) -> String {
        let contract = json!({ "number": "HT-1", "title": "技术开发合同", "contract_type": "development",
            "signed_on": self.today, "total_amount": 1_000_000, "technical_amount": 400_000,
            "paper_attachment_id": self.enterprise.paper("contract").await });
        let shown =
            self.enterprise.post(&format!("/dockings/{}/contract", self.docking), contract).await.created();
        id_of(&shown["contract"])
    }

    async fn registration(&self, number: &str) -> Value {
        json!({ "registration_number": number, "authority": "荆州市技术合同登记站", "registered_on": self.today,
            "certificate_attachment_id": self.broker.paper("certificate").await })
    }

    async fn t7(&self) -> (i64, i64) {
        figures(&self.broker, "T7", "").await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_contract_is_registered_changed_and_revoked_and_its_figure_follows() {
    let scene = scene().await;
    let contract = scene.sign().await;
    let at = format!("/contracts/{contract}");
    scene.stranger.get(&at).await.status(404);
    scene.world.visitor().get(&at).await.status(401);
    let shown = scene.university.get(&at).await.ok();
    assert_eq!((&shown["status"], &shown["achievements"]), (&json!("signed"), &json!([scene.offer])));
    let applied = json!({ "submitted_on": scene.today });
    scene.enterprise.post(&format!("{at}/submit"), applied).await.ok();
    scene
        .enterprise
        .post(&format!("{at}/register"), scene.registration("2026 4210 0000 01").await)
        .await
        .status(403);
    let short = scene.registration("2026-4210-0000-0").await;
    scene.broker.post(&format!("{at}/register"), short).await.refused(422, "rule_broken");
    scene.broker.post(&format!("{at}/register"), scene.registration("2026 4210 0000 01").await).await.ok();
    assert_eq!(scene.t7().await, (0, 1_000_000));
    let docking = scene.broker.get(&format!("/dockings/{}", scene.docking)).await.ok();
    assert_eq!(docking["stage"], "registered", "the docking goes on with its contract");
    let entry = scene.other.get("/ledger?indicator=T7&stage=evidence_complete").await.ok();
    let entry = entry["items"][0]["entry_id"].as_str().unwrap().to_owned();
    scene.other.act(&format!("/ledger/{entry}/confirm")).await.ok();
    assert_eq!(scene.t7().await, (1_000_000, 0));
    let known = scene.world.clock.now();
    scene.world.clock.advance(chrono::Duration::seconds(2));

    let paper = scene.broker.paper("contract").await;
    let wrong = json!({ "changed_on": "2999-01-01", "reason": "补充协议", "technical_amount": 3_000_000,
        "paper_attachment_id": paper });
    let faults = scene.broker.post(&format!("{at}/change"), wrong).await;
    assert_eq!(faults.fault_codes(), ["future", "too_large"]);
    let nothing = json!({ "changed_on": scene.today, "reason": "补充协议", "total_amount": 1_000_000,
        "paper_attachment_id": paper });
    scene.broker.post(&format!("{at}/change"), nothing).await.refused(422, "rule_broken");
    let change = json!({ "changed_on": scene.today, "reason": "补充协议", "total_amount": 1_500_000,
        "paper_attachment_id": paper });
    let changed = scene.broker.post(&format!("{at}/change"), change).await.ok();
    assert_eq!(changed["amendments"][0]["before"], json!({ "total_amount": 1_000_000 }));
    assert_eq!(changed["amendments"][0]["after"], json!({ "total_amount": 1_500_000 }));
    assert_eq!(scene.t7().await, (0, 1_500_000), "taken back, and counted anew, to be confirmed anew");
    let before = techmart_api::clock::Moment(known);
    let then = figures(&scene.broker, "T7", &format!("&known_at={before}")).await;
    assert_eq!(then, (1_000_000, 0), "as it was known then");

    let revoke = json!({ "revoked_on": scene.today, "reason": "登记机构撤销",
        "paper_attachment_id": scene.broker.paper("certificate").await });
    scene.enterprise.post(&format!("{at}/revoke"), revoke.clone()).await.status(403);
    scene.broker.post(&format!("{at}/revoke"), revoke.clone()).await.ok();
    assert_eq!(scene.t7().await, (0, 0));
    scene.broker.post(&format!("{at}/revoke"), revoke).await.refused(409, "illegal_move");
    let history = scene.university.get(&format!("{at}/history")).await.ok();
    let acts: Vec<&str> =
        history["items"].as_array().unwrap().iter().filter_map(|line| line["action"].as_str()).collect();
    assert_eq!(acts, ["revoke", "change", "register", "submit_for_registration", "sign"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_contract_without_a_docking_counts_once_by_its_number() {
    let scene = scene().await;
    let record = async |number: &str, more: Value| {
        let mut body = json!({ "number": number, "title": "技术服务合同", "contract_type": "service",
            "buyer_id": scene.enterprise.acting, "seller_id": scene.university.acting, "achievements": [scene.offer],
            "signed_on": scene.today, "total_amount": 2_000_000,
            "paper_attachment_id": scene.broker.paper("contract").await });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let good = record("HT-8", json!({})).await;
    scene.enterprise.post("/contracts", good.clone()).await.status(403);
    let made = scene.broker.post("/contracts", good).await.created();
    let one = format!("/contracts/{}", id_of(&made));
    for (wrong, code) in [
        (json!({ "signed_on": "2999-01-01" }), "future"),
        (json!({ "signed_on": "0001-01-01" }), "too_early"),
        (json!({ "technical_amount": 2_000_001 }), "too_large"),
        (json!({ "seller_id": scene.enterprise.acting }), "same_organisation"),
        (json!({ "seller_id": Uuid::nil() }), "unknown"),
        (json!({ "achievements": [scene.offer, scene.offer] }), "unknown"),
        (json!({ "title": "  " }), "blank"),
        (json!({ "term": { "from": "2026-02-01", "to": "2026-01-01" } }), "too_early"),
        (json!({ "paper_attachment_id": scene.broker.paper("minutes").await }), "wrong_purpose"),
    ] {
        let reply = scene.broker.post("/contracts", record("HT-9", wrong.clone()).await).await;
        assert_eq!(
            (reply.status.as_u16(), reply.fault_codes()),
            (422, vec![code.to_owned()]),
            "{wrong}: {}",
            reply.body
        );
    }
    for absurd in
        [json!({ "total_amount": 0 }), json!({ "total_amount": -5 }), json!({ "total_amount": 1e18 })]
    {
        scene.broker.post("/contracts", record("HT-9", absurd).await).await.status(400);
    }
    let number = "20264210000002";
    scene.broker.post(&format!("{one}/register"), scene.registration(number).await).await.ok();
    assert_eq!(scene.t7().await, (0, 2_000_000));
    let two = scene.broker.post("/contracts", record("HT-9", json!({})).await).await.created();
    let two = format!("/contracts/{}", id_of(&two));
    let again = scene.registration("2026 4210 0000 02").await;
    scene.broker.post(&format!("{two}/register"), again).await.refused(409, "already_exists");
    assert_eq!(scene.t7().await, (0, 2_000_000), "registered twice is counted once");
    let cancel = json!({ "cancelled_on": scene.today, "reason": "双方解除" });
    scene.university.post(&format!("{two}/cancel"), cancel.clone()).await.ok();
    scene.university.post(&format!("{one}/cancel"), cancel).await.refused(409, "illegal_move");
    let own = scene.university.get("/contracts?status=registered").await.ok();
    assert_eq!(own["items"].as_array().unwrap().len(), 1);
    assert_eq!(scene.stranger.get("/contracts").await.ok()["items"], json!([]));
    let variants = scene.broker.get("/progress/T7/variants?plan=demo").await.ok();
    let of = |code: &str| {
        let items = variants["items"].as_array().unwrap();
        items.iter().find(|item| item["code"] == code).unwrap()["candidate"].clone()
    };
    assert_eq!(
        (of("technical_amount"), of("incoming"), of("window_sum")),
        (json!(0), json!(2_000_000), json!(2_000_000))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_landing_is_complete_once_a_milestone_shows_its_use() {
    let scene = scene().await;
    scene.sign().await;
    let at = format!("/dockings/{}", scene.docking);
    let landing = json!({ "landed_on": scene.today, "form": "contract", "place": "滩桥镇",
        "evidence": [{ "kind": "contract_paper", "attachment_id": scene.enterprise.paper("landing").await }] });
    let landed = scene.enterprise.post(&format!("{at}/land"), landing).await;
    assert!(landed.status.is_success(), "{}", landed.body);
    let list = scene.enterprise.get("/landings").await.ok();
    let landing = format!("/landings/{}", id_of(&list["items"][0]));
    scene.stranger.get(&landing).await.status(404);
    let waiting = scene.other.get("/ledger/worklist?task=complete&indicator=T6").await.ok();
    assert_eq!(waiting["items"][0]["lacks"], json!([{ "any_of": ["landing_use"] }]), "{waiting}");
    let early = json!({ "kind": "pilot", "reached_on": "2020-01-01", "evidence": [] });
    scene.enterprise.post(&format!("{landing}/milestones"), early).await.refused(422, "rule_broken");
    let milestone = json!({ "kind": "mass_production", "reached_on": scene.today, "note": "首批 500 台", "evidence":
        [{ "kind": "production_record", "attachment_id": scene.enterprise.paper("landing").await }] });
    let shown = scene.enterprise.post(&format!("{landing}/milestones"), milestone).await.created();
    assert_eq!(shown["milestones"][0]["kind"], "mass_production");
    let complete = scene.other.get("/ledger/worklist?task=confirm&indicator=T6").await.ok();
    assert_eq!(complete["items"].as_array().unwrap().len(), 1);
    let twice = json!({ "kind": "first_sale", "reached_on": scene.today, "evidence":
        [{ "kind": "invoice", "attachment_id": Uuid::nil() }] });
    scene.enterprise.post(&format!("{landing}/milestones"), twice).await.refused(422, "rule_broken");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn enclaves_and_money_are_counted_while_they_stand() {
    let scene = scene().await;
    let broker = &scene.broker;
    let entry = async |more: Value| {
        let mut body = json!({ "enclave": "荆州（武汉）离岸科创中心", "listing_id": scene.offer,
            "introduced_on": scene.today, "agreement_attachment_id": broker.paper("agreement").await });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    scene.university.post("/enclave-entries", entry(json!({})).await).await.status(403);
    let future = entry(json!({ "introduced_on": "2999-01-01" })).await;
    broker.post("/enclave-entries", future).await.refused(422, "rule_broken");
    let made = broker.post("/enclave-entries", entry(json!({})).await).await.created();
    assert_eq!(figures(broker, "T8", "").await, (0, 1));
    broker.post("/enclave-entries", entry(json!({})).await).await.refused(409, "already_exists");
    let unseen = entry(json!({ "enclave": "荆州（武汉）离岸\u{200b}科创中心\u{ad}" })).await;
    broker.post("/enclave-entries", unseen).await.refused(409, "already_exists");
    let withdraw = format!("/enclave-entries/{}/withdraw", id_of(&made));
    broker.post(&withdraw, json!({ "reason": "协议未履行" })).await.ok();
    assert_eq!(figures(broker, "T8", "").await, (0, 0));
    broker.post(&withdraw, json!({ "reason": "协议未履行" })).await.refused(409, "illegal_move");
    broker.post("/enclave-entries", entry(json!({})).await).await.created();
    assert_eq!(figures(broker, "T8", "").await, (0, 1), "introduced again after all");

    let case = async |kind: &str, number: &str, more: Value| {
        let mut body = json!({ "kind": kind, "number": number, "enterprise_id": scene.enterprise.acting,
            "lender": "荆州农商行", "amount": 500_000_000, "granted_on": scene.today, "ends_on": "2099-12-31",
            "paper_attachment_id": broker.paper("evidence").await });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let line = broker.post("/finance-cases", case("credit_line", "SX-1", json!({})).await).await.created();
    broker
        .post("/finance-cases", case("credit_line", "SX-1", json!({})).await)
        .await
        .refused(409, "already_exists");
    let unseen = case("credit_line", "ｓx-1\u{2060}", json!({ "lender": "荆州\u{feff}农商行" })).await;
    broker.post("/finance-cases", unseen).await.refused(409, "already_exists");
    broker
        .post("/finance-cases", case("ip_pledge_loan", "DK-1", json!({})).await)
        .await
        .refused(422, "rule_broken");
    let university = json!({ "enterprise_id": scene.university.acting });
    broker
        .post("/finance-cases", case("credit_line", "SX-2", university).await)
        .await
        .refused(422, "rule_broken");
    let endless = json!({ "ends_on": "9999-12-31" });
    let faults = broker.post("/finance-cases", case("credit_line", "SX-3", endless).await).await;
    assert_eq!(faults.fault_codes(), ["too_late"], "a day that no calendar follows");
    let pledged = json!({ "pledged": ["ZL201720001285.X"], "amount": 20_000_000 });
    broker.post("/finance-cases", case("ip_pledge_loan", "DK-1", pledged).await).await.created();
    assert_eq!(figures(broker, "T10", "").await, (0, 500_000_000));
    assert_eq!(figures(broker, "T10P", "").await, (0, 20_000_000));
    let sums = broker.get("/finance-cases/by-provider?demo=true").await.ok();
    assert_eq!(sums["items"][0]["amount"], 500_000_000, "{sums}");
    // A line that ended counts no longer from that day on, and still counts before it.
    scene.world.clock.advance(chrono::Duration::days(2));
    let today = day_of(scene.world.clock.now());
    let end = json!({ "ended_on": today.to_string(), "reason": "提前结清" });
    broker.post(&format!("/finance-cases/{}/end", id_of(&line)), end).await.ok();
    assert_eq!(figures(broker, "T10", "").await, (0, 0));
    let yesterday = today.pred_opt().unwrap();
    assert_eq!(figures(broker, "T10", &format!("&as_of={yesterday}")).await, (0, 500_000_000));
}
