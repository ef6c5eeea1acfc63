//! What rules a pair out: that both are one organisation, that a docking of theirs is open, or that it was
//! declined.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};
use techmart_entity::{
    docking,
    docking::{DeclineCode, pair_key, status::DockingStage},
    id::{DockingId, ListingId, OrganisationId},
    listing::{self, ListingKind},
    organisation,
};

use super::dto::RuledOutBy;
use crate::{error::Result, features::docking::rules::is_same};

/// Why a pair is ruled out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    pub by: RuledOutBy,
    pub docking_id: Option<DockingId>,
    pub code: Option<DeclineCode>,
}

/// Which of the candidates are ruled out for a listing, and why.
///
/// # Errors
/// When the database cannot be asked.
pub async fn among(
    db: &impl ConnectionTrait,
    row: &listing::Model,
    candidates: &[listing::Model],
) -> Result<HashMap<ListingId, Why>> {
    let owners: Vec<OrganisationId> =
        candidates.iter().chain([row]).filter_map(|listing| listing.organisation_id).collect();
    let owners: HashMap<OrganisationId, organisation::Model> = organisation::Entity::find()
        .filter(organisation::Column::Id.is_in(owners))
        .all(db)
        .await?
        .into_iter()
        .map(|owner| (owner.id, owner))
        .collect();
    let owner = |listing: &listing::Model| listing.organisation_id.and_then(|id| owners.get(&id));
    let dockings = dockings(db, row, candidates).await?;
    let mut ruled_out = HashMap::new();
    for candidate in candidates {
        if let (Some(one), Some(other)) = (owner(row), owner(candidate))
            && is_same(one, other)
        {
            let why = Why { by: RuledOutBy::SameOrganisation, docking_id: None, code: None };
            ruled_out.insert(candidate.id, why);
            continue;
        }
        let keys = pair_keys(row, candidate);
        let of_pair = dockings.iter().filter(|docking| keys.contains(&docking.pair_key()));
        if let Some(why) = of_pair.filter_map(why).max_by_key(|why| why.by == RuledOutBy::DockingOpen) {
            ruled_out.insert(candidate.id, why);
        }
    }
    Ok(ruled_out)
}

fn why(docking: &docking::Model) -> Option<Why> {
    let declined = matches!(docking.stage, DockingStage::Declined | DockingStage::Dismissed);
    let by = match (docking.open_key.is_some(), declined) {
        (true, _) => RuledOutBy::DockingOpen,
        (false, true) => RuledOutBy::DeclinedBefore,
        (false, false) => return None,
    };
    Some(Why { by, docking_id: Some(docking.id), code: docking.decline_code })
}

/// The demand and what would answer it, whichever of the two was asked for.
fn sides<'l>(one: &'l listing::Model, other: &'l listing::Model) -> (&'l listing::Model, &'l listing::Model) {
    if one.kind == ListingKind::Demand { (one, other) } else { (other, one) }
}

/// The keys under which a docking of the two is known: over the demand, and over the achievement.
fn pair_keys(one: &listing::Model, other: &listing::Model) -> Vec<String> {
    let (demand, offer) = sides(one, other);
    let (Some(enterprise), Some(supplier)) = (demand.organisation_id, offer.organisation_id) else {
        return Vec::new();
    };
    let mut keys = vec![pair_key(None, Some(demand.id), supplier, enterprise)];
    if offer.kind == ListingKind::Achievement {
        keys.push(pair_key(Some(offer.id), None, supplier, enterprise));
    }
    keys
}

/// The dockings over these listings.
async fn dockings(
    db: &impl ConnectionTrait,
    row: &listing::Model,
    candidates: &[listing::Model],
) -> Result<Vec<docking::Model>> {
    let (mut demands, mut offers) = (Vec::new(), Vec::new());
    for listing in candidates.iter().chain([row]) {
        if listing.kind == ListingKind::Demand { demands.push(listing.id) } else { offers.push(listing.id) }
    }
    // Of the many, only those of the one's organisation.
    let Some(owner) = row.organisation_id else { return Ok(Vec::new()) };
    let side = Condition::any()
        .add(docking::Column::EnterpriseId.eq(owner))
        .add(docking::Column::SupplierId.eq(owner));
    let over = Condition::any()
        .add(docking::Column::DemandId.is_in(demands))
        .add(docking::Column::AchievementId.is_in(offers));
    Ok(docking::Entity::find().filter(side).filter(over).all(db).await?)
}
