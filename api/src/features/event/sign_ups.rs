//! Who comes: places, the waiting list, and who was there. The event is held while a place is given or taken, so of two
//! who want the last one gets it.

use sea_orm::Set;
use techmart_entity::{
    audit::SubjectKind,
    event::{
        Model as Event,
        sign_up::{ActiveModel, Model, SignUpMove, SignUpStatus},
        status::EventStatus,
    },
    id::{EventId, OrganisationId, SignUpId},
    life_cycle::LifeCycle,
};

use super::{policy, repo, rules, service::illegal};
use crate::{
    auth::Context,
    clock::day_of,
    db::Tx,
    error::{AppError, Code, Fault, Result},
    features::{
        audit::{self, Record},
        docking::rules::{required, said},
        listing::service::record_and_tell,
    },
    say,
    web::etag::{self, Precondition},
};

/// The ETag of a sign-up.
#[must_use]
pub fn tag(row: &Model) -> String {
    etag::tag(row.version)
}

/// Signs the caller up, for the acting organisation or for themselves: with a place while there is room, else on the
/// waiting list.
///
/// # Errors
/// 401, 403, 404; 409 when they are signed up already or it is not open, 422 outside the time of sign-up.
pub async fn sign_up(tx: &Tx, cx: &Context, id: EventId) -> Result<Model> {
    policy::sign_up(cx)?;
    let event = repo::hold(tx, id).await?;
    policy::see(cx, &event)?;
    if event.status != EventStatus::Open {
        return Err(illegal(&event, "sign_up"));
    }
    let mut faults = Vec::new();
    rules::check_sign_up(&event, cx.now, &mut faults);
    if let Ok(acting) = cx.acting_membership()
        && acting.demo != event.demo
    {
        faults.push(Fault::at(
            "",
            "demo_and_real",
            say!("演示单位和真实活动不能混用。", "Demo and real organisations do not mix."),
        ));
    }
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let queued = queue(tx, cx, &event).await?;
    let moved = fill_around(tx, cx, &event, Some(queued.id)).await?;
    let seated = moved.contains(&queued.id);
    let row = repo::sign_up::find(tx, id, queued.id).await?;
    let facts = serde_json::json!({ "sign_up_id": row.id, "seated": seated });
    record_and_tell(tx, cx, Record::act("sign_up", SubjectKind::Event, id).with(facts)).await?;
    Ok(row)
}

/// Puts the caller at the end of the queue.
async fn queue(tx: &Tx, cx: &Context, event: &Event) -> Result<Model> {
    let person = cx.person()?.account_id;
    let position = repo::sign_up::next_position(tx, event.id).await?;
    if let Some(before) = repo::sign_up::of_person(tx, event.id, person).await? {
        if before.status != SignUpStatus::Cancelled {
            return Err(AppError::new(
                Code::AlreadyExists,
                say!("您已经报名。", "You have signed up already."),
            ));
        }
        let change = before.status.apply(SignUpMove::Renew)?;
        let set = ActiveModel {
            organisation_id: Set(cx.acting),
            position: Set(position),
            signed_up_at: Set(cx.now),
            cancelled_by: Set(None),
            reason: Set(None),
            ..Default::default()
        };
        return repo::sign_up::advance(tx, &before, &change, cx.now, set).await;
    }
    let row = Model {
        id: SignUpId::new(),
        event_id: event.id,
        account_id: person,
        organisation_id: cx.acting,
        status: SignUpStatus::Waiting,
        position,
        signed_up_at: cx.now,
        cancelled_by: None,
        reason: None,
        attended_at: None,
        checked_in_by: None,
        updated_at: cx.now,
        version: 1,
    };
    repo::sign_up::insert(tx, row.clone()).await?;
    Ok(row)
}

/// Gives free places to those who wait, in their order. The event is held.
///
/// # Errors
/// When the rows cannot be read or written.
pub(super) async fn fill(tx: &Tx, cx: &Context, event: &Event) -> Result<()> {
    fill_around(tx, cx, event, None).await.map(|_| ())
}

/// The same; whoever has just signed up is told of that, not of moving up.
async fn fill_around(tx: &Tx, cx: &Context, event: &Event, new: Option<SignUpId>) -> Result<Vec<SignUpId>> {
    if !matches!(event.status, EventStatus::Open | EventStatus::Closed) {
        return Ok(Vec::new());
    }
    let filter = repo::sign_up::Filter { statuses: vec![SignUpStatus::Waiting], ..Default::default() };
    let waiting = repo::sign_up::list(tx, event.id, &filter, None, u64::from(u32::MAX)).await?;
    let mut seated = repo::sign_up::seated(tx, event.id).await?;
    let mut moved = Vec::new();
    for row in waiting {
        if !has_room(event.capacity, seated.len()) {
            break;
        }
        // Of an organisation with all its places taken nobody moves up; whoever is behind does.
        if !has_room_for(event.per_organisation, row.organisation_id, &seated) {
            continue;
        }
        let change = row.status.apply(SignUpMove::MoveUp)?;
        repo::sign_up::advance(tx, &row, &change, cx.now, ActiveModel::default()).await?;
        seated.push(row.organisation_id);
        moved.push(row.id);
        if new != Some(row.id) {
            let facts = serde_json::json!({ "sign_up_id": row.id });
            let record = Record::act("move_up", SubjectKind::Event, event.id).with(facts);
            record_and_tell(tx, cx, record).await?;
        }
    }
    Ok(moved)
}

