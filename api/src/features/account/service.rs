//! Registration, the single-use links, accounts that are made without them, and the sweeping.

use sea_orm::Set;
use techmart_entity::{
    Instant,
    account::{ActiveModel, MailPace, Model, Role, one_time_token, one_time_token::TokenPurpose},
    audit::SubjectKind,
    id::AccountId,
};

use super::{
    address,
    dto::{Locale, RegisterIn},
    guessing,
    policy::{self, MailLimit},
    repo,
};
use crate::{
    auth::{Context, secret},
    db::Tx,
    error::{AppError, Code, Result},
    features::{audit, audit::Record},
    outbox::{self, Job, Mail},
    say,
    state::State,
};

/// Registers an address. Whether it is known already is told by mail alone.
///
/// # Errors
/// 400 when the address is none, 422 for a weak password or an impossible name.
pub async fn register(state: &State, cx: &Context, given: RegisterIn) -> Result<()> {
    let email = address::parse(&given.email)?;
    let name = checked(&email, &given.name, "/password", &given.password)?;
    let locale = given.locale.unwrap_or_default();
    // A known address costs a hash as well, so that the time tells nothing.
    let hash = state.passwords.hash(given.password).await?;
    state
        .db
        .write(async |tx| {
            let row = blank(cx.now, &email, &name, locale, &hash);
            let id = row.id;
            if repo::insert(tx, row).await? {
                audit::record(tx, cx, Record::act("register", SubjectKind::Account, id)).await?;
                return ask_to_verify(tx, cx, id).await;
            }
            let known = repo::find_by_email(tx, &email).await?.map(|row| row.id);
            ask_for_mail(
                tx,
                cx,
                known,
                "repeat_registration",
                policy::REPEATED_REGISTRATION_MAILS,
                |account_id| Mail::AlreadyRegistered { account_id },
            )
            .await
        })
        .await?;
    state.outbox.wake();
    Ok(())
}

/// Name and password of a new account, or everything that is wrong with them.
fn checked(email: &str, name: &str, pointer: &str, password: &str) -> Result<String> {
    let name = policy::name(name);
    let known_name = name.as_deref().unwrap_or_default().to_owned();
    let mut faults: Vec<_> = name.err().into_iter().collect();
    faults.extend(policy::new_password(pointer, password, email, &known_name).err());
    if faults.is_empty() { Ok(known_name) } else { Err(AppError::rules(faults)) }
}

