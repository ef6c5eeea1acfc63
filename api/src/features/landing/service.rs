//! Looking at landings, and recording what they reached.

use sea_orm::ConnectionTrait;
use techmart_entity::{
    audit::SubjectKind,
    docking::{
        self,
        landing::{LandingEvidences, Model},
        milestone,
        status::DockingMove,
    },
    id::{LandingId, MilestoneId},
};

use super::{
    dto::{LandingDetail, LandingQuery, MilestoneIn, MilestoneOut},
    repo,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Result},
    features::{
        audit,
        audit::Record,
        docking::{landing::take_evidence, policy, repo as dockings, rules, view::landing_out},
        ledger::rules as counting,
    },
    web::paging::{Cut, Page},
};

fn detail(cx: &Context, row: Model, milestones: Vec<MilestoneOut>) -> LandingDetail {
    LandingDetail {
        docking_id: row.docking_id,
        enterprise_id: row.enterprise_id,
        achievement_id: row.achievement_id,
        milestones,
        landing: landing_out(row, cx.actor.is_centre() || cx.actor.is_auditor()),
    }
}

/// The landing and its docking, for somebody who may see them.
async fn seen(db: &impl ConnectionTrait, cx: &Context, id: LandingId) -> Result<(Model, docking::Model)> {
    cx.person()?;
    let row = repo::find(db, id).await?;
    let docking = dockings::find(db, row.docking_id).await?;
    policy::see(cx, policy::relation(cx, &docking))?;
    Ok((row, docking))
}

/// A landing with its milestones.
///
/// # Errors
/// 401, 404.
pub async fn one(db: &impl ConnectionTrait, cx: &Context, id: LandingId) -> Result<LandingDetail> {
    let (row, _) = seen(db, cx, id).await?;
    let milestones = repo::milestones(db, &[id]).await?.into_iter().map(MilestoneOut::from).collect();
    Ok(detail(cx, row, milestones))
}

/// Landings that the caller may see, newest first.
///
/// # Errors
/// 401; 400 for a cursor of another list.
pub async fn list(
    db: &impl ConnectionTrait,
    cx: &Context,
    query: LandingQuery,
) -> Result<Page<LandingDetail>> {
    cx.person()?;
    let mark = LandingQuery { limit: None, cursor: None, ..query.clone() };
    let cut = Cut::<LandingId>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let filter = repo::Filter {
        enterprise: query.enterprise_id,
        achievement: query.achievement_id,
        in_zone: query.in_zone,
        from: query.landed_from,
        to: query.landed_to,
    };
    let rows = repo::list(db, cx, &filter, cut.after, cut.limit + 1).await?;
    let ids: Vec<LandingId> = rows.iter().map(|row| row.id).collect();
    let milestones = repo::milestones(db, &ids).await?;
    Ok(cut.page(
        rows,
        |row| row.id,
        |row| {
            let own = milestones.iter().filter(|milestone| milestone.landing_id == row.id).cloned();
            let own = own.map(MilestoneOut::from).collect();
            detail(cx, row, own)
        },
    ))
}

/// A party or a broker records what a landing has reached. Its papers are evidence of the count.
///
/// # Errors
/// 401, 403, 404; 422 for a day in the future or before the landing, or papers that do not fit.
pub async fn add_milestone(
    tx: &Tx,
    cx: &Context,
    id: LandingId,
    given: MilestoneIn,
) -> Result<LandingDetail> {
    let (row, docking) = seen(tx, cx, id).await?;
    // Whoever may record the landing may record what it reached.
    policy::move_it(cx, &docking, policy::relation(cx, &docking), DockingMove::Land)?;
    // Two milestones at once would both complete the count.
    dockings::hold(tx, docking.id).await?;
    let mut faults = Vec::new();
    rules::day(cx, given.reached_on, Some(row.landed_on), "/reached_on", &mut faults);
    take_evidence(tx, cx, docking.id, None, &given.evidence, &mut faults).await?;
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let milestone = milestone::Model {
        id: MilestoneId::new(),
        landing_id: id,
        kind: given.kind,
        reached_on: given.reached_on,
        note: given.note,
        evidence: LandingEvidences(given.evidence.clone()),
        recorded_by: cx.person()?.account_id,
        recorded_at: cx.now,
    };
    let facts = serde_json::json!({ "kind": milestone.kind, "reached_on": milestone.reached_on });
    repo::insert(tx, milestone).await?;
    audit::record(tx, cx, Record::act("add_milestone", SubjectKind::Docking, docking.id).with(facts)).await?;
    counting::landing::evidence_added(tx, cx, &docking, &row, &given.evidence).await?;
    one(tx, cx, id).await
}
