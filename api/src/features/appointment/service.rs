//! Proposing times, agreeing on one, changing and cancelling it.

use std::collections::BTreeSet;

use chrono::Duration;
use sea_orm::Set;
use techmart_entity::{
    Instant,
    audit::SubjectKind,
    docking::{
        Model as Docking, Side,
        appointment::{
            ActiveModel, Model, Times, answer, attendance,
            status::{AppointmentMove, AppointmentStatus},
        },
        meeting::MeetingMode,
    },
    id::{AppointmentId, DockingId, MeetingId},
    life_cycle::{LifeCycle, StatusChange},
};

use super::{
    dto::{AppointmentIn, CancelAppointmentIn, RescheduleIn, TimesAnswerIn},
    policy, repo, view,
};
use crate::{
    auth::Context,
    clock::{Moment, day_of},
    db::Tx,
    error::{AppError, Fault, Result},
    features::{
        audit::Record,
        docking::{
            dto::MeetingIn,
            policy as docking_policy, repo as dockings, rules,
            service::{act_between, act_in},
        },
        listing::service::record_and_tell,
    },
    say,
    web::etag::Precondition,
};

/// How far ahead times may lie.
const AHEAD: i64 = 366;

/// Side or broker proposes times.
///
/// # Errors
/// 401, 403, 404; 409 before the two have consented; 422 when a rule is broken.
pub async fn propose(tx: &Tx, cx: &Context, id: DockingId, given: AppointmentIn) -> Result<Model> {
    let (_, by) = act_between(tx, cx, id, "propose_appointment").await?;
    let mut faults = Vec::new();
    let times = times(cx, &given.times, &mut faults);
    if given.mode == MeetingMode::OnSite && given.place.is_none() {
        faults.push(rules::required("/place"));
    }
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let row = Model {
        id: AppointmentId::new(),
        docking_id: id,
        status: AppointmentStatus::Proposed,
        mode: given.mode,
        place: given.place,
        join_url: given.join_url,
        agenda: given.agenda,
        minutes: given.minutes,
        times,
        starts_at: None,
        proposed_by: cx.person()?.account_id,
        proposed_side: by,
        sequence: 0,
        end_note: None,
        meeting_id: None,
        reminded_at: None,
        created_at: cx.now,
        updated_at: cx.now,
        version: 1,
    };
    repo::insert(tx, row.clone()).await?;
    tell(tx, cx, "propose_appointment", &row, None).await?;
    Ok(row)
}

/// The times in their order; faults for those that are none to come.
fn times(cx: &Context, given: &[Moment], faults: &mut Vec<Fault>) -> Times {
    let last = cx.now + Duration::days(AHEAD);
    let mut times = BTreeSet::new();
    for (i, Moment(time)) in given.iter().enumerate() {
        let pointer = format!("/times/{i}");
        if *time <= cx.now || *time > last {
            faults.push(Fault::at(
                pointer,
                "not_ahead",
                say!("时间须在将来一年之内。", "The time has to be within the year to come."),
            ));
        } else if !times.insert(*time) {
            faults.push(Fault::at(pointer, "twice", say!("时间重复。", "The time stands there twice.")));
        }
    }
    Times(times.into_iter().collect())
}

/// Holds the docking and an appointment of it, for a move at the version that the request names.
async fn begin(
    tx: &Tx,
    cx: &Context,
    (id, appointment): (DockingId, AppointmentId),
    mv: AppointmentMove,
    precondition: &Precondition,
) -> Result<(Docking, Model, Side, StatusChange<AppointmentStatus>)> {
    let (docking, by) = act_between(tx, cx, id, &format!("{mv}_appointment")).await?;
    let row = repo::find(tx, id, appointment).await?;
    precondition.honour(&view::tag(&row))?;
    let change = row.status.apply(mv)?;
    Ok((docking, row, by, change))
}

