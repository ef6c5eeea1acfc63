//! Of what happens in a docking beside its stages: messages, confidentiality, appointments, offers, providers' help,
//! reminders. What is said in a message goes along without contacts.

use sea_orm::{ConnectionTrait, EntityTrait};
use techmart_entity::{
    account::Role,
    audit,
    docking::{
        self, Side,
        appointment::{self, status::AppointmentStatus},
        assistance::{self, status::AssistanceMove},
        message::{self, Channel},
        offer::{self, status::OfferStatus},
        reminder,
    },
    id::{AccountId, AppointmentId, AssistanceId, MessageId, OfferId, OrganisationId, ReminderId},
    notification::{NotificationKind, Text, Words},
    value::{code_list::Coded, contact_text::mask},
};

use super::{
    Both, Told,
    docking::{about, path, title},
    fact,
};
use crate::{
    clock::in_shanghai,
    error::Result,
    features::{appointment::view::invitation, desk::repo as desks, organisation::repo as organisations},
    mail::Method,
};

/// Characters of a message that a notice quotes.
const QUOTED: usize = 500;

/// What an act of these leads to; none when it is none of them or nobody has to hear of it any more.
pub(super) async fn of(
    db: &impl ConnectionTrait,
    row: &docking::Model,
    act: &audit::Model,
) -> Result<Option<Told>> {
    if act.action.starts_with("write_message") {
        return of_message(db, row, act).await;
    }
    if let Some(id) = fact::<AppointmentId>(act, "appointment_id") {
        return of_appointment(db, row, act, id).await;
    }
    if let Some(id) = fact::<OfferId>(act, "offer_id") {
        return of_offer(db, row, act, id).await;
    }
    if let Some(id) = fact::<AssistanceId>(act, "assistance_id") {
        return of_assistance(db, row, act, id).await;
    }
    let (people, said) = match act.action.as_str() {
        "record_nda" => (
            sides(db, row, act).await?,
            (
                "有一份保密协议待对方确认",
                "a confidentiality agreement was recorded and waits to be confirmed",
            ),
        ),
        "confirm_nda" => {
            (sides(db, row, act).await?, ("保密协议已确认", "the confidentiality agreement is confirmed"))
        }
        "set_broker" => (row.broker_id.into_iter().collect(), ("交由您负责", "you look after it now")),
        _ => return Ok(None),
    };
    let words = plain(&title(about(db, row).await?.as_deref()), said, act.reason.as_deref());
    Ok(Some(Told::of_act(act, NotificationKind::Docking, words, path(row.id)).to(people)))
}

/// Whether an act is one of these.
pub(super) fn is_one(act: &audit::Model) -> bool {
    let parts = ["appointment_id", "offer_id", "assistance_id"];
    act.action.starts_with("write_message")
        || matches!(act.action.as_str(), "record_nda" | "confirm_nda" | "set_broker")
        || parts.iter().any(|part| act.facts.get(part).is_some())
}

fn organisation(row: &docking::Model, side: Side) -> Option<OrganisationId> {
    match side {
        Side::Enterprise => Some(row.enterprise_id),
        Side::Supplier => Some(row.supplier_id),
        Side::Centre => None,
    }
}

/// The owners and editors of the sides that did not act, and the broker.
async fn sides(
    db: &impl ConnectionTrait,
    row: &docking::Model,
    act: &audit::Model,
) -> Result<Vec<AccountId>> {
    super::docking::people(db, row, act).await
}

/// The broker who looks after it; while nobody does, all.
async fn brokers(db: &impl ConnectionTrait, row: &docking::Model) -> Result<Vec<AccountId>> {
    if let Some(broker) = row.broker_id {
        return Ok(vec![broker]);
    }
    let centre = desks::centre(db).await?;
    let party = [
        organisations::members_of(db, row.enterprise_id).await?,
        organisations::members_of(db, row.supplier_id).await?,
    ]
    .concat();
    let brokers = centre.into_iter().filter(|person| person.role == Role::Broker);
    Ok(brokers.map(|person| person.id).filter(|id| !party.contains(id)).collect())
}

/// The sides are named by what they are, never by who they are.
fn plain(title: &Both, said: (&str, &str), reason: Option<&str>) -> Words {
    let (said_zh, said_en) = said;
    let mut zh = vec![format!("“{}”：{said_zh}。", title.zh)];
    let mut en = vec![format!("“{}”: {said_en}.", title.en)];
    if let Some(reason) = reason.map(mask) {
        zh.push(format!("说明：{reason}"));
        en.push(format!("Note: {reason}"));
    }
    Words {
        zh: Text { subject: format!("{}：{said_zh}", title.zh), lines: zh },
        en: Text { subject: format!("{}: {said_en}", title.en), lines: en },
    }
}

