//! What waits for the centre, read from the rows it waits in.

use std::collections::BTreeSet;

use chrono::Duration;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use techmart_entity::{
    Day, Instant,
    assessment::{self, AssessmentStatus, Verdict},
    audit::SubjectKind,
    desk::Queue,
    docking::{self, Side, status::DockingStage},
    duplicate::{self, DuplicateStatus, DuplicateSubject},
    event::{
        self,
        item::{self, EventItemStatus},
    },
    id::{AccountId, EntryId, ListingId, OrganisationId},
    ledger::{self, CountStage, active},
    listing::{self, DiagnosisOutcome, Source, status::ListingStatus},
    organisation::{self, status::VerificationStatus},
    provider::{entry, status::EntryStatus},
    recommendation::{self, RecommendationStatus},
    signal::{self, SignalStatus},
    value::code_list::Coded,
};

use super::ending::{ends_soon, expiring, is_silent};
use crate::{
    clock::{day_of, end_of, start_of},
    error::Result,
    features::{
        docking::{policy::responder, repo as dockings},
        expiry::policy::AHEAD,
        listing::{repo as listings, subject},
        organisation::repo as organisations,
    },
};

/// After how many days without anything done a docking stands still.
const QUIET: i64 = 30;

/// Something that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub queue: Queue,
    pub title: String,
    pub organisation_id: Option<OrganisationId>,
    pub demo: bool,
    /// Who has claimed it where it lies, if that can be claimed there.
    pub claimed_by: Option<AccountId>,
    /// When it is due, where that does not follow from a service clock.
    pub due_at: Option<Instant>,
}

impl Waiting {
    fn new(queue: Queue, title: String, organisation_id: Option<OrganisationId>, demo: bool) -> Self {
        Self { queue, title, organisation_id, demo, claimed_by: None, due_at: None }
    }
}

/// What something waits for.
///
/// # Errors
/// When the database cannot be asked.
pub async fn of(db: &impl ConnectionTrait, kind: SubjectKind, id: &str, today: Day) -> Result<Vec<Waiting>> {
    let waiting = match kind {
        SubjectKind::Achievement | SubjectKind::Demand | SubjectKind::Provider => match id.parse() {
            Ok(id) => of_listing(db, id, today).await?,
            Err(_) => Vec::new(),
        },
        SubjectKind::Organisation => match id.parse() {
            Ok(id) => of_organisation(db, id, today).await?,
            Err(_) => Vec::new(),
        },
        SubjectKind::ProviderEntry => of_entry(db, id, today).await?,
        SubjectKind::Docking => of_docking(db, id, today).await?,
        SubjectKind::Recommendation => of_recommendation(db, id).await?.into_iter().collect(),
        SubjectKind::LedgerEntry => of_count(db, id).await?.into_iter().collect(),
        SubjectKind::Assessment => of_assessment(db, id).await?.into_iter().collect(),
        SubjectKind::Duplicate => of_duplicate(db, id).await?.into_iter().collect(),
        SubjectKind::Signal => of_signal(db, id).await?.into_iter().collect(),
        SubjectKind::Event => of_event(db, id).await?.into_iter().collect(),
        SubjectKind::Account
        | SubjectKind::ApiClient
        | SubjectKind::Attachment
        | SubjectKind::Calendar
        | SubjectKind::Contract
        | SubjectKind::DeskItem
        | SubjectKind::EnclaveEntry
        | SubjectKind::FinanceCase
        | SubjectKind::HarvestSource
        | SubjectKind::Import
        | SubjectKind::ImportMapping
        | SubjectKind::Indicator
        | SubjectKind::OutboundTarget
        | SubjectKind::Plan
        | SubjectKind::SavedSearch
        | SubjectKind::Snapshot
        | SubjectKind::System
        | SubjectKind::Webhook => Vec::new(),
    };
    Ok(waiting)
}

