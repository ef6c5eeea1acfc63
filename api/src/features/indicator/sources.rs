//! The acts behind an indicator, read where they are kept. What has no parameters to try is read from the
//! ledger itself.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use techmart_entity::{
    Day,
    contract::{self, status::ContractStatus},
    docking::{self, meeting},
    id::{DockingId, ListingId, OrganisationId, VersionId},
    indicator::{self, Basis},
    ledger,
    listing::{self, Content, ListingKind, status::ListingStatus},
    organisation,
};

use crate::{
    clock::day_of,
    config::Zone,
    error::{AppError, Result},
    features::{
        ledger::{rules::achievement_key, service::unit_key},
        listing as listings,
    },
};

/// An act, with all that any rule of its basis looks at.
#[derive(Clone, Debug, Default)]
pub struct Act {
    pub unit_key: String,
    pub label: String,
    /// The day that decides, where the rule has no choice of it.
    pub on: Option<Day>,
    /// 1, or fen.
    pub total: i64,
    pub technical: Option<i64>,
    pub owned: bool,
    pub expired: bool,
    pub withdrawn_after_hours: Option<i64>,
    pub accepted_on: Option<Day>,
    pub met_on: Option<Day>,
    pub signed_on: Option<Day>,
    pub buyer_in_zone: bool,
    pub seller_in_zone: bool,
}

/// How many rows are read at once.
const BATCH: u64 = 500;

/// The acts behind an indicator, the earliest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn acts(
    db: &impl ConnectionTrait,
    indicator: &indicator::Model,
    demo: bool,
    zone: &Zone,
) -> Result<Vec<Act>> {
    let mut acts = match indicator.basis {
        Basis::AchievementPublished => publications(db, demo, &[ListingKind::Achievement], true).await?,
        Basis::ItemPublished => {
            publications(db, demo, &[ListingKind::Achievement, ListingKind::Demand], false).await?
        }
        Basis::DockingReached => dockings(db, demo).await?,
        Basis::ContractRegistered => contracts(db, demo, zone).await?,
        Basis::ProviderEntered
        | Basis::DemandCollected
        | Basis::AchievementLanded
        | Basis::EnclaveEntered
        | Basis::CreditLine
        | Basis::IpPledgeLoan
        | Basis::EventHeld
        | Basis::ContestHeld
        | Basis::Manual => counted(db, indicator, demo).await?,
    };
    acts.sort_by(|a, b| (a.on, &a.unit_key).cmp(&(b.on, &b.unit_key)));
    Ok(acts)
}

/// First publications; of achievements by the canonical one, else each by itself.
async fn publications(
    db: &impl ConnectionTrait,
    demo: bool,
    kinds: &[ListingKind],
    canonical: bool,
) -> Result<Vec<Act>> {
    use listing::Column as C;
    let mut acts = Vec::new();
    let mut after: Option<ListingId> = None;
    loop {
        let mut query = listing::Entity::find()
            .filter(C::Demo.eq(demo))
            .filter(C::Kind.is_in(kinds.iter().copied()))
            .filter(C::FirstPublishedAt.is_not_null())
            .filter(C::MergedInto.is_null());
        if let Some(after) = after {
            query = query.filter(C::Id.gt(after));
        }
        let rows = query.order_by_asc(C::Id).limit(BATCH).all(db).await?;
        let Some(last) = rows.last() else { return Ok(acts) };
        after = Some(last.id);
        let keys = if canonical { canonical_keys(db, &rows).await? } else { HashMap::new() };
        for row in &rows {
            let key = match keys.get(&row.id) {
                Some(key) => key.clone(),
                None => format!("published:{}", row.id),
            };
            acts.push(Act {
                unit_key: unit_key(demo, &key),
                label: row.title.clone(),
                on: row.first_published_at.map(day_of),
                total: 1,
                owned: row.organisation_id.is_some(),
                expired: row.status == ListingStatus::Expired,
                withdrawn_after_hours: row
                    .withdrawn_at
                    .zip(row.first_published_at)
                    .map(|(end, start)| (end - start).num_hours()),
                ..Act::default()
            });
        }
    }
}

/// The canonical keys of achievements, by what is published of them.
async fn canonical_keys(
    db: &impl ConnectionTrait,
    rows: &[listing::Model],
) -> Result<HashMap<ListingId, String>> {
    let ids: Vec<VersionId> = rows.iter().filter_map(|row| row.published_version_id).collect();
    let versions = listings::repo::versions(db, &ids).await?;
    let mut keys = HashMap::new();
    for row in rows {
        let Some(version) = versions.iter().find(|version| Some(version.id) == row.published_version_id)
        else {
            continue;
        };
        let content = Content::parse(row.kind, version.content.clone()).map_err(AppError::internal)?;
        keys.insert(row.id, achievement_key(row.id, &content));
    }
    Ok(keys)
}

