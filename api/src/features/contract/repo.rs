//! The rows of contracts and their amendments.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set, sea_query::Query,
};
use techmart_entity::{
    Day,
    audit::{self, SubjectKind},
    contract::{ActiveModel, Column, ContractType, Entity, Model, amendment, status::ContractStatus},
    docking,
    id::{AccountId, ContractId, DockingId, OrganisationId},
};

use crate::{
    auth::{Actor, Context},
    db::Tx,
    error::{AppError, Code, Result, unique_violation},
    say,
};

/// Which rows the caller may see: those of their organisations, by the contract or its docking; the centre
/// and auditors all.
#[must_use]
pub fn scope(cx: &Context) -> Condition {
    let own: Vec<OrganisationId> = match &cx.actor {
        Actor::System => return Condition::all(),
        Actor::Person(_) if cx.actor.is_centre() || cx.actor.is_auditor() => return Condition::all(),
        Actor::Visitor => Vec::new(),
        Actor::Person(person) => person.memberships.iter().map(|member| member.organisation_id).collect(),
    };
    if own.is_empty() {
        return Condition::all().add(Column::Id.is_null());
    }
    let dockings = Query::select()
        .column(docking::Column::Id)
        .from(docking::Entity)
        .cond_where(
            Condition::any()
                .add(docking::Column::EnterpriseId.is_in(own.iter().copied()))
                .add(docking::Column::SupplierId.is_in(own.iter().copied())),
        )
        .to_owned();
    Condition::any()
        .add(Column::BuyerId.is_in(own.iter().copied()))
        .add(Column::SellerId.is_in(own))
        .add(Column::DockingId.in_subquery(dockings))
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub statuses: Vec<ContractStatus>,
    pub contract_type: Option<ContractType>,
    pub buyer: Option<OrganisationId>,
    pub seller: Option<OrganisationId>,
    pub docking: Option<DockingId>,
    pub registered_from: Option<Day>,
    pub registered_to: Option<Day>,
    pub demo: Option<bool>,
}

/// Contracts, newest first, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    scope: Condition,
    filter: &Filter,
    after: Option<ContractId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut condition = Condition::all().add(scope);
    if !filter.statuses.is_empty() {
        condition = condition.add(Column::Status.is_in(filter.statuses.iter().copied()));
    }
    if let Some(kind) = filter.contract_type {
        condition = condition.add(Column::ContractType.eq(kind));
    }
    if let Some(buyer) = filter.buyer {
        condition = condition.add(Column::BuyerId.eq(buyer));
    }
    if let Some(seller) = filter.seller {
        condition = condition.add(Column::SellerId.eq(seller));
    }
    if let Some(docking) = filter.docking {
        condition = condition.add(Column::DockingId.eq(docking));
    }
    if let Some(from) = filter.registered_from {
        condition = condition.add(Column::RegisteredOn.gte(from));
    }
    if let Some(to) = filter.registered_to {
        condition = condition.add(Column::RegisteredOn.lte(to));
    }
    if let Some(demo) = filter.demo {
        condition = condition.add(Column::Demo.eq(demo));
    }
    if let Some(after) = after {
        condition = condition.add(Column::Id.lt(after));
    }
    Ok(Entity::find().filter(condition).order_by_desc(Column::Id).limit(limit).all(db).await?)
}

/// A contract. Whether the caller may see it is `policy`'s to say.
///
/// # Errors
/// 404 when there is none.
pub async fn find(db: &impl ConnectionTrait, id: ContractId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(AppError::not_found)
}

/// A contract, held until the transaction ends.
///
/// # Errors
/// 404 when there is none.
pub async fn hold(tx: &Tx, id: ContractId) -> Result<Model> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(AppError::not_found)
}

/// Writes a new contract.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: Model) -> Result<()> {
    Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes what a move changed.
///
/// # Errors
/// 409 when the registration number is another contract's, 412 when the row is no longer the one that
/// was read.
pub async fn save(tx: &Tx, row: &Model, mut set: ActiveModel) -> Result<Model> {
    set.version = Set(row.version + 1);
    let updated = Entity::update_many()
        .set(set)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version))
        .exec(tx)
        .await
        .map_err(|error| match unique_violation(&error) {
            Some(_) => AppError::new(
                Code::AlreadyExists,
                say!(
                    "该登记编号已用于另一份合同；请核对证书上的编号。",
                    "That registration number is another contract's; compare it with the certificate."
                ),
            ),
            None => error.into(),
        })?;
    if updated.rows_affected == 0 {
        return Err(AppError::stale());
    }
    find(tx, row.id).await
}

/// Writes an amendment.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert_amendment(tx: &Tx, row: amendment::Model) -> Result<()> {
    amendment::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// Everybody who ever moved a contract on.
///
/// # Errors
/// When the database cannot be asked.
pub async fn actors(db: &impl ConnectionTrait, id: ContractId) -> Result<Vec<AccountId>> {
    let actors: Vec<AccountId> = audit::Entity::find()
        .select_only()
        .column(audit::Column::ActorId)
        .distinct()
        .filter(audit::Column::SubjectKind.eq(SubjectKind::Contract))
        .filter(audit::Column::SubjectId.eq(id.to_string()))
        .filter(audit::Column::ToStatus.is_not_null())
        .filter(audit::Column::ActorId.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    Ok(actors)
}

/// The amendments of a contract, the earliest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn amendments(db: &impl ConnectionTrait, id: ContractId) -> Result<Vec<amendment::Model>> {
    Ok(amendment::Entity::find()
        .filter(amendment::Column::ContractId.eq(id))
        .order_by_asc(amendment::Column::Id)
        .all(db)
        .await?)
}
