//! Who belongs to an organisation. Every change holds the organisation's row, so that of two owners
//! who remove each other at once one stays.

use techmart_entity::{
    account::Role,
    audit::SubjectKind,
    id::{AccountId, OrganisationId},
    organisation::{Model, membership, membership::MemberRole},
};

use super::{
    dto::MemberOut,
    policy::{self, Relation},
    repo, view,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Result},
    features::{audit, audit::Record},
    say,
    web::{answer::Answer, etag::Precondition},
};

/// Adds a person who has an account. That an address has none is told, since the owner has to know
/// why nothing happened.
///
/// # Errors
/// 401, 403, 404, 409 for who is a member already, 422 `no_such_account`.
pub async fn add(
    tx: &Tx,
    cx: &Context,
    id: OrganisationId,
    email: &str,
    role: MemberRole,
) -> Result<Answer<MemberOut>> {
    let (organisation, relation) = begin(tx, cx, id).await?;
    let has_owner = !repo::owners(tx, id).await?.is_empty();
    policy::manage_members(cx, &organisation, relation, has_owner)?;
    let account = repo::account_of(tx, email).await?.ok_or_else(|| {
        AppError::rule(
            "/email",
            "no_such_account",
            say!(
                "没有用该邮箱注册并完成验证的账号；请对方先注册并验证邮箱。",
                "Nobody has registered and verified that address; ask the person to do that first."
            ),
        )
    })?;
    // Whoever belongs to an organisation may not judge it: nobody of the centre is made to belong to one by
    // somebody else's act.
    match account.role {
        Role::Member => {}
        Role::Broker | Role::Admin | Role::Auditor => {
            return Err(AppError::rule(
                "/email",
                "must_accept",
                say!(
                    "该账号不能由他人直接加入；请发送邀请，由本人接受。",
                    "That person is not added by others; invite them."
                ),
            ));
        }
    }
    let row = membership::Model { organisation_id: id, account_id: account.id, role, created_at: cx.now };
    repo::insert_member(tx, row.clone()).await?;
    record(tx, cx, "add_member", &row, None).await?;
    let answer = view::show_member(tx, &row, relation).await?;
    let location = format!("/api/v1/organisations/{id}/members/{}", row.account_id);
    Ok(Answer { status: actix_web::http::StatusCode::CREATED, location: Some(location), ..answer })
}

/// Gives a member another role.
///
/// # Errors
/// 401, 403, 404, 409 for the last owner, 412 and 428 on versions.
pub async fn set_role(
    tx: &Tx,
    cx: &Context,
    id: OrganisationId,
    account: AccountId,
    precondition: &Precondition,
    role: MemberRole,
) -> Result<Answer<MemberOut>> {
    let (organisation, relation) = begin(tx, cx, id).await?;
    let owners = repo::owners(tx, id).await?;
    policy::manage_members(cx, &organisation, relation, !owners.is_empty())?;
    let row = repo::member(tx, id, account).await?;
    require(precondition, &organisation, &row)?;
    if role != MemberRole::Owner {
        keep_an_owner(&owners, account)?;
    }
    if role != row.role {
        repo::set_role(tx, &row, role).await?;
        record(tx, cx, "set_member_role", &membership::Model { role, ..row.clone() }, Some(row.role)).await?;
    }
    view::show_member(tx, &membership::Model { role, ..row }, relation).await
}

/// Takes a member out. Whoever belongs to an organisation may also leave it.
///
/// # Errors
/// 401, 403, 404, 409 for the last owner, 412 and 428 on versions.
pub async fn remove(
    tx: &Tx,
    cx: &Context,
    id: OrganisationId,
    account: AccountId,
    precondition: &Precondition,
) -> Result<()> {
    let (organisation, relation) = begin(tx, cx, id).await?;
    let owners = repo::owners(tx, id).await?;
    let leaves = relation.member && cx.account_id() == Some(account);
    if !leaves {
        policy::manage_members(cx, &organisation, relation, !owners.is_empty())?;
    }
    let row = repo::member(tx, id, account).await?;
    require(precondition, &organisation, &row)?;
    keep_an_owner(&owners, account)?;
    repo::delete_member(tx, &row).await?;
    record(tx, cx, "remove_member", &row, None).await
}

/// Holds an organisation that stands, with what the caller is to it now.
///
/// # Errors
/// 404 when there is none, 409 when it was merged into another.
pub(in crate::features) async fn begin(
    tx: &Tx,
    cx: &Context,
    id: OrganisationId,
) -> Result<(Model, Relation)> {
    let organisation = repo::hold_standing(tx, id).await?;
    let mut relation = policy::relation(cx, &organisation);
    // The request was authenticated before the row was held: an owner who was removed since then is
    // none any more.
    if relation.owner {
        relation.owner = match cx.account_id() {
            Some(me) => repo::owners(tx, id).await?.contains(&me),
            None => false,
        };
    }
    Ok((organisation, relation))
}

/// The version may be the membership's or the whole organisation's.
fn require(precondition: &Precondition, organisation: &Model, row: &membership::Model) -> Result<()> {
    match precondition.require(&view::tag(organisation)) {
        Ok(()) => Ok(()),
        Err(_) => precondition.require(&view::member_tag(row)),
    }
}

fn keep_an_owner(owners: &[AccountId], account: AccountId) -> Result<()> {
    if owners == [account] {
        return Err(AppError::new(
            Code::StillInUse,
            say!(
                "这是最后一位负责人；请先指定另一位负责人。",
                "This is the last owner; make somebody else an owner first."
            ),
        ));
    }
    Ok(())
}

async fn record(
    tx: &Tx,
    cx: &Context,
    action: &str,
    row: &membership::Model,
    before: Option<MemberRole>,
) -> Result<()> {
    let facts = serde_json::json!({ "account_id": row.account_id, "role": row.role, "role_before": before });
    let record = Record::act(action, SubjectKind::Organisation, row.organisation_id).with(facts);
    audit::record(tx, cx, record).await?;
    Ok(())
}
