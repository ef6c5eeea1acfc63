//! The rows of the ledger. Entries and events are inserted and read; only `ledger_active` changes.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, sea_query::Expr,
};
use techmart_entity::{
    id::{EntryId, ListingId},
    indicator,
    ledger::{self, CountStage, Evidence, active, event},
};

use super::service::event_row;
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Result, unique_violation},
};

/// An indicator.
///
/// # Errors
/// When the database cannot be asked.
pub async fn indicator(db: &impl ConnectionTrait, code: &str) -> Result<Option<indicator::Model>> {
    Ok(indicator::Entity::find_by_id(code.to_owned()).one(db).await?)
}

/// Inserts an entry.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, entry: ledger::ActiveModel) -> Result<()> {
    ledger::Entity::insert(entry).exec_without_returning(tx).await?;
    Ok(())
}

/// Inserts an event of an entry.
///
/// # Errors
/// When the row cannot be written.
pub async fn note(
    tx: &Tx,
    cx: &Context,
    id: EntryId,
    stage: CountStage,
    reason: Option<String>,
    evidence: Vec<Evidence>,
) -> Result<()> {
    event::Entity::insert(event_row(cx, id, stage, reason, evidence)).exec_without_returning(tx).await?;
    Ok(())
}

/// Puts an entry in force.
///
/// # Errors
/// A lost race when another entry of the unit came first.
pub async fn activate(tx: &Tx, row: active::Model) -> Result<()> {
    match active::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await {
        Ok(_) => Ok(()),
        Err(error) if unique_violation(&error).is_some() => Err(AppError::lost_race(error)),
        Err(error) => Err(error.into()),
    }
}

/// Takes an entry out of force.
///
/// # Errors
/// When the row cannot be deleted.
pub async fn deactivate(tx: &Tx, id: EntryId) -> Result<()> {
    active::Entity::delete_many().filter(active::Column::EntryId.eq(id)).exec(tx).await?;
    Ok(())
}

/// Moves an entry in force from one stage to another; says whether it was at the first.
///
/// # Errors
/// When the row cannot be written.
pub async fn restage(tx: &Tx, id: EntryId, from: CountStage, to: CountStage) -> Result<bool> {
    let updated = active::Entity::update_many()
        .filter(active::Column::EntryId.eq(id))
        .filter(active::Column::Stage.eq(from))
        .col_expr(active::Column::Stage, Expr::value(to))
        .exec(tx)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// An entry.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find(db: &impl ConnectionTrait, id: EntryId) -> Result<Option<ledger::Model>> {
    Ok(ledger::Entity::find_by_id(id).one(db).await?)
}

/// The entry in force of a unit.
///
/// # Errors
/// When the database cannot be asked.
pub async fn active_of_unit(
    db: &impl ConnectionTrait,
    indicator: &str,
    unit_key: &str,
) -> Result<Option<active::Model>> {
    Ok(active::Entity::find_by_id((indicator.to_owned(), unit_key.to_owned())).one(db).await?)
}

/// Whether an entry is in force, held until the transaction ends.
///
/// # Errors
/// When the database cannot be asked.
pub async fn hold_active(tx: &Tx, id: EntryId) -> Result<Option<active::Model>> {
    Ok(active::Entity::find().filter(active::Column::EntryId.eq(id)).lock_exclusive().one(tx).await?)
}

/// The entries in force of some listings under an indicator.
///
/// # Errors
/// When the database cannot be asked.
pub async fn active_of_listings(
    db: &impl ConnectionTrait,
    indicator: &str,
    listings: &[ListingId],
) -> Result<Vec<(ledger::Model, active::Model)>> {
    if listings.is_empty() {
        return Ok(Vec::new());
    }
    let entries = ledger::Entity::find()
        .filter(ledger::Column::Indicator.eq(indicator))
        .filter(ledger::Column::ListingId.is_in(listings.iter().copied()))
        .filter(ledger::Column::Reverses.is_null())
        .all(db)
        .await?;
    let actives = stages(db, &entries.iter().map(|entry| entry.id).collect::<Vec<_>>()).await?;
    Ok(entries
        .into_iter()
        .filter_map(|entry| {
            let active = actives.iter().find(|active| active.entry_id == entry.id)?.clone();
            Some((entry, active))
        })
        .collect())
}

