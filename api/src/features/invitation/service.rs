//! What is done to invitations: sent, taken back, accepted. Each act runs in the caller's transaction,
//! and holds the organisation before the invitation.

use chrono::Duration;
use techmart_entity::{
    Instant,
    audit::SubjectKind,
    id::{InvitationId, OrganisationId},
    life_cycle::LifeCycle,
    organisation::{
        invitation::{InvitationMove, InvitationStatus, Model},
        membership,
    },
};

use super::{
    dto::{AcceptedInvitationOut, InvitationIn, InvitationOut},
    policy, repo, view,
};
use crate::{
    auth::{Context, secret},
    db::Tx,
    error::{AppError, Code, Result},
    features::{
        account::{address, repo as accounts},
        audit,
        audit::Record,
        listing::view::brief,
        organisation::{members, repo as organisations},
    },
    outbox::{self, Job, Mail},
    say,
    web::{answer::Answer, etag::Precondition},
};

/// Invites an address. Whether it has an account is not asked.
///
/// # Errors
/// 400 when it is no address, 401, 403, 404, 409 for who is a member or invited already, 422 while the
/// organisation is suspended, 429 after too many invitations.
pub async fn invite(
    tx: &Tx,
    cx: &Context,
    id: OrganisationId,
    given: InvitationIn,
) -> Result<Answer<InvitationOut>> {
    let (organisation, relation) = members::begin(tx, cx, id).await?;
    let owners = organisations::owners(tx, id).await?;
    policy::manage(cx, &organisation, relation, !owners.is_empty())?;
    let by = cx.person()?.account_id;
    let email = address::parse(&given.email)?;
    let obstacles = policy::obstacles(&organisation);
    if !obstacles.is_empty() {
        return Err(AppError::rules(obstacles));
    }
    // Who may invite reads the members with their addresses: this tells nothing new.
    if repo::has_member(tx, id, &email).await? {
        return Err(already_member());
    }
    let key = repo::open_key(id, &email);
    if let Some(open) = repo::open_one(tx, &key).await? {
        if open.expires_at > cx.now {
            return Err(repo::already_open());
        }
        expire(tx, &Context::system(cx.now), &open).await?;
    }
    limit(tx, cx, id, &email).await?;
    let row = Model {
        id: InvitationId::new(),
        organisation_id: id,
        email,
        role: given.role,
        // Nobody has seen this token: the one of the mail is made when the mail is sent.
        token_hash: secret::hash(&secret::random()?),
        open_key: Some(key),
        status: InvitationStatus::Sent,
        invited_by: by,
        created_at: cx.now,
        expires_at: cx.now + policy::life(),
        accepted_by: None,
        ended_at: None,
    };
    let row = repo::insert(tx, row).await?;
    record(tx, cx, "invite_member", &row).await?;
    outbox::push(tx, cx.now, &Job::Mail(Mail::Invitation { invitation_id: row.id })).await?;
    let location = format!("/api/v1/organisations/{id}/invitations/{}", row.id);
    let shown = view::shown(row, relation);
    Ok(Answer { status: actix_web::http::StatusCode::CREATED, location: Some(location), ..shown })
}

/// Whoever may send mails to addresses of their choice sends a few.
async fn limit(tx: &Tx, cx: &Context, id: OrganisationId, email: &str) -> Result<()> {
    let by = cx.person()?.account_id;
    let (person, address) = repo::sent_since(tx, by, id, email, cx.now - policy::window()).await?;
    let full = |sent: &[Instant], most: u64| {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let over = sent.len().checked_sub(most)?;
        sent.get(over).map(|oldest| *oldest + policy::window() - cx.now)
    };
    let waits = [full(&person, policy::BY_PERSON), full(&address, policy::TO_ADDRESS)];
    match waits.into_iter().flatten().max() {
        Some(wait) => {
            let wait = wait.max(Duration::seconds(1)).num_seconds();
            Err(policy::too_many(u64::try_from(wait).unwrap_or(1)))
        }
        None => Ok(()),
    }
}

