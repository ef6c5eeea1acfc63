//! The erasure itself, in one transaction: what is the person's alone goes, what others rest on keeps the id.

use sea_orm::Set;
use techmart_entity::{
    account::{ActiveModel, MailPace, Model, Role},
    audit::SubjectKind,
    id::{AccountId, OrganisationId, SessionId},
    life_cycle::LifeCycle,
    listing::Contact,
    organisation::invitation::{InvitationMove, InvitationStatus},
};

use super::repo;
use crate::{
    auth::{Actor, Context, Person},
    db::Tx,
    error::{AppError, Result},
    features::{
        account::{address, dto::Locale, guessing, repo as accounts},
        audit,
        audit::Record,
        event::sign_ups,
        invitation::repo as invitations,
    },
    web::etag::Precondition,
};

/// What stands where the name was, wherever the id leads to a name. It is stored, not worked out by each reader, so
/// that no place can forget it.
pub const ERASED_NAME: &str = "已注销用户 (erased user)";

/// An address at which nobody can ever be reached (RFC 2606), another one for each id.
#[must_use]
pub fn erased_address(id: impl ToString) -> String {
    format!("erased-{}@erased.invalid", id.to_string())
}

/// Erases an account that is held. `cx` is the service itself; `why` is what the log says besides the counts.
///
/// # Errors
/// When the rows cannot be written.
pub async fn erase(tx: &Tx, cx: &Context, row: &Model, asked_by: Option<AccountId>) -> Result<()> {
    let id = row.id;
    leave_events(tx, cx, row).await?;
    let invited = end_invitations(tx, cx, row).await?;
    // Before the memberships, by which they are found.
    let contacts = end_contacts(tx, row).await?;
    let gone = repo::delete_owned(tx, id, &guessing::mark(&row.email)).await?;
    let set = ActiveModel {
        email: Set(erased_address(id)),
        email_verified_at: Set(None),
        // No hash has this form, so no password fits it.
        password_hash: Set(String::new()),
        name: Set(ERASED_NAME.to_owned()),
        role: Set(Role::Member),
        locale: Set(Locale::default().as_str().to_owned()),
        match_digest: Set(MailPace::Never),
        disabled_at: Set(Some(row.disabled_at.unwrap_or(cx.now))),
        erased_at: Set(Some(cx.now)),
        ..Default::default()
    };
    accounts::save(tx, row, cx.now, set).await?;
    repo::done(tx, id, asked_by, cx.now).await?;
    let facts = serde_json::json!({ "asked_by": asked_by, "rows_deleted": gone, "invitations": invited,
        "contacts": contacts });
    audit::record(tx, cx, Record::act("erase", SubjectKind::Account, id).with(facts)).await?;
    Ok(())
}

/// Gives back the places at events that are still to come, as the person would, so that whoever waits moves up.
async fn leave_events(tx: &Tx, cx: &Context, row: &Model) -> Result<()> {
    let person = Person {
        account_id: row.id,
        role: row.role,
        // Of no sign-in.
        session_id: SessionId::new(),
        memberships: Vec::new(),
    };
    let own = Context { actor: Actor::Person(Box::new(person)), ..cx.clone() };
    for sign_up in repo::open_sign_ups(tx, row.id).await? {
        sign_ups::cancel(tx, &own, sign_up.event_id, sign_up.id, &Precondition::default(), None).await?;
    }
    Ok(())
}

/// Takes the person out of the contacts of their organisations and of what those list; says of how many. A version's
/// hash leaves contacts out, so it stays what was counted.
async fn end_contacts(tx: &Tx, row: &Model) -> Result<usize> {
    let is_theirs =
        |contact: &Contact| contact.email.as_deref().is_some_and(|email| address::tidy(email) == row.email);
    let mut n = 0;
    let memberships = accounts::memberships(tx, row.id).await?;
    let ids: Vec<OrganisationId> = memberships.iter().map(|membership| membership.organisation_id).collect();
    for organisation in repo::organisations_naming(tx, &ids, &row.email).await? {
        let mut contacts = organisation.contacts;
        contacts.0.retain(|contact| !is_theirs(contact));
        repo::set_contacts(tx, organisation.id, contacts).await?;
        n += 1;
    }
    for version in repo::versions_naming(tx, &ids, &row.email).await? {
        let mut content = version.content;
        let contact = serde_json::from_value::<Option<Contact>>(content["contact"].take());
        if contact.map_err(AppError::internal)?.is_some_and(|contact| is_theirs(&contact)) {
            repo::set_content(tx, version.id, content).await?;
            n += 1;
        }
    }
    Ok(n)
}

/// Revokes what is open to the person's address and takes the address out of all invitations; says how many.
async fn end_invitations(tx: &Tx, cx: &Context, row: &Model) -> Result<u64> {
    let mut masked = 0;
    for invitation in repo::invitations_to(tx, &row.email).await? {
        masked += 1;
        if invitation.status == InvitationStatus::Sent {
            let change = invitation.status.apply(InvitationMove::Revoke)?;
            invitations::advance(tx, &invitation, &change, cx.now, None).await?;
        }
        repo::mask_invitation(tx, invitation.id, erased_address(invitation.id)).await?;
    }
    Ok(masked)
}
