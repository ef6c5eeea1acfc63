//! People who act at random.

use std::collections::BTreeMap;

use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};
use techmart_api::clock::day_of;
use techmart_tests::{
    Actors, Client, Reply, World,
    builders::{achievement, demand},
    client::id_of,
};

/// SplitMix64: small, and the same on every machine.
pub struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(n).unwrap()).unwrap()
    }

    pub fn pick<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        if of.is_empty() { None } else { Some(of[self.below(of.len())].clone()) }
    }
}

/// Everybody who acts, and what there is to act on.
pub struct Story<'a> {
    pub(super) world: &'a World,
    pub chance: Chance,
    suppliers: Vec<Client>,
    pub(super) enterprises: Vec<Client>,
    brokers: Vec<Client>,
    pub auditor: Client,
    admin: Client,
    pub(super) achievements: Vec<(usize, String)>,
    pub(super) demands: Vec<(usize, String)>,
    dockings: Vec<(usize, usize, String)>,
    pub(super) contracts: Vec<String>,
    pub(super) enclave_entries: Vec<String>,
    pub(super) loans: Vec<String>,
    /// Events that were held.
    pub(super) events: Vec<String>,
    /// Findings about duplicates.
    pub(super) pairs: Vec<String>,
    /// Frozen reports, each with what it said when it was frozen.
    pub(super) reports: Vec<(String, Vec<Value>)>,
    n: u64,
    /// How many acts of each kind were done, not refused.
    pub done: BTreeMap<&'static str, u32>,
}

impl<'a> Story<'a> {
    pub async fn of(world: &'a World, seed: u64) -> Self {
        let actors = Actors::of(world).await;
        let brokers = vec![actors.broker("甲").await, actors.broker("乙").await, actors.broker("丙").await];
        let mut suppliers = Vec::new();
        let mut enterprises = Vec::new();
        for n in 0..2 {
            let name = format!("高校{n}");
            suppliers.push(actors.verified(&brokers[0], &name, "university", 10 + n, true).await);
            let name = format!("企业{n}");
            enterprises.push(actors.verified(&brokers[0], &name, "enterprise", 20 + n, true).await);
        }
        let auditor = actors.with_role("审计", "auditor").await;
        Self {
            world,
            chance: Chance(seed),
            suppliers,
            enterprises,
            brokers,
            auditor,
            admin: actors.admin.clone(),
            achievements: Vec::new(),
            demands: Vec::new(),
            dockings: Vec::new(),
            contracts: Vec::new(),
            enclave_entries: Vec::new(),
            loans: Vec::new(),
            events: Vec::new(),
            pairs: Vec::new(),
            reports: Vec::new(),
            n: 0,
            done: BTreeMap::new(),
        }
    }

    pub(super) fn broker(&mut self) -> Client {
        let n = self.chance.below(self.brokers.len());
        self.brokers[n].clone()
    }

    /// Today, or some days ago.
    fn day(&mut self) -> String {
        let today = day_of(self.world.clock.now());
        (today - Duration::days(i64::try_from(self.chance.below(3)).unwrap())).to_string()
    }

    /// Done or refused, but never a fault of the service, and never an act that no rule speaks of.
    pub(super) fn note(&mut self, what: &'static str, reply: &Reply) {
        match reply.status.as_u16() {
            200..=299 => *self.done.entry(what).or_default() += 1,
            403 | 404 | 409 | 422 => {}
            _ => panic!("{} {}: {}", reply.asked, reply.status, reply.body),
        }
    }

