//! Of the desk: who is given something, and whose clock runs out.

use sea_orm::ConnectionTrait;
use techmart_entity::{
    account::Role,
    audit,
    desk::Model,
    id::{AccountId, DeskItemId},
    notification::{NotificationKind, Text, Words},
    value::code_list::Coded,
};

use super::{Told, fact, subject_id};
use crate::{
    clock::in_shanghai,
    error::Result,
    features::{
        desk::{repo, view},
        organisation::repo as organisations,
    },
    outbox::ClockLevel,
};

/// Whoever is given it. What it is about and until when stands in the notice, the note on the desk alone.
pub(super) async fn of(db: &impl ConnectionTrait, act: &audit::Model) -> Result<Option<Told>> {
    let (Some(id), Some(to)) = (subject_id::<DeskItemId>(act), fact::<AccountId>(act, "to")) else {
        return Ok(None);
    };
    if act.action != "hand_over" {
        return Ok(None);
    }
    let row = repo::find(db, id).await?;
    // Given on meanwhile: the next one hears of it.
    if row.assignee_id != Some(to) {
        return Ok(None);
    }
    let words = words(&row, ("交由您处理", "is given to you"));
    Ok(Some(Told::of_act(act, NotificationKind::Desk, words, path(&row)).to([to])))
}

/// Whose clock runs out today, or has run out: who looks after it, or all brokers while nobody does; that it has run
/// out also the admins.
pub(super) async fn clock(
    db: &impl ConnectionTrait,
    id: DeskItemId,
    level: ClockLevel,
) -> Result<Option<Told>> {
    let row = repo::find(db, id).await?;
    if row.closed_at.is_some() {
        return Ok(None);
    }
    let concerned = match row.organisation_id {
        Some(concerned) => organisations::editors(db, concerned).await?,
        None => Vec::new(),
    };
    let (mark, said, admins) = match level {
        ClockLevel::Warning => ("warning", ("今日到期", "is due today"), false),
        ClockLevel::Overdue => ("overdue", ("已超时", "is overdue"), true),
    };
    let people = repo::centre(db).await?.into_iter().filter(|person| {
        let own = row.assignee_id.map_or(person.role == Role::Broker, |assignee| assignee == person.id);
        (own || (admins && person.role == Role::Admin)) && !concerned.contains(&person.id)
    });
    Ok(Some(Told {
        kind: NotificationKind::Desk,
        subject: (row.subject_kind, row.subject_id.clone()),
        source: format!("desk:{id}:{mark}"),
        audit_id: None,
        words: words(&row, said),
        path: Some(path(&row)),
        people: people.map(|person| person.id).collect(),
        calendar: None,
    }))
}

fn path(row: &Model) -> String {
    view::path(row.subject_kind, &row.subject_id).unwrap_or_else(|| format!("desk/items/{}", row.id))
}

fn words(row: &Model, said: (&str, &str)) -> Words {
    let (queue, title) = (row.queue, &row.title);
    let text = |queue: &str, said: &str, until: &str| {
        let due = row.due_at.map(|due| format!("{until}{}", in_shanghai(due).format("%Y-%m-%d %H:%M")));
        Text {
            subject: format!("{queue}：{said}"),
            lines: std::iter::once(format!("“{title}”：{queue}，{said}。")).chain(due).collect(),
        }
    };
    let mut en = text(queue.label_en(), said.1, "To be answered by (Shanghai): ");
    en.subject = format!("{}: {}", queue.label_en(), said.1);
    en.lines[0] = format!("“{title}”: {}, {}.", queue.label_en(), said.1);
    Words { zh: text(queue.label_zh(), said.0, "应答时限（北京时间）："), en }
}
