//! Writing and sending mail. Links are made here, when the mail is sent, so that no secret waits in a row.

use techmart_entity::{
    account::{self, one_time_token::TokenPurpose},
    id::{AccountId, InvitationId},
    notification::Words,
    value::code_list::Coded,
};

use super::JobError;
use crate::{
    auth::secret,
    clock::day_of,
    features::{
        account::{repo as accounts, service as account_service},
        invitation::service as invitations,
        notification::{self, delivery},
        organisation::repo as organisations,
        personal_data,
        recommendation::digest,
    },
    mail::{Extras, Letter, words},
    outbox::{Mail, Notice},
    state::State,
};

/// Sends a mail. What nobody is to receive any more is done without one.
///
/// # Errors
/// [`JobError`]; the relay tries again, under the same message id.
pub async fn send(state: &State, seq: i64, mail: Mail) -> Result<(), JobError> {
    let message_id = format!("outbox-{seq}");
    let url = &state.config.public_url;
    match mail {
        Mail::VerifyEmail { account_id } => {
            let Some(row) = reachable(state, account_id).await? else { return Ok(()) };
            if row.email_verified_at.is_some() {
                return Ok(());
            }
            let token = link(state, row.id, TokenPurpose::VerifyEmail).await?;
            post(state, &row, &words::verify_email(&row.name, url, &token), &message_id).await
        }
        Mail::AlreadyRegistered { account_id } => {
            let Some(row) = reachable(state, account_id).await? else { return Ok(()) };
            post(state, &row, &words::already_registered(&row.name, url), &message_id).await
        }
        Mail::ResetPassword { account_id } => {
            let Some(row) = reachable(state, account_id).await? else { return Ok(()) };
            let token = link(state, row.id, TokenPurpose::ResetPassword).await?;
            post(state, &row, &words::reset_password(&row.name, url, &token), &message_id).await
        }
        Mail::ErasureAsked { account_id } => {
            let Some(row) = reachable(state, account_id).await? else { return Ok(()) };
            // Withdrawn meanwhile.
            let Some(asked) = personal_data::repo::find(state.db.read(), row.id).await? else {
                return Ok(());
            };
            let day = day_of(asked.due_at);
            post(state, &row, &words::erasure_asked(&row.name, url, day), &message_id).await
        }
        Mail::Invitation { invitation_id } => invite(state, &message_id, invitation_id).await,
        Mail::MatchDigest { organisation_id, pace } => {
            digest::send(state, &message_id, organisation_id, pace).await
        }
        // Written by an earlier release.
        Mail::Move { audit_id } => notification::service::tell(state, &Notice::Act { audit_id }).await,
        Mail::Notification { notification_id, .. } => delivery::send(state, notification_id).await,
        Mail::NotificationDigest { account_id, until } => delivery::digest(state, account_id, until).await,
    }
}

/// Sends a letter that nobody can do without.
async fn post(state: &State, to: &account::Model, words: &Words, message_id: &str) -> Result<(), JobError> {
    let letter = Letter::write(words, &to.locale, Extras::default())?;
    Ok(state.mailer.send(&to.email, &letter, message_id).await?)
}

/// Brings an invitation, with its token, to whoever has the address. Nobody is asked whether that has an
/// account.
async fn invite(state: &State, message_id: &str, id: InvitationId) -> Result<(), JobError> {
    let now = state.clock.now();
    let made = state.db.write(async |tx| invitations::new_token(tx, id, now).await).await?;
    let Some((row, token)) = made else { return Ok(()) };
    let Some(organisation) = organisations::find(state.db.read(), row.organisation_id).await? else {
        return Ok(());
    };
    let role = (row.role.label_zh(), row.role.label_en());
    let words = words::invitation(&organisation.name, role, &state.config.public_url, &token);
    let letter = Letter::write(&words, "zh", Extras::default())?;
    // Sent again it brings another token, so it must not be taken for the mail before.
    let mark: String = secret::hash(&token).chars().take(12).collect();
    Ok(state.mailer.send(&row.email, &letter, &format!("{message_id}-{mark}")).await?)
}

/// The account, unless it is gone or disabled.
async fn reachable(state: &State, id: AccountId) -> Result<Option<account::Model>, JobError> {
    let row = accounts::find(state.db.read(), id).await?;
    Ok(row.filter(|row| row.disabled_at.is_none()))
}

async fn link(state: &State, account: AccountId, purpose: TokenPurpose) -> Result<String, JobError> {
    let now = state.clock.now();
    Ok(state.db.write(async |tx| account_service::make_link(tx, account, purpose, now).await).await?)
}
