//! How an event is made, changed and moved.

use sea_orm::Set;
use techmart_entity::{
    audit::SubjectKind,
    event::{
        ActiveModel, Model, Papers, Programme, ProgrammeItem,
        status::{EventMove, EventStatus},
    },
    id::EventId,
    life_cycle::{IllegalMove, LifeCycle, StatusChange},
};

use super::{
    dto::{EventIn, EventPatch, ProgrammeItemIn},
    policy, repo, rules, sign_ups,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Fault, Result},
    features::{
        audit::{self, Record},
        docking::rules::said,
        ledger::rules as counting,
        listing::service::record_and_tell,
    },
    web::etag::{self, Precondition},
};

/// The ETag of an event.
#[must_use]
pub fn tag(row: &Model) -> String {
    etag::tag(row.version)
}

/// What an attachment of an event is used by.
#[must_use]
pub fn used_by(id: EventId) -> String {
    format!("event:{id}")
}

fn programme(items: Vec<ProgrammeItemIn>) -> Programme {
    Programme(
        items
            .into_iter()
            .map(|item| ProgrammeItem {
                at: rules::cut(item.at),
                title: item.title,
                speaker: item.speaker,
                note: item.note,
            })
            .collect(),
    )
}

fn judged(faults: Vec<Fault>) -> Result<()> {
    if faults.is_empty() { Ok(()) } else { Err(AppError::rules(faults)) }
}

/// What cannot be done to an event that stands where it stands.
pub(super) fn illegal(row: &Model, act: &str) -> AppError {
    let legal = row.status.legal().iter().map(ToString::to_string).collect();
    IllegalMove { from: row.status.to_string(), mv: act.to_owned(), legal }.into()
}

/// Makes an event, as a draft.
///
/// # Errors
/// 401 and 403 for whoever is no broker, 422 when a rule is broken.
pub async fn create(tx: &Tx, cx: &Context, given: EventIn) -> Result<Model> {
    policy::run(cx)?;
    let row = Model {
        id: EventId::new(),
        kind: given.kind,
        status: EventStatus::Draft,
        demo: given.demo,
        title: given.title.trim().to_owned(),
        title_en: given.title_en,
        theme: given.theme,
        field: given.field,
        summary: given.summary,
        organisers: given.organisers,
        starts_at: rules::cut(given.starts_at),
        ends_at: rules::cut(given.ends_at),
        place: given.place,
        online_url: given.online_url,
        sign_up_from: given.sign_up_from.map(rules::cut),
        sign_up_until: given.sign_up_until.map(rules::cut),
        capacity: given.capacity,
        per_organisation: given.per_organisation,
        programme: programme(given.programme),
        call: given.call.unwrap_or_default(),
        reminded_at: None,
        held_by: None,
        held_at: None,
        report_summary: None,
        report_papers: Papers::default(),
        reported_by: None,
        reported_at: None,
        end_reason: None,
        created_by: cx.person()?.account_id,
        created_at: cx.now,
        updated_at: cx.now,
        version: 1,
    };
    let mut faults = Vec::new();
    rules::check(&row, &mut faults);
    judged(faults)?;
    repo::insert(tx, row.clone()).await?;
    audit::record(tx, cx, Record::act("create", SubjectKind::Event, row.id).beginning(row.status)).await?;
    Ok(row)
}

/// Changes an event that was not held yet; those who wait move up where it has more room now.
///
/// # Errors
/// 401, 403, 404, 412 and 428 for the version, 409 once it was held, 422 when a rule is broken.
pub async fn patch(
    tx: &Tx,
    cx: &Context,
    id: EventId,
    precondition: &Precondition,
    given: EventPatch,
) -> Result<Model> {
    policy::run(cx)?;
    let row = repo::hold(tx, id).await?;
    precondition.require(&tag(&row))?;
    match row.status {
        EventStatus::Draft | EventStatus::Open | EventStatus::Closed => {}
        EventStatus::Held | EventStatus::Reported | EventStatus::Cancelled => {
            return Err(illegal(&row, "patch"));
        }
    }
    let after = patched(row.clone(), given);
    let mut faults = Vec::new();
    rules::check(&after, &mut faults);
    if row.status == EventStatus::Open {
        rules::check_open(&after, &mut faults);
    }
    judged(faults)?;
    let saved = repo::save(tx, &row, cx.now, all_of(&after)).await?;
    let record = Record::act("change", SubjectKind::Event, id);
    if row.status.is_alive() && concerns_participants(&row, &saved) {
        record_and_tell(tx, cx, record).await?;
    } else {
        audit::record(tx, cx, record).await?;
    }
    sign_ups::fill(tx, cx, &saved).await?;
    Ok(saved)
}

fn patched(mut row: Model, given: EventPatch) -> Model {
    let before = row.starts_at;
    row.kind = given.kind.unwrap_or(row.kind);
    row.title = given.title.map_or(row.title, |title| title.trim().to_owned());
    row.title_en = given.title_en.unwrap_or(row.title_en);
    row.theme = given.theme.unwrap_or(row.theme);
    row.field = given.field.unwrap_or(row.field);
    row.summary = given.summary.unwrap_or(row.summary);
    row.organisers = given.organisers.unwrap_or(row.organisers);
    row.starts_at = given.starts_at.map_or(row.starts_at, rules::cut);
    row.ends_at = given.ends_at.map_or(row.ends_at, rules::cut);
    row.place = given.place.unwrap_or(row.place);
    row.online_url = given.online_url.unwrap_or(row.online_url);
    row.sign_up_from = given.sign_up_from.map_or(row.sign_up_from, |at| at.map(rules::cut));
    row.sign_up_until = given.sign_up_until.map_or(row.sign_up_until, |at| at.map(rules::cut));
    row.capacity = given.capacity.unwrap_or(row.capacity);
    row.per_organisation = given.per_organisation.unwrap_or(row.per_organisation);
    row.programme = given.programme.map_or(row.programme, |items| programme(items.unwrap_or_default()));
    row.call = given.call.map_or(row.call, Option::unwrap_or_default);
    // Who was reminded of another day is reminded of this one.
    if row.starts_at != before {
        row.reminded_at = None;
    }
    row
}

