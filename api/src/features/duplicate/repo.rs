//! The rows of pairs, and the prints by which like texts are found.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Set,
    sea_query::{OnConflict, Query},
};
use techmart_entity::{
    duplicate::{ActiveModel, Column, DuplicateStatus, DuplicateSubject, Entity, Model, print},
    id::{DuplicateId, ListingId},
    life_cycle::StatusChange,
    listing, organisation,
};
use uuid::Uuid;

use crate::{
    db::Tx,
    error::{AppError, Result},
};

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub subjects: Vec<DuplicateSubject>,
    pub statuses: Vec<DuplicateStatus>,
    pub demo: Option<bool>,
    /// Pairs of which one is this.
    pub about: Option<Uuid>,
}

/// Pairs, newest first. Those of a listing or organisation that was merged meanwhile wait for nobody.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    after: Option<DuplicateId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut condition = Condition::all();
    if !filter.subjects.is_empty() {
        condition = condition.add(Column::Subject.is_in(filter.subjects.iter().copied()));
    }
    if !filter.statuses.is_empty() {
        condition = condition.add(Column::Status.is_in(filter.statuses.iter().copied()));
    }
    if let Some(demo) = filter.demo {
        condition = condition.add(Column::Demo.eq(demo));
    }
    if let Some(about) = filter.about {
        condition =
            condition.add(Condition::any().add(Column::LeftId.eq(about)).add(Column::RightId.eq(about)));
    }
    if filter.statuses == [DuplicateStatus::Open] {
        for gone in [merged_listings(), merged_organisations()] {
            condition = condition
                .add(Column::LeftId.not_in_subquery(gone.clone()))
                .add(Column::RightId.not_in_subquery(gone));
        }
    }
    if let Some(after) = after {
        condition = condition.add(Column::Id.lt(after));
    }
    Ok(Entity::find().filter(condition).order_by_desc(Column::Id).limit(limit).all(db).await?)
}

fn merged_listings() -> sea_orm::sea_query::SelectStatement {
    Query::select()
        .column(listing::Column::Id)
        .from(listing::Entity)
        .and_where(listing::Column::MergedInto.is_not_null())
        .to_owned()
}

fn merged_organisations() -> sea_orm::sea_query::SelectStatement {
    organisation::Entity::find()
        .select_only()
        .column(organisation::Column::Id)
        .filter(organisation::Column::MergedInto.is_not_null())
        .into_query()
}

/// A pair.
///
/// # Errors
/// 404 when there is none.
pub async fn find(db: &impl ConnectionTrait, id: DuplicateId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(AppError::not_found)
}

/// The same, held until the transaction ends: of two decisions at once the second sees the first.
///
/// # Errors
/// 404 when there is none.
pub async fn hold(tx: &Tx, id: DuplicateId) -> Result<Model> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(AppError::not_found)
}

/// The pair of two, in whatever order they are named.
///
/// # Errors
/// When the database cannot be asked.
pub async fn of_two(
    db: &impl ConnectionTrait,
    subject: DuplicateSubject,
    one: Uuid,
    other: Uuid,
) -> Result<Option<Model>> {
    Ok(Entity::find()
        .filter(Column::Subject.eq(subject))
        .filter(Column::LeftId.eq(one.min(other)))
        .filter(Column::RightId.eq(one.max(other)))
        .one(db)
        .await?)
}

/// Writes a new pair, unless the two are one already; says whether it did.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: Model) -> Result<bool> {
    let inserted = Entity::insert(row.into_active_model().reset_all())
        .on_conflict(
            OnConflict::columns([Column::Subject, Column::LeftId, Column::RightId]).do_nothing().to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}

/// Writes what was found anew of a pair that nobody has decided.
///
/// # Errors
/// When the row cannot be written.
pub async fn renew(tx: &Tx, row: &Model, found: &Model) -> Result<()> {
    let set = ActiveModel {
        reasons: Set(found.reasons.clone()),
        score: Set(found.score),
        version: Set(row.version + 1),
        ..Default::default()
    };
    Entity::update_many()
        .set(set)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version))
        .filter(Column::Status.eq(DuplicateStatus::Open))
        .exec(tx)
        .await?;
    Ok(())
}

/// Writes a decision, or its undoing, of a row that was read at its version.
///
/// # Errors
/// 412 when the row is no longer the one that was read.
pub async fn advance(
    tx: &Tx,
    row: &Model,
    change: &StatusChange<DuplicateStatus>,
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

/// The decisions that stand and changed something.
///
/// # Errors
/// When the database cannot be asked.
pub async fn with_effects(tx: &Tx) -> Result<Vec<Model>> {
    Ok(Entity::find().filter(Column::Effects.is_not_null()).order_by_asc(Column::Id).all(tx).await?)
}

/// Keeps what a decision changed, as it is now.
///
/// # Errors
/// When the row cannot be written.
pub async fn set_effects(tx: &Tx, id: DuplicateId, effects: serde_json::Value) -> Result<()> {
    Entity::update_many()
        .set(ActiveModel { effects: Set(Some(effects)), ..Default::default() })
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// The bands of a listing, sorted.
///
/// # Errors
/// When the database cannot be asked.
pub async fn bands(db: &impl ConnectionTrait, id: ListingId) -> Result<Vec<String>> {
    Ok(print::Entity::find()
        .select_only()
        .column(print::Column::Band)
        .filter(print::Column::ListingId.eq(id))
        .order_by_asc(print::Column::Band)
        .into_tuple()
        .all(db)
        .await?)
}

/// Writes the bands of a listing in the place of those that it had.
///
/// # Errors
/// When the rows cannot be written.
pub async fn set_bands(tx: &Tx, id: ListingId, bands: &[String]) -> Result<()> {
    print::Entity::delete_many().filter(print::Column::ListingId.eq(id)).exec(tx).await?;
    if bands.is_empty() {
        return Ok(());
    }
    let rows = bands
        .iter()
        .map(|band| print::ActiveModel { band: Set(band.clone()), listing_id: Set(id) })
        .collect::<Vec<_>>();
    print::Entity::insert_many(rows).on_conflict_do_nothing().exec_without_returning(tx).await?;
    Ok(())
}

/// Listings that share bands with one, with how many they share, the most first. Of each band the newest
/// `each` are looked at, so a text that stands under thousands of titles costs no more than another.
///
/// # Errors
/// When the database cannot be asked.
pub async fn sharing(
    db: &impl ConnectionTrait,
    id: ListingId,
    bands: &[String],
    each: u64,
) -> Result<Vec<(ListingId, usize)>> {
    let mut shared: HashMap<ListingId, usize> = HashMap::new();
    for band in bands {
        let there: Vec<ListingId> = print::Entity::find()
            .select_only()
            .column(print::Column::ListingId)
            .filter(print::Column::Band.eq(band.as_str()))
            .filter(print::Column::ListingId.ne(id))
            .order_by_desc(print::Column::ListingId)
            .limit(each)
            .into_tuple()
            .all(db)
            .await?;
        for other in there {
            *shared.entry(other).or_default() += 1;
        }
    }
    let mut shared: Vec<(ListingId, usize)> = shared.into_iter().collect();
    shared.sort_by_key(|(other, n)| (std::cmp::Reverse(*n), std::cmp::Reverse(*other)));
    Ok(shared)
}
