//! What the acts of a docking are called, in sentences.

use techmart_entity::{
    audit::Model as Act,
    docking::{Side, assistance::AssistanceKind, status::DockingStage},
    value::code_list::Coded,
};

use crate::clock::in_shanghai;

/// What a person does, after "who": Chinese, English.
const ACTS: &[(&str, &str, &str)] = &[
    ("recommend", "推荐双方对接", "recommended the two to each other"),
    ("express_interest", "表达意向", "expressed interest"),
    ("record_offline", "补录了线下对接", "recorded a docking that happened elsewhere"),
    ("accept", "接受了意向，双方联系方式可查看", "accepted; contacts can be seen"),
    ("decline", "婉拒了意向", "declined the interest"),
    ("dismiss", "未采纳推荐", "did not take the recommendation up"),
    ("expire", "意向逾期未复，已失效", "let the interest expire unanswered"),
    ("reveal_contacts", "查看了联系方式", "looked at contacts"),
    ("record_meeting", "登记了会面", "recorded a meeting"),
    ("confirm_meeting", "确认了会面", "confirmed the meeting"),
    ("negotiate", "进入洽谈", "went on to negotiate"),
    ("sign_contract", "登记了签订的合同", "recorded the signed contract"),
    ("register_contract", "登记了合同认定", "recorded the contract's registration"),
    ("land", "登记了落地", "recorded the landing"),
    ("add_milestone", "登记了落地进展", "recorded a milestone of the landing"),
    ("close", "关闭了对接", "closed the docking"),
    ("reopen", "重新打开了对接", "reopened the docking"),
    ("set_broker", "确定了负责的技术经理人", "said which broker looks after it"),
    ("write_message", "留言", "wrote"),
    ("write_message_enterprise", "留言（需求方与服务中心）", "wrote (enterprise and centre)"),
    ("write_message_supplier", "留言（供给方与服务中心）", "wrote (supplier and centre)"),
    ("record_nda", "登记了保密协议", "recorded a confidentiality agreement"),
    ("confirm_nda", "确认了保密协议", "confirmed the confidentiality agreement"),
    ("propose_appointment", "提议了会面时间", "proposed times to meet"),
    ("answer_appointment", "答复了会面时间", "said which times fit"),
    ("agree_on_appointment", "约定了会面时间", "agreed on a time to meet"),
    ("reschedule_appointment", "提议改期", "proposed other times"),
    ("cancel_appointment", "取消了会面安排", "cancelled the appointment"),
    ("remind_of_appointment", "提醒了即将到来的会面", "reminded of the appointment"),
    ("record_offer", "提出报价", "made an offer"),
    ("accept_offer", "接受了报价", "accepted the offer"),
    ("decline_offer", "拒绝了报价", "declined the offer"),
    ("withdraw_offer", "撤回了报价", "withdrew the offer"),
    ("lapse_offer", "报价到期失效", "let the offer lapse"),
    ("remind_of_offer", "提醒了即将到期的报价", "reminded of the offer that ends"),
    ("request_assistance", "邀请服务机构协助", "asked a provider for help"),
    ("take_on_assistance", "服务机构承接了协助", "the provider took it on"),
    ("decline_assistance", "服务机构未承接", "the provider did not take it on"),
    ("deliver_assistance", "服务机构交付了成果", "the provider delivered"),
    ("cancel_assistance", "取消了协助", "called the help off"),
];

/// Acts of a provider, which is no side.
fn is_providers(action: &str) -> bool {
    matches!(action, "take_on_assistance" | "decline_assistance" | "deliver_assistance")
}

/// A sentence in Chinese and one in English.
#[must_use]
pub fn sentence(act: &Act, side: Option<Side>) -> (String, String) {
    let known = ACTS.iter().find(|(action, _, _)| *action == act.action);
    let (zh, en) = known.map_or((act.action.as_str(), act.action.as_str()), |(_, zh, en)| (*zh, *en));
    let (mut zh, mut en) = match side {
        Some(_) if is_providers(&act.action) => (zh.to_owned(), en.to_owned()),
        Some(side) => (format!("{}{zh}", side.label_zh()), format!("the {} {en}", side.label_en())),
        None => (format!("系统{zh}"), format!("the service {en}")),
    };
    for (more_zh, more_en) in [starts_at(act), kind(act)].into_iter().flatten() {
        zh += &format!("：{more_zh}");
        en += &format!(": {more_en}");
    }
    if let Some(stage) = act.to_status.as_deref().and_then(|stage| stage.parse::<DockingStage>().ok()) {
        zh += &format!("（{}）", stage.label_zh());
        en += &format!(" ({})", stage.label_en());
    }
    (zh, en)
}

fn starts_at(act: &Act) -> Option<(String, String)> {
    let at = act.facts.get("starts_at")?.as_str()?.parse().ok()?;
    let at = in_shanghai(at).format("%Y-%m-%d %H:%M").to_string();
    Some((format!("{at}（北京时间）"), format!("{at} (Shanghai)")))
}

fn kind(act: &Act) -> Option<(String, String)> {
    act.facts.get("assistance_id")?;
    let kind: AssistanceKind = act.facts.get("kind")?.as_str()?.parse().ok()?;
    Some((kind.label_zh().to_owned(), kind.label_en().to_owned()))
}
