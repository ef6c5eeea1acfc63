//! The rows of the funnel: steps that were reached, and their sums.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set, TryInsertResult,
    sea_query::{Expr, ExprTrait, OnConflict, Order},
};
use techmart_entity::{
    Day,
    funnel::{self, FunnelDimension, FunnelStep, step},
    id::ListingId,
};

use crate::{db::Tx, error::Result};

/// Which sum.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    pub demo: bool,
    pub dimension: FunnelDimension,
    /// Empty where the listing does not say.
    pub value: String,
    pub step: FunnelStep,
    /// The first day of the month.
    pub month: Day,
}

/// The steps that listings have reached.
///
/// # Errors
/// When the database cannot be asked.
pub async fn reached(db: &impl ConnectionTrait, ids: &[ListingId]) -> Result<Vec<(ListingId, FunnelStep)>> {
    Ok(step::Entity::find()
        .select_only()
        .columns([step::Column::ListingId, step::Column::Step])
        .filter(step::Column::ListingId.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?)
}

/// Writes that a listing reached a step. False when it had before.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: &step::Model) -> Result<bool> {
    let before = OnConflict::columns([step::Column::ListingId, step::Column::Step]).do_nothing().to_owned();
    let done = step::Entity::insert(row.clone().into_active_model().reset_all())
        .on_conflict(before)
        .try_insert()
        .exec_without_returning(tx)
        .await?;
    Ok(match done {
        TryInsertResult::Inserted(n) => n > 0,
        TryInsertResult::Empty | TryInsertResult::Conflicted => false,
    })
}

/// Adds to a sum.
///
/// # Errors
/// When the row cannot be written.
pub async fn add(tx: &Tx, key: Key, by: i64) -> Result<()> {
    use funnel::Column as C;
    let row = funnel::ActiveModel {
        demo: Set(key.demo),
        dimension: Set(key.dimension),
        value: Set(key.value),
        step: Set(key.step),
        month: Set(key.month),
        reached: Set(by),
    };
    let mut met = OnConflict::columns([C::Demo, C::Dimension, C::Value, C::Step, C::Month]);
    met.value(C::Reached, Expr::col((funnel::Entity, C::Reached)).add(by));
    funnel::Entity::insert(row).on_conflict(met).exec_without_returning(tx).await?;
    Ok(())
}

/// Which sums to read.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub demo: bool,
    pub dimension: FunnelDimension,
    /// The first day of the first month.
    pub from: Day,
    /// The first day of the last month.
    pub to: Day,
}

impl Asked {
    fn condition(self) -> Condition {
        use funnel::Column as C;
        Condition::all()
            .add(C::Demo.eq(self.demo))
            .add(C::Dimension.eq(self.dimension))
            .add(C::Month.gte(self.from))
            .add(C::Month.lte(self.to))
    }
}

fn total() -> Expr {
    // PostgreSQL sums bigints up to a numeric.
    Expr::col(funnel::Column::Reached).sum().cast_as("bigint")
}

/// All of them together, by step.
///
/// # Errors
/// When the database cannot be asked.
pub async fn whole(db: &impl ConnectionTrait, asked: Asked) -> Result<Vec<(FunnelStep, i64)>> {
    Ok(funnel::Entity::find()
        .select_only()
        .column(funnel::Column::Step)
        .column_as(total(), "n")
        .filter(asked.condition())
        .group_by(funnel::Column::Step)
        .into_tuple()
        .all(db)
        .await?)
}

/// By month and step.
///
/// # Errors
/// When the database cannot be asked.
pub async fn months(db: &impl ConnectionTrait, asked: Asked) -> Result<Vec<(Day, FunnelStep, i64)>> {
    Ok(funnel::Entity::find()
        .select_only()
        .columns([funnel::Column::Month, funnel::Column::Step])
        .column_as(total(), "n")
        .filter(asked.condition())
        .group_by(funnel::Column::Month)
        .group_by(funnel::Column::Step)
        .into_tuple()
        .all(db)
        .await?)
}

