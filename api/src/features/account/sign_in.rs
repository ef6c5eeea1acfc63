//! Signing in, staying signed in, signing out. A refusal that has to leave something behind (a failure
//! that is counted, a session that ends) is an inner error, so that its transaction commits.

use techmart_entity::{
    Instant,
    account::{Model, refresh_token, session},
    audit::SubjectKind,
    id::{AccountId, SessionId},
};

use super::{
    address,
    dto::TokensOut,
    guessing,
    policy::{REFRESH_IDLE, SESSION_LIFE, SESSIONS},
    repo, service,
};
use crate::{
    auth::{Context, jwt, secret},
    clock::Clock,
    db::Tx,
    error::{AppError, Code, Result},
    features::{audit, audit::Record},
    say,
    state::State,
};

/// A session with a refresh token that nobody has used.
#[derive(Clone)]
struct Issued {
    account: AccountId,
    session: SessionId,
    refresh_token: String,
}

/// Signs in by address and password.
///
/// # Errors
/// 401 for an unknown address and a wrong password alike, 403 when the address is not verified or the
/// account is disabled (told to whoever knows the password alone), 429 after too many failures.
pub async fn login(state: &State, cx: &Context, email: &str, password: String) -> Result<TokensOut> {
    let email = address::tidy(email);
    let mark = guessing::mark(&email);
    guessing::check(state.db.read(), &mark, &cx.client, cx.now).await?;
    let known = repo::find_by_email(state.db.read(), &email).await?;
    let hash = known.as_ref().map(|row| row.password_hash.clone());
    // Without a hash this takes as long, so that an address without an account is not told by the time.
    let right = state.passwords.verify(password.clone(), hash.clone()).await?;
    let rehashed = match hash {
        Some(hash) if right && state.passwords.is_outdated(&hash) => {
            Some(state.passwords.hash(password).await?)
        }
        Some(_) | None => None,
    };
    let now = state.clock.now();
    let outcome = state
        .db
        .write(async |tx| {
            let held = match &known {
                Some(row) => Some(repo::hold(tx, row.id).await?),
                None => None,
            };
            // Attempts that came at once passed the first check together. Here they come one after
            // another, and none of them learns whether it was right once there were too many.
            if let Err(refusal) = guessing::check(tx, &mark, &cx.client, now).await {
                return Ok(Err(refusal));
            }
            let Some(row) = held.filter(|row| right && same_password(row, known.as_ref())) else {
                repo::insert_failure(tx, &mark, &cx.client, now).await?;
                return Ok(Err(wrong_credentials()));
            };
            repo::forget_failures(tx, &mark, Some(&cx.client)).await?;
            if row.disabled_at.is_some() {
                return Ok(Err(AppError::forbidden(say!(
                    "该账号已停用，请联系服务中心。",
                    "The account is disabled; ask the service centre."
                ))));
            }
            if row.email_verified_at.is_none() {
                service::ask_to_verify(tx, cx, row.id).await?;
                return Ok(Err(email_unverified()));
            }
            if let Some(hash) = &rehashed {
                repo::rehash(tx, row.id, hash).await?;
            }
            open(tx, row.id, now).await.map(Ok)
        })
        .await?;
    state.outbox.wake();
    tokens(state, outcome?)
}

/// Whether the password that was checked is still the account's: it may have been changed meanwhile.
/// A hash that was only made anew leaves the version as it was.
fn same_password(now: &Model, checked: Option<&Model>) -> bool {
    checked
        .is_some_and(|checked| now.password_hash == checked.password_hash || now.version == checked.version)
}

/// Opens a session and ends the oldest ones that would be too many.
async fn open(tx: &Tx, account: AccountId, now: Instant) -> Result<Issued> {
    let live = repo::live_sessions(tx, account, now).await?;
    let too_many = (live.len() + 1).saturating_sub(SESSIONS);
    let oldest: Vec<SessionId> = live.iter().take(too_many).map(|row| row.id).collect();
    repo::revoke_sessions(tx, &oldest, now).await?;
    let session = session::Model {
        id: SessionId::new(),
        account_id: account,
        created_at: now,
        last_used_at: now,
        expires_at: now + SESSION_LIFE,
        revoked_at: None,
    };
    repo::insert_session(tx, session.clone()).await?;
    issue(tx, &session, now).await
}

