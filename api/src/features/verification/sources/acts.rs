//! From an act that should count to its count: one in force, or one that was taken back. Whether it should
//! count is judged by the rule that was in force when it was recorded.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use techmart_entity::{
    Instant,
    audit::{self, SubjectKind},
    contract::{self, status::ContractStatus},
    docking::{self, landing, meeting},
    enclave_entry::{self, EnclaveEntryStatus},
    event::{self, EventKind, status::EventStatus},
    finance_case::{self, FinanceCaseStatus, FinanceKind},
    id::{
        ContractId, DockingId, EnclaveEntryId, EventId, FinanceCaseId, LandingId, ListingId, OrganisationId,
        ProviderEntryId,
    },
    indicator::{
        self, Basis,
        parameters::{self, DecidingStage, Items, Publication},
    },
    ledger,
    listing::{self, DiagnosisOutcome, ListingKind, duplicate_key},
    organisation, provider,
    value::name_key,
};

use super::{
    super::{BATCH, Findings},
    Rules,
};
use crate::{
    config::Zone,
    error::{AppError, Result},
    say,
};

/// Which indicator and world is looked at.
struct Of<'a> {
    indicator: &'a indicator::Model,
    demo: bool,
    rules: &'a Rules,
}

impl Of<'_> {
    /// An act that has no count.
    fn missing(&self, place: String, findings: &mut Findings) {
        findings.fault(
            place,
            format!("a count of {}, or a reversal", self.indicator.code),
            "—",
            say!("应计而未计，台账中没有它的条目。", "It should count, and the ledger has no entry of it."),
        );
    }

    /// All that was ever counted of it, in force or taken back.
    fn entries(&self) -> sea_orm::Select<ledger::Entity> {
        ledger::Entity::find()
            .filter(ledger::Column::Demo.eq(self.demo))
            .filter(ledger::Column::Indicator.eq(self.indicator.code.clone()))
            .filter(ledger::Column::Reverses.is_null())
    }

    fn key(&self, key: &str) -> String {
        if self.demo { format!("demo|{key}") } else { key.to_owned() }
    }

    /// Whether one of these keys was ever counted.
    async fn has_key(&self, db: &impl ConnectionTrait, keys: Vec<String>) -> Result<bool> {
        let keys: Vec<String> = keys.iter().map(|key| self.key(key)).collect();
        Ok(self.entries().filter(ledger::Column::UnitKey.is_in(keys)).one(db).await?.is_some())
    }
}

/// Looks up the count of every act.
///
/// # Errors
/// When the database cannot be asked.
pub async fn trace(
    db: &impl ConnectionTrait,
    indicator: &indicator::Model,
    demo: bool,
    rules: &Rules,
    zone: &Zone,
    findings: &mut Findings,
) -> Result<()> {
    let of = Of { indicator, demo, rules };
    match indicator.basis {
        Basis::AchievementPublished | Basis::ItemPublished | Basis::DemandCollected => {
            listings(db, &of, findings).await
        }
        Basis::ProviderEntered => providers(db, &of, findings).await,
        Basis::DockingReached => dockings(db, &of, findings).await,
        Basis::AchievementLanded => landings(db, &of, findings).await,
        Basis::ContractRegistered => contracts(db, &of, zone, findings).await,
        Basis::EnclaveEntered => enclaves(db, &of, findings).await,
        Basis::CreditLine => finance(db, &of, FinanceKind::CreditLine, findings).await,
        Basis::IpPledgeLoan => finance(db, &of, FinanceKind::IpPledgeLoan, findings).await,
        Basis::EventHeld | Basis::ContestHeld => events(db, &of, findings).await,
        Basis::Manual => Ok(()),
    }
}

