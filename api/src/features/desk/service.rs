//! What comes to the desk and goes, and who looks after it.

use chrono::Duration;
use sea_orm::Set;
use techmart_entity::{
    Instant,
    audit::SubjectKind,
    desk::{ActiveModel, Model, Queue, note, term},
    id::{AccountId, DeskItemId, DeskNoteId},
};

use super::{
    dto::{DeskTermIn, HandOverIn},
    policy, repo,
    sources::{self, Waiting},
    view,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Fault, Result},
    features::{
        audit::{self, Record},
        calendar::repo as calendars,
        listing::{review, service::record_and_tell},
        organisation::repo as organisations,
    },
    say,
    web::etag::Precondition,
};

/// Where what has no clock stands in the list: after a year.
const LAST: i64 = 365;

/// Brings the desk in line with something that was just acted on.
///
/// # Errors
/// When the rows cannot be read or written.
pub async fn follow(tx: &Tx, cx: &Context, kind: SubjectKind, id: &str) -> Result<()> {
    if matches!(
        kind,
        SubjectKind::DeskItem | SubjectKind::Calendar | SubjectKind::System | SubjectKind::Webhook
    ) {
        return Ok(());
    }
    let waiting = sources::of(tx, kind, id, cx.today).await?;
    settle(tx, cx, kind, id, waiting).await
}

async fn settle(tx: &Tx, cx: &Context, kind: SubjectKind, id: &str, waiting: Vec<Waiting>) -> Result<()> {
    let open = repo::open_of(tx, kind, id).await?;
    for row in &open {
        match waiting.iter().find(|item| item.queue == row.queue) {
            Some(item) => keep(tx, cx, row, item).await?,
            None => {
                let set = ActiveModel {
                    open_key: Set(None),
                    closed_at: Set(Some(cx.now)),
                    closed_by: Set(cx.account_id()),
                    ..Default::default()
                };
                repo::save(tx, row, set).await?;
            }
        }
    }
    for item in waiting {
        if !open.iter().any(|row| row.queue == item.queue) {
            put(tx, cx, kind, id, item).await?;
        }
    }
    Ok(())
}

/// What still waits: its title may have changed, and who has claimed it where it lies looks after it here.
async fn keep(tx: &Tx, cx: &Context, row: &Model, item: &Waiting) -> Result<()> {
    let assignee = item.claimed_by.or(row.assignee_id);
    if assignee == row.assignee_id
        && item.title == row.title
        && item.due_at.is_none_or(|due| Some(due) == row.due_at)
    {
        return Ok(());
    }
    let mut set = ActiveModel { title: Set(item.title.clone()), ..Default::default() };
    if assignee != row.assignee_id {
        set.assignee_id = Set(assignee);
        set.assigned_at = Set(assignee.map(|_| cx.now));
    }
    if let Some(due) = item.due_at {
        set.due_at = Set(Some(due));
        set.sort_at = Set(due);
    }
    repo::save(tx, row, set).await?;
    Ok(())
}

/// Whoever gave a submission back to the queue where it lies does not look after it here either.
///
/// # Errors
/// When the rows cannot be written.
pub async fn released(tx: &Tx, cx: &Context, kind: SubjectKind, id: &str) -> Result<()> {
    for row in repo::open_of(tx, kind, id).await? {
        if row.queue == Queue::Review && row.assignee_id == cx.account_id() {
            let set = ActiveModel { assignee_id: Set(None), assigned_at: Set(None), ..Default::default() };
            repo::save(tx, &row, set).await?;
        }
    }
    Ok(())
}

async fn put(tx: &Tx, cx: &Context, kind: SubjectKind, id: &str, item: Waiting) -> Result<()> {
    let due_at = match item.due_at {
        Some(due) => Some(due),
        None => due(tx, item.queue, cx.now).await?,
    };
    let row = Model {
        id: DeskItemId::new(),
        queue: item.queue,
        subject_kind: kind,
        subject_id: id.to_owned(),
        open_key: Some(Model::key(item.queue, id)),
        title: item.title,
        organisation_id: item.organisation_id,
        demo: item.demo,
        opened_at: cx.now,
        due_at,
        sort_at: sort_at(cx.now, due_at),
        assignee_id: item.claimed_by,
        assigned_at: item.claimed_by.map(|_| cx.now),
        warned_at: None,
        escalated_at: None,
        closed_at: None,
        closed_by: None,
        version: 1,
    };
    repo::insert(tx, row).await
}

