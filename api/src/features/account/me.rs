//! What people do to their own account.

use sea_orm::{ConnectionTrait, Set};
use sha2::{Digest, Sha256};
use techmart_entity::{
    account::{ActiveModel, Model, one_time_token::TokenPurpose},
    audit::SubjectKind,
    id::OrganisationId,
};

use super::{
    dto::{MeOut, MePatch, MembershipOut, PasswordChangeIn, SessionOut, SessionsOut},
    guessing, policy, repo,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Result},
    features::{audit, audit::Record, listing},
    say,
    state::State,
    web::{
        answer::Answer,
        etag::{self, Precondition},
    },
};

/// The person who signed in, with their organisations.
///
/// # Errors
/// 401 when nobody signed in.
pub async fn show(db: &impl ConnectionTrait, cx: &Context) -> Result<Answer<MeOut>> {
    let id = cx.person()?.account_id;
    let row = repo::find(db, id).await?.ok_or_else(AppError::not_found)?;
    shown(db, row).await
}

async fn shown(db: &impl ConnectionTrait, row: Model) -> Result<Answer<MeOut>> {
    let memberships = memberships(db, &row).await?;
    let tag = tag(&row, &memberships)?;
    Ok(Answer::ok(MeOut::of(row, memberships)).tagged(tag))
}

async fn memberships(db: &impl ConnectionTrait, row: &Model) -> Result<Vec<MembershipOut>> {
    let rows = repo::memberships(db, row.id).await?;
    let ids: Vec<OrganisationId> = rows.iter().map(|row| row.organisation_id).collect();
    let mut briefs = listing::view::briefs(db, &ids).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let organisation = briefs.remove(&row.organisation_id)?;
            Some(MembershipOut { organisation, role: row.role, since: row.created_at.into() })
        })
        .collect())
}

/// The version of the account, and a mark of the organisations that are shown with it: those change
/// without it, and nobody must be told that they have not.
fn tag(row: &Model, memberships: &[MembershipOut]) -> Result<String> {
    if memberships.is_empty() {
        return Ok(etag::tag(row.version));
    }
    let shown = serde_json::to_vec(memberships).map_err(AppError::internal)?;
    let mark = hex::encode(Sha256::digest(shown).iter().take(6).copied().collect::<Vec<u8>>());
    Ok(etag::tag(format!("{}-{mark}", row.version)))
}

/// Changes one's own name, language and digest.
///
/// # Errors
/// 401, 412 and 428 on versions, 422 for an impossible name.
pub async fn patch(
    tx: &Tx,
    cx: &Context,
    precondition: &Precondition,
    patch: MePatch,
) -> Result<Answer<MeOut>> {
    let row = repo::hold(tx, cx.person()?.account_id).await?;
    let tag = tag(&row, &memberships(tx, &row).await?)?;
    precondition.require(&tag)?;
    let name = patch.name.as_deref().map(policy::name).transpose();
    let name = name.map_err(|fault| AppError::rules(vec![fault]))?.filter(|name| *name != row.name);
    let locale = patch.locale.map(|locale| locale.as_str().to_owned()).filter(|locale| *locale != row.locale);
    let digest = patch.match_digest.filter(|digest| *digest != row.match_digest);
    if name.is_none() && locale.is_none() && digest.is_none() {
        return shown(tx, row).await;
    }
    let mut set = ActiveModel::default();
    if let Some(name) = name {
        set.name = Set(name);
    }
    if let Some(locale) = locale {
        set.locale = Set(locale);
    }
    if let Some(digest) = digest {
        set.match_digest = Set(digest);
    }
    let row = repo::save(tx, &row, cx.now, set).await?;
    shown(tx, row).await
}

/// Changes one's own password. The other sessions end; this one goes on. A wrong present password
/// counts as a failed sign-in, since a stolen session must not be a way to guess it.
///
/// # Errors
/// 401, 422 for a wrong present or a weak new password, 429 after too many failures.
pub async fn change_password(state: &State, cx: &Context, given: PasswordChangeIn) -> Result<()> {
    let person = cx.person()?;
    let db = state.db.read();
    let row = repo::find(db, person.account_id).await?.ok_or_else(AppError::not_found)?;
    let mark = guessing::mark(&row.email);
    guessing::check(db, &mark, &cx.client, cx.now).await?;
    policy::new_password("/new_password", &given.new_password, &row.email, &row.name)
        .map_err(|fault| AppError::rules(vec![fault]))?;
    let right = state.passwords.verify(given.current_password, Some(row.password_hash.clone())).await?;
    let hash = if right { Some(state.passwords.hash(given.new_password).await?) } else { None };
    let now = state.clock.now();
    state
        .db
        .write(async |tx| {
            let held = repo::hold(tx, row.id).await?;
            if let Err(refusal) = guessing::check(tx, &mark, &cx.client, now).await {
                return Ok(Err(refusal));
            }
            let hash = hash.clone().filter(|_| held.password_hash == row.password_hash);
            let Some(hash) = hash else {
                repo::insert_failure(tx, &mark, &cx.client, now).await?;
                return Ok(Err(wrong_password()));
            };
            let set = ActiveModel { password_hash: Set(hash), ..Default::default() };
            repo::save(tx, &held, now, set).await?;
            repo::forget_failures(tx, &mark, Some(&cx.client)).await?;
            repo::void_links(tx, row.id, TokenPurpose::ResetPassword, now).await?;
            let sessions = repo::revoke_all(tx, row.id, Some(person.session_id), now).await?;
            let record = Record::act("change_password", SubjectKind::Account, row.id)
                .with(serde_json::json!({ "sessions": sessions }));
            audit::record(tx, cx, record).await?;
            Ok(Ok(()))
        })
        .await?
}

fn wrong_password() -> AppError {
    AppError::rule(
        "/current_password",
        "wrong_password",
        say!("当前密码不正确。", "The present password is wrong."),
    )
}

/// The sessions that still hold, newest first.
///
/// # Errors
/// 401 when nobody signed in.
pub async fn sessions(db: &impl ConnectionTrait, cx: &Context) -> Result<Answer<SessionsOut>> {
    let person = cx.person()?;
    let rows = repo::live_sessions(db, person.account_id, cx.now).await?;
    let items = rows.iter().rev().map(|row| SessionOut::of(row, person.session_id)).collect();
    Ok(Answer::ok(SessionsOut { items }))
}