    pub async fn act(&mut self) {
        self.n += 1;
        match self.chance.below(34) {
            0..=2 => self.achievement().await,
            3 => self.withdraw().await,
            4 | 5 => self.demand().await,
            6 | 7 => self.diagnose().await,
            8 => self.publish_demand().await,
            9 | 10 => self.interest().await,
            11 => self.offline().await,
            12 | 13 => self.carry_on().await,
            14..=16 => self.confirm().await,
            17 | 30 => self.reverse().await,
            18 => self.by_hand().await,
            19 => self.rule().await,
            20 => self.late_evidence().await,
            21 | 22 => self.contract().await,
            23 => self.enclave().await,
            24 => self.loan().await,
            25..=28 => self.duplicate().await,
            29 => self.freeze().await,
            31 | 32 => self.event().await,
            _ => {
                // Now and then a day goes by; else an hour.
                let hours = if self.chance.below(4) == 0 { 24 } else { 1 };
                self.world.clock.advance(Duration::hours(hours));
            }
        }
    }

    /// A request that has to carry a key.
    async fn post_once(&self, client: &Client, path: &str, body: Value) -> Reply {
        let key = format!("history-{:08}", self.n);
        client.call(Method::POST, path, Some(body), &[("idempotency-key", &key)]).await
    }

    async fn achievement(&mut self) {
        let owner = self.chance.below(self.suppliers.len());
        let author = self.suppliers[owner].clone();
        let mut body = achievement(&format!("成果{}", self.n));
        // Some are the same achievement under two names.
        if self.chance.below(3) == 0 {
            body["content"]["registration_no"] = json!(format!("9422026Y00{:02}", self.chance.below(5)));
        }
        let id = id_of(&author.post("/achievements", body).await.created());
        let at = format!("/achievements/{id}");
        author.act(&format!("{at}/submit")).await.ok();
        let broker = self.broker();
        broker.act(&format!("{at}/claim")).await.ok();
        if self.chance.below(6) == 0 {
            let reply = broker.post(&format!("{at}/reject"), json!({ "reason": "不属于科技成果" })).await;
            self.note("reject an achievement", &reply);
            return;
        }
        let reply = broker.act(&format!("{at}/publish")).await;
        self.note("publish an achievement", &reply);
        self.achievements.push((owner, id));
    }

    async fn withdraw(&mut self) {
        let Some((owner, id)) = self.chance.pick(&self.achievements) else { return };
        let author = self.suppliers[owner].clone();
        let path = format!("/achievements/{id}/withdraw");
        let reply = author.post(&path, json!({ "reason": "已转让" })).await;
        self.note("withdraw an achievement", &reply);
    }

    async fn demand(&mut self) {
        let owner = self.chance.below(self.enterprises.len());
        let author = self.enterprises[owner].clone();
        // Some titles come twice: the same demand, entered again.
        let title = format!("需求{}", if self.chance.below(4) == 0 { 0 } else { self.n });
        let id = id_of(&author.post("/demands", demand(&title)).await.created());
        let reply = author.act(&format!("/demands/{id}/submit")).await;
        self.note("submit a demand", &reply);
        self.demands.push((owner, id));
    }

    async fn diagnose(&mut self) {
        let Some((_, id)) = self.chance.pick(&self.demands) else { return };
        let broker = self.broker();
        let at = format!("/demands/{id}");
        let reply = broker.act(&format!("{at}/claim")).await;
        self.note("claim a demand", &reply);
        if self.chance.below(6) == 0 {
            let reply = broker.post(&format!("{at}/reject"), json!({ "reason": "内容不完整" })).await;
            self.note("reject a demand", &reply);
            return;
        }
        let outcomes = ["ready", "ready", "needs_second_diagnosis", "long_term", "not_technical"];
        let outcome = outcomes[self.chance.below(outcomes.len())];
        let reply = broker.post(&format!("{at}/diagnose"), json!({ "outcome": outcome })).await;
        self.note("diagnose a demand", &reply);
    }

    async fn publish_demand(&mut self) {
        let Some((_, id)) = self.chance.pick(&self.demands) else { return };
        for broker in self.brokers.clone() {
            let reply = broker.act(&format!("/demands/{id}/publish")).await;
            self.note("publish a demand", &reply);
        }
    }

