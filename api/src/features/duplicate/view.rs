//! Looking at pairs: the worklist, and two side by side with what a merge would change.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use techmart_entity::{
    docking,
    duplicate::{DuplicateStatus, Model},
    id::{DuplicateId, ListingId, OrganisationId},
    life_cycle::LifeCycle,
    listing,
    organisation::{self, membership},
};
use uuid::Uuid;

use super::{
    counts,
    dto::{
        Hanging, Obstacle, PairBrief, PairCount, PairListing, PairOrganisation, PairOut, PairQuery,
        PairReason, PairSide, PairSideOut, PossibleMerge,
    },
    find, listings, organisations, policy, repo,
};
use crate::{
    auth::Context,
    error::{AppError, Fault, Result},
    features::{
        listing::{dto::OrganisationBrief, repo as listing_rows, view::briefs},
        organisation::policy::is_named_by_source,
    },
    web::{
        answer::Answer,
        etag,
        paging::{Cut, Page},
    },
};

/// The ETag of a pair.
#[must_use]
pub fn tag(row: &Model) -> String {
    etag::tag(row.version)
}

fn reasons(row: &Model) -> Vec<PairReason> {
    row.reasons
        .0
        .iter()
        .map(|reason| PairReason { code: reason.code, detail: reason.detail.clone() })
        .collect()
}

/// What rows name.
struct Names {
    listings: HashMap<Uuid, listing::Model>,
    organisations: HashMap<Uuid, organisation::Model>,
    owners: HashMap<OrganisationId, OrganisationBrief>,
}

impl Names {
    async fn of(db: &impl ConnectionTrait, rows: &[Model]) -> Result<Self> {
        let ids = |listings: bool| {
            rows.iter()
                .filter(move |row| find::kind(row.subject).is_some() == listings)
                .flat_map(|row| [row.left_id, row.right_id])
        };
        let listed: Vec<ListingId> = ids(true).map(ListingId).collect();
        let bodies: Vec<OrganisationId> = ids(false).map(OrganisationId).collect();
        let listings = if listed.is_empty() { Vec::new() } else { listing_rows::by_ids(db, &listed).await? };
        let organisations = if bodies.is_empty() {
            Vec::new()
        } else {
            organisation::Entity::find().filter(organisation::Column::Id.is_in(bodies)).all(db).await?
        };
        let owners: Vec<OrganisationId> = listings.iter().filter_map(|row| row.organisation_id).collect();
        Ok(Self {
            owners: briefs(db, &owners).await?,
            listings: listings.into_iter().map(|row| (row.id.0, row)).collect(),
            organisations: organisations.into_iter().map(|row| (row.id.0, row)).collect(),
        })
    }

    fn side(&self, id: Uuid) -> PairSide {
        if let Some(row) = self.listings.get(&id) {
            return PairSide {
                id,
                label: row.title.clone(),
                organisation: row.organisation_id.and_then(|owner| self.owners.get(&owner).cloned()),
                merged_into: row.merged_into.map(|into| into.0),
            };
        }
        let row = self.organisations.get(&id);
        PairSide {
            id,
            label: row.map(|row| row.name.clone()).unwrap_or_default(),
            organisation: None,
            merged_into: row.and_then(|row| row.merged_into).map(|into| into.0),
        }
    }
}

/// A page of the worklist.
///
/// # Errors
/// 400 when the cursor is not this list's, 401, 403.
pub async fn list(db: &impl ConnectionTrait, cx: &Context, query: PairQuery) -> Result<Page<PairBrief>> {
    policy::look(cx)?;
    let mark = ("duplicates", PairQuery { limit: None, cursor: None, ..query.clone() });
    let cut = Cut::<DuplicateId>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let statuses = if query.status.is_empty() { vec![DuplicateStatus::Open] } else { query.status };
    let filter = repo::Filter {
        subjects: query.subject,
        statuses,
        demo: query.demo,
        about: query.listing_id.map(|id| id.0).or(query.organisation_id.map(|id| id.0)),
    };
    let rows = repo::list(db, &filter, cut.after, cut.limit + 1).await?;
    let names = Names::of(db, &rows).await?;
    Ok(cut.page(
        rows,
        |row| row.id,
        |row| PairBrief {
            id: row.id,
            subject: row.subject,
            status: row.status,
            score: row.score,
            reasons: reasons(&row),
            demo: row.demo,
            left: names.side(row.left_id),
            right: names.side(row.right_id),
            canonical_id: row.canonical_id,
            found_at: row.found_at.into(),
            decided_at: row.decided_at.map(Into::into),
        },
    ))
}

/// One pair.
///
/// # Errors
/// 401, 403, 404.
pub async fn one(db: &impl ConnectionTrait, cx: &Context, id: DuplicateId) -> Result<Answer<PairOut>> {
    policy::look(cx)?;
    let row = repo::find(db, id).await?;
    shown(db, row).await
}

/// A pair with both its sides.
///
/// # Errors
/// When the database cannot be asked.
pub async fn shown(db: &impl ConnectionTrait, row: Model) -> Result<Answer<PairOut>> {
    let names = Names::of(db, std::slice::from_ref(&row)).await?;
    let tag = tag(&row);
    let out = PairOut {
        id: row.id,
        subject: row.subject,
        status: row.status,
        score: row.score,
        reasons: reasons(&row),
        demo: row.demo,
        left: side(db, &names, row.left_id).await?,
        right: side(db, &names, row.right_id).await?,
        merges: merges(db, &names, &row).await?,
        canonical_id: row.canonical_id,
        note: row.note,
        decided_by: row.decided_by,
        decided_at: row.decided_at.map(Into::into),
        found_at: row.found_at.into(),
        effects: row.effects,
        legal_moves: row.status.legal(),
    };
    Ok(Answer::ok(out).tagged(tag))
}

