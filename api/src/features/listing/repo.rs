//! The rows of listings and their versions. Every list takes a `scope`; `advance` is the only place
//! that writes a status.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
    sea_query::{Expr, ExprTrait, Query},
};
use serde::{Deserialize, Serialize};
use techmart_entity::{
    Instant,
    id::{ListingId, OrganisationId, VersionId},
    life_cycle::StatusChange,
    listing::{
        ActiveModel, Audience, Column, Content, Entity, ListingKind, Model, duplicate_key,
        status::ListingStatus, version,
    },
    organisation::{self, status::VerificationStatus},
};

use crate::{
    auth::{Actor, Context},
    db::Tx,
    error::{AppError, Result},
};

/// Which rows a caller may see in lists, whatever they filter by. What a suspended organisation owns is
/// hidden from all outside.
#[must_use]
pub fn scope(cx: &Context) -> Condition {
    match &cx.actor {
        Actor::System => Condition::all(),
        Actor::Visitor => public_scope(),
        Actor::Person(_) if cx.actor.is_centre() || cx.actor.is_auditor() => Condition::all(),
        Actor::Person(person) => {
            let open = published(&[Audience::Public, Audience::Anonymous, Audience::SignedIn]);
            let own = Column::OrganisationId
                .is_in(person.memberships.iter().map(|membership| membership.organisation_id));
            Condition::any().add(open).add(own)
        }
    }
}

/// Which rows everybody may see in lists.
#[must_use]
pub fn public_scope() -> Condition {
    published(&[Audience::Public, Audience::Anonymous])
}

/// Rows that are shown to those for whom they are.
fn published(audiences: &[Audience]) -> Condition {
    let suspended = Query::select()
        .expr(Expr::val(1))
        .from(organisation::Entity)
        .and_where(
            Expr::col((organisation::Entity, organisation::Column::Id))
                .equals((Entity, Column::OrganisationId)),
        )
        .and_where(organisation::Column::Verification.eq(VerificationStatus::Suspended))
        .to_owned();
    Condition::all()
        .add(Expr::exists(suspended).not())
        .add(Column::Status.is_in([
            ListingStatus::Published,
            ListingStatus::Solved,
            ListingStatus::ClosedUnsolved,
        ]))
        .add(Column::Audience.is_in(audiences.iter().copied()))
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub kind: Option<ListingKind>,
    pub statuses: Vec<ListingStatus>,
    /// Any of these, as the working version's status: the review queue.
    pub working: Vec<ListingStatus>,
    pub organisation: Option<OrganisationId>,
    /// Rows of an anonymous demand are left out when they are asked for by organisation.
    pub named_only: bool,
    pub claimed_by: Option<techmart_entity::id::AccountId>,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Newest row first.
    #[default]
    Id,
    /// Last published first.
    Newest,
    /// First published first.
    Oldest,
    /// The queue: oldest row first.
    Queue,
}

/// The place of a row in a list.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ListKey {
    pub at: Option<i64>,
    pub id: ListingId,
}

/// Rows of a list.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    scope: Condition,
    filter: &Filter,
    order: Order,
    after: Option<ListKey>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut condition = scope;
    condition = Condition::all().add(condition);
    if let Some(kind) = filter.kind {
        condition = condition.add(Column::Kind.eq(kind));
    }
    if !filter.statuses.is_empty() {
        condition = condition.add(Column::Status.is_in(filter.statuses.iter().copied()));
    }
    if !filter.working.is_empty() {
        let working = filter.working.clone();
        condition = condition.add(
            Condition::any()
                .add(
                    Condition::all()
                        .add(Column::NextStatus.is_null())
                        .add(Column::Status.is_in(working.clone())),
                )
                .add(Column::NextStatus.is_in(working)),
        );
    }
    if let Some(organisation) = filter.organisation {
        condition = condition.add(Column::OrganisationId.eq(organisation));
    }
    if filter.named_only {
        condition = condition.add(Column::Audience.ne(Audience::Anonymous));
    }
    if let Some(reviewer) = filter.claimed_by {
        condition = condition.add(Column::ClaimedBy.eq(reviewer));
    }
    if let Some(key) = after {
        let at = key.at.and_then(chrono::DateTime::from_timestamp_millis);
        condition = condition.add(match order {
            Order::Id => Column::Id.lt(key.id).into_condition(),
            Order::Queue => Column::Id.gt(key.id).into_condition(),
            Order::Newest => Condition::any()
                .add(Column::FirstPublishedAt.lt(at))
                .add(Condition::all().add(Column::FirstPublishedAt.eq(at)).add(Column::Id.lt(key.id))),
            Order::Oldest => Condition::any()
                .add(Column::FirstPublishedAt.gt(at))
                .add(Condition::all().add(Column::FirstPublishedAt.eq(at)).add(Column::Id.gt(key.id))),
        });
    }
    let mut query = Entity::find().filter(condition).limit(limit);
    query = match order {
        Order::Id => query.order_by_desc(Column::Id),
        Order::Queue => query.order_by_asc(Column::Id),
        Order::Newest => query.order_by_desc(Column::FirstPublishedAt).order_by_desc(Column::Id),
        Order::Oldest => query.order_by_asc(Column::FirstPublishedAt).order_by_asc(Column::Id),
    };
    Ok(query.all(db).await?)
}