/// A side says which of the times fit. Once all have, the first that fits everybody is agreed on.
///
/// # Errors
/// 401, 404; 403 for the side that proposed them; 409 when a time is agreed on; 422 for times that were not proposed.
pub async fn answer(
    tx: &Tx,
    cx: &Context,
    at: (DockingId, AppointmentId),
    precondition: &Precondition,
    given: TimesAnswerIn,
) -> Result<Model> {
    let (docking, row, by, change) = begin(tx, cx, at, AppointmentMove::Agree, precondition).await?;
    let mut faults = Vec::new();
    let side = for_side(tx, &docking, &row, by, given.side, &mut faults).await?;
    for (i, Moment(time)) in given.fits.iter().enumerate() {
        if !row.times.0.contains(time) {
            faults.push(Fault::at(
                format!("/fits/{i}"),
                "not_proposed",
                say!("这个时间不在提议之中。", "That time was not proposed."),
            ));
        }
    }
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let said = answer::Model {
        appointment_id: row.id,
        side,
        fits: Times(given.fits.into_iter().map(|Moment(time)| time).collect()),
        note: given.note.clone(),
        answered_by: cx.person()?.account_id,
        answered_at: cx.now,
    };
    repo::answer(tx, said).await?;
    let answers = repo::answers(tx, &[row.id]).await?;
    let (row, action) = match policy::first_that_fits(&row, &answers, cx.now) {
        Some(time) => (agree(tx, cx, &row, &change, time).await?, "agree_on_appointment"),
        None => (repo::save(tx, &row, cx.now, ActiveModel::default()).await?, "answer_appointment"),
    };
    tell(tx, cx, action, &row, given.note).await?;
    Ok(row)
}

/// A calendar that knows an earlier agreement has to follow this one.
async fn agree(
    tx: &Tx,
    cx: &Context,
    row: &Model,
    change: &StatusChange<AppointmentStatus>,
    time: Instant,
) -> Result<Model> {
    let set = ActiveModel {
        starts_at: Set(Some(time)),
        sequence: Set(row.sequence + 1),
        reminded_at: Set(None),
        ..Default::default()
    };
    repo::advance(tx, row, change, cx.now, set).await
}

/// For which side is answered: one's own; a broker says for which of which nobody has an account.
async fn for_side(
    tx: &Tx,
    docking: &Docking,
    row: &Model,
    by: Side,
    given: Option<Side>,
    faults: &mut Vec<Fault>,
) -> Result<Side> {
    let side = match (by, given) {
        (Side::Centre, Some(side)) => side,
        (Side::Centre, None) => {
            faults.push(rules::required("/side"));
            return Ok(by);
        }
        (Side::Enterprise | Side::Supplier, given) => {
            if given.is_some_and(|given| given != by) {
                faults.push(Fault::at(
                    "/side",
                    "not_your_side",
                    say!("只能为您代表的一方答复。", "You answer for your own side."),
                ));
            }
            by
        }
    };
    if !policy::asked(row.proposed_side).contains(&side) {
        return Err(docking_policy::answers(side, side).err().unwrap_or_else(AppError::not_found));
    }
    let organisation = match side {
        Side::Enterprise => docking.enterprise_id,
        Side::Supplier | Side::Centre => docking.supplier_id,
    };
    if by == Side::Centre && dockings::members(tx, organisation).await? > 0 {
        return Err(AppError::forbidden(say!(
            "该单位已有账号，请由其成员答复。",
            "People of that organisation have accounts; one of them answers."
        )));
    }
    Ok(side)
}

/// A side or a broker proposes other times, also after one was agreed on.
///
/// # Errors
/// 401, 403, 404; 409 when it was held or cancelled; 422 when a rule is broken.
pub async fn reschedule(
    tx: &Tx,
    cx: &Context,
    at: (DockingId, AppointmentId),
    precondition: &Precondition,
    given: RescheduleIn,
) -> Result<Model> {
    let (_, row, by, change) = begin(tx, cx, at, AppointmentMove::Reschedule, precondition).await?;
    let mut faults = Vec::new();
    let times = times(cx, &given.times, &mut faults);
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    repo::forget_answers(tx, row.id).await?;
    let agreed = row.starts_at.is_some();
    let set = ActiveModel {
        times: Set(times),
        starts_at: Set(None),
        proposed_by: Set(cx.person()?.account_id),
        proposed_side: Set(by),
        sequence: Set(row.sequence + i32::from(agreed)),
        ..Default::default()
    };
    let moved = repo::advance(tx, &row, &change, cx.now, set).await?;
    tell_of(tx, cx, "reschedule_appointment", &moved, row.starts_at, Some(given.note)).await?;
    Ok(moved)
}

/// A side or a broker cancels it.
///
/// # Errors
/// 401, 403, 404; 409 when it was held or cancelled.
pub async fn cancel(
    tx: &Tx,
    cx: &Context,
    at: (DockingId, AppointmentId),
    precondition: &Precondition,
    given: CancelAppointmentIn,
) -> Result<Model> {
    let (_, row, _, change) = begin(tx, cx, at, AppointmentMove::Cancel, precondition).await?;
    cancelled(tx, cx, &row, &change, given.note).await
}

