//! The rows of the desk.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use techmart_entity::{
    Instant,
    account::{self, Role},
    audit::SubjectKind,
    desk::{ActiveModel, Column, Entity, Model, Queue, note, term},
    id::{AccountId, DeskItemId, DeskNoteId, OrganisationId},
};

use crate::{
    db::Tx,
    error::{AppError, Result},
};

/// Where a page of the list goes on.
pub type Key = (Instant, DeskItemId);

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub queues: Vec<Queue>,
    pub assignee: Option<AccountId>,
    pub unassigned: bool,
    pub organisation: Option<OrganisationId>,
    pub subject_id: Option<String>,
    pub demo: Option<bool>,
    /// Due before then.
    pub due_before: Option<Instant>,
    pub closed: bool,
}

/// What waits, by when it is due.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    after: Option<Key>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut condition = Condition::all().add(if filter.closed {
        Column::ClosedAt.is_not_null()
    } else {
        Column::ClosedAt.is_null()
    });
    if !filter.queues.is_empty() {
        condition = condition.add(Column::Queue.is_in(filter.queues.iter().copied()));
    }
    if let Some(assignee) = filter.assignee {
        condition = condition.add(Column::AssigneeId.eq(assignee));
    }
    if filter.unassigned {
        condition = condition.add(Column::AssigneeId.is_null());
    }
    if let Some(organisation) = filter.organisation {
        condition = condition.add(Column::OrganisationId.eq(organisation));
    }
    if let Some(subject) = &filter.subject_id {
        condition = condition.add(Column::SubjectId.eq(subject));
    }
    if let Some(demo) = filter.demo {
        condition = condition.add(Column::Demo.eq(demo));
    }
    if let Some(due) = filter.due_before {
        condition = condition.add(Column::DueAt.lt(due));
    }
    if let Some((at, id)) = after {
        condition = condition.add(
            Condition::any()
                .add(Column::SortAt.gt(at))
                .add(Condition::all().add(Column::SortAt.eq(at)).add(Column::Id.gt(id))),
        );
    }
    Ok(Entity::find()
        .filter(condition)
        .order_by_asc(Column::SortAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await?)
}

/// One.
///
/// # Errors
/// 404 when there is none.
pub async fn find(db: &impl ConnectionTrait, id: DeskItemId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(AppError::not_found)
}

/// The same, held until the transaction ends.
///
/// # Errors
/// 404 when there is none.
pub async fn hold(tx: &Tx, id: DeskItemId) -> Result<Model> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(AppError::not_found)
}

/// What waits of a subject.
///
/// # Errors
/// When the database cannot be asked.
pub async fn open_of(db: &impl ConnectionTrait, kind: SubjectKind, id: &str) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::SubjectId.eq(id))
        .filter(Column::SubjectKind.eq(kind))
        .filter(Column::ClosedAt.is_null())
        .all(db)
        .await?)
}

/// Everything that waits.
///
/// # Errors
/// When the database cannot be asked.
pub async fn all_open(db: &impl ConnectionTrait) -> Result<Vec<Model>> {
    Ok(Entity::find().filter(Column::ClosedAt.is_null()).all(db).await?)
}

/// What waits with a clock that has come to that instant and was not told of.
///
/// # Errors
/// When the database cannot be asked.
pub async fn due(db: &impl ConnectionTrait, until: Instant, told: Column) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::ClosedAt.is_null())
        .filter(Column::DueAt.lte(until))
        .filter(told.is_null())
        .order_by_asc(Column::SortAt)
        .limit(200)
        .all(db)
        .await?)
}

