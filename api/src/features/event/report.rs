//! The report of an event: what shows that it was held, and the figures of what came of it.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, Set};
use techmart_entity::{
    attachment::AttachmentPurpose,
    audit::SubjectKind,
    event::{
        ActiveModel, Model, Papers,
        pair::EventPairStatus,
        sign_up::SignUpStatus,
        status::{EventMove, EventStatus},
    },
    id::EventId,
};

use super::{
    dto::report::{EventReportIn, EventReportOut, OriginCount, StageCount},
    policy, repo,
    service::{begin, used_by},
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Result},
    features::{
        attachment,
        audit::{self, Record},
        docking::rules::said,
        ledger::rules as counting,
    },
    web::etag::Precondition,
};

/// Reports an event that was held. Its papers complete the count; whoever reports does not confirm it.
///
/// # Errors
/// 401, 403, 404, 409, 412; 422 for papers that are not the caller's to use.
pub async fn report(
    tx: &Tx,
    cx: &Context,
    id: EventId,
    precondition: &Precondition,
    given: EventReportIn,
) -> Result<Model> {
    let (row, change) = begin(tx, cx, id, precondition, EventMove::Report).await?;
    let mut faults = Vec::new();
    said(&given.summary, "/summary", &mut faults);
    let (mut papers, used_by) = (Vec::new(), used_by(id));
    for (i, paper) in given.attachment_ids.iter().enumerate() {
        let pointer = format!("/attachment_ids/{i}");
        let purpose = AttachmentPurpose::Evidence;
        papers.extend(
            attachment::service::take_as(tx, cx, *paper, &pointer, &used_by, purpose, &mut faults).await?,
        );
    }
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let set = ActiveModel {
        report_summary: Set(Some(given.summary)),
        report_papers: Set(Papers(papers.iter().map(|paper| paper.id).collect())),
        reported_by: Set(cx.account_id()),
        reported_at: Set(Some(cx.now)),
        ..Default::default()
    };
    let moved = repo::advance(tx, &row, &change, cx.now, set).await?;
    audit::record(tx, cx, Record::of_move(&change, SubjectKind::Event, id)).await?;
    counting::event::reported(tx, cx, &moved, &papers).await?;
    Ok(moved)
}

/// Takes a report back, with the reason: what it counted is reversed and waits for another report.
///
/// # Errors
/// 401, 403, 404, 409, 412.
pub async fn withdraw(
    tx: &Tx,
    cx: &Context,
    id: EventId,
    precondition: &Precondition,
    reason: String,
) -> Result<Model> {
    let (row, change) = begin(tx, cx, id, precondition, EventMove::WithdrawReport).await?;
    let set = ActiveModel {
        report_summary: Set(None),
        report_papers: Set(Papers::default()),
        reported_by: Set(None),
        reported_at: Set(None),
        ..Default::default()
    };
    let moved = repo::advance(tx, &row, &change, cx.now, set).await?;
    let record = Record::of_move(&change, SubjectKind::Event, id).because(None::<&str>, Some(reason.clone()));
    audit::record(tx, cx, record).await?;
    counting::event::taken_back(tx, cx, &row, &reason).await?;
    counting::event::held(tx, cx, &moved).await?;
    Ok(moved)
}

/// What came of an event, as it stands now: for the centre and auditors, and for everybody once it is reported.
///
/// # Errors
/// 401 and 403 before that, 404 when the caller may not know of it.
pub async fn figures(db: &impl ConnectionTrait, cx: &Context, id: EventId) -> Result<EventReportOut> {
    let row = repo::find(db, id).await?;
    policy::see(cx, &row)?;
    if row.status != EventStatus::Reported {
        policy::look_inside(cx)?;
    }
    let pairs = repo::pair::counts(db, id).await?;
    let of = |status: EventPairStatus| pairs.get(&status).copied().unwrap_or(0);
    let held = of(EventPairStatus::Held);
    let dockings = repo::pair::dockings(db, id).await?;
    let (mut stages, mut origins) = (BTreeMap::new(), BTreeMap::new());
    for (stage, origin) in &dockings {
        *stages.entry(*stage).or_insert(0_u64) += 1;
        *origins.entry(*origin).or_insert(0_u64) += 1;
    }
    let inside = policy::is_inside(cx);
    Ok(EventReportOut {
        status: row.status,
        summary: row.report_summary,
        reported_at: row.reported_at.map(Into::into),
        confirmed: repo::sign_up::count(db, id, SignUpStatus::Confirmed).await?,
        waiting: repo::sign_up::count(db, id, SignUpStatus::Waiting).await?,
        attended: repo::sign_up::attended(db, id).await?,
        items: repo::item::count_shown(db, id).await?,
        pairs_proposed: pairs.values().sum(),
        pairs_accepted: of(EventPairStatus::Accepted) + held,
        pairs_held: held,
        pairs_dismissed: of(EventPairStatus::Dismissed),
        dockings: dockings.len() as u64,
        dockings_by_stage: stages
            .into_iter()
            .map(|(stage, dockings)| StageCount { stage, dockings })
            .collect(),
        dockings_by_origin: origins
            .into_iter()
            .map(|(origin, dockings)| OriginCount { origin, dockings })
            .collect(),
        attachment_ids: inside.then_some(row.report_papers.0),
        reported_by: row.reported_by.filter(|_| inside),
    })
}
