//! What another rule would make of the same acts. The acts are read where they are kept (listings,
//! dockings, contracts), not from the ledger: so it is also an independent count.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;
use techmart_entity::{
    Day,
    indicator::{
        self, Basis, IndicatorKind,
        parameters::{self, DecidingStage, Items, Publication},
        plan_target,
    },
    ledger::CountStage,
};

use super::{
    course::Course,
    dto::{DifferenceOut, RuleDiffOut, RuleSide, StandingQuery, TryRuleIn, VariantOut, VariantsOut},
    progress::{self, Asked},
    repo,
    sources::{self, Act},
};
use crate::{
    auth::Context,
    config::Zone,
    error::{AppError, Code, Fault, Result, Wording},
    features::ledger,
    say,
};

/// How many differences are shown.
const SHOWN: usize = 200;

/// A unit under a rule: what it is, and how much it counts.
type Units = BTreeMap<String, (String, i64)>;

/// The same acts under the rule in force (or an earlier one) and under another.
///
/// # Errors
/// 404 for an unknown plan, indicator or version; 422 for parameters that are not the basis's.
pub async fn try_rule(
    db: &impl ConnectionTrait,
    cx: &Context,
    indicator: &str,
    given: &TryRuleIn,
    zone: &Zone,
) -> Result<RuleDiffOut> {
    let moment = StandingQuery { plan: given.plan.clone(), as_of: given.as_of, ..Default::default() };
    let asked = progress::asked(db, cx, &moment).await?;
    let wanted = repo::targeted(db, &asked.plan.code).await?;
    let (indicator, target) =
        wanted.into_iter().find(|(row, _)| row.code == indicator).ok_or_else(AppError::not_found)?;
    let tried = checked(indicator.basis, &given.parameters)?;
    let against = match &given.against {
        None => indicator.parameters.clone(),
        Some(version) => {
            let rules = repo::rules(db, &indicator.code).await?;
            let rule = rules.into_iter().find(|rule| rule.version == *version);
            rule.ok_or_else(AppError::not_found)?.parameters
        }
    };
    let against = checked(indicator.basis, &against)?;
    let acts = sources::acts(db, &indicator, asked.plan.demo, zone).await?;
    let one = units(&indicator, &target, &asked, &acts, &against)?;
    let other = units(&indicator, &target, &asked, &acts, &tried)?;
    let mut differences = Vec::new();
    let keys: std::collections::BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    for key in keys {
        let (before, after) = (one.get(key), other.get(key));
        if before.map(|unit| unit.1) == after.map(|unit| unit.1) {
            continue;
        }
        differences.push(DifferenceOut {
            unit_key: key.clone(),
            label: before.or(after).map(|unit| unit.0.clone()).unwrap_or_default(),
            against: before.map(|unit| unit.1),
            tried: after.map(|unit| unit.1),
        });
    }
    let different = u64::try_from(differences.len()).unwrap_or(u64::MAX);
    differences.truncate(SHOWN);
    Ok(RuleDiffOut {
        indicator: indicator.code,
        plan: asked.plan.code,
        as_of: asked.as_of,
        against: side(against, &one),
        tried: side(tried, &other),
        differences,
        different,
    })
}

fn side(parameters: serde_json::Value, units: &Units) -> RuleSide {
    RuleSide {
        parameters,
        figure: units.values().map(|unit| unit.1).fold(0_i64, i64::saturating_add),
        units: u64::try_from(units.len()).unwrap_or(u64::MAX),
    }
}

/// Parameters in full.
///
/// # Errors
/// 422 when they are not those of the basis.
pub fn checked(basis: Basis, parameters: &serde_json::Value) -> Result<serde_json::Value> {
    parameters::completed(basis, parameters).map_err(|error| {
        AppError::unfit(
            Code::RuleBroken,
            vec![Fault::at(
                "/parameters",
                "not_of_the_basis",
                say!(
                    "参数与计数依据 {basis} 不符：{error}。",
                    "They are not the parameters of the basis {basis}: {error}."
                ),
            )],
        )
    })
}

/// The units of a rule up to the day: the earliest act of each.
fn units(
    indicator: &indicator::Model,
    target: &plan_target::Model,
    asked: &Asked,
    acts: &[Act],
    parameters: &serde_json::Value,
) -> Result<Units> {
    let last = asked.as_of.min(target.ends_on);
    let mut units = Units::new();
    for act in acts {
        let Some((on, amount)) = counts(indicator.basis, act, parameters)? else { continue };
        let inside = match indicator.kind {
            IndicatorKind::Flow => on >= target.starts_on,
            IndicatorKind::Stock | IndicatorKind::Level | IndicatorKind::Rate => true,
        };
        if inside && on <= last {
            units.entry(act.unit_key.clone()).or_insert_with(|| (act.label.clone(), amount));
        }
    }
    Ok(units)
}

