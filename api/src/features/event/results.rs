//! What came of a pair, and the docking that it becomes. The day of their meeting is the event's.

use sea_orm::Set;
use techmart_entity::{
    audit::SubjectKind,
    docking::{Model as Docking, meeting::MeetingMode},
    event::{
        Model as Event,
        pair::{ActiveModel, EventPairMove, EventPairStatus, Model, PairResult},
        status::EventStatus,
    },
    id::{EventId, EventPairId},
    life_cycle::LifeCycle,
};
use techmart_search::Match;

use super::{
    dto::pair::{PairDockingIn, PairEvidenceIn, PairResultIn},
    pairs, repo, rules,
    service::illegal,
};
use crate::{
    auth::Context,
    clock::day_of,
    db::Tx,
    error::{AppError, Code, Fault, Result},
    features::{
        audit::{self, Record},
        docking::{
            self,
            dto::{DockingIn, Line, MatchReasons, MeetingIn, OfflineDockingIn},
            rules::required,
        },
        matching::reasons::sentences,
    },
    say,
    web::etag::Precondition,
};

/// Reasons that a docking keeps.
const REASONS: usize = 20;

/// Results come from the beginning of an event on, and after its report as well.
fn may_have_results(event: &Event, cx: &Context, act: &str) -> Result<()> {
    match event.status {
        EventStatus::Open | EventStatus::Closed | EventStatus::Held | EventStatus::Reported => {}
        EventStatus::Draft | EventStatus::Cancelled => return Err(illegal(event, act)),
    }
    let mut faults = Vec::new();
    rules::check_begun(event, cx.now, &mut faults);
    if faults.is_empty() { Ok(()) } else { Err(AppError::rules(faults)) }
}

/// A broker records what came of a pair; a result may be corrected.
///
/// # Errors
/// 401, 403, 404, 412; 409 when that is not legal; 422 before the event begins and without the reason of no interest.
pub async fn record(
    tx: &Tx,
    cx: &Context,
    id: EventId,
    pair: EventPairId,
    precondition: &Precondition,
    given: PairResultIn,
) -> Result<Model> {
    let (event, row) = pairs::hold(tx, cx, id, pair, precondition).await?;
    may_have_results(&event, cx, "record_result")?;
    let change = row.status.apply(EventPairMove::RecordResult)?;
    let mut faults = Vec::new();
    match (given.result, given.code) {
        (PairResult::NoInterest, None) => faults.push(required("/code")),
        (PairResult::NoInterest, Some(_)) | (PairResult::Interest | PairResult::Met, None) => {}
        (PairResult::Interest | PairResult::Met, Some(_)) => {
            let words = say!("只有无意向才需要原因。", "A reason belongs to no interest alone.");
            faults.push(Fault::at("/code", "not_applicable", words));
        }
    }
    if given.result == PairResult::NoInterest && row.docking_id.is_some() {
        let words = say!("已转为对接，请在对接中处理。", "It has become a docking; say so there.");
        faults.push(Fault::at("/result", "docked", words));
    }
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let set = ActiveModel {
        result: Set(Some(given.result)),
        code: Set(given.code),
        note: Set(given.note),
        decided_by: Set(cx.account_id()),
        decided_at: Set(Some(cx.now)),
        ..Default::default()
    };
    let moved = repo::pair::advance(tx, &row, &change, cx.now, set).await?;
    let facts = serde_json::json!({ "pair_id": pair, "result": given.result });
    audit::record(tx, cx, Record::act("record_result", SubjectKind::Event, id).with(facts)).await?;
    Ok(moved)
}

