//! Demands collected from enterprises (T3).

use techmart_entity::{
    id::ListingId,
    indicator::Basis,
    ledger::{CountStage, EvidenceKind},
    listing::{DiagnosisOutcome, Model},
};

use super::{evidence, of_listing, paper};
use crate::{
    auth::Context,
    clock::day_of,
    db::Tx,
    error::Result,
    features::{
        ledger::{
            repo,
            service::{self, Earned, earn, of_file},
        },
        listing,
    },
};

/// A candidate from an enterprise's first submission of a demand.
///
/// # Errors
/// When the rows cannot be written.
pub async fn submitted(tx: &Tx, cx: &Context, row: &Model, content_hash: String) -> Result<()> {
    if row.organisation_id.is_none() {
        return Ok(());
    }
    // The same demand of the same enterprise, entered twice, is one demand.
    let twins: Vec<ListingId> =
        listing::repo::duplicates(tx, row).await?.into_iter().map(|(other, _)| other.id).collect();
    let mut shown = vec![evidence(
        EvidenceKind::Submission,
        "submitted version",
        Some(format!("/api/v1/demands/{}/versions", row.id)),
        Some(content_hash),
    )];
    if let Some(url) = &row.source_url {
        shown.push(evidence(EvidenceKind::SourceUrl, url.clone(), Some(url.clone()), None));
    }
    if let Some(id) = row.collection_attachment_id
        && let Some(file) = paper(tx, id).await?
    {
        shown.push(of_file(EvidenceKind::VisitRecord, &file));
    }
    let earned = Earned {
        unit_key: format!("demand:{}", row.id),
        effective_on: row.collected_at.map_or(cx.today, day_of),
        evidence: shown,
        ..of_listing(row)
    };
    for indicator in repo::indicators_on(tx, Basis::DemandCollected).await? {
        if repo::active_of_listings(tx, &indicator.code, &twins).await?.is_empty() {
            earn(tx, cx, &indicator, earned.clone()).await?;
        }
    }
    Ok(())
}

/// Complete by a judgement, or taken back when the demand is not a technical one.
///
/// # Errors
/// When the rows cannot be written.
pub async fn diagnosed(tx: &Tx, cx: &Context, row: &Model, outcome: DiagnosisOutcome) -> Result<()> {
    match outcome {
        DiagnosisOutcome::NotTechnical => {
            for indicator in repo::indicators_on(tx, Basis::DemandCollected).await? {
                for (entry, _) in repo::active_of_listings(tx, &indicator.code, &[row.id]).await? {
                    let reason = "诊断为非技术需求 / judged not technical".to_owned();
                    service::reverse(tx, cx, entry.id, reason).await?;
                }
            }
        }
        DiagnosisOutcome::Ready | DiagnosisOutcome::NeedsSecondDiagnosis | DiagnosisOutcome::LongTerm => {
            // What was judged otherwise before, and taken back then, counts again.
            let version =
                listing::repo::find_version(tx, row.working_version_id.or(row.published_version_id)).await?;
            submitted(tx, cx, row, version.content_hash.unwrap_or_default()).await?;
            let judged = evidence(
                EvidenceKind::Diagnosis,
                outcome.to_string(),
                Some(format!("/api/v1/demands/{}/history", row.id)),
                None,
            );
            for indicator in repo::indicators_on(tx, Basis::DemandCollected).await? {
                for (entry, _) in repo::active_of_listings(tx, &indicator.code, &[row.id]).await? {
                    service::add_evidence(tx, cx, entry.id, vec![judged.clone()]).await?;
                }
            }
        }
    }
    Ok(())
}

/// Taken back when a demand is refused before anybody judged it.
///
/// # Errors
/// When the rows cannot be written.
pub async fn rejected(tx: &Tx, cx: &Context, row: &Model, reason: String) -> Result<()> {
    for indicator in repo::indicators_on(tx, Basis::DemandCollected).await? {
        for (entry, active) in repo::active_of_listings(tx, &indicator.code, &[row.id]).await? {
            if active.stage == CountStage::Candidate {
                service::reverse(tx, cx, entry.id, reason.clone()).await?;
            }
        }
    }
    Ok(())
}
