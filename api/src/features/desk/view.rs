//! Looking at the desk.

use std::collections::HashMap;

use chrono::Duration;
use sea_orm::ConnectionTrait;
use techmart_entity::{
    audit::SubjectKind,
    desk::{Model, Queue},
    id::{AccountId, DeskItemId, DeskNoteId},
};

use super::{
    dto::{
        CountsOut, DeskItemOut, DeskNoteOut, DeskNotesQuery, DeskPersonOut, DeskQuery, DeskTermOut,
        DeskTermsOut, LoadOut, LoadsOut, QueueOut, Tally,
    },
    policy, repo,
};
use crate::{
    auth::Context,
    clock::end_of,
    error::Result,
    features::{
        audit::{self, dto::HistoryOut},
        organisation::repo as organisations,
    },
    web::{
        answer::Answer,
        etag,
        paging::{Cut, Page},
    },
};

/// The ETag of an item.
#[must_use]
pub fn tag(row: &Model) -> String {
    etag::tag(row.version)
}

/// Where something is looked at and decided.
#[must_use]
pub fn path(kind: SubjectKind, id: &str) -> Option<String> {
    let plural = match kind {
        SubjectKind::Achievement => "achievements",
        SubjectKind::Demand => "demands",
        SubjectKind::Provider => "providers",
        SubjectKind::Organisation => "organisations",
        SubjectKind::Docking => "dockings",
        SubjectKind::Recommendation => "recommendations",
        SubjectKind::LedgerEntry => "ledger",
        SubjectKind::Assessment => "assessments",
        SubjectKind::Duplicate => "duplicates",
        SubjectKind::Signal => "signals",
        SubjectKind::Event => "events",
        SubjectKind::ApiClient => "api-clients",
        SubjectKind::Account
        | SubjectKind::Attachment
        | SubjectKind::Calendar
        | SubjectKind::Contract
        | SubjectKind::DeskItem
        | SubjectKind::EnclaveEntry
        | SubjectKind::FinanceCase
        | SubjectKind::HarvestSource
        | SubjectKind::Import
        | SubjectKind::ImportMapping
        | SubjectKind::Indicator
        | SubjectKind::OutboundTarget
        | SubjectKind::Plan
        | SubjectKind::ProviderEntry
        | SubjectKind::SavedSearch
        | SubjectKind::Snapshot
        | SubjectKind::System
        | SubjectKind::Webhook => return None,
    };
    Some(format!("{plural}/{id}"))
}

struct People(HashMap<AccountId, String>);

impl People {
    async fn of(db: &impl ConnectionTrait, rows: &[Model]) -> Result<Self> {
        let ids: Vec<AccountId> = rows.iter().filter_map(|row| row.assignee_id).collect();
        let found = organisations::accounts(db, &ids).await?;
        Ok(Self(found.into_iter().map(|person| (person.id, person.name)).collect()))
    }

    fn show(&self, cx: &Context, row: Model) -> DeskItemOut {
        let overdue = row.closed_at.unwrap_or(cx.now) > row.due_at.unwrap_or(cx.now);
        DeskItemOut {
            id: row.id,
            queue: row.queue,
            subject_kind: row.subject_kind,
            href: path(row.subject_kind, &row.subject_id).map(|path| format!("/api/v1/{path}")),
            subject_id: row.subject_id,
            title: row.title,
            organisation_id: row.organisation_id,
            demo: row.demo,
            opened_at: row.opened_at.into(),
            due_at: row.due_at.map(Into::into),
            overdue: row.due_at.is_some() && overdue,
            assignee: row.assignee_id.map(|account_id| DeskPersonOut {
                account_id,
                name: self.0.get(&account_id).cloned().unwrap_or_default(),
            }),
            assigned_at: row.assigned_at.map(Into::into),
            warned_at: row.warned_at.map(Into::into),
            escalated_at: row.escalated_at.map(Into::into),
            closed_at: row.closed_at.map(Into::into),
            closed_by: row.closed_by,
        }
    }
}

/// A row as whoever may work at the desk sees it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn shown(db: &impl ConnectionTrait, cx: &Context, row: Model) -> Result<Answer<DeskItemOut>> {
    let people = People::of(db, std::slice::from_ref(&row)).await?;
    let tag = tag(&row);
    Ok(Answer::ok(people.show(cx, row)).tagged(tag))
}

/// One.
///
/// # Errors
/// 401, 403, 404.
pub async fn one(db: &impl ConnectionTrait, cx: &Context, id: DeskItemId) -> Result<Answer<DeskItemOut>> {
    policy::look(cx)?;
    shown(db, cx, repo::find(db, id).await?).await
}

