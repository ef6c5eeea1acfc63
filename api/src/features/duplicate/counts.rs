//! What a merge does to the counts, always by reversal: what was known before stays known. What stood for
//! the merged one alone is counted for the canonical one, with the same evidence and the same day; it has
//! to be confirmed anew.

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use techmart_entity::{
    docking,
    id::{ContractId, DockingId, EntryId, ListingId},
    indicator::{self, Basis},
    ledger::{self, CountStage},
    listing::{self, Content},
    organisation,
};

use super::{
    effects::{Counts, Recounted},
    listings::not_technical,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Result},
    features::{
        docking::repo as dockings,
        landing::repo as landings,
        ledger::{
            repo, rules,
            service::{self, Earned, earn},
        },
        listing::repo as listings,
    },
};

/// The entries in force of some dockings or a contract under an indicator.
async fn in_force(
    tx: &Tx,
    indicator: &str,
    of: sea_orm::sea_query::SimpleExpr,
) -> Result<Vec<ledger::Model>> {
    let entries = ledger::Entity::find()
        .filter(ledger::Column::Indicator.eq(indicator))
        .filter(of)
        .filter(ledger::Column::Reverses.is_null())
        .order_by_asc(ledger::Column::Id)
        .all(tx)
        .await?;
    let live = repo::stages(tx, &entries.iter().map(|entry| entry.id).collect::<Vec<_>>()).await?;
    Ok(entries.into_iter().filter(|entry| live.iter().any(|live| live.entry_id == entry.id)).collect())
}

/// The unit of an entry once more, with all its evidence and everybody who had a part in it.
async fn once_more(tx: &Tx, entry: &ledger::Model) -> Result<Earned> {
    let key = entry.unit_key.strip_prefix("demo|").filter(|_| entry.demo).unwrap_or(&entry.unit_key);
    let adders = repo::adders(tx, entry.id).await?;
    Ok(Earned {
        unit_key: key.to_owned(),
        label: entry.label.clone(),
        delta: entry.delta,
        effective_on: entry.effective_on,
        lapses_on: entry.lapses_on,
        facts: entry.facts.clone(),
        evidence: service::all_evidence(tx, entry).await?,
        performers: entry.performers.0.iter().copied().chain(adders).map(Some).collect(),
        organisations: entry.organisations.0.clone(),
        demo: entry.demo,
        listing_id: entry.listing_id,
        docking_id: entry.docking_id,
        contract_id: entry.contract_id,
    })
}

/// The facts of an entry, with the entry that it stands for.
fn standing_for(facts: &serde_json::Value, entry: EntryId) -> serde_json::Value {
    let mut facts = facts.clone();
    match facts.as_object_mut() {
        Some(members) => {
            members.insert("stands_for".to_owned(), serde_json::json!(entry));
            facts
        }
        None => serde_json::json!({ "stands_for": entry }),
    }
}

async fn take_back(
    tx: &Tx,
    cx: &Context,
    entry: &ledger::Model,
    reason: &str,
    done: &mut Counts,
) -> Result<()> {
    service::reverse(tx, cx, entry.id, reason.to_owned()).await?;
    done.reversed.push(entry.id);
    Ok(())
}

async fn count(
    tx: &Tx,
    cx: &Context,
    indicator: &indicator::Model,
    earned: Earned,
    done: &mut Counts,
) -> Result<()> {
    done.earned.extend(earn(tx, cx, indicator, earned).await?);
    Ok(())
}

/// Takes the counts of a listing back under some bases; what was counted of it alone is counted of the
/// canonical one.
///
/// # Errors
/// When the rows cannot be read or written.
pub async fn of_listing(
    tx: &Tx,
    cx: &Context,
    bases: &[Basis],
    merged: &listing::Model,
    canonical: &listing::Model,
    reason: &str,
    done: &mut Counts,
) -> Result<()> {
    for basis in bases {
        for indicator in repo::indicators_on(tx, *basis).await? {
            let of_merged = repo::active_of_listings(tx, &indicator.code, &[merged.id]).await?;
            let refused = stopped_counting(tx, &indicator, canonical).await?;
            let mut counted =
                refused || is_counted(tx, &indicator.code, *basis, canonical, merged.id).await?;
            for (entry, _) in of_merged {
                let again = once_more(tx, &entry).await?;
                take_back(tx, cx, &entry, reason, done).await?;
                if counted {
                    continue;
                }
                counted = true;
                let mut organisations = again.organisations.clone();
                organisations.extend(canonical.organisation_id);
                organisations.sort();
                organisations.dedup();
                let earned = Earned {
                    unit_key: unit_of(tx, *basis, canonical).await?,
                    label: canonical.title.clone(),
                    facts: standing_for(&again.facts, entry.id),
                    organisations,
                    listing_id: Some(canonical.id),
                    ..again
                };
                count(tx, cx, &indicator, earned, done).await?;
            }
        }
    }
    Ok(())
}

