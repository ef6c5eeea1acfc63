//! What would bring an indicator to its target: counts that wait, and dockings and contracts that are near.

use sea_orm::ConnectionTrait;
use techmart_entity::{
    Day,
    docking::{self, status::DockingStage},
    id::EntryId,
    indicator::{
        self, Basis, IndicatorKind,
        parameters::{self, DecidingStage},
        plan_target,
    },
    ledger::CountStage,
};

use super::{
    dto::{CandidateOut, GapOut, GapsOut, NearOut, StandingQuery, WhatIfOut},
    progress::{self, Asked},
    repo,
};
use crate::{
    auth::Context,
    error::{AppError, Result},
    features::ledger::{self, dto::UnitOut, evidence::lacking, tally::Ledger},
};

/// How many of each list are shown.
const SHOWN: u64 = 50;
/// How many incomplete counts are looked at for what they lack.
const LOOKED_AT: u64 = 5_000;

/// What would bring an indicator of a plan to its target.
///
/// # Errors
/// 404 for an unknown plan, or an indicator that it does not ask for.
pub async fn what_if(
    db: &impl ConnectionTrait,
    cx: &Context,
    indicator: &str,
    query: &StandingQuery,
) -> Result<WhatIfOut> {
    let asked = progress::asked(db, cx, query).await?;
    let (indicator, target, course) = progress::of_one(db, &asked, indicator).await?;
    let figures = course.headline();
    let mut candidates = Vec::new();
    for stage in [CountStage::EvidenceComplete, CountStage::Candidate] {
        candidates.extend(waiting(db, &asked, &indicator, &target, stage, None, SHOWN).await?);
    }
    candidates.truncate(usize::try_from(SHOWN).unwrap_or(usize::MAX));
    let stages = near_stages(&indicator)?;
    let kinds: Vec<DockingStage> = stages.iter().map(|(stage, _)| *stage).collect();
    let (rows, amount) = repo::near(db, &indicator, asked.plan.demo, &kinds, SHOWN).await?;
    let with_candidates = figures.confirmed.saturating_add(figures.candidate);
    let with_near = with_candidates.saturating_add(amount);
    let mut near: Vec<NearOut> = rows.into_iter().map(|row| show_near(row, &stages)).collect();
    near.sort_by_key(|row| row.moves_left);
    Ok(WhatIfOut {
        indicator: indicator.code,
        target: target.target,
        confirmed: figures.confirmed,
        with_candidates,
        with_near,
        meets_target: with_near >= target.target,
        candidates,
        near,
        shown_at_most: u32::try_from(SHOWN).unwrap_or(u32::MAX),
    })
}

fn show_near(row: docking::Model, stages: &[(DockingStage, u32)]) -> NearOut {
    let moves_left = stages.iter().find(|(stage, _)| *stage == row.stage).map_or(0, |(_, moves)| *moves);
    NearOut { docking_id: row.id, stage: row.stage, updated_at: row.updated_at.into(), moves_left }
}

/// The counts that wait at a stage, with what they lack.
///
/// # Errors
/// When the database cannot be asked.
pub async fn waiting(
    db: &impl ConnectionTrait,
    asked: &Asked,
    indicator: &indicator::Model,
    target: &plan_target::Model,
    stage: CountStage,
    after: Option<(Day, EntryId)>,
    limit: u64,
) -> Result<Vec<CandidateOut>> {
    let wanted = ledger::repo::Wanted {
        demo: asked.plan.demo,
        indicator: &indicator.code,
        from: (indicator.kind == IndicatorKind::Flow).then_some(target.starts_on),
        last: asked.as_of.min(target.ends_on),
        known_at: asked.known_at,
        stages: &[stage],
        after,
    };
    let rows = ledger::repo::units(db, &wanted, limit).await?;
    let ids: Vec<EntryId> = rows.iter().map(|row| row.id).collect();
    let events = ledger::repo::events_of_all(db, &ids).await?;
    let ledger = Ledger::new(&rows, &events);
    let units = ledger.standing(&progress::question(indicator, target, asked));
    Ok(units
        .into_iter()
        .map(|unit| {
            let later = events.iter().filter(|event| event.entry_id == unit.entry.id);
            let later = later.flat_map(|event| &event.evidence.0);
            let lacks = match unit.stage {
                CountStage::Candidate => lacking(indicator, unit.entry.evidence.0.iter().chain(later)),
                CountStage::EvidenceComplete | CountStage::Confirmed | CountStage::Reversed => Vec::new(),
            };
            CandidateOut { unit: UnitOut::of(unit.entry, unit.stage), lacks }
        })
        .collect())
}

/// What the counts of an indicator that are not complete lack.
///
/// # Errors
/// 404 for an unknown plan, or an indicator that it does not ask for.
pub async fn gaps(
    db: &impl ConnectionTrait,
    cx: &Context,
    indicator: &str,
    query: &StandingQuery,
) -> Result<GapsOut> {
    let asked = progress::asked(db, cx, query).await?;
    let wanted = repo::targeted(db, &asked.plan.code).await?;
    let (indicator, target) =
        wanted.into_iter().find(|(row, _)| row.code == indicator).ok_or_else(AppError::not_found)?;
    let mut gaps: Vec<GapOut> = Vec::new();
    let (mut units, mut after, mut more) = (0_u64, None, true);
    while more && units < LOOKED_AT {
        let page = waiting(db, &asked, &indicator, &target, CountStage::Candidate, after, 500).await?;
        more = page.len() == 500;
        after = page.last().map(|count| (count.unit.effective_on, count.unit.entry_id));
        units = units.saturating_add(u64::try_from(page.len()).unwrap_or(u64::MAX));
        for lack in page.into_iter().flat_map(|count| count.lacks) {
            match gaps.iter_mut().find(|gap| gap.any_of == lack.any_of) {
                Some(gap) => gap.units += 1,
                None => gaps.push(GapOut { any_of: lack.any_of, units: 1 }),
            }
        }
    }
    gaps.sort_by_key(|gap| std::cmp::Reverse(gap.units));
    Ok(GapsOut { indicator: indicator.code, units, gaps, more })
}

/// The stages from which a docking may soon count, each with the moves that are left.
fn near_stages(indicator: &indicator::Model) -> Result<Vec<(DockingStage, u32)>> {
    use DockingStage as S;
    Ok(match indicator.basis {
        Basis::DockingReached => {
            let rule: parameters::Docking =
                parameters::read(&indicator.parameters).map_err(AppError::internal)?;
            match rule.deciding_stage {
                DecidingStage::Accepted => vec![(S::InterestExpressed, 1)],
                DecidingStage::Met => vec![(S::Accepted, 1), (S::InterestExpressed, 2)],
                DecidingStage::ContractSigned => vec![(S::Negotiating, 1), (S::Met, 1), (S::Accepted, 2)],
            }
        }
        Basis::AchievementLanded => vec![(S::Registered, 1), (S::ContractSigned, 1), (S::Negotiating, 2)],
        Basis::ContractRegistered => vec![(S::ContractSigned, 1)],
        Basis::AchievementPublished
        | Basis::ProviderEntered
        | Basis::DemandCollected
        | Basis::ItemPublished
        | Basis::EnclaveEntered
        | Basis::CreditLine
        | Basis::IpPledgeLoan
        | Basis::EventHeld
        | Basis::ContestHeld
        | Basis::Manual => Vec::new(),
    })
}
