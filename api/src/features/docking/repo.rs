//! The rows of dockings, their meetings, contracts and landings. Every list takes a [`scope`];
//! `advance` is the only place that writes a stage.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::{OnConflict, Query},
};
use techmart_entity::{
    Day, Instant, contract,
    docking::{ActiveModel, Column, Entity, Model, landing, meeting, status::DockingStage},
    id::{DockingId, ListingId, MeetingId, OrganisationId},
    life_cycle::StatusChange,
    listing::{self, Audience},
    organisation::membership,
};

use crate::{
    auth::{Actor, Context},
    db::Tx,
    error::{AppError, Code, Result, unique_violation},
    say,
};

/// Whether the person is a member of the enterprise or the supplier of a docking over that listing in
/// which the two have consented: then they see of it what parties see.
///
/// # Errors
/// When the database cannot be asked.
pub async fn is_party(db: &impl ConnectionTrait, cx: &Context, listing: ListingId) -> Result<bool> {
    let Some(own) = own_organisations(cx) else {
        return Ok(false);
    };
    let consented = DockingStage::ALL.iter().copied().filter(|stage| stage.has_consent());
    let found = Entity::find()
        .filter(Column::Stage.is_in(consented))
        .filter(Condition::any().add(Column::AchievementId.eq(listing)).add(Column::DemandId.eq(listing)))
        .filter(of_organisations(&own))
        .limit(1)
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// The organisations of the person; none when there is no person, or the person belongs nowhere.
fn own_organisations(cx: &Context) -> Option<Vec<OrganisationId>> {
    let person = cx.actor.person()?;
    let own: Vec<OrganisationId> =
        person.memberships.iter().map(|membership| membership.organisation_id).collect();
    (!own.is_empty()).then_some(own)
}

fn of_organisations(own: &[OrganisationId]) -> Condition {
    Condition::any()
        .add(Column::EnterpriseId.is_in(own.iter().copied()))
        .add(Column::SupplierId.is_in(own.iter().copied()))
}

/// Which dockings a caller may see in lists: the centre and auditors all, others their organisations'.
#[must_use]
pub fn scope(cx: &Context) -> Condition {
    match &cx.actor {
        Actor::System => Condition::all(),
        Actor::Visitor => nothing(),
        Actor::Person(_) if cx.actor.is_centre() || cx.actor.is_auditor() => Condition::all(),
        Actor::Person(_) => own_organisations(cx).map_or_else(nothing, |own| of_organisations(&own)),
    }
}

fn nothing() -> Condition {
    Condition::all().add(Column::Id.is_null())
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub stages: Vec<DockingStage>,
    pub enterprise: Option<OrganisationId>,
    /// Rows whose enterprise the caller is not told of are left out when they are asked for by
    /// enterprise: else the filter would tell.
    pub named_only: bool,
    pub supplier: Option<OrganisationId>,
    pub achievement: Option<ListingId>,
    pub demand: Option<ListingId>,
}

/// Rows of a list, newest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    scope: Condition,
    filter: &Filter,
    after: Option<DockingId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut condition = Condition::all().add(scope);
    if !filter.stages.is_empty() {
        condition = condition.add(Column::Stage.is_in(filter.stages.iter().copied()));
    }
    if let Some(enterprise) = filter.enterprise {
        condition = condition.add(Column::EnterpriseId.eq(enterprise));
    }
    if filter.named_only {
        let nameless = Query::select()
            .column(listing::Column::Id)
            .from(listing::Entity)
            .and_where(listing::Column::Audience.is_in([
                Audience::Anonymous,
                Audience::Unlisted,
                Audience::Parties,
            ]))
            .to_owned();
        condition = condition.add(
            Condition::any()
                .add(Column::AcceptedAt.is_not_null())
                .add(Column::DemandId.is_null())
                .add(Column::DemandId.not_in_subquery(nameless)),
        );
    }
    if let Some(supplier) = filter.supplier {
        condition = condition.add(Column::SupplierId.eq(supplier));
    }
    if let Some(achievement) = filter.achievement {
        condition = condition.add(Column::AchievementId.eq(achievement));
    }
    if let Some(demand) = filter.demand {
        condition = condition.add(Column::DemandId.eq(demand));
    }
    if let Some(after) = after {
        condition = condition.add(Column::Id.lt(after));
    }
    Ok(Entity::find().filter(condition).order_by_desc(Column::Id).limit(limit).all(db).await?)
}

/// A docking. Whether the caller may see it is `policy`'s to say.
///
/// # Errors
/// 404 when there is none.
pub async fn find(db: &impl ConnectionTrait, id: DockingId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(AppError::not_found)
}

/// Dockings by id.
///
/// # Errors
/// When the database cannot be asked.
pub async fn by_ids(db: &impl ConnectionTrait, ids: &[DockingId]) -> Result<Vec<Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(Entity::find().filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The same, held until the transaction ends: of two moves at once the second sees what the first did.
///
/// # Errors
/// 404 when there is none.
pub async fn hold(tx: &Tx, id: DockingId) -> Result<Model> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(AppError::not_found)
}

/// The open docking under a key.
///
/// # Errors
/// When the database cannot be asked.
pub async fn open_one(db: &impl ConnectionTrait, key: &str) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::OpenKey.eq(key)).one(db).await?)
}

