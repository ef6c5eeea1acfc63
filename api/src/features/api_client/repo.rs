//! The rows of clients, their keys and their use.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use techmart_entity::{
    Day, Instant,
    api_client::{ActiveModel, Column, Entity, Model, Origins, key, status::ApiClientStatus, usage},
    id::{AccountId, ApiClientId, ApiKeyId, OrganisationId},
    life_cycle::StatusChange,
    organisation::membership::MemberRole,
};

use super::meter::{Count, Key};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Result, unique_violation},
    features::api_client::policy::is_inside,
    say,
};

/// Rows written at once.
const BATCH: usize = 500;

/// Which clients a caller may see: those they answer for and those of the organisations they own; admins and auditors
/// all.
#[must_use]
pub fn scope(cx: &Context) -> Condition {
    if is_inside(cx) {
        return Condition::all();
    }
    let Some(person) = cx.actor.person() else { return Condition::all().add(Expr::value(false)) };
    let owned: Vec<OrganisationId> = person
        .memberships
        .iter()
        .filter(|membership| membership.role == MemberRole::Owner)
        .map(|membership| membership.organisation_id)
        .collect();
    Condition::any().add(Column::ResponsibleId.eq(person.account_id)).add(Column::OrganisationId.is_in(owned))
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub statuses: Vec<ApiClientStatus>,
    pub organisation: Option<OrganisationId>,
    pub public: Option<bool>,
}

/// Clients, newest first, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    scope: Condition,
    filter: &Filter,
    after: Option<ApiClientId>,
    limit: u64,
) -> Result<Vec<Model>> {
    let mut condition = Condition::all().add(scope);
    if !filter.statuses.is_empty() {
        condition = condition.add(Column::Status.is_in(filter.statuses.iter().copied()));
    }
    if let Some(organisation) = filter.organisation {
        condition = condition.add(Column::OrganisationId.eq(organisation));
    }
    match filter.public {
        Some(true) => condition = condition.add(Column::OrganisationId.is_null()),
        Some(false) => condition = condition.add(Column::OrganisationId.is_not_null()),
        None => {}
    }
    if let Some(after) = after {
        condition = condition.add(Column::Id.lt(after));
    }
    Ok(Entity::find().filter(condition).order_by_desc(Column::Id).limit(limit).all(db).await?)
}

/// How many are not ended, of an organisation, or for public reading of a person.
///
/// # Errors
/// When the database cannot be asked.
pub async fn alive(
    db: &impl ConnectionTrait,
    organisation: Option<OrganisationId>,
    person: AccountId,
) -> Result<u64> {
    let whose = match organisation {
        Some(organisation) => Condition::all().add(Column::OrganisationId.eq(organisation)),
        None => Condition::all().add(Column::OrganisationId.is_null()).add(Column::ResponsibleId.eq(person)),
    };
    let alive = ApiClientStatus::ALIVE.iter().copied();
    Ok(Entity::find().filter(whose).filter(Column::Status.is_in(alive)).count(db).await?)
}

/// A client.
///
/// # Errors
/// 404 when there is none.
pub async fn find(db: &impl ConnectionTrait, id: ApiClientId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(AppError::not_found)
}

/// The same, held until the transaction ends.
///
/// # Errors
/// 404 when there is none.
pub async fn hold(tx: &Tx, id: ApiClientId) -> Result<Model> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(AppError::not_found)
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
        return Err(AppError::stale());
    }
    find(tx, row.id).await
}

/// Makes a move of a row that was read at its version.
///
/// # Errors
/// 412 when it is no longer the one that was read.
pub async fn advance(
    tx: &Tx,
    row: &Model,
    change: &StatusChange<ApiClientStatus>,
    now: Instant,
    mut set: ActiveModel,
) -> Result<Model> {
    set.status = Set(change.to());
    save(tx, row, now, set).await
}

/// The origins that approved clients name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn origins(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let rows: Vec<Origins> = Entity::find()
        .select_only()
        .column(Column::Origins)
        .filter(Column::Status.eq(ApiClientStatus::Approved))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().flat_map(|origins| origins.0).collect())
}

/// The key with that code.
///
/// # Errors
/// When the database cannot be asked.
pub async fn key_by_code(db: &impl ConnectionTrait, code: &str) -> Result<Option<key::Model>> {
    Ok(key::Entity::find().filter(key::Column::Code.eq(code)).one(db).await?)
}

/// The keys of a client, newest first, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn keys(
    db: &impl ConnectionTrait,
    client: ApiClientId,
    after: Option<ApiKeyId>,
    limit: u64,
) -> Result<Vec<key::Model>> {
    let mut query = key::Entity::find().filter(key::Column::ClientId.eq(client));
    if let Some(after) = after {
        query = query.filter(key::Column::Id.lt(after));
    }
    Ok(query.order_by_desc(key::Column::Id).limit(limit).all(db).await?)
}

