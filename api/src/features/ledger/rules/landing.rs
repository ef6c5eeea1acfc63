//! Landings in the zone (T6): achievement × enterprise.

use techmart_entity::{
    docking::{
        self,
        landing::{self, LandingEvidence},
    },
    indicator::Basis,
    ledger::{Evidence, EvidenceKind},
};

use super::{
    docking::{is_counted, of_docking},
    paper,
};
use crate::{
    auth::Context,
    db::Tx,
    error::Result,
    features::{
        docking::repo as dockings,
        ledger::{
            repo,
            service::{self, Earned, earn, of_file},
        },
    },
};

async fn shown(tx: &Tx, pieces: &[LandingEvidence]) -> Result<Vec<Evidence>> {
    let mut shown = Vec::new();
    for piece in pieces {
        let Some(file) = paper(tx, piece.attachment_id).await? else { continue };
        let kind =
            if piece.kind.shows_right() { EvidenceKind::LandingRight } else { EvidenceKind::LandingUse };
        shown.push(of_file(kind, &file));
    }
    Ok(shown)
}

/// An achievement landed with an enterprise.
///
/// # Errors
/// When the rows cannot be written.
pub async fn landed(tx: &Tx, cx: &Context, docking: &docking::Model, landing: &landing::Model) -> Result<()> {
    if !landing.in_zone {
        return Ok(());
    }
    let base = of_docking(tx, docking).await?;
    let mut performers = base.performers.clone();
    performers.push(Some(landing.recorded_by));
    for meeting in dockings::meetings(tx, docking.id).await? {
        performers.extend([Some(meeting.recorded_by), meeting.confirmed_by]);
    }
    if let Some(contract) = dockings::contract(tx, docking.id).await? {
        performers.extend([Some(contract.recorded_by), contract.registered_by]);
    }
    let earned = Earned {
        effective_on: landing.landed_on,
        facts: serde_json::json!({ "form": landing.form, "place": landing.place, "in_zone": true }),
        evidence: shown(tx, &landing.evidence.0).await?,
        performers,
        ..base
    };
    for indicator in repo::indicators_on(tx, Basis::AchievementLanded).await? {
        if !is_counted(tx, &indicator.code, docking).await? {
            earn(tx, cx, &indicator, earned.clone()).await?;
        }
    }
    Ok(())
}

/// Evidence of a landing that came later, with a milestone.
///
/// # Errors
/// When the rows cannot be written.
pub async fn evidence_added(
    tx: &Tx,
    cx: &Context,
    docking: &docking::Model,
    landing: &landing::Model,
    pieces: &[LandingEvidence],
) -> Result<()> {
    if !landing.in_zone || pieces.is_empty() {
        return Ok(());
    }
    let base = of_docking(tx, docking).await?;
    let key = service::unit_key(docking.demo, &base.unit_key);
    for indicator in repo::indicators_on(tx, Basis::AchievementLanded).await? {
        let Some((entry, _)) = repo::entry_of_unit(tx, &indicator.code, &key).await? else { continue };
        if entry.docking_id == Some(docking.id) {
            service::add_evidence(tx, cx, entry.id, shown(tx, pieces).await?).await?;
        }
    }
    Ok(())
}
