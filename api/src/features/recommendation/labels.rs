//! What people made of recommendations and dockings, as judgements: by them a matcher is measured on its own history.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use techmart_entity::{
    docking::{self, DeclineCode, status::DockingStage},
    id::{DockingId, ListingId},
    recommendation::{self, RecommendationStatus},
};

use crate::error::Result;

/// How well an achievement answered a demand, as it turned out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    pub demand_id: ListingId,
    pub achievement_id: ListingId,
    /// 3 a contract, 2 accepted, 1 taken up by a broker, 0 dismissed or declined for what it is.
    pub grade: u32,
}

/// All labels.
///
/// # Errors
/// When the database cannot be asked.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Label>> {
    let rows = recommendation::Entity::find()
        .filter(
            recommendation::Column::Status
                .is_in([RecommendationStatus::TakenUp, RecommendationStatus::Dismissed]),
        )
        .all(db)
        .await?;
    let ids: Vec<DockingId> = rows.iter().filter_map(|row| row.docking_id).collect();
    let dockings = docking::Entity::find().filter(docking::Column::Id.is_in(ids)).all(db).await?;
    let dockings: HashMap<DockingId, docking::Model> =
        dockings.into_iter().map(|row| (row.id, row)).collect();
    let label = |row: recommendation::Model| {
        let grade = match row.docking_id.and_then(|id| dockings.get(&id)) {
            Some(docking) => of_docking(docking)?,
            None => of_refusal(row.code)?,
        };
        Some(Label { demand_id: row.demand_id, achievement_id: row.achievement_id, grade })
    };
    Ok(rows.into_iter().filter_map(label).collect())
}

fn of_docking(row: &docking::Model) -> Option<u32> {
    match row.stage {
        DockingStage::ContractSigned | DockingStage::Registered | DockingStage::Landed => Some(3),
        DockingStage::Accepted | DockingStage::Met | DockingStage::Negotiating => Some(2),
        DockingStage::Recommended | DockingStage::InterestExpressed => Some(1),
        DockingStage::Declined | DockingStage::Dismissed => of_refusal(row.decline_code),
        // How it ended says nothing of how well the two fit.
        DockingStage::Expired => None,
        DockingStage::Closed => row.accepted_at.map(|_| 2),
    }
}

/// 0 where the refusal is about what the two are; none where it was the price, the time or silence.
fn of_refusal(code: Option<DeclineCode>) -> Option<u32> {
    match code? {
        DeclineCode::RouteUnclear
        | DeclineCode::TechnicalDoubt
        | DeclineCode::NotStrategic
        | DeclineCode::AlreadyHave
        | DeclineCode::BenefitUnclear => Some(0),
        DeclineCode::TooEarly
        | DeclineCode::DescriptionUnclear
        | DeclineCode::Price
        | DeclineCode::IpProblem
        | DeclineCode::Timing
        | DeclineCode::NoResponse
        | DeclineCode::Other => None,
    }
}