/// Writes a new docking, unless one of the same pair is open: that one comes back instead.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: Model) -> Result<Result<Model, Option<Model>>> {
    let (id, key) = (row.id, row.open_key.clone().unwrap_or_default());
    // A failed insert would end the transaction on PostgreSQL before the open one could be named.
    let inserted = Entity::insert(row.into_active_model().reset_all())
        .on_conflict(OnConflict::column(Column::OpenKey).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    if inserted == 1 { Ok(Ok(find(tx, id).await?)) } else { Ok(Err(open_one(tx, &key).await?)) }
}

/// Writes a move: the stage, what else the move sets, and the next version number. A stage that is not
/// open gives the pair's key back.
///
/// # Errors
/// 412 when the row is no longer the one that was read, 409 when another docking of the pair is open.
pub async fn advance(
    tx: &Tx,
    row: &Model,
    change: &StatusChange<DockingStage>,
    now: Instant,
    mut set: ActiveModel,
) -> Result<Model> {
    let to = change.to();
    set.stage = Set(to);
    set.open_key = Set(to.is_open().then(|| row.pair_key()));
    save(tx, row, now, set).await
}

/// Writes other columns of a row that was read at its version.
///
/// # Errors
/// 412 when the row is no longer the one that was read.
pub async fn save(tx: &Tx, row: &Model, now: Instant, mut set: ActiveModel) -> Result<Model> {
    set.version = Set(row.version + 1);
    set.updated_at = Set(now);
    set.active_at = Set(Some(now));
    let updated = Entity::update_many()
        .set(set)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version))
        .exec(tx)
        .await
        .map_err(|error| match unique_violation(&error) {
            Some(_) => AppError::new(
                Code::AlreadyExists,
                say!("同一对象已有进行中的对接。", "Another docking of the same pair is open."),
            ),
            None => error.into(),
        })?;
    if updated.rows_affected == 0 {
        return Err(AppError::stale());
    }
    find(tx, row.id).await
}

/// Notes that something was done in a docking that is held, which changes nothing of what it is.
///
/// # Errors
/// When the row cannot be written.
pub async fn touch(tx: &Tx, id: DockingId, now: Instant) -> Result<()> {
    let set = ActiveModel { active_at: Set(Some(now)), ..Default::default() };
    Entity::update_many().set(set).filter(Column::Id.eq(id)).exec(tx).await?;
    Ok(())
}

/// Dockings whose unanswered interest is past its last day.
///
/// # Errors
/// When the database cannot be asked.
pub async fn overdue(db: &impl ConnectionTrait, today: Day, limit: u64) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::Stage.eq(DockingStage::InterestExpressed))
        .filter(Column::ExpiresOn.lt(today))
        .order_by_asc(Column::ExpiresOn)
        .limit(limit)
        .all(db)
        .await?)
}

/// How many people belong to an organisation.
///
/// # Errors
/// When the database cannot be asked.
pub async fn members(db: &impl ConnectionTrait, organisation: OrganisationId) -> Result<u64> {
    Ok(membership::Entity::find()
        .filter(membership::Column::OrganisationId.eq(organisation))
        .count(db)
        .await?)
}

/// The meetings of a docking, in the order in which they were held.
///
/// # Errors
/// When the database cannot be asked.
pub async fn meetings(db: &impl ConnectionTrait, docking: DockingId) -> Result<Vec<meeting::Model>> {
    Ok(meeting::Entity::find()
        .filter(meeting::Column::DockingId.eq(docking))
        .order_by_asc(meeting::Column::HeldOn)
        .order_by_asc(meeting::Column::Id)
        .all(db)
        .await?)
}

/// A meeting of a docking.
///
/// # Errors
/// 404 when the docking has none of that id.
pub async fn meeting(db: &impl ConnectionTrait, docking: DockingId, id: MeetingId) -> Result<meeting::Model> {
    meeting::Entity::find_by_id(id)
        .filter(meeting::Column::DockingId.eq(docking))
        .one(db)
        .await?
        .ok_or_else(AppError::not_found)
}

/// Writes a new meeting.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert_meeting(tx: &Tx, row: meeting::Model) -> Result<()> {
    meeting::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes who confirmed a meeting. The docking is held, so nobody else does at the same time.
///
/// # Errors
/// When the row cannot be written.
pub async fn confirm_meeting(tx: &Tx, row: &meeting::Model, set: meeting::ActiveModel) -> Result<()> {
    meeting::Entity::update_many()
        .set(set)
        .filter(meeting::Column::Id.eq(row.id))
        .filter(meeting::Column::ConfirmedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// The contract of a docking.
///
/// # Errors
/// When the database cannot be asked.
pub async fn contract(db: &impl ConnectionTrait, docking: DockingId) -> Result<Option<contract::Model>> {
    Ok(contract::Entity::find().filter(contract::Column::DockingId.eq(docking)).one(db).await?)
}

/// The landing of a docking.
///
/// # Errors
/// When the database cannot be asked.
pub async fn landing(db: &impl ConnectionTrait, docking: DockingId) -> Result<Option<landing::Model>> {
    Ok(landing::Entity::find().filter(landing::Column::DockingId.eq(docking)).one(db).await?)
}

/// Writes a new landing.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert_landing(tx: &Tx, row: landing::Model) -> Result<()> {
    landing::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}
