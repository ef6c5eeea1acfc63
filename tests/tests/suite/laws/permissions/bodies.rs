//! A body for every operation that takes one, whole, so that nothing but the actor can be refused.

use serde_json::{Value, json};
use techmart_api::clock::Moment;
use techmart_tests::{
    World,
    actors::{PASSWORD, sign_in},
};
use uuid::Uuid;

use super::{
    Operation,
    scene::{Scene, content, harvest_source},
};

impl Scene {
    /// A body that is whole, so that nothing but the actor can be refused.
    pub async fn body(&self, operation: &Operation, kind: &str) -> Option<Value> {
        let of_centre = matches!(kind, "broker" | "admin" | "auditor");
        let day = techmart_api::clock::day_of(self.world.clock.now()).to_string();
        let name = operation.name.as_str();
        let any = Uuid::nil();
        let reason = json!({ "reason": "理由在此。" });
        let (offer, owner) = (&self.listings[0].published, &self.university);
        Some(match name {
            "create_achievement" | "create_demand" | "create_provider" => {
                let plural = operation.path.trim_start_matches('/');
                let mut body = content(plural, &format!("新条目 {kind}"));
                if of_centre {
                    let listings = self.listings.iter().find(|listings| listings.plural == plural).unwrap();
                    body["collected"] = json!({ "organisation_id": listings.owner, "source_url": "https://source.example/1" });
                }
                body
            }
            "patch_achievement_draft" | "patch_demand_draft" | "patch_provider_draft" => {
                json!({ "content": { "title": "改过的标题" } })
            }
            "withdraw_docking_offer" => json!({}),
            "register_api_client" => {
                json!({ "name": format!("客户端 {kind}"), "purpose": "公开读取。", "scopes": ["catalogue:read"] })
            }
            "patch_api_client" => json!({ "name": "改过的名字" }),
            "approve_api_client" | "create_api_key" => json!({}),
            "revoke_api_client" => reason,
            "create_webhook" => {
                json!({ "api_client_id": self.api_client, "url": "https://receiver.example/techmart" })
            }
            "patch_webhook" => json!({ "description": "门户" }),
            "replay_webhook" => json!({ "since": "2026-11-30T00:00:00.000Z" }),
            "hand_over_api_client" => json!({ "account_id": any }),
            "withdraw_my_erasure" | "withdraw_account_erasure" => return None,
            "create_outbound_target" => target(&format!("平台 {kind}")),
            "patch_outbound_target" => json!({ "status": "active" }),
            "take_up_outbound_answers" => json!({ "attachment_id": any, "dry_run": true }),
            "request_my_erasure" => json!({ "password": "not the password" }),
            "request_account_erasure" => reason,
            _ if name.starts_with("return_")
                || name.starts_with("reject_")
                || name.starts_with("suspend_")
                || name.starts_with("withdraw_") =>
            {
                reason
            }
            "name_duplicate" => json!({ "subject": "achievement", "left_id": offer,
                "right_id": self.listings[0].draft, "note": "同一成果" }),
            "merge_duplicate" | "mark_duplicate_variant" => {
                json!({ "canonical_id": offer, "note": "同一成果" })
            }
            "keep_duplicate_apart" | "explain_signal" | "uphold_signal" => json!({ "note": "已核对" }),
            "create_event" => event(&format!("对接会 {kind}"), &self.world),
            "patch_event" => json!({ "theme": "热管理" }),
            "cancel_event" | "undo_event_check_in" | "refuse_event_item" => reason,
            "report_event" => json!({ "summary": "顺利举办。", "attachment_ids": [any] }),
            "bring_event_item" => json!({ "listing_id": offer }),
            "add_event_pair" => {
                json!({ "achievement_id": offer, "demand_id": self.listings[1].published })
            }
            "dismiss_event_pair" => json!({ "code": "timing" }),
            "record_event_pair_result" => json!({ "result": "met" }),
            "take_up_recommendation" => json!({}),
            "dismiss_recommendation" => json!({ "code": "technical_doubt" }),
            "undo_duplicate" | "reopen_signal" => reason,
            "save_search" => json!({ "name": "电机", "query": "q=电机", "pace": "daily" }),
            "patch_saved_search" => json!({ "pace": "weekly" }),
            "set_calendar_day" => json!({ "kind": "holiday", "name": "校庆" }),
            "set_desk_term" => json!({ "working_days": 2 }),
            "hand_over_desk_item" => json!({ "account_id": any, "note": "请接手" }),
            "add_desk_note" => json!({ "body": "已电话沟通" }),
            "read_notifications" => json!({ "up_to": any }),
            "choose_notification_preference" => json!({ "listed": true }),
            "exit_provider" | "reverse_ledger_entry" | "disable_account" | "enable_account" => reason,
            "set_account_role" => json!({ "role": "member" }),
            "register" => {
                json!({ "email": format!("new-{kind}@people.example"), "password": PASSWORD, "name": "新人" })
            }
            "verify_email" => json!({ "token": "no-such-token" }),
            "reset_password" => json!({ "token": "no-such-token", "password": "another horse battery 9" }),
            "forgot_password" => json!({ "email": self.spare.email }),
            "login" => json!({ "email": self.spare.email, "password": PASSWORD }),
            "refresh" => {
                json!({ "refresh_token": sign_in(&self.world, &self.spare.email).await.refresh_token })
            }
            "logout" => json!({}),
            "check_achievement" | "check_demand" | "check_provider" => {
                json!({ "content": { "title": "标题" } })
            }
            "preview_matches" => json!({ "problem": "低温下续航下降" }),
            "add_harvest_source" | "replace_harvest_source" => harvest_source(),
            "set_import_mapping" => json!({ "columns": [], "words": [] }),
            "patch_me" => json!({ "name": "改名" }),
            "change_password" => {
                json!({ "current_password": "not the password", "new_password": "another horse battery 9" })
            }
            "create_organisation" => json!({ "name": format!("{kind}新单位"), "kind": "other" }),
            "patch_organisation" => json!({ "short_name": "简称" }),
            "verify_organisation" | "renew_organisation_verification" => {
                json!({ "method": "licence", "evidence": "核对营业执照原件" })
            }
            "add_organisation_member" => json!({ "email": self.spare.email, "role": "viewer" }),
            "create_invitation" => {
                json!({ "email": format!("invited-{kind}@people.example"), "role": "viewer" })
            }
            "accept_invitation" => json!({ "token": "no-such-token" }),
            "set_organisation_member_role" => json!({ "role": "viewer" }),
            "diagnose_demand" => json!({ "outcome": "ready" }),
            "solve_demand" | "close_demand_unsolved" => json!({ "note": "说明" }),
            "enter_provider" | "renew_provider_entry" => {
                json!({ "agreement_number": "RZ-2", "signed_on": day, "valid_to": "2099-12-31", "attachment_id": any })
            }
            "create_docking" if of_centre => {
                json!({ "achievement_id": offer, "enterprise_id": self.enterprise,
                "recommend": true, "match_reasons": { "reasons": ["同一领域"] } })
            }
            "create_docking" => json!({ "achievement_id": offer }),
            "record_offline_docking" => json!({ "enterprise_id": self.enterprise, "supplier_id": owner,
                "achievement_id": offer, "interest_on": day, "accepted_on": day, "consent_attachment_id": any,
                "consent_note": "双方签字", "meeting": meeting(&day) }),
            "express_docking_interest" => json!({ "message": "请联系。" }),
            "accept_docking" => json!({}),
            "decline_docking" | "dismiss_docking" => json!({ "code": "timing" }),
            "record_docking_meeting" => meeting(&day),
            "sign_docking_contract" => {
                json!({ "number": "HT-1", "title": "开发合同", "contract_type": "development",
                "signed_on": day, "total_amount": 100, "paper_attachment_id": any })
            }
            "register_docking_contract" => json!({ "registration_number": "2026 4210 0000 0001",
                "authority": "登记站", "registered_on": day, "certificate_attachment_id": any }),
            "land_docking" => json!({ "landed_on": day, "form": "contract", "place": "滩桥镇",
                "evidence": [{ "kind": "contract_paper", "attachment_id": any }] }),
            "record_contract" => json!({ "number": "HT-2", "title": "服务合同", "contract_type": "service",
                "buyer_id": self.enterprise, "seller_id": self.university, "signed_on": day, "total_amount": 100,
                "paper_attachment_id": any }),
            "submit_contract" => json!({ "submitted_on": day }),
            "register_contract" => {
                json!({ "registration_number": "2026 4210 0000 0009", "authority": "登记站",
                "registered_on": day, "certificate_attachment_id": any })
            }
            "change_contract" => {
                json!({ "changed_on": day, "reason": "补充协议", "paper_attachment_id": any })
            }
            "revoke_contract" => {
                json!({ "revoked_on": day, "reason": "撤销登记", "paper_attachment_id": any })
            }
            "cancel_contract" => json!({ "cancelled_on": day, "reason": "协议解除" }),
            "add_landing_milestone" => json!({ "kind": "pilot", "reached_on": day }),
            "record_enclave_entry" => {
                json!({ "enclave": "离岸科创中心", "listing_id": offer, "introduced_on": day,
                "agreement_attachment_id": any })
            }
            "record_finance_case" => {
                json!({ "kind": "credit_line", "number": "SX-2", "enterprise_id": self.enterprise,
                "lender": "农商行", "amount": 100, "granted_on": day, "paper_attachment_id": any })
            }
            "end_finance_case" => json!({ "ended_on": day, "reason": "提前结清" }),
            "set_docking_broker" => json!({}),
            "write_docking_message" => json!({ "body": "样机何时可看？" }),
            "read_docking_messages" => json!({ "up_to": self.case.message }),
            "record_docking_nda" => json!({ "signed_on": day, "paper_attachment_id": any }),
            "propose_docking_appointment" => {
                json!({ "times": [self.case.time], "minutes": 60, "mode": "online" })
            }
            "answer_docking_appointment" => json!({ "fits": [self.case.time] }),
            "reschedule_docking_appointment" => json!({ "times": [self.case.time], "note": "换个时间" }),
            "cancel_docking_appointment" => json!({ "note": "改为书面" }),
            "attend_docking_appointment" => json!({ "answer": "coming" }),
            "record_docking_offer" if of_centre => {
                json!({ "cooperation_mode": "licence", "terms": "面谈", "side": "supplier" })
            }
            "record_docking_offer" => json!({ "cooperation_mode": "licence", "terms": "面谈" }),
            "accept_docking_offer" | "decline_docking_offer" => json!({}),
            "request_assistance" => {
                json!({ "kind": "evaluation", "provider_id": self.listings[2].published, "brief": "成果评价" })
            }
            "take_on_assistance" | "decline_assistance" | "cancel_assistance" => json!({}),
            "deliver_assistance" => json!({ "result": "评价结论" }),
            "keep_docking_reminder" => json!({ "at": self.case.time, "note": "回访" }),
            "close_docking" => json!({ "code": "no_agreement" }),
            "reopen_docking" => json!({ "note": "重新开始" }),
            "record_ledger_entry" => {
                json!({ "indicator": "T9", "unit": "2026 年校企对接会", "label": "对接会",
                "effective_on": day, "attachment_id": any, "demo": true })
            }
            "create_indicator" => {
                json!({ "code": format!("X{}", kind.to_uppercase()), "name": words(), "unit": words(),
                "kind": "level", "measure": "count", "basis": "manual", "rule": rule("1") })
            }
            "patch_indicator" => json!({ "position": 3 }),
            "add_indicator_rule" => rule("9"),
            "try_indicator_rule" => json!({ "parameters": {} }),
            "create_plan" => {
                json!({ "code": format!("plan-{kind}"), "name": words(), "starts_on": "2126-01-01",
                "ends_on": "2128-12-31" })
            }
            "put_plan_target" => json!({ "target": 10 }),
            "confirm_ledger_entries" => json!({ "entries": [{ "entry_id": any, "revision": 0 }] }),
            "create_snapshot" => json!({ "plan": "demo" }),
            "create_assessment" => json!({ "snapshot_id": self.report }),
            "judge_assessment_item" => json!({ "verdict": "accept" }),
            "reverse_assessment_item" => reason,
            "sign_assessment" => json!({ "opinion": "数据可信。" }),
            "add_ledger_evidence" => json!({ "kind": "report", "attachment_id": any }),
            _ => return None,
        })
    }
}

/// An event that begins tomorrow.
pub fn event(title: &str, world: &World) -> Value {
    let at = |hours: i64| Moment(world.clock.now() + chrono::Duration::hours(hours)).to_string();
    json!({ "kind": "matching_fair", "title": title, "summary": "专场对接。", "demo": true,
        "starts_at": at(24), "ends_at": at(30), "place": "报告厅", "call": { "kinds": ["achievement", "demand"] } })
}

fn meeting(day: &str) -> Value {
    json!({ "held_on": day, "mode": "online", "attendees": ["李工"], "summary": "线上交流。" })
}

fn words() -> Value {
    json!({ "zh": "名称", "en": "name" })
}

fn rule(version: &str) -> Value {
    json!({ "version": version, "text": words() })
}

/// A platform that takes achievements.
pub fn target(name: &str) -> Value {
    json!({ "name": name, "platform": "省平台", "profile": {
        "sheets": [{ "kind": "achievement", "name": "成果", "columns": [
            { "heading": "本平台编号", "field": "id" }, { "heading": "名称", "field": "title" }] }],
        "answer": { "id": "本平台编号", "result": "结果", "accepted": ["通过"], "refused": ["退回"],
            "remote_id": "平台编号", "opinion": "意见" },
    } })
}
