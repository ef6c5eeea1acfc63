//! The rows of enclave entries.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use techmart_entity::{
    enclave_entry::{ActiveModel, Column, EnclaveEntryStatus, Entity, Model},
    id::{EnclaveEntryId, ListingId},
    life_cycle::StatusChange,
};

use crate::{
    db::Tx,
    error::{AppError, Code, Result, unique_violation},
    say,
};

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub listing: Option<ListingId>,
    pub status: Option<EnclaveEntryStatus>,
    pub demo: Option<bool>,
}

/// Entries, newest first, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    after: Option<EnclaveEntryId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut condition = Condition::all();
    if let Some(listing) = filter.listing {
        condition = condition.add(Column::ListingId.eq(listing));
    }
    if let Some(status) = filter.status {
        condition = condition.add(Column::Status.eq(status));
    }
    if let Some(demo) = filter.demo {
        condition = condition.add(Column::Demo.eq(demo));
    }
    if let Some(after) = after {
        condition = condition.add(Column::Id.lt(after));
    }
    Ok(Entity::find().filter(condition).order_by_desc(Column::Id).limit(limit).all(db).await?)
}

/// An entry.
///
/// # Errors
/// 404 when there is none.
pub async fn find(db: &impl ConnectionTrait, id: EnclaveEntryId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(AppError::not_found)
}

/// An entry, held until the transaction ends.
///
/// # Errors
/// 404 when there is none.
pub async fn hold(tx: &Tx, id: EnclaveEntryId) -> Result<Model> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(AppError::not_found)
}

/// Writes a new entry.
///
/// # Errors
/// 409 when the achievement was introduced through that enclave already.
pub async fn insert(tx: &Tx, row: Model) -> Result<()> {
    match Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await {
        Ok(_) => Ok(()),
        Err(error) if unique_violation(&error).is_some() => Err(AppError::new(
            Code::AlreadyExists,
            say!(
                "该成果已登记为经该飞地引进。",
                "That achievement is recorded as introduced through that enclave already."
            ),
        )),
        Err(error) => Err(error.into()),
    }
}

/// Writes a move.
///
/// # Errors
/// When the row cannot be written.
pub async fn advance(
    tx: &Tx,
    row: &Model,
    change: &StatusChange<EnclaveEntryStatus>,
    mut set: ActiveModel,
) -> Result<Model> {
    set.status = Set(change.to());
    set.version = Set(row.version + 1);
    Entity::update_many()
        .set(set)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version))
        .exec(tx)
        .await?;
    find(tx, row.id).await
}