/// Which of these entries are in force, and at what stage.
///
/// # Errors
/// When the database cannot be asked.
pub async fn stages(db: &impl ConnectionTrait, ids: &[EntryId]) -> Result<Vec<active::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(active::Entity::find().filter(active::Column::EntryId.is_in(ids.iter().copied())).all(db).await?)
}

/// All entries of a plan's world (demo or real), of one indicator or of all.
///
/// # Errors
/// When the database cannot be asked.
pub async fn entries(
    db: &impl ConnectionTrait,
    demo: bool,
    indicator: Option<&str>,
) -> Result<Vec<ledger::Model>> {
    let mut query = ledger::Entity::find().filter(ledger::Column::Demo.eq(demo));
    if let Some(indicator) = indicator {
        query = query.filter(ledger::Column::Indicator.eq(indicator));
    }
    Ok(query.order_by_asc(ledger::Column::Id).all(db).await?)
}

/// All events of a plan's world, in the order in which they were written.
///
/// # Errors
/// When the database cannot be asked.
pub async fn events(
    db: &impl ConnectionTrait,
    demo: bool,
    indicator: Option<&str>,
) -> Result<Vec<event::Model>> {
    let mut entries =
        ledger::Entity::find().select_only().column(ledger::Column::Id).filter(ledger::Column::Demo.eq(demo));
    if let Some(indicator) = indicator {
        entries = entries.filter(ledger::Column::Indicator.eq(indicator));
    }
    Ok(event::Entity::find()
        .filter(event::Column::EntryId.in_subquery(sea_orm::QueryTrait::into_query(entries)))
        .order_by_asc(event::Column::Seq)
        .all(db)
        .await?)
}

/// The events of one entry.
///
/// # Errors
/// When the database cannot be asked.
pub async fn events_of(db: &impl ConnectionTrait, id: EntryId) -> Result<Vec<event::Model>> {
    Ok(event::Entity::find()
        .filter(event::Column::EntryId.eq(id))
        .order_by_asc(event::Column::Seq)
        .all(db)
        .await?)
}

/// What to look for in the ledger.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub indicator: Option<String>,
    pub demo: Option<bool>,
    pub listing: Option<ListingId>,
    pub docking: Option<techmart_entity::id::DockingId>,
    /// Entries in force at one of these stages.
    pub stages: Vec<CountStage>,
}

/// Entries, newest first, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    after: Option<EntryId>,
    limit: u64,
) -> Result<Vec<ledger::Model>> {
    let mut condition = Condition::all();
    if let Some(indicator) = &filter.indicator {
        condition = condition.add(ledger::Column::Indicator.eq(indicator.clone()));
    }
    if let Some(demo) = filter.demo {
        condition = condition.add(ledger::Column::Demo.eq(demo));
    }
    if let Some(listing) = filter.listing {
        condition = condition.add(ledger::Column::ListingId.eq(listing));
    }
    if let Some(docking) = filter.docking {
        condition = condition.add(ledger::Column::DockingId.eq(docking));
    }
    if !filter.stages.is_empty() {
        let live = active::Entity::find()
            .select_only()
            .column(active::Column::EntryId)
            .filter(active::Column::Stage.is_in(filter.stages.iter().copied()));
        condition = condition.add(ledger::Column::Id.in_subquery(sea_orm::QueryTrait::into_query(live)));
    }
    if let Some(after) = after {
        condition = condition.add(ledger::Column::Id.lt(after));
    }
    Ok(ledger::Entity::find()
        .filter(condition)
        .order_by_desc(ledger::Column::Id)
        .limit(limit)
        .all(db)
        .await?)
}
