//! Writing and sending mail. Links are made here, when the mail is sent, so that no secret waits in a
//! row; who is told of a move, and in what words, is read from the rows as they are now.

use std::{collections::BTreeSet, str::FromStr};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use techmart_entity::{
    account::{self, one_time_token::TokenPurpose},
    audit::{self, SubjectKind},
    contract::{self, status::ContractStatus},
    docking::{self, CloseCode, DeclineCode, status::DockingStage},
    id::{
        AccountId, AuditId, ContractId, DockingId, InvitationId, ListingId, OrganisationId, ProviderEntryId,
        VersionId,
    },
    listing::{self, ListingKind, status::ListingStatus},
    organisation::{
        membership::{self, MemberRole},
        status::VerificationStatus,
    },
    provider::{entry, status::EntryStatus},
    value::code_list::Coded,
};

use super::JobError;
use crate::{
    auth::secret,
    features::{
        account::{repo as accounts, service as account_service},
        invitation::service as invitations,
        listing::{plural, repo as listings},
        organisation::repo as organisations,
        recommendation::digest,
    },
    mail::{already_registered, invitation, moved, reset_password, verify_email},
    outbox::Mail,
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
            let letter = verify_email(&row.name, url, &token);
            Ok(state.mailer.send(&row.email, &letter, &message_id).await?)
        }
        Mail::AlreadyRegistered { account_id } => {
            let Some(row) = reachable(state, account_id).await? else { return Ok(()) };
            let letter = already_registered(&row.name, url);
            Ok(state.mailer.send(&row.email, &letter, &message_id).await?)
        }
        Mail::ResetPassword { account_id } => {
            let Some(row) = reachable(state, account_id).await? else { return Ok(()) };
            let token = link(state, row.id, TokenPurpose::ResetPassword).await?;
            let letter = reset_password(&row.name, url, &token);
            Ok(state.mailer.send(&row.email, &letter, &message_id).await?)
        }
        Mail::Invitation { invitation_id } => invite(state, &message_id, invitation_id).await,
        Mail::MatchDigest { organisation_id, pace } => {
            digest::send(state, &message_id, organisation_id, pace).await
        }
        Mail::Move { audit_id } => tell(state, &message_id, audit_id).await,
    }
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
    let letter = invitation(&organisation.name, role, &state.config.public_url, &token);
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

/// What a move was done to, and whom it concerns.
struct Subject {
    title: String,
    /// Below the public address of the service.
    path: String,
    /// The labels of where it led to.
    labels: Option<(&'static str, &'static str)>,
    people: BTreeSet<AccountId>,
}

/// Tells everybody whom a move concerns, but not whoever made it.
async fn tell(state: &State, message_id: &str, audit_id: AuditId) -> Result<(), JobError> {
    let db = state.db.read();
    let Some(act) = audit::Entity::find_by_id(audit_id).one(db).await? else { return Ok(()) };
    let Some(mut subject) = subject(db, &act).await? else { return Ok(()) };
    if let Some(actor) = act.actor_id {
        subject.people.remove(&actor);
    }
    let code = act.to_status.as_deref().unwrap_or(&act.action);
    let labels = subject.labels.unwrap_or((code, code));
    let link = format!("{}/api/v1/{}", state.config.public_url, subject.path);
    let letter = moved(&subject.title, labels, reason(&act).as_deref(), &link);
    let people: Vec<AccountId> = subject.people.into_iter().collect();
    for row in organisations::accounts(db, &people).await? {
        if row.disabled_at.is_none() && row.email_verified_at.is_some() {
            state.mailer.send(&row.email, &letter, &format!("{message_id}-{}", row.id)).await?;
        }
    }
    Ok(())
}

/// The reason as its author gave it: the words, and for a docking also the label of its code.
fn reason(act: &audit::Model) -> Option<String> {
    let label = act.reason_code.as_deref().and_then(|code| {
        labels::<DeclineCode>(code)
            .or_else(|| labels::<CloseCode>(code))
            .map(|(zh, en)| format!("{zh} / {en}"))
    });
    match (label, act.reason.clone()) {
        (Some(label), Some(words)) => Some(format!("{label} · {words}")),
        (label, words) => words.or(label),
    }
}

/// The labels of a code of `T`.
fn labels<T: Coded + FromStr>(code: &str) -> Option<(&'static str, &'static str)> {
    code.parse::<T>().ok().map(|item| (item.label_zh(), item.label_en()))
}

