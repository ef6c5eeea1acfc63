//! From a count in force to its act.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};
use techmart_entity::{
    contract::{self, status::ContractStatus},
    docking::{self, landing, meeting},
    enclave_entry::{self, EnclaveEntryStatus},
    event::{self, EventKind, status::EventStatus},
    finance_case::{self, FinanceCaseStatus, FinanceKind},
    id::{ContractId, DockingId, EnclaveEntryId, EntryId, EventId, FinanceCaseId, ListingId},
    indicator::{
        self, Basis,
        parameters::{self, DecidingStage, Publication},
    },
    ledger::{self, active},
    listing::{self, DiagnosisOutcome, ListingKind},
    provider,
};

use super::{
    super::{BATCH, Findings, rows::place_of},
    Rules,
};
use crate::{
    clock::day_of,
    error::{AppError, Result, Wording},
    say,
};

/// How many merges of merges are followed.
const DEEP: usize = 50;

/// What keeps a count from resting on its act.
struct Wrong {
    expected: String,
    found: String,
    said: Wording,
}

fn wrong(expected: impl ToString, found: impl ToString, said: Wording) -> Option<Wrong> {
    Some(Wrong { expected: expected.to_string(), found: found.to_string(), said })
}

fn gone(expected: &str) -> Option<Wrong> {
    wrong(expected, "—", say!("计数所依据的业务记录不存在。", "The act behind the count is not there."))
}

fn another_day(expected: impl ToString, entry: &ledger::Model) -> Option<Wrong> {
    let said = say!("计数日与业务发生日不符。", "The count is not of the day of its act.");
    wrong(expected, entry.effective_on, said)
}

/// Looks up the act of every count in force.
///
/// # Errors
/// When the database cannot be asked.
pub async fn trace(
    db: &impl ConnectionTrait,
    indicator: &indicator::Model,
    demo: bool,
    rules: &Rules,
    findings: &mut Findings,
) -> Result<()> {
    let mut after: Option<EntryId> = None;
    loop {
        let in_force = Query::select()
            .expr(Expr::val(1))
            .from(active::Entity)
            .and_where(
                Expr::col((active::Entity, active::Column::EntryId))
                    .equals((ledger::Entity, ledger::Column::Id)),
            )
            .to_owned();
        let mut condition = Condition::all()
            .add(ledger::Column::Demo.eq(demo))
            .add(ledger::Column::Indicator.eq(indicator.code.clone()))
            .add(Expr::exists(in_force));
        if let Some(after) = after {
            condition = condition.add(ledger::Column::Id.gt(after));
        }
        let entries = ledger::Entity::find()
            .filter(condition)
            .order_by_asc(ledger::Column::Id)
            .limit(BATCH)
            .all(db)
            .await?;
        let Some(last) = entries.last() else { return Ok(()) };
        after = Some(last.id);
        for (entry, wrong) in entries.iter().zip(of_basis(db, indicator, &entries, rules).await?) {
            findings.checked.counts_traced += 1;
            if let Some(Wrong { expected, found, said }) = wrong {
                findings.fault(place_of(entry), expected, found, said);
            }
        }
    }
}

/// What is wrong with each entry of a page, in its order.
async fn of_basis(
    db: &impl ConnectionTrait,
    indicator: &indicator::Model,
    entries: &[ledger::Model],
    rules: &Rules,
) -> Result<Vec<Option<Wrong>>> {
    match indicator.basis {
        Basis::AchievementPublished | Basis::ItemPublished => {
            publications(db, indicator, entries, rules).await
        }
        Basis::DemandCollected => demands(db, entries).await,
        Basis::ProviderEntered => providers(db, entries).await,
        Basis::DockingReached => dockings(db, entries, rules).await,
        Basis::AchievementLanded => landings(db, entries).await,
        Basis::ContractRegistered => contracts(db, entries, rules).await,
        Basis::EnclaveEntered => enclaves(db, entries).await,
        Basis::CreditLine => finance(db, entries, FinanceKind::CreditLine).await,
        Basis::IpPledgeLoan => finance(db, entries, FinanceKind::IpPledgeLoan).await,
        Basis::EventHeld => events(db, entries, false).await,
        Basis::ContestHeld => events(db, entries, true).await,
        Basis::Manual => Ok(entries.iter().map(|_| None).collect()),
    }
}

