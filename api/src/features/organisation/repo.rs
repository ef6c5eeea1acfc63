//! The rows of organisations and of their members.

use std::collections::HashSet;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use techmart_entity::{
    Day, Instant, account,
    id::{AccountId, OrganisationId},
    life_cycle::StatusChange,
    organisation::{
        ActiveModel, Column, Contacts, Entity, Model, OrganisationKind, Tags, membership,
        membership::MemberRole, status::VerificationStatus,
    },
    value::title_key::title_key,
};

use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Fault, Result, unique_violation},
    say,
};

/// An organisation.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find(db: &impl ConnectionTrait, id: OrganisationId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// Organisations by id.
///
/// # Errors
/// When the database cannot be asked.
pub async fn by_ids(db: &impl ConnectionTrait, ids: &[OrganisationId]) -> Result<Vec<Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(Entity::find().filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// Those of the organisations that are suspended.
///
/// # Errors
/// When the database cannot be asked.
pub async fn suspended_among(
    db: &impl ConnectionTrait,
    ids: &[OrganisationId],
) -> Result<HashSet<OrganisationId>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let found: Vec<OrganisationId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Column::Verification.eq(VerificationStatus::Suspended))
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().collect())
}

/// Whether there is an owner and it is suspended.
///
/// # Errors
/// When the database cannot be asked.
pub async fn is_suspended(db: &impl ConnectionTrait, owner: Option<OrganisationId>) -> Result<bool> {
    Ok(!suspended_among(db, owner.as_slice()).await?.is_empty())
}

/// The same, held until the transaction ends: of two changes at once the second sees the first.
///
/// # Errors
/// 404 when there is none.
pub async fn hold(tx: &Tx, id: OrganisationId) -> Result<Model> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or_else(AppError::not_found)
}

/// The same, of an organisation that stands: nothing is done any more to what was merged.
///
/// # Errors
/// 404 when there is none, 409 when it was merged into another.
pub async fn hold_standing(tx: &Tx, id: OrganisationId) -> Result<Model> {
    let row = hold(tx, id).await?;
    match row.merged_into {
        None => Ok(row),
        Some(into) => Err(AppError::new(
            Code::IllegalMove,
            say!(
                "该单位已并入 {into}，不再变动；请改用后者。",
                "That organisation was merged into {into} and stays as it is; use that one."
            ),
        )),
    }
}

/// The fault of naming an organisation that was merged into another.
#[must_use]
pub fn merged(pointer: &str, into: OrganisationId) -> Fault {
    Fault::at(
        pointer,
        "merged",
        say!("该单位已并入 {into}，请改用后者。", "That organisation was merged into {into}; name that one."),
    )
}

/// A row that says nothing yet but its name and kind.
#[must_use]
pub fn blank(cx: &Context, name: &str, kind: OrganisationKind) -> Model {
    Model {
        id: OrganisationId::new(),
        name: name.to_owned(),
        name_key: name_key(name),
        name_en: None,
        short_name: None,
        kind,
        uscc: None,
        legal_rep: None,
        region_code: None,
        town: None,
        industry_code: None,
        scale: None,
        tags: Tags::default(),
        contacts: Contacts::default(),
        demo: false,
        verification: VerificationStatus::Unverified,
        verification_method: None,
        verification_evidence: None,
        verification_reason: None,
        verified_by: None,
        verified_at: None,
        valid_until: None,
        renewal_asked_at: None,
        merged_into: None,
        created_by: None,
        created_at: cx.now,
        updated_at: cx.now,
        version: 1,
    }
}

/// The name as it is compared; a name of signs alone is compared as it stands.
#[must_use]
pub fn name_key(name: &str) -> String {
    let key = title_key(name);
    if key.is_empty() { name.trim().to_owned() } else { key }
}

/// The organisation that a source names: a verified one of that name (though it be suspended), else the one made for the name
/// before, else a new one, unverified and without a credit code. An unverified organisation that
/// somebody registered by themselves is never taken for it: anybody can register any name. What was
/// merged stands for what it was merged into. Demo organisations are left out.
///
/// # Errors
/// When the database cannot be asked or written.
pub async fn find_or_name(tx: &Tx, cx: &Context, name: &str, kind: OrganisationKind) -> Result<Model> {
    let name = name.trim();
    let same_name = Entity::find()
        .filter(Column::NameKey.eq(name_key(name)))
        .filter(Column::Demo.eq(false))
        .filter(Column::MergedInto.is_null());
    let verified = same_name
        .clone()
        .filter(Column::Verification.is_in([
            VerificationStatus::Verified,
            VerificationStatus::Suspended,
            VerificationStatus::Expired,
        ]))
        .order_by_asc(Column::Id)
        .one(tx)
        .await?;
    if let Some(row) = verified {
        return Ok(row);
    }
    let named = same_name.filter(Column::CreatedBy.is_null()).order_by_asc(Column::Id).one(tx).await?;
    if let Some(row) = named {
        return Ok(row);
    }
    let merged = Entity::find()
        .filter(Column::NameKey.eq(name_key(name)))
        .filter(Column::Demo.eq(false))
        .filter(Column::MergedInto.is_not_null())
        .filter(Column::CreatedBy.is_null())
        .order_by_asc(Column::Id)
        .one(tx)
        .await?;
    match merged {
        Some(row) => canonical(tx, row).await,
        None => insert(tx, blank(cx, name, kind)).await,
    }
}