fn has_room(capacity: Option<i32>, taken: usize) -> bool {
    capacity.is_none_or(|capacity| usize::try_from(capacity).unwrap_or(0) > taken)
}

fn has_room_for(
    limit: Option<i32>,
    organisation: Option<OrganisationId>,
    seated: &[Option<OrganisationId>],
) -> bool {
    organisation.is_none_or(|organisation| {
        has_room(limit, seated.iter().filter(|seat| **seat == Some(organisation)).count())
    })
}

/// Cancels a sign-up: the person their own, a broker anybody's with the reason. Whoever waits first moves up.
///
/// # Errors
/// 401, 403, 404, 412; 409 when it is cancelled already or the event was held, 422 without the reason.
pub async fn cancel(
    tx: &Tx,
    cx: &Context,
    id: EventId,
    sign_up: SignUpId,
    precondition: &Precondition,
    reason: Option<String>,
) -> Result<Model> {
    cx.person()?;
    let event = repo::hold(tx, id).await?;
    policy::see(cx, &event)?;
    let row = repo::sign_up::find(tx, id, sign_up).await?;
    let own = policy::cancel_sign_up(cx, &row)?;
    precondition.honour(&tag(&row))?;
    if !matches!(event.status, EventStatus::Open | EventStatus::Closed) {
        return Err(illegal(&event, "cancel_sign_up"));
    }
    let change = row.status.apply(SignUpMove::Cancel)?;
    let mut faults = Vec::new();
    match &reason {
        Some(reason) => said(reason, "/reason", &mut faults),
        None if !own => faults.push(required("/reason")),
        None => {}
    }
    if row.attended_at.is_some() {
        let words = say!("已签到，请先撤销签到。", "They were checked in; undo that first.");
        faults.push(Fault::at("", "checked_in", words));
    }
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let set =
        ActiveModel { cancelled_by: Set(cx.account_id()), reason: Set(reason.clone()), ..Default::default() };
    let moved = repo::sign_up::advance(tx, &row, &change, cx.now, set).await?;
    let facts = serde_json::json!({ "sign_up_id": sign_up });
    let record = Record::act("cancel_sign_up", SubjectKind::Event, id).with(facts);
    record_and_tell(tx, cx, record.because(None::<&str>, reason)).await?;
    fill(tx, cx, &event).await?;
    Ok(moved)
}

/// A broker marks that somebody is there, from the day of the event on.
///
/// # Errors
/// 401, 403, 404, 412; 409 for who has no place or is checked in already, 422 before that day.
pub async fn check_in(
    tx: &Tx,
    cx: &Context,
    id: EventId,
    sign_up: SignUpId,
    precondition: &Precondition,
) -> Result<Model> {
    policy::run(cx)?;
    let event = repo::hold(tx, id).await?;
    let row = repo::sign_up::find(tx, id, sign_up).await?;
    precondition.honour(&tag(&row))?;
    if !event.status.is_alive() {
        return Err(illegal(&event, "check_in"));
    }
    if row.status != SignUpStatus::Confirmed || row.attended_at.is_some() {
        return Err(AppError::new(
            Code::IllegalMove,
            say!("没有席位或已经签到。", "They have no place, or are checked in already."),
        ));
    }
    if cx.today < day_of(event.starts_at) {
        let words = say!("活动当天才能签到。", "Participants are checked in from the day of the event on.");
        return Err(AppError::rules(vec![Fault::at("", "too_early", words)]));
    }
    let set = ActiveModel {
        attended_at: Set(Some(cx.now)),
        checked_in_by: Set(cx.account_id()),
        ..Default::default()
    };
    let saved = repo::sign_up::save(tx, &row, cx.now, set).await?;
    let facts = serde_json::json!({ "sign_up_id": sign_up });
    audit::record(tx, cx, Record::act("check_in", SubjectKind::Event, id).with(facts)).await?;
    Ok(saved)
}

/// A broker takes that back, with the reason.
///
/// # Errors
/// 401, 403, 404, 412; 409 for who is not checked in.
pub async fn undo_check_in(
    tx: &Tx,
    cx: &Context,
    id: EventId,
    sign_up: SignUpId,
    precondition: &Precondition,
    reason: String,
) -> Result<Model> {
    policy::run(cx)?;
    let event = repo::hold(tx, id).await?;
    let row = repo::sign_up::find(tx, id, sign_up).await?;
    precondition.honour(&tag(&row))?;
    if !event.status.is_alive() {
        return Err(illegal(&event, "undo_check_in"));
    }
    if row.attended_at.is_none() {
        return Err(AppError::new(Code::IllegalMove, say!("尚未签到。", "They are not checked in.")));
    }
    let set = ActiveModel { attended_at: Set(None), checked_in_by: Set(None), ..Default::default() };
    let saved = repo::sign_up::save(tx, &row, cx.now, set).await?;
    let facts = serde_json::json!({ "sign_up_id": sign_up });
    let record = Record::act("undo_check_in", SubjectKind::Event, id).with(facts);
    audit::record(tx, cx, record.because(None::<&str>, Some(reason))).await?;
    Ok(saved)
}
