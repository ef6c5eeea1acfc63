//! Registered contracts (T7): the amount that the rule takes, once per registration number.

use techmart_entity::{
    contract, docking,
    indicator::{Basis, Model as Indicator, parameters},
    ledger::EvidenceKind,
};

use super::{docking as dockings, evidence, paper};
use crate::{
    auth::Context,
    config::Zone,
    db::Tx,
    error::{AppError, Result},
    features::{
        contract::repo as contracts,
        docking::repo as docking_rows,
        ledger::{
            repo,
            service::{self, Earned, earn, of_file},
        },
        organisation::repo as organisations,
    },
};

/// A docking's contract was signed: it counts under a rule whose deciding stage that is.
///
/// # Errors
/// When the rows cannot be written.
pub async fn signed(tx: &Tx, cx: &Context, docking: &docking::Model, _: &contract::Model) -> Result<()> {
    dockings::contract_signed(tx, cx, docking).await
}

/// A contract was registered.
///
/// # Errors
/// When the rows cannot be written.
pub async fn registered(tx: &Tx, cx: &Context, contract: &contract::Model, zone: &Zone) -> Result<()> {
    let Some(earned) = of_contract(tx, cx, contract, zone).await? else { return Ok(()) };
    for indicator in repo::indicators_on(tx, Basis::ContractRegistered).await? {
        if let Some(delta) = amount(&indicator, &earned)? {
            earn(tx, cx, &indicator, Earned { delta, ..earned.clone() }).await?;
        }
    }
    Ok(())
}

/// A registered contract was changed: what it counted is taken back and counted anew, and has to be
/// confirmed anew.
///
/// # Errors
/// When the rows cannot be written.
pub async fn changed(
    tx: &Tx,
    cx: &Context,
    contract: &contract::Model,
    zone: &Zone,
    reason: String,
) -> Result<()> {
    let Some(earned) = of_contract(tx, cx, contract, zone).await? else { return Ok(()) };
    for indicator in repo::indicators_on(tx, Basis::ContractRegistered).await? {
        let delta = amount(&indicator, &earned)?;
        // With every change: its paper belongs to the count, and whoever recorded it is a performer.
        for (entry, _) in repo::active_of_contract(tx, &indicator.code, contract.id).await? {
            service::reverse(tx, cx, entry.id, reason.clone()).await?;
        }
        if let Some(delta) = delta {
            earn(tx, cx, &indicator, Earned { delta, ..earned.clone() }).await?;
        }
    }
    Ok(())
}

/// A registration was revoked: its counts are taken back.
///
/// # Errors
/// When the rows cannot be written.
pub async fn ended(tx: &Tx, cx: &Context, contract: &contract::Model, reason: String) -> Result<()> {
    for indicator in repo::indicators_on(tx, Basis::ContractRegistered).await? {
        for (entry, _) in repo::active_of_contract(tx, &indicator.code, contract.id).await? {
            service::reverse(tx, cx, entry.id, reason.clone()).await?;
        }
    }
    Ok(())
}

fn amount(indicator: &Indicator, earned: &Earned) -> Result<Option<i64>> {
    let rule: parameters::Contract = parameters::read(&indicator.parameters).map_err(AppError::internal)?;
    let facts = &earned.facts;
    let is = |name: &str| facts[name].as_bool().unwrap_or(false);
    let amount = rule.amount(
        earned.delta,
        facts["technical_amount"].as_i64(),
        is("buyer_in_zone"),
        is("seller_in_zone"),
    );
    Ok(amount.filter(|amount| *amount > 0))
}

/// The unit of a contract with the facts that every variant of the rule looks at; `delta` is the total.
async fn of_contract(
    tx: &Tx,
    cx: &Context,
    contract: &contract::Model,
    zone: &Zone,
) -> Result<Option<Earned>> {
    let (Some(key), true) = (&contract.registration_key, contract.currency == "CNY") else {
        return Ok(None);
    };
    let mut in_zone = [false, false];
    for (flag, id) in in_zone.iter_mut().zip([contract.buyer_id, contract.seller_id]) {
        if let Some(row) = organisations::find(tx, id).await? {
            *flag = zone.contains(row.region_code.as_deref(), row.town.as_deref());
        }
    }
    let [buyer_in_zone, seller_in_zone] = in_zone;
    let mut shown = vec![evidence(
        EvidenceKind::Contract,
        contract.number.clone(),
        Some(format!("/api/v1/contracts/{}", contract.id)),
        None,
    )];
    if let Some(file) = paper(tx, contract.paper_attachment_id).await? {
        shown.push(of_file(EvidenceKind::Contract, &file));
    }
    if let Some(id) = contract.certificate_attachment_id
        && let Some(file) = paper(tx, id).await?
    {
        shown.push(of_file(EvidenceKind::Certificate, &file));
    }
    let docking = match contract.docking_id {
        Some(id) => Some(docking_rows::find(tx, id).await?),
        None => None,
    };
    let mut performers = vec![Some(contract.recorded_by), contract.registered_by];
    performers.extend(contracts::actors(tx, contract.id).await?.into_iter().map(Some));
    for amendment in contracts::amendments(tx, contract.id).await? {
        performers.push(Some(amendment.recorded_by));
        if let Some(file) = paper(tx, amendment.paper_attachment_id).await? {
            shown.push(of_file(EvidenceKind::Contract, &file));
        }
    }
    let mut organisations = vec![contract.buyer_id, contract.seller_id];
    if let Some(docking) = &docking {
        performers.extend([Some(docking.created_by), docking.interest_by, docking.accepted_by]);
        organisations.extend([docking.enterprise_id, docking.supplier_id]);
    }
    organisations.sort();
    organisations.dedup();
    Ok(Some(Earned {
        unit_key: format!("registration:{key}"),
        label: format!("{} ({})", contract.title, contract.number),
        delta: contract.total_amount,
        effective_on: contract.registered_on.unwrap_or(cx.today),
        lapses_on: None,
        facts: serde_json::json!({
            "total_amount": contract.total_amount,
            "technical_amount": contract.technical_amount,
            "contract_type": contract.contract_type,
            "related_party": contract.related_party,
            "buyer_in_zone": buyer_in_zone,
            "seller_in_zone": seller_in_zone,
        }),
        evidence: shown,
        performers,
        organisations,
        demo: contract.demo,
        listing_id: contract.achievements.0.first().copied(),
        docking_id: contract.docking_id,
        contract_id: Some(contract.id),
    }))
}
