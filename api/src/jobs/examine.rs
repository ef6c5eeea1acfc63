//! Looking for duplicates and signals: at what an act touched, and in a walk over everything.

use std::{collections::BTreeSet, time::Instant};

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr, sea_query::ExprTrait,
};
use serde::Serialize;
use techmart_entity::{
    contract,
    id::{ContractId, ListingId, OrganisationId},
    listing, organisation, outbox as rows,
};
use uuid::Uuid;

use super::JobError;
use crate::{
    auth::Context,
    error::Result,
    features::{
        duplicate::find::{self, Read},
        signal::look,
    },
    outbox::{self, Job, Lane, Part, relay},
    state::State,
};

/// Things looked at in one step of a walk.
const BATCH: u64 = 100;
/// A walk is begun when the last one began so long ago.
const EVERY_HOURS: i64 = 24;

/// What a look found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    pub listings: usize,
    pub organisations: usize,
    pub contracts: usize,
    /// Pairs that were not there yet.
    pub pairs: usize,
    /// Signals that were not there yet.
    pub signals: usize,
}

impl Found {
    fn add(&mut self, other: Self) {
        self.listings += other.listings;
        self.organisations += other.organisations;
        self.contracts += other.contracts;
        self.pairs += other.pairs;
        self.signals += other.signals;
    }
}

/// Keeps the claim of a job that takes long.
struct Lease {
    seq: Option<i64>,
    renewed: Instant,
}

impl Lease {
    fn of(seq: Option<i64>) -> Self {
        Self { seq, renewed: Instant::now() }
    }

    async fn keep(&mut self, state: &State) -> Result<()> {
        if let Some(seq) = self.seq.filter(|_| self.renewed.elapsed().as_secs() >= 5) {
            relay::renew(state, seq).await?;
            self.renewed = Instant::now();
        }
        Ok(())
    }
}

/// Looks at what an act touched.
///
/// # Errors
/// [`JobError`]; looking again finds the same.
pub async fn touched(
    state: &State,
    seq: i64,
    listings: &[ListingId],
    organisations: &[OrganisationId],
    contracts: &[ContractId],
) -> Result<(), JobError> {
    let mut lease = Lease::of(Some(seq));
    let (_, owners) = at_listings(state, &mut lease, listings).await?;
    let mut bodies: BTreeSet<OrganisationId> = organisations.iter().copied().collect();
    bodies.extend(owners);
    at_organisations(state, &mut lease, &bodies.into_iter().collect::<Vec<_>>()).await?;
    at_contracts(state, &mut lease, contracts).await?;
    Ok(())
}

async fn at_listings(
    state: &State,
    lease: &mut Lease,
    ids: &[ListingId],
) -> Result<(Found, BTreeSet<OrganisationId>), JobError> {
    let cx = Context::system(state.clock.now());
    let mut found = Found::default();
    let mut owners = BTreeSet::new();
    for chunk in ids.chunks(50) {
        let there: Vec<Read> = find::read(state.db.read(), chunk).await?;
        for id in chunk {
            let read = there.iter().find(|read| read.row.id == *id);
            let contacts = read.map(|read| look::contact_bands(&read.content)).unwrap_or_default();
            find::print(state, *id, read, &contacts).await?;
        }
        for read in &there {
            lease.keep(state).await?;
            found.listings += 1;
            found.pairs += find::of_listing(state, &cx, read).await?;
            found.signals += look::at_listing(state, &cx, read).await?;
            owners.extend(read.row.organisation_id);
        }
    }
    Ok((found, owners))
}

async fn at_organisations(
    state: &State,
    lease: &mut Lease,
    ids: &[OrganisationId],
) -> Result<Found, JobError> {
    let cx = Context::system(state.clock.now());
    let mut found = Found::default();
    for id in ids {
        lease.keep(state).await?;
        found.organisations += 1;
        found.pairs += find::of_organisation(state, &cx, *id).await?;
    }
    found.signals += look::at_contacts(state, &cx, ids).await?;
    Ok(found)
}

async fn at_contracts(state: &State, lease: &mut Lease, ids: &[ContractId]) -> Result<Found, JobError> {
    let cx = Context::system(state.clock.now());
    let mut found = Found::default();
    for id in ids {
        lease.keep(state).await?;
        found.contracts += 1;
        found.signals += look::at_contract(state, &cx, *id).await?;
    }
    Ok(found)
}

