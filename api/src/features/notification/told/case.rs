//! Of what happens in a docking beside its stages: messages, confidentiality, appointments, offers, providers' help,
//! reminders. What is said in a message goes along without contacts.

use sea_orm::{ConnectionTrait, EntityTrait};
use techmart_entity::{
    Instant,
    account::Role,
    audit::{self, SubjectKind},
    docking::{
        self, Side,
        appointment::{self, status::AppointmentStatus},
        assistance::{self, AssistanceKind, status::AssistanceMove},
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

/// What is told of an act, by its action: Chinese, English.
const SAID: &[(&str, &str, &str)] = &[
    (
        "record_nda",
        "有一份保密协议待对方确认",
        "a confidentiality agreement was recorded and waits to be confirmed",
    ),
    ("confirm_nda", "保密协议已确认", "the confidentiality agreement is confirmed"),
    ("set_broker", "交由您负责", "you look after it now"),
    ("propose_appointment", "提议了会面时间，请答复", "times to meet are proposed; please answer"),
    ("answer_appointment", "会面时间有了答复", "somebody answered to the times to meet"),
    ("agree_on_appointment", "会面时间已约定", "a time to meet is agreed on"),
    ("remind_of_appointment", "会面将在一天之内开始", "the appointment begins within a day"),
    ("reschedule_appointment", "提议改期，请答复", "other times to meet are proposed; please answer"),
    ("cancel_appointment", "会面安排已取消", "the appointment is cancelled"),
    ("record_offer", "有新的报价", "there is an offer"),
    ("accept_offer", "报价已被接受", "the offer is accepted"),
    ("decline_offer", "报价被拒绝", "the offer is declined"),
    ("withdraw_offer", "报价已撤回", "the offer is withdrawn"),
    ("lapse_offer", "报价已过期", "the offer has lapsed"),
    ("remind_of_offer", "报价即将到期，请答复", "the offer ends soon; please answer"),
    ("request_assistance", "有协助请求待答复", "it waits for your answer"),
    ("take_on_assistance", "服务机构已承接协助", "the provider has taken the help on"),
    ("decline_assistance", "服务机构未承接协助", "the provider has not taken the help on"),
    ("deliver_assistance", "服务机构已交付成果", "the provider has delivered"),
    ("cancel_assistance", "协助已取消", "it is called off"),
    ("reminder", "您设置的提醒到了", "your reminder"),
];

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
    let people = match act.action.as_str() {
        "record_nda" | "confirm_nda" => sides(db, row, act).await?,
        "set_broker" => row.broker_id.into_iter().collect(),
        _ => return Ok(None),
    };
    let Some(words) = words(&title(about(db, row).await?.as_deref()), &act.action, act.reason.as_deref())
    else {
        return Ok(None);
    };
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
    let party = [
        organisations::members_of(db, row.enterprise_id).await?,
        organisations::members_of(db, row.supplier_id).await?,
    ]
    .concat();
    // Who has joined a side since does not lead it any more.
    if let Some(broker) = row.broker_id.filter(|broker| !party.contains(broker)) {
        return Ok(vec![broker]);
    }
    let centre = desks::centre(db).await?;
    let brokers = centre.into_iter().filter(|person| person.role == Role::Broker);
    Ok(brokers.map(|person| person.id).filter(|id| !party.contains(id)).collect())
}

/// What is told of an act under a title; none when nothing is told of it. The sides are named by what they are, never by
/// who they are.
#[must_use]
pub fn words(title: &Both, action: &str, note: Option<&str>) -> Option<Words> {
    let (_, said_zh, said_en) = SAID.iter().find(|(said, _, _)| *said == action)?;
    let mut zh = vec![format!("“{}”：{said_zh}。", title.zh)];
    let mut en = vec![format!("“{}”: {said_en}.", title.en)];
    if let Some(note) = note.map(mask) {
        zh.push(format!("说明：{note}"));
        en.push(format!("Note: {note}"));
    }
    Some(Words {
        zh: Text { subject: format!("{}：{said_zh}", title.zh), lines: zh },
        en: Text { subject: format!("{}: {said_en}", title.en), lines: en },
    })
}

/// Adds when and where.
#[must_use]
pub fn with_time(mut words: Words, starts_at: Instant, minutes: i32, place: Option<&str>) -> Words {
    let at = in_shanghai(starts_at).format("%Y-%m-%d %H:%M");
    words.zh.lines.push(format!("时间：{at}（北京时间），{minutes} 分钟"));
    words.en.lines.push(format!("Time: {at} (Shanghai), {minutes} minutes"));
    if let Some(place) = place {
        words.zh.lines.push(format!("地点：{place}"));
        words.en.lines.push(format!("Place: {place}"));
    }
    words
}

/// What a provider is told is called.
#[must_use]
pub fn title_of_assistance(kind: AssistanceKind) -> Both {
    Both::new(format!("服务协助：{}", kind.label_zh()), format!("Help asked for: {}", kind.label_en()))
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
    let about = title(about(db, row).await?.as_deref());
    let words = words_of_message(&about, message.side, &message.body, message.attached.0.len());
    Ok(Some(
        Told::of_act(act, NotificationKind::Message, words, format!("{}/messages", path(row.id))).to(people),
    ))
}

/// What is told of a message: who wrote, and its beginning without contacts.
#[must_use]
pub fn words_of_message(title: &Both, side: Side, body: &str, files: usize) -> Words {
    let said = mask(body);
    let mut quote: String = said.chars().take(QUOTED).collect();
    if said.chars().count() > QUOTED {
        quote.push('…');
    }
    let text = |title: &str, head: String, more: Option<String>| Text {
        subject: head.clone(),
        lines: [Some(format!("“{title}”")), Some(quote.clone()), more].into_iter().flatten().collect(),
    };
    let (from_zh, from_en) = (side.label_zh(), side.label_en());
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
    let (calendar, everybody) = match act.action.as_str() {
        "propose_appointment" | "answer_appointment" => (None, false),
        "agree_on_appointment" if now_agreed => {
            (appointment.starts_at.map(|at| invite(Method::Request, at)), true)
        }
        "remind_of_appointment" if now_agreed => (None, true),
        "reschedule_appointment" | "cancel_appointment" => (was.map(|at| invite(Method::Cancel, at)), true),
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
    let Some(words) = words(&title, &act.action, act.reason.as_deref()) else { return Ok(None) };
    let words = match appointment.starts_at.filter(|_| now_agreed) {
        Some(at) => with_time(words, at, appointment.minutes, appointment.place.as_deref()),
        None => words,
    };
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
    if act.action == "remind_of_offer" && offer.status != OfferStatus::Open {
        return Ok(None);
    }
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
    let about = title(about(db, row).await?.as_deref());
    let Some(mut words) = words(&about, &act.action, act.reason.as_deref()) else { return Ok(None) };
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
    let (title, people) = if of_provider {
        (title_of_assistance(found.kind), organisations::editors(db, found.organisation_id).await?)
    } else {
        let mut people = organisations::editors(db, row.enterprise_id).await?;
        people.extend(organisations::editors(db, row.supplier_id).await?);
        people.extend(row.broker_id);
        (title(about(db, row).await?.as_deref()), people)
    };
    let Some(words) = words(&title, &act.action, act.reason.as_deref()) else { return Ok(None) };
    let path = format!("assistances/{id}");
    let told = Told::of_act(act, NotificationKind::Docking, words, path).to(people);
    // Which docking it is for is not the provider's to know.
    let subject = match of_provider {
        true => (SubjectKind::Provider, found.provider_id.to_string()),
        false => told.subject.clone(),
    };
    Ok(Some(Told { subject, ..told }))
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
    let Some(words) = words(&title, "reminder", Some(&row.note)) else { return Ok(None) };
    Ok(Some(Told {
        kind: NotificationKind::Docking,
        subject: (SubjectKind::Docking, row.docking_id.to_string()),
        source: format!("reminder:{id}"),
        audit_id: None,
        words,
        path: Some(path(row.docking_id)),
        people: [row.account_id].into(),
        calendar: None,
    }))
}