/// What an organisation was merged into, in the end; itself when it stands.
///
/// # Errors
/// When the database cannot be asked.
pub async fn canonical(db: &impl ConnectionTrait, row: Model) -> Result<Model> {
    let mut row = row;
    // What is merged into a merged one is refused, so a chain comes only of later merges and has an end.
    while let Some(into) = row.merged_into {
        row = find(db, into).await?.ok_or_else(AppError::not_found)?;
    }
    Ok(row)
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of these only; all of them when empty.
    pub verification: Vec<VerificationStatus>,
    /// The beginning of the normalised name.
    pub name_prefix: Option<String>,
    /// A part of the normalised name.
    pub name_part: Option<String>,
    pub kinds: Vec<OrganisationKind>,
    pub towns: Vec<String>,
    pub after: Option<OrganisationId>,
}

/// Rows of a list, newest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(db: &impl ConnectionTrait, filter: &Filter, limit: u64) -> Result<Vec<Model>> {
    let mut condition = Condition::all().add(Column::MergedInto.is_null());
    if !filter.verification.is_empty() {
        condition = condition.add(Column::Verification.is_in(filter.verification.iter().copied()));
    }
    // A normalised name has letters and digits only, so a pattern holds no wildcard of the client's.
    if let Some(prefix) = &filter.name_prefix {
        condition = condition.add(Column::NameKey.starts_with(prefix.as_str()));
    }
    if let Some(part) = &filter.name_part {
        condition = condition.add(Column::NameKey.contains(part.as_str()));
    }
    if !filter.kinds.is_empty() {
        condition = condition.add(Column::Kind.is_in(filter.kinds.iter().copied()));
    }
    if !filter.towns.is_empty() {
        condition = condition.add(Column::Town.is_in(filter.towns.iter().cloned()));
    }
    if let Some(after) = filter.after {
        condition = condition.add(Column::Id.lt(after));
    }
    Ok(Entity::find().filter(condition).order_by_desc(Column::Id).limit(limit).all(db).await?)
}

/// Verified organisations whose verification ended before `today`.
///
/// # Errors
/// When the database cannot be asked.
pub async fn over(db: &impl ConnectionTrait, today: Day, limit: u64) -> Result<Vec<OrganisationId>> {
    Ok(Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Verification.eq(VerificationStatus::Verified))
        .filter(Column::ValidUntil.lt(today))
        .filter(Column::MergedInto.is_null())
        .order_by_asc(Column::ValidUntil)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?)
}

/// Writes a new row.
///
/// # Errors
/// 409 when its credit code is taken; it is not told by whom.
pub async fn insert(tx: &Tx, row: Model) -> Result<Model> {
    Entity::insert(row.into_active_model().reset_all()).exec_with_returning(tx).await.map_err(taken)
}

/// Writes a move of the verification, and what else it sets.
///
/// # Errors
/// 412 when the row is no longer the one that was read.
pub async fn advance(
    tx: &Tx,
    row: &Model,
    change: &StatusChange<VerificationStatus>,
    now: Instant,
    mut set: ActiveModel,
) -> Result<Model> {
    set.verification = Set(change.to());
    save(tx, row, now, set).await
}

/// Writes other columns of a row that was read at its version.
///
/// # Errors
/// 409 when the credit code is taken, 412 when the row is no longer the one that was read.
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
        return Err(AppError::stale());
    }
    find(tx, row.id).await?.ok_or_else(AppError::not_found)
}

fn taken(error: sea_orm::DbErr) -> AppError {
    if unique_violation(&error).is_none() {
        return error.into();
    }
    let detail = say!(
        "该统一社会信用代码已登记；请联系该单位的负责人邀请您加入，或联系服务中心。",
        "This credit code is registered already; ask the organisation's owner to add you, or ask the centre."
    );
    AppError::new(Code::AlreadyExists, detail.clone()).with_faults(vec![Fault::at("/uscc", "taken", detail)])
}

/// The accounts that own an organisation.
///
/// # Errors
/// When the database cannot be asked.
pub async fn owners(db: &impl ConnectionTrait, id: OrganisationId) -> Result<Vec<AccountId>> {
    let rows = membership::Entity::find()
        .filter(membership::Column::OrganisationId.eq(id))
        .filter(membership::Column::Role.eq(MemberRole::Owner))
        .order_by_asc(membership::Column::AccountId)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.account_id).collect())
}