/// Whether a listing has come to where it no longer counts, whatever is decided about its doubles: a demand that
/// was judged not technical, an achievement that was withdrawn at once or has expired under a rule that says so.
async fn stopped_counting(tx: &Tx, indicator: &indicator::Model, row: &listing::Model) -> Result<bool> {
    match indicator.basis {
        Basis::DemandCollected => Ok(not_technical(row)),
        Basis::AchievementPublished => rules::listing::stopped_counting(tx, indicator, row).await,
        Basis::ItemPublished
        | Basis::ProviderEntered
        | Basis::DockingReached
        | Basis::AchievementLanded
        | Basis::ContractRegistered
        | Basis::EnclaveEntered
        | Basis::CreditLine
        | Basis::IpPledgeLoan
        | Basis::EventHeld
        | Basis::ContestHeld
        | Basis::Manual => Ok(false),
    }
}

/// Whether a listing is counted, or another that is the same by a hard key or a variant of it. Each first
/// publication (T5) is an item of its own.
async fn is_counted(
    tx: &Tx,
    indicator: &str,
    basis: Basis,
    row: &listing::Model,
    merged: ListingId,
) -> Result<bool> {
    let mut same = vec![row.id];
    if basis != Basis::ItemPublished {
        let others = listings::duplicates(tx, row).await?;
        same.extend(
            others
                .into_iter()
                .filter(|(_, key)| basis == Basis::DemandCollected || !key.starts_with("title:"))
                .map(|(other, _)| other.id)
                .filter(|other| *other != merged),
        );
    }
    let counted = repo::active_of_listings(tx, indicator, &same).await?;
    Ok(counted.iter().any(|(entry, _)| entry.demo == row.demo))
}

async fn unit_of(tx: &Tx, basis: Basis, row: &listing::Model) -> Result<String> {
    Ok(match basis {
        Basis::DemandCollected => format!("demand:{}", row.id),
        Basis::ItemPublished => format!("published:{}", row.id),
        Basis::AchievementPublished
        | Basis::ProviderEntered
        | Basis::DockingReached
        | Basis::AchievementLanded
        | Basis::ContractRegistered
        | Basis::EnclaveEntered
        | Basis::CreditLine
        | Basis::IpPledgeLoan
        | Basis::EventHeld
        | Basis::ContestHeld
        | Basis::Manual => {
            let version =
                listings::find_version(tx, row.published_version_id.or(row.working_version_id)).await?;
            let content = Content::parse(row.kind, version.content).map_err(AppError::internal)?;
            rules::achievement_key(row.id, &content)
        }
    })
}

/// Brings the counts of a docking under the key that it has now. Where that pair is counted already, the
/// later of the two is taken back.
///
/// # Errors
/// When the rows cannot be read or written.
pub async fn of_docking(
    tx: &Tx,
    cx: &Context,
    docking: &docking::Model,
    reason: &str,
    done: &mut Counts,
) -> Result<()> {
    let now = rules::docking::of_docking(tx, docking).await?;
    let key = service::unit_key(docking.demo, &now.unit_key);
    for basis in [Basis::DockingReached, Basis::AchievementLanded] {
        for indicator in repo::indicators_on(tx, basis).await? {
            for entry in in_force(tx, &indicator.code, ledger::Column::DockingId.eq(docking.id)).await? {
                if entry.unit_key == key {
                    continue;
                }
                let again = once_more(tx, &entry).await?;
                let moved = Earned {
                    unit_key: now.unit_key.clone(),
                    label: now.label.clone(),
                    facts: standing_for(&again.facts, entry.id),
                    organisations: now.organisations.clone(),
                    listing_id: now.listing_id,
                    ..again
                };
                let other = repo::entry_of_unit(tx, &indicator.code, &key).await?.map(|(other, _)| other);
                take_back(tx, cx, &entry, reason, done).await?;
                match &other {
                    Some(other) if is_earlier(other, &entry) => continue,
                    Some(other) => take_back(tx, cx, other, reason, done).await?,
                    // Under a variant of the achievement it is the same pair.
                    None if rules::docking::is_counted(tx, &indicator.code, docking).await? => continue,
                    None => {}
                }
                count(tx, cx, &indicator, moved, done).await?;
            }
        }
    }
    Ok(())
}