/// Takes an invitation back: its token works no more.
///
/// # Errors
/// 401, 403, 404, 409 when it is not open, 412 on versions.
pub async fn revoke(
    tx: &Tx,
    cx: &Context,
    of: OrganisationId,
    id: InvitationId,
    precondition: &Precondition,
) -> Result<Answer<InvitationOut>> {
    let (organisation, relation) = members::begin(tx, cx, of).await?;
    let owners = organisations::owners(tx, of).await?;
    policy::manage(cx, &organisation, relation, !owners.is_empty())?;
    let found = repo::find(tx, of, id).await?;
    let row = repo::hold(tx, found.id).await?.ok_or_else(AppError::not_found)?;
    precondition.honour(&view::tag(&row))?;
    let change = row.status.apply(InvitationMove::Revoke)?;
    let moved = repo::advance(tx, &row, &change, cx.now, None).await?;
    record(tx, cx, "revoke_invitation", &moved).await?;
    Ok(view::shown(moved, relation))
}

/// Takes an invitation up: the person belongs to the organisation from now on.
///
/// # Errors
/// 401; 403 for auditors and for whoever has another address; 409 for who is a member already; 422
/// `invalid_link` when the token is unknown, used, revoked or too old.
pub async fn accept(tx: &Tx, cx: &Context, token: &str) -> Result<AcceptedInvitationOut> {
    let account_id = policy::accept(cx)?.account_id;
    let hash = secret::hash(token);
    let found = repo::by_hash(tx, &hash).await?.ok_or_else(policy::invalid_link)?;
    let organisation = organisations::hold_standing(tx, found.organisation_id).await?;
    let row = repo::hold(tx, found.id).await?.ok_or_else(policy::invalid_link)?;
    if row.token_hash != hash || row.status != InvitationStatus::Sent || row.expires_at <= cx.now {
        return Err(policy::invalid_link());
    }
    // The request was authenticated before: what the account is now decides.
    let account = accounts::hold(tx, account_id).await?;
    policy::is_for(&row, &account)?;
    if repo::is_member(tx, organisation.id, account_id).await? {
        return Err(already_member());
    }
    let change = row.status.apply(InvitationMove::Accept)?;
    let moved = repo::advance(tx, &row, &change, cx.now, Some(account_id)).await?;
    let member = membership::Model {
        organisation_id: organisation.id,
        account_id,
        role: moved.role,
        created_at: cx.now,
    };
    organisations::insert_member(tx, member).await?;
    record(tx, cx, "accept_invitation", &moved).await?;
    Ok(AcceptedInvitationOut { organisation: brief(organisation), role: moved.role, since: cx.now.into() })
}

/// Lets an invitation expire that nobody took up.
///
/// # Errors
/// When the row cannot be written.
pub(super) async fn expire(tx: &Tx, cx: &Context, row: &Model) -> Result<()> {
    let change = row.status.apply(InvitationMove::Expire)?;
    let moved = repo::advance(tx, row, &change, cx.now, None).await?;
    record(tx, cx, "expire_invitation", &moved).await
}

/// Makes the token of an invitation, for the mail that brings it and nothing else. None when there is
/// nothing to accept any more. Asked again, it makes another one, and the one before works no more.
///
/// # Errors
/// When the row cannot be written.
pub async fn new_token(tx: &Tx, id: InvitationId, now: Instant) -> Result<Option<(Model, String)>> {
    let Some(row) = repo::hold(tx, id).await? else { return Ok(None) };
    if row.status != InvitationStatus::Sent || row.expires_at <= now {
        return Ok(None);
    }
    let token = secret::random()?;
    repo::set_token(tx, &row, &secret::hash(&token)).await?;
    Ok(Some((row, token)))
}

fn already_member() -> AppError {
    AppError::new(
        Code::AlreadyExists,
        say!("该账号已是成员。", "That person is a member of the organisation already."),
    )
}

/// Writes an act to the log, without the address.
async fn record(tx: &Tx, cx: &Context, action: &str, row: &Model) -> Result<()> {
    let facts = serde_json::json!({ "invitation_id": row.id, "role": row.role });
    let record = Record::act(action, SubjectKind::Organisation, row.organisation_id).with(facts);
    audit::record(tx, cx, record).await?;
    Ok(())
}
