//! Credit lines in force and loans on pledged rights (T10). A credit line counts while it is in force, so
//! its entry lapses; a loan is counted on the day it was granted.

use techmart_entity::{
    Day,
    finance_case::{FinanceKind, Model},
    indicator::Basis,
    ledger::EvidenceKind,
};

use super::paper;
use crate::{
    auth::Context,
    db::Tx,
    error::Result,
    features::{
        ledger::{
            repo,
            service::{self, Earned, earn, of_file},
        },
        organisation::repo as organisations,
    },
};

fn basis(kind: FinanceKind) -> Basis {
    match kind {
        FinanceKind::CreditLine => Basis::CreditLine,
        FinanceKind::IpPledgeLoan => Basis::IpPledgeLoan,
    }
}

fn key(case: &Model) -> String {
    format!("finance:{}", case.id)
}

fn lapses_on(case: &Model) -> Option<Day> {
    match case.kind {
        // The first day after the last one, or the day on which it ended before.
        FinanceKind::CreditLine => case.ended_on.or(case.ends_on.and_then(|end| end.succ_opt())),
        FinanceKind::IpPledgeLoan => None,
    }
}

async fn earned(tx: &Tx, case: &Model) -> Result<Earned> {
    let enterprise = organisations::find(tx, case.enterprise_id).await?;
    let enterprise = enterprise.map(|row| row.name).unwrap_or_default();
    let file = paper(tx, case.paper_attachment_id).await?;
    Ok(Earned {
        unit_key: key(case),
        label: format!("{enterprise} — {} ({})", case.lender, case.number),
        delta: case.amount,
        effective_on: case.granted_on,
        lapses_on: lapses_on(case),
        facts: serde_json::json!({ "finance_case_id": case.id, "kind": case.kind, "lender": case.lender, "pledged": case.pledged }),
        evidence: file.iter().map(|file| of_file(EvidenceKind::Finance, file)).collect(),
        performers: vec![Some(case.recorded_by)],
        organisations: vec![case.enterprise_id],
        demo: case.demo,
        listing_id: case.provider_id,
        docking_id: None,
        contract_id: None,
    })
}

/// It was granted.
///
/// # Errors
/// When the rows cannot be written.
pub async fn granted(tx: &Tx, cx: &Context, case: &Model) -> Result<()> {
    // Figures are in yuan; an amount of another currency has no place in them.
    if case.currency != "CNY" {
        return Ok(());
    }
    let earned = earned(tx, case).await?;
    for indicator in repo::indicators_on(tx, basis(case.kind)).await? {
        earn(tx, cx, &indicator, earned.clone()).await?;
    }
    Ok(())
}

/// A credit line ended before its term: it is counted anew, up to that day, and confirmed anew.
///
/// # Errors
/// When the rows cannot be written.
pub async fn ended(tx: &Tx, cx: &Context, case: &Model) -> Result<()> {
    if case.kind == FinanceKind::IpPledgeLoan {
        return Ok(());
    }
    take_back(tx, cx, case, "提前终止 / ended before its term").await?;
    granted(tx, cx, case).await
}

/// It was recorded by mistake.
///
/// # Errors
/// When the rows cannot be written.
pub async fn withdrawn(tx: &Tx, cx: &Context, case: &Model, reason: String) -> Result<()> {
    take_back(tx, cx, case, &reason).await
}

async fn take_back(tx: &Tx, cx: &Context, case: &Model, reason: &str) -> Result<()> {
    let key = service::unit_key(case.demo, &key(case));
    for indicator in repo::indicators_on(tx, basis(case.kind)).await? {
        if let Some((counted, _)) = repo::entry_of_unit(tx, &indicator.code, &key).await? {
            service::reverse(tx, cx, counted.id, reason.to_owned()).await?;
        }
    }
    Ok(())
}
