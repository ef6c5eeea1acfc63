//! Looking at appointments, and noting them in a calendar.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use techmart_entity::{
    Instant,
    docking::{
        Model as Docking,
        appointment::{Model, answer, attendance, status::AppointmentStatus},
        meeting::MeetingMode,
    },
    id::{AccountId, AppointmentId, DockingId},
    life_cycle::LifeCycle,
    value::code_list::Coded,
};

use super::{
    dto::{AppointmentOut, AppointmentQuery, AttendanceOut, TimesAnswerOut},
    policy, repo,
};
use crate::{
    auth::Context,
    clock::Moment,
    error::{AppError, Result},
    features::{
        docking::{policy as docking_policy, repo as dockings, view as dockings_view},
        organisation::repo as organisations,
    },
    mail::{Invitation, Method, after},
    web::{
        etag,
        paging::{Cut, Page},
    },
};

/// The ETag.
#[must_use]
pub fn tag(row: &Model) -> String {
    etag::tag(row.version)
}

fn moments(times: &[Instant]) -> Vec<Moment> {
    times.iter().copied().map(Moment).collect()
}

fn show(
    row: Model,
    answers: &[answer::Model],
    attendance: &[attendance::Model],
    names: &HashMap<AccountId, String>,
) -> AppointmentOut {
    let own: Vec<answer::Model> =
        answers.iter().filter(|answer| answer.appointment_id == row.id).cloned().collect();
    let awaited = match row.status {
        AppointmentStatus::Proposed => policy::awaited(&row, &own),
        AppointmentStatus::Agreed | AppointmentStatus::Held | AppointmentStatus::Cancelled => Vec::new(),
    };
    let coming = attendance.iter().filter(|one| one.appointment_id == row.id).map(|one| AttendanceOut {
        name: names.get(&one.account_id).cloned().unwrap_or_default(),
        side: one.side,
        answer: one.answer,
    });
    AppointmentOut {
        id: row.id,
        docking_id: row.docking_id,
        legal_moves: row.status.legal(),
        status: row.status,
        times: moments(&row.times.0),
        starts_at: row.starts_at.map(Moment),
        minutes: row.minutes,
        mode: row.mode,
        place: row.place,
        join_url: row.join_url,
        agenda: row.agenda,
        proposed_side: row.proposed_side,
        answers: own
            .into_iter()
            .map(|answer| TimesAnswerOut {
                side: answer.side,
                fits: moments(&answer.fits.0),
                note: answer.note,
                answered_at: answer.answered_at.into(),
            })
            .collect(),
        awaited,
        attendance: coming.collect(),
        end_note: row.end_note,
        meeting_id: row.meeting_id,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    }
}

/// Rows with what was said to them.
///
/// # Errors
/// When the database cannot be asked.
pub async fn shown(db: &impl ConnectionTrait, rows: Vec<Model>) -> Result<Vec<AppointmentOut>> {
    let ids: Vec<AppointmentId> = rows.iter().map(|row| row.id).collect();
    let answers = repo::answers(db, &ids).await?;
    let attendance = repo::attendance(db, &ids).await?;
    let people: Vec<AccountId> = attendance.iter().map(|one| one.account_id).collect();
    let names = organisations::accounts(db, &people).await?;
    let names = names.into_iter().map(|person| (person.id, person.name)).collect();
    Ok(rows.into_iter().map(|row| show(row, &answers, &attendance, &names)).collect())
}

async fn seen(db: &impl ConnectionTrait, cx: &Context, id: DockingId) -> Result<Docking> {
    cx.person()?;
    let docking = dockings::find(db, id).await?;
    docking_policy::see(cx, docking_policy::relation(cx, &docking))?;
    Ok(docking)
}

/// One, as it is after an act.
///
/// # Errors
/// When the database cannot be asked.
pub async fn after_act(db: &impl ConnectionTrait, row: Model) -> Result<(AppointmentOut, String)> {
    let tag = tag(&row);
    let out = shown(db, vec![row]).await?.into_iter().next().ok_or_else(AppError::not_found)?;
    Ok((out, tag))
}

/// One, for somebody who may see its docking.
///
/// # Errors
/// 401, 404.
pub async fn one(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: DockingId,
    appointment: AppointmentId,
) -> Result<(AppointmentOut, String)> {
    seen(db, cx, id).await?;
    after_act(db, repo::find(db, id, appointment).await?).await
}

/// Those of a docking, newest first.
///
/// # Errors
/// 401, 404; 400 for a cursor of another list.
pub async fn list(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: DockingId,
    query: AppointmentQuery,
) -> Result<Page<AppointmentOut>> {
    seen(db, cx, id).await?;
    let cut = Cut::<AppointmentId>::read(query.limit, query.cursor.as_deref(), &("appointments", id))?;
    let rows = repo::list(db, id, cut.after, cut.limit + 1).await?;
    let page = cut.page(rows, |row| row.id, |row| row);
    Ok(Page { items: shown(db, page.items).await?, next_cursor: page.next_cursor })
}

/// One as a file for a calendar.
///
/// # Errors
/// 401; 404 also while no time is agreed on.
pub async fn calendar(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: DockingId,
    appointment: AppointmentId,
) -> Result<Invitation> {
    let docking = seen(db, cx, id).await?;
    let row = repo::find(db, id, appointment).await?;
    let starts_at = row.starts_at.ok_or_else(AppError::not_found)?;
    Ok(invitation(&row, Method::Publish, starts_at, &dockings_view::called(db, &docking).await?))
}

/// What a calendar is told of an appointment. Its title is that of the docking, which names nobody.
#[must_use]
pub fn invitation(row: &Model, method: Method, starts_at: Instant, title: &str) -> Invitation {
    let mode = match row.mode {
        MeetingMode::OnSite => None,
        mode @ (MeetingMode::Online | MeetingMode::Phone) => {
            Some(format!("{} / {}", mode.label_zh(), mode.label_en()))
        }
    };
    Invitation {
        method,
        uid: format!("appointment-{}@techmart", row.id),
        sequence: u32::try_from(row.sequence).unwrap_or(0),
        changed_at: row.updated_at,
        starts_at,
        ends_at: after(starts_at, row.minutes),
        summary: title.to_owned(),
        description: row.agenda.clone(),
        location: row.place.clone().or(mode),
        url: row.join_url.clone(),
    }
}