/// A condition on its own.
trait IntoCondition {
    fn into_condition(self) -> Condition;
}

impl IntoCondition for Expr {
    fn into_condition(self) -> Condition {
        Condition::all().add(self)
    }
}

/// A row of a kind. Whether the caller may see it is `policy`'s to say.
///
/// # Errors
/// 404 when there is none.
pub async fn find(db: &impl ConnectionTrait, kind: ListingKind, id: ListingId) -> Result<Model> {
    Entity::find_by_id(id).filter(Column::Kind.eq(kind)).one(db).await?.ok_or_else(AppError::not_found)
}

/// The same, held until the transaction ends: of two moves at once the second sees what the first did.
///
/// # Errors
/// 404 when there is none.
pub async fn hold(tx: &Tx, kind: ListingKind, id: ListingId) -> Result<Model> {
    Entity::find_by_id(id)
        .filter(Column::Kind.eq(kind))
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or_else(AppError::not_found)
}

/// Rows by id, whatever their kind.
///
/// # Errors
/// When the database cannot be asked.
pub async fn by_ids(db: &impl ConnectionTrait, ids: &[ListingId]) -> Result<Vec<Model>> {
    Ok(Entity::find().filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The ids of an organisation's published listings.
///
/// # Errors
/// When the database cannot be asked.
pub async fn published_of(db: &impl ConnectionTrait, owner: OrganisationId) -> Result<Vec<ListingId>> {
    Ok(Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::OrganisationId.eq(owner))
        .filter(Column::Status.eq(ListingStatus::Published))
        .into_tuple()
        .all(db)
        .await?)
}

/// Versions by id.
///
/// # Errors
/// When the database cannot be asked.
pub async fn versions(db: &impl ConnectionTrait, ids: &[VersionId]) -> Result<Vec<version::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(version::Entity::find().filter(version::Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// One version.
///
/// # Errors
/// 404 when there is none.
pub async fn find_version(db: &impl ConnectionTrait, id: Option<VersionId>) -> Result<version::Model> {
    let id = id.ok_or_else(AppError::not_found)?;
    version::Entity::find_by_id(id).one(db).await?.ok_or_else(AppError::not_found)
}

/// All versions of a listing, newest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn all_versions(db: &impl ConnectionTrait, id: ListingId) -> Result<Vec<version::Model>> {
    Ok(version::Entity::find()
        .filter(version::Column::ListingId.eq(id))
        .order_by_desc(version::Column::Number)
        .all(db)
        .await?)
}

/// Which of the two statuses of a row a move is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    Item,
    NextVersion,
}

impl Slot {
    /// Where the review of a row happens.
    #[must_use]
    pub fn of_review(row: &Model) -> Self {
        if row.next_status.is_some() { Self::NextVersion } else { Self::Item }
    }
}

/// Writes a move: the status of its slot, what else the move sets, and the next version number.
///
/// # Errors
/// 412 when the row is no longer the one that was read.
pub async fn advance(
    tx: &Tx,
    row: &Model,
    slot: Slot,
    change: &StatusChange<ListingStatus>,
    now: Instant,
    mut set: ActiveModel,
) -> Result<Model> {
    match slot {
        Slot::Item => {
            set.status = Set(change.to());
            set.shown_at = Set(Some(now));
        }
        // A next version that is published becomes the item's content; the item stays where it is.
        Slot::NextVersion if change.to() == ListingStatus::Published => {
            set.next_status = Set(None);
            set.shown_at = Set(Some(now));
        }
        Slot::NextVersion => set.next_status = Set(Some(change.to())),
    }
    save(tx, row, now, set).await
}

/// Writes other columns of a row that was read at its version.
///
/// # Errors
/// 412 when the row is no longer the one that was read.
pub async fn save(tx: &Tx, row: &Model, now: Instant, mut set: ActiveModel) -> Result<Model> {
    set.version = Set(row.version + 1);
    set.draft_revision = Set(row.draft_revision + 1);
    set.updated_at = Set(now);
    let updated = Entity::update_many()
        .set(set)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version))
        .filter(Column::DraftRevision.eq(row.draft_revision))
        .exec(tx)
        .await?;
    if updated.rows_affected == 0 {
        return Err(stale());
    }
    find(tx, row.kind, row.id).await
}