/// The next things of a part of the walk, after one.
async fn next(state: &State, part: Part, after: Option<Uuid>) -> Result<Vec<Uuid>, JobError> {
    let db = state.db.read();
    let after = after.unwrap_or(Uuid::nil());
    Ok(match part {
        Part::Listings => {
            listing::Entity::find()
                .select_only()
                .column(listing::Column::Id)
                .filter(listing::Column::Id.gt(after))
                .order_by_asc(listing::Column::Id)
                .limit(BATCH)
                .into_tuple()
                .all(db)
                .await?
        }
        Part::Organisations => {
            organisation::Entity::find()
                .select_only()
                .column(organisation::Column::Id)
                .filter(organisation::Column::Id.gt(after))
                .order_by_asc(organisation::Column::Id)
                .limit(BATCH)
                .into_tuple()
                .all(db)
                .await?
        }
        Part::Contracts => {
            contract::Entity::find()
                .select_only()
                .column(contract::Column::Id)
                .filter(contract::Column::Id.gt(after))
                .order_by_asc(contract::Column::Id)
                .limit(BATCH)
                .into_tuple()
                .all(db)
                .await?
        }
    })
}

/// One step of a walk: what was found, and where the next one begins; none at the end.
async fn step(
    state: &State,
    lease: &mut Lease,
    part: Part,
    after: Option<Uuid>,
) -> Result<(Found, Option<(Part, Option<Uuid>)>), JobError> {
    let ids = next(state, part, after).await?;
    let Some(last) = ids.last().copied() else {
        return Ok((Found::default(), part.next().map(|part| (part, None))));
    };
    let found = match part {
        Part::Listings => {
            let ids: Vec<ListingId> = ids.into_iter().map(ListingId).collect();
            at_listings(state, lease, &ids).await?.0
        }
        Part::Organisations => {
            let ids: Vec<OrganisationId> = ids.into_iter().map(OrganisationId).collect();
            at_organisations(state, lease, &ids).await?
        }
        Part::Contracts => {
            let ids: Vec<ContractId> = ids.into_iter().map(ContractId).collect();
            at_contracts(state, lease, &ids).await?
        }
    };
    Ok((found, Some((part, Some(last)))))
}

/// One step of the walk over everything, as a job; it asks for the next one. A process that ends in
/// between leaves the step to another, so nothing begins from the start.
///
/// # Errors
/// [`JobError`]
pub async fn walk(state: &State, seq: i64, part: Part, after: Option<Uuid>) -> Result<(), JobError> {
    let mut lease = Lease::of(Some(seq));
    let (_, next) = step(state, &mut lease, part, after).await?;
    if let Some((part, after)) = next {
        let now = state.clock.now();
        state.db.write(async |tx| outbox::push(tx, now, &Job::ExamineAll { part, after }).await).await?;
    }
    Ok(())
}

/// Begins a walk, if none began within the last day and there is anything to walk over; says whether it
/// did.
///
/// # Errors
/// When the database cannot be asked or written.
pub async fn begin(state: &State) -> Result<usize> {
    let now = state.clock.now();
    let db = state.db.read();
    let lately = rows::Entity::find()
        .filter(rows::Column::Kind.eq(Lane::Examine.kind()))
        .filter(rows::Column::CreatedAt.gt(now - chrono::Duration::hours(EVERY_HOURS)))
        .filter(Expr::col(rows::Column::Payload).cast_as("text").like("%\"examine_all\"%"))
        .limit(1)
        .one(db)
        .await?;
    let any = organisation::Entity::find().limit(1).one(db).await?.is_some()
        || listing::Entity::find().limit(1).one(db).await?.is_some();
    if lately.is_some() || !any {
        return Ok(0);
    }
    let job = Job::ExamineAll { part: Part::Listings, after: None };
    state.db.write(async |tx| outbox::push(tx, now, &job).await).await?;
    Ok(1)
}

/// Walks over everything here and now, for the command line. Broken off and begun again it finds what is
/// left.
///
/// # Errors
/// [`JobError`]
pub async fn everything(state: &State) -> Result<Found, JobError> {
    let mut lease = Lease::of(None);
    let mut found = Found::default();
    let mut place = Some((Part::Listings, None));
    while let Some((part, after)) = place {
        let (more, next) = step(state, &mut lease, part, after).await?;
        found.add(more);
        place = next;
    }
    Ok(found)
}
