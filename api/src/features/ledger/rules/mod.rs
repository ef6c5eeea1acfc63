//! What counts: a file a basis, one function an act. Each says under which key a unit is
//! counted once, the day that decides, and the evidence; which indicators rest on the act are rows, and
//! their rules' parameters are read where they decide.

pub mod contract;
pub mod demand;
pub mod docking;
pub mod enclave;
pub mod event;
pub mod finance;
pub mod landing;
pub mod listing;
pub mod provider;

use techmart_entity::{
    attachment,
    id::{AttachmentId, ListingId},
    ledger::{Evidence, EvidenceKind},
    listing::{Content, Model},
};

use super::service::Earned;
use crate::{db::Tx, error::Result};

fn evidence(
    kind: EvidenceKind,
    label: impl Into<String>,
    href: Option<String>,
    sha256: Option<String>,
) -> Evidence {
    Evidence { kind, label: label.into(), href, sha256 }
}

/// What every unit of a listing has in common.
fn of_listing(row: &Model) -> Earned {
    Earned {
        unit_key: String::new(),
        label: row.title.clone(),
        delta: 1,
        effective_on: chrono::NaiveDate::MIN,
        lapses_on: None,
        facts: serde_json::json!({ "kind": row.kind, "source": row.source }),
        evidence: Vec::new(),
        performers: vec![row.created_by, row.collected_by],
        organisations: row.organisation_id.into_iter().collect(),
        demo: row.demo,
        listing_id: Some(row.id),
        docking_id: None,
        contract_id: None,
    }
}

async fn paper(tx: &Tx, id: AttachmentId) -> Result<Option<attachment::Model>> {
    use sea_orm::EntityTrait;
    Ok(attachment::Entity::find_by_id(id).one(tx).await?)
}

/// The canonical achievement: its first hard key (patent, registration number), else itself.
#[must_use]
pub fn achievement_key(id: ListingId, content: &Content) -> String {
    let key = content.duplicate_keys(None).into_iter().next();
    key.unwrap_or_else(|| format!("achievement:{id}"))
}
