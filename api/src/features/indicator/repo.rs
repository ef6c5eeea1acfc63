//! The rows of indicators and plans.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, sea_query::Expr,
};
use techmart_entity::{
    contract::{self, status::ContractStatus},
    docking::{self, status::DockingStage},
    indicator::{self, Basis, IndicatorKind, plan, plan_target, rule},
    ledger,
};

use crate::{
    db::Tx,
    error::{AppError, Code, Result, Wording, unique_violation},
    say,
};

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

/// The indicators that a plan asks for, in their order, each with its target.
///
/// # Errors
/// When the database cannot be asked.
pub async fn targeted(
    db: &impl ConnectionTrait,
    plan: &str,
) -> Result<Vec<(indicator::Model, plan_target::Model)>> {
    let targets = targets(db, plan).await?;
    let wanted = all(db).await?.into_iter().filter_map(|indicator| {
        let target = targets.iter().find(|target| target.indicator == indicator.code)?.clone();
        Some((indicator, target))
    });
    Ok(wanted.collect())
}

/// The rules of an indicator, the latest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn rules(db: &impl ConnectionTrait, indicator: &str) -> Result<Vec<rule::Model>> {
    Ok(rule::Entity::find()
        .filter(rule::Column::Indicator.eq(indicator))
        .order_by_desc(rule::Column::Number)
        .all(db)
        .await?)
}

/// How an indicator adds up.
///
/// # Errors
/// 404 when there is none.
pub async fn kind(db: &impl ConnectionTrait, code: &str) -> Result<IndicatorKind> {
    Ok(one(db, code).await?.kind)
}

/// An indicator.
///
/// # Errors
/// 404 when there is none.
pub async fn one(db: &impl ConnectionTrait, code: &str) -> Result<indicator::Model> {
    indicator::Entity::find_by_id(code.to_owned()).one(db).await?.ok_or_else(AppError::not_found)
}

/// Open dockings at some stages that the indicator has not counted, those that moved last first; and what
/// all of them would add: a unit each, or the fen of their contracts.
///
/// # Errors
/// When the database cannot be asked.
pub async fn near(
    db: &impl ConnectionTrait,
    indicator: &indicator::Model,
    demo: bool,
    stages: &[DockingStage],
    limit: u64,
) -> Result<(Vec<docking::Model>, i64)> {
    if stages.is_empty() {
        return Ok((Vec::new(), 0));
    }
    let counted = ledger::Entity::find()
        .select_only()
        .column(ledger::Column::DockingId)
        .filter(ledger::Column::Indicator.eq(indicator.code.clone()))
        .filter(ledger::Column::DockingId.is_not_null())
        .filter(
            ledger::Column::Id.in_subquery(
                ledger::active::Entity::find()
                    .select_only()
                    .column(ledger::active::Column::EntryId)
                    .filter(ledger::active::Column::Indicator.eq(indicator.code.clone()))
                    .into_query(),
            ),
        );
    let open = docking::Entity::find()
        .filter(docking::Column::Demo.eq(demo))
        .filter(docking::Column::Stage.is_in(stages.iter().copied()))
        .filter(docking::Column::Id.not_in_subquery(counted.into_query()));
    let adds = if indicator.basis == Basis::ContractRegistered {
        let ids = open.clone().select_only().column(docking::Column::Id);
        let amounts: Vec<i64> = contract::Entity::find()
            .select_only()
            .column(contract::Column::TotalAmount)
            .filter(contract::Column::DockingId.in_subquery(ids.into_query()))
            .filter(contract::Column::Status.is_in([ContractStatus::Signed, ContractStatus::Submitted]))
            .filter(contract::Column::Currency.eq("CNY"))
            .into_tuple()
            .all(db)
            .await?;
        amounts.into_iter().fold(0, i64::saturating_add)
    } else {
        i64::try_from(open.clone().count(db).await?).unwrap_or(i64::MAX)
    };
    let rows = open.order_by_desc(docking::Column::UpdatedAt).limit(limit).all(db).await?;
    Ok((rows, adds))
}

/// A new indicator.
///
/// # Errors
/// 409 when the code is taken.
pub async fn insert(tx: &Tx, row: indicator::Model) -> Result<()> {
    taken(
        indicator::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await,
        say!("这个代码已有指标。", "There is an indicator of that code."),
    )
}

/// A new rule of an indicator.
///
/// # Errors
/// 409 when the indicator had a rule of that version.
pub async fn insert_rule(tx: &Tx, row: rule::Model) -> Result<()> {
    taken(
        rule::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await,
        say!("该指标已有这个版本的规则。", "The indicator has had a rule of that version."),
    )
}

/// A new plan.
///
/// # Errors
/// 409 when the code is taken.
pub async fn insert_plan(tx: &Tx, row: plan::Model) -> Result<()> {
    taken(
        plan::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await,
        say!("这个代码已有规划。", "There is a plan of that code."),
    )
}

fn taken<T>(outcome: std::result::Result<T, sea_orm::DbErr>, detail: Wording) -> Result<()> {
    match outcome {
        Ok(_) => Ok(()),
        Err(error) if unique_violation(&error).is_some() => Err(AppError::new(Code::AlreadyExists, detail)),
        Err(error) => Err(error.into()),
    }
}

/// Changes an indicator that is at a version.
///
/// # Errors
/// 412 when somebody was faster.
pub async fn save(tx: &Tx, row: &indicator::Model, set: indicator::ActiveModel) -> Result<indicator::Model> {
    let outcome = indicator::Entity::update_many()
        .set(set)
        .filter(indicator::Column::Code.eq(row.code.clone()))
        .filter(indicator::Column::Version.eq(row.version))
        .col_expr(indicator::Column::Version, Expr::value(row.version + 1))
        .exec(tx)
        .await?;
    faster(outcome.rows_affected)?;
    one(tx, &row.code).await
}

/// Raises the version of a plan, whose targets are changed in the same transaction.
///
/// # Errors
/// 412 when somebody was faster.
pub async fn touch_plan(tx: &Tx, row: &plan::Model) -> Result<plan::Model> {
    let outcome = plan::Entity::update_many()
        .filter(plan::Column::Code.eq(row.code.clone()))
        .filter(plan::Column::Version.eq(row.version))
        .col_expr(plan::Column::Version, Expr::value(row.version + 1))
        .exec(tx)
        .await?;
    faster(outcome.rows_affected)?;
    self::plan(tx, &row.code).await
}

fn faster(rows: u64) -> Result<()> {
    if rows == 1 {
        return Ok(());
    }
    Err(AppError::stale())
}

/// Puts what a plan asks of an indicator in the place of what it asked.
///
/// # Errors
/// When the row cannot be written.
pub async fn put_target(tx: &Tx, row: plan_target::Model) -> Result<()> {
    remove_target(tx, &row.plan, &row.indicator).await?;
    let row = row.into_active_model().reset_all();
    plan_target::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Takes what a plan asks of an indicator away; says whether it asked.
///
/// # Errors
/// When the row cannot be deleted.
pub async fn remove_target(tx: &Tx, plan: &str, indicator: &str) -> Result<bool> {
    let outcome = plan_target::Entity::delete_many()
        .filter(plan_target::Column::Plan.eq(plan))
        .filter(plan_target::Column::Indicator.eq(indicator))
        .exec(tx)
        .await?;
    Ok(outcome.rows_affected > 0)
}