/// Dockings that both sides consented to.
async fn dockings(db: &impl ConnectionTrait, demo: bool) -> Result<Vec<Act>> {
    use docking::Column as C;
    let mut acts = Vec::new();
    let mut after: Option<DockingId> = None;
    loop {
        let mut query = docking::Entity::find().filter(C::Demo.eq(demo)).filter(C::AcceptedAt.is_not_null());
        if let Some(after) = after {
            query = query.filter(C::Id.gt(after));
        }
        let rows = query.order_by_asc(C::Id).limit(BATCH).all(db).await?;
        let Some(last) = rows.last() else { return Ok(acts) };
        after = Some(last.id);
        let ids: Vec<DockingId> = rows.iter().map(|row| row.id).collect();
        let meetings = meeting::Entity::find()
            .filter(meeting::Column::DockingId.is_in(ids.iter().copied()))
            .filter(meeting::Column::ConfirmedAt.is_not_null())
            .all(db)
            .await?;
        let signed = contract::Entity::find().filter(contract::Column::DockingId.is_in(ids)).all(db).await?;
        let about: Vec<ListingId> =
            rows.iter().filter_map(|row| row.achievement_id.or(row.demand_id)).collect();
        let about = listings::repo::by_ids(db, &about).await?;
        let keys = canonical_keys(db, &about).await?;
        for row in &rows {
            let enterprise = row.enterprise_id;
            let key = match row.achievement_id {
                Some(id) => {
                    let canonical = keys.get(&id).cloned().unwrap_or_else(|| format!("achievement:{id}"));
                    format!("{canonical}|enterprise:{enterprise}")
                }
                None => {
                    let demand = row.demand_id.map(|id| id.to_string()).unwrap_or_default();
                    format!("supplier:{}|demand:{demand}|enterprise:{enterprise}", row.supplier_id)
                }
            };
            let title = about.iter().find(|item| Some(item.id) == row.achievement_id.or(row.demand_id));
            acts.push(Act {
                unit_key: unit_key(demo, &key),
                label: title.map(|item| item.title.clone()).unwrap_or_default(),
                total: 1,
                accepted_on: row.accepted_at.map(day_of),
                met_on: meetings
                    .iter()
                    .filter(|meeting| meeting.docking_id == row.id)
                    .map(|meeting| meeting.held_on)
                    .min(),
                signed_on: signed
                    .iter()
                    .find(|contract| contract.docking_id == Some(row.id))
                    .map(|contract| contract.signed_on),
                ..Act::default()
            });
        }
    }
}

/// Registered contracts in yuan.
async fn contracts(db: &impl ConnectionTrait, demo: bool, zone: &Zone) -> Result<Vec<Act>> {
    use contract::Column as C;
    let rows = contract::Entity::find()
        .filter(C::Demo.eq(demo))
        .filter(C::Currency.eq("CNY"))
        .filter(C::Status.is_in([ContractStatus::Registered, ContractStatus::Changed]))
        .order_by_asc(C::Id)
        .all(db)
        .await?;
    let parties: Vec<OrganisationId> = rows.iter().flat_map(|row| [row.buyer_id, row.seller_id]).collect();
    let mut in_zone: HashMap<OrganisationId, bool> = HashMap::new();
    for chunk in parties.chunks(usize::try_from(BATCH).unwrap_or(1)) {
        let found = organisation::Entity::find()
            .filter(organisation::Column::Id.is_in(chunk.iter().copied()))
            .all(db)
            .await?;
        in_zone.extend(
            found
                .into_iter()
                .map(|row| (row.id, zone.contains(row.region_code.as_deref(), row.town.as_deref()))),
        );
    }
    let is = |id: OrganisationId| in_zone.get(&id).copied().unwrap_or(false);
    Ok(rows
        .iter()
        .filter_map(|row| {
            let key = row.registration_key.as_ref()?;
            Some(Act {
                unit_key: unit_key(demo, &format!("registration:{key}")),
                label: format!("{} ({})", row.title, row.number),
                on: row.registered_on,
                total: row.total_amount,
                technical: row.technical_amount,
                buyer_in_zone: is(row.buyer_id),
                seller_in_zone: is(row.seller_id),
                ..Act::default()
            })
        })
        .collect())
}

/// What is in force in the ledger.
async fn counted(db: &impl ConnectionTrait, indicator: &indicator::Model, demo: bool) -> Result<Vec<Act>> {
    let live = ledger::active::Entity::find()
        .select_only()
        .column(ledger::active::Column::EntryId)
        .filter(ledger::active::Column::Indicator.eq(indicator.code.clone()));
    let rows = ledger::Entity::find()
        .filter(ledger::Column::Demo.eq(demo))
        .filter(ledger::Column::Id.in_subquery(sea_orm::QueryTrait::into_query(live)))
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Act {
            unit_key: row.unit_key,
            label: row.label,
            on: Some(row.effective_on),
            total: row.delta,
            owned: true,
            ..Act::default()
        })
        .collect())
}
