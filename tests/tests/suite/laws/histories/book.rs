//! Acts on what stands beside the dockings: the contract book, enclaves, loans, duplicates, and reports.

use serde_json::{Value, json};
use techmart_api::clock::day_of;
use techmart_tests::client::id_of;

use super::story::Story;

impl Story<'_> {
    fn today(&self) -> String {
        day_of(self.world.clock.now()).to_string()
    }

    /// A contract is changed, cancelled or revoked.
    pub(super) async fn contract(&mut self) {
        let Some(contract) = self.chance.pick(&self.contracts) else { return };
        let broker = self.broker();
        let (at, today) = (format!("/contracts/{contract}"), self.today());
        let paper = broker.paper("contract").await;
        match self.chance.below(4) {
            0 | 1 => {
                let amount = 1_000_000 + i64::try_from(self.chance.below(1_000_000)).unwrap();
                let body = json!({ "changed_on": today, "reason": "补充协议", "total_amount": amount,
                    "paper_attachment_id": paper });
                let reply = broker.post(&format!("{at}/change"), body).await;
                self.note("change a contract", &reply);
            }
            2 => {
                let body = json!({ "revoked_on": today, "reason": "登记机构撤销",
                    "paper_attachment_id": broker.paper("certificate").await });
                let reply = broker.post(&format!("{at}/revoke"), body).await;
                self.note("revoke a contract", &reply);
            }
            _ => {
                let body = json!({ "cancelled_on": today, "reason": "双方解除" });
                let reply = broker.post(&format!("{at}/cancel"), body).await;
                self.note("cancel a contract", &reply);
            }
        }
    }

    /// An achievement comes in through an enclave, or such an entry is withdrawn.
    pub(super) async fn enclave(&mut self) {
        let broker = self.broker();
        if self.chance.below(3) == 0 {
            let Some(entry) = self.chance.pick(&self.enclave_entries) else { return };
            let body = json!({ "reason": "协议未履行" });
            let reply = broker.post(&format!("/enclave-entries/{entry}/withdraw"), body).await;
            self.note("withdraw an enclave entry", &reply);
            return;
        }
        let Some((_, listing)) = self.chance.pick(&self.achievements) else { return };
        let body = json!({ "enclave": "荆州（武汉）离岸科创中心", "listing_id": listing, "introduced_on": self.today(),
            "agreement_attachment_id": broker.paper("agreement").await });
        let reply = broker.post("/enclave-entries", body).await;
        self.note("enter an enclave", &reply);
        if reply.status.is_success() {
            self.enclave_entries.push(id_of(&reply.body));
        }
    }

    /// A credit line is granted, ends, or was recorded by mistake.
    pub(super) async fn loan(&mut self) {
        let broker = self.broker();
        if self.chance.below(2) == 0
            && let Some(case) = self.chance.pick(&self.loans)
        {
            let reply = if self.chance.below(2) == 0 {
                let body = json!({ "ended_on": self.today(), "reason": "提前结清" });
                broker.post(&format!("/finance-cases/{case}/end"), body).await
            } else {
                let body = json!({ "reason": "误录" });
                broker.post(&format!("/finance-cases/{case}/withdraw"), body).await
            };
            self.note("end a loan", &reply);
            return;
        }
        let enterprise = self.chance.below(self.enterprises.len());
        let body = json!({ "kind": "credit_line", "number": format!("SX-{}", self.chance.below(20)),
            "enterprise_id": self.enterprises[enterprise].acting, "lender": "荆州农商行", "amount": 500_000_000,
            "granted_on": self.today(), "ends_on": "2099-12-31",
            "paper_attachment_id": broker.paper("evidence").await });
        let reply = broker.post("/finance-cases", body).await;
        self.note("grant a loan", &reply);
        if reply.status.is_success() {
            self.loans.push(id_of(&reply.body));
        }
    }

    /// Two listings are found to be one, a variant or two, or a finding is undone.
    pub(super) async fn duplicate(&mut self) {
        let broker = self.broker();
        if self.chance.below(4) == 0
            && let Some(pair) = self.chance.pick(&self.pairs)
        {
            let reply = broker.post(&format!("/duplicates/{pair}/undo"), json!({ "reason": "误判" })).await;
            self.note("undo a finding", &reply);
            return;
        }
        let open = broker.get("/duplicates?limit=100&demo=true").await.ok();
        let found = self.chance.pick(open["items"].as_array().unwrap());
        let (pair, one) = match found {
            Some(found) => (id_of(&found), id_of(&found["left"])),
            None => match self.name_a_pair().await {
                Some(named) => named,
                None => return,
            },
        };
        let body = json!({ "canonical_id": one, "note": "同一条" });
        match self.chance.below(4) {
            0 => {
                let reply = broker.post(&format!("/duplicates/{pair}/mark-variant"), body).await;
                self.note("mark a variant", &reply);
            }
            1 => {
                let body = json!({ "note": "两条" });
                let reply = broker.post(&format!("/duplicates/{pair}/keep-apart"), body).await;
                self.note("keep a pair apart", &reply);
            }
            _ => {
                let reply = broker.post(&format!("/duplicates/{pair}/merge"), body).await;
                self.note("merge two listings", &reply);
            }
        }
        self.pairs.push(pair);
    }

    async fn name_a_pair(&mut self) -> Option<(String, String)> {
        let achievements = self.chance.below(3) > 0;
        let (subject, all) =
            if achievements { ("achievement", &self.achievements) } else { ("demand", &self.demands) };
        let all: Vec<String> = all.iter().map(|(_, id)| id.clone()).collect();
        let (one, other) = (self.chance.pick(&all)?, self.chance.pick(&all)?);
        if one == other {
            return None;
        }
        let named = json!({ "subject": subject, "left_id": one, "right_id": other, "note": "同一条" });
        let reply = self.broker().post("/duplicates", named).await;
        self.note("name a pair", &reply);
        reply.status.is_success().then(|| (id_of(&reply.body), one))
    }

    /// A report is frozen, as it stands.
    pub(super) async fn freeze(&mut self) {
        let broker = self.broker();
        let reply = broker.post("/snapshots", json!({ "plan": "demo" })).await;
        self.note("freeze a report", &reply);
        if reply.status.is_success() {
            let id = id_of(&reply.body);
            let document = self.report(&id).await;
            self.reports.push((id, document));
        }
    }

    /// A frozen report with all its units, as it is told.
    pub(super) async fn report(&self, id: &str) -> Vec<Value> {
        let at = format!("/snapshots/{id}");
        let report = self.auditor.get(&at).await.ok();
        let mut told = Vec::new();
        for part in report["parts"].as_array().unwrap() {
            let indicator = part["indicator"].as_str().unwrap();
            told.push(self.auditor.get(&format!("{at}/parts/{indicator}")).await.ok());
        }
        told.push(report);
        told
    }

    /// No report says anything else than when it was frozen.
    pub(super) async fn reports_stand(&self, seed: u64) {
        for (id, told) in &self.reports {
            let mut again = self.report(id).await;
            let mut told = told.clone();
            // By which report it was corrected since is no part of it.
            for report in [&mut again, &mut told] {
                for part in report.iter_mut() {
                    if let Some(part) = part.as_object_mut() {
                        part.remove("corrected_by");
                    }
                }
            }
            assert_eq!(again, told, "seed {seed}: report {id} has changed");
        }
    }
}
