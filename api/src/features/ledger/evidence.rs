//! What evidence a count needs at least, by the basis of its indicator. Pure:
//! the same function says whether a count is complete and what it lacks.

use serde::Serialize;
use techmart_entity::{
    indicator::{
        Basis, Model,
        parameters::{self, DecidingStage},
    },
    ledger::{Evidence, EvidenceKind},
};
use utoipa::ToSchema;

/// A piece of evidence that a count lacks: one of these kinds would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Lack {
    pub any_of: Vec<EvidenceKind>,
}

/// What is needed at least: each line is met by one of its kinds.
fn needed(indicator: &Model) -> Vec<Vec<EvidenceKind>> {
    use EvidenceKind as K;
    match indicator.basis {
        Basis::AchievementPublished => {
            vec![vec![K::PublishedVersion], vec![K::OwnerAuthorisation, K::SourceUrl], vec![K::Review]]
        }
        Basis::ItemPublished => vec![vec![K::PublishedVersion]],
        Basis::ProviderEntered => vec![vec![K::Verification], vec![K::Agreement]],
        Basis::DemandCollected => {
            vec![vec![K::Submission, K::VisitRecord, K::SourceUrl], vec![K::Diagnosis]]
        }
        Basis::DockingReached => {
            let consents = vec![vec![K::InterestConsent], vec![K::AcceptConsent]];
            let rule: parameters::Docking = parameters::read(&indicator.parameters).unwrap_or_default();
            let more = match rule.deciding_stage {
                DecidingStage::Accepted => Vec::new(),
                DecidingStage::Met => vec![vec![K::Meeting], vec![K::Minutes]],
                DecidingStage::ContractSigned => vec![vec![K::Contract]],
            };
            [consents, more].concat()
        }
        Basis::AchievementLanded => vec![vec![K::LandingRight], vec![K::LandingUse]],
        Basis::ContractRegistered => vec![vec![K::Contract], vec![K::Certificate]],
        Basis::EnclaveEntered => vec![vec![K::Enclave]],
        Basis::CreditLine | Basis::IpPledgeLoan => vec![vec![K::Finance]],
        Basis::EventHeld | Basis::ContestHeld => vec![vec![K::Report]],
        Basis::Manual => vec![vec![K::Report, K::Enclave]],
    }
}

/// What a count under the indicator's rule lacks; nothing when its evidence is complete.
pub fn lacking<'a>(indicator: &Model, there: impl IntoIterator<Item = &'a Evidence>) -> Vec<Lack> {
    let kinds: Vec<EvidenceKind> = there.into_iter().map(|piece| piece.kind).collect();
    needed(indicator)
        .into_iter()
        .filter(|any_of| !any_of.iter().any(|kind| kinds.contains(kind)))
        .map(|any_of| Lack { any_of })
        .collect()
}
