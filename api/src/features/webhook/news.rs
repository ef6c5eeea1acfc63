//! What endpoints are told of: which events follow from an act, and who may hear of each. The one place that decides it.
//!
//! An event names what has changed by its ids and says in which public state it now is. Nobody's contact, name or words
//! go along, and of a pair neither side is named: what the reader may see of them is in the interface, where it is
//! judged again.

use std::str::FromStr;

use sea_orm::{ConnectionTrait, EntityTrait};
use techmart_entity::{
    Instant,
    audit::{self, SubjectKind},
    contract::{self, status::ContractStatus},
    docking::status::DockingStage,
    id::{AuditId, ContractId, DockingId, ListingId, OrganisationId, RecommendationId},
    listing::{
        Audience, Content, ListingKind, Model as Listing,
        status::{ListingMove, ListingStatus},
        version,
    },
    organisation::status::VerificationStatus,
    recommendation::{self, RecommendationStatus},
    webhook::EventType,
};

use super::dto::{EventData, Resource};
use crate::{
    error::{AppError, Result},
    features::{
        contract::policy::concerned,
        docking::repo as dockings,
        listing::{plural, repo as listings},
        notification::told::is_of_stages,
        organisation::repo as organisations,
        search::doc::is_indexed,
    },
    outbox::News,
};

/// Who may hear of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hearers {
    /// Every client.
    Everybody,
    /// Clients that read what is public.
    Public,
    /// Clients of organisations.
    SignedIn,
    /// Clients of these organisations.
    Of(Vec<OrganisationId>),
}

/// An event that is to be told.
#[derive(Clone, Debug)]
pub struct Told {
    pub event_type: EventType,
    pub source: String,
    pub at: Instant,
    pub hearers: Hearers,
    pub data: EventData,
}

/// The events that follow; none where nobody has to hear of it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn of(db: &impl ConnectionTrait, news: &News, now: Instant) -> Result<Vec<Told>> {
    match news {
        News::Act { audit_id } => of_act(db, *audit_id).await,
        News::Recommendation { recommendation_id, organisation_id } => {
            of_recommendation(db, *recommendation_id, *organisation_id, now).await
        }
    }
}

/// Whether an event can follow from an act upon such a thing.
#[must_use]
pub fn concerns(kind: SubjectKind) -> bool {
    match kind {
        SubjectKind::Achievement
        | SubjectKind::Demand
        | SubjectKind::Provider
        | SubjectKind::Docking
        | SubjectKind::Contract
        | SubjectKind::Organisation => true,
        SubjectKind::Account
        | SubjectKind::ApiClient
        | SubjectKind::Assessment
        | SubjectKind::Attachment
        | SubjectKind::Calendar
        | SubjectKind::DeskItem
        | SubjectKind::Duplicate
        | SubjectKind::EnclaveEntry
        | SubjectKind::Event
        | SubjectKind::FinanceCase
        | SubjectKind::HarvestSource
        | SubjectKind::Import
        | SubjectKind::ImportMapping
        | SubjectKind::Indicator
        | SubjectKind::LedgerEntry
        | SubjectKind::OutboundTarget
        | SubjectKind::Plan
        | SubjectKind::ProviderEntry
        | SubjectKind::Recommendation
        | SubjectKind::SavedSearch
        | SubjectKind::Signal
        | SubjectKind::Snapshot
        | SubjectKind::System
        | SubjectKind::Webhook => false,
    }
}

async fn of_act(db: &impl ConnectionTrait, id: AuditId) -> Result<Vec<Told>> {
    let Some(act) = audit::Entity::find_by_id(id).one(db).await? else { return Ok(Vec::new()) };
    match act.subject_kind {
        SubjectKind::Achievement => of_listing(db, ListingKind::Achievement, &act).await,
        SubjectKind::Demand => of_listing(db, ListingKind::Demand, &act).await,
        SubjectKind::Provider => of_listing(db, ListingKind::Provider, &act).await,
        SubjectKind::Docking => of_docking(db, &act).await,
        SubjectKind::Contract => of_contract(db, &act).await,
        SubjectKind::Organisation => of_suspension(db, &act).await,
        SubjectKind::Account
        | SubjectKind::ApiClient
        | SubjectKind::Assessment
        | SubjectKind::Attachment
        | SubjectKind::Calendar
        | SubjectKind::DeskItem
        | SubjectKind::Duplicate
        | SubjectKind::EnclaveEntry
        | SubjectKind::Event
        | SubjectKind::FinanceCase
        | SubjectKind::HarvestSource
        | SubjectKind::Import
        | SubjectKind::ImportMapping
        | SubjectKind::Indicator
        | SubjectKind::LedgerEntry
        | SubjectKind::OutboundTarget
        | SubjectKind::Plan
        | SubjectKind::ProviderEntry
        | SubjectKind::Recommendation
        | SubjectKind::SavedSearch
        | SubjectKind::Signal
        | SubjectKind::Snapshot
        | SubjectKind::System
        | SubjectKind::Webhook => Ok(Vec::new()),
    }
}