/// When a listing did what counts, if by the rule of that time it does.
fn listing_counts(of: &Of<'_>, row: &listing::Model) -> Result<Option<Instant>> {
    let owned = row.organisation_id.is_some();
    let (at, of_kind) = match of.indicator.basis {
        Basis::DemandCollected => (row.first_submitted_at, row.kind == ListingKind::Demand && owned),
        Basis::AchievementPublished => (row.first_published_at, row.kind == ListingKind::Achievement),
        Basis::ItemPublished => (row.first_published_at, row.kind != ListingKind::Provider),
        Basis::ProviderEntered
        | Basis::DockingReached
        | Basis::AchievementLanded
        | Basis::ContractRegistered
        | Basis::EnclaveEntered
        | Basis::CreditLine
        | Basis::IpPledgeLoan
        | Basis::EventHeld
        | Basis::ContestHeld
        | Basis::Manual => (None, false),
    };
    let Some(at) = at.filter(|_| of_kind && row.merged_into.is_none()) else { return Ok(None) };
    let Some(rule) = of.rules.at(&of.indicator.code, at) else { return Ok(None) };
    let ownerless = match of.indicator.basis {
        Basis::AchievementPublished => {
            parameters::read::<Publication>(&rule.parameters).map_err(AppError::internal)?.count_ownerless
        }
        Basis::ItemPublished => {
            parameters::read::<Items>(&rule.parameters).map_err(AppError::internal)?.count_ownerless
        }
        Basis::DemandCollected
        | Basis::ProviderEntered
        | Basis::DockingReached
        | Basis::AchievementLanded
        | Basis::ContractRegistered
        | Basis::EnclaveEntered
        | Basis::CreditLine
        | Basis::IpPledgeLoan
        | Basis::EventHeld
        | Basis::ContestHeld
        | Basis::Manual => false,
    };
    let not_technical =
        row.diagnosis.as_ref().is_some_and(|diagnosis| diagnosis.outcome == DiagnosisOutcome::NotTechnical);
    let refused = of.indicator.basis == Basis::DemandCollected && not_technical;
    Ok(((owned || ownerless) && !refused).then_some(at))
}

async fn listings(db: &impl ConnectionTrait, of: &Of<'_>, findings: &mut Findings) -> Result<()> {
    use listing::Column as C;
    let mut after: Option<ListingId> = None;
    loop {
        let mut condition = Condition::all().add(C::Demo.eq(of.demo)).add(
            Condition::any().add(C::FirstPublishedAt.is_not_null()).add(C::FirstSubmittedAt.is_not_null()),
        );
        if let Some(after) = after {
            condition = condition.add(C::Id.gt(after));
        }
        let rows = listing::Entity::find().filter(condition).order_by_asc(C::Id).limit(BATCH).all(db).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.id);
        let mut due: Vec<&listing::Model> = Vec::new();
        for row in &rows {
            if listing_counts(of, row)?.is_some() {
                due.push(row);
            }
        }
        let counted = counted(db, of, due.iter().map(|row| row.id).collect()).await?;
        for row in due {
            findings.checked.acts_traced += 1;
            if !counted.contains(&row.id) && !counted_with_another(db, of, row.id).await? {
                of.missing(format!("{} {}: {}", row.kind, row.id, row.title), findings);
            }
        }
    }
}

/// Which of these listings were ever counted.
async fn counted(db: &impl ConnectionTrait, of: &Of<'_>, ids: Vec<ListingId>) -> Result<HashSet<ListingId>> {
    let found: Vec<Option<ListingId>> = of
        .entries()
        .select_only()
        .column(ledger::Column::ListingId)
        .filter(ledger::Column::ListingId.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().flatten().collect())
}

/// Listings that share a key with one: a patent, a registration, owner and title, a person's decision.
async fn alike(db: &impl ConnectionTrait, id: ListingId) -> Result<Vec<ListingId>> {
    let keys: Vec<String> = duplicate_key::Entity::find()
        .select_only()
        .column(duplicate_key::Column::Key)
        .filter(duplicate_key::Column::ListingId.eq(id))
        .into_tuple()
        .all(db)
        .await?;
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    Ok(duplicate_key::Entity::find()
        .select_only()
        .column(duplicate_key::Column::ListingId)
        .filter(duplicate_key::Column::Key.is_in(keys))
        .into_tuple()
        .all(db)
        .await?)
}

/// Of several that are one, one is counted; published items are counted each by itself.
async fn counted_with_another(db: &impl ConnectionTrait, of: &Of<'_>, id: ListingId) -> Result<bool> {
    if of.indicator.basis == Basis::ItemPublished {
        return Ok(false);
    }
    Ok(!counted(db, of, alike(db, id).await?).await?.is_empty())
}