async fn subject(db: &impl ConnectionTrait, act: &audit::Model) -> Result<Option<Subject>, JobError> {
    let id = act.subject_id.as_str();
    let to = act.to_status.as_deref().unwrap_or_default();
    match act.subject_kind {
        SubjectKind::Achievement | SubjectKind::Demand | SubjectKind::Provider => match id.parse() {
            Ok(id) => listing_subject(db, id, to).await,
            Err(_) => Ok(None),
        },
        SubjectKind::Docking => match id.parse() {
            Ok(id) => {
                // The one act without a stage of which anybody is told.
                let meeting = (act.action == "record_meeting")
                    .then_some(("有一次会面待对方确认", "a meeting was recorded and waits to be confirmed"));
                docking_subject(db, act, id, labels::<DockingStage>(to).or(meeting)).await
            }
            Err(_) => Ok(None),
        },
        SubjectKind::Contract => match id.parse::<ContractId>() {
            Ok(id) => match contract::Entity::find_by_id(id).one(db).await? {
                Some(contract::Model { docking_id: Some(docking), .. }) => {
                    docking_subject(db, act, docking, labels::<ContractStatus>(to)).await
                }
                Some(_) | None => Ok(None),
            },
            Err(_) => Ok(None),
        },
        SubjectKind::Organisation => match id.parse() {
            Ok(id) => organisation_subject(db, id, to).await,
            Err(_) => Ok(None),
        },
        SubjectKind::ProviderEntry => match id.parse() {
            Ok(id) => entry_subject(db, id, to).await,
            Err(_) => Ok(None),
        },
        // Nobody is written to about these.
        SubjectKind::Account
        | SubjectKind::Assessment
        | SubjectKind::Attachment
        | SubjectKind::Duplicate
        | SubjectKind::EnclaveEntry
        | SubjectKind::FinanceCase
        | SubjectKind::Import
        | SubjectKind::Indicator
        | SubjectKind::LedgerEntry
        | SubjectKind::Plan
        | SubjectKind::Recommendation
        | SubjectKind::Signal
        | SubjectKind::Snapshot
        | SubjectKind::System => Ok(None),
    }
}

/// Of a listing: whoever submitted the version, and the owners of the organisation it belongs to.
async fn listing_subject(
    db: &impl ConnectionTrait,
    id: ListingId,
    to: &str,
) -> Result<Option<Subject>, JobError> {
    let Some(row) = find_listing(db, id).await? else { return Ok(None) };
    let mut people = BTreeSet::new();
    let version: Vec<VersionId> = row.working_version_id.or(row.published_version_id).into_iter().collect();
    people.extend(
        listings::versions(db, &version).await?.into_iter().filter_map(|version| version.submitted_by),
    );
    if let Some(owner) = row.organisation_id {
        people.extend(organisations::owners(db, owner).await?);
    }
    let path = format!("{}/{}", plural(row.kind), row.id);
    Ok(Some(Subject { title: row.title, path, labels: labels::<ListingStatus>(to), people }))
}

/// Of a docking: the owners and editors of the side that did not act, and the broker.
async fn docking_subject(
    db: &impl ConnectionTrait,
    act: &audit::Model,
    id: DockingId,
    labels: Option<(&'static str, &'static str)>,
) -> Result<Option<Subject>, JobError> {
    let Some(row) = docking::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let sides: Vec<OrganisationId> = [row.enterprise_id, row.supplier_id]
        .into_iter()
        .filter(|side| Some(*side) != act.acting_organisation_id)
        .collect();
    let members = membership::Entity::find()
        .filter(membership::Column::OrganisationId.is_in(sides))
        .filter(membership::Column::Role.is_in([MemberRole::Owner, MemberRole::Editor]))
        .all(db)
        .await?;
    let mut people: BTreeSet<AccountId> = members.into_iter().map(|member| member.account_id).collect();
    people.extend(row.broker_id);
    let about = match row.achievement_id.or(row.demand_id).or(row.provider_id) {
        Some(about) => find_listing(db, about).await?,
        None => None,
    };
    let title = match about {
        Some(about) => format!("对接 / docking: {}", about.title),
        None => "对接 / docking".to_owned(),
    };
    Ok(Some(Subject { title, path: format!("dockings/{id}"), labels, people }))
}

/// Of an organisation: its owners.
async fn organisation_subject(
    db: &impl ConnectionTrait,
    id: OrganisationId,
    to: &str,
) -> Result<Option<Subject>, JobError> {
    let Some(row) = organisations::find(db, id).await? else { return Ok(None) };
    let people = organisations::owners(db, id).await?.into_iter().collect();
    let path = format!("organisations/{id}");
    Ok(Some(Subject { title: row.name, path, labels: labels::<VerificationStatus>(to), people }))
}

/// Of a provider's entry: the owners of its organisation.
async fn entry_subject(
    db: &impl ConnectionTrait,
    id: ProviderEntryId,
    to: &str,
) -> Result<Option<Subject>, JobError> {
    let Some(row) = entry::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let people = organisations::owners(db, row.organisation_id).await?.into_iter().collect();
    let page = find_listing(db, row.listing_id).await?;
    let title = page.map_or_else(String::new, |page| page.title);
    let path = format!("{}/{}", plural(ListingKind::Provider), row.listing_id);
    let title = format!("入驻 / entry: {title}");
    Ok(Some(Subject { title, path, labels: labels::<EntryStatus>(to), people }))
}

async fn find_listing(db: &impl ConnectionTrait, id: ListingId) -> Result<Option<listing::Model>, JobError> {
    Ok(listings::by_ids(db, &[id]).await?.into_iter().next())
}