async fn of_message(
    db: &impl ConnectionTrait,
    row: &docking::Model,
    act: &audit::Model,
) -> Result<Option<Told>> {
    let Some(id) = fact::<MessageId>(act, "message_id") else { return Ok(None) };
    let Some(message) = message::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let mut people = Vec::new();
    for side in [Side::Enterprise, Side::Supplier] {
        if side != message.side
            && message.channel.reaches(side)
            && let Some(id) = organisation(row, side)
        {
            people.extend(organisations::editors(db, id).await?);
        }
    }
    // What is said between the sides the broker reads beside them; what is said to the centre somebody there has to.
    match (message.side, message.channel) {
        (Side::Centre, _) => {}
        (_, Channel::Both) => people.extend(row.broker_id),
        (_, Channel::Enterprise | Channel::Supplier) => people.extend(brokers(db, row).await?),
    }
    let words = message_words(&title(about(db, row).await?.as_deref()), &message);
    Ok(Some(
        Told::of_act(act, NotificationKind::Message, words, format!("{}/messages", path(row.id))).to(people),
    ))
}

fn message_words(title: &Both, message: &message::Model) -> Words {
    let said = mask(&message.body);
    let mut quote: String = said.chars().take(QUOTED).collect();
    if said.chars().count() > QUOTED {
        quote.push('…');
    }
    let files = message.attached.0.len();
    let text = |title: &str, head: String, more: Option<String>| Text {
        subject: head.clone(),
        lines: [Some(format!("“{title}”")), Some(quote.clone()), more].into_iter().flatten().collect(),
    };
    let (from_zh, from_en) = (message.side.label_zh(), message.side.label_en());
    Words {
        zh: text(
            &title.zh,
            format!("{}：{from_zh}的留言", title.zh),
            (files > 0).then(|| format!("附件 {files} 个，请在留言中查看。")),
        ),
        en: text(
            &title.en,
            format!("{}: a message from the {from_en}", title.en),
            (files > 0).then(|| format!("{files} file(s), to be seen with the message.")),
        ),
    }
}

async fn of_appointment(
    db: &impl ConnectionTrait,
    row: &docking::Model,
    act: &audit::Model,
    id: AppointmentId,
) -> Result<Option<Told>> {
    let Some(appointment) = appointment::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    // What has changed since is told by its own act.
    let now_agreed = appointment.status == AppointmentStatus::Agreed
        && act.facts.get("sequence").and_then(serde_json::Value::as_i64)
            == Some(i64::from(appointment.sequence));
    let was = act.facts.get("was").and_then(|was| was.as_str()?.parse().ok());
    let title = title(about(db, row).await?.as_deref());
    let invite = |method, at| invitation(&appointment, method, at, &title.zh);
    let (said, calendar, everybody) = match act.action.as_str() {
        "propose_appointment" => {
            (("提议了会面时间，请答复", "times to meet are proposed; please answer"), None, false)
        }
        "answer_appointment" => (("会面时间有了答复", "somebody answered to the times to meet"), None, false),
        "agree_on_appointment" if now_agreed => (
            ("会面时间已约定", "a time to meet is agreed on"),
            appointment.starts_at.map(|at| invite(Method::Request, at)),
            true,
        ),
        "remind_of_appointment" if now_agreed => {
            (("会面将在一天之内开始", "the appointment begins within a day"), None, true)
        }
        "reschedule_appointment" => (
            ("提议改期，请答复", "other times to meet are proposed; please answer"),
            was.map(|at| invite(Method::Cancel, at)),
            true,
        ),
        "cancel_appointment" => (
            ("会面安排已取消", "the appointment is cancelled"),
            was.map(|at| invite(Method::Cancel, at)),
            true,
        ),
        _ => return Ok(None),
    };
    let people = if everybody {
        // A calendar has to hear of it whoever acted.
        let mut people = organisations::editors(db, row.enterprise_id).await?;
        people.extend(organisations::editors(db, row.supplier_id).await?);
        people.extend(row.broker_id);
        people
    } else {
        sides(db, row, act).await?
    };
    let mut words = plain(&title, said, act.reason.as_deref());
    if let Some(at) = appointment.starts_at.filter(|_| now_agreed) {
        let at = in_shanghai(at).format("%Y-%m-%d %H:%M");
        words.zh.lines.push(format!("时间：{at}（北京时间），{} 分钟", appointment.minutes));
        words.en.lines.push(format!("Time: {at} (Shanghai), {} minutes", appointment.minutes));
        if let Some(place) = &appointment.place {
            words.zh.lines.push(format!("地点：{place}"));
            words.en.lines.push(format!("Place: {place}"));
        }
    }
    let path = format!("{}/appointments/{id}", path(row.id));
    let told = Told::of_act(act, NotificationKind::Meeting, words, path).to(people);
    Ok(Some(Told { calendar, ..told }))
}