async fn providers(db: &impl ConnectionTrait, of: &Of<'_>, findings: &mut Findings) -> Result<()> {
    use provider::entry::{Column as C, Entity};
    let mut after: Option<ProviderEntryId> = None;
    loop {
        let mut condition = Condition::all().add(C::Demo.eq(of.demo)).add(C::AgreementSignedOn.is_not_null());
        if let Some(after) = after {
            condition = condition.add(C::Id.gt(after));
        }
        let rows = Entity::find().filter(condition).order_by_asc(C::Id).limit(BATCH).all(db).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.id);
        let counted = counted(db, of, rows.iter().map(|row| row.listing_id).collect()).await?;
        for row in rows.iter().filter(|row| of.rules.at(&of.indicator.code, row.updated_at).is_some()) {
            findings.checked.acts_traced += 1;
            if counted.contains(&row.listing_id) {
                continue;
            }
            // One body 一家 with two pages counts once.
            let body = organisation::Entity::find_by_id(row.organisation_id).one(db).await?;
            let code = body.as_ref().and_then(|body| body.uscc.clone());
            let keys = [Some(row.organisation_id.to_string()), code];
            let keys = keys.into_iter().flatten().map(|key| format!("organisation:{key}")).collect();
            let merged = body.as_ref().is_some_and(|body| body.merged_into.is_some());
            if !merged && !of.has_key(db, keys).await? {
                let name = body.map(|body| body.name).unwrap_or_default();
                of.missing(format!("provider_entry {}: {name}", row.id), findings);
            }
        }
    }
}