/// What has become of a listing for those who read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Published,
    Updated,
    Withdrawn,
}

impl Change {
    /// By whether it could be read before and can be now.
    fn of(before: bool, now: bool) -> Option<Self> {
        match (before, now) {
            (false, true) => Some(Self::Published),
            (true, true) => Some(Self::Updated),
            (true, false) => Some(Self::Withdrawn),
            (false, false) => None,
        }
    }

    fn event_type(self, kind: ListingKind) -> EventType {
        match (kind, self) {
            (ListingKind::Achievement, Self::Published) => EventType::AchievementPublished,
            (ListingKind::Achievement, Self::Updated) => EventType::AchievementUpdated,
            (ListingKind::Achievement, Self::Withdrawn) => EventType::AchievementWithdrawn,
            (ListingKind::Demand, Self::Published) => EventType::DemandPublished,
            (ListingKind::Demand, Self::Updated) => EventType::DemandUpdated,
            (ListingKind::Demand, Self::Withdrawn) => EventType::DemandWithdrawn,
            (ListingKind::Provider, Self::Published) => EventType::ProviderPublished,
            (ListingKind::Provider, Self::Updated) => EventType::ProviderUpdated,
            (ListingKind::Provider, Self::Withdrawn) => EventType::ProviderWithdrawn,
        }
    }
}

/// Whether those who have not signed in read what is for that audience.
fn is_for_public(audience: Audience) -> bool {
    match audience {
        Audience::Public | Audience::Anonymous => true,
        Audience::SignedIn | Audience::Parties | Audience::Unlisted => false,
    }
}

/// Whether everybody who has signed in does.
fn is_for_signed_in(audience: Audience) -> bool {
    audience.is_listed()
}

async fn of_listing(db: &impl ConnectionTrait, kind: ListingKind, act: &audit::Model) -> Result<Vec<Told>> {
    let Some(row) = listing(db, subject_id(act)).await? else { return Ok(Vec::new()) };
    let status = status(act).unwrap_or(row.status);
    let mut told = Vec::new();
    if let Some(review) = of_review(act)
        && let Some(owner) = row.organisation_id
    {
        told.push(Told {
            event_type: review,
            source: format!("act:{}", act.id),
            at: act.at,
            hearers: Hearers::Of(vec![owner]),
            data: data(listing_resource(kind), row.id, path(kind, row.id), status),
        });
    }
    let (before, now) = audiences(db, &row, act).await?;
    told.extend(of_audiences(db, &row, act, status, before, now).await?);
    Ok(told)
}

/// What a review came to, for the owner of what was reviewed.
fn of_review(act: &audit::Model) -> Option<EventType> {
    match act.action.parse::<ListingMove>().ok()? {
        ListingMove::Publish => Some(EventType::ReviewPublished),
        ListingMove::Return => Some(EventType::ReviewReturned),
        ListingMove::Reject => Some(EventType::ReviewRejected),
        ListingMove::Submit
        | ListingMove::Recall
        | ListingMove::Claim
        | ListingMove::Release
        | ListingMove::Suspend
        | ListingMove::Resume
        | ListingMove::Expire
        | ListingMove::Renew
        | ListingMove::Withdraw
        | ListingMove::Solve
        | ListingMove::CloseUnsolved
        | ListingMove::Merge
        | ListingMove::Unmerge => None,
    }
}

/// For whom a listing was before an act, and for whom it is since; none where nobody outside reads it.
async fn audiences(
    db: &impl ConnectionTrait,
    row: &Listing,
    act: &audit::Model,
) -> Result<(Option<Audience>, Option<Audience>)> {
    let Ok(mv) = act.action.parse::<ListingMove>() else { return Ok((None, None)) };
    let mut versions = published(db, row).await?;
    versions.retain(|version| version.published_at.is_some_and(|at| at <= act.at));
    let mut newest = versions.iter().map(|version| audience(row.kind, version));
    let current = newest.next().transpose()?;
    Ok(match mv {
        // Its page says something else, or stays with another status.
        ListingMove::Renew | ListingMove::Expire | ListingMove::Solve | ListingMove::CloseUnsolved => {
            (current, current)
        }
        ListingMove::Publish => (newest.next().transpose()?, current),
        ListingMove::Suspend | ListingMove::Withdraw | ListingMove::Merge => (current, None),
        ListingMove::Resume => (None, current),
        ListingMove::Unmerge if status(act).is_some_and(ListingStatus::was_published) => (None, current),
        ListingMove::Unmerge
        | ListingMove::Submit
        | ListingMove::Recall
        | ListingMove::Claim
        | ListingMove::Release
        | ListingMove::Return
        | ListingMove::Reject => (None, None),
    })
}

