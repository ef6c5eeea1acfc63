//! `/auth`, `/me`, `/accounts`. What sees a password or a token answers with `no-store` and takes no
//! Idempotency-Key: nothing of it may be kept.

use actix_web::{
    HttpResponse, get,
    http::{StatusCode, header},
    patch, post,
};
use serde::Serialize;
use techmart_entity::id::AccountId;
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    admin,
    dto::{
        AccountOut, AccountQuery, AccountReasonIn, AccountRoleIn, ForgotPasswordIn, LoginIn, LogoutIn,
        MailedOut, MeOut, MePatch, PasswordChangeIn, RefreshIn, RegisterIn, ResetPasswordIn, SessionsOut,
        TokensOut, VerifyEmailIn,
    },
    guest::Guest,
    me, service, sign_in,
};

use crate::{
    error::Result,
    features::export::page_or_file,
    say,
    web::{
        act::{Act, Look},
        body::Body,
        paging::Page,
        path::Id,
        query::Query,
        request,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(
            scope("/auth")
                .service(register)
                .service(verify_email)
                .service(login)
                .service(refresh)
                .service(logout)
                .service(forgot_password)
                .service(reset_password),
        )
        .service(
            scope("/me").service(get_me).service(patch_me).service(change_password).service(list_sessions),
        )
        .service(
            scope("/accounts")
                .service(list_accounts)
                .service(get_account)
                .service(set_account_role)
                .service(disable_account)
                .service(enable_account),
        );
}

/// An answer that nobody may keep.
fn unkept(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status).insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}

/// 204 that nobody may keep.
fn done() -> HttpResponse {
    HttpResponse::NoContent().insert_header((header::CACHE_CONTROL, "no-store")).finish()
}

/// 202 with words that are the same whether or not the address has an account.
fn mailed(guest: &Guest) -> HttpResponse {
    let words = say!(
        "如果该邮箱可用，我们会向它发送一封邮件，请按邮件中的说明继续。",
        "If the address can be used, a mail goes out to it; follow what it says."
    );
    let language = request::info(&guest.http).language;
    unkept(StatusCode::ACCEPTED, &MailedOut { detail: words.in_language(language).to_owned() })
}

/// Registers a person. The answer is the same whether or not the address has an account; a mail says more.
#[utoipa::path(operation_id = "register", tag = "auth", request_body = RegisterIn,
    responses((status = 202, body = MailedOut)))]
#[post("/register")]
async fn register(guest: Guest, body: Body<RegisterIn>) -> Result<HttpResponse> {
    service::register(&guest.state, &guest, body.0).await?;
    Ok(mailed(&guest))
}

/// Verifies an address by the token of the mail; it works once, within 24 hours.
#[utoipa::path(operation_id = "verify_email", tag = "auth", request_body = VerifyEmailIn,
    responses((status = 204, description = "The address is verified: sign in.")))]
#[post("/verify-email")]
async fn verify_email(guest: Guest, body: Body<VerifyEmailIn>) -> Result<HttpResponse> {
    guest.state.db.write(async |tx| service::verify_email(tx, &guest, &body.0.token).await).await?;
    Ok(done())
}

/// Signs in. After five failures within an hour each further attempt has to wait longer.
#[utoipa::path(operation_id = "login", tag = "auth", request_body = LoginIn,
    responses((status = 200, body = TokensOut)))]
#[post("/login")]
async fn login(guest: Guest, body: Body<LoginIn>) -> Result<HttpResponse> {
    let LoginIn { email, password } = body.0;
    let tokens = sign_in::login(&guest.state, &guest, &email, password).await?;
    Ok(unkept(StatusCode::OK, &tokens))
}

/// Changes a refresh token for new tokens. It works once; a second use ends the session.
#[utoipa::path(operation_id = "refresh", tag = "auth", request_body = RefreshIn,
    responses((status = 200, body = TokensOut)))]
#[post("/refresh")]
async fn refresh(guest: Guest, body: Body<RefreshIn>) -> Result<HttpResponse> {
    let tokens = sign_in::refresh(&guest.state, &guest, &body.0.refresh_token).await?;
    Ok(unkept(StatusCode::OK, &tokens))
}

/// Signs out of this session, or of all.
#[utoipa::path(operation_id = "logout", tag = "auth", request_body = LogoutIn,
    responses((status = 204, description = "The tokens no longer work.")))]
#[post("/logout")]
async fn logout(look: Look, body: Body<LogoutIn>) -> Result<HttpResponse> {
    look.state.db.write(async |tx| sign_in::logout(tx, &look, body.0.everywhere).await).await?;
    Ok(done())
}

/// Asks for a mail to choose a new password. The answer is the same whether or not the address has an
/// account; at most three mails an hour go out.
#[utoipa::path(operation_id = "forgot_password", tag = "auth", request_body = ForgotPasswordIn,
    responses((status = 202, body = MailedOut)))]
