//! Providers that entered (T2).

use techmart_entity::{attachment, indicator::Basis, ledger::EvidenceKind, organisation, provider::entry};

use super::evidence;
use crate::{
    auth::Context,
    db::Tx,
    error::Result,
    features::ledger::{
        repo,
        service::{Earned, earn, of_file},
    },
};

/// At the signing of a provider's entry agreement.
///
/// # Errors
/// When the rows cannot be written.
pub async fn entered(
    tx: &Tx,
    cx: &Context,
    entry: &entry::Model,
    organisation: &organisation::Model,
    agreement: &attachment::Model,
) -> Result<()> {
    let mut shown = vec![of_file(EvidenceKind::Agreement, agreement)];
    if organisation.verification == organisation::status::VerificationStatus::Verified {
        shown.push(evidence(
            EvidenceKind::Verification,
            format!("{} ({})", organisation.name, organisation.verification),
            Some(format!("/api/v1/organisations/{}/history", organisation.id)),
            None,
        ));
    }
    let earned = Earned {
        unit_key: key(organisation),
        label: organisation.name.clone(),
        delta: 1,
        effective_on: entry.agreement_signed_on.unwrap_or(cx.today),
        lapses_on: None,
        facts: serde_json::json!({ "agreement_number": entry.agreement_number }),
        evidence: shown,
        performers: vec![
            entry.reviewed_by,
            entry.approved_by,
            Some(entry.applied_by),
            organisation.verified_by,
        ],
        organisations: vec![organisation.id],
        demo: entry.demo,
        listing_id: Some(entry.listing_id),
        docking_id: None,
        contract_id: None,
    };
    for indicator in repo::indicators_on(tx, Basis::ProviderEntered).await? {
        earn(tx, cx, &indicator, earned.clone()).await?;
    }
    Ok(())
}

/// One body 一家, whatever it does: its credit code, else itself.
#[must_use]
pub fn key(organisation: &organisation::Model) -> String {
    let body = organisation.uscc.clone().unwrap_or_else(|| organisation.id.to_string());
    format!("organisation:{body}")
}