/// The people who write for an organisation: its owners and editors.
///
/// # Errors
/// When the database cannot be asked.
pub async fn editors(db: &impl ConnectionTrait, id: OrganisationId) -> Result<Vec<AccountId>> {
    let rows = membership::Entity::find()
        .filter(membership::Column::OrganisationId.eq(id))
        .filter(membership::Column::Role.is_in([MemberRole::Owner, MemberRole::Editor]))
        .order_by_asc(membership::Column::AccountId)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.account_id).collect())
}

/// Everybody who belongs to an organisation.
///
/// # Errors
/// When the database cannot be asked.
pub async fn members_of(db: &impl ConnectionTrait, id: OrganisationId) -> Result<Vec<AccountId>> {
    let rows = membership::Entity::find().filter(membership::Column::OrganisationId.eq(id)).all(db).await?;
    Ok(rows.into_iter().map(|row| row.account_id).collect())
}

/// Those of the organisations that somebody writes for.
///
/// # Errors
/// When the database cannot be asked.
pub async fn with_editors(
    db: &impl ConnectionTrait,
    ids: &[OrganisationId],
) -> Result<HashSet<OrganisationId>> {
    let found: Vec<OrganisationId> = membership::Entity::find()
        .select_only()
        .column(membership::Column::OrganisationId)
        .distinct()
        .filter(membership::Column::OrganisationId.is_in(ids.iter().copied()))
        .filter(membership::Column::Role.is_in([MemberRole::Owner, MemberRole::Editor]))
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().collect())
}

/// A membership.
///
/// # Errors
/// 404 when there is none.
pub async fn member(
    db: &impl ConnectionTrait,
    id: OrganisationId,
    account: AccountId,
) -> Result<membership::Model> {
    membership::Entity::find_by_id((id, account)).one(db).await?.ok_or_else(AppError::not_found)
}

/// Members in the order of their accounts, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn members(
    db: &impl ConnectionTrait,
    id: OrganisationId,
    after: Option<AccountId>,
    limit: u64,
) -> Result<Vec<membership::Model>> {
    let mut query = membership::Entity::find().filter(membership::Column::OrganisationId.eq(id));
    if let Some(after) = after {
        query = query.filter(membership::Column::AccountId.gt(after));
    }
    Ok(query.order_by_asc(membership::Column::AccountId).limit(limit).all(db).await?)
}

/// Writes a new membership.
///
/// # Errors
/// 409 when the account belongs to the organisation already.
pub async fn insert_member(tx: &Tx, row: membership::Model) -> Result<()> {
    membership::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await
        .map_err(|error| match unique_violation(&error) {
            Some(_) => AppError::new(
                Code::AlreadyExists,
                say!(
                    "该账号已是成员；要改角色请用 PUT。",
                    "That account is a member already; change its role with PUT."
                ),
            ),
            None => error.into(),
        })?;
    Ok(())
}

/// Gives a member another role.
///
/// # Errors
/// When the row cannot be written.
pub async fn set_role(tx: &Tx, row: &membership::Model, role: MemberRole) -> Result<()> {
    membership::Entity::update_many()
        .set(membership::ActiveModel { role: Set(role), ..Default::default() })
        .filter(membership::Column::OrganisationId.eq(row.organisation_id))
        .filter(membership::Column::AccountId.eq(row.account_id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Takes a member out.
///
/// # Errors
/// When the row cannot be deleted.
pub async fn delete_member(tx: &Tx, row: &membership::Model) -> Result<()> {
    membership::Entity::delete_by_id((row.organisation_id, row.account_id)).exec(tx).await?;
    Ok(())
}

/// Accounts by id.
///
/// # Errors
/// When the database cannot be asked.
pub async fn accounts(db: &impl ConnectionTrait, ids: &[AccountId]) -> Result<Vec<account::Model>> {
    Ok(account::Entity::find().filter(account::Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The account of an address, if it is verified and not disabled.
///
/// # Errors
/// When the database cannot be asked.
pub async fn account_of(db: &impl ConnectionTrait, email: &str) -> Result<Option<account::Model>> {
    Ok(account::Entity::find()
        .filter(account::Column::Email.eq(email.trim().to_lowercase()))
        .filter(account::Column::EmailVerifiedAt.is_not_null())
        .filter(account::Column::DisabledAt.is_null())
        .one(db)
        .await?)
}

/// Organisations together with those into which they were merged.
///
/// # Errors
/// When the database cannot be asked.
pub async fn with_successors(
    db: &impl ConnectionTrait,
    ids: &[OrganisationId],
) -> Result<Vec<OrganisationId>> {
    let mut all = ids.to_vec();
    let mut asked = ids.to_vec();
    while !asked.is_empty() {
        let into: Vec<OrganisationId> = Entity::find()
            .select_only()
            .column(Column::MergedInto)
            .filter(Column::Id.is_in(asked))
            .filter(Column::MergedInto.is_not_null())
            .into_tuple()
            .all(db)
            .await?;
        asked = into.into_iter().filter(|id| !all.contains(id)).collect();
        all.extend(asked.iter().copied());
    }
    Ok(all)
}
