//! The rows of attachments.

use std::collections::HashSet;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    Set,
    sea_query::{Expr, ExprTrait},
};
use techmart_entity::{
    attachment::{ActiveModel, Column, Entity, Model},
    docking::{self, Side, message::Channel},
    id::{AttachmentId, OrganisationId},
};

use super::policy::DockingUse;
use crate::{auth::Context, db::Tx, error::Result};

/// A row. Whether the caller may see it is `policy`'s to say.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find(db: &impl ConnectionTrait, id: AttachmentId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// The same, held until the transaction ends: two acts cannot both take it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn hold(tx: &Tx, id: AttachmentId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).lock_exclusive().one(tx).await?)
}

/// Writes a new row.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: Model) -> Result<Model> {
    Ok(Entity::insert(row.into_active_model().reset_all()).exec_with_returning(tx).await?)
}

/// Says what uses it.
///
/// # Errors
/// When the row cannot be written.
pub async fn set_used_by(tx: &Tx, id: AttachmentId, used_by: &str) -> Result<()> {
    ActiveModel { id: Set(id), used_by: Set(Some(used_by.to_owned())), ..Default::default() }
        .update(tx)
        .await?;
    Ok(())
}

/// Attachments by id.
///
/// # Errors
/// When the database cannot be asked.
pub async fn by_ids(db: &impl ConnectionTrait, ids: &[AttachmentId]) -> Result<Vec<Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(Entity::find().filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// Whether the caller belongs to a side of the docking by which that side reads it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn is_reader(db: &impl ConnectionTrait, cx: &Context, use_: DockingUse) -> Result<bool> {
    if cx.actor.person().is_none() {
        return Ok(false);
    }
    let row = docking::Entity::find_by_id(use_.docking).one(db).await?;
    Ok(row.is_some_and(|row| {
        let enterprise = cx.actor.belongs_to(row.enterprise_id) && use_.channel.reaches(Side::Enterprise);
        let supplier = cx.actor.belongs_to(row.supplier_id) && use_.channel.reaches(Side::Supplier);
        enterprise || supplier
    }))
}

/// Whether the caller belongs to the side of the docking that does not read it, and to no other.
///
/// # Errors
/// When the database cannot be asked.
pub async fn is_of_the_other_side(db: &impl ConnectionTrait, cx: &Context, use_: DockingUse) -> Result<bool> {
    let both = DockingUse { channel: Channel::Both, ..use_ };
    Ok(is_reader(db, cx, both).await? && !is_reader(db, cx, use_).await?)
}

/// How many bytes an organisation keeps, file by file: the same bytes twice count twice.
///
/// # Errors
/// When the database cannot be asked.
pub async fn bytes_of(db: &impl ConnectionTrait, organisation: OrganisationId) -> Result<i64> {
    let total: Option<Option<i64>> = Entity::find()
        .select_only()
        // PostgreSQL sums bigints up to a numeric.
        .column_as(Expr::col(Column::Size).sum().cast_as("bigint"), "total")
        .filter(Column::OrganisationId.eq(organisation))
        .into_tuple()
        .one(db)
        .await?;
    Ok(total.flatten().unwrap_or(0))
}

/// Those of the hashes that rows name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn known_hashes(db: &impl ConnectionTrait, hashes: &[String]) -> Result<HashSet<String>> {
    let rows: Vec<String> = Entity::find()
        .select_only()
        .column(Column::Sha256)
        .distinct()
        .filter(Column::Sha256.is_in(hashes.iter().cloned()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}
