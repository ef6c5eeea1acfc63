//! Of an event: whoever has a place or waits for one, and the two sides of a pair. Where to join it online never stands
//! in a mail, and an organisation is not named.

use std::collections::BTreeSet;

use sea_orm::ConnectionTrait;
use techmart_entity::{
    Instant, audit,
    event::{
        Model, item::EventItemStatus, pair::EventPairStatus, sign_up::SignUpStatus, status::EventStatus,
    },
    id::{AccountId, EventId, EventItemId, EventPairId, OrganisationId, SignUpId},
    notification::{NotificationKind, Text, Words},
};

use super::{Both, Told, Why, fact, subject_id};
use crate::{
    clock::in_shanghai,
    error::Result,
    features::{
        event::{calendar::invitation, repo},
        organisation::repo as organisations,
    },
    mail::Method,
};

/// A notice: what, to whom, and with what more.
struct News {
    said: Both,
    people: Vec<AccountId>,
    more: Option<Both>,
    /// What their calendars are told.
    calendar: Option<Method>,
}

impl News {
    fn of((zh, en): (&str, &str), people: Vec<AccountId>) -> Self {
        Self { said: Both::new(zh, en), people, more: None, calendar: None }
    }

    fn noting(self, calendar: Method) -> Self {
        Self { calendar: Some(calendar), ..self }
    }
}

/// What an event is called, when and where it is.
#[derive(Clone, Debug)]
pub struct Announced<'a> {
    pub title: Both,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub place: Option<&'a str>,
}

impl<'a> Announced<'a> {
    fn of(event: &'a Model) -> Self {
        Self {
            title: Both::new(&event.title, event.title_en.as_ref().unwrap_or(&event.title)),
            starts_at: event.starts_at,
            ends_at: event.ends_at,
            place: event.place.as_deref(),
        }
    }
}

pub(super) async fn of(db: &impl ConnectionTrait, act: &audit::Model) -> Result<Option<Told>> {
    let Some(id) = subject_id::<EventId>(act) else { return Ok(None) };
    let event = repo::find(db, id).await?;
    let Some(news) = news(db, act, &event).await? else { return Ok(None) };
    let mut people: BTreeSet<AccountId> = news.people.into_iter().collect();
    // Who signs up hears of it by mail as well: it is what they show at the door.
    if act.action != "sign_up"
        && let Some(actor) = act.actor_id
    {
        people.remove(&actor);
    }
    let words = words(&Announced::of(&event), &news.said, news.more, &Why::of(act));
    let told = Told::of_act(act, NotificationKind::Event, words, format!("events/{id}")).to(people);
    let calendar = news.calendar.map(|method| invitation(&event, method));
    Ok(Some(Told { calendar, ..told }))
}

async fn news(db: &impl ConnectionTrait, act: &audit::Model, event: &Model) -> Result<Option<News>> {
    let all = [SignUpStatus::Confirmed, SignUpStatus::Waiting];
    let cancelled = event.status == EventStatus::Cancelled;
    let news = match act.action.as_str() {
        "cancel" => {
            let mut people = repo::sign_up::people(db, event.id, &all).await?;
            people.extend(editors(db, repo::item::organisations(db, event.id).await?).await?);
            people.extend(editors(db, repo::pair::organisations(db, event.id).await?).await?);
            News::of(("活动已取消", "The event is cancelled"), people).noting(Method::Cancel)
        }
        // Of what is cancelled nothing else is told any more.
        _ if cancelled => return Ok(None),
        "change" => News::of(
            ("活动安排有变", "The event was changed"),
            repo::sign_up::people(db, event.id, &all).await?,
        )
        .noting(Method::Request),
        "remind" => News::of(
            ("活动即将开始", "The event is about to begin"),
            repo::sign_up::people(db, event.id, &[SignUpStatus::Confirmed]).await?,
        ),
        "sign_up" | "move_up" | "cancel_sign_up" => return of_sign_up(db, act, event).await,
        "accept_pair" | "reschedule_pair" | "dismiss_pair" => return of_pair(db, act, event).await,
        "approve_item" | "refuse_item" | "add_item" => return of_item(db, act, event).await,
        _ => return Ok(None),
    };
    Ok(Some(news))
}

async fn editors(
    db: &impl ConnectionTrait,
    of: impl IntoIterator<Item = OrganisationId>,
) -> Result<Vec<AccountId>> {
    let of: BTreeSet<OrganisationId> = of.into_iter().collect();
    let mut people = Vec::new();
    for organisation in of {
        people.extend(organisations::editors(db, organisation).await?);
    }
    Ok(people)
}