async fn of_offer(
    db: &impl ConnectionTrait,
    row: &docking::Model,
    act: &audit::Model,
    id: OfferId,
) -> Result<Option<Told>> {
    let Some(offer) = offer::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let said = match act.action.as_str() {
        "record_offer" => ("有新的报价", "there is an offer"),
        "accept_offer" => ("报价已被接受", "the offer is accepted"),
        "decline_offer" => ("报价被拒绝", "the offer is declined"),
        "withdraw_offer" => ("报价已撤回", "the offer is withdrawn"),
        "lapse_offer" => ("报价已过期", "the offer has lapsed"),
        "remind_of_offer" if offer.status == OfferStatus::Open => {
            ("报价即将到期，请答复", "the offer ends soon; please answer")
        }
        _ => return Ok(None),
    };
    let people = match act.action.as_str() {
        // Whoever made it knows how long it stands.
        "remind_of_offer" => {
            let answering = match offer.side {
                Side::Enterprise => row.supplier_id,
                Side::Supplier | Side::Centre => row.enterprise_id,
            };
            let mut people = organisations::editors(db, answering).await?;
            people.extend(row.broker_id);
            people
        }
        _ => sides(db, row, act).await?,
    };
    let mut words = plain(&title(about(db, row).await?.as_deref()), said, act.reason.as_deref());
    if let Some(last) = offer.valid_to {
        words.zh.lines.push(format!("有效期至：{last}"));
        words.en.lines.push(format!("It stands until {last}"));
    }
    let path = format!("{}/offers", path(row.id));
    Ok(Some(Told::of_act(act, NotificationKind::Docking, words, path).to(people)))
}

/// The provider hears of what is asked of it, by its kind alone; the sides of what it says.
async fn of_assistance(
    db: &impl ConnectionTrait,
    row: &docking::Model,
    act: &audit::Model,
    id: AssistanceId,
) -> Result<Option<Told>> {
    let Some(found) = assistance::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let mv = act.action.strip_suffix("_assistance").unwrap_or_default();
    let of_provider = match mv.parse::<AssistanceMove>() {
        Err(_) => true,
        Ok(AssistanceMove::Cancel) => true,
        Ok(AssistanceMove::TakeOn | AssistanceMove::Decline | AssistanceMove::Deliver) => false,
    };
    let kind = found.kind;
    let (title, people) = if of_provider {
        let title = Both {
            zh: format!("服务协助：{}", kind.label_zh()),
            en: format!("Help asked for: {}", kind.label_en()),
        };
        (title, organisations::editors(db, found.organisation_id).await?)
    } else {
        let mut people = organisations::editors(db, row.enterprise_id).await?;
        people.extend(organisations::editors(db, row.supplier_id).await?);
        people.extend(row.broker_id);
        (title(about(db, row).await?.as_deref()), people)
    };
    let said = match mv {
        "request" => ("有协助请求待答复", "it waits for your answer"),
        "take_on" => ("服务机构已承接协助", "the provider has taken the help on"),
        "decline" => ("服务机构未承接协助", "the provider has not taken the help on"),
        "deliver" => ("服务机构已交付成果", "the provider has delivered"),
        "cancel" => ("协助已取消", "it is called off"),
        _ => return Ok(None),
    };
    let words = plain(&title, said, act.reason.as_deref());
    let path = format!("assistances/{id}");
    Ok(Some(Told::of_act(act, NotificationKind::Docking, words, path).to(people)))
}

/// Of a reminder: whoever keeps it and still acts in the docking.
pub(super) async fn reminder(db: &impl ConnectionTrait, id: ReminderId) -> Result<Option<Told>> {
    let Some(row) = reminder::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let Some(found) = docking::Entity::find_by_id(row.docking_id).one(db).await? else { return Ok(None) };
    let mut acting = organisations::editors(db, found.enterprise_id).await?;
    acting.extend(organisations::editors(db, found.supplier_id).await?);
    acting.extend(desks::centre(db).await?.into_iter().map(|person| person.id));
    if !acting.contains(&row.account_id) {
        return Ok(None);
    }
    let title = title(about(db, &found).await?.as_deref());
    let words = plain(&title, ("您设置的提醒到了", "your reminder"), Some(&row.note));
    Ok(Some(Told {
        kind: NotificationKind::Docking,
        subject: (audit::SubjectKind::Docking, row.docking_id.to_string()),
        source: format!("reminder:{id}"),
        audit_id: None,
        words,
        path: Some(path(row.docking_id)),
        people: [row.account_id].into(),
        calendar: None,
    }))
}
