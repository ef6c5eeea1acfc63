//! Of the desk: who is given something, and whose clock runs out.

use sea_orm::ConnectionTrait;
use techmart_entity::{
    Instant,
    account::Role,
    audit,
    desk::{Model, Queue},
    id::{AccountId, DeskItemId},
    notification::{NotificationKind, Text, Words},
    value::code_list::Coded,
};

use super::{Both, Told, fact, subject_id};
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
    let words = words(row.queue, &row.title, row.due_at, Said::Given);
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
        ClockLevel::Warning => ("warning", Said::Warning, false),
        ClockLevel::Overdue => ("overdue", Said::Overdue, true),
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
        words: words(row.queue, &row.title, row.due_at, said),
        path: Some(path(&row)),
        people: people.map(|person| person.id).collect(),
        calendar: None,
    }))
}

fn path(row: &Model) -> String {
    view::path(row.subject_kind, &row.subject_id).unwrap_or_else(|| format!("desk/items/{}", row.id))
}

/// What is said of what waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    Given,
    Warning,
    Overdue,
}

/// What is told of something that waits.
#[must_use]
pub fn words(queue: Queue, title: &str, due_at: Option<Instant>, said: Said) -> Words {
    let said = match said {
        Said::Given => Both::new("交由您处理", "is given to you"),
        Said::Warning => Both::new("今日到期", "is due today"),
        Said::Overdue => Both::new("已超时", "is overdue"),
    };
    let due = due_at.map(|due| in_shanghai(due).format("%Y-%m-%d %H:%M").to_string());
    let (zh, en) = (queue.label_zh(), queue.label_en());
    let text = |subject: String, line: String, until: &str| Text {
        subject,
        lines: std::iter::once(line).chain(due.as_ref().map(|due| format!("{until}{due}"))).collect(),
    };
    Words {
        zh: text(
            format!("{zh}：{}", said.zh),
            format!("“{title}”：{zh}，{}。", said.zh),
            "应答时限（北京时间）：",
        ),
        en: text(
            format!("{en}: {}", said.en),
            format!("“{title}”: {en}, {}.", said.en),
            "To be answered by (Shanghai): ",
        ),
    }
}
