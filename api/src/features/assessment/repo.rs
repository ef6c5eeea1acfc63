//! The rows of assessments.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use techmart_entity::{
    assessment::{ActiveModel, AssessmentMove, AssessmentStatus, Column, Entity, Model, Verdict, item},
    id::{AssessmentId, EntryId, SnapshotId},
    life_cycle::StatusChange,
};

use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Result},
};

/// An assessment.
///
/// # Errors
/// 404 when there is none.
pub async fn one(db: &impl ConnectionTrait, id: AssessmentId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(AppError::not_found)
}

/// The same, held until the transaction ends.
///
/// # Errors
/// 404 when there is none.
pub async fn hold(tx: &Tx, id: AssessmentId) -> Result<Model> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(AppError::not_found)
}

/// Assessments, the latest first, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    snapshot: Option<SnapshotId>,
    after: Option<AssessmentId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut condition = Condition::all();
    if let Some(snapshot) = snapshot {
        condition = condition.add(Column::SnapshotId.eq(snapshot));
    }
    if let Some(after) = after {
        condition = condition.add(Column::Id.lt(after));
    }
    Ok(Entity::find().filter(condition).order_by_desc(Column::Id).limit(limit).all(db).await?)
}

/// Inserts an assessment with its sample.
///
/// # Errors
/// When the rows cannot be written.
pub async fn insert(tx: &Tx, row: Model, items: Vec<item::Model>) -> Result<()> {
    Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    // A statement takes a bounded number of parameters.
    for chunk in items.chunks(500) {
        let rows = chunk.iter().map(|item| item.clone().into_active_model().reset_all());
        item::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Raises the version of an assessment that was held.
///
/// # Errors
/// A lost race when somebody was faster.
pub async fn touch(tx: &Tx, row: &Model) -> Result<()> {
    save(tx, row, Default::default()).await
}

/// Signs it.
///
/// # Errors
/// A lost race when somebody was faster.
pub async fn sign(
    tx: &Tx,
    cx: &Context,
    row: &Model,
    change: &StatusChange<AssessmentStatus>,
    opinion: String,
    signature: String,
) -> Result<()> {
    debug_assert_eq!(change.mv(), AssessmentMove::Sign);
    let set = ActiveModel {
        status: Set(change.to()),
        opinion: Set(Some(opinion)),
        signature: Set(Some(signature)),
        signed_by: Set(cx.account_id()),
        signed_at: Set(Some(cx.now)),
        ..Default::default()
    };
    save(tx, row, set).await
}

async fn save(tx: &Tx, row: &Model, set: ActiveModel) -> Result<()> {
    let set = ActiveModel { version: Set(row.version.saturating_add(1)), ..set };
    let outcome = Entity::update_many()
        .set(set)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version))
        .exec(tx)
        .await?;
    if outcome.rows_affected == 1 {
        return Ok(());
    }
    Err(AppError::lost_race("the assessment has just changed"))
}

/// A unit of the sample.
///
/// # Errors
/// 404 when there is none.
pub async fn item(db: &impl ConnectionTrait, id: AssessmentId, position: i32) -> Result<item::Model> {
    item::Entity::find_by_id((id, position)).one(db).await?.ok_or_else(AppError::not_found)
}

/// Units of the sample, in its order, after a position.
///
/// # Errors
/// When the database cannot be asked.
pub async fn items(
    db: &impl ConnectionTrait,
    id: AssessmentId,
    judged: Option<bool>,
    after: i32,
    limit: Option<u64>,
) -> Result<Vec<item::Model>> {
    let mut query = item::Entity::find()
        .filter(item::Column::AssessmentId.eq(id))
        .filter(item::Column::Position.gt(after));
    match judged {
        Some(true) => query = query.filter(item::Column::Verdict.is_not_null()),
        Some(false) => query = query.filter(item::Column::Verdict.is_null()),
        None => {}
    }
    if let Some(limit) = limit {
        query = query.limit(limit);
    }
    Ok(query.order_by_asc(item::Column::Position).all(db).await?)
}

/// The verdicts of a sample, each with how often it was given; none for units that wait.
///
/// # Errors
/// When the database cannot be asked.
pub async fn verdicts(db: &impl ConnectionTrait, id: AssessmentId) -> Result<Vec<(Option<Verdict>, i64)>> {
    Ok(item::Entity::find()
        .select_only()
        .column(item::Column::Verdict)
        .column_as(item::Column::Position.count(), "n")
        .filter(item::Column::AssessmentId.eq(id))
        .group_by(item::Column::Verdict)
        .into_tuple()
        .all(db)
        .await?)
}

/// Writes what was found of a unit.
///
/// # Errors
/// When the row cannot be written.
pub async fn judge(
    tx: &Tx,
    cx: &Context,
    row: &item::Model,
    verdict: Verdict,
    note: Option<String>,
) -> Result<()> {
    item::ActiveModel {
        assessment_id: Set(row.assessment_id),
        position: Set(row.position),
        verdict: Set(Some(verdict)),
        note: Set(note),
        judged_by: Set(cx.account_id()),
        judged_at: Set(Some(cx.now)),
        ..Default::default()
    }
    .update(tx)
    .await?;
    Ok(())
}

/// Writes by which entry the count of a unit was taken back.
///
/// # Errors
/// When the row cannot be written.
pub async fn taken_back(tx: &Tx, row: &item::Model, reversal: EntryId) -> Result<()> {
    item::ActiveModel {
        assessment_id: Set(row.assessment_id),
        position: Set(row.position),
        reversal_id: Set(Some(reversal)),
        ..Default::default()
    }
    .update(tx)
    .await?;
    Ok(())
}
