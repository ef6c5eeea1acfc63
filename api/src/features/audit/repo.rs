//! Reading the log.

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use techmart_entity::{
    Instant,
    audit::{Column, Entity, Model, SubjectKind},
    id::{AccountId, AuditId},
};

use super::looks;
use crate::error::Result;

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub subject: Option<(SubjectKind, String)>,
    pub subject_kind: Option<SubjectKind>,
    pub actor: Option<AccountId>,
    pub action: Option<String>,
    pub from: Option<Instant>,
    pub until: Option<Instant>,
    /// Moves only: what the history of an item shows.
    pub moves_only: bool,
    /// All but these actions.
    pub without: Vec<String>,
    /// Auditors' looks as well: they are in the log, and in nobody's history.
    pub looks: bool,
}

/// Rows, newest first, after a row.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    after: Option<AuditId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut condition = Condition::all();
    if let Some((kind, id)) = &filter.subject {
        condition = condition.add(Column::SubjectKind.eq(*kind)).add(Column::SubjectId.eq(id.clone()));
    }
    if let Some(kind) = filter.subject_kind {
        condition = condition.add(Column::SubjectKind.eq(kind));
    }
    if let Some(actor) = filter.actor {
        condition = condition.add(Column::ActorId.eq(actor));
    }
    if let Some(action) = &filter.action {
        condition = condition.add(Column::Action.eq(action.clone()));
    }
    if !filter.without.is_empty() {
        condition = condition.add(Column::Action.is_not_in(filter.without.iter().cloned()));
    }
    if let Some(from) = filter.from {
        condition = condition.add(Column::At.gte(from));
    }
    if let Some(until) = filter.until {
        condition = condition.add(Column::At.lte(until));
    }
    if !filter.looks {
        condition = condition.add(Column::Action.ne(looks::ACTION));
    }
    if filter.moves_only {
        condition = condition.add(Column::ToStatus.is_not_null());
    }
    if let Some(after) = after {
        condition = condition.add(Column::Id.lt(after));
    }
    Ok(Entity::find().filter(condition).order_by_desc(Column::Id).limit(limit).all(db).await?)
}