/// The entries that some stand for. After a merge a count stands for the one that was taken back: the act,
/// and the rule that it was judged by, are that one's.
async fn first_of(
    db: &impl ConnectionTrait,
    entries: &[ledger::Model],
) -> Result<HashMap<EntryId, ledger::Model>> {
    let mut first = HashMap::new();
    for entry in entries {
        let mut at = entry.clone();
        for _ in 0..DEEP {
            let Some(before) = id_in::<EntryId>(&at, "stands_for") else { break };
            let Some(row) = ledger::Entity::find_by_id(before).one(db).await? else { break };
            at = row;
        }
        if at.id != entry.id {
            first.insert(entry.id, at);
        }
    }
    Ok(first)
}

/// The listings of some entries, and of the entries that they stand for.
struct Listings {
    rows: HashMap<ListingId, listing::Model>,
    first: HashMap<EntryId, ledger::Model>,
}

impl Listings {
    async fn of(db: &impl ConnectionTrait, entries: &[ledger::Model]) -> Result<Self> {
        let first = first_of(db, entries).await?;
        let ids: HashSet<ListingId> =
            entries.iter().chain(first.values()).filter_map(|entry| entry.listing_id).collect();
        let mut rows = HashMap::new();
        for chunk in ids.into_iter().collect::<Vec<_>>().chunks(500) {
            let found = listing::Entity::find()
                .filter(listing::Column::Id.is_in(chunk.iter().copied()))
                .all(db)
                .await?;
            rows.extend(found.into_iter().map(|row| (row.id, row)));
        }
        Ok(Self { rows, first })
    }

    /// What is counted now, and what did what counts.
    fn pair(&self, entry: &ledger::Model) -> Option<(&listing::Model, &listing::Model)> {
        let now = self.rows.get(&entry.listing_id?)?;
        let acted = self.first.get(&entry.id).unwrap_or(entry);
        Some((now, self.rows.get(&acted.listing_id?)?))
    }
}

fn still_merged() -> Option<Wrong> {
    let said = say!("已并入另一条，却仍在计数。", "It was merged into another one and still counts.");
    wrong("taken back", "in force", said)
}

async fn publications(
    db: &impl ConnectionTrait,
    indicator: &indicator::Model,
    entries: &[ledger::Model],
    rules: &Rules,
) -> Result<Vec<Option<Wrong>>> {
    let listings = Listings::of(db, entries).await?;
    let achievements_only = indicator.basis == Basis::AchievementPublished;
    let mut found = Vec::new();
    for entry in entries {
        let Some((now, acted)) = listings.pair(entry) else {
            found.push(gone("a listing"));
            continue;
        };
        let fits = match now.kind {
            ListingKind::Achievement => true,
            ListingKind::Demand => !achievements_only,
            ListingKind::Provider => false,
        };
        let soon = achievements_only && withdrawn_soon(now, &entry.indicator, rules)?;
        found.push(match acted.first_published_at.map(day_of) {
            None => wrong("published", "never published", say!("从未发布。", "It was never published.")),
            Some(_) if !fits => {
                wrong(indicator.basis, now.kind, say!("种类不符。", "It is of another kind."))
            }
            Some(_) if now.demo != entry.demo => {
                let said = say!("演示与正式数据混淆。", "Demo and real are mixed up.");
                wrong(now.demo, entry.demo, said)
            }
            Some(_) if now.merged_into.is_some() => still_merged(),
            Some(_) if soon => {
                let said = say!(
                    "发布后随即撤下，却仍在计数。",
                    "It was withdrawn right after its publication and still counts."
                );
                wrong("taken back", "in force", said)
            }
            Some(day) if day != entry.effective_on => another_day(day, entry),
            Some(_) => None,
        });
    }
    Ok(found)
}

