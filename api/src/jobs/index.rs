//! Keeping the index in line with the database. A job names a listing; what the index should know of it
//! is read again when the job is done, so repeating, reordering and rebuilding all end in one place.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use techmart_entity::{
    id::{ListingId, OrganisationId, VersionId},
    listing::{self, Content, Model, status::ListingStatus},
    organisation::{self, status::VerificationStatus},
    outbox as rows,
};
use techmart_search::Document;

use super::JobError;
use crate::{
    db::Tx,
    features::{
        listing::repo,
        search::doc::{document, is_indexed},
    },
    outbox::{self, Job, Lane, relay},
    state::State,
};

/// Rows read and put at once in a rebuild.
const BATCH: u64 = 500;

/// Does a batch of index jobs at once.
///
/// # Errors
/// [`JobError`]; then none of the batch counts as done.
pub async fn bring_in_line(state: &State, rows: &[rows::Model]) -> Result<(), JobError> {
    let mut ids = BTreeSet::new();
    for row in rows {
        match serde_json::from_value::<Job>(row.payload.clone()) {
            Ok(Job::IndexListing { listing_id }) => {
                ids.insert(listing_id);
            }
            Ok(other) => return Err(JobError::Other(format!("{other:?} is no index job"))),
            Err(error) => return Err(JobError::Other(format!("not a job: {error}"))),
        }
    }
    let timer = state.metrics.index_batch_seconds.start_timer();
    let ids: Vec<ListingId> = ids.into_iter().collect();
    let outcome = listings(state, &ids).await;
    timer.observe_duration();
    outcome?;
    // Only what the index knows can be matched. Broken off here, the batch is done again.
    let now = state.clock.now();
    let push = async |tx: &Tx| -> crate::error::Result<()> {
        for listing_id in &ids {
            outbox::push(tx, now, &Job::Match { listing_id: *listing_id }).await?;
        }
        Ok(())
    };
    state.db.write(push).await?;
    state.outbox.wake();
    Ok(())
}

/// Puts listings into the index or takes them out, as the database says now.
///
/// # Errors
/// [`JobError`]
pub async fn listings(state: &State, ids: &[ListingId]) -> Result<(), JobError> {
    let rows = repo::by_ids(state.db.read(), ids).await?;
    let documents = documents(state, rows).await?;
    let put: BTreeSet<ListingId> = documents.iter().map(|document| ListingId(document.id)).collect();
    let gone: Vec<_> = ids.iter().filter(|id| !put.contains(id)).map(|id| id.0).collect();
    if !documents.is_empty() {
        state.search.put(&documents).await?;
    }
    if !gone.is_empty() {
        state.search.remove(&gone).await?;
    }
    Ok(())
}

/// The documents of those rows that belong into the index.
async fn documents(state: &State, rows: Vec<Model>) -> Result<Vec<Document>, JobError> {
    let db = state.db.read();
    let rows: Vec<Model> = rows.into_iter().filter(is_indexed).collect();
    let versions: Vec<VersionId> = rows.iter().filter_map(|row| row.published_version_id).collect();
    let mut contents: HashMap<VersionId, serde_json::Value> = repo::versions(db, &versions)
        .await?
        .into_iter()
        .map(|version| (version.id, version.content))
        .collect();
    let owners: Vec<OrganisationId> = rows.iter().filter_map(|row| row.organisation_id).collect();
    let owners: HashMap<OrganisationId, organisation::Model> = organisation::Entity::find()
        .filter(organisation::Column::Id.is_in(owners))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let mut documents = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(content) = row.published_version_id.and_then(|id| contents.remove(&id)) else { continue };
        let owner = row.organisation_id.and_then(|id| owners.get(&id));
        if owner.is_some_and(|owner| owner.verification == VerificationStatus::Suspended) {
            continue;
        }
        let content = Content::parse(row.kind, content)
            .map_err(|error| JobError::Other(format!("the content of {} cannot be read: {error}", row.id)))?;
        documents.push(document(&row, content, owner));
    }
    Ok(documents)
}

/// Builds the whole index anew, beside the live one, and swaps. `seq` is the job's row, whose claim is
/// kept up meanwhile.
///
/// # Errors
/// [`JobError`]; the old index stays.
pub async fn rebuild(state: &State, seq: Option<i64>) -> Result<(), JobError> {
    // What other processes change from here on reaches the old index alone: it is done again at the end.
    let position = last_seq(state).await?;
    let mut rebuild = state.search.begin_rebuild().await?;
    let mut after: Option<ListingId> = None;
    let mut n = 0_usize;
    while let Some((last, documents)) = published(state, after).await? {
        after = Some(last);
        n += documents.len();
        rebuild.put(&documents).await?;
        if let Some(seq) = seq {
            relay::renew(state, seq).await?;
        }
    }
    rebuild.finish().await?;
    let since = changed_since(state, position).await?;
    for ids in since.chunks(200) {
        listings(state, ids).await?;
    }
    tracing::info!(documents = n, again = since.len(), "the index was built anew");
    Ok(())
}

/// A page of what belongs into the index, in the order of ids, with the last id that it looked at; none at the end.
///
/// # Errors
/// [`JobError`]
pub async fn published(
    state: &State,
    after: Option<ListingId>,
) -> Result<Option<(ListingId, Vec<Document>)>, JobError> {
    let mut query = listing::Entity::find()
        .filter(listing::Column::Status.eq(ListingStatus::Published))
        .order_by_asc(listing::Column::Id)
        .limit(BATCH);
    if let Some(after) = after {
        query = query.filter(listing::Column::Id.gt(after));
    }
    let rows = query.all(state.db.read()).await?;
    let Some(last) = rows.last().map(|row| row.id) else { return Ok(None) };
    Ok(Some((last, documents(state, rows).await?)))
}

async fn last_seq(state: &State) -> Result<i64, JobError> {
    let last = rows::Entity::find().order_by_desc(rows::Column::Seq).one(state.db.read()).await?;
    Ok(last.map_or(0, |row| row.seq))
}

async fn changed_since(state: &State, position: i64) -> Result<Vec<ListingId>, JobError> {
    // A transaction that began earlier may commit a lower number later: look back a little.
    let rows = rows::Entity::find()
        .filter(rows::Column::Kind.eq(Lane::Index.kind()))
        .filter(rows::Column::Seq.gt(position.saturating_sub(1000)))
        .all(state.db.read())
        .await?;
    let ids: BTreeSet<ListingId> = rows
        .into_iter()
        .filter_map(|row| match serde_json::from_value::<Job>(row.payload).ok()? {
            Job::IndexListing { listing_id } => Some(listing_id),
            Job::Match { .. }
            | Job::Reindex
            | Job::Mail(_)
            | Job::Notify(_)
            | Job::Announce(_)
            | Job::Import { .. }
            | Job::Catalogue { .. }
            | Job::Harvest { .. }
            | Job::Examine { .. }
            | Job::ExamineAll { .. } => None,
        })
        .collect();
    Ok(ids.into_iter().collect())
}
