//! The plan of 2023-2025 on the real listings: gathered, docked, signed, registered, landed, reversed,
//! frozen, assessed. At the end the board, the ledger, the frozen report and its files say the same.
//!
//! With `TECHMART_TEST_REPORT_DIR` the files are left there, to be looked at.

use std::collections::BTreeMap;

use chrono::{Datelike, Duration, NaiveDate, TimeZone, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use techmart_api::clock::day_of;
use techmart_tests::{
    Actors, Client, World,
    actors::{approve, sign_in},
    binary,
    client::id_of,
};

const PLAN: &str = "jz-2023-2025";

/// Everybody, and what is still to be done with.
struct Centre<'a> {
    world: &'a World,
    brokers: Vec<Client>,
    admin: Client,
    auditor: Client,
    enterprises: Vec<Client>,
    providers: Vec<Client>,
    /// Published achievements that have an owner, and the day on which each was published.
    offers: Vec<(String, String, NaiveDate)>,
    contracts: Vec<String>,
    n: usize,
}

/// Signs in anew: months have gone by.
async fn again(world: &World, client: &mut Client) {
    let acting = client.acting.clone();
    *client = sign_in(world, &client.email).await;
    client.acting = acting;
}

impl Centre<'_> {
    fn today(&self) -> String {
        day_of(self.world.clock.now()).to_string()
    }

    async fn post_once(&mut self, client: &Client, path: &str, body: Value) -> Value {
        self.n += 1;
        let key = format!("three-years-{:06}", self.n);
        client.call(Method::POST, path, Some(body), &[("idempotency-key", &key)]).await.created()
    }

    async fn to(&mut self, day: NaiveDate) {
        let instant = Utc.from_utc_datetime(&day.and_hms_opt(2, 0, 0).unwrap());
        let ahead = instant - self.world.clock.now();
        assert!(ahead > Duration::zero(), "time goes forward alone");
        self.world.clock.advance(ahead);
        for client in self
            .brokers
            .iter_mut()
            .chain(&mut self.enterprises)
            .chain(&mut self.providers)
            .chain([&mut self.admin, &mut self.auditor])
        {
            again(self.world, client).await;
        }
    }

    /// Reviews some of what was gathered, of both kinds.
    async fn publish(&mut self, n: usize) {
        let broker = self.brokers[0].clone();
        let day = day_of(self.world.clock.now());
        for kind in ["achievement", "demand"] {
            let queue = broker.get(&format!("/reviews?limit=100&status=submitted&kind={kind}")).await.ok();
            for item in queue["items"].as_array().unwrap().iter().take(n) {
                let id = id_of(item);
                let shown = approve(&broker, &format!("{kind}s"), &id).await;
                let owner = shown["organisation"]["id"].as_str().map(ToOwned::to_owned);
                if let (Some(owner), "achievement") = (owner, kind) {
                    self.offers.push((id, owner, day));
                }
            }
        }
    }

    /// A docking that happened offline, met and confirmed; some go on to a contract and a landing.
    async fn dock(&mut self, offer: usize, enterprise: usize, far: bool) {
        // What nobody renews expires after a year.
        let today = day_of(self.world.clock.now());
        let fresh: Vec<_> =
            self.offers.iter().filter(|(_, _, day)| today - *day < Duration::days(330)).cloned().collect();
        if fresh.is_empty() {
            return;
        }
        let (achievement, supplier, _) = fresh[offer % fresh.len()].clone();
        let (broker, other) = (self.brokers[0].clone(), self.brokers[1].clone());
        let enterprise = self.enterprises[enterprise % self.enterprises.len()].clone();
        let day = self.today();
        let body = json!({
            "enterprise_id": enterprise.acting, "supplier_id": supplier, "achievement_id": achievement,
            "interest_on": day, "accepted_on": day, "consent_attachment_id": broker.paper("consent").await,
            "consent_note": "双方书面同意。",
            "meeting": { "held_on": day, "mode": "on_site", "place": "服务中心", "attendees": ["李工", "张老师"],
                "summary": "确认样机指标。", "minutes_attachment_id": broker.paper("minutes").await },
        });
        self.n += 1;
        let key = format!("three-years-{:06}", self.n);
        let reply =
            broker.call(Method::POST, "/dockings/offline", Some(body), &[("idempotency-key", &key)]).await;
        // The same pair again is one docking.
        if reply.status.as_u16() == 409 {
            return;
        }
        let docking = reply.created();
        let at = format!("/dockings/{}", id_of(&docking));
        let meeting = id_of(&docking["meetings"][0]);
        other.act(&format!("{at}/meetings/{meeting}/confirm")).await.ok();
        if !far {
            return;
        }
        broker.act(&format!("{at}/negotiate")).await.ok();
        let n = i64::try_from(self.n).unwrap();
        let total = 10_000_000 + n * 1_234_500;
        let contract = json!({
            "number": format!("HT-{n}"), "title": "技术开发合同", "contract_type": "development",
            "signed_on": day, "total_amount": total, "technical_amount": total / 2,
            "paper_attachment_id": broker.paper("contract").await,
        });
        broker.post(&format!("{at}/contract"), contract).await.created();
        let registration = json!({
            "registration_number": format!("20234210{n:08}"), "authority": "荆州市技术合同登记站",
            "registered_on": day, "certificate_attachment_id": broker.paper("certificate").await,
        });
        let shown = broker.post(&format!("{at}/contract/register"), registration).await.ok();
        self.contracts.push(id_of(&shown["contract"]));
        let landing = json!({
            "landed_on": day, "form": "contract", "place": "滩桥镇", "output": "年产 1000 台",
            "evidence": [
                { "kind": "contract_paper", "attachment_id": broker.paper("landing").await },
                { "kind": "production_record", "attachment_id": broker.paper("landing").await },
            ],
        });
        let landed = broker.post(&format!("{at}/land"), landing).await;
        assert!(landed.status.is_success(), "{}", landed.body);
    }

    /// A third person confirms what is complete, page by page, each unit as it is shown.
    async fn confirm(&self, but: usize) -> u64 {
        let broker = &self.brokers[2];
        let mut confirmed = 0;
        loop {
            let page = broker.get("/ledger/worklist?task=confirm&demo=false&limit=100").await.ok();
            let items = page["items"].as_array().unwrap();
            let mine: Vec<Value> = items
                .iter()
                .filter(|item| item["obstacle"].is_null())
                .map(|item| json!({ "entry_id": item["entry_id"], "revision": item["revision"] }))
                .collect();
            if mine.len() <= but {
                return confirmed;
            }
            let seen = json!({ "entries": mine[but..] });
            let outcome = broker.post("/ledger/confirm", seen).await.ok();
            assert_eq!(outcome["refused"], 0, "{outcome}");
            confirmed += outcome["confirmed"].as_u64().unwrap();
        }
    }

    async fn board(&self, more: &str) -> BTreeMap<String, (i64, i64)> {
        let board = self.auditor.get(&format!("/progress?plan={PLAN}{more}")).await.ok();
        let rows = board["indicators"].as_array().unwrap();
        rows.iter()
            .map(|row| {
                let figures = (row["confirmed"].as_i64().unwrap(), row["candidate"].as_i64().unwrap());
                (row["code"].as_str().unwrap().to_owned(), figures)
            })
            .collect()
    }

    /// The sum of the units of a figure, opened page by page.
    async fn sum_of_units(&self, indicator: &str, more: &str) -> (i64, i64) {
        let (mut confirmed, mut candidate) = (0, 0);
        let mut cursor = String::new();
        loop {
            let path = format!("/progress/{indicator}/units?plan={PLAN}&limit=100{more}{cursor}");
            let page = self.auditor.get(&path).await.ok();
            for unit in page["items"].as_array().unwrap() {
                let delta = unit["delta"].as_i64().unwrap();
                if unit["stage"] == "confirmed" { confirmed += delta } else { candidate += delta }
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return (confirmed, candidate),
            }
        }
    }
}

