//! What admins do to other people's accounts.

use sea_orm::{ConnectionTrait, Set};
use techmart_entity::{
    account::{ActiveModel, Model, Role},
    audit::SubjectKind,
    id::AccountId,
};

use super::{
    address,
    dto::{AccountOut, AccountQuery},
    policy::{self, Standing},
    repo,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Result},
    features::{audit, audit::Record},
    say,
    web::{
        answer::Answer,
        etag::{self, Precondition},
        paging::{Cut, Page},
    },
};

/// A row with its version.
#[must_use]
pub fn shown(row: Model) -> Answer<AccountOut> {
    let tag = etag::tag(row.version);
    Answer::ok(row.into()).tagged(tag)
}

/// A page of accounts, newest first.
///
/// # Errors
/// 400 when the cursor is not this list's, 401, 403.
pub async fn list(db: &impl ConnectionTrait, cx: &Context, query: AccountQuery) -> Result<Page<AccountOut>> {
    policy::administer(cx)?;
    let mark = AccountQuery { limit: None, cursor: None, ..query.clone() };
    let cut = Cut::<AccountId>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let email = query.email.as_deref().map(address::tidy);
    let filter = repo::Filter { roles: query.role, email, disabled: query.disabled };
    let rows = repo::list(db, &filter, cut.after, cut.limit + 1).await?;
    Ok(cut.page(rows, |row| row.id, AccountOut::from))
}

/// One account.
///
/// # Errors
/// 401, 403, 404.
pub async fn one(db: &impl ConnectionTrait, cx: &Context, id: AccountId) -> Result<Answer<AccountOut>> {
    policy::administer(cx)?;
    Ok(shown(repo::find(db, id).await?.ok_or_else(AppError::not_found)?))
}

/// Gives somebody another role.
///
/// # Errors
/// 401, 403 also for one's own, 404, 412, 422 when the role does not go with their organisations.
pub async fn set_role(
    tx: &Tx,
    cx: &Context,
    id: AccountId,
    precondition: &Precondition,
    role: Role,
) -> Result<Model> {
    let row = begin(tx, cx, id, precondition).await?;
    if row.role == role {
        return Ok(row);
    }
    policy::give_role(&row, role, repo::memberships(tx, id).await?.len())?;
    let set = ActiveModel { role: Set(role), ..Default::default() };
    let changed = repo::save(tx, &row, cx.now, set).await?;
    let facts = serde_json::json!({ "role": role, "role_before": row.role });
    audit::record(tx, cx, Record::act("set_role", SubjectKind::Account, id).with(facts)).await?;
    Ok(changed)
}

/// Keeps somebody from signing in; their sessions end.
///
/// # Errors
/// 401, 403 also for one's own, 404, 409 when the account is disabled already, 412.
pub async fn disable(
    tx: &Tx,
    cx: &Context,
    id: AccountId,
    precondition: &Precondition,
    reason: String,
) -> Result<Model> {
    let row = stand(tx, cx, id, precondition, Standing::Disabled, reason).await?;
    repo::revoke_all(tx, id, None, cx.now).await?;
    Ok(row)
}

/// Lets somebody sign in again.
///
/// # Errors
/// 401, 403 also for one's own, 404, 409 when the account is not disabled, 412.
pub async fn enable(
    tx: &Tx,
    cx: &Context,
    id: AccountId,
    precondition: &Precondition,
    reason: String,
) -> Result<Model> {
    stand(tx, cx, id, precondition, Standing::Active, reason).await
}

async fn stand(
    tx: &Tx,
    cx: &Context,
    id: AccountId,
    precondition: &Precondition,
    to: Standing,
    reason: String,
) -> Result<Model> {
    let row = begin(tx, cx, id, precondition).await?;
    let (from, to) = Standing::of(&row).change(to)?;
    let (action, disabled_at) = match to {
        Standing::Active => ("enable", None),
        Standing::Disabled => ("disable", Some(cx.now)),
        // Nobody asks for that here: an erasure has its own way.
        Standing::Erased => ("erase", row.disabled_at),
    };
    let set = ActiveModel { disabled_at: Set(disabled_at), ..Default::default() };
    let changed = repo::save(tx, &row, cx.now, set).await?;
    let record = Record {
        change: Some((from.as_str().to_owned(), to.as_str().to_owned())),
        ..Record::act(action, SubjectKind::Account, id)
    };
    audit::record(tx, cx, record.because(None::<&str>, Some(reason))).await?;
    Ok(changed)
}

/// Holds an account for an act of an admin.
///
/// # Errors
/// 401, 403 also for one's own, 404, 412.
pub(in crate::features) async fn begin(
    tx: &Tx,
    cx: &Context,
    id: AccountId,
    precondition: &Precondition,
) -> Result<Model> {
    policy::administer(cx)?;
    policy::not_oneself(cx, id)?;
    // Always in the order of their ids, so that two admins who act upon each other do not wait for
    // each other for ever; and the second of them is found to be none any more, so that one stays.
    let mut ids: Vec<AccountId> = cx.account_id().into_iter().chain([id]).collect();
    ids.sort_unstable();
    let mut target = None;
    for held in ids {
        if held == id {
            target = Some(repo::hold(tx, held).await?);
        } else {
            let me = repo::hold(tx, held).await?;
            if me.role != Role::Admin || me.disabled_at.is_some() {
                return Err(AppError::forbidden(say!("您不再是管理员。", "You are no longer an admin.")));
            }
        }
    }
    let row = target.ok_or_else(AppError::not_found)?;
    precondition.honour(&etag::tag(row.version))?;
    Ok(row)
}