async fn of_listing(db: &impl ConnectionTrait, id: ListingId, today: Day) -> Result<Vec<Waiting>> {
    let Some(row) = listings::by_ids(db, &[id]).await?.into_iter().next() else { return Ok(Vec::new()) };
    let expiring = match row.expires_at.filter(|_| ends_soon(&row, today)) {
        Some(end) if is_silent(db, row.organisation_id).await? => Some(Waiting {
            due_at: Some(end),
            ..Waiting::new(Queue::Expiring, row.title.clone(), row.organisation_id, row.demo)
        }),
        Some(_) | None => None,
    };
    Ok(listing(row).into_iter().chain(expiring).collect())
}

fn listing(row: listing::Model) -> Vec<Waiting> {
    if row.merged_into.is_some() {
        return Vec::new();
    }
    let working = row.next_status.unwrap_or(row.status);
    let mut waiting = Vec::new();
    let mut put = |queue, claimed_by| {
        let item = Waiting::new(queue, row.title.clone(), row.organisation_id, row.demo);
        waiting.push(Waiting { claimed_by, ..item });
    };
    let reviewed = matches!(working, ListingStatus::Submitted | ListingStatus::InReview);
    if reviewed {
        put(Queue::Review, row.claimed_by);
    }
    let there = reviewed || row.status == ListingStatus::Published;
    let second = |diagnosis: &listing::Diagnosis| diagnosis.outcome == DiagnosisOutcome::NeedsSecondDiagnosis;
    if there && row.diagnosis.as_ref().is_some_and(second) {
        put(Queue::SecondDiagnosis, None);
    }
    if there && row.organisation_id.is_none() && matches!(row.source, Source::Imported | Source::Collected) {
        put(Queue::Owner, None);
    }
    waiting
}

async fn of_organisation(db: &impl ConnectionTrait, id: OrganisationId, today: Day) -> Result<Vec<Waiting>> {
    let found = organisations::find(db, id).await?.filter(|row| row.merged_into.is_none());
    let Some(row) = found else { return Ok(Vec::new()) };
    let put = |queue| Waiting::new(queue, row.name.clone(), Some(id), row.demo);
    let asked = row.renewal_asked_at.is_some();
    Ok(match (row.verification, row.valid_until) {
        (VerificationStatus::Submitted, _) => vec![put(Queue::Verification)],
        (VerificationStatus::Verified | VerificationStatus::Expired, _) if asked => {
            vec![put(Queue::Verification)]
        }
        (VerificationStatus::Verified, Some(last))
            if last <= today + Duration::days(AHEAD) && is_silent(db, Some(id)).await? =>
        {
            vec![Waiting { due_at: Some(end_of(last)), ..put(Queue::Expiring) }]
        }
        (
            VerificationStatus::Unverified
            | VerificationStatus::Verified
            | VerificationStatus::Rejected
            | VerificationStatus::Expired
            | VerificationStatus::Suspended,
            _,
        ) => Vec::new(),
    })
}

async fn of_entry(db: &impl ConnectionTrait, id: &str, today: Day) -> Result<Vec<Waiting>> {
    let Ok(id) = id.parse() else { return Ok(Vec::new()) };
    let id: techmart_entity::id::ProviderEntryId = id;
    let Some(row) = entry::Entity::find_by_id(id).one(db).await? else { return Ok(Vec::new()) };
    let title = title_of(db, row.listing_id).await?;
    let put = |queue| Waiting::new(queue, title.clone(), Some(row.organisation_id), row.demo);
    let soon = row.agreement_valid_to.filter(|last| *last <= today + Duration::days(AHEAD));
    let expiring = soon.map(|last| Waiting { due_at: Some(end_of(last)), ..put(Queue::Expiring) });
    let asked = row.renewal_asked_at.map(|_| put(Queue::Entry));
    Ok(match row.status {
        EntryStatus::Applied | EntryStatus::UnderReview => vec![put(Queue::Entry)],
        EntryStatus::Entered => expiring.into_iter().chain(asked).collect(),
        EntryStatus::Expired => asked.into_iter().collect(),
        EntryStatus::Approved | EntryStatus::Rejected | EntryStatus::Suspended | EntryStatus::Exited => {
            Vec::new()
        }
    })
}