async fn side(db: &impl ConnectionTrait, names: &Names, id: Uuid) -> Result<PairSideOut> {
    let side = names.side(id);
    if let Some(row) = names.listings.get(&id) {
        let content = match find::read(db, &[row.id]).await?.into_iter().next() {
            Some(read) => read.content.without_private().document(),
            None => serde_json::Value::Null,
        };
        let listing = PairListing {
            id: row.id,
            kind: row.kind,
            status: row.status,
            source: row.source,
            source_url: row.source_url.clone(),
            first_submitted_at: row.first_submitted_at.map(Into::into),
            first_published_at: row.first_published_at.map(Into::into),
            content,
        };
        let hanging = on_listing(db, row).await?;
        return Ok(PairSideOut { side, listing: Some(listing), of_organisation: None, hanging });
    }
    let Some(row) = names.organisations.get(&id) else {
        return Ok(PairSideOut { side, listing: None, of_organisation: None, hanging: nothing() });
    };
    let of_organisation = PairOrganisation {
        id: row.id,
        kind: row.kind,
        uscc: row.uscc.clone(),
        region_code: row.region_code.clone(),
        town: row.town.clone(),
        verification: row.verification,
        named_by_source: is_named_by_source(row),
        created_at: row.created_at.into(),
    };
    let hanging = on_organisation(db, row).await?;
    Ok(PairSideOut { side, listing: None, of_organisation: Some(of_organisation), hanging })
}

fn nothing() -> Hanging {
    Hanging {
        counts: Vec::new(),
        dockings: 0,
        open_dockings: 0,
        members: 0,
        listings: 0,
        contracts: 0,
        provider_entries: 0,
    }
}

fn number(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

fn of_dockings(rows: &[docking::Model]) -> Hanging {
    Hanging {
        dockings: number(rows.len()),
        open_dockings: number(rows.iter().filter(|row| row.stage.is_open()).count()),
        ..nothing()
    }
}

async fn on_listing(db: &impl ConnectionTrait, row: &listing::Model) -> Result<Hanging> {
    let dockings = listings::about(db, row.id).await?;
    let ids: Vec<_> = dockings.iter().map(|row| row.id).collect();
    let counts = counted(counts::standing(db, &[row.id], &ids, &[], &[]).await?);
    Ok(Hanging { counts, ..of_dockings(&dockings) })
}

async fn on_organisation(db: &impl ConnectionTrait, row: &organisation::Model) -> Result<Hanging> {
    let dockings = organisations::dockings_of(db, row.id).await?;
    let ids: Vec<_> = dockings.iter().map(|row| row.id).collect();
    let unit = [organisations::provider_unit(row)];
    let counts = counted(counts::standing(db, &[], &ids, &[], &unit).await?);
    let members =
        membership::Entity::find().filter(membership::Column::OrganisationId.eq(row.id)).count(db).await?;
    let owned = listing::Entity::find().filter(listing::Column::OrganisationId.eq(row.id)).count(db).await?;
    Ok(Hanging {
        counts,
        members,
        listings: owned,
        contracts: number(organisations::contracts_of(db, row.id).await?.len()),
        provider_entries: number(organisations::entries_of(db, row.id).await?.len()),
        ..of_dockings(&dockings)
    })
}

fn counted(
    entries: Vec<(techmart_entity::ledger::Model, techmart_entity::ledger::CountStage)>,
) -> Vec<PairCount> {
    entries
        .into_iter()
        .map(|(entry, stage)| PairCount {
            entry_id: entry.id,
            indicator: entry.indicator,
            stage,
            label: entry.label,
            effective_on: entry.effective_on,
        })
        .collect()
}

/// What a merge would meet, either way.
async fn merges(db: &impl ConnectionTrait, names: &Names, row: &Model) -> Result<Vec<PossibleMerge>> {
    if row.status != DuplicateStatus::Open {
        return Ok(Vec::new());
    }
    let mut possible = Vec::new();
    for (canonical, merged) in [(row.left_id, row.right_id), (row.right_id, row.left_id)] {
        let faults = match find::kind(row.subject) {
            Some(_) => match (names.listings.get(&merged), names.listings.get(&canonical)) {
                (Some(merged), Some(stays)) => match listings::standing([merged, stays]) {
                    Ok(()) => listings::obstacles(db, merged, stays).await?,
                    Err(error) => vec![as_fault(&error)],
                },
                _ => continue,
            },
            None => match (names.organisations.get(&merged), names.organisations.get(&canonical)) {
                (Some(merged), Some(stays)) => match organisations::standing([merged, stays]) {
                    Ok(()) => organisations::obstacles(db, merged, stays).await?,
                    Err(error) => vec![as_fault(&error)],
                },
                _ => continue,
            },
        };
        let obstacles = faults
            .into_iter()
            .map(|fault| Obstacle { code: fault.code, zh: fault.detail.zh, en: fault.detail.en })
            .collect();
        possible.push(PossibleMerge { canonical_id: canonical, obstacles });
    }
    Ok(possible)
}

fn as_fault(error: &AppError) -> Fault {
    Fault::at("", error.code().as_str(), error.detail().clone())
}
