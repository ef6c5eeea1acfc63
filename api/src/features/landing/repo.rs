//! The rows of landings and their milestones.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait,
};
use techmart_entity::{
    Day,
    docking::{
        self,
        landing::{Column, Entity, Model},
        milestone,
    },
    id::{LandingId, ListingId, OrganisationId},
};

use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Result},
    features::docking::repo as dockings,
};

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub enterprise: Option<OrganisationId>,
    pub achievement: Option<ListingId>,
    pub in_zone: Option<bool>,
    pub from: Option<Day>,
    pub to: Option<Day>,
}

/// Landings of the dockings that the caller may see, newest first, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    cx: &Context,
    filter: &Filter,
    after: Option<LandingId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let seen = docking::Entity::find().select_only().column(docking::Column::Id).filter(dockings::scope(cx));
    let mut condition = Condition::all().add(Column::DockingId.in_subquery(seen.into_query()));
    if let Some(enterprise) = filter.enterprise {
        condition = condition.add(Column::EnterpriseId.eq(enterprise));
    }
    if let Some(achievement) = filter.achievement {
        condition = condition.add(Column::AchievementId.eq(achievement));
    }
    if let Some(in_zone) = filter.in_zone {
        condition = condition.add(Column::InZone.eq(in_zone));
    }
    if let Some(from) = filter.from {
        condition = condition.add(Column::LandedOn.gte(from));
    }
    if let Some(to) = filter.to {
        condition = condition.add(Column::LandedOn.lte(to));
    }
    if let Some(after) = after {
        condition = condition.add(Column::Id.lt(after));
    }
    Ok(Entity::find().filter(condition).order_by_desc(Column::Id).limit(limit).all(db).await?)
}

/// A landing. Whether the caller may see it is its docking's policy to say.
///
/// # Errors
/// 404 when there is none.
pub async fn find(db: &impl ConnectionTrait, id: LandingId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(AppError::not_found)
}

/// The milestones of some landings, by the day on which they were reached.
///
/// # Errors
/// When the database cannot be asked.
pub async fn milestones(db: &impl ConnectionTrait, landings: &[LandingId]) -> Result<Vec<milestone::Model>> {
    if landings.is_empty() {
        return Ok(Vec::new());
    }
    Ok(milestone::Entity::find()
        .filter(milestone::Column::LandingId.is_in(landings.iter().copied()))
        .order_by_asc(milestone::Column::ReachedOn)
        .order_by_asc(milestone::Column::Id)
        .all(db)
        .await?)
}

/// Writes a new milestone.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: milestone::Model) -> Result<()> {
    milestone::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}