async fn people(world: &World) -> Centre<'_> {
    let actors = Actors::of(world).await;
    let brokers = vec![actors.broker("甲").await, actors.broker("乙").await, actors.broker("丙").await];
    let mut enterprises = Vec::new();
    for n in 0..6 {
        let name = format!("开发区企业{n}");
        enterprises.push(actors.verified(&brokers[1], &name, "enterprise", 100 + n, false).await);
    }
    let mut providers = Vec::new();
    for n in 0..4 {
        let name = format!("科技服务{n}");
        providers.push(actors.verified(&brokers[1], &name, "provider", 200 + n, false).await);
    }
    let auditor = actors.with_role("审计", "auditor").await;
    Centre {
        world,
        admin: actors.admin.clone(),
        brokers,
        auditor,
        enterprises,
        providers,
        offers: Vec::new(),
        contracts: Vec::new(),
        n: 0,
    }
}

async fn enter_a_provider(centre: &mut Centre<'_>, which: usize) {
    let provider = centre.providers[which].clone();
    let (broker, admin) = (centre.brokers[0].clone(), centre.admin.clone());
    let page = techmart_tests::builders::provider(&format!("科技服务机构{which}"));
    let page = id_of(&provider.post("/providers", page).await.created());
    techmart_tests::actors::publish(&provider, &broker, "providers", &page).await;
    let entry = format!("/providers/{page}/entry");
    provider.act(&entry).await.created();
    broker.act(&format!("{entry}/review")).await.ok();
    admin.act(&format!("{entry}/approve")).await.ok();
    let day = centre.today();
    let agreement = json!({ "agreement_number": format!("RZ-{which}"), "signed_on": day, "valid_to": "2099-12-31",
        "attachment_id": broker.paper("agreement").await });
    broker.post(&format!("{entry}/enter"), agreement).await.ok();
}