/// A page of what waits, by when it is due.
///
/// # Errors
/// 401, 403, 400 when the cursor is not this list's.
pub async fn list(db: &impl ConnectionTrait, cx: &Context, query: DeskQuery) -> Result<Page<DeskItemOut>> {
    policy::look(cx)?;
    let mine = cx.account_id().filter(|_| query.mine == Some(true));
    let filter = repo::Filter {
        queues: query.queue.clone(),
        assignee: query.assignee_id.or(mine),
        unassigned: query.unassigned == Some(true),
        organisation: query.organisation_id,
        subject_id: query.subject_id.clone(),
        demo: query.demo,
        due_before: (query.overdue == Some(true)).then_some(cx.now),
        closed: query.closed == Some(true),
    };
    let mark = ("desk", mine, DeskQuery { limit: None, cursor: None, ..query.clone() });
    let cut = Cut::<repo::Key>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let rows = repo::list(db, &filter, cut.after, cut.limit + 1).await?;
    let people = People::of(db, &rows).await?;
    Ok(cut.page(rows, |row| (row.sort_at, row.id), |row| people.show(cx, row)))
}

/// How much waits, in all and in each queue.
///
/// # Errors
/// 401 and 403.
pub async fn counts(db: &impl ConnectionTrait, cx: &Context, demo: Option<bool>) -> Result<CountsOut> {
    policy::look(cx)?;
    let mut queues: Vec<QueueOut> =
        Queue::ALL.iter().map(|queue| QueueOut { queue: *queue, tally: Tally::default() }).collect();
    let mut total = Tally::default();
    for count in repo::counts(db, demo, cx.now, end_of(cx.today)).await? {
        let own = queues.iter_mut().find(|row| row.queue == count.queue).map(|row| &mut row.tally);
        for tally in own.into_iter().chain(std::iter::once(&mut total)) {
            tally.open += count.n;
            tally.overdue += count.overdue;
            tally.due_today += count.due_today;
            match count.assignee_id {
                None => tally.unassigned += count.n,
                Some(assignee) if Some(assignee) == cx.account_id() => tally.mine += count.n,
                Some(_) => {}
            }
        }
    }
    Ok(CountsOut { total, queues })
}

/// What everybody of the centre has to do and has done.
///
/// # Errors
/// 401 and 403.
pub async fn load(db: &impl ConnectionTrait, cx: &Context) -> Result<LoadsOut> {
    policy::look(cx)?;
    let counts = repo::counts(db, None, cx.now, end_of(cx.today)).await?;
    let done = repo::done_since(db, cx.now - Duration::days(30)).await?;
    let of = |person: techmart_entity::account::Model| {
        let own = || counts.iter().filter(|count| count.assignee_id == Some(person.id));
        let closed = done.iter().find(|done| done.closed_by == Some(person.id));
        LoadOut {
            open: own().map(|count| count.n).sum(),
            overdue: own().map(|count| count.overdue).sum(),
            due_today: own().map(|count| count.due_today).sum(),
            closed_30_days: closed.map_or(0, |done| done.n),
            late_30_days: closed.map_or(0, |done| done.late),
            person: DeskPersonOut { account_id: person.id, name: person.name },
        }
    };
    Ok(LoadsOut { items: repo::centre(db).await?.into_iter().map(of).collect() })
}

/// The terms of all queues.
///
/// # Errors
/// 401 and 403.
pub async fn terms(db: &impl ConnectionTrait, cx: &Context) -> Result<DeskTermsOut> {
    policy::look(cx)?;
    let rows = repo::terms(db).await?;
    let items = rows.into_iter().map(|row| DeskTermOut { queue: row.queue, working_days: row.working_days });
    Ok(DeskTermsOut { items: items.collect() })
}

/// The notes on what an item is about, oldest first.
///
/// # Errors
/// 401, 403, 404.
pub async fn notes(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: DeskItemId,
    query: DeskNotesQuery,
) -> Result<Page<DeskNoteOut>> {
    policy::notes(cx)?;
    let row = repo::find(db, id).await?;
    policy::work(cx, &row)?;
    let cut = Cut::<DeskNoteId>::read(query.limit, query.cursor.as_deref(), &("desk notes", id))?;
    let rows = repo::notes(db, row.subject_kind, &row.subject_id, cut.after, cut.limit + 1).await?;
    Ok(cut.page(rows, |row| row.id, DeskNoteOut::from))
}

/// Who looked after it when, newest first.
///
/// # Errors
/// 401, 403, 404.
pub async fn history(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: DeskItemId,
    query: audit::dto::HistoryQuery,
) -> Result<Page<HistoryOut>> {
    policy::look(cx)?;
    repo::find(db, id).await?;
    let cut = Cut::read(query.limit, query.cursor.as_deref(), &("desk history", id))?;
    let filter = audit::repo::Filter {
        subject: Some((SubjectKind::DeskItem, id.to_string())),
        ..audit::repo::Filter::default()
    };
    let rows = audit::repo::list(db, &filter, cut.after, cut.limit + 1).await?;
    Ok(cut.page(rows, |row| row.id, HistoryOut::from))
}