/// The versions of a listing that were published, newest first.
async fn published(db: &impl ConnectionTrait, row: &Listing) -> Result<Vec<version::Model>> {
    let mut versions = listings::all_versions(db, row.id).await?;
    versions.retain(|version| version.published_at.is_some());
    Ok(versions)
}

fn audience(kind: ListingKind, version: &version::Model) -> Result<Audience> {
    Ok(Content::parse(kind, version.content.clone()).map_err(AppError::internal)?.audience())
}

/// What those outside are told when a listing was for `before` and is for `now`.
async fn of_audiences(
    db: &impl ConnectionTrait,
    row: &Listing,
    act: &audit::Model,
    status: ListingStatus,
    before: Option<Audience>,
    now: Option<Audience>,
) -> Result<Vec<Told>> {
    let change = |reads: fn(Audience) -> bool| Change::of(before.is_some_and(reads), now.is_some_and(reads));
    let (public, signed_in) = (change(is_for_public), change(is_for_signed_in));
    let mut changes = Vec::new();
    if public == signed_in {
        changes.extend(public.map(|change| (change, Hearers::Everybody)));
    } else {
        changes.extend(public.map(|change| (change, Hearers::Public)));
        changes.extend(signed_in.map(|change| (change, Hearers::SignedIn)));
    }
    // What has been taken away since, or is a suspended organisation's, is told to be away by the act that did it.
    let away = match row.status {
        ListingStatus::Suspended | ListingStatus::Withdrawn | ListingStatus::Merged => now.is_some(),
        ListingStatus::Draft
        | ListingStatus::Submitted
        | ListingStatus::InReview
        | ListingStatus::Returned
        | ListingStatus::Rejected
        | ListingStatus::Published
        | ListingStatus::Expired
        | ListingStatus::Solved
        | ListingStatus::ClosedUnsolved => false,
    };
    if changes.is_empty()
        || away
        || (act.subject_kind != SubjectKind::Organisation
            && organisations::is_suspended(db, row.organisation_id).await?)
    {
        return Ok(Vec::new());
    }
    let mut data = data(listing_resource(row.kind), row.id, path(row.kind, row.id), status);
    if status == ListingStatus::Merged
        && let Some(into) = listing(db, row.merged_into).await?
        && into.status.was_published()
        && is_for_public(into.audience)
    {
        data.replaced_by = Some(path(into.kind, into.id));
    }
    let told = |(change, hearers): (Change, Hearers)| Told {
        event_type: change.event_type(row.kind),
        source: format!("act:{}:{}", act.id, row.id),
        at: act.at,
        hearers,
        data: data.clone(),
    };
    Ok(changes.into_iter().map(told).collect())
}

/// An organisation that is suspended, or no longer: its public listings go and come.
async fn of_suspension(db: &impl ConnectionTrait, act: &audit::Model) -> Result<Vec<Told>> {
    let suspended = VerificationStatus::Suspended.to_string();
    let (from, to) = (act.from_status.as_deref(), act.to_status.as_deref());
    let gone = match (from == Some(suspended.as_str()), to == Some(suspended.as_str())) {
        (false, true) => true,
        (true, false) => false,
        (true, true) | (false, false) => return Ok(Vec::new()),
    };
    let Some(owner) = subject_id::<OrganisationId>(act) else { return Ok(Vec::new()) };
    let ids = listings::published_of(db, owner).await?;
    let mut told = Vec::new();
    for row in listings::by_ids(db, &ids).await? {
        let audience = Some(row.audience);
        let (before, now) = if gone { (audience, None) } else { (None, audience) };
        told.extend(of_audiences(db, &row, act, row.status, before, now).await?);
    }
    Ok(told)
}

