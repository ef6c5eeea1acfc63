//! What the figures read: what left the desk, and dockings that ended.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Query,
};
use techmart_entity::{
    Instant,
    account::{self, Role},
    desk::{self, Queue},
    docking::{self, CloseCode, DeclineCode, status::DockingStage},
    id::AccountId,
};

use crate::error::Result;

/// Which period of which world.
#[derive(Clone, Debug)]
pub struct Asked {
    pub demo: bool,
    pub from: Instant,
    pub until: Instant,
    /// All when there are none.
    pub queues: Vec<Queue>,
}

/// Something that somebody of the centre answered.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Answered {
    pub queue: Queue,
    pub opened_at: Instant,
    pub due_at: Option<Instant>,
    pub closed_at: Instant,
    pub closed_by: AccountId,
}

/// What left the desk because somebody of the centre answered it. What its author took back, or time ended, is no answer.
///
/// # Errors
/// When the database cannot be asked.
pub async fn answered(db: &impl ConnectionTrait, asked: &Asked) -> Result<Vec<Answered>> {
    use desk::Column as C;
    let centre = Query::select()
        .column(account::Column::Id)
        .from(account::Entity)
        .and_where(account::Column::Role.is_in([Role::Broker, Role::Admin]))
        .to_owned();
    let mut query = desk::Entity::find()
        .select_only()
        .columns([C::Queue, C::OpenedAt, C::DueAt, C::ClosedAt, C::ClosedBy])
        .filter(C::Demo.eq(asked.demo))
        .filter(C::ClosedAt.between(asked.from, asked.until))
        .filter(C::ClosedBy.in_subquery(centre));
    if !asked.queues.is_empty() {
        query = query.filter(C::Queue.is_in(asked.queues.iter().copied()));
    }
    Ok(query.into_model().all(db).await?)
}

/// How much waits whose clock has run out.
///
/// # Errors
/// When the database cannot be asked.
pub async fn overdue(db: &impl ConnectionTrait, asked: &Asked, now: Instant) -> Result<u64> {
    use desk::Column as C;
    let mut query = desk::Entity::find()
        .filter(C::Demo.eq(asked.demo))
        .filter(C::ClosedAt.is_null())
        .filter(C::DueAt.lt(now));
    if !asked.queues.is_empty() {
        query = query.filter(C::Queue.is_in(asked.queues.iter().copied()));
    }
    Ok(query.count(db).await?)
}

/// A docking that ended without what it was for.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Lost {
    pub stage: DockingStage,
    pub closed_from: Option<DockingStage>,
    pub decline_code: Option<DeclineCode>,
    pub close_code: Option<CloseCode>,
    pub broker_id: Option<AccountId>,
    pub ended_at: Instant,
}

impl Lost {
    /// How far it had come.
    #[must_use]
    pub fn came_to(&self) -> DockingStage {
        match self.stage {
            DockingStage::Dismissed => DockingStage::Recommended,
            DockingStage::Declined | DockingStage::Expired => DockingStage::InterestExpressed,
            _ => self.closed_from.unwrap_or(self.stage),
        }
    }
}

/// The dockings that were lost in the period: not those that had reached their end or were recorded by mistake.
///
/// # Errors
/// When the database cannot be asked.
pub async fn lost(db: &impl ConnectionTrait, asked: &Asked) -> Result<Vec<Lost>> {
    use docking::Column as C;
    let rows: Vec<Lost> = docking::Entity::find()
        .select_only()
        .columns([C::Stage, C::ClosedFrom, C::DeclineCode, C::CloseCode, C::BrokerId, C::EndedAt])
        .filter(C::Demo.eq(asked.demo))
        .filter(C::EndedAt.between(asked.from, asked.until))
        .filter(C::Stage.is_in([
            DockingStage::Dismissed,
            DockingStage::Declined,
            DockingStage::Expired,
            DockingStage::Closed,
        ]))
        .into_model()
        .all(db)
        .await?;
    let is_loss =
        |row: &Lost| !matches!(row.close_code, Some(CloseCode::Completed | CloseCode::RecordedByMistake));
    Ok(rows.into_iter().filter(is_loss).collect())
}

/// Everybody who is, or was, of the centre, by the order in which they came.
///
/// # Errors
/// When the database cannot be asked.
pub async fn people(db: &impl ConnectionTrait, ids: &[AccountId]) -> Result<Vec<account::Model>> {
    Ok(account::Entity::find()
        .filter(account::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(account::Column::Id)
        .all(db)
        .await?)
}
