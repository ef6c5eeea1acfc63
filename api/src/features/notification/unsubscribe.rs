//! Ending mails by one click, without signing in (RFC 8058).

use techmart_entity::{
    account::MailPace, id::AccountId, notification::NotificationKind, value::code_list::Coded,
};

use super::{dto::PreferencePatch, service};
use crate::{
    auth::jwt::Ends,
    error::{AppError, Code, Result},
    features::account::repo as accounts,
    jobs::JobError,
    say,
    state::State,
};

/// Where mails of a kind are ended.
///
/// # Errors
/// When the token cannot be signed.
pub fn link(
    state: &State,
    account: AccountId,
    kind: NotificationKind,
) -> std::result::Result<String, JobError> {
    link_of(state, account, Ends::Kind(kind))
}

/// Where all mails of notifications are ended.
///
/// # Errors
/// When the token cannot be signed.
pub fn link_of_all(state: &State, account: AccountId) -> std::result::Result<String, JobError> {
    link_of(state, account, Ends::All)
}

fn link_of(state: &State, account: AccountId, what: Ends) -> std::result::Result<String, JobError> {
    let token =
        state.jwt.sign_unsubscribe(account, what).map_err(|error| JobError::Other(error.to_string()))?;
    Ok(format!("{}/api/v1/unsubscribe?token={token}", state.config.public_url))
}

/// Whose mails a token ends, and which.
///
/// # Errors
/// 404 for a token that is not ours.
pub fn read(state: &State, token: &str) -> Result<(AccountId, Ends)> {
    state.jwt.verify_unsubscribe(token).map_err(|_| {
        AppError::new(
            Code::NotFound,
            say!("退订链接无效，请从邮件中重新打开。", "The link is not valid; open it from the mail again."),
        )
    })
}

/// Ends those mails. Again and again it does no harm.
///
/// # Errors
/// 404 when the account is gone.
pub async fn end(state: &State, account: AccountId, what: Ends) -> Result<()> {
    let now = state.clock.now();
    let never = PreferencePatch { listed: None, mail: Some(MailPace::Never) };
    let kinds: &[NotificationKind] = match &what {
        Ends::Kind(kind) => std::slice::from_ref(kind),
        Ends::All => NotificationKind::ALL,
    };
    state
        .db
        .write(async |tx| {
            accounts::hold(tx, account).await?;
            for kind in kinds {
                service::choose(tx, now, account, *kind, &never).await?;
            }
            Ok(())
        })
        .await
}

/// What the mails that end are about, in both languages.
fn about(what: Ends) -> (&'static str, &'static str) {
    match what {
        Ends::Kind(kind) => (kind.label_zh(), kind.label_en()),
        Ends::All => ("全部通知", "all notifications"),
    }
}

/// Asks whether to end the mails. Looking at it ends nothing: programs open every link in a mail.
#[must_use]
pub fn ask(what: Ends) -> String {
    let (zh, en) = about(what);
    page(
        "退订 / Unsubscribe",
        &format!(
            "<h1>退订邮件</h1><p>不再接收邮件：{zh}？</p><p>No more mails about: {en}?</p>\
             <form method=\"post\"><button>退订 / Unsubscribe</button></form>"
        ),
    )
}

/// Says that they have ended.
#[must_use]
pub fn ended(what: Ends) -> String {
    let (zh, en) = about(what);
    page(
        "已退订 / Unsubscribed",
        &format!(
            "<h1>已退订</h1><p>不再发送邮件：{zh}。可在通知设置（/notification-preferences）中恢复。</p>\
             <p>Unsubscribed from mails about: {en}. Your notification preferences turn them on again.</p>"
        ),
    )
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"zh\"><meta charset=\"utf-8\"><title>{title}</title>\
         <body style=\"font-family:sans-serif;max-width:30em;margin:3em auto\">{body}</body></html>"
    )
}
