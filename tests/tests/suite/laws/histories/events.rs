//! Events in a history: held, reported, taken back, cancelled after all.

use chrono::Duration;
use serde_json::json;
use techmart_api::clock::Moment;
use techmart_tests::client::id_of;

use super::story::Story;

impl Story<'_> {
    /// An event of these days is held; or something more is done to one.
    pub(super) async fn event(&mut self) {
        if self.events.is_empty() || self.chance.below(3) == 0 {
            return self.hold_event().await;
        }
        let Some(id) = self.chance.pick(&self.events) else { return };
        let broker = self.broker();
        let why = json!({ "reason": "登记有误" });
        let (what, path, body) = match self.chance.below(5) {
            0..=2 => {
                let paper = broker.paper("evidence").await;
                ("report an event", "report", json!({ "summary": "顺利举办。", "attachment_ids": [paper] }))
            }
            3 => ("withdraw a report", "report/withdraw", why),
            _ => ("cancel an event", "cancel", why),
        };
        let reply = broker.post(&format!("/events/{id}/{path}"), body).await;
        self.note(what, &reply);
    }

    async fn hold_event(&mut self) {
        let broker = self.broker();
        let days = i64::try_from(self.chance.below(3)).unwrap();
        let begins = self.world.clock.now() - Duration::days(days);
        let kind = ["matching_fair", "contest"][self.chance.below(2)];
        let body = json!({ "kind": kind, "title": format!("第 {} 场对接会", self.chance.below(12)),
            "summary": "专场对接。", "demo": true, "place": "报告厅", "starts_at": Moment(begins).to_string(),
            "ends_at": Moment(begins + Duration::hours(3)).to_string() });
        let id = id_of(&broker.post("/events", body).await.created());
        for mv in ["open", "close", "hold"] {
            broker.act(&format!("/events/{id}/{mv}")).await.ok();
        }
        *self.done.entry("hold an event").or_default() += 1;
        self.events.push(id);
    }
}