/// Whether it was withdrawn so soon after its publication that, by the rule of that time, it does not count.
fn withdrawn_soon(row: &listing::Model, indicator: &str, rules: &Rules) -> Result<bool> {
    let Some((end, start)) = row.withdrawn_at.zip(row.first_published_at) else { return Ok(false) };
    let Some(rule) = rules.at(indicator, end) else { return Ok(false) };
    let rule: Publication = parameters::read(&rule.parameters).map_err(AppError::internal)?;
    Ok(end - start < chrono::Duration::hours(rule.withdrawal_grace_hours))
}

async fn demands(db: &impl ConnectionTrait, entries: &[ledger::Model]) -> Result<Vec<Option<Wrong>>> {
    let listings = Listings::of(db, entries).await?;
    Ok(entries
        .iter()
        .map(|entry| {
            let pair = listings.pair(entry).filter(|(now, _)| now.kind == ListingKind::Demand);
            let Some((now, acted)) = pair else { return gone("a demand") };
            if now.merged_into.is_some() {
                return still_merged();
            }
            let judged = now.diagnosis.as_ref().map(|diagnosis| diagnosis.outcome);
            match judged {
                Some(DiagnosisOutcome::NotTechnical) => wrong(
                    "taken back",
                    "in force",
                    say!("已诊断为非技术需求，却仍在计数。", "It was judged not technical and still counts."),
                ),
                Some(
                    DiagnosisOutcome::Ready
                    | DiagnosisOutcome::NeedsSecondDiagnosis
                    | DiagnosisOutcome::LongTerm,
                )
                // An imported row counts from its import on, though a broker takes it up later.
                | None => match (
                    acted.first_submitted_at,
                    acted.collected_at.filter(|at| *at <= entry.recorded_at).map(day_of),
                ) {
                    (None, None) => {
                        let said = say!("从未提交或征集。", "It was never submitted or collected.");
                        wrong("submitted", "never", said)
                    }
                    (_, Some(day)) if day != entry.effective_on => another_day(day, entry),
                    (Some(_), _) | (None, Some(_)) => None,
                },
            }
        })
        .collect())
}

async fn providers(db: &impl ConnectionTrait, entries: &[ledger::Model]) -> Result<Vec<Option<Wrong>>> {
    let ids: Vec<ListingId> = entries.iter().filter_map(|entry| entry.listing_id).collect();
    let rows =
        provider::entry::Entity::find().filter(provider::entry::Column::ListingId.is_in(ids)).all(db).await?;
    Ok(entries
        .iter()
        .map(|entry| {
            let mut signed = rows
                .iter()
                .filter(|row| Some(row.listing_id) == entry.listing_id)
                .filter_map(|row| row.agreement_signed_on)
                .peekable();
            if signed.peek().is_none() {
                return gone("a signed entry agreement");
            }
            // A renewal keeps the entry under a later agreement.
            if signed.any(|day| day >= entry.effective_on) {
                return None;
            }
            another_day("the day of an agreement", entry)
        })
        .collect())
}