/// What a docking waits for: an answer for one that nobody has an account of, a broker, a call.
async fn of_docking(db: &impl ConnectionTrait, id: &str, today: Day) -> Result<Vec<Waiting>> {
    let Ok(id) = id.parse() else { return Ok(Vec::new()) };
    let id: techmart_entity::id::DockingId = id;
    let Some(row) = docking::Entity::find_by_id(id).one(db).await? else { return Ok(Vec::new()) };
    if row.stage == DockingStage::InterestExpressed {
        return Ok(of_interest(db, &row).await?.into_iter().collect());
    }
    let mut queues = Vec::new();
    if row.stage.has_consent() && row.stage != DockingStage::Landed {
        if row.broker_id.is_none() {
            queues.push(Queue::CaseWithoutBroker);
        }
        if moves_on(row.stage) && row.active_at.is_some_and(|at| day_of(at) + Duration::days(QUIET) <= today)
        {
            queues.push(Queue::CaseStandingStill);
        }
    }
    if queues.is_empty() {
        return Ok(Vec::new());
    }
    let title = match row.achievement_id.or(row.demand_id) {
        Some(about) => title_of(db, about).await?,
        None => String::new(),
    };
    let of = |queue| Waiting::new(queue, title.clone(), None, row.demo);
    Ok(queues.into_iter().map(of).collect())
}

/// Stages after which the next one is the two sides' to reach.
fn moves_on(stage: DockingStage) -> bool {
    matches!(stage, DockingStage::Accepted | DockingStage::Met | DockingStage::Negotiating)
}

/// An interest in one that nobody has an account of, for whom a broker answers.
async fn of_interest(db: &impl ConnectionTrait, row: &docking::Model) -> Result<Option<Waiting>> {
    let silent = match responder(row) {
        Side::Enterprise => row.enterprise_id,
        Side::Supplier | Side::Centre => row.supplier_id,
    };
    if dockings::members(db, silent).await? > 0 {
        return Ok(None);
    }
    let title = match row.achievement_id.or(row.demand_id) {
        Some(about) => title_of(db, about).await?,
        None => String::new(),
    };
    Ok(Some(Waiting::new(Queue::Consent, title, Some(silent), row.demo)))
}

async fn of_recommendation(db: &impl ConnectionTrait, id: &str) -> Result<Option<Waiting>> {
    let Ok(id) = id.parse() else { return Ok(None) };
    let id: techmart_entity::id::RecommendationId = id;
    let row = recommendation::Entity::find_by_id(id).one(db).await?;
    let Some(row) = row.filter(|row| row.status == RecommendationStatus::Open) else { return Ok(None) };
    let found = listings::by_ids(db, &[row.demand_id, row.achievement_id]).await?;
    let title = |id| found.iter().find(|row| row.id == id).map_or("", |row| row.title.as_str());
    let title = format!("{} ← {}", title(row.demand_id), title(row.achievement_id));
    Ok(Some(Waiting::new(Queue::Recommendation, title, Some(row.enterprise_id), row.demo)))
}

async fn of_count(db: &impl ConnectionTrait, id: &str) -> Result<Option<Waiting>> {
    let Ok(id) = id.parse() else { return Ok(None) };
    let id: EntryId = id;
    let active = active::Entity::find().filter(active::Column::EntryId.eq(id)).one(db).await?;
    if active.is_none_or(|active| active.stage != CountStage::EvidenceComplete) {
        return Ok(None);
    }
    let row = ledger::Entity::find_by_id(id).one(db).await?;
    Ok(row.map(|row| {
        let organisation = row.organisations.0.first().copied();
        Waiting::new(Queue::Confirmation, format!("{} {}", row.indicator, row.label), organisation, row.demo)
    }))
}

