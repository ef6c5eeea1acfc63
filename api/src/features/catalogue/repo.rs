//! The rows of the files.

use std::collections::HashSet;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use techmart_entity::{
    Instant,
    catalogue_file::{ActiveModel, Column, Entity, Model},
    change,
    id::ListingId,
    listing::{self, ListingKind},
};

use crate::{
    db::Tx,
    error::{AppError, Result},
};

/// All rows, by their kinds.
///
/// # Errors
/// When the database cannot be asked.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Model>> {
    Ok(Entity::find().order_by_asc(Column::ListingKind).all(db).await?)
}

/// The row of a kind.
///
/// # Errors
/// When the database cannot be asked.
pub async fn of(db: &impl ConnectionTrait, kind: ListingKind) -> Result<Model> {
    let row = Entity::find_by_id(kind).one(db).await?;
    row.ok_or_else(|| AppError::internal("a kind has no row of catalogue files"))
}

/// Whether the catalogue of a kind has changed after a place in the feed.
///
/// # Errors
/// When the database cannot be asked.
pub async fn has_moved(db: &impl ConnectionTrait, kind: ListingKind, position: i64) -> Result<bool> {
    let newer = change::Entity::find()
        .select_only()
        .column(change::Column::Seq)
        .filter(change::Column::ListingKind.eq(kind))
        .filter(change::Column::Seq.gt(position))
        .limit(1)
        .into_tuple::<i64>();
    Ok(newer.one(db).await?.is_some())
}

/// Says that files are asked for now; whether nobody else did since the row was read.
///
/// # Errors
/// When the row cannot be written.
pub async fn ask(tx: &Tx, row: &Model, now: Instant) -> Result<bool> {
    let asked = match row.asked_at {
        Some(before) => Column::AskedAt.eq(before),
        None => Column::AskedAt.is_null(),
    };
    let update = Entity::update_many()
        .col_expr(Column::AskedAt, Expr::value(now))
        .filter(Column::ListingKind.eq(row.listing_kind))
        .filter(asked);
    Ok(update.exec(tx).await?.rows_affected == 1)
}

/// Names the files that were made, unless newer ones are named.
///
/// # Errors
/// When the row cannot be written.
pub async fn name(tx: &Tx, made: ActiveModel, kind: ListingKind, position: i64) -> Result<()> {
    let older = Condition::any().add(Column::Position.is_null()).add(Column::Position.lte(position));
    Entity::update_many().set(made).filter(Column::ListingKind.eq(kind)).filter(older).exec(tx).await?;
    Ok(())
}

/// Listings of a kind that were ever public, after an id, in the order of ids.
///
/// # Errors
/// When the database cannot be asked.
pub async fn once_public(
    db: &impl ConnectionTrait,
    kind: ListingKind,
    after: Option<ListingId>,
    limit: u64,
) -> Result<Vec<ListingId>> {
    let mut query = listing::Entity::find()
        .select_only()
        .column(listing::Column::Id)
        .filter(listing::Column::Kind.eq(kind))
        .filter(listing::Column::PublishedVersionId.is_not_null());
    if let Some(after) = after {
        query = query.filter(listing::Column::Id.gt(after));
    }
    Ok(query.order_by_asc(listing::Column::Id).limit(limit).into_tuple().all(db).await?)
}

/// The names of all files that rows name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn names(db: &impl ConnectionTrait) -> Result<HashSet<String>> {
    let rows = all(db).await?;
    Ok(rows.into_iter().flat_map(|row| [row.csv_sha256, row.json_lines_sha256]).flatten().collect())
}
