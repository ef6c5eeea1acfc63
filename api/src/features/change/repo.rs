//! The rows of the feed.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set, sea_query::OnConflict,
};
use techmart_entity::{
    Instant,
    change::{ActiveModel, ChangeKind, Column, Entity, Model, counter},
    id::{ListingId, OrganisationId},
    listing::{self, ListingKind},
    organisation,
    value::field::Field,
};

use crate::{
    db::Tx,
    error::{AppError, Result},
};

/// The last number that was drawn.
///
/// # Errors
/// When the database cannot be asked.
pub async fn last(db: &impl ConnectionTrait) -> Result<i64> {
    let row = counter::Entity::find().one(db).await?;
    row.map(|row| row.last).ok_or_else(|| AppError::internal("the feed has no counter"))
}

/// Rows after a number, in the order of commits.
///
/// # Errors
/// When the database cannot be asked.
pub async fn after(
    db: &impl ConnectionTrait,
    number: i64,
    kinds: &[ListingKind],
    limit: u64,
) -> Result<Vec<Model>> {
    let mut query = Entity::find().filter(Column::Seq.gt(number));
    if !kinds.is_empty() {
        query = query.filter(Column::ListingKind.is_in(kinds.iter().copied()));
    }
    Ok(query.order_by_asc(Column::Seq).limit(limit).all(db).await?)
}

/// The rows of listings, by listing.
///
/// # Errors
/// When the database cannot be asked.
pub async fn of(db: &impl ConnectionTrait, ids: &[ListingId]) -> Result<HashMap<ListingId, Model>> {
    let rows = Entity::find().filter(Column::ListingId.is_in(ids.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.listing_id, row)).collect())
}

/// The same, held until the transaction ends: of two acts at once the second looks at what the first did.
///
/// # Errors
/// When the database cannot be asked.
pub async fn hold(tx: &Tx, ids: &[ListingId]) -> Result<HashMap<ListingId, Model>> {
    let rows = Entity::find()
        .filter(Column::ListingId.is_in(ids.iter().copied()))
        .order_by_asc(Column::ListingId)
        .lock_exclusive()
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|row| (row.listing_id, row)).collect())
}

/// Keeps the owners of listings as they are until the transaction ends: who changes one of them meanwhile waits, and
/// then finds the listing among the owner's.
///
/// # Errors
/// When the database cannot be asked.
pub async fn keep_owners(tx: &Tx, ids: &[ListingId]) -> Result<()> {
    let mut owners: Vec<OrganisationId> = listing::Entity::find()
        .select_only()
        .column(listing::Column::OrganisationId)
        .distinct()
        .filter(listing::Column::Id.is_in(ids.iter().copied()))
        .filter(listing::Column::OrganisationId.is_not_null())
        .into_tuple()
        .all(tx)
        .await?;
    if owners.is_empty() {
        return Ok(());
    }
    owners.sort();
    organisation::Entity::find()
        .select_only()
        .column(organisation::Column::Id)
        .filter(organisation::Column::Id.is_in(owners))
        .order_by_asc(organisation::Column::Id)
        .lock_shared()
        .into_tuple::<OrganisationId>()
        .all(tx)
        .await?;
    Ok(())
}

/// What a harvest is about.
#[derive(Clone, Copy, Debug)]
pub struct Harvest {
    pub after: i64,
    pub kind: Option<ListingKind>,
    pub field: Option<Field>,
    pub from: Option<Instant>,
    pub before: Option<Instant>,
}

/// Rows of a harvest, in the order of commits.
///
/// # Errors
/// When the database cannot be asked.
pub async fn harvest(db: &impl ConnectionTrait, harvest: &Harvest, limit: u64) -> Result<Vec<Model>> {
    let wanted = Condition::all()
        .add(Column::Seq.gt(harvest.after))
        .add_option(harvest.kind.map(|kind| Column::ListingKind.eq(kind)))
        .add_option(harvest.field.map(|field| Column::Field.eq(field)))
        .add_option(harvest.from.map(|from| Column::At.gte(from)))
        .add_option(harvest.before.map(|before| Column::At.lt(before)));
    Ok(Entity::find().filter(wanted).order_by_asc(Column::Seq).limit(limit).all(db).await?)
}

/// The instant of the oldest row.
///
/// # Errors
/// When the database cannot be asked.
pub async fn oldest(db: &impl ConnectionTrait) -> Result<Option<Instant>> {
    Ok(Entity::find().order_by_asc(Column::At).one(db).await?.map(|row| row.at))
}

/// Writes the first change of a listing; says whether there was none yet.
///
/// # Errors
/// When the row cannot be written.
pub async fn begin(tx: &Tx, row: Model) -> Result<bool> {
    let insert = Entity::insert(row.into_active_model().reset_all())
        .on_conflict(OnConflict::column(Column::ListingId).do_nothing().to_owned());
    Ok(insert.exec_without_returning(tx).await? == 1)
}

/// Moves a listing's row up: its number is drawn anew.
///
/// # Errors
/// When the row cannot be written.
pub async fn move_up(tx: &Tx, row: Model) -> Result<()> {
    let id = row.listing_id;
    let set = Model { seq: None, ..row }.into_active_model().reset_all();
    Entity::update_many().set(set).filter(Column::ListingId.eq(id)).exec(tx).await?;
    Ok(())
}

/// Writes what was never looked at, without telling anybody.
///
/// # Errors
/// When the row cannot be written.
pub async fn adopt(tx: &Tx, id: ListingId, fingerprint: String) -> Result<()> {
    let set = ActiveModel { fingerprint: Set(fingerprint), ..Default::default() };
    Entity::update_many()
        .set(set)
        .filter(Column::ListingId.eq(id))
        .filter(Column::Kind.eq(ChangeKind::Upsert))
        .filter(Column::Fingerprint.eq(""))
        .exec(tx)
        .await?;
    Ok(())
}

/// Listings that were published at some time, after an id, in the order of ids.
///
/// # Errors
/// When the database cannot be asked.
pub async fn once_published(
    db: &impl ConnectionTrait,
    after: Option<ListingId>,
    limit: u64,
) -> Result<Vec<ListingId>> {
    let mut query = listing::Entity::find()
        .select_only()
        .column(listing::Column::Id)
        .filter(listing::Column::FirstPublishedAt.is_not_null());
    if let Some(after) = after {
        query = query.filter(listing::Column::Id.gt(after));
    }
    Ok(query.order_by_asc(listing::Column::Id).limit(limit).into_tuple().all(db).await?)
}