fn is_earlier(one: &ledger::Model, other: &ledger::Model) -> bool {
    (one.effective_on, one.recorded_at, one.id) <= (other.effective_on, other.recorded_at, other.id)
}

/// The counts of a docking that stays with a merged listing: where the same enterprise is counted with the
/// canonical one, the later of the two is taken back.
///
/// # Errors
/// When the rows cannot be read or written.
pub async fn of_docking_that_stays(
    tx: &Tx,
    cx: &Context,
    docking: &docking::Model,
    canonical: ListingId,
    reason: &str,
    done: &mut Counts,
) -> Result<()> {
    let about = |of: Option<ListingId>| of.map(|_| canonical);
    let as_moved = docking::Model {
        achievement_id: about(docking.achievement_id),
        demand_id: about(docking.demand_id),
        ..docking.clone()
    };
    let key = service::unit_key(docking.demo, &rules::docking::of_docking(tx, &as_moved).await?.unit_key);
    for basis in [Basis::DockingReached, Basis::AchievementLanded] {
        for indicator in repo::indicators_on(tx, basis).await? {
            for entry in in_force(tx, &indicator.code, ledger::Column::DockingId.eq(docking.id)).await? {
                let Some((other, _)) = repo::entry_of_unit(tx, &indicator.code, &key).await? else {
                    continue;
                };
                if other.id != entry.id {
                    let later = if is_earlier(&other, &entry) { &entry } else { &other };
                    take_back(tx, cx, later, reason, done).await?;
                }
            }
        }
    }
    Ok(())
}

/// The achievement of an enclave's entry is another one now.
///
/// # Errors
/// When the rows cannot be read or written.
pub async fn of_enclave_entry(
    tx: &Tx,
    cx: &Context,
    before: &techmart_entity::enclave_entry::Model,
    after: &techmart_entity::enclave_entry::Model,
    title: &str,
    reason: &str,
    done: &mut Counts,
) -> Result<()> {
    let key = |entry: &techmart_entity::enclave_entry::Model| {
        format!("enclave:{}|achievement:{}", entry.enclave, entry.listing_id)
    };
    let was = service::unit_key(before.demo, &key(before));
    for indicator in repo::indicators_on(tx, Basis::EnclaveEntered).await? {
        let Some((entry, _)) = repo::entry_of_unit(tx, &indicator.code, &was).await? else { continue };
        let again = once_more(tx, &entry).await?;
        take_back(tx, cx, &entry, reason, done).await?;
        let earned = Earned {
            unit_key: key(after),
            label: format!("{title} — {}", after.enclave),
            facts: standing_for(&again.facts, entry.id),
            listing_id: Some(after.listing_id),
            ..again
        };
        count(tx, cx, &indicator, earned, done).await?;
    }
    Ok(())
}

/// The page of a provider that entered is another one now.
///
/// # Errors
/// When the rows cannot be read or written.
pub async fn of_page(
    tx: &Tx,
    cx: &Context,
    from: ListingId,
    to: ListingId,
    reason: &str,
    done: &mut Counts,
) -> Result<()> {
    for indicator in repo::indicators_on(tx, Basis::ProviderEntered).await? {
        for (entry, _) in repo::active_of_listings(tx, &indicator.code, &[from]).await? {
            let again = once_more(tx, &entry).await?;
            take_back(tx, cx, &entry, reason, done).await?;
            let facts = standing_for(&again.facts, entry.id);
            let earned = Earned { facts, listing_id: Some(to), ..again };
            count(tx, cx, &indicator, earned, done).await?;
        }
    }
    Ok(())
}

/// Two bodies that entered are one 一家.
///
/// # Errors
/// When the rows cannot be read or written.
pub async fn of_provider(
    tx: &Tx,
    cx: &Context,
    merged: &organisation::Model,
    canonical: &organisation::Model,
    reason: &str,
    done: &mut Counts,
) -> Result<()> {
    let key = rules::provider::key;
    let was = service::unit_key(merged.demo, &key(merged));
    let is = service::unit_key(canonical.demo, &key(canonical));
    for indicator in repo::indicators_on(tx, Basis::ProviderEntered).await? {
        let Some((entry, _)) = repo::entry_of_unit(tx, &indicator.code, &was).await? else { continue };
        let again = once_more(tx, &entry).await?;
        take_back(tx, cx, &entry, reason, done).await?;
        if repo::active_of_unit(tx, &indicator.code, &is).await?.is_none() {
            let earned = Earned {
                unit_key: key(canonical),
                label: canonical.name.clone(),
                facts: standing_for(&again.facts, entry.id),
                organisations: vec![merged.id, canonical.id],
                ..again
            };
            count(tx, cx, &indicator, earned, done).await?;
        }
    }
    Ok(())
}