/// Makes a refresh token of a session.
async fn issue(tx: &Tx, session: &session::Model, now: Instant) -> Result<Issued> {
    let token = secret::random()?;
    let row = refresh_token::Model {
        token_hash: secret::hash(&token),
        session_id: session.id,
        issued_at: now,
        expires_at: session.expires_at.min(now + REFRESH_IDLE),
        used_at: None,
    };
    repo::insert_refresh_token(tx, row).await?;
    Ok(Issued { account: session.account_id, session: session.id, refresh_token: token })
}

fn tokens(state: &State, issued: Issued) -> Result<TokensOut> {
    // The token's times are read by the machine's clock, so they are written by it.
    let signed = state.jwt.sign(issued.account, issued.session, Clock::of_the_machine());
    let access_token = signed.map_err(AppError::internal)?;
    Ok(TokensOut {
        access_token,
        refresh_token: issued.refresh_token,
        token_type: "Bearer".to_owned(),
        expires_in: jwt::LIFETIME,
    })
}

/// Changes a refresh token for a new one and an access token. A token that is used a second time was
/// in two hands: its session ends (RFC 9700).
///
/// # Errors
/// 401 when the token is unknown, used, too old, or its session has ended.
pub async fn refresh(state: &State, cx: &Context, token: &str) -> Result<TokensOut> {
    let hash = secret::hash(token);
    let now = cx.now;
    let outcome = state
        .db
        .write(async |tx| {
            let Some(found) = repo::refresh_token(tx, &hash).await? else {
                return Ok(Err(invalid_refresh_token()));
            };
            let held = repo::hold_session(tx, found.session_id).await?;
            let Some(session) =
                held.filter(|session| session.revoked_at.is_none() && session.expires_at > now)
            else {
                return Ok(Err(invalid_refresh_token()));
            };
            if found.used_at.is_none() && found.expires_at <= now {
                return Ok(Err(invalid_refresh_token()));
            }
            // Whoever comes second finds it used, even where both read it before.
            if !repo::use_refresh_token(tx, &hash, now).await? {
                repo::revoke_sessions(tx, &[session.id], now).await?;
                let facts = serde_json::json!({ "session_id": session.id });
                let record = Record::act("end_reused_session", SubjectKind::Account, session.account_id);
                audit::record(tx, cx, record.with(facts)).await?;
                return Ok(Err(invalid_refresh_token()));
            }
            let account = repo::find(tx, session.account_id).await?;
            if account.is_none_or(|row| row.disabled_at.is_some()) {
                return Ok(Err(invalid_refresh_token()));
            }
            repo::touch_session(tx, session.id, now).await?;
            issue(tx, &session, now).await.map(Ok)
        })
        .await?;
    tokens(state, outcome?)
}

/// Signs out of this session, or of all.
///
/// # Errors
/// 401 when nobody signed in.
pub async fn logout(tx: &Tx, cx: &Context, everywhere: bool) -> Result<()> {
    let person = cx.person()?;
    if !everywhere {
        return repo::revoke_sessions(tx, &[person.session_id], cx.now).await;
    }
    // A sign-in that happens at this moment comes before or after, not in between.
    repo::hold(tx, person.account_id).await?;
    let sessions = repo::revoke_all(tx, person.account_id, None, cx.now).await?;
    let record = Record::act("sign_out_everywhere", SubjectKind::Account, person.account_id)
        .with(serde_json::json!({ "sessions": sessions }));
    audit::record(tx, cx, record).await?;
    Ok(())
}

fn wrong_credentials() -> AppError {
    AppError::new(Code::WrongCredentials, say!("邮箱或密码不正确。", "The address or the password is wrong."))
}

fn email_unverified() -> AppError {
    AppError::new(
        Code::EmailUnverified,
        say!(
            "请先用邮件中的验证码完成邮箱验证；邮件每 10 分钟最多发送一次。",
            "Verify the address first, with the token in the mail; one is sent every 10 minutes at most."
        ),
    )
}

fn invalid_refresh_token() -> AppError {
    AppError::new(
        Code::InvalidRefreshToken,
        say!(
            "刷新令牌无效、已使用或已过期，请重新登录。",
            "The refresh token is unknown, used or too old; sign in again."
        ),
    )
}