/// The keys of a client that open something, oldest first. Whoever makes another holds the client.
///
/// # Errors
/// When the database cannot be asked.
pub async fn live_keys(
    db: &impl ConnectionTrait,
    client: ApiClientId,
    now: Instant,
) -> Result<Vec<key::Model>> {
    Ok(key::Entity::find()
        .filter(key::Column::ClientId.eq(client))
        .filter(key::Column::RevokedAt.is_null())
        .filter(key::Column::ExpiresAt.gt(now))
        .order_by_asc(key::Column::Id)
        .all(db)
        .await?)
}

/// A key of a client.
///
/// # Errors
/// 404 when the client has none of that id.
pub async fn find_key(db: &impl ConnectionTrait, client: ApiClientId, id: ApiKeyId) -> Result<key::Model> {
    key::Entity::find_by_id(id)
        .filter(key::Column::ClientId.eq(client))
        .one(db)
        .await?
        .ok_or_else(AppError::not_found)
}

/// Writes a new key.
///
/// # Errors
/// 503 when another has the same code: chance will give another one.
pub async fn insert_key(tx: &Tx, row: key::Model) -> Result<()> {
    match key::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await {
        Ok(_) => Ok(()),
        Err(error) if unique_violation(&error).is_some() => {
            Err(AppError::unavailable(Code::Unavailable, error))
        }
        Err(error) => Err(error.into()),
    }
}

/// Changes a key that was read at its version.
///
/// # Errors
/// 412 when it is no longer the one that was read.
pub async fn save_key(tx: &Tx, row: &key::Model, mut set: key::ActiveModel) -> Result<key::Model> {
    set.version = Set(row.version + 1);
    let updated = key::Entity::update_many()
        .set(set)
        .filter(key::Column::Id.eq(row.id))
        .filter(key::Column::Version.eq(row.version))
        .exec(tx)
        .await?;
    if updated.rows_affected == 0 {
        return Err(AppError::new(
            Code::VersionChanged,
            say!("密钥刚被修改，请重新读取。", "The key has just been changed; read it again."),
        ));
    }
    find_key(tx, row.client_id, row.id).await
}

/// Notes when keys were used.
///
/// # Errors
/// When a row cannot be written.
pub async fn touch_keys(tx: &Tx, uses: &BTreeMap<ApiKeyId, Instant>) -> Result<()> {
    use key::Column as C;
    for (id, at) in uses {
        key::Entity::update_many()
            .col_expr(C::LastUsedAt, Expr::value(*at))
            .filter(C::Id.eq(*id))
            .filter(Condition::any().add(C::LastUsedAt.is_null()).add(C::LastUsedAt.lt(*at)))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Adds to what is there, in the order of the keys: two processes never wait for each other.
///
/// # Errors
/// When the rows cannot be written.
pub async fn add_usage(tx: &Tx, counts: &BTreeMap<Key, Count>) -> Result<()> {
    use usage::Column as C;
    let rows: Vec<usage::ActiveModel> = counts
        .iter()
        .map(|((client, day, scope), count)| usage::ActiveModel {
            client_id: Set(*client),
            day: Set(*day),
            scope: Set(scope.map(|scope| scope.to_string()).unwrap_or_default()),
            requests: Set(count.requests),
            refused: Set(count.refused),
            failed: Set(count.failed),
            limited: Set(count.limited),
        })
        .collect();
    for batch in rows.chunks(BATCH) {
        let mut met = OnConflict::columns([C::ClientId, C::Day, C::Scope]);
        for column in [C::Requests, C::Refused, C::Failed, C::Limited] {
            let more = Expr::col(("excluded", column));
            met.value(column, Expr::col((usage::Entity, column)).add(more));
        }
        usage::Entity::insert_many(batch.to_vec()).on_conflict(met).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// How many requests clients have made on a day; those of which nothing is written are left out.
///
/// # Errors
/// When the database cannot be asked.
pub async fn requests(
    db: &impl ConnectionTrait,
    clients: &[ApiClientId],
    day: Day,
) -> Result<HashMap<ApiClientId, i64>> {
    use usage::Column as C;
    let rows: Vec<(ApiClientId, i64)> = usage::Entity::find()
        .select_only()
        .column(C::ClientId)
        // PostgreSQL sums bigints up to a numeric.
        .column_as(Expr::col(C::Requests).sum().cast_as("bigint"), "requests")
        .filter(C::ClientId.is_in(clients.iter().copied()))
        .filter(C::Day.eq(day))
        .group_by(C::ClientId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// How a client was used, by day and scope, from a day to a day.
///
/// # Errors
/// When the database cannot be asked.
pub async fn usage(
    db: &impl ConnectionTrait,
    client: ApiClientId,
    from: Day,
    to: Day,
) -> Result<Vec<usage::Model>> {
    use usage::Column as C;
    Ok(usage::Entity::find()
        .filter(C::ClientId.eq(client))
        .filter(C::Day.gte(from))
        .filter(C::Day.lte(to))
        .order_by_asc(C::Day)
        .order_by_asc(C::Scope)
        .all(db)
        .await?)
}