/// What was counted by the decision and is not in force any more: later acts, which an undo would pass
/// over.
///
/// # Errors
/// When the database cannot be asked.
pub async fn reversed_since(tx: &Tx, done: &Counts) -> Result<Vec<EntryId>> {
    let live = repo::stages(tx, &done.earned).await?;
    Ok(done.earned.iter().copied().filter(|id| !live.iter().any(|row| row.entry_id == *id)).collect())
}

/// Undoes what a decision did to the counts: takes back what it counted and counts anew what it took back.
/// Says of each of these which entries are in force since.
///
/// # Errors
/// When the rows cannot be read or written.
pub async fn undo(tx: &Tx, cx: &Context, done: &Counts, reason: &str) -> Result<Recounted> {
    for id in done.earned.iter().rev() {
        service::reverse(tx, cx, *id, reason.to_owned()).await?;
    }
    let mut anew = Vec::new();
    for id in &done.reversed {
        let entry = repo::find(tx, *id).await?.ok_or_else(|| AppError::internal("no such entry"))?;
        let indicator = repo::indicator_of(tx, &entry).await?;
        let mut stopped = false;
        for row in listings::by_ids(tx, entry.listing_id.as_slice()).await? {
            stopped |= stopped_counting(tx, &indicator, &row).await?;
        }
        if stopped {
            anew.push((entry.id, Vec::new()));
            continue;
        }
        let again = once_more(tx, &entry).await?;
        let earned = Earned { facts: standing_for(&again.facts, entry.id), ..again };
        anew.push((entry.id, earn(tx, cx, &indicator, earned).await?.into_iter().collect()));
    }
    Ok(Recounted::of(done, anew))
}

/// Counts a docking that stood back behind another one of the same pair; one that was ever counted, though
/// it was taken back, is left as it is. Says which entries are in force since.
///
/// # Errors
/// When the rows cannot be read or written.
pub async fn of_docking_never_counted(
    tx: &Tx,
    cx: &Context,
    docking: &docking::Model,
) -> Result<Vec<EntryId>> {
    let of_docking = ledger::Column::DockingId.eq(docking.id);
    let mut earned = Vec::new();
    for basis in [Basis::DockingReached, Basis::AchievementLanded] {
        let codes: Vec<String> =
            repo::indicators_on(tx, basis).await?.into_iter().map(|indicator| indicator.code).collect();
        let ever = ledger::Entity::find()
            .filter(ledger::Column::Indicator.is_in(codes.clone()))
            .filter(of_docking.clone())
            .one(tx)
            .await?;
        if ever.is_some() {
            continue;
        }
        if basis == Basis::DockingReached {
            rules::docking::recounted(tx, cx, docking).await?;
        } else if let Some(landing) = dockings::landing(tx, docking.id).await? {
            rules::landing::landed(tx, cx, docking, &landing).await?;
            for milestone in landings::milestones(tx, &[landing.id]).await? {
                rules::landing::evidence_added(tx, cx, docking, &landing, &milestone.evidence.0).await?;
            }
        }
        for code in &codes {
            let entries = in_force(tx, code, of_docking.clone()).await?;
            earned.extend(entries.iter().map(|entry| entry.id));
        }
    }
    Ok(earned)
}

/// The entries in force that hang on some listings, dockings, contracts or units, for a look before a
/// decision; at most 200.
///
/// # Errors
/// When the database cannot be asked.
pub async fn standing(
    db: &impl ConnectionTrait,
    listings: &[ListingId],
    dockings: &[DockingId],
    contracts: &[ContractId],
    units: &[String],
) -> Result<Vec<(ledger::Model, CountStage)>> {
    use ledger::Column as C;
    let entries = ledger::Entity::find()
        .filter(C::Reverses.is_null())
        .filter(
            Condition::any()
                .add(C::ListingId.is_in(listings.iter().copied()))
                .add(C::DockingId.is_in(dockings.iter().copied()))
                .add(C::ContractId.is_in(contracts.iter().copied()))
                .add(C::UnitKey.is_in(units.iter().cloned())),
        )
        .order_by_desc(C::Id)
        .limit(200)
        .all(db)
        .await?;
    let live = repo::stages(db, &entries.iter().map(|entry| entry.id).collect::<Vec<_>>()).await?;
    Ok(entries
        .into_iter()
        .filter_map(|entry| {
            let stage = live.iter().find(|live| live.entry_id == entry.id)?.stage;
            Some((entry, stage))
        })
        .collect())
}
