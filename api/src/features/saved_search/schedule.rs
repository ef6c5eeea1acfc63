//! Running saved searches when their time has come.

use std::collections::BTreeMap;

use chrono::Duration;
use techmart_entity::{
    id::{AlertId, ListingId},
    listing::Model as Listing,
    saved_search::{Model, hit},
};

use super::{
    repo,
    service::{next_run, read},
};
use crate::{
    auth::context_in,
    clock::day_of,
    error::Result,
    features::{
        feedback::{self, counter::Count},
        funnel::view::month_of,
        listing::repo as listings,
        search::{
            dto::{SearchQuery, SearchSort},
            service::search,
        },
    },
    outbox::{self, Job, Notice},
    state::State,
};

/// Hits looked at in one run, the newest; the rest is seen by opening the search.
const LOOKED_AT: u64 = 50;

/// Searches of one round.
const ROUND: u64 = 200;

/// How long after a publication the searches at once still look: the index may learn of it a little later.
const LAG: i64 = 60;

/// Runs the searches whose time has come; says how many told something.
///
/// # Errors
/// When the database cannot be asked or the index is away; the next round tries again.
pub async fn run(state: &State) -> Result<usize> {
    let now = state.clock.now();
    let db = state.db.read();
    let published = repo::newest(db).await?.map(|at| at + Duration::seconds(LAG));
    let mut n = 0;
    for row in repo::due(db, now, published, ROUND).await? {
        n += usize::from(run_one(state, &row).await?);
    }
    Ok(n)
}

async fn run_one(state: &State, row: &Model) -> Result<bool> {
    let now = state.clock.now();
    let db = state.db.read();
    let new = match context_in(db, now, row.account_id, None).await {
        Ok(cx) => {
            let query = SearchQuery {
                sort: Some(SearchSort::Newest),
                limit: Some(LOOKED_AT),
                facets: Some(false),
                ..read(state, &row.query)?
            };
            let found = search(state, &cx, query).await?;
            let ids: Vec<ListingId> = found.items.iter().map(|hit| hit.id).collect();
            let mut rows = listings::by_ids(db, &ids).await?;
            let own =
                |listing: &Listing| listing.organisation_id.is_some_and(|owner| cx.actor.belongs_to(owner));
            rows.retain(|listing| {
                listing.first_published_at.is_some_and(|at| at > row.since) && !own(listing)
            });
            rows
        }
        // Disabled: nobody is told.
        Err(_) => Vec::new(),
    };
    let alert_id = AlertId::new();
    let told = state
        .db
        .write(async |tx| {
            let mut told = BTreeMap::new();
            for listing in &new {
                let hit =
                    hit::Model { saved_search_id: row.id, listing_id: listing.id, alert_id, told_at: now };
                if repo::tell(tx, hit).await? {
                    told.insert((listing.id, month_of(day_of(now))), Count { alerts: 1, ..Count::default() });
                }
            }
            if !told.is_empty() {
                feedback::repo::add(tx, &told).await?;
                let notice = Notice::SavedSearch { saved_search_id: row.id, alert_id };
                outbox::push(tx, now, &Job::Notify(notice)).await?;
            }
            repo::ran(tx, row, now, next_run(row.pace, now)).await?;
            Ok(!told.is_empty())
        })
        .await?;
    Ok(told)
}
