//! The rows of indicators and plans.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use techmart_entity::indicator::{self, plan, plan_target};

use crate::error::{AppError, Result};

/// All indicators, in their order.
///
/// # Errors
/// When the database cannot be asked.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<indicator::Model>> {
    Ok(indicator::Entity::find()
        .order_by_asc(indicator::Column::Position)
        .order_by_asc(indicator::Column::Code)
        .all(db)
        .await?)
}

/// All plans, the latest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn plans(db: &impl ConnectionTrait) -> Result<Vec<plan::Model>> {
    Ok(plan::Entity::find()
        .order_by_desc(plan::Column::StartsOn)
        .order_by_asc(plan::Column::Code)
        .all(db)
        .await?)
}

/// A plan.
///
/// # Errors
/// 404 when there is none.
pub async fn plan(db: &impl ConnectionTrait, code: &str) -> Result<plan::Model> {
    plan::Entity::find_by_id(code.to_owned()).one(db).await?.ok_or_else(AppError::not_found)
}

/// The targets of a plan.
///
/// # Errors
/// When the database cannot be asked.
pub async fn targets(db: &impl ConnectionTrait, plan: &str) -> Result<Vec<plan_target::Model>> {
    Ok(plan_target::Entity::find().filter(plan_target::Column::Plan.eq(plan)).all(db).await?)
}