async fn cancelled(
    tx: &Tx,
    cx: &Context,
    row: &Model,
    change: &StatusChange<AppointmentStatus>,
    note: String,
) -> Result<Model> {
    let agreed = row.starts_at.is_some();
    let set = ActiveModel {
        end_note: Set(Some(note.clone())),
        sequence: Set(row.sequence + i32::from(agreed)),
        ..Default::default()
    };
    let moved = repo::advance(tx, row, change, cx.now, set).await?;
    tell_of(tx, cx, "cancel_appointment", &moved, row.starts_at, Some(note)).await?;
    Ok(moved)
}

/// Cancels what was still to come in a docking that has ended.
///
/// # Errors
/// When the rows cannot be written.
pub async fn docking_ended(tx: &Tx, cx: &Context, docking: DockingId) -> Result<()> {
    for row in repo::open_of(tx, docking).await? {
        let change = row.status.apply(AppointmentMove::Cancel)?;
        cancelled(tx, cx, &row, &change, "对接已结束 / the docking has ended".to_owned()).await?;
    }
    Ok(())
}

/// Somebody of a side or a broker says whether they will come.
///
/// # Errors
/// 401, 403, 404; 409 unless a time is agreed on.
pub async fn attend(
    tx: &Tx,
    cx: &Context,
    (id, appointment): (DockingId, AppointmentId),
    given: attendance::AttendanceAnswer,
) -> Result<Model> {
    let (_, by) = act_in(tx, cx, id).await?;
    let row = repo::find(tx, id, appointment).await?;
    if row.status != AppointmentStatus::Agreed {
        return Err(row
            .status
            .apply(AppointmentMove::Hold)
            .err()
            .map_or_else(AppError::not_found, Into::into));
    }
    let said = attendance::Model {
        appointment_id: appointment,
        account_id: cx.person()?.account_id,
        side: by,
        answer: given,
        answered_at: cx.now,
    };
    repo::attend(tx, said).await?;
    repo::save(tx, &row, cx.now, ActiveModel::default()).await
}

/// The appointment that a meeting kept, if the request names one; faults when it does not fit.
///
/// # Errors
/// When the database cannot be asked.
pub async fn kept(
    tx: &Tx,
    docking: &Docking,
    given: &MeetingIn,
    faults: &mut Vec<Fault>,
) -> Result<Option<Model>> {
    let Some(id) = given.appointment_id else { return Ok(None) };
    let mut refuse = |code: &'static str, detail| {
        faults.push(Fault::at("/appointment_id", code, detail));
        Ok(None)
    };
    let Some(row) = repo::any(tx, id).await?.filter(|row| row.docking_id == docking.id) else {
        return refuse("unknown", say!("该对接没有这个会面安排。", "The docking has no such appointment."));
    };
    let status = row.status;
    let Some(starts_at) = row.starts_at.filter(|_| status == AppointmentStatus::Agreed) else {
        return refuse(
            "not_agreed",
            say!(
                "只有已约定的会面可以登记；当前状态 {status}。",
                "Only what was agreed on is kept; it is {status}."
            ),
        );
    };
    let day = day_of(starts_at);
    if day != given.held_on {
        return refuse(
            "other_day",
            say!(
                "约定的日期是 {day}，请先改期或不填。",
                "It was agreed for {day}; reschedule it or leave it out."
            ),
        );
    }
    Ok(Some(row))
}

/// Notes that it was kept.
///
/// # Errors
/// When the row cannot be written.
pub async fn hold(tx: &Tx, cx: &Context, row: &Model, meeting: MeetingId) -> Result<()> {
    let change = row.status.apply(AppointmentMove::Hold)?;
    let set = ActiveModel { meeting_id: Set(Some(meeting)), ..Default::default() };
    repo::advance(tx, row, &change, cx.now, set).await?;
    Ok(())
}

async fn tell(tx: &Tx, cx: &Context, action: &str, row: &Model, note: Option<String>) -> Result<()> {
    tell_of(tx, cx, action, row, None, note).await
}

/// `was`: the time that was agreed on before, which calendars have to give up.
async fn tell_of(
    tx: &Tx,
    cx: &Context,
    action: &str,
    row: &Model,
    was: Option<Instant>,
    note: Option<String>,
) -> Result<()> {
    let facts = serde_json::json!({
        "appointment_id": row.id, "sequence": row.sequence, "starts_at": row.starts_at.map(Moment),
        "was": was.map(Moment),
    });
    let record = Record::act(action, SubjectKind::Docking, row.docking_id).with(facts);
    // Before the log: the desk looks whether the docking stands still.
    dockings::touch(tx, row.docking_id, cx.now).await?;
    record_and_tell(tx, cx, record.because(None::<String>, note)).await
}