/// Whether an act counts under a rule, on which day, and how much.
fn counts(basis: Basis, act: &Act, parameters: &serde_json::Value) -> Result<Option<(Day, i64)>> {
    let unread = AppError::internal;
    Ok(match basis {
        Basis::AchievementPublished => {
            let rule: Publication = parameters::read(parameters).map_err(unread)?;
            let withdrawn =
                act.withdrawn_after_hours.is_some_and(|hours| hours < rule.withdrawal_grace_hours);
            let fits =
                (rule.count_ownerless || act.owned) && !withdrawn && (rule.keep_expired || !act.expired);
            act.on.filter(|_| fits).map(|on| (on, 1))
        }
        Basis::ItemPublished => {
            let rule: Items = parameters::read(parameters).map_err(unread)?;
            act.on.filter(|_| rule.count_ownerless || act.owned).map(|on| (on, 1))
        }
        Basis::DockingReached => {
            let rule: parameters::Docking = parameters::read(parameters).map_err(unread)?;
            let on = match rule.deciding_stage {
                DecidingStage::Accepted => act.accepted_on,
                DecidingStage::Met => act.met_on,
                DecidingStage::ContractSigned => act.signed_on,
            };
            on.map(|on| (on, 1))
        }
        Basis::ContractRegistered => {
            let rule: parameters::Contract = parameters::read(parameters).map_err(unread)?;
            let amount = rule.amount(act.total, act.technical, act.buyer_in_zone, act.seller_in_zone);
            act.on.zip(amount.filter(|amount| *amount > 0))
        }
        Basis::ProviderEntered
        | Basis::DemandCollected
        | Basis::AchievementLanded
        | Basis::EnclaveEntered
        | Basis::CreditLine
        | Basis::IpPledgeLoan
        | Basis::EventHeld
        | Basis::ContestHeld
        | Basis::Manual => act.on.map(|on| (on, act.total)),
    })
}

/// The figure in the other ways that the plan's readers ask for.
///
/// # Errors
/// 404 for an unknown plan, or an indicator that it does not ask for.
pub async fn variants(
    db: &impl ConnectionTrait,
    cx: &Context,
    indicator: &str,
    query: &StandingQuery,
    zone: &Zone,
) -> Result<VariantsOut> {
    let asked = progress::asked(db, cx, query).await?;
    let (indicator, target, course) = progress::of_one(db, &asked, indicator).await?;
    Ok(VariantsOut { items: of(db, &asked, &indicator, &target, &course, zone).await? })
}

/// The variants of one indicator.
///
/// # Errors
/// When the database cannot be asked.
pub async fn of(
    db: &impl ConnectionTrait,
    asked: &Asked,
    indicator: &indicator::Model,
    target: &plan_target::Model,
    course: &Course,
    zone: &Zone,
) -> Result<Vec<VariantOut>> {
    let others: Vec<(&str, Wording, serde_json::Value)> = match indicator.basis {
        Basis::DockingReached => vec![
            (
                "accepted",
                say!("双方同意", "both consented"),
                serde_json::json!({"deciding_stage": "accepted"}),
            ),
            (
                "contract_signed",
                say!("已签合同", "contract signed"),
                serde_json::json!({"deciding_stage": "contract_signed"}),
            ),
        ],
        Basis::ContractRegistered => vec![
            (
                "technical_amount",
                say!("技术交易额", "technical amount"),
                serde_json::json!({"basis": "technical_amount"}),
            ),
            (
                "outgoing",
                say!("输出（卖方在区内）", "outgoing: the seller is of the zone"),
                serde_json::json!({"zone": "seller"}),
            ),
            (
                "incoming",
                say!("吸纳（买方在区内）", "incoming: the buyer is of the zone"),
                serde_json::json!({"zone": "buyer"}),
            ),
        ],
        Basis::AchievementPublished
        | Basis::ProviderEntered
        | Basis::DemandCollected
        | Basis::ItemPublished
        | Basis::AchievementLanded
        | Basis::EnclaveEntered
        | Basis::CreditLine
        | Basis::IpPledgeLoan
        | Basis::EventHeld
        | Basis::ContestHeld
        | Basis::Manual => Vec::new(),
    };
    let mut items = Vec::new();
    if !others.is_empty() {
        let acts = sources::acts(db, indicator, asked.plan.demo, zone).await?;
        let stages = ledger::repo::stages_of_units(db, &indicator.code, asked.plan.demo).await?;
        for (code, name, parameters) in others {
            let parameters = checked(indicator.basis, &parameters)?;
            // What is asked of each year is shown for the year.
            let from = match target.period {
                indicator::TargetPeriod::Window => target.starts_on,
                indicator::TargetPeriod::Year => {
                    use chrono::Datelike;
                    Day::from_yo_opt(course.last().year(), 1)
                        .unwrap_or(target.starts_on)
                        .max(target.starts_on)
                }
            };
            let window = plan_target::Model { starts_on: from, ..target.clone() };
            let (mut confirmed, mut candidate) = (0_i64, 0_i64);
            for (key, (_, amount)) in units(indicator, &window, asked, &acts, &parameters)? {
                match stages.get(&key) {
                    Some(CountStage::Confirmed) => confirmed = confirmed.saturating_add(amount),
                    Some(CountStage::Candidate | CountStage::EvidenceComplete) | None => {
                        candidate = candidate.saturating_add(amount);
                    }
                    // Counted once and taken back: it counts in no way.
                    Some(CountStage::Reversed) => {}
                }
            }
            items.push(VariantOut { code: code.to_owned(), name, confirmed, candidate });
        }
    }
    if target.period == indicator::TargetPeriod::Year {
        let window = course.window();
        items.push(VariantOut {
            code: "window_sum".to_owned(),
            name: say!("规划期累计", "the whole window"),
            confirmed: window.confirmed,
            candidate: window.candidate,
        });
    }
    Ok(items)
}