/// All values, those first of which most was submitted.
///
/// # Errors
/// When the database cannot be asked.
pub async fn values(db: &impl ConnectionTrait, asked: Asked) -> Result<Vec<String>> {
    use funnel::Column as C;
    let submitted =
        Expr::case(Expr::col(C::Step).eq(FunnelStep::Submitted), Expr::col(C::Reached)).finally(0).sum();
    Ok(funnel::Entity::find()
        .select_only()
        .column(C::Value)
        .filter(asked.condition())
        .group_by(C::Value)
        .order_by(submitted, Order::Desc)
        .order_by(Expr::col(C::Reached).sum(), Order::Desc)
        .order_by_asc(C::Value)
        .into_tuple()
        .all(db)
        .await?)
}

/// By value and step, of those values.
///
/// # Errors
/// When the database cannot be asked.
pub async fn divided(
    db: &impl ConnectionTrait,
    asked: Asked,
    values: &[String],
) -> Result<Vec<(String, FunnelStep, i64)>> {
    Ok(funnel::Entity::find()
        .select_only()
        .columns([funnel::Column::Value, funnel::Column::Step])
        .column_as(total(), "n")
        .filter(asked.condition())
        .filter(funnel::Column::Value.is_in(values.iter().cloned()))
        .group_by(funnel::Column::Value)
        .group_by(funnel::Column::Step)
        .into_tuple()
        .all(db)
        .await?)
}

/// Listings that reached a step from a day to a day, the latest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn listings(
    db: &impl ConnectionTrait,
    condition: Condition,
    after: Option<(Day, ListingId)>,
    limit: u64,
) -> Result<Vec<step::Model>> {
    use step::Column as C;
    let mut condition = condition;
    if let Some((day, id)) = after {
        condition = condition.add(
            Condition::any()
                .add(C::ReachedOn.lt(day))
                .add(Condition::all().add(C::ReachedOn.eq(day)).add(C::ListingId.lt(id))),
        );
    }
    Ok(step::Entity::find()
        .filter(condition)
        .order_by_desc(C::ReachedOn)
        .order_by_desc(C::ListingId)
        .limit(limit)
        .all(db)
        .await?)
}

/// What the steps of a world add up to in one dimension, by value, step and day: to compare with the
/// sums.
///
/// # Errors
/// When the database cannot be asked.
pub async fn anew(
    db: &impl ConnectionTrait,
    demo: bool,
    dimension: FunnelDimension,
) -> Result<Vec<(Option<String>, FunnelStep, Day, i64)>> {
    use step::Column as C;
    let column = match dimension {
        FunnelDimension::Kind => C::Kind,
        FunnelDimension::Field => C::Field,
        FunnelDimension::Town => C::Town,
        FunnelDimension::Organisation => C::OrganisationId,
        FunnelDimension::Source => C::Source,
    };
    let rows = step::Entity::find()
        .select_only()
        .column_as(Expr::col(column), "value")
        .columns([C::Step, C::ReachedOn])
        .column_as(Expr::col(C::ListingId).count(), "n")
        .filter(C::Demo.eq(demo))
        .group_by(column)
        .group_by(C::Step)
        .group_by(C::ReachedOn);
    if matches!(dimension, FunnelDimension::Organisation) {
        let rows: Vec<(Option<techmart_entity::id::OrganisationId>, FunnelStep, Day, i64)> =
            rows.into_tuple().all(db).await?;
        return Ok(rows
            .into_iter()
            .map(|(id, step, day, n)| (id.map(|id| id.to_string()), step, day, n))
            .collect());
    }
    Ok(rows.into_tuple().all(db).await?)
}

/// The sums of a world in one dimension.
///
/// # Errors
/// When the database cannot be asked.
pub async fn sums(
    db: &impl ConnectionTrait,
    demo: bool,
    dimension: FunnelDimension,
) -> Result<Vec<funnel::Model>> {
    Ok(funnel::Entity::find()
        .filter(funnel::Column::Demo.eq(demo))
        .filter(funnel::Column::Dimension.eq(dimension))
        .all(db)
        .await?)
}