#[post("/forgot-password")]
async fn forgot_password(guest: Guest, body: Body<ForgotPasswordIn>) -> Result<HttpResponse> {
    guest.state.db.write(async |tx| service::forgot_password(tx, &guest, &body.0.email).await).await?;
    guest.state.outbox.wake();
    Ok(mailed(&guest))
}

/// Sets a new password by the token of the mail; it works once, within 30 minutes. All sessions end.
#[utoipa::path(operation_id = "reset_password", tag = "auth", request_body = ResetPasswordIn,
    responses((status = 204, description = "The new password is set: sign in.")))]
#[post("/reset-password")]
async fn reset_password(guest: Guest, body: Body<ResetPasswordIn>) -> Result<HttpResponse> {
    let ResetPasswordIn { token, password } = body.0;
    service::reset_password(&guest.state, &guest, &token, password).await?;
    Ok(done())
}

/// The person who signed in, with their role and organisations.
#[utoipa::path(operation_id = "get_me", tag = "me", responses((status = 200, body = MeOut)))]
#[get("")]
async fn get_me(look: Look) -> Result<HttpResponse> {
    Ok(me::show(look.state.db.read(), &look).await?.respond(&look.http))
}

/// Changes one's own name and language of mails by a JSON Merge Patch.
#[utoipa::path(operation_id = "patch_me", tag = "me", request_body = MePatch,
    responses((status = 200, body = MeOut)))]
#[patch("")]
async fn patch_me(act: Act, body: Body<MePatch>) -> Result<HttpResponse> {
    act.run(async |tx| me::patch(tx, &act, &act.precondition, body.0.clone()).await).await
}

/// Changes one's own password. All other sessions end.
#[utoipa::path(operation_id = "change_password", tag = "me", request_body = PasswordChangeIn,
    responses((status = 204, description = "The new password is set.")))]
#[post("/password")]
async fn change_password(look: Look, body: Body<PasswordChangeIn>) -> Result<HttpResponse> {
    me::change_password(&look.state, &look, body.0).await?;
    Ok(done())
}

/// The sign-ins of this account that still hold, newest first; at most 20.
#[utoipa::path(operation_id = "list_my_sessions", tag = "me", responses((status = 200, body = SessionsOut)))]
#[get("/sessions")]
async fn list_sessions(look: Look) -> Result<HttpResponse> {
    Ok(me::sessions(look.state.db.read(), &look).await?.respond(&look.http))
}

/// Accounts, newest first. For admins.
#[utoipa::path(operation_id = "list_accounts", tag = "accounts", params(AccountQuery),
    responses((status = 200, body = Page<AccountOut>)))]
#[get("")]
async fn list_accounts(look: Look, query: Query<AccountQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| admin::list(look.state.db.read(), look, query).await)
        .await
}

/// One account. For admins.
#[utoipa::path(operation_id = "get_account", tag = "accounts", params(("id" = AccountId, Path)),
    responses((status = 200, body = AccountOut)))]
#[get("/{id}")]
async fn get_account(look: Look, id: Id<AccountId>) -> Result<HttpResponse> {
    Ok(admin::one(look.state.db.read(), &look, id.0).await?.respond(&look.http))
}

/// Gives somebody else another role. For admins.
#[utoipa::path(operation_id = "set_account_role", tag = "accounts", params(("id" = AccountId, Path)),
    request_body = AccountRoleIn, responses((status = 200, body = AccountOut)))]
#[post("/{id}/role")]
async fn set_account_role(act: Act, id: Id<AccountId>, body: Body<AccountRoleIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        Ok(admin::shown(admin::set_role(tx, &act, id.0, &act.precondition, body.0.role).await?))
    })
    .await
}

/// Keeps somebody else from signing in; their sessions end. For admins.
#[utoipa::path(operation_id = "disable_account", tag = "accounts", params(("id" = AccountId, Path)),
    request_body = AccountReasonIn, responses((status = 200, body = AccountOut)))]
#[post("/{id}/disable")]
async fn disable_account(act: Act, id: Id<AccountId>, body: Body<AccountReasonIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let reason = body.0.reason.clone();
        Ok(admin::shown(admin::disable(tx, &act, id.0, &act.precondition, reason).await?))
    })
    .await
}

/// Lets somebody else sign in again. For admins.
#[utoipa::path(operation_id = "enable_account", tag = "accounts", params(("id" = AccountId, Path)),
    request_body = AccountReasonIn, responses((status = 200, body = AccountOut)))]
#[post("/{id}/enable")]
async fn enable_account(act: Act, id: Id<AccountId>, body: Body<AccountReasonIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let reason = body.0.reason.clone();
        Ok(admin::shown(admin::enable(tx, &act, id.0, &act.precondition, reason).await?))
    })
    .await
}
