//! Dockings (T4): the rule says from which stage on one counts, and each act from that stage on counts it
//! unless it is counted already. So a rule that came into force later finds what it needs.

use techmart_entity::{
    contract,
    docking::{self, meeting, status::DockingStage},
    indicator::{
        Basis,
        parameters::{self, DecidingStage},
    },
    ledger::{Evidence, EvidenceKind},
    listing::{Content, ListingKind},
};

use super::{achievement_key, evidence, paper};
use crate::{
    auth::Context,
    clock::day_of,
    db::Tx,
    error::{AppError, Result},
    features::{
        docking::repo as dockings,
        ledger::{
            repo,
            service::{self, Earned, earn, of_file},
        },
        listing,
        organisation::repo as organisations,
    },
};

/// What every unit of a docking has in common.
///
/// # Errors
/// When the database cannot be asked.
pub async fn of_docking(tx: &Tx, docking: &docking::Model) -> Result<Earned> {
    let about = docking.achievement_id.or(docking.demand_id);
    let rows = listing::repo::by_ids(tx, about.as_slice()).await?;
    let title = rows.first().map(|row| row.title.clone()).unwrap_or_default();
    let enterprise = organisations::find(tx, docking.enterprise_id).await?;
    let enterprise = enterprise.map(|row| row.name).unwrap_or_default();
    Ok(Earned {
        unit_key: pair_key(tx, docking).await?,
        label: format!("{title} — {enterprise}"),
        delta: 1,
        effective_on: chrono::NaiveDate::MIN,
        lapses_on: None,
        facts: serde_json::json!({ "origin": docking.origin }),
        evidence: Vec::new(),
        performers: vec![Some(docking.created_by), docking.interest_by, docking.accepted_by],
        organisations: vec![docking.enterprise_id, docking.supplier_id],
        demo: docking.demo,
        listing_id: about,
        docking_id: Some(docking.id),
        contract_id: None,
    })
}

/// (canonical achievement, or supplier and demand) × enterprise.
async fn pair_key(tx: &Tx, docking: &docking::Model) -> Result<String> {
    let enterprise = docking.enterprise_id;
    let Some(achievement) = docking.achievement_id else {
        let demand = docking.demand_id.map(|id| id.to_string()).unwrap_or_default();
        return Ok(format!("supplier:{}|demand:{demand}|enterprise:{enterprise}", docking.supplier_id));
    };
    let row = listing::repo::find(tx, ListingKind::Achievement, achievement).await?;
    let version = listing::repo::find_version(tx, row.published_version_id).await?;
    let content = Content::parse(row.kind, version.content).map_err(AppError::internal)?;
    Ok(format!("{}|enterprise:{enterprise}", achievement_key(achievement, &content)))
}

/// Whether the pair is counted already, under whatever key: a registration number that came later, or a
/// variant of the achievement, makes no other pair.
///
/// # Errors
/// When the database cannot be asked.
pub async fn is_counted(tx: &Tx, indicator: &str, docking: &docking::Model) -> Result<bool> {
    let Some(about) = docking.achievement_id.or(docking.demand_id) else { return Ok(false) };
    let mut listings = vec![about];
    for row in listing::repo::by_ids(tx, &[about]).await? {
        let like = listing::repo::duplicates(tx, &row).await?;
        listings
            .extend(like.into_iter().filter(|(_, key)| !key.starts_with("title:")).map(|(row, _)| row.id));
    }
    let of_enterprise = format!("|enterprise:{}", docking.enterprise_id);
    let supplier = format!("supplier:{}|", docking.supplier_id);
    let counted = repo::active_of_listings(tx, indicator, &listings).await?;
    Ok(counted.iter().any(|(entry, _)| {
        entry.unit_key.ends_with(&of_enterprise)
            && (docking.achievement_id.is_some() || entry.unit_key.contains(&supplier))
    }))
}

/// Both sides have consented.
///
/// # Errors
/// When the rows cannot be written.
pub async fn accepted(tx: &Tx, cx: &Context, docking: &docking::Model) -> Result<()> {
    reached(tx, cx, docking, DecidingStage::Accepted).await
}

/// A meeting of the two sides was confirmed.
///
/// # Errors
/// When the rows cannot be written.
pub async fn met(tx: &Tx, cx: &Context, docking: &docking::Model) -> Result<()> {
    reached(tx, cx, docking, DecidingStage::Met).await
}

/// The contract was signed.
///
/// # Errors
/// When the rows cannot be written.
pub async fn contract_signed(tx: &Tx, cx: &Context, docking: &docking::Model) -> Result<()> {
    reached(tx, cx, docking, DecidingStage::ContractSigned).await
}

/// What a docking has come through, as the rules look at it.
struct Way {
    meeting: Option<meeting::Model>,
    contract: Option<contract::Model>,
}

