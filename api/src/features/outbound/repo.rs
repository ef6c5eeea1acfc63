//! The rows of targets, packages and items, and the listings that go out.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set, sea_query::OnConflict,
};
use techmart_entity::{
    Instant,
    id::{ListingId, OrganisationId, OutboundTargetId, VersionId},
    listing::{self, ListingKind, status::ListingStatus, version},
    organisation,
    outbound::{
        ActiveModel, Column, Entity, Model,
        item::{self, ItemState},
        package,
    },
};

use crate::{
    db::Tx,
    error::{AppError, Code, Result, unique_violation},
    say,
};

/// A target.
///
/// # Errors
/// 404 when there is none.
pub async fn find(db: &impl ConnectionTrait, id: OutboundTargetId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(AppError::not_found)
}

/// The same, held until the transaction ends: two packages are not made at once.
///
/// # Errors
/// 404 when there is none.
pub async fn hold(tx: &Tx, id: OutboundTargetId) -> Result<Model> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(AppError::not_found)
}

/// Targets, newest first, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    after: Option<OutboundTargetId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut query = Entity::find();
    if let Some(after) = after {
        query = query.filter(Column::Id.lt(after));
    }
    Ok(query.order_by_desc(Column::Id).limit(limit).all(db).await?)
}

fn taken(error: sea_orm::DbErr) -> AppError {
    match unique_violation(&error) {
        Some(_) => AppError::new(
            Code::AlreadyExists,
            say!("已有同名的报送目标，请换一个名称。", "There is a target of that name; take another one."),
        ),
        None => error.into(),
    }
}

/// Writes a new target.
///
/// # Errors
/// 409 when its name is taken.
pub async fn insert(tx: &Tx, row: Model) -> Result<()> {
    Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await.map_err(taken)?;
    Ok(())
}

/// Changes a target that was read at its version.
///
/// # Errors
/// 409 when the name is taken, 412 when it is no longer the one that was read.
pub async fn save(tx: &Tx, row: &Model, now: Instant, mut set: ActiveModel) -> Result<Model> {
    set.version = Set(row.version + 1);
    set.updated_at = Set(now);
    let updated = Entity::update_many()
        .set(set)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version))
        .exec(tx)
        .await
        .map_err(taken)?;
    if updated.rows_affected == 0 {
        return Err(AppError::new(
            Code::VersionChanged,
            say!("内容刚被修改，请重新读取。", "It has just been changed; read it again."),
        ));
    }
    find(tx, row.id).await
}

/// Writes a package.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert_package(tx: &Tx, row: package::Model) -> Result<()> {
    package::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// Packages of a target, newest first, before a number.
///
/// # Errors
/// When the database cannot be asked.
pub async fn packages(
    db: &impl ConnectionTrait,
    target: OutboundTargetId,
    before: Option<i64>,
    limit: u64,
) -> Result<Vec<package::Model>> {
    let mut query = package::Entity::find().filter(package::Column::TargetId.eq(target));
    if let Some(before) = before {
        query = query.filter(package::Column::Number.lt(before));
    }
    Ok(query.order_by_desc(package::Column::Number).limit(limit).all(db).await?)
}

/// Items of a target, of those states or of all, by listing, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn items(
    db: &impl ConnectionTrait,
    target: OutboundTargetId,
    states: &[ItemState],
    after: Option<ListingId>,
    limit: u64,
) -> Result<Vec<item::Model>> {
    let mut query = item::Entity::find().filter(item::Column::TargetId.eq(target));
    if !states.is_empty() {
        query = query.filter(item::Column::State.is_in(states.iter().copied()));
    }
    if let Some(after) = after {
        query = query.filter(item::Column::ListingId.gt(after));
    }
    Ok(query.order_by_asc(item::Column::ListingId).limit(limit).all(db).await?)
}

/// The items of these listings.
///
/// # Errors
/// When the database cannot be asked.
pub async fn items_of(
    db: &impl ConnectionTrait,
    target: OutboundTargetId,
    listings: &[ListingId],
) -> Result<HashMap<ListingId, item::Model>> {
    if listings.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = item::Entity::find()
        .filter(item::Column::TargetId.eq(target))
        .filter(item::Column::ListingId.is_in(listings.iter().copied()))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.listing_id, row)).collect())
}

/// Writes where a listing stands, over what stood there.
///
/// # Errors
/// When the row cannot be written.
pub async fn put_item(tx: &Tx, row: item::Model) -> Result<()> {
    let changed = [
        item::Column::Title,
        item::Column::State,
        item::Column::LastPayloadHash,
        item::Column::RemoteId,
        item::Column::Opinion,
        item::Column::PackageId,
        item::Column::PackedAt,
        item::Column::AnsweredAt,
    ];
    item::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(
            OnConflict::columns([item::Column::TargetId, item::Column::ListingId])
                .update_columns(changed)
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// A listing with what is needed to lay it out.
#[derive(Clone, Debug)]
pub struct Laid {
    pub row: listing::Model,
    pub content: serde_json::Value,
    pub owner: Option<organisation::Model>,
}

/// Published listings of a kind, by id, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn published(
    db: &impl ConnectionTrait,
    kind: ListingKind,
    after: Option<ListingId>,
    limit: u64,
) -> Result<Vec<Laid>> {
    let mut query = listing::Entity::find()
        .filter(listing::Column::Kind.eq(kind))
        .filter(listing::Column::Status.eq(ListingStatus::Published));
    if let Some(after) = after {
        query = query.filter(listing::Column::Id.gt(after));
    }
    let rows = query.order_by_asc(listing::Column::Id).limit(limit).all(db).await?;
    laid(db, rows).await
}

/// Listings by id, wherever they stand.
///
/// # Errors
/// When the database cannot be asked.
pub async fn listings(db: &impl ConnectionTrait, ids: &[ListingId]) -> Result<Vec<Laid>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = listing::Entity::find().filter(listing::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    laid(db, rows).await
}

async fn laid(db: &impl ConnectionTrait, rows: Vec<listing::Model>) -> Result<Vec<Laid>> {
    let versions: Vec<VersionId> = rows.iter().filter_map(|row| row.published_version_id).collect();
    let owners: Vec<OrganisationId> = rows.iter().filter_map(|row| row.organisation_id).collect();
    let versions = version::Entity::find().filter(version::Column::Id.is_in(versions)).all(db).await?;
    let mut contents: HashMap<VersionId, serde_json::Value> =
        versions.into_iter().map(|row| (row.id, row.content)).collect();
    let owners = organisation::Entity::find().filter(organisation::Column::Id.is_in(owners)).all(db).await?;
    let owners: HashMap<OrganisationId, organisation::Model> =
        owners.into_iter().map(|row| (row.id, row)).collect();
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let content = contents.remove(&row.published_version_id?)?;
            let owner = row.organisation_id.and_then(|id| owners.get(&id).cloned());
            Some(Laid { row, content, owner })
        })
        .collect())
}