/// Writes columns that only the draft shows: the published page keeps its version.
///
/// # Errors
/// 412 when the row is no longer the one that was read.
pub async fn save_draft(tx: &Tx, row: &Model, now: Instant, mut set: ActiveModel) -> Result<Model> {
    set.draft_revision = Set(row.draft_revision + 1);
    set.updated_at = Set(now);
    let updated = Entity::update_many()
        .set(set)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version))
        .filter(Column::DraftRevision.eq(row.draft_revision))
        .exec(tx)
        .await?;
    if updated.rows_affected == 0 {
        return Err(stale());
    }
    find(tx, row.kind, row.id).await
}

fn stale() -> AppError {
    AppError::new(
        crate::error::Code::VersionChanged,
        crate::say!("内容刚被他人修改，请重新读取。", "Somebody has just changed it; read it again."),
    )
}

/// Writes a new row with its first version.
///
/// # Errors
/// When the rows cannot be written; a repeated import key is a unique violation.
pub async fn insert(tx: &Tx, row: Model, first: version::Model) -> Result<Model> {
    let row = Entity::insert(row.into_active_model().reset_all()).exec_with_returning(tx).await?;
    insert_version(tx, first).await?;
    Ok(row)
}

/// Writes a version.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert_version(tx: &Tx, version: version::Model) -> Result<()> {
    version::Entity::insert(version.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// Changes a version that is not published.
///
/// # Errors
/// When the row cannot be written.
pub async fn update_version(tx: &Tx, set: version::ActiveModel) -> Result<()> {
    set.update(tx).await?;
    Ok(())
}

/// Deletes a draft that was never submitted, with its versions.
///
/// # Errors
/// When the rows cannot be deleted.
pub async fn delete(tx: &Tx, id: ListingId) -> Result<()> {
    duplicate_key::Entity::delete_many().filter(duplicate_key::Column::ListingId.eq(id)).exec(tx).await?;
    version::Entity::delete_many().filter(version::Column::ListingId.eq(id)).exec(tx).await?;
    Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

/// Writes the keys under which duplicates of a listing are found.
///
/// # Errors
/// When the rows cannot be written.
pub async fn set_duplicate_keys(tx: &Tx, row: &Model, content: &Content) -> Result<()> {
    // That it is a variant was a person's finding: no content changes it.
    duplicate_key::Entity::delete_many()
        .filter(duplicate_key::Column::ListingId.eq(row.id))
        .filter(duplicate_key::Column::Key.not_like("variant:%"))
        .exec(tx)
        .await?;
    let owner = row.organisation_id.map(|id| id.to_string());
    let keys = content.duplicate_keys(owner.as_deref());
    if keys.is_empty() {
        return Ok(());
    }
    let rows = keys.into_iter().map(|key| duplicate_key::ActiveModel {
        listing_id: Set(row.id),
        key: Set(key),
        kind: Set(row.kind),
    });
    duplicate_key::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// Listings of the same kind that share a hard key, with the key: `(listing, key)`. Withdrawn, rejected
/// and merged ones are left out.
///
/// # Errors
/// When the database cannot be asked.
pub async fn duplicates(db: &impl ConnectionTrait, row: &Model) -> Result<Vec<(Model, String)>> {
    let own: Vec<String> = duplicate_key::Entity::find()
        .filter(duplicate_key::Column::ListingId.eq(row.id))
        .all(db)
        .await?
        .into_iter()
        .map(|key| key.key)
        .collect();
    if own.is_empty() {
        return Ok(Vec::new());
    }
    let shared = duplicate_key::Entity::find()
        .filter(duplicate_key::Column::Key.is_in(own))
        .filter(duplicate_key::Column::Kind.eq(row.kind))
        .filter(duplicate_key::Column::ListingId.ne(row.id))
        .limit(50)
        .all(db)
        .await?;
    let ids: Vec<ListingId> = shared.iter().map(|key| key.listing_id).collect();
    let rows = by_ids(db, &ids).await?;
    Ok(shared
        .into_iter()
        .filter_map(|key| {
            let row = rows.iter().find(|row| row.id == key.listing_id)?;
            let gone = matches!(
                row.status,
                ListingStatus::Withdrawn | ListingStatus::Rejected | ListingStatus::Merged
            );
            (!gone).then(|| (row.clone(), key.key))
        })
        .collect())
}