async fn of_assessment(db: &impl ConnectionTrait, id: &str) -> Result<Option<Waiting>> {
    let Ok(id) = id.parse() else { return Ok(None) };
    let id: techmart_entity::id::AssessmentId = id;
    let row = assessment::Entity::find_by_id(id).one(db).await?;
    if row.is_none_or(|row| row.status != AssessmentStatus::Open) {
        return Ok(None);
    }
    let doubted = assessment::item::Entity::find()
        .filter(assessment::item::Column::AssessmentId.eq(id))
        .filter(assessment::item::Column::Verdict.is_in([Verdict::Doubt, Verdict::Reject]))
        .filter(assessment::item::Column::ReversalId.is_null())
        .all(db)
        .await?;
    let indicators: BTreeSet<String> = doubted.iter().map(|item| item.indicator.clone()).collect();
    let title = indicators.into_iter().collect::<Vec<_>>().join("、");
    Ok((!doubted.is_empty()).then(|| Waiting::new(Queue::Doubt, title, None, false)))
}

async fn of_duplicate(db: &impl ConnectionTrait, id: &str) -> Result<Option<Waiting>> {
    let Ok(id) = id.parse() else { return Ok(None) };
    let id: techmart_entity::id::DuplicateId = id;
    let row = duplicate::Entity::find_by_id(id).one(db).await?;
    let Some(row) = row.filter(|row| row.status == DuplicateStatus::Open) else { return Ok(None) };
    let title = match row.subject {
        DuplicateSubject::Organisation => organisations::find(db, OrganisationId(row.left_id))
            .await?
            .map(|found| found.name)
            .unwrap_or_default(),
        DuplicateSubject::Achievement | DuplicateSubject::Demand | DuplicateSubject::Provider => {
            title_of(db, ListingId(row.left_id)).await?
        }
    };
    Ok(Some(Waiting::new(Queue::Duplicate, title, None, row.demo)))
}

async fn of_signal(db: &impl ConnectionTrait, id: &str) -> Result<Option<Waiting>> {
    let Ok(id) = id.parse() else { return Ok(None) };
    let id: techmart_entity::id::SignalId = id;
    let row = signal::Entity::find_by_id(id).one(db).await?;
    Ok(row.filter(|row| row.status == SignalStatus::Open).map(|row| {
        Waiting::new(Queue::Signal, row.kind.label_zh().to_owned(), row.organisation_id, row.demo)
    }))
}

/// An event to which something was brought that nobody has decided about.
async fn of_event(db: &impl ConnectionTrait, id: &str) -> Result<Option<Waiting>> {
    let Ok(id) = id.parse() else { return Ok(None) };
    let id: techmart_entity::id::EventId = id;
    let Some(row) = event::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let brought = item::Entity::find()
        .filter(item::Column::EventId.eq(id))
        .filter(item::Column::Status.eq(EventItemStatus::Brought))
        .one(db)
        .await?;
    let waits = row.status.is_alive() && brought.is_some();
    Ok(waits.then(|| Waiting::new(Queue::EventItem, row.title, None, row.demo)))
}

async fn title_of(db: &impl ConnectionTrait, id: ListingId) -> Result<String> {
    Ok(listings::by_ids(db, &[id]).await?.into_iter().next().map(|row| row.title).unwrap_or_default())
}

