//! The judgements of demands.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use techmart_entity::{
    id::{JudgementId, ListingId},
    listing::judgement::{Column, Entity, Model},
};

use crate::{db::Tx, error::Result};

/// The judgements of a demand, newest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn judgements(
    db: &impl ConnectionTrait,
    listing: ListingId,
    after: Option<JudgementId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut query = Entity::find().filter(Column::ListingId.eq(listing));
    if let Some(after) = after {
        query = query.filter(Column::Id.lt(after));
    }
    Ok(query.order_by_desc(Column::Id).limit(limit).all(db).await?)
}

/// Writes a judgement.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: Model) -> Result<()> {
    Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}
