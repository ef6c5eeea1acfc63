//! The rows of signals.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use techmart_entity::{
    Instant,
    id::{OrganisationId, SignalId},
    life_cycle::StatusChange,
    signal::{ActiveModel, Column, Entity, Model, SignalKind, SignalStatus},
};

use crate::{
    db::Tx,
    error::{AppError, Result},
};

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub kinds: Vec<SignalKind>,
    pub statuses: Vec<SignalStatus>,
    /// Of this organisation, or about it.
    pub organisation: Option<OrganisationId>,
    pub demo: Option<bool>,
    pub since: Option<Instant>,
}

/// Signals, newest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    after: Option<SignalId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut condition = Condition::all();
    if !filter.kinds.is_empty() {
        condition = condition.add(Column::Kind.is_in(filter.kinds.iter().copied()));
    }
    if !filter.statuses.is_empty() {
        condition = condition.add(Column::Status.is_in(filter.statuses.iter().copied()));
    }
    if let Some(organisation) = filter.organisation {
        let named = Expr::col(Column::Subjects).cast_as("text").like(format!("%\"{organisation}\"%"));
        condition = condition.add(Condition::any().add(Column::OrganisationId.eq(organisation)).add(named));
    }
    if let Some(demo) = filter.demo {
        condition = condition.add(Column::Demo.eq(demo));
    }
    if let Some(since) = filter.since {
        condition = condition.add(Column::RaisedAt.gte(since));
    }
    if let Some(after) = after {
        condition = condition.add(Column::Id.lt(after));
    }
    Ok(Entity::find().filter(condition).order_by_desc(Column::Id).limit(limit).all(db).await?)
}

/// The signals of a world that were raised by an instant and that nobody has explained: what a frozen
/// report tells of them, in the order of their ids.
///
/// # Errors
/// When the database cannot be asked.
pub async fn standing(db: &impl ConnectionTrait, demo: bool, known_at: Instant) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::Demo.eq(demo))
        .filter(Column::RaisedAt.lte(known_at))
        .filter(Column::Status.is_in([SignalStatus::Open, SignalStatus::Upheld]))
        .order_by_asc(Column::Id)
        .all(db)
        .await?)
}

/// A signal.
///
/// # Errors
/// 404 when there is none.
pub async fn find(db: &impl ConnectionTrait, id: SignalId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(AppError::not_found)
}

/// The same, held until the transaction ends: of two moves at once the second sees the first.
///
/// # Errors
/// 404 when there is none.
pub async fn hold(tx: &Tx, id: SignalId) -> Result<Model> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(AppError::not_found)
}

/// The signals under some keys.
///
/// # Errors
/// When the database cannot be asked.
pub async fn under(db: &impl ConnectionTrait, keys: &[String]) -> Result<Vec<Model>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    Ok(Entity::find()
        .filter(Column::FactKey.is_in(keys.iter().cloned()))
        .order_by_asc(Column::Id)
        .all(db)
        .await?)
}

/// Writes a new signal, unless one stands under its key; says whether it did.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: Model) -> Result<bool> {
    let inserted = Entity::insert(row.into_active_model().reset_all())
        .on_conflict(OnConflict::column(Column::FactKey).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}

/// Writes the facts anew of a signal that nobody has judged.
///
/// # Errors
/// When the row cannot be written.
pub async fn renew(tx: &Tx, row: &Model, found: &Model) -> Result<()> {
    let set = ActiveModel {
        subjects: Set(found.subjects.clone()),
        facts: Set(found.facts.clone()),
        version: Set(row.version + 1),
        ..Default::default()
    };
    Entity::update_many()
        .set(set)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version))
        .filter(Column::Status.eq(SignalStatus::Open))
        .exec(tx)
        .await?;
    Ok(())
}

/// Writes a move of a row that was read at its version.
///
/// # Errors
/// 412 when the row is no longer the one that was read.
pub async fn advance(
    tx: &Tx,
    row: &Model,
    change: &StatusChange<SignalStatus>,
    mut set: ActiveModel,
) -> Result<Model> {
    set.status = Set(change.to());
    set.version = Set(row.version + 1);
    let updated = Entity::update_many()
        .set(set)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version))
        .exec(tx)
        .await?;
    if updated.rows_affected == 0 {
        return Err(AppError::stale());
    }
    find(tx, row.id).await
}
