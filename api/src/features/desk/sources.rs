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

use crate::{
    clock::end_of,
    error::Result,
    features::{
        docking::{policy::responder, repo as dockings},
        listing::{repo as listings, subject},
        organisation::repo as organisations,
    },
};

/// How many days before its agreement ends an entry comes to the desk.
const AHEAD: i64 = 30;

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
            Ok(id) => listings::by_ids(db, &[id]).await?.into_iter().next().map(listing).unwrap_or_default(),
            Err(_) => Vec::new(),
        },
        SubjectKind::Organisation => match id.parse() {
            Ok(id) => organisations::find(db, id).await?.and_then(organisation).into_iter().collect(),
            Err(_) => Vec::new(),
        },
        SubjectKind::ProviderEntry => of_entry(db, id, today).await?.into_iter().collect(),
        SubjectKind::Docking => of_docking(db, id).await?.into_iter().collect(),
        SubjectKind::Recommendation => of_recommendation(db, id).await?.into_iter().collect(),
        SubjectKind::LedgerEntry => of_count(db, id).await?.into_iter().collect(),
        SubjectKind::Assessment => of_assessment(db, id).await?.into_iter().collect(),
        SubjectKind::Duplicate => of_duplicate(db, id).await?.into_iter().collect(),
        SubjectKind::Signal => of_signal(db, id).await?.into_iter().collect(),
        SubjectKind::Event => of_event(db, id).await?.into_iter().collect(),
        SubjectKind::Account
        | SubjectKind::Attachment
        | SubjectKind::Calendar
        | SubjectKind::Contract
        | SubjectKind::DeskItem
        | SubjectKind::EnclaveEntry
        | SubjectKind::FinanceCase
        | SubjectKind::Import
        | SubjectKind::Indicator
        | SubjectKind::Plan
        | SubjectKind::SavedSearch
        | SubjectKind::Snapshot
        | SubjectKind::System => Vec::new(),
    };
    Ok(waiting)
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

fn organisation(row: organisation::Model) -> Option<Waiting> {
    let waits = row.verification == VerificationStatus::Submitted && row.merged_into.is_none();
    waits.then(|| Waiting::new(Queue::Verification, row.name, Some(row.id), row.demo))
}

async fn of_entry(db: &impl ConnectionTrait, id: &str, today: Day) -> Result<Option<Waiting>> {
    let Ok(id) = id.parse() else { return Ok(None) };
    let id: techmart_entity::id::ProviderEntryId = id;
    let Some(row) = entry::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let soon = row.agreement_valid_to.filter(|last| *last <= today + Duration::days(AHEAD));
    let (queue, due_at) = match (row.status, soon) {
        (EntryStatus::Applied | EntryStatus::UnderReview, _) => (Queue::Entry, None),
        (EntryStatus::Entered, Some(last)) => (Queue::Expiring, Some(end_of(last))),
        (
            EntryStatus::Approved
            | EntryStatus::Rejected
            | EntryStatus::Entered
            | EntryStatus::Suspended
            | EntryStatus::Expired
            | EntryStatus::Exited,
            _,
        ) => return Ok(None),
    };
    let title = title_of(db, row.listing_id).await?;
    let item = Waiting::new(queue, title, Some(row.organisation_id), row.demo);
    Ok(Some(Waiting { due_at, ..item }))
}

/// An interest in one that nobody has an account of, for whom a broker answers.
async fn of_docking(db: &impl ConnectionTrait, id: &str) -> Result<Option<Waiting>> {
    let Ok(id) = id.parse() else { return Ok(None) };
    let id: techmart_entity::id::DockingId = id;
    let Some(row) = docking::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    if row.stage != DockingStage::InterestExpressed {
        return Ok(None);
    }
    let silent = match responder(&row) {
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
    let mut all = BTreeSet::new();
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
    for row in listed {
        let (kind, id) = (subject(row.kind), row.id.to_string());
        if !listing(row).is_empty() {
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
        organisation::Column::Verification.eq(VerificationStatus::Submitted)
    );
    put!(
        ProviderEntry,
        entry::Entity,
        entry::Column::Id,
        Condition::any()
            .add(entry::Column::Status.is_in([EntryStatus::Applied, EntryStatus::UnderReview]))
            .add(
                Condition::all()
                    .add(entry::Column::Status.eq(EntryStatus::Entered))
                    .add(entry::Column::AgreementValidTo.lte(today + Duration::days(AHEAD)))
            )
    );
    put!(
        Docking,
        docking::Entity,
        docking::Column::Id,
        docking::Column::Stage.eq(DockingStage::InterestExpressed)
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