/// Marks that a clock was told of; says whether it was not before.
///
/// # Errors
/// When the row cannot be written.
pub async fn mark(tx: &Tx, id: DeskItemId, told: Column, now: Instant) -> Result<bool> {
    let updated = Entity::update_many()
        .filter(Column::Id.eq(id))
        .filter(Column::ClosedAt.is_null())
        .filter(told.is_null())
        .col_expr(told, Expr::value(now))
        .exec(tx)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Puts something on the desk that is not there yet.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: Model) -> Result<()> {
    Entity::insert(row.into_active_model().reset_all())
        .on_conflict(OnConflict::column(Column::OpenKey).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Changes a row that was read at its version.
///
/// # Errors
/// 412 when it is no longer the one that was read.
pub async fn save(tx: &Tx, row: &Model, mut set: ActiveModel) -> Result<Model> {
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

/// How many wait, of a queue and somebody.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Count {
    pub queue: Queue,
    pub assignee_id: Option<AccountId>,
    pub n: i64,
    pub overdue: i64,
    pub due_today: i64,
}

/// How many wait, by queue and by who looks after them.
///
/// # Errors
/// When the database cannot be asked.
pub async fn counts(
    db: &impl ConnectionTrait,
    demo: Option<bool>,
    now: Instant,
    end_of_today: Instant,
) -> Result<Vec<Count>> {
    let one_if =
        |condition: sea_orm::sea_query::SimpleExpr| Expr::expr(Expr::case(condition, 1).finally(0)).sum();
    let mut query = Entity::find()
        .select_only()
        .column(Column::Queue)
        .column(Column::AssigneeId)
        .column_as(Column::Id.count(), "n")
        .column_as(one_if(Column::DueAt.lt(now)), "overdue")
        .column_as(one_if(Column::DueAt.between(now, end_of_today)), "due_today")
        .filter(Column::ClosedAt.is_null());
    if let Some(demo) = demo {
        query = query.filter(Column::Demo.eq(demo));
    }
    Ok(query.group_by(Column::Queue).group_by(Column::AssigneeId).into_model().all(db).await?)
}

/// How many somebody has closed since then.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Done {
    pub closed_by: Option<AccountId>,
    pub n: i64,
    pub late: i64,
}

/// How many were closed since then, by whom, and how many of them late.
///
/// # Errors
/// When the database cannot be asked.
pub async fn done_since(db: &impl ConnectionTrait, since: Instant) -> Result<Vec<Done>> {
    let late = Expr::col(Column::ClosedAt).gt(Expr::col(Column::DueAt));
    Ok(Entity::find()
        .select_only()
        .column(Column::ClosedBy)
        .column_as(Column::Id.count(), "n")
        .column_as(Expr::expr(Expr::case(late, 1).finally(0)).sum(), "late")
        .filter(Column::ClosedAt.gte(since))
        .filter(Column::ClosedBy.is_not_null())
        .group_by(Column::ClosedBy)
        .into_model()
        .all(db)
        .await?)
}

/// The people of the centre.
///
/// # Errors
/// When the database cannot be asked.
pub async fn centre(db: &impl ConnectionTrait) -> Result<Vec<account::Model>> {
    Ok(account::Entity::find()
        .filter(account::Column::Role.is_in([Role::Broker, Role::Admin]))
        .filter(account::Column::DisabledAt.is_null())
        .order_by_asc(account::Column::Id)
        .all(db)
        .await?)
}

/// The terms of the queues.
///
/// # Errors
/// When the database cannot be asked.
pub async fn terms(db: &impl ConnectionTrait) -> Result<Vec<term::Model>> {
    Ok(term::Entity::find().order_by_asc(term::Column::Queue).all(db).await?)
}

/// The term of a queue, in working days; none where no clock runs.
///
/// # Errors
/// When the database cannot be asked.
pub async fn term(db: &impl ConnectionTrait, queue: Queue) -> Result<Option<u32>> {
    let row = term::Entity::find_by_id(queue).one(db).await?;
    Ok(row.and_then(|row| row.working_days).and_then(|days| u32::try_from(days).ok()))
}

/// Sets the term of a queue.
///
/// # Errors
/// When the row cannot be written.
pub async fn set_term(tx: &Tx, row: term::Model) -> Result<()> {
    term::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(
            OnConflict::column(term::Column::Queue).update_column(term::Column::WorkingDays).to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// The notes on something, oldest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn notes(
    db: &impl ConnectionTrait,
    kind: SubjectKind,
    id: &str,
    after: Option<DeskNoteId>,
    limit: u64,
) -> Result<Vec<note::Model>> {
    let mut query = note::Entity::find()
        .filter(note::Column::SubjectId.eq(id))
        .filter(note::Column::SubjectKind.eq(kind));
    if let Some(after) = after {
        query = query.filter(note::Column::Id.gt(after));
    }
    Ok(query.order_by_asc(note::Column::Id).limit(limit).all(db).await?)
}

/// Writes a note.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert_note(tx: &Tx, row: note::Model) -> Result<()> {
    note::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}