fn all_of(row: &Model) -> ActiveModel {
    ActiveModel {
        kind: Set(row.kind),
        title: Set(row.title.clone()),
        title_en: Set(row.title_en.clone()),
        theme: Set(row.theme.clone()),
        field: Set(row.field),
        summary: Set(row.summary.clone()),
        organisers: Set(row.organisers.clone()),
        starts_at: Set(row.starts_at),
        ends_at: Set(row.ends_at),
        place: Set(row.place.clone()),
        online_url: Set(row.online_url.clone()),
        sign_up_from: Set(row.sign_up_from),
        sign_up_until: Set(row.sign_up_until),
        capacity: Set(row.capacity),
        per_organisation: Set(row.per_organisation),
        programme: Set(row.programme.clone()),
        call: Set(row.call.clone()),
        reminded_at: Set(row.reminded_at),
        ..Default::default()
    }
}

/// Whether those who come have to know: when, where and what, not how many.
fn concerns_participants(before: &Model, after: &Model) -> bool {
    before.starts_at != after.starts_at
        || before.ends_at != after.ends_at
        || before.place != after.place
        || before.online_url != after.online_url
        || before.title != after.title
        || before.programme != after.programme
}

/// Holds an event for a move of a broker's: at the version that the request names, and legal.
pub(super) async fn begin(
    tx: &Tx,
    cx: &Context,
    id: EventId,
    precondition: &Precondition,
    mv: EventMove,
) -> Result<(Model, StatusChange<EventStatus>)> {
    policy::run(cx)?;
    let row = repo::hold(tx, id).await?;
    precondition.honour(&tag(&row))?;
    let change = row.status.apply(mv)?;
    Ok((row, change))
}

/// Opens it for sign-up.
///
/// # Errors
/// 401, 403, 404, 409, 412; 422 when it has no place yet.
pub async fn open(tx: &Tx, cx: &Context, id: EventId, precondition: &Precondition) -> Result<Model> {
    let (row, change) = begin(tx, cx, id, precondition, EventMove::Open).await?;
    let mut faults = Vec::new();
    rules::check_open(&row, &mut faults);
    judged(faults)?;
    let moved = repo::advance(tx, &row, &change, cx.now, ActiveModel::default()).await?;
    audit::record(tx, cx, Record::of_move(&change, SubjectKind::Event, id)).await?;
    Ok(moved)
}

/// Closes sign-up.
///
/// # Errors
/// 401, 403, 404, 409, 412.
pub async fn close(tx: &Tx, cx: &Context, id: EventId, precondition: &Precondition) -> Result<Model> {
    let (row, change) = begin(tx, cx, id, precondition, EventMove::Close).await?;
    let moved = repo::advance(tx, &row, &change, cx.now, ActiveModel::default()).await?;
    audit::record(tx, cx, Record::of_move(&change, SubjectKind::Event, id)).await?;
    Ok(moved)
}

/// Records that it was held: a count that its report completes.
///
/// # Errors
/// 401, 403, 404, 409, 412; 422 before it begins.
pub async fn hold(tx: &Tx, cx: &Context, id: EventId, precondition: &Precondition) -> Result<Model> {
    let (row, change) = begin(tx, cx, id, precondition, EventMove::Hold).await?;
    let mut faults = Vec::new();
    rules::check_begun(&row, cx.now, &mut faults);
    judged(faults)?;
    let set = ActiveModel { held_by: Set(cx.account_id()), held_at: Set(Some(cx.now)), ..Default::default() };
    let moved = repo::advance(tx, &row, &change, cx.now, set).await?;
    audit::record(tx, cx, Record::of_move(&change, SubjectKind::Event, id)).await?;
    counting::event::held(tx, cx, &moved).await?;
    Ok(moved)
}

/// Cancels it, with the reason; all participants are told. What it counted is taken back.
///
/// # Errors
/// 401, 403, 404, 409, 412.
pub async fn cancel(
    tx: &Tx,
    cx: &Context,
    id: EventId,
    precondition: &Precondition,
    reason: String,
) -> Result<Model> {
    let (row, change) = begin(tx, cx, id, precondition, EventMove::Cancel).await?;
    let mut faults = Vec::new();
    said(&reason, "/reason", &mut faults);
    judged(faults)?;
    let set = ActiveModel { end_reason: Set(Some(reason.clone())), ..Default::default() };
    let moved = repo::advance(tx, &row, &change, cx.now, set).await?;
    let record = Record::of_move(&change, SubjectKind::Event, id).because(None::<&str>, Some(reason.clone()));
    if row.status == EventStatus::Draft {
        audit::record(tx, cx, record).await?;
    } else {
        record_and_tell(tx, cx, record).await?;
    }
    counting::event::taken_back(tx, cx, &row, &reason).await?;
    Ok(moved)
}