/// A broker lets a pair become a docking: the one of the two that is open already, a recommendation, or, with both
/// consents and the minutes on paper, one that is recorded with its meeting.
///
/// # Errors
/// 401, 403, 404, 412; 409 when the pair has a docking, or, with evidence, another of the two is open; 422 when a rule is
/// broken.
pub async fn dock(
    tx: &Tx,
    cx: &Context,
    id: EventId,
    pair: EventPairId,
    precondition: &Precondition,
    given: PairDockingIn,
) -> Result<Model> {
    let (event, row) = pairs::hold(tx, cx, id, pair, precondition).await?;
    may_have_results(&event, cx, "dock_pair")?;
    let stands = matches!(row.status, EventPairStatus::Accepted | EventPairStatus::Held)
        && row.result != Some(PairResult::NoInterest);
    if !stands || row.docking_id.is_some() {
        return Err(AppError::new(
            Code::IllegalMove,
            say!(
                "该对未安排、无意向或已转为对接。",
                "The two are not in the timetable, have no interest, or have their docking already."
            ),
        ));
    }
    let docking = match given.evidence {
        Some(evidence) => recorded(tx, cx, &event, &row, evidence).await?,
        None => match open_one(tx, &row).await? {
            Some(open) => open,
            None => recommended(tx, cx, &row, given.message).await?,
        },
    };
    let set = ActiveModel { docking_id: Set(Some(docking.id)), ..Default::default() };
    let saved = repo::pair::save(tx, &row, cx.now, set).await?;
    let facts = serde_json::json!({ "pair_id": pair, "docking_id": docking.id });
    audit::record(tx, cx, Record::act("dock_pair", SubjectKind::Event, id).with(facts)).await?;
    Ok(saved)
}

/// The docking of the two that is open already.
async fn open_one(tx: &Tx, row: &Model) -> Result<Option<Docking>> {
    for key in row.docking_keys() {
        if let Some(open) = docking::repo::open_one(tx, &key).await? {
            return Ok(Some(open));
        }
    }
    Ok(None)
}

async fn recommended(tx: &Tx, cx: &Context, row: &Model, message: Option<String>) -> Result<Docking> {
    let reasons = match &row.found {
        Some(found) => {
            let found: Match = serde_json::from_value(found.clone()).map_err(AppError::internal)?;
            let lines = sentences(&found).into_iter().flat_map(|sentence| [sentence.zh, sentence.en]);
            Some(MatchReasons {
                reasons: lines.map(|line| Line(line.chars().take(500).collect())).take(REASONS).collect(),
                score: row.score.map(|score| score.clamp(0.0, 1.0)),
                model_version: row.model_version.clone(),
            })
        }
        None => None,
    };
    let over_demand = row.demand_id.is_some();
    let given = DockingIn {
        achievement_id: row.achievement_id.filter(|_| !over_demand),
        demand_id: row.demand_id,
        supplier_id: over_demand.then_some(row.supplier_id),
        enterprise_id: (!over_demand).then_some(row.enterprise_id),
        message,
        recommend: true,
        match_reasons: reasons,
        ..DockingIn::default()
    };
    docking::service::recommend_at_event(tx, cx, given).await
}

async fn recorded(
    tx: &Tx,
    cx: &Context,
    event: &Event,
    row: &Model,
    evidence: PairEvidenceIn,
) -> Result<Docking> {
    let day = day_of(event.starts_at);
    let over_demand = row.demand_id.is_some();
    let given = OfflineDockingIn {
        enterprise_id: row.enterprise_id,
        supplier_id: row.supplier_id,
        achievement_id: row.achievement_id.filter(|_| !over_demand),
        demand_id: row.demand_id,
        interest_on: day,
        accepted_on: day,
        consent_attachment_id: evidence.consent_attachment_id,
        consent_note: evidence.consent_note,
        meeting: MeetingIn {
            held_on: day,
            place: event.place.clone(),
            mode: evidence.mode.unwrap_or(if event.place.is_some() {
                MeetingMode::OnSite
            } else {
                MeetingMode::Online
            }),
            attendees: evidence.attendees,
            summary: evidence.summary,
            minutes_attachment_id: Some(evidence.minutes_attachment_id),
            appointment_id: None,
        },
    };
    docking::service::record_from_event(tx, cx, given).await
}
