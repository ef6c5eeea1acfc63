//! The rows of providers' help. `advance` is the only place that writes a status.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Set,
};
use techmart_entity::{
    docking::{
        self,
        assistance::{ActiveModel, Column, Entity, Model, status::AssistanceStatus},
    },
    id::{AssistanceId, DockingId},
    life_cycle::StatusChange,
};

use crate::{
    auth::{Actor, Context},
    db::Tx,
    error::{AppError, Result},
    features::docking::repo as dockings,
};

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub statuses: Vec<AssistanceStatus>,
    pub docking: Option<DockingId>,
}

/// What the caller may see: one's dockings', and what is asked of one's organisations.
fn scope(cx: &Context) -> Condition {
    let seen = docking::Entity::find().select_only().column(docking::Column::Id).filter(dockings::scope(cx));
    let mut scope = Condition::any().add(Column::DockingId.in_subquery(seen.into_query()));
    if let Actor::Person(person) = &cx.actor {
        let own = person.memberships.iter().map(|membership| membership.organisation_id);
        scope = scope.add(Column::OrganisationId.is_in(own));
    }
    scope
}

/// Newest first, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    cx: &Context,
    filter: &Filter,
    after: Option<AssistanceId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut condition = Condition::all().add(scope(cx));
    if !filter.statuses.is_empty() {
        condition = condition.add(Column::Status.is_in(filter.statuses.iter().copied()));
    }
    if let Some(docking) = filter.docking {
        // Which docking it is for is not the provider's to know.
        let seen =
            docking::Entity::find().select_only().column(docking::Column::Id).filter(dockings::scope(cx));
        condition = condition
            .add(Column::DockingId.eq(docking))
            .add(Column::DockingId.in_subquery(seen.into_query()));
    }
    if let Some(after) = after {
        condition = condition.add(Column::Id.lt(after));
    }
    Ok(Entity::find().filter(condition).order_by_desc(Column::Id).limit(limit).all(db).await?)
}

/// Those of a docking that are not done yet.
///
/// # Errors
/// When the database cannot be asked.
pub async fn open_of(db: &impl ConnectionTrait, docking: DockingId) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::DockingId.eq(docking))
        .filter(Column::Status.is_in([AssistanceStatus::Requested, AssistanceStatus::TakenOn]))
        .order_by_asc(Column::Id)
        .all(db)
        .await?)
}

/// One. Whether the caller may see it is `policy`'s to say.
///
/// # Errors
/// 404 when there is none.
pub async fn find(db: &impl ConnectionTrait, id: AssistanceId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(AppError::not_found)
}

/// The same, held until the transaction ends.
///
/// # Errors
/// 404 when there is none.
pub async fn hold(tx: &Tx, id: AssistanceId) -> Result<Model> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(AppError::not_found)
}

/// Writes a new one.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: Model) -> Result<()> {
    Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes a move and what else it sets.
///
/// # Errors
/// 412 when the row is no longer the one that was read.
pub async fn advance(
    tx: &Tx,
    row: &Model,
    change: &StatusChange<AssistanceStatus>,
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