fn sort_at(opened: Instant, due: Option<Instant>) -> Instant {
    due.unwrap_or(opened + Duration::days(LAST))
}

/// When what comes into a queue at an instant is due.
async fn due(tx: &Tx, queue: Queue, from: Instant) -> Result<Option<Instant>> {
    let Some(days) = repo::term(tx, queue).await? else { return Ok(None) };
    Ok(Some(calendars::load(tx).await?.due(from, days)))
}

/// Sets the running clocks anew, after the calendar or a term has changed. A clock that was told of is not told of
/// again.
///
/// # Errors
/// When the rows cannot be read or written.
pub async fn set_clocks(tx: &Tx) -> Result<()> {
    let calendar = calendars::load(tx).await?;
    let terms = repo::terms(tx).await?;
    for row in repo::all_open(tx).await? {
        // This clock is an agreement's end.
        if row.queue == Queue::Expiring {
            continue;
        }
        let term = terms.iter().find(|term| term.queue == row.queue).and_then(|term| term.working_days);
        let days = term.and_then(|days| u32::try_from(days).ok());
        let due_at = days.map(|days| calendar.due(row.opened_at, days));
        if due_at != row.due_at {
            let set = ActiveModel {
                due_at: Set(due_at),
                sort_at: Set(sort_at(row.opened_at, due_at)),
                ..Default::default()
            };
            repo::save(tx, &row, set).await?;
        }
    }
    Ok(())
}

/// Sets within how many working days a queue is to be answered.
///
/// # Errors
/// 401 and 403 for whoever is no admin.
pub async fn set_term(tx: &Tx, cx: &Context, queue: Queue, given: &DeskTermIn) -> Result<()> {
    cx.person()?;
    if !cx.actor.is_admin() {
        return Err(AppError::forbidden(say!("服务时限由管理员设定。", "Admins set the terms.")));
    }
    repo::set_term(tx, term::Model { queue, working_days: given.working_days }).await?;
    let facts = serde_json::json!({ "queue": queue, "working_days": given.working_days });
    audit::record(tx, cx, Record::act("set_desk_term", SubjectKind::DeskItem, queue).with(facts)).await?;
    set_clocks(tx).await
}

async fn begin(tx: &Tx, cx: &Context, id: DeskItemId, precondition: &Precondition) -> Result<Model> {
    policy::notes(cx)?;
    let row = repo::hold(tx, id).await?;
    policy::work(cx, &row)?;
    precondition.honour(&view::tag(&row))?;
    if row.closed_at.is_some() {
        return Err(AppError::new(Code::IllegalMove, say!("该事项已办结。", "It does not wait any more.")));
    }
    Ok(row)
}

/// The caller looks after it from now on.
///
/// # Errors
/// 401, 403, 404, 409 when somebody else does or it does not wait any more.
pub async fn claim(tx: &Tx, cx: &Context, id: DeskItemId, precondition: &Precondition) -> Result<Model> {
    let row = begin(tx, cx, id, precondition).await?;
    let me = cx.person()?.account_id;
    match row.assignee_id {
        Some(holder) if holder == me => Ok(row),
        Some(_) => Err(AppError::new(
            Code::IllegalMove,
            say!(
                "已由他人负责；请其转交或由管理员分派。",
                "Somebody else looks after it; they or an admin hand it over."
            ),
        )),
        None => give(tx, cx, &row, Some(me), "claim", None).await,
    }
}