async fn of_docking(db: &impl ConnectionTrait, act: &audit::Model) -> Result<Vec<Told>> {
    // Messages, offers and appointments have stages of their own, by the same names.
    let stage = act.to_status.as_deref().and_then(|to| to.parse::<DockingStage>().ok());
    let Some(stage) = stage.filter(|_| is_of_stages(act)) else { return Ok(Vec::new()) };
    let Some(id) = subject_id::<DockingId>(act) else { return Ok(Vec::new()) };
    let Some(row) = dockings::by_ids(db, &[id]).await?.pop() else { return Ok(Vec::new()) };
    let mut data = data(Resource::Docking, id, format!("/api/v1/dockings/{id}"), stage);
    data.achievement_id = row.achievement_id;
    data.demand_id = row.demand_id;
    Ok(vec![Told {
        event_type: EventType::of_stage(stage),
        source: format!("act:{}", act.id),
        at: act.at,
        hearers: Hearers::Of(vec![row.enterprise_id, row.supplier_id]),
        data,
    }])
}

async fn of_contract(db: &impl ConnectionTrait, act: &audit::Model) -> Result<Vec<Told>> {
    let Some(to) = act.to_status.as_deref().and_then(|to| to.parse::<ContractStatus>().ok()) else {
        return Ok(Vec::new());
    };
    let event_type = match to {
        ContractStatus::Draft => return Ok(Vec::new()),
        ContractStatus::Signed => EventType::ContractSigned,
        ContractStatus::Submitted => EventType::ContractSubmitted,
        ContractStatus::Registered => EventType::ContractRegistered,
        ContractStatus::Changed => EventType::ContractChanged,
        ContractStatus::Revoked => EventType::ContractRevoked,
        ContractStatus::Cancelled => EventType::ContractCancelled,
    };
    let Some(id) = subject_id::<ContractId>(act) else { return Ok(Vec::new()) };
    let Some(row) = contract::Entity::find_by_id(id).one(db).await? else { return Ok(Vec::new()) };
    let docking = match row.docking_id {
        Some(docking) => dockings::by_ids(db, &[docking]).await?.pop(),
        None => None,
    };
    let mut hearers = concerned(&row, docking.as_ref());
    hearers.sort();
    hearers.dedup();
    let mut data = data(Resource::Contract, id, format!("/api/v1/contracts/{id}"), to);
    data.docking_id = row.docking_id;
    Ok(vec![Told {
        event_type,
        source: format!("act:{}", act.id),
        at: act.at,
        hearers: Hearers::Of(hearers),
        data,
    }])
}

/// Of a match: each side by itself, and what leads to the other's listing.
async fn of_recommendation(
    db: &impl ConnectionTrait,
    id: RecommendationId,
    organisation: OrganisationId,
    now: Instant,
) -> Result<Vec<Told>> {
    let row = recommendation::Entity::find_by_id(id).one(db).await?;
    let Some(row) = row.filter(|row| row.status == RecommendationStatus::Open) else { return Ok(Vec::new()) };
    let found = listings::by_ids(db, &[row.achievement_id, row.demand_id]).await?;
    // What has gone since, or is not for everybody, is not told of.
    if found.iter().filter(|listing| is_indexed(listing)).count() != 2 {
        return Ok(Vec::new());
    }
    let other = if row.supplier_id == organisation {
        path(ListingKind::Demand, row.demand_id)
    } else {
        path(ListingKind::Achievement, row.achievement_id)
    };
    let mut data = data(Resource::Recommendation, id, other, row.status);
    data.achievement_id = Some(row.achievement_id);
    data.demand_id = Some(row.demand_id);
    Ok(vec![Told {
        event_type: EventType::RecommendationFound,
        source: format!("recommendation:{id}:{organisation}"),
        at: now,
        hearers: Hearers::Of(vec![organisation]),
        data,
    }])
}

/// The id of what an act was done to.
fn subject_id<T: FromStr>(act: &audit::Model) -> Option<T> {
    act.subject_id.parse().ok()
}

/// Where a listing stands after an act.
fn status(act: &audit::Model) -> Option<ListingStatus> {
    act.to_status.as_deref()?.parse().ok()
}

async fn listing(db: &impl ConnectionTrait, id: Option<ListingId>) -> Result<Option<Listing>> {
    let Some(id) = id else { return Ok(None) };
    Ok(listings::by_ids(db, &[id]).await?.pop())
}

fn listing_resource(kind: ListingKind) -> Resource {
    match kind {
        ListingKind::Achievement => Resource::Achievement,
        ListingKind::Demand => Resource::Demand,
        ListingKind::Provider => Resource::Provider,
    }
}

fn path(kind: ListingKind, id: ListingId) -> String {
    format!("/api/v1/{}/{id}", plural(kind))
}

fn data(resource: Resource, id: impl ToString, path: String, status: impl ToString) -> EventData {
    EventData {
        resource: Some(resource),
        id: Some(id.to_string()),
        status: Some(status.to_string()),
        path: Some(path),
        ..EventData::default()
    }
}