async fn report_by_hand(centre: &Centre<'_>, indicator: &str, unit: &str, amount: i64) {
    let broker = &centre.brokers[0];
    let body = json!({
        "indicator": indicator, "unit": unit, "label": unit, "amount": amount, "effective_on": centre.today(),
        "attachment_id": broker.paper("evidence").await, "responsible_unit": "创新创业服务中心",
    });
    broker.post("/ledger", body).await.created();
}

async fn money_and_enclaves(centre: &mut Centre<'_>, year: i32) {
    let broker = centre.brokers[0].clone();
    let day = centre.today();
    for (kind, amount, pledged) in [
        ("credit_line", 20_000_000_000_i64, json!([])),
        ("ip_pledge_loan", 600_000_000, json!(["ZL201720001285.X"])),
    ] {
        let body = json!({
            "kind": kind, "number": format!("{kind}-{year}"), "enterprise_id": centre.enterprises[0].acting,
            "lender": "荆州银行", "amount": amount, "granted_on": day, "ends_on": format!("{}-12-31", year + 1),
            "pledged": pledged, "paper_attachment_id": broker.paper("evidence").await,
        });
        centre.post_once(&broker, "/finance-cases", body).await;
    }
    let (achievement, _, _) = centre.offers.last().unwrap().clone();
    let body = json!({
        "enclave": format!("荆州（武汉）离岸科创中心 {year}"), "listing_id": achievement, "introduced_on": day,
        "agreement_attachment_id": broker.paper("agreement").await,
    });
    centre.post_once(&broker, "/enclave-entries", body).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn three_years_of_the_real_plan_are_counted_frozen_and_assessed() {
    let Ok(file) = std::env::var("TECHMART_TEST_LISTINGS") else {
        println!("left out: TECHMART_TEST_LISTINGS names no file of real listings");
        return;
    };
    let world = World::start().await;
    let start = Utc.with_ymd_and_hms(2023, 1, 9, 2, 0, 0).unwrap();
    world.clock.advance(start - world.clock.now());
    let mut centre = people(&world).await;
    let rows = std::fs::read(&file).unwrap();
    let broker = centre.brokers[1].clone();
    let import = broker.send(Method::POST, "/imports", "application/x-ndjson", rows).await.status(202);
    let import = format!("/imports/{}", id_of(&import));
    world.until("the import is done", async || broker.get(&import).await.ok()["status"] == "done").await;

    let mut first_report = None;
    for month in 0..36_u32 {
        let year = 2023 + i32::try_from(month / 12).unwrap();
        centre.to(NaiveDate::from_ymd_opt(year, month % 12 + 1, 15).unwrap()).await;
        centre.publish(3).await;
        if !centre.offers.is_empty() {
            let at = usize::try_from(month).unwrap();
            centre.dock(at, at, at.is_multiple_of(2)).await;
            centre.dock(at * 7 + 3, at + 1, false).await;
        }
        if month % 9 == 4 {
            enter_a_provider(&mut centre, usize::try_from(month / 9).unwrap()).await;
        }
        if month % 12 == 5 {
            money_and_enclaves(&mut centre, year).await;
            report_by_hand(&centre, "T9", &format!("{year} 年校企对接会（上）"), 1).await;
            report_by_hand(&centre, "T9", &format!("{year} 年校企对接会（下）"), 1).await;
            report_by_hand(&centre, "T9C", &format!("{year} 年创新创业大赛"), 1).await;
            report_by_hand(
                &centre,
                "P01",
                &format!("{year} 年高新技术企业"),
                120 + 20 * i64::from(year - 2023),
            )
            .await;
            report_by_hand(&centre, "P09", &format!("{year} 年覆盖率"), 5_000 + 300 * i64::from(year - 2023))
                .await;
        }
        // The last months are not confirmed yet.
        if month < 34 {
            centre.confirm(0).await;
        }
        if month == 11 {
            centre.to(NaiveDate::from_ymd_opt(2024, 1, 3).unwrap()).await;
            let body = json!({ "plan": PLAN, "title": "2023 年度报告", "as_of": "2023-12-31" });
            let made = centre.brokers[0].post("/snapshots", body).await.created();
            first_report = Some((id_of(&made), centre.board("&as_of=2023-12-31").await));
        }
    }

    // A contract is changed, one is revoked, and the auditor takes a count back.
    centre.to(NaiveDate::from_ymd_opt(2026, 1, 20).unwrap()).await;
    let (broker, today) = (centre.brokers[0].clone(), centre.today());
    let before = centre.sum_of_units("T7", "").await;
    let changed = json!({ "total_amount": 99_000_000, "changed_on": today, "reason": "补充协议",
        "paper_attachment_id": broker.paper("contract").await });
    broker.post(&format!("/contracts/{}/change", centre.contracts[0]), changed).await.ok();
    let revoked = json!({ "revoked_on": today, "reason": "登记机构撤销", "paper_attachment_id": broker.paper("certificate").await });
    broker.post(&format!("/contracts/{}/revoke", centre.contracts[1]), revoked).await.ok();
    let after = centre.sum_of_units("T7", "").await;
    assert_ne!(before, after, "the counts of changed and revoked contracts are taken back");
    let docked = centre.board("").await["T4"];
    let unit = centre.auditor.get(&format!("/progress/T4/units?plan={PLAN}&stage=confirmed")).await.ok();
    let entry = unit["items"][0]["entry_id"].as_str().unwrap();
    centre
        .auditor
        .post(&format!("/ledger/{entry}/reverse"), json!({ "reason": "签到表与纪要不符" }))
        .await
        .ok();
    assert_eq!(centre.board("").await["T4"], (docked.0 - 1, docked.1), "a reversal takes one back");
    centre.confirm(2).await;

    let final_day = "&as_of=2025-12-31";
    let body = json!({ "plan": PLAN, "title": "三年行动方案终期报告", "as_of": "2025-12-31" });
    let report = centre.brokers[0].post("/snapshots", body).await.created();
    let report_id = id_of(&report);
    let told = centre.board(final_day).await;
    for (indicator, figures) in &told {
        let row_is_yearly = ["T7", "T9", "T9C", "T10P", "P03", "P04", "P11"].contains(&indicator.as_str());
        let adds_up = !indicator.starts_with('P');
        if adds_up && !row_is_yearly {
            assert_eq!(centre.sum_of_units(indicator, final_day).await, *figures, "{indicator}");
        }
        let part = centre.auditor.get(&format!("/snapshots/{report_id}/parts/{indicator}")).await.ok();
        let frozen = (part["confirmed"].as_i64().unwrap(), part["candidate"].as_i64().unwrap());
        assert_eq!(frozen, *figures, "{indicator} in the report");
    }
    for indicator in
        ["T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T9C", "T10", "T10P", "P01", "P09"]
    {
        let (confirmed, _) = told[indicator];
        assert!(confirmed > 0, "{indicator} has nothing confirmed: {told:?}");
    }
    let outlook =
        centre.auditor.get(&format!("/progress/T4/outlook?plan={PLAN}&as_of=2024-12-31")).await.ok();
    let forecast = &outlook["forecast"];
    assert!(forecast["low"].as_i64() <= forecast["expected"].as_i64(), "{outlook}");
    assert!(forecast["expected"].as_i64() <= forecast["high"].as_i64(), "{outlook}");
    assert!(outlook["needed_a_month"].as_f64().unwrap() > 0.0, "{outlook}");

    // The report of 2023 still says what it said.
    let (first, said) = first_report.unwrap();
    for (indicator, figures) in &said {
        let part = centre.auditor.get(&format!("/snapshots/{first}/parts/{indicator}")).await.ok();
        let frozen = (part["confirmed"].as_i64().unwrap(), part["candidate"].as_i64().unwrap());
        assert_eq!(frozen, *figures, "{indicator} in the report of 2023");
    }

    files_of(&centre, &report_id, &told).await;
    assert_eq!(centre.today().get(..4), Some("2026"));
    assert_eq!(day_of(world.clock.now()).year(), 2026);
}

/// The report's files, made by the command line, say what the board says.
async fn files_of(centre: &Centre<'_>, report: &str, told: &BTreeMap<String, (i64, i64)>) {
    let world = centre.world;
    let environment = world.environment();
    let checked = binary::run_json(world.data(), &environment, &["verify"]);
    assert_eq!(checked["ok"], true, "{checked}");
    let keep = std::env::var("TECHMART_TEST_REPORT_DIR").ok();
    let out = keep.unwrap_or_else(|| world.data().join("report").display().to_string());
    let made = binary::run_json(world.data(), &environment, &["report", "--snapshot", report, "--out", &out]);
    let files: Vec<&str> =
        made["files"].as_array().unwrap().iter().filter_map(|file| file["path"].as_str()).collect();
    for wanted in ["report.html", "report.xlsx", "evidence.zip", "head.json", "charts/T4.svg"] {
        assert!(files.iter().any(|file| file.ends_with(wanted)), "{wanted} is not among {files:?}");
    }
    let page = std::fs::read_to_string(format!("{out}/report.html")).unwrap();
    for indicator in ["T1", "T2", "T3", "T4"] {
        let (confirmed, _) = told[indicator];
        assert!(page.contains(&format!(">{confirmed}<")), "{indicator}: {confirmed} is not on the page");
    }
}
