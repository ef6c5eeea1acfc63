//! The rows of saved searches and of what they told.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::{Expr, OnConflict},
};
use techmart_entity::{
    Instant,
    id::{AccountId, AlertId, ListingId, SavedSearchId},
    listing::{self, status::ListingStatus},
    saved_search::{ActiveModel, Column, Entity, Model, SearchPace, hit},
};

use crate::{
    db::Tx,
    error::{AppError, Code, Result},
    say,
};

/// Somebody's, newest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    after: Option<SavedSearchId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut query = Entity::find().filter(Column::AccountId.eq(account));
    if let Some(after) = after {
        query = query.filter(Column::Id.lt(after));
    }
    Ok(query.order_by_desc(Column::Id).limit(limit).all(db).await?)
}

/// How many somebody keeps.
///
/// # Errors
/// When the database cannot be asked.
pub async fn count(db: &impl ConnectionTrait, account: AccountId) -> Result<u64> {
    Ok(Entity::find().filter(Column::AccountId.eq(account)).count(db).await?)
}

/// One of somebody's.
///
/// # Errors
/// 404 when there is none.
pub async fn find(db: &impl ConnectionTrait, account: AccountId, id: SavedSearchId) -> Result<Model> {
    any(db, id).await?.filter(|row| row.account_id == account).ok_or_else(AppError::not_found)
}

/// One, whoever keeps it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn any(db: &impl ConnectionTrait, id: SavedSearchId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// Writes a new one.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: Model) -> Result<()> {
    Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// Changes a row that was read at its version.
///
/// # Errors
/// 412 when it is no longer the one that was read.
pub async fn save(tx: &Tx, row: &Model, now: Instant, mut set: ActiveModel) -> Result<Model> {
    set.updated_at = Set(now);
    set.version = Set(row.version + 1);
    let updated = Entity::update_many()
        .set(set)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version))
        .exec(tx)
        .await?;
    if updated.rows_affected == 0 {
        return Err(AppError::new(
            Code::VersionChanged,
            say!("内容刚被修改，请重新读取。", "It has just been changed; read it again."),
        ));
    }
    any(tx, row.id).await?.ok_or_else(AppError::not_found)
}

/// Takes one away, with what it told.
///
/// # Errors
/// When the row cannot be deleted.
pub async fn remove(tx: &Tx, id: SavedSearchId) -> Result<()> {
    hit::Entity::delete_many().filter(hit::Column::SavedSearchId.eq(id)).exec(tx).await?;
    Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

/// When something was first published last.
///
/// # Errors
/// When the database cannot be asked.
pub async fn newest(db: &impl ConnectionTrait) -> Result<Option<Instant>> {
    let row = listing::Entity::find()
        .filter(listing::Column::Status.eq(ListingStatus::Published))
        .filter(listing::Column::FirstPublishedAt.is_not_null())
        .order_by_desc(listing::Column::FirstPublishedAt)
        .limit(1)
        .one(db)
        .await?;
    Ok(row.and_then(|row| row.first_published_at))
}

/// Those that are to be run: whose time has come, and of those at once whichever have not looked since `published`.
///
/// # Errors
/// When the database cannot be asked.
pub async fn due(
    db: &impl ConnectionTrait,
    now: Instant,
    published: Option<Instant>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut either = Condition::any().add(
        Condition::all()
            .add(Column::Pace.is_in([SearchPace::Daily, SearchPace::Weekly]))
            .add(Column::NextRunAt.lte(now)),
    );
    if let Some(published) = published {
        either = either.add(
            Condition::all()
                .add(Column::Pace.eq(SearchPace::AtOnce))
                .add(Column::Since.lt(published))
                .add(Condition::any().add(Column::LastRunAt.is_null()).add(Column::LastRunAt.lt(published))),
        );
    }
    Ok(Entity::find().filter(either).order_by_asc(Column::NextRunAt).limit(limit).all(db).await?)
}

/// Says that one was run; not when it was changed meanwhile.
///
/// # Errors
/// When the row cannot be written.
pub async fn ran(tx: &Tx, row: &Model, at: Instant, next: Instant) -> Result<()> {
    Entity::update_many()
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version))
        .col_expr(Column::LastRunAt, Expr::value(at))
        .col_expr(Column::NextRunAt, Expr::value(next))
        .exec(tx)
        .await?;
    Ok(())
}

/// Remembers that a listing is told of; says whether it was not before.
///
/// # Errors
/// When the row cannot be written.
pub async fn tell(tx: &Tx, row: hit::Model) -> Result<bool> {
    let inserted = hit::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(
            OnConflict::columns([hit::Column::SavedSearchId, hit::Column::ListingId]).do_nothing().to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}

/// What an alert tells of.
///
/// # Errors
/// When the database cannot be asked.
pub async fn told(db: &impl ConnectionTrait, alert: AlertId) -> Result<Vec<ListingId>> {
    let rows = hit::Entity::find().filter(hit::Column::AlertId.eq(alert)).all(db).await?;
    Ok(rows.into_iter().map(|row| row.listing_id).collect())
}