    async fn interest(&mut self) {
        let on_demand = self.chance.below(3) == 0;
        let (enterprise, supplier, body) = if on_demand {
            let Some((enterprise, id)) = self.chance.pick(&self.demands) else { return };
            (enterprise, self.chance.below(self.suppliers.len()), json!({ "demand_id": id }))
        } else {
            let Some((supplier, id)) = self.chance.pick(&self.achievements) else { return };
            (self.chance.below(self.enterprises.len()), supplier, json!({ "achievement_id": id }))
        };
        let (one, other) = if on_demand {
            (self.suppliers[supplier].clone(), self.enterprises[enterprise].clone())
        } else {
            (self.enterprises[enterprise].clone(), self.suppliers[supplier].clone())
        };
        let reply = self.post_once(&one, "/dockings", body).await;
        self.note("express an interest", &reply);
        if reply.status.is_success() {
            let id = id_of(&reply.body);
            other.act(&format!("/dockings/{id}/accept")).await.ok();
            self.dockings.push((enterprise, supplier, id));
        }
    }

    async fn meeting(&mut self, by: &Client) -> Value {
        json!({
            "held_on": self.day(), "mode": "on_site", "place": "服务中心", "attendees": ["李工", "张老师"],
            "summary": "确认样机指标。", "minutes_attachment_id": by.paper("minutes").await,
        })
    }

    async fn offline(&mut self) {
        let Some((supplier, id)) = self.chance.pick(&self.achievements) else { return };
        let enterprise = self.chance.below(self.enterprises.len());
        let broker = self.broker();
        let mut meeting = self.meeting(&broker).await;
        let day = day_of(self.world.clock.now()).to_string();
        meeting["held_on"] = json!(day);
        let body = json!({
            "enterprise_id": self.enterprises[enterprise].acting, "supplier_id": self.suppliers[supplier].acting,
            "achievement_id": id, "interest_on": self.day(), "accepted_on": day,
            "consent_attachment_id": broker.paper("consent").await, "consent_note": "双方书面同意。",
            "meeting": meeting,
        });
        let reply = self.post_once(&broker, "/dockings/offline", body).await;
        self.note("record a docking", &reply);
        if reply.status.is_success() {
            self.dockings.push((enterprise, supplier, id_of(&reply.body)));
        }
    }

    /// Takes a docking some steps further.
    async fn carry_on(&mut self) {
        let Some((enterprise, supplier, id)) = self.chance.pick(&self.dockings) else { return };
        let (enterprise, supplier) = (self.enterprises[enterprise].clone(), self.suppliers[supplier].clone());
        let at = format!("/dockings/{id}");
        let day = day_of(self.world.clock.now()).to_string();
        if self.chance.below(8) == 0 {
            let body = json!({ "code": "no_agreement", "note": "未达成一致" });
            let reply = enterprise.post(&format!("{at}/close"), body).await;
            self.note("close a docking", &reply);
            return;
        }
        let mut meeting = self.meeting(&enterprise).await;
        meeting["held_on"] = json!(day);
        let reply = enterprise.post(&format!("{at}/meetings"), meeting).await;
        self.note("record a meeting", &reply);
        let shown = supplier.get(&at).await.ok();
        for met in shown["meetings"].as_array().cloned().unwrap_or_default() {
            let reply = supplier.act(&format!("{at}/meetings/{}/confirm", id_of(&met))).await;
            self.note("confirm a meeting", &reply);
        }
        if self.chance.below(2) == 0 {
            return;
        }
        let reply = supplier.act(&format!("{at}/negotiate")).await;
        self.note("negotiate", &reply);
        let amount = 1_000_000 + i64::try_from(self.chance.below(1_000_000)).unwrap();
        let contract = json!({
            "number": format!("HT-{}", self.n), "title": "技术开发合同", "contract_type": "development",
            "signed_on": day, "total_amount": amount,
            "paper_attachment_id": enterprise.paper("contract").await,
        });
        let reply = enterprise.post(&format!("{at}/contract"), contract).await;
        self.note("sign a contract", &reply);
        if reply.status.is_success() {
            self.contracts.push(id_of(&reply.body["contract"]));
        }
        if self.chance.below(2) == 0 {
            return;
        }
        let broker = self.broker();
        let registration = json!({
            "registration_number": format!("20264210{:08}", self.n), "authority": "登记站",
            "registered_on": day, "certificate_attachment_id": broker.paper("certificate").await,
        });
        let reply = broker.post(&format!("{at}/contract/register"), registration).await;
        self.note("register a contract", &reply);
        let landing = json!({
            "landed_on": day, "form": "contract", "place": "滩桥镇", "output": "年产 1000 台",
            "evidence": [
                { "kind": "contract_paper", "attachment_id": enterprise.paper("landing").await },
                { "kind": "production_record", "attachment_id": enterprise.paper("landing").await },
            ],
        });
        let reply = enterprise.post(&format!("{at}/land"), landing).await;
        self.note("land", &reply);
    }