/// Everything that may wait: what `of` is to be asked about.
///
/// # Errors
/// When the database cannot be asked.
pub async fn all(db: &impl ConnectionTrait, today: Day) -> Result<BTreeSet<(SubjectKind, String)>> {
    let mut all = expiring(db, today).await?;
    let waits = [ListingStatus::Submitted, ListingStatus::InReview];
    let listed: Vec<listing::Model> = listing::Entity::find()
        .filter(
            Condition::any()
                .add(listing::Column::Status.is_in(waits))
                .add(listing::Column::NextStatus.is_in(waits))
                .add(
                    Condition::all().add(listing::Column::Status.eq(ListingStatus::Published)).add(
                        Condition::any()
                            .add(listing::Column::OrganisationId.is_null())
                            .add(listing::Column::Diagnosis.is_not_null()),
                    ),
                ),
        )
        .all(db)
        .await?;
    let owners: Vec<OrganisationId> =
        listed.iter().filter(|row| ends_soon(row, today)).filter_map(|row| row.organisation_id).collect();
    let written_for = organisations::with_editors(db, &owners).await?;
    for row in listed {
        let (kind, id) = (subject(row.kind), row.id.to_string());
        let silent = row.organisation_id.is_none_or(|owner| !written_for.contains(&owner));
        if (ends_soon(&row, today) && silent) || !listing(row).is_empty() {
            all.insert((kind, id));
        }
    }
    macro_rules! put {
        ($kind:ident, $entity:ty, $column:expr, $condition:expr) => {
            let ids: Vec<uuid::Uuid> = <$entity>::find()
                .select_only()
                .column($column)
                .filter($condition)
                .into_tuple()
                .all(db)
                .await?;
            all.extend(ids.into_iter().map(|id| (SubjectKind::$kind, id.to_string())));
        };
    }
    put!(
        Organisation,
        organisation::Entity,
        organisation::Column::Id,
        Condition::all().add(organisation::Column::MergedInto.is_null()).add(
            Condition::any().add(organisation::Column::Verification.eq(VerificationStatus::Submitted)).add(
                Condition::all()
                    .add(
                        organisation::Column::Verification
                            .is_in([VerificationStatus::Verified, VerificationStatus::Expired])
                    )
                    .add(organisation::Column::RenewalAskedAt.is_not_null())
            )
        )
    );
    put!(
        ProviderEntry,
        entry::Entity,
        entry::Column::Id,
        Condition::any()
            .add(entry::Column::Status.is_in([EntryStatus::Applied, EntryStatus::UnderReview]))
            .add(
                Condition::all()
                    .add(entry::Column::Status.is_in([EntryStatus::Entered, EntryStatus::Expired]))
                    .add(entry::Column::RenewalAskedAt.is_not_null())
            )
    );
    put!(
        Docking,
        docking::Entity,
        docking::Column::Id,
        Condition::any()
            .add(docking::Column::Stage.eq(DockingStage::InterestExpressed))
            .add(
                Condition::all().add(docking::Column::BrokerId.is_null()).add(
                    docking::Column::Stage.is_in(
                        DockingStage::ALL
                            .iter()
                            .copied()
                            .filter(|stage| stage.has_consent() && *stage != DockingStage::Landed)
                    )
                )
            )
            .add(
                Condition::all()
                    .add(docking::Column::ActiveAt.lt(start_of(today - Duration::days(QUIET - 1))))
                    .add(
                        docking::Column::Stage
                            .is_in(DockingStage::ALL.iter().copied().filter(|stage| moves_on(*stage)))
                    )
            )
    );
    put!(
        Recommendation,
        recommendation::Entity,
        recommendation::Column::Id,
        recommendation::Column::Status.eq(RecommendationStatus::Open)
    );
    put!(
        LedgerEntry,
        active::Entity,
        active::Column::EntryId,
        active::Column::Stage.eq(CountStage::EvidenceComplete)
    );
    put!(
        Assessment,
        assessment::Entity,
        assessment::Column::Id,
        assessment::Column::Status.eq(AssessmentStatus::Open)
    );
    put!(
        Duplicate,
        duplicate::Entity,
        duplicate::Column::Id,
        duplicate::Column::Status.eq(DuplicateStatus::Open)
    );
    put!(Event, item::Entity, item::Column::EventId, item::Column::Status.eq(EventItemStatus::Brought));
    put!(Signal, signal::Entity, signal::Column::Id, signal::Column::Status.eq(SignalStatus::Open));
    Ok(all)
}
