//! Asking for an erasure, and withdrawing it.

use sea_orm::ConnectionTrait;
use techmart_entity::{
    account::{self, erasure},
    audit::SubjectKind,
    id::AccountId,
};

use super::{dto::ErasureOut, policy, repo};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Fault, Result},
    features::{
        account::{admin, guessing, policy as account_policy, repo as accounts},
        audit,
        audit::Record,
        organisation::repo as organisations,
    },
    outbox::{self, Job, Mail},
    say,
    state::State,
    web::{
        answer::Answer,
        etag::{self, Precondition},
    },
};

/// An erasure with its version.
#[must_use]
pub fn shown(out: ErasureOut) -> Answer<ErasureOut> {
    let mark = (out.requested_at.0.timestamp_millis(), out.done_at.is_some(), out.obstacles.len());
    Answer::ok(out).tagged(etag::tag(format!("{}-{}-{}", mark.0, mark.1, mark.2)))
}

/// Whoever looks after accounts.
///
/// # Errors
/// 401, 403.
pub fn administer(cx: &Context) -> Result<()> {
    account_policy::administer(cx)
}

/// The erasure of an account.
///
/// # Errors
/// 404 when nobody asked for one.
pub async fn find(db: &impl ConnectionTrait, id: AccountId) -> Result<ErasureOut> {
    let row = repo::find(db, id).await?.ok_or_else(AppError::not_found)?;
    let obstacles = match row.done_at {
        Some(_) => Vec::new(),
        None => obstacles(db, &row).await?,
    };
    Ok(ErasureOut::of(&row, obstacles))
}

/// What has to be settled before an account is erased: organisations of which the person is the last owner and API
/// clients for which they answer, unless an admin asks, since the centre then looks after them; and open work of the centre.
///
/// # Errors
/// When the database cannot be asked.
pub(super) async fn obstacles(db: &impl ConnectionTrait, request: &erasure::Model) -> Result<Vec<Fault>> {
    let id = request.account_id;
    let mut faults = Vec::new();
    if request.requested_by == Some(id) {
        for membership in accounts::memberships(db, id).await? {
            let found = organisations::find(db, membership.organisation_id).await?;
            let Some(organisation) = found.filter(|found| found.merged_into.is_none()) else { continue };
            if organisations::owners(db, organisation.id).await? == [id] {
                let name = organisation.name;
                let words = say!(
                    "您是“{name}”的最后一位负责人，请先指定另一位负责人。",
                    "You are the last owner of “{name}”; make somebody else an owner first."
                );
                faults.push(Fault::at("", "last_owner", words));
            }
        }
    }
    let clients = repo::clients_of(db, id).await?;
    if clients > 0 && request.requested_by == Some(id) {
        let words = say!(
            "您还是 {clients} 个 API 客户端的负责人，请先移交或撤销。",
            "You answer for {clients} API clients of organisations; hand them over or revoke them first."
        );
        faults.push(Fault::at("", "open_api_clients", words));
    }
    let (items, dockings) = repo::open_work(db, id).await?;
    if items > 0 {
        let words = say!(
            "还有 {items} 项待办，请先移交。",
            "{items} items of the desk are theirs; hand them over first."
        );
        faults.push(Fault::at("", "open_desk_items", words));
    }
    if dockings > 0 {
        let words = say!(
            "还负责 {dockings} 个进行中的对接，请先移交。",
            "{dockings} open dockings are led by them; hand them over first."
        );
        faults.push(Fault::at("", "open_dockings", words));
    }
    Ok(faults)
}

/// Asks for the erasure of one's own account. A wrong password counts as a failed sign-in, since a stolen session must
/// not be a way to guess it.
///
/// # Errors
/// 401, 403 for people of the centre, 409 with what has to be settled before, 422 for a wrong password, 429 after too
/// many failures.
pub async fn request_own(state: &State, cx: &Context, password: String) -> Result<ErasureOut> {
    let person = cx.person()?;
    policy::erase_oneself(person.role)?;
    let db = state.db.read();
    let row = accounts::find(db, person.account_id).await?.ok_or_else(AppError::not_found)?;
    let mark = guessing::mark(&row.email);
    guessing::check(db, &mark, &cx.client, cx.now).await?;
    let right = state.passwords.verify(password, Some(row.password_hash.clone())).await?;
    let outcome = state
        .db
        .write(async |tx| {
            let held = accounts::hold(tx, row.id).await?;
            if let Err(refusal) = guessing::check(tx, &mark, &cx.client, cx.now).await {
                return Ok(Err(refusal));
            }
            if !right || held.password_hash != row.password_hash {
                accounts::insert_failure(tx, &mark, &cx.client, cx.now).await?;
                return Ok(Err(wrong_password()));
            }
            accounts::forget_failures(tx, &mark, Some(&cx.client)).await?;
            Ok(Ok(begin(tx, cx, &held, None).await?))
        })
        .await?;
    state.outbox.wake();
    outcome
}

fn wrong_password() -> AppError {
    AppError::rule("/password", "wrong_password", say!("密码不正确。", "The password is wrong."))
}

/// Asks for the erasure of somebody else's account.
///
/// # Errors
/// 401, 403 also for one's own, 404, 409 with what has to be settled before, 412.
pub async fn request_for(
    tx: &Tx,
    cx: &Context,
    id: AccountId,
    precondition: &Precondition,
    reason: String,
) -> Result<ErasureOut> {
    let row = admin::begin(tx, cx, id, precondition).await?;
    begin(tx, cx, &row, Some(reason)).await
}

async fn begin(
    tx: &Tx,
    cx: &Context,
    account: &account::Model,
    reason: Option<String>,
) -> Result<ErasureOut> {
    if let Some(row) = repo::find(tx, account.id).await? {
        let obstacles = if row.done_at.is_some() { Vec::new() } else { obstacles(tx, &row).await? };
        return Ok(ErasureOut::of(&row, obstacles));
    }
    let row = erasure::Model {
        account_id: account.id,
        requested_by: cx.account_id(),
        reason: reason.clone(),
        requested_at: cx.now,
        due_at: cx.now + policy::GRACE,
        done_at: None,
    };
    let faults = obstacles(tx, &row).await?;
    if !faults.is_empty() {
        let words =
            say!("请先移交以下事项，再申请注销。", "Hand over what is named here before; then ask again.");
        return Err(AppError::new(Code::StillInUse, words).with_faults(faults));
    }
    repo::insert(tx, row.clone()).await?;
    let record = Record::act("ask_erasure", SubjectKind::Account, account.id);
    audit::record(tx, cx, record.because(None::<&str>, reason)).await?;
    outbox::push(tx, cx.now, &Job::Mail(Mail::ErasureAsked { account_id: account.id })).await?;
    Ok(ErasureOut::of(&row, Vec::new()))
}

/// Withdraws an erasure that is not done.
///
/// # Errors
/// 404 when there is none.
pub async fn withdraw(tx: &Tx, cx: &Context, id: AccountId) -> Result<()> {
    accounts::hold(tx, id).await?;
    if !repo::withdraw(tx, id).await? {
        return Err(AppError::not_found());
    }
    audit::record(tx, cx, Record::act("withdraw_erasure", SubjectKind::Account, id)).await?;
    Ok(())
}