/// Nobody looks after it any more.
///
/// # Errors
/// 401, 403 for whoever does not look after it, 404, 409.
pub async fn release(tx: &Tx, cx: &Context, id: DeskItemId, precondition: &Precondition) -> Result<Model> {
    let row = begin(tx, cx, id, precondition).await?;
    policy::pass_on(cx, &row)?;
    if row.assignee_id.is_none() {
        return Err(AppError::new(Code::IllegalMove, say!("无人负责该事项。", "Nobody looks after it.")));
    }
    give(tx, cx, &row, None, "release", None).await
}

/// Gives it to somebody: who has it hands it over, an admin assigns it. The clock runs on.
///
/// # Errors
/// 401, 403, 404, 409 when it does not wait any more, 422 when that person cannot look after it.
pub async fn hand_over(
    tx: &Tx,
    cx: &Context,
    id: DeskItemId,
    precondition: &Precondition,
    given: &HandOverIn,
) -> Result<Model> {
    let row = begin(tx, cx, id, precondition).await?;
    policy::pass_on(cx, &row)?;
    let people = repo::centre(tx).await?;
    let Some(person) = people.iter().find(|person| person.id == given.account_id) else {
        let fault = say!("没有这位服务中心工作人员。", "Nobody of the service centre has this account.");
        return Err(AppError::rule("/account_id", "unknown", fault));
    };
    if let Some(concerned) = row.organisation_id
        && organisations::editors(tx, concerned).await?.contains(&person.id)
    {
        let fault = say!(
            "对方是相关单位成员，请转交他人。",
            "They belong to whom it concerns; choose somebody else."
        );
        return Err(AppError::rules(vec![Fault::at("/account_id", "conflict_of_interest", fault)]));
    }
    if row.assignee_id == Some(person.id) {
        return Ok(row);
    }
    give(tx, cx, &row, Some(person.id), "hand_over", Some(given.note.clone())).await
}

/// Writes who looks after it. What is claimed where it lies is claimed there, too, so that whoever has it can decide it.
async fn give(
    tx: &Tx,
    cx: &Context,
    row: &Model,
    to: Option<AccountId>,
    action: &str,
    note: Option<String>,
) -> Result<Model> {
    let before = row.assignee_id;
    if row.queue == Queue::Review
        && let Ok(listing) = row.subject_id.parse()
    {
        review::pass_on(tx, cx, listing, to).await?;
    }
    // That may have come back to the desk already.
    let row = &repo::find(tx, row.id).await?;
    let set =
        ActiveModel { assignee_id: Set(to), assigned_at: Set(to.map(|_| cx.now)), ..Default::default() };
    let saved = repo::save(tx, row, set).await?;
    if let Some(body) = &note {
        write(tx, cx, row, body.clone()).await?;
    }
    let facts =
        serde_json::json!({ "queue": row.queue, "subject_id": row.subject_id, "from": before, "to": to });
    // The note is the centre's and stands on the desk; the log is read by auditors, too.
    let record = Record::act(action, SubjectKind::DeskItem, row.id).with(facts);
    record_and_tell(tx, cx, record).await?;
    Ok(saved)
}

/// Leaves a note that only the centre reads.
///
/// # Errors
/// 401, 403, 404.
pub async fn add_note(tx: &Tx, cx: &Context, id: DeskItemId, body: String) -> Result<note::Model> {
    policy::notes(cx)?;
    let row = repo::find(tx, id).await?;
    policy::work(cx, &row)?;
    write(tx, cx, &row, body).await
}

async fn write(tx: &Tx, cx: &Context, row: &Model, body: String) -> Result<note::Model> {
    note_on(tx, cx, row.subject_kind, &row.subject_id, body).await
}

/// Notes something that only the centre reads.
///
/// # Errors
/// When the row cannot be written.
pub async fn note_on(
    tx: &Tx,
    cx: &Context,
    subject_kind: SubjectKind,
    subject_id: &str,
    body: String,
) -> Result<note::Model> {
    let note = note::Model {
        id: DeskNoteId::new(),
        subject_kind,
        subject_id: subject_id.to_owned(),
        body,
        written_by: cx.person()?.account_id,
        written_at: cx.now,
    };
    repo::insert_note(tx, note.clone()).await?;
    Ok(note)
}