    async fn some_entry(&mut self, stage: &str) -> Option<String> {
        let list = self.auditor.get(&format!("/ledger?demo=true&limit=100{stage}")).await.ok();
        let entries: Vec<String> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|unit| unit["entry_id"].as_str().unwrap().to_owned())
            .collect();
        self.chance.pick(&entries)
    }

    async fn confirm(&mut self) {
        let Some(entry) = self.some_entry("&stage=evidence_complete").await else { return };
        // Whoever had no part in it may.
        for broker in self.brokers.clone() {
            let reply = broker.act(&format!("/ledger/{entry}/confirm")).await;
            self.note("confirm a count", &reply);
        }
    }

    async fn reverse(&mut self) {
        let Some(entry) = self.some_entry("").await else { return };
        let auditor = self.auditor.clone();
        let reply = auditor.post(&format!("/ledger/{entry}/reverse"), json!({ "reason": "材料不符" })).await;
        self.note("reverse a count", &reply);
    }

    /// Another rule for the acts that come.
    async fn rule(&mut self) {
        let (code, parameters) = match self.chance.below(3) {
            0 => ("T1", json!({ "withdrawal_grace_hours": self.chance.below(3) * 24 })),
            1 => {
                let stages = ["accepted", "met", "contract_signed"];
                ("T4", json!({ "deciding_stage": stages[self.chance.below(3)] }))
            }
            _ => {
                let (bases, zones) = (["total_amount", "technical_amount"], ["seller_or_buyer", "buyer"]);
                ("T7", json!({ "basis": bases[self.chance.below(2)], "zone": zones[self.chance.below(2)] }))
            }
        };
        let body = json!({
            "version": format!("v{}", self.n), "text": { "zh": "另一规则", "en": "another rule" },
            "parameters": parameters,
        });
        let reply = self.admin.post(&format!("/indicators/{code}/rules"), body).await;
        self.note("change a rule", &reply);
    }

    /// A paper for a count that lacks one, or one more.
    async fn late_evidence(&mut self) {
        let Some(entry) = self.some_entry("").await else { return };
        let broker = self.broker();
        let kinds = ["minutes", "contract", "certificate", "landing_use", "diagnosis"];
        let body = json!({
            "kind": kinds[self.chance.below(kinds.len())], "attachment_id": broker.paper("evidence").await,
        });
        let reply = broker.post(&format!("/ledger/{entry}/evidence"), body).await;
        self.note("add evidence", &reply);
    }

    async fn by_hand(&mut self) {
        let broker = self.broker();
        let body = json!({
            "indicator": "T9", "unit": format!("第 {} 场对接会", self.chance.below(12)), "label": "校企对接会",
            "effective_on": self.day(), "attachment_id": broker.paper("evidence").await, "demo": true,
        });
        let reply = broker.post("/ledger", body).await;
        self.note("record by hand", &reply);
    }
}