fn blank(now: Instant, email: &str, name: &str, locale: Locale, password_hash: &str) -> Model {
    Model {
        id: AccountId::new(),
        email: email.to_owned(),
        email_verified_at: None,
        password_hash: password_hash.to_owned(),
        name: name.to_owned(),
        role: Role::Member,
        locale: locale.as_str().to_owned(),
        match_digest: MailPace::Daily,
        disabled_at: None,
        erased_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

/// Says how somebody is told of what matches.
///
/// # Errors
/// 412 when the account changed meanwhile.
pub async fn set_match_digest(tx: &Tx, row: &Model, now: Instant, pace: MailPace) -> Result<()> {
    if row.match_digest != pace {
        let set = ActiveModel { match_digest: Set(pace), ..Default::default() };
        repo::save(tx, row, now, set).await?;
    }
    Ok(())
}

/// Asks for the mail that asks to verify the address of an account.
///
/// # Errors
/// When the rows cannot be written.
pub(super) async fn ask_to_verify(tx: &Tx, cx: &Context, id: AccountId) -> Result<()> {
    ask_for_mail(tx, cx, Some(id), "ask_to_verify_email", policy::VERIFICATION_MAILS, |account_id| {
        Mail::VerifyEmail { account_id }
    })
    .await
}

/// Asks for a mail to an account, as often as its limit allows; the log counts. When there is no such
/// account, or there were too many mails, the job names an account that does not exist and is done
/// without a mail: then the same is written, and the time tells nothing.
async fn ask_for_mail(
    tx: &Tx,
    cx: &Context,
    known: Option<AccountId>,
    action: &str,
    limit: MailLimit,
    mail: impl Fn(AccountId) -> Mail,
) -> Result<()> {
    let mut to = AccountId::new();
    if let Some(id) = known {
        let row = repo::hold(tx, id).await?;
        let done = repo::times_done(tx, id, action, cx.now - limit.within).await?;
        if row.disabled_at.is_none() && done < limit.most {
            audit::record(tx, cx, Record::act(action, SubjectKind::Account, id)).await?;
            to = id;
        }
    }
    outbox::push(tx, cx.now, &Job::Mail(mail(to))).await
}

/// Verifies an address by the token of the mail.
///
/// # Errors
/// 422 `invalid_link` when the token is unknown, used or too old.
pub async fn verify_email(tx: &Tx, cx: &Context, token: &str) -> Result<()> {
    let row = follow(tx, cx, token, TokenPurpose::VerifyEmail).await?;
    if row.email_verified_at.is_none() {
        let set = ActiveModel { email_verified_at: Set(Some(cx.now)), ..Default::default() };
        repo::save(tx, &row, cx.now, set).await?;
        audit::record(tx, cx, Record::act("verify_email", SubjectKind::Account, row.id)).await?;
    }
    repo::void_links(tx, row.id, TokenPurpose::VerifyEmail, cx.now).await
}

/// Uses a link up; says whose it was.
async fn follow(tx: &Tx, cx: &Context, token: &str, purpose: TokenPurpose) -> Result<Model> {
    let hash = secret::hash(token);
    let owner = repo::link_owner(tx, &hash, purpose, cx.now).await?.ok_or_else(invalid_link)?;
    let row = repo::hold(tx, owner).await?;
    if row.disabled_at.is_some() || !repo::use_link(tx, &hash, purpose, cx.now).await? {
        return Err(invalid_link());
    }
    Ok(row)
}

/// Makes the secret of a link and keeps its hash. The secret goes into a mail and nowhere else.
///
/// # Errors
/// When the row cannot be written.
pub async fn make_link(tx: &Tx, account: AccountId, purpose: TokenPurpose, now: Instant) -> Result<String> {
    let token = secret::random()?;
    let row = one_time_token::Model {
        token_hash: secret::hash(&token),
        account_id: account,
        purpose,
        created_at: now,
        expires_at: now + policy::link_life(purpose),
        used_at: None,
    };
    repo::insert_link(tx, row).await?;
    Ok(token)
}

/// Asks for a mail to reset a forgotten password. Nothing tells whether the address has an account.
///
/// # Errors
/// When the rows cannot be written.
pub async fn forgot_password(tx: &Tx, cx: &Context, email: &str) -> Result<()> {
    let known = repo::find_by_email(tx, &address::tidy(email)).await?.map(|row| row.id);
    ask_for_mail(tx, cx, known, "ask_to_reset_password", policy::RESET_MAILS, |account_id| {
        Mail::ResetPassword { account_id }
    })
    .await
}

/// Sets a new password by the token of the mail. Whoever read that mail owns the address, so it counts
/// as verified; all sessions end.
///
/// # Errors
/// 422 `invalid_link` when the token is unknown, used or too old; 422 for a weak password, and then the
/// token can be used again.
pub async fn reset_password(state: &State, cx: &Context, token: &str, password: String) -> Result<()> {
    let db = state.db.read();
    let owner = repo::link_owner(db, &secret::hash(token), TokenPurpose::ResetPassword, cx.now).await?;
    let row = match owner {
        Some(owner) => repo::find(db, owner).await?,
        None => None,
    };
    let row = row.ok_or_else(invalid_link)?;
    policy::new_password("/password", &password, &row.email, &row.name)
        .map_err(|fault| AppError::rules(vec![fault]))?;
    let hash = state.passwords.hash(password).await?;
    state
        .db
        .write(async |tx| {
            let row = follow(tx, cx, token, TokenPurpose::ResetPassword).await?;
            let set = ActiveModel {
                password_hash: Set(hash.clone()),
                email_verified_at: Set(Some(row.email_verified_at.unwrap_or(cx.now))),
                ..Default::default()
            };
            repo::save(tx, &row, cx.now, set).await?;
            repo::void_links(tx, row.id, TokenPurpose::ResetPassword, cx.now).await?;
            repo::forget_failures(tx, &guessing::mark(&row.email), None).await?;
            let sessions = repo::revoke_all(tx, row.id, None, cx.now).await?;
            let record = Record::act("reset_password", SubjectKind::Account, row.id)
                .with(serde_json::json!({ "sessions": sessions }));
            audit::record(tx, cx, record).await?;
            Ok(())
        })
        .await
}

fn invalid_link() -> AppError {
    AppError::new(
        Code::InvalidLink,
        say!(
            "验证码无效、已使用或已过期，请重新申请。",
            "The token is unknown, used or too old; ask for a new one."
        ),
    )
}

/// Makes a verified account without a mail. `email` is in its stored form.
///
/// # Errors
/// 409 when the address has an account.
pub async fn create_verified(
    tx: &Tx,
    cx: &Context,
    email: &str,
    name: &str,
    password_hash: &str,
    role: Role,
) -> Result<Model> {
    let row = Model {
        email_verified_at: Some(cx.now),
        role,
        ..blank(cx.now, &address::tidy(email), name, Locale::default(), password_hash)
    };
    if !repo::insert(tx, row.clone()).await? {
        return Err(AppError::new(
            Code::AlreadyExists,
            say!("该邮箱已有账号，请换一个邮箱。", "That address has an account already; take another one."),
        ));
    }
    let record =
        Record::act("create_account", SubjectKind::Account, row.id).with(serde_json::json!({ "role": role }));
    audit::record(tx, cx, record).await?;
    Ok(row)
}

/// Makes an admin, verified at once, on the word of whoever runs the service.
///
/// # Errors
/// 400 when the address is none, 409 when it has an account, 422 for a weak password.
pub async fn create_admin(state: &State, email: &str, name: &str, password: String) -> Result<AccountId> {
    let email = address::parse(email)?;
    let name = checked(&email, name, "/password", &password)?;
    let hash = state.passwords.hash(password).await?;
    let cx = Context::system(state.clock.now());
    state.db.write(async |tx| Ok(create_verified(tx, &cx, &email, &name, &hash, Role::Admin).await?.id)).await
}
