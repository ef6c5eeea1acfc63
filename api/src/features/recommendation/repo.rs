//! The rows of recommendations.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set, sea_query::OnConflict,
};
use techmart_entity::{
    Instant,
    id::{AccountId, ListingId, OrganisationId, RecommendationId},
    life_cycle::StatusChange,
    listing::{self, ListingKind},
    notification::NotificationKind,
    recommendation::{ActiveModel, Column, Entity, Model, RecommendationStatus, notice},
};
use techmart_search::Match;

use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Result},
    features::notification::repo as notifications,
};

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub statuses: Vec<RecommendationStatus>,
    pub demand: Option<ListingId>,
    pub achievement: Option<ListingId>,
    pub organisation: Option<OrganisationId>,
    pub min_score: Option<f64>,
    pub demo: Option<bool>,
}

/// Recommendations, newest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    after: Option<RecommendationId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut condition = Condition::all();
    if !filter.statuses.is_empty() {
        condition = condition.add(Column::Status.is_in(filter.statuses.iter().copied()));
    }
    if let Some(demand) = filter.demand {
        condition = condition.add(Column::DemandId.eq(demand));
    }
    if let Some(achievement) = filter.achievement {
        condition = condition.add(Column::AchievementId.eq(achievement));
    }
    if let Some(organisation) = filter.organisation {
        condition = condition.add(
            Condition::any()
                .add(Column::EnterpriseId.eq(organisation))
                .add(Column::SupplierId.eq(organisation)),
        );
    }
    if let Some(score) = filter.min_score {
        condition = condition.add(Column::Score.gte(score));
    }
    if let Some(demo) = filter.demo {
        condition = condition.add(Column::Demo.eq(demo));
    }
    if let Some(after) = after {
        condition = condition.add(Column::Id.lt(after));
    }
    Ok(Entity::find().filter(condition).order_by_desc(Column::Id).limit(limit).all(db).await?)
}

/// One.
///
/// # Errors
/// 404 when there is none.
pub async fn find(db: &impl ConnectionTrait, id: RecommendationId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(AppError::not_found)
}

/// The same, held until the transaction ends.
///
/// # Errors
/// 404 when there is none.
pub async fn hold(tx: &Tx, id: RecommendationId) -> Result<Model> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(AppError::not_found)
}

/// All of a listing.
///
/// # Errors
/// When the database cannot be asked.
pub async fn of_listing(db: &impl ConnectionTrait, row: &listing::Model) -> Result<Vec<Model>> {
    let column = if row.kind == ListingKind::Demand { Column::DemandId } else { Column::AchievementId };
    Ok(Entity::find().filter(column.eq(row.id)).order_by_asc(Column::Id).all(db).await?)
}

/// Writes a new one, unless the pair was recommended before; says whether it did.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: Model) -> Result<bool> {
    let inserted = Entity::insert(row.into_active_model().reset_all())
        .on_conflict(OnConflict::column(Column::PairKey).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}

/// Writes the reasons anew of one that nobody has decided, where they differ.
///
/// # Errors
/// When the row cannot be written.
pub async fn retell(tx: &Tx, cx: &Context, row: &Model, found: &Match) -> Result<()> {
    // How fresh something is changes by the day and is no news.
    if (row.score - found.score).abs() < 0.01 {
        return Ok(());
    }
    let set = ActiveModel {
        score: Set(found.score),
        found: Set(serde_json::to_value(found).map_err(AppError::internal)?),
        model_version: Set(crate::features::matching::MODEL.to_owned()),
        updated_at: Set(cx.now),
        version: Set(row.version + 1),
        ..Default::default()
    };
    Entity::update_many()
        .set(set)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version))
        .filter(Column::Status.eq(RecommendationStatus::Open))
        .exec(tx)
        .await?;
    Ok(())
}

/// Writes a move of a row that was read at its version.
///
/// # Errors
/// 412 when the row is no longer the one that was read.
pub async fn advance(
    tx: &Tx,
    cx: &Context,
    row: &Model,
    change: &StatusChange<RecommendationStatus>,
    mut set: ActiveModel,
) -> Result<Model> {
    set.status = Set(change.to());
    set.updated_at = Set(cx.now);
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
    if change.to() != RecommendationStatus::Open {
        notifications::let_go(tx, NotificationKind::Recommendation, &row.id.to_string()).await?;
    }
    find(tx, row.id).await
}

/// When a person was told by mail.
///
/// # Errors
/// When the database cannot be asked.
pub async fn told_at(
    db: &impl ConnectionTrait,
    id: RecommendationId,
    account: AccountId,
) -> Result<Option<Instant>> {
    Ok(notice::Entity::find_by_id((id, account)).one(db).await?.map(|row| row.told_at))
}

/// The open ones of an organisation that a person was not told, best first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn untold(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    account: AccountId,
    limit: usize,
) -> Result<Vec<Model>> {
    let told = sea_orm::sea_query::Query::select()
        .column(notice::Column::RecommendationId)
        .from(notice::Entity)
        .and_where(notice::Column::AccountId.eq(account))
        .to_owned();
    Ok(Entity::find()
        .filter(Column::Status.eq(RecommendationStatus::Open))
        .filter(
            Condition::any()
                .add(Column::EnterpriseId.eq(organisation))
                .add(Column::SupplierId.eq(organisation)),
        )
        .filter(Column::Id.not_in_subquery(told))
        .order_by_desc(Column::Score)
        .order_by_desc(Column::Id)
        .limit(u64::try_from(limit).unwrap_or(u64::MAX))
        .all(db)
        .await?)
}

/// Whether a person was told anything of an organisation's since then.
///
/// # Errors
/// When the database cannot be asked.
pub async fn was_told(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    account: AccountId,
    since: Instant,
) -> Result<bool> {
    let told = sea_orm::sea_query::Query::select()
        .column(notice::Column::RecommendationId)
        .from(notice::Entity)
        .and_where(notice::Column::AccountId.eq(account))
        .and_where(notice::Column::ToldAt.gte(since))
        .to_owned();
    let found = Entity::find()
        .filter(
            Condition::any()
                .add(Column::EnterpriseId.eq(organisation))
                .add(Column::SupplierId.eq(organisation)),
        )
        .filter(Column::Id.in_subquery(told))
        .limit(1)
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// Remembers that a person was told.
///
/// # Errors
/// When the rows cannot be written.
pub async fn told(tx: &Tx, cx: &Context, account: AccountId, rows: &[Model]) -> Result<()> {
    let notices = rows.iter().map(|row| notice::ActiveModel {
        recommendation_id: Set(row.id),
        account_id: Set(account),
        told_at: Set(cx.now),
    });
    notice::Entity::insert_many(notices)
        .on_conflict(
            OnConflict::columns([notice::Column::RecommendationId, notice::Column::AccountId])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