async fn reached(tx: &Tx, cx: &Context, docking: &docking::Model, stage: DecidingStage) -> Result<()> {
    let indicators = repo::indicators_on(tx, Basis::DockingReached).await?;
    let way = Way {
        meeting: dockings::meetings(tx, docking.id)
            .await?
            .into_iter()
            .filter(|meeting| meeting.confirmed_at.is_some())
            .min_by_key(|meeting| meeting.held_on),
        contract: dockings::contract(tx, docking.id).await?,
    };
    for indicator in indicators {
        let rule: parameters::Docking =
            parameters::read(&indicator.parameters).map_err(AppError::internal)?;
        if rule.deciding_stage > stage {
            continue;
        }
        let base = of_docking(tx, docking).await?;
        let key = service::unit_key(docking.demo, &base.unit_key);
        let counted = repo::entry_of_unit(tx, &indicator.code, &key).await?;
        match counted {
            Some((entry, _)) if entry.docking_id == Some(docking.id) => {
                // It was counted at an earlier stage: what came since is further evidence.
                let there: Vec<_> = service::all_evidence(tx, &entry).await?;
                let (_, shown, _) = at_stage(tx, docking, &way, stage).await?;
                let fresh: Vec<Evidence> = shown.into_iter().filter(|piece| !there.contains(piece)).collect();
                if !fresh.is_empty() {
                    service::add_evidence(tx, cx, entry.id, fresh).await?;
                }
            }
            // The same pair again counts once.
            Some(_) => {}
            None if is_counted(tx, &indicator.code, docking).await? => {}
            None => {
                let (_, shown, performers) = at_stage(tx, docking, &way, stage).await?;
                let (effective_on, _, _) = at_stage(tx, docking, &way, rule.deciding_stage).await?;
                let performers = base.performers.iter().copied().chain(performers).collect();
                let effective_on = effective_on.unwrap_or(cx.today);
                let earned = Earned { effective_on, evidence: shown, performers, ..base };
                earn(tx, cx, &indicator, earned).await?;
            }
        }
    }
    Ok(())
}

type Reached = (Option<techmart_entity::Day>, Vec<Evidence>, Vec<Option<techmart_entity::id::AccountId>>);

/// The day on which a stage was reached, the evidence up to it, and who acted.
async fn at_stage(tx: &Tx, docking: &docking::Model, way: &Way, stage: DecidingStage) -> Result<Reached> {
    let history = Some(format!("/api/v1/dockings/{}/history", docking.id));
    let href = Some(format!("/api/v1/dockings/{}", docking.id));
    let mut shown = vec![
        evidence(EvidenceKind::InterestConsent, "interest expressed", history.clone(), None),
        evidence(EvidenceKind::AcceptConsent, "accepted by the other side", history, None),
    ];
    let mut performers = Vec::new();
    if let Some(id) = docking.consent_attachment_id
        && let Some(file) = paper(tx, id).await?
    {
        shown.push(of_file(EvidenceKind::AcceptConsent, &file));
    }
    let mut day = docking.accepted_at.map(day_of);
    if stage >= DecidingStage::Met
        && let Some(meeting) = &way.meeting
    {
        shown.push(evidence(
            EvidenceKind::Meeting,
            format!("meeting of {}", meeting.held_on),
            href.clone(),
            None,
        ));
        if let Some(id) = meeting.minutes_attachment_id
            && let Some(file) = paper(tx, id).await?
        {
            shown.push(of_file(EvidenceKind::Minutes, &file));
        }
        performers.extend([Some(meeting.recorded_by), meeting.confirmed_by]);
        day = Some(meeting.held_on);
    }
    if stage >= DecidingStage::ContractSigned
        && let Some(contract) = &way.contract
    {
        if let Some(file) = paper(tx, contract.paper_attachment_id).await? {
            shown.push(of_file(EvidenceKind::Contract, &file));
        }
        performers.push(Some(contract.recorded_by));
        day = Some(contract.signed_on);
    }
    Ok((day, shown, performers))
}

/// A docking whose stage was reached under a rule, for a count after a merge was undone.
///
/// # Errors
/// When the rows cannot be written.
pub async fn recounted(tx: &Tx, cx: &Context, docking: &docking::Model) -> Result<()> {
    let contract = dockings::contract(tx, docking.id).await?;
    if contract.is_some() {
        return contract_signed(tx, cx, docking).await;
    }
    match docking.stage {
        DockingStage::Recommended
        | DockingStage::InterestExpressed
        | DockingStage::Dismissed
        | DockingStage::Declined
        | DockingStage::Expired => Ok(()),
        DockingStage::Accepted => accepted(tx, cx, docking).await,
        DockingStage::Met
        | DockingStage::Negotiating
        | DockingStage::ContractSigned
        | DockingStage::Registered
        | DockingStage::Landed => met(tx, cx, docking).await,
        DockingStage::Closed if docking.met_at.is_some() => met(tx, cx, docking).await,
        DockingStage::Closed if docking.accepted_at.is_some() => accepted(tx, cx, docking).await,
        DockingStage::Closed => Ok(()),
    }
}