/// Whether a docking did what counts, by the rule that was in force then.
fn docking_counts(of: &Of<'_>, reached: &[(Instant, DecidingStage)]) -> Result<bool> {
    for (at, stage) in reached {
        let Some(rule) = of.rules.at(&of.indicator.code, *at) else { continue };
        let rule: parameters::Docking = parameters::read(&rule.parameters).map_err(AppError::internal)?;
        if rule.deciding_stage <= *stage {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn dockings(db: &impl ConnectionTrait, of: &Of<'_>, findings: &mut Findings) -> Result<()> {
    use docking::Column as C;
    let mut after: Option<DockingId> = None;
    loop {
        let mut condition = Condition::all().add(C::Demo.eq(of.demo)).add(C::AcceptedAt.is_not_null());
        if let Some(after) = after {
            condition = condition.add(C::Id.gt(after));
        }
        let rows = docking::Entity::find().filter(condition).order_by_asc(C::Id).limit(BATCH).all(db).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.id);
        let ids: Vec<DockingId> = rows.iter().map(|row| row.id).collect();
        let mut reached: HashMap<DockingId, Vec<(Instant, DecidingStage)>> = HashMap::new();
        for row in &rows {
            // What was recorded afterwards was known from then on.
            let at = row.accepted_at.map(|at| at.max(row.created_at));
            let steps = at.map(|at| (at, DecidingStage::Accepted)).into_iter().collect();
            reached.insert(row.id, steps);
        }
        let meetings = meeting::Entity::find()
            .filter(meeting::Column::DockingId.is_in(ids.iter().copied()))
            .all(db)
            .await?;
        for meeting in meetings {
            let step = meeting.confirmed_at.map(|at| (at, DecidingStage::Met));
            reached.entry(meeting.docking_id).or_default().extend(step);
        }
        let signed = contract::Entity::find()
            .filter(contract::Column::DockingId.is_in(ids.iter().copied()))
            .all(db)
            .await?;
        for contract in signed {
            let step = (contract.recorded_at, DecidingStage::ContractSigned);
            reached.entry(contract.docking_id.unwrap_or_default()).or_default().push(step);
        }
        let counted = counted_dockings(db, of, ids).await?;
        for row in &rows {
            let steps = reached.get(&row.id).map(Vec::as_slice).unwrap_or_default();
            if !docking_counts(of, steps)? {
                continue;
            }
            findings.checked.acts_traced += 1;
            if !counted.contains(&row.id) && !pair_counted(db, of, row).await? {
                of.missing(format!("docking {}", row.id), findings);
            }
        }
    }
}

/// Which of these dockings were ever counted.
async fn counted_dockings(
    db: &impl ConnectionTrait,
    of: &Of<'_>,
    ids: Vec<DockingId>,
) -> Result<HashSet<DockingId>> {
    let found: Vec<Option<DockingId>> = of
        .entries()
        .select_only()
        .column(ledger::Column::DockingId)
        .filter(ledger::Column::DockingId.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().flatten().collect())
}

/// The same pair again counts once: another docking of the enterprise about the same, or about one that is
/// the same.
async fn pair_counted(db: &impl ConnectionTrait, of: &Of<'_>, row: &docking::Model) -> Result<bool> {
    let Some(about) = row.achievement_id.or(row.demand_id) else { return Ok(false) };
    // It may have been about one that was merged into this since: the same pair as that one's.
    let mut subjects: Vec<ListingId> = listing::Entity::find()
        .select_only()
        .column(listing::Column::Id)
        .filter(listing::Column::MergedInto.eq(about))
        .into_tuple()
        .all(db)
        .await?;
    subjects.push(about);
    let mut items = subjects.clone();
    for subject in subjects {
        items.extend(alike(db, subject).await?);
    }
    let into: Vec<Option<ListingId>> = listing::Entity::find()
        .select_only()
        .column(listing::Column::MergedInto)
        .filter(listing::Column::Id.is_in(items.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    items.extend(into.into_iter().flatten());
    let mut enterprises: Vec<OrganisationId> = vec![row.enterprise_id];
    let enterprise = organisation::Entity::find_by_id(row.enterprise_id).one(db).await?;
    enterprises.extend(enterprise.and_then(|enterprise| enterprise.merged_into));
    let entries = of.entries().filter(ledger::Column::ListingId.is_in(items)).all(db).await?;
    Ok(entries.iter().any(|entry| entry.organisations.0.iter().any(|of| enterprises.contains(of))))
}

async fn landings(db: &impl ConnectionTrait, of: &Of<'_>, findings: &mut Findings) -> Result<()> {
    use landing::{Column as C, Entity};
    let mut after: Option<LandingId> = None;
    loop {
        let mut condition = Condition::all().add(C::InZone.eq(true));
        if let Some(after) = after {
            condition = condition.add(C::Id.gt(after));
        }
        let rows = Entity::find().filter(condition).order_by_asc(C::Id).limit(BATCH).all(db).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.id);
        let ids: Vec<DockingId> = rows.iter().map(|row| row.docking_id).collect();
        let dockings: HashMap<DockingId, docking::Model> = docking::Entity::find()
            .filter(docking::Column::Id.is_in(ids.iter().copied()))
            .filter(docking::Column::Demo.eq(of.demo))
            .all(db)
            .await?
            .into_iter()
            .map(|row| (row.id, row))
            .collect();
        let counted = counted_dockings(db, of, ids).await?;
        for row in &rows {
            let Some(docking) = dockings.get(&row.docking_id) else { continue };
            if of.rules.at(&of.indicator.code, row.recorded_at).is_none() {
                continue;
            }
            findings.checked.acts_traced += 1;
            if !counted.contains(&row.docking_id) && !pair_counted(db, of, docking).await? {
                of.missing(format!("landing {}: {}", row.id, row.place), findings);
            }
        }
    }
}

async fn contracts(
    db: &impl ConnectionTrait,
    of: &Of<'_>,
    zone: &Zone,
    findings: &mut Findings,
) -> Result<()> {
    use contract::{Column as C, Entity};
    let mut after: Option<ContractId> = None;
    loop {
        let mut condition = Condition::all()
            .add(C::Demo.eq(of.demo))
            .add(C::Currency.eq("CNY"))
            .add(C::RegistrationKey.is_not_null())
            .add(C::Status.is_in([ContractStatus::Registered, ContractStatus::Changed]));
        if let Some(after) = after {
            condition = condition.add(C::Id.gt(after));
        }
        let rows = Entity::find().filter(condition).order_by_asc(C::Id).limit(BATCH).all(db).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.id);
        let found: Vec<Option<ContractId>> = of
            .entries()
            .select_only()
            .column(ledger::Column::ContractId)
            .filter(ledger::Column::ContractId.is_in(rows.iter().map(|row| row.id)))
            .into_tuple()
            .all(db)
            .await?;
        let decided = decided_at(db, &rows).await?;
        for row in &rows {
            let Some(at) = decided.get(&row.id.to_string()) else { continue };
            let Some(rule) = of.rules.at(&of.indicator.code, *at) else { continue };
            findings.checked.acts_traced += 1;
            if found.contains(&Some(row.id)) {
                continue;
            }
            let rule: parameters::Contract =
                parameters::read(&rule.parameters).map_err(AppError::internal)?;
            let mut in_zone = [false, false];
            for (flag, id) in in_zone.iter_mut().zip([row.buyer_id, row.seller_id]) {
                let party = organisation::Entity::find_by_id(id).one(db).await?;
                *flag = party
                    .is_some_and(|party| zone.contains(party.region_code.as_deref(), party.town.as_deref()));
            }
            let [buyer, seller] = in_zone;
            let amount = rule.amount(row.total_amount, row.technical_amount, buyer, seller);
            let key = row.registration_key.clone().unwrap_or_default();
            if amount.is_some_and(|fen| fen > 0)
                && !of.has_key(db, vec![format!("registration:{key}")]).await?
            {
                of.missing(format!("contract {}: {}", row.id, row.number), findings);
            }
        }
    }
}

/// When it was last decided whether contracts count: at their registration, or at a change since then.
async fn decided_at(db: &impl ConnectionTrait, rows: &[contract::Model]) -> Result<HashMap<String, Instant>> {
    use audit::Column as C;
    let acts: Vec<(String, Instant)> =
        audit::Entity::find()
            .select_only()
            .columns([C::SubjectId, C::At])
            .filter(C::SubjectKind.eq(SubjectKind::Contract))
            .filter(C::SubjectId.is_in(rows.iter().map(|row| row.id.to_string())))
            .filter(C::ToStatus.is_in(
                [ContractStatus::Registered, ContractStatus::Changed].map(|status| status.to_string()),
            ))
            .order_by_asc(C::At)
            .into_tuple()
            .all(db)
            .await?;
    // Of several the last stays.
    Ok(acts.into_iter().collect())
}

async fn enclaves(db: &impl ConnectionTrait, of: &Of<'_>, findings: &mut Findings) -> Result<()> {
    use enclave_entry::{Column as C, Entity};
    let mut after: Option<EnclaveEntryId> = None;
    loop {
        let mut condition =
            Condition::all().add(C::Demo.eq(of.demo)).add(C::Status.eq(EnclaveEntryStatus::Recorded));
        if let Some(after) = after {
            condition = condition.add(C::Id.gt(after));
        }
        let rows = Entity::find().filter(condition).order_by_asc(C::Id).limit(BATCH).all(db).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.id);
        let mut about: Vec<ListingId> = rows.iter().map(|row| row.listing_id).collect();
        about.sort();
        about.dedup();
        let counted = counted(db, of, about).await?;
        for row in rows.iter().filter(|row| of.rules.at(&of.indicator.code, row.recorded_at).is_some()) {
            findings.checked.acts_traced += 1;
            if !counted.contains(&row.listing_id) && !counted_with_another(db, of, row.listing_id).await? {
                of.missing(format!("enclave_entry {}: {}", row.id, row.enclave), findings);
            }
        }
    }
}

async fn finance(
    db: &impl ConnectionTrait,
    of: &Of<'_>,
    kind: FinanceKind,
    findings: &mut Findings,
) -> Result<()> {
    use finance_case::{Column as C, Entity};
    let mut after: Option<FinanceCaseId> = None;
    loop {
        let mut condition = Condition::all()
            .add(C::Demo.eq(of.demo))
            .add(C::Kind.eq(kind))
            .add(C::Currency.eq("CNY"))
            .add(C::Status.is_in([FinanceCaseStatus::Granted, FinanceCaseStatus::Ended]));
        if let Some(after) = after {
            condition = condition.add(C::Id.gt(after));
        }
        let rows = Entity::find().filter(condition).order_by_asc(C::Id).limit(BATCH).all(db).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.id);
        for row in rows.iter().filter(|row| of.rules.at(&of.indicator.code, row.recorded_at).is_some()) {
            findings.checked.acts_traced += 1;
            if !of.has_key(db, vec![format!("finance:{}", row.id)]).await? {
                of.missing(format!("finance_case {}: {} {}", row.id, row.lender, row.number), findings);
            }
        }
    }
}

async fn events(db: &impl ConnectionTrait, of: &Of<'_>, findings: &mut Findings) -> Result<()> {
    use event::{Column as C, Entity};
    let contests = of.indicator.basis == Basis::ContestHeld;
    let mut after: Option<EventId> = None;
    loop {
        let mut condition = Condition::all()
            .add(C::Demo.eq(of.demo))
            .add(C::Status.is_in([EventStatus::Held, EventStatus::Reported]));
        if let Some(after) = after {
            condition = condition.add(C::Id.gt(after));
        }
        let rows = Entity::find().filter(condition).order_by_asc(C::Id).limit(BATCH).all(db).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.id);
        for row in rows.iter().filter(|row| (row.kind == EventKind::Contest) == contests) {
            let Some(at) = row.held_at else { continue };
            if of.rules.at(&of.indicator.code, at).is_none() {
                continue;
            }
            findings.checked.acts_traced += 1;
            // Reported by hand before, under its title, it is the same event.
            let keys = vec![format!("event:{}", row.id), format!("manual:{}", name_key(&row.title))];
            if !of.has_key(db, keys).await? {
                of.missing(format!("event {}: {}", row.id, row.title), findings);
            }
        }
    }
}