/// Whoever signed up, as long as it stands so.
async fn of_sign_up(db: &impl ConnectionTrait, act: &audit::Model, event: &Model) -> Result<Option<News>> {
    let Some(id) = fact::<SignUpId>(act, "sign_up_id") else { return Ok(None) };
    let row = repo::sign_up::find(db, event.id, id).await?;
    let seated = act.facts["seated"].as_bool().unwrap_or_default();
    let (wanted, said) = match (act.action.as_str(), seated) {
        ("sign_up", true) => (SignUpStatus::Confirmed, ("报名成功", "You have a place")),
        ("sign_up", false) => (SignUpStatus::Waiting, ("已进入候补", "You are on the waiting list")),
        ("move_up", _) => (SignUpStatus::Confirmed, ("候补成功", "You have moved up and have a place")),
        _ => (SignUpStatus::Cancelled, ("报名已取消", "Your sign-up is cancelled")),
    };
    let news = News::of(said, vec![row.account_id]);
    let news = match wanted {
        SignUpStatus::Confirmed => news.noting(Method::Request),
        SignUpStatus::Cancelled => news.noting(Method::Cancel),
        SignUpStatus::Waiting => news,
    };
    Ok((row.status == wanted).then_some(news))
}

/// The owners and editors of both sides, and those of them who come.
async fn of_pair(db: &impl ConnectionTrait, act: &audit::Model, event: &Model) -> Result<Option<News>> {
    let Some(id) = fact::<EventPairId>(act, "pair_id") else { return Ok(None) };
    let row = repo::pair::find(db, event.id, id).await?;
    let (wanted, said) = match act.action.as_str() {
        "dismiss_pair" => (EventPairStatus::Dismissed, ("一场洽谈已取消", "A talk is cancelled")),
        "reschedule_pair" => (EventPairStatus::Accepted, ("一场洽谈改期", "A talk was moved")),
        _ => (EventPairStatus::Accepted, ("已安排一场洽谈", "A talk was arranged")),
    };
    if row.status != wanted {
        return Ok(None);
    }
    let people = editors(db, [row.enterprise_id, row.supplier_id]).await?;
    let more = row.slot_at.map(|at| {
        let at = in_shanghai(at).format("%Y-%m-%d %H:%M");
        let table = row.table_number;
        Both::new(
            format!("时段：{at}{}", table.map(|n| format!("，{n} 号桌")).unwrap_or_default()),
            format!("At {at}{}", table.map(|n| format!(", table {n}")).unwrap_or_default()),
        )
    });
    Ok(Some(News { more, ..News::of(said, people) }))
}

/// The owners and editors whose item was decided about.
async fn of_item(db: &impl ConnectionTrait, act: &audit::Model, event: &Model) -> Result<Option<News>> {
    let Some(id) = fact::<EventItemId>(act, "item_id") else { return Ok(None) };
    let row = repo::item::find(db, event.id, id).await?;
    let said = match row.status {
        EventItemStatus::Shown => ("您的条目将在活动上展示", "Your item is shown at the event"),
        EventItemStatus::Refused => ("您的条目未被活动采用", "Your item is not shown at the event"),
        EventItemStatus::Brought | EventItemStatus::Withdrawn => return Ok(None),
    };
    Ok(Some(News::of(said, editors(db, [row.organisation_id]).await?)))
}

/// What is told of an event.
#[must_use]
pub fn words(event: &Announced<'_>, said: &Both, more: Option<Both>, why: &Why) -> Words {
    let (more_zh, more_en) = more.map(|more| (more.zh, more.en)).unzip();
    let (code_zh, code_en) = why.code.clone().map(|code| (code.zh, code.en)).unzip();
    let from = in_shanghai(event.starts_at).format("%Y-%m-%d %H:%M");
    let until = in_shanghai(event.ends_at).format("%Y-%m-%d %H:%M");
    let Both { zh: title_zh, en: title_en } = &event.title;
    let mut zh = vec![format!("“{title_zh}”：{}。", said.zh), format!("时间（北京时间）：{from} 至 {until}")];
    zh.extend(event.place.map(|place| format!("地点：{place}")));
    zh.extend(more_zh);
    zh.extend(code_zh.map(|code| format!("原因：{code}")));
    zh.extend(why.words.as_ref().map(|words| format!("说明：{words}")));
    let mut en = vec![format!("“{title_en}”: {}.", said.en), format!("When (Shanghai): {from} to {until}")];
    en.extend(event.place.map(|place| format!("Where: {place}")));
    en.extend(more_en);
    en.extend(code_en.map(|code| format!("Reason: {code}")));
    en.extend(why.words.as_ref().map(|words| format!("In their words: {words}")));
    Words {
        zh: Text { subject: format!("{title_zh}：{}", said.zh), lines: zh },
        en: Text { subject: format!("{title_en}: {}", said.en), lines: en },
    }
}
