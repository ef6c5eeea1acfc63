//! The rows of the calendar.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::OnConflict,
};
use techmart_entity::{
    Day,
    calendar::{Column, Entity, Model},
};

use super::Calendar;
use crate::{db::Tx, error::Result};

/// The whole calendar: forty rows a year.
///
/// # Errors
/// When the database cannot be asked.
pub async fn load(db: &impl ConnectionTrait) -> Result<Calendar> {
    let rows = Entity::find().all(db).await?;
    Ok(Calendar { days: rows.into_iter().map(|row| (row.day, row.kind)).collect() })
}

/// The days that are not what their weekday says, in their order.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(db: &impl ConnectionTrait, from: Day, to: Day) -> Result<Vec<Model>> {
    Ok(Entity::find().filter(Column::Day.between(from, to)).order_by_asc(Column::Day).all(db).await?)
}

/// Up to which day the calendar was entered.
///
/// # Errors
/// When the database cannot be asked.
pub async fn last(db: &impl ConnectionTrait) -> Result<Option<Day>> {
    Ok(Entity::find().order_by_desc(Column::Day).one(db).await?.map(|row| row.day))
}

/// Says what a day is.
///
/// # Errors
/// When the row cannot be written.
pub async fn save(tx: &Tx, row: Model) -> Result<()> {
    Entity::insert(row.into_active_model().reset_all())
        .on_conflict(OnConflict::column(Column::Day).update_columns([Column::Kind, Column::Name]).to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Lets a day be what its weekday says; says whether it was anything else.
///
/// # Errors
/// When the row cannot be written.
pub async fn remove(tx: &Tx, day: Day) -> Result<bool> {
    Ok(Entity::delete_many().filter(Column::Day.eq(day)).exec(tx).await?.rows_affected > 0)
}
