//! Meetings: one side (or a broker) records, another confirms. The first confirmed meeting is the stage
//! that counts in T4.

use sea_orm::Set;
use techmart_entity::{
    attachment::AttachmentPurpose,
    audit::SubjectKind,
    docking::{
        ActiveModel, Model, Side,
        meeting::{self, Attendees, MeetingMode},
        status::{DockingMove, DockingStage},
    },
    funnel::FunnelStep,
    id::{DockingId, MeetingId},
    life_cycle::LifeCycle,
};

use super::{
    dto::MeetingIn,
    policy, repo, rules,
    service::{act_in, cx_signed_in, illegal, record_move, used_by},
    view,
};
use crate::{
    auth::Context,
    clock::day_of,
    db::Tx,
    error::{AppError, Code, Fault, Result},
    features::{
        appointment, attachment, audit, audit::Record, funnel, ledger::rules as counting,
        listing::service::record_and_tell,
    },
    say,
    web::etag::Precondition,
};

/// One side or a broker records a meeting. It counts once another has confirmed it.
///
/// # Errors
/// 403 for whoever may only look, 409 before the two have consented and after the docking ended, 422
/// when a rule is broken.
pub async fn record(
    tx: &Tx,
    cx: &Context,
    id: DockingId,
    precondition: &Precondition,
    given: MeetingIn,
) -> Result<Model> {
    let (row, by) = act_in(tx, cx, id).await?;
    precondition.honour(&view::tag(&row))?;
    if !row.stage.has_consent() {
        return Err(illegal(row.stage, "record_meeting"));
    }
    let mut faults = Vec::new();
    check(tx, cx, &row, &given, "", &mut faults).await?;
    let appointment = appointment::service::kept(tx, &row, &given, &mut faults).await?;
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let meeting = write(tx, cx, &row, by, given).await?;
    if let Some(appointment) = appointment {
        appointment::service::hold(tx, cx, &appointment, meeting).await?;
    }
    repo::save(tx, &row, cx.now, ActiveModel::default()).await
}

/// The faults of a meeting of a docking whose day of acceptance is known; its minutes are taken.
///
/// # Errors
/// When the database cannot be asked or written.
pub(super) async fn check(
    tx: &Tx,
    cx: &Context,
    row: &Model,
    given: &MeetingIn,
    pointer: &str,
    faults: &mut Vec<Fault>,
) -> Result<()> {
    rules::day(cx, given.held_on, row.accepted_at.map(day_of), &format!("{pointer}/held_on"), faults);
    rules::said(&given.summary, &format!("{pointer}/summary"), faults);
    for (i, name) in given.attendees.iter().enumerate() {
        rules::said(&name.0, &format!("{pointer}/attendees/{i}"), faults);
    }
    let nowhere = given.place.as_deref().is_none_or(|place| place.trim().is_empty());
    if given.mode == MeetingMode::OnSite && nowhere {
        faults.push(rules::required(&format!("{pointer}/place")));
    }
    if let Some(minutes) = given.minutes_attachment_id {
        let pointer = format!("{pointer}/minutes_attachment_id");
        let used_by = used_by(row.id);
        attachment::service::take_as(tx, cx, minutes, &pointer, &used_by, AttachmentPurpose::Minutes, faults)
            .await?;
    }
    Ok(())
}

/// Writes a meeting that was checked, and asks the other side by mail to confirm it.
///
/// # Errors
/// When the rows cannot be written.
pub(super) async fn write(
    tx: &Tx,
    cx: &Context,
    row: &Model,
    by: Side,
    given: MeetingIn,
) -> Result<MeetingId> {
    let meeting = meeting::Model {
        id: MeetingId::new(),
        docking_id: row.id,
        held_on: given.held_on,
        place: given.place,
        mode: given.mode,
        attendees: Attendees(given.attendees.into_iter().map(|line| line.0).collect()),
        summary: given.summary,
        minutes_attachment_id: given.minutes_attachment_id,
        recorded_by: cx.person()?.account_id,
        recorded_side: by,
        recorded_at: cx.now,
        confirmed_by: None,
        confirmed_side: None,
        confirmed_at: None,
    };
    let id = meeting.id;
    let facts = serde_json::json!({ "meeting_id": id, "held_on": meeting.held_on, "side": by });
    repo::insert_meeting(tx, meeting).await?;
    record_and_tell(tx, cx, Record::act("record_meeting", SubjectKind::Docking, row.id).with(facts)).await?;
    Ok(id)
}

/// Another side, or a broker who did not record it, confirms a meeting. The first one makes the two
/// met, and is counted.
///
/// # Errors
/// 403 for the side and the person that recorded it, 404 when there is no such meeting, 409 when it is
/// confirmed already or the docking ended.
pub async fn confirm(
    tx: &Tx,
    cx: &Context,
    id: DockingId,
    meeting: MeetingId,
    precondition: &Precondition,
) -> Result<Model> {
    cx_signed_in(cx)?;
    let row = repo::hold(tx, id).await?;
    let by = policy::move_it(cx, &row, policy::relation(cx, &row), DockingMove::ConfirmMeeting)?;
    let meeting = repo::meeting(tx, id, meeting).await?;
    policy::confirm(cx, by, meeting.recorded_side, meeting.recorded_by)?;
    precondition.honour(&view::tag(&row))?;
    if !row.stage.has_consent() {
        return Err(illegal(row.stage, DockingMove::ConfirmMeeting.to_string()));
    }
    if meeting.confirmed_at.is_some() {
        return Err(AppError::new(
            Code::IllegalMove,
            say!("该会面已经确认。", "That meeting is confirmed already."),
        ));
    }
    let set = meeting::ActiveModel {
        confirmed_by: Set(cx.account_id()),
        confirmed_side: Set(Some(by)),
        confirmed_at: Set(Some(cx.now)),
        ..Default::default()
    };
    repo::confirm_meeting(tx, &meeting, set).await?;
    if row.stage != DockingStage::Accepted {
        let facts = serde_json::json!({ "meeting_id": meeting.id, "side": by });
        let record = Record::act("confirm_meeting", SubjectKind::Docking, id).with(facts);
        audit::record(tx, cx, record).await?;
        let saved = repo::save(tx, &row, cx.now, ActiveModel::default()).await?;
        // A rule that came into force since the first meeting finds what it needs in this one.
        counting::docking::met(tx, cx, &saved).await?;
        return Ok(saved);
    }
    let change = row.stage.apply(DockingMove::ConfirmMeeting)?;
    let set = ActiveModel { met_at: Set(Some(cx.now)), ..Default::default() };
    let moved = repo::advance(tx, &row, &change, cx.now, set).await?;
    record_move(tx, cx, id, &change, None, None).await?;
    counting::docking::met(tx, cx, &moved).await?;
    funnel::service::docked(tx, &moved, &[(FunnelStep::Met, meeting.held_on)]).await?;
    Ok(moved)
}
