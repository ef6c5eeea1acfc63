//! Achievements introduced through an enclave (T8): achievement × enclave.

use techmart_entity::{enclave_entry, indicator::Basis, ledger::EvidenceKind};

use super::{of_listing, paper};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Result},
    features::{
        ledger::{
            repo,
            service::{self, Earned, earn, of_file},
        },
        listing,
    },
};

fn key(entry: &enclave_entry::Model) -> String {
    format!("enclave:{}|achievement:{}", entry.enclave, entry.listing_id)
}

/// An achievement was introduced.
///
/// # Errors
/// When the rows cannot be written.
pub async fn entered(tx: &Tx, cx: &Context, entry: &enclave_entry::Model) -> Result<()> {
    let rows = listing::repo::by_ids(tx, &[entry.listing_id]).await?;
    let row = rows.into_iter().next().ok_or_else(AppError::not_found)?;
    let agreement = paper(tx, entry.agreement_attachment_id).await?;
    let base = of_listing(&row);
    let mut organisations = base.organisations.clone();
    organisations.extend(entry.organisation_id);
    let earned = Earned {
        unit_key: key(entry),
        label: format!("{} — {}", row.title, entry.enclave),
        effective_on: entry.introduced_on,
        facts: serde_json::json!({ "enclave": entry.enclave, "enclave_entry_id": entry.id }),
        evidence: agreement.iter().map(|file| of_file(EvidenceKind::Enclave, file)).collect(),
        performers: vec![Some(entry.recorded_by)],
        organisations,
        demo: entry.demo,
        ..base
    };
    for indicator in repo::indicators_on(tx, Basis::EnclaveEntered).await? {
        earn(tx, cx, &indicator, earned.clone()).await?;
    }
    Ok(())
}

/// It was recorded by mistake.
///
/// # Errors
/// When the rows cannot be written.
pub async fn withdrawn(tx: &Tx, cx: &Context, entry: &enclave_entry::Model, reason: String) -> Result<()> {
    let key = service::unit_key(entry.demo, &key(entry));
    for indicator in repo::indicators_on(tx, Basis::EnclaveEntered).await? {
        if let Some((counted, _)) = repo::entry_of_unit(tx, &indicator.code, &key).await? {
            service::reverse(tx, cx, counted.id, reason.clone()).await?;
        }
    }
    Ok(())
}