async fn dockings(
    db: &impl ConnectionTrait,
    entries: &[ledger::Model],
    rules: &Rules,
) -> Result<Vec<Option<Wrong>>> {
    let ids: Vec<DockingId> = entries.iter().filter_map(|entry| entry.docking_id).collect();
    let rows = docking::Entity::find().filter(docking::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    let meetings = meeting::Entity::find()
        .filter(meeting::Column::DockingId.is_in(ids.iter().copied()))
        .filter(meeting::Column::ConfirmedAt.is_not_null())
        .all(db)
        .await?;
    let signed = contract::Entity::find().filter(contract::Column::DockingId.is_in(ids)).all(db).await?;
    let first = first_of(db, entries).await?;
    let mut found = Vec::new();
    for entry in entries {
        let acted = first.get(&entry.id).unwrap_or(entry);
        let Some(row) = rows.iter().find(|row| Some(row.id) == entry.docking_id) else {
            found.push(gone("a docking"));
            continue;
        };
        let stage = match rules.version(&acted.indicator, &acted.rule_version) {
            Some(rule) => {
                let rule: parameters::Docking =
                    parameters::read(&rule.parameters).map_err(AppError::internal)?;
                rule.deciding_stage
            }
            None => DecidingStage::Met,
        };
        let days: Vec<_> = match stage {
            DecidingStage::Accepted => row.accepted_at.map(day_of).into_iter().collect(),
            DecidingStage::Met => meetings
                .iter()
                .filter(|meeting| meeting.docking_id == row.id)
                .map(|meeting| meeting.held_on)
                .collect(),
            DecidingStage::ContractSigned => signed
                .iter()
                .filter(|contract| contract.docking_id == Some(row.id))
                .map(|contract| contract.signed_on)
                .collect(),
        };
        found.push(if row.accepted_at.is_none() {
            wrong("both consents", "one side alone", say!("没有双方同意。", "Not both sides consented."))
        } else if days.is_empty() {
            wrong(stage, row.stage, say!("未达到计数所需的阶段。", "It did not reach the stage that counts."))
        } else if !days.contains(&entry.effective_on) {
            another_day(format!("{days:?}"), entry)
        } else {
            None
        });
    }
    Ok(found)
}

async fn landings(db: &impl ConnectionTrait, entries: &[ledger::Model]) -> Result<Vec<Option<Wrong>>> {
    let ids: Vec<DockingId> = entries.iter().filter_map(|entry| entry.docking_id).collect();
    let rows = landing::Entity::find().filter(landing::Column::DockingId.is_in(ids)).all(db).await?;
    Ok(entries
        .iter()
        .map(|entry| match rows.iter().find(|row| Some(row.docking_id) == entry.docking_id) {
            None => gone("a landing"),
            Some(row) if !row.in_zone => {
                wrong("in the zone", &row.place, say!("不在区内落地。", "It did not land in the zone."))
            }
            Some(row) if row.landed_on != entry.effective_on => another_day(row.landed_on, entry),
            Some(_) => None,
        })
        .collect())
}

async fn contracts(
    db: &impl ConnectionTrait,
    entries: &[ledger::Model],
    rules: &Rules,
) -> Result<Vec<Option<Wrong>>> {
    let ids: Vec<ContractId> = entries.iter().filter_map(|entry| entry.contract_id).collect();
    let rows = contract::Entity::find().filter(contract::Column::Id.is_in(ids)).all(db).await?;
    let first = first_of(db, entries).await?;
    let mut found = Vec::new();
    for entry in entries {
        let acted = first.get(&entry.id).unwrap_or(entry);
        let Some(row) = rows.iter().find(|row| Some(row.id) == entry.contract_id) else {
            found.push(gone("a contract"));
            continue;
        };
        let registered = match row.status {
            ContractStatus::Registered | ContractStatus::Changed => true,
            ContractStatus::Draft
            | ContractStatus::Signed
            | ContractStatus::Submitted
            | ContractStatus::Revoked
            | ContractStatus::Cancelled => false,
        };
        let rule: parameters::Contract = match rules.version(&acted.indicator, &acted.rule_version) {
            Some(rule) => parameters::read(&rule.parameters).map_err(AppError::internal)?,
            None => parameters::Contract::default(),
        };
        let is = |name: &str| entry.facts[name].as_bool().unwrap_or(false);
        let amount =
            rule.amount(row.total_amount, row.technical_amount, is("buyer_in_zone"), is("seller_in_zone"));
        found.push(if !registered {
            let said = say!(
                "合同未登记或登记已撤销，却仍在计数。",
                "It is not registered (any more) and still counts."
            );
            wrong("registered", row.status, said)
        } else if row.registered_on.is_some_and(|day| day != entry.effective_on) {
            another_day(row.registered_on.map(|day| day.to_string()).unwrap_or_default(), entry)
        } else if amount != Some(entry.delta) {
            let said = say!("计数金额与合同金额不符。", "The count is not the contract's amount.");
            wrong(amount.map_or_else(|| "nothing".to_owned(), |fen| fen.to_string()), entry.delta, said)
        } else {
            None
        });
    }
    Ok(found)
}

fn id_in<T: std::str::FromStr>(entry: &ledger::Model, fact: &str) -> Option<T> {
    entry.facts[fact].as_str()?.parse().ok()
}

async fn enclaves(db: &impl ConnectionTrait, entries: &[ledger::Model]) -> Result<Vec<Option<Wrong>>> {
    let ids: Vec<EnclaveEntryId> =
        entries.iter().filter_map(|entry| id_in(entry, "enclave_entry_id")).collect();
    let rows = enclave_entry::Entity::find().filter(enclave_entry::Column::Id.is_in(ids)).all(db).await?;
    Ok(entries
        .iter()
        .map(|entry| {
            let id: Option<EnclaveEntryId> = id_in(entry, "enclave_entry_id");
            match rows.iter().find(|row| Some(row.id) == id) {
                None => gone("an enclave entry"),
                Some(row) if row.status != EnclaveEntryStatus::Recorded => {
                    let said = say!("已撤销，却仍在计数。", "It was withdrawn and still counts.");
                    wrong(EnclaveEntryStatus::Recorded, row.status, said)
                }
                Some(row) if row.introduced_on != entry.effective_on => another_day(row.introduced_on, entry),
                Some(_) => None,
            }
        })
        .collect())
}

async fn finance(
    db: &impl ConnectionTrait,
    entries: &[ledger::Model],
    kind: FinanceKind,
) -> Result<Vec<Option<Wrong>>> {
    let ids: Vec<FinanceCaseId> =
        entries.iter().filter_map(|entry| id_in(entry, "finance_case_id")).collect();
    let rows = finance_case::Entity::find().filter(finance_case::Column::Id.is_in(ids)).all(db).await?;
    Ok(entries
        .iter()
        .map(|entry| {
            let id: Option<FinanceCaseId> = id_in(entry, "finance_case_id");
            match rows.iter().find(|row| Some(row.id) == id) {
                None => gone("a finance case"),
                Some(row) if row.kind != kind => {
                    wrong(kind, row.kind, say!("种类不符。", "It is of another kind."))
                }
                Some(row) if row.status == FinanceCaseStatus::Withdrawn => {
                    let said = say!("已撤销，却仍在计数。", "It was withdrawn and still counts.");
                    wrong(FinanceCaseStatus::Granted, row.status, said)
                }
                Some(row) if row.amount != entry.delta => {
                    let said = say!("计数金额与业务金额不符。", "The count is not the case's amount.");
                    wrong(row.amount, entry.delta, said)
                }
                Some(row) if row.granted_on != entry.effective_on => another_day(row.granted_on, entry),
                Some(_) => None,
            }
        })
        .collect())
}

async fn events(
    db: &impl ConnectionTrait,
    entries: &[ledger::Model],
    contests: bool,
) -> Result<Vec<Option<Wrong>>> {
    let ids: Vec<EventId> = entries.iter().filter_map(|entry| id_in(entry, "event_id")).collect();
    let rows = event::Entity::find().filter(event::Column::Id.is_in(ids)).all(db).await?;
    Ok(entries
        .iter()
        .map(|entry| {
            let key = entry.unit_key.trim_start_matches("demo|");
            // What another office held has no other act than its report.
            if key.starts_with("manual:") {
                return None;
            }
            let id: Option<EventId> = id_in(entry, "event_id");
            let Some(row) = rows.iter().find(|row| Some(row.id) == id) else { return gone("an event") };
            let day = day_of(row.starts_at);
            match row.status {
                EventStatus::Draft | EventStatus::Open | EventStatus::Closed | EventStatus::Cancelled => {
                    let said = say!(
                        "未举办或已取消，却仍在计数。",
                        "It was not held, or cancelled, and still counts."
                    );
                    wrong(EventStatus::Held, row.status, said)
                }
                EventStatus::Held | EventStatus::Reported if (row.kind == EventKind::Contest) != contests => {
                    wrong(entry.indicator.clone(), row.kind, say!("种类不符。", "It is of another kind."))
                }
                EventStatus::Held | EventStatus::Reported if day != entry.effective_on => {
                    another_day(day, entry)
                }
                EventStatus::Held | EventStatus::Reported => None,
            }
        })
        .collect())
}
