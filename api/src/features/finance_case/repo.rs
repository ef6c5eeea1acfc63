//! The rows of finance cases.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
    sea_query::{Expr, ExprTrait},
};
use techmart_entity::{
    finance_case::{ActiveModel, Column, Entity, FinanceCaseStatus, FinanceKind, Model},
    id::{FinanceCaseId, ListingId, OrganisationId},
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
    pub kind: Option<FinanceKind>,
    pub enterprise: Option<OrganisationId>,
    pub provider: Option<ListingId>,
    pub status: Option<FinanceCaseStatus>,
    pub demo: Option<bool>,
}

/// Cases, newest first, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    after: Option<FinanceCaseId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut condition = Condition::all();
    if let Some(kind) = filter.kind {
        condition = condition.add(Column::Kind.eq(kind));
    }
    if let Some(enterprise) = filter.enterprise {
        condition = condition.add(Column::EnterpriseId.eq(enterprise));
    }
    if let Some(provider) = filter.provider {
        condition = condition.add(Column::ProviderId.eq(provider));
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

/// A case.
///
/// # Errors
/// 404 when there is none.
pub async fn find(db: &impl ConnectionTrait, id: FinanceCaseId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(AppError::not_found)
}

/// A case, held until the transaction ends.
///
/// # Errors
/// 404 when there is none.
pub async fn hold(tx: &Tx, id: FinanceCaseId) -> Result<Model> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(AppError::not_found)
}

/// Writes a new case.
///
/// # Errors
/// 409 when the lender's paper of that number is recorded already.
pub async fn insert(tx: &Tx, row: Model) -> Result<()> {
    match Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await {
        Ok(_) => Ok(()),
        Err(error) if unique_violation(&error).is_some() => Err(AppError::new(
            Code::AlreadyExists,
            say!("该机构的这个编号已登记。", "That lender's paper of that number is recorded already."),
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
    change: &StatusChange<FinanceCaseStatus>,
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

/// What each provider granted or arranged in yuan, by kind, the largest sums first; what was withdrawn
/// does not count.
///
/// # Errors
/// When the database cannot be asked.
pub async fn by_provider(
    db: &impl ConnectionTrait,
    demo: bool,
) -> Result<Vec<(Option<ListingId>, FinanceKind, i64, i64)>> {
    // PostgreSQL adds up bigints to a numeric, which is no column of ours.
    let amount = Expr::col(Column::Amount).sum().cast_as("bigint");
    Ok(Entity::find()
        .select_only()
        .column(Column::ProviderId)
        .column(Column::Kind)
        .column_as(Column::Id.count(), "cases")
        .column_as(amount.clone(), "amount")
        .filter(Column::Demo.eq(demo))
        .filter(Column::Currency.eq("CNY"))
        .filter(Column::Status.ne(FinanceCaseStatus::Withdrawn))
        .group_by(Column::ProviderId)
        .group_by(Column::Kind)
        .order_by_desc(amount)
        .limit(200)
        .into_tuple()
        .all(db)
        .await?)
}
