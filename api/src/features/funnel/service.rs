//! Listings reach steps: called by the acts, in their transactions, after what they count.

use std::collections::{BTreeMap, HashMap};

use techmart_entity::{
    Day, docking,
    funnel::{FunnelDimension, FunnelStep, step},
    id::ListingId,
    listing::{Content, Model},
    value::field::Field,
};

use super::repo;
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Result},
    features::{listing::repo as listings, organisation::repo as organisations},
};

/// A listing reached a step today, if it had not before. The row is the one that the act has saved.
///
/// # Errors
/// When a row cannot be read or written.
pub async fn reached(tx: &Tx, cx: &Context, listing: &Model, step: FunnelStep) -> Result<()> {
    reach(tx, vec![listing.clone()], &[(step, cx.today)]).await
}

/// What a docking is about reached steps, each on its day.
///
/// # Errors
/// When a row cannot be read or written.
pub async fn docked(tx: &Tx, docking: &docking::Model, steps: &[(FunnelStep, Day)]) -> Result<()> {
    let about = [docking.achievement_id, docking.demand_id, docking.provider_id];
    all_reached(tx, about.into_iter().flatten().collect(), steps).await
}

/// Listings reached steps, each on its day.
///
/// # Errors
/// When a row cannot be read or written.
pub async fn all_reached(tx: &Tx, mut ids: Vec<ListingId>, steps: &[(FunnelStep, Day)]) -> Result<()> {
    // In one order, so that of two acts at once neither waits for the other twice.
    ids.sort();
    ids.dedup();
    let mut rows = listings::by_ids(tx, &ids).await?;
    rows.sort_by_key(|row| row.id);
    reach(tx, rows, steps).await
}

async fn reach(tx: &Tx, rows: Vec<Model>, steps: &[(FunnelStep, Day)]) -> Result<()> {
    let ids: Vec<ListingId> = rows.iter().map(|row| row.id).collect();
    let mut before: HashMap<ListingId, Vec<FunnelStep>> = HashMap::new();
    for (id, step) in repo::reached(tx, &ids).await? {
        before.entry(id).or_default().push(step);
    }
    let mut sums = BTreeMap::new();
    for row in rows {
        let known = before.remove(&row.id).unwrap_or_default();
        let new: Vec<(FunnelStep, Day)> =
            steps.iter().copied().filter(|(step, _)| !known.contains(step)).collect();
        if new.is_empty() {
            continue;
        }
        let (field, town) = place(tx, &row).await?;
        for (step, on) in new {
            let reached = step::Model {
                listing_id: row.id,
                step,
                reached_on: on,
                demo: row.demo,
                kind: row.kind,
                field,
                town: town.clone(),
                organisation_id: row.organisation_id,
                source: row.source,
            };
            // Somebody else may have brought it there meanwhile.
            if repo::insert(tx, &reached).await? {
                for key in keys(&reached) {
                    *sums.entry(key).or_insert(0) += 1;
                }
            }
        }
    }
    for (key, by) in sums {
        repo::add(tx, key, by).await?;
    }
    Ok(())
}

/// Which field and which town a listing is of.
async fn place(tx: &Tx, row: &Model) -> Result<(Option<Field>, Option<String>)> {
    let version = listings::find_version(tx, row.published_version_id.or(row.working_version_id)).await?;
    let (field, own) = match Content::parse(row.kind, version.content).map_err(AppError::internal)? {
        Content::Achievement(content) => (content.field, None),
        Content::Demand(content) => (content.field, content.town),
        Content::Provider(content) => (content.field, None),
    };
    let town = match (own, row.organisation_id) {
        (Some(town), _) => Some(town),
        (None, Some(owner)) => organisations::find(tx, owner).await?.and_then(|owner| owner.town),
        (None, None) => None,
    };
    Ok((field, town))
}

/// The sums that a step changes: one a dimension.
#[must_use]
pub fn keys(reached: &step::Model) -> [repo::Key; 5] {
    use techmart_entity::value::code_list::Coded;
    let month = super::view::month_of(reached.reached_on);
    let key = |dimension, value: String| repo::Key {
        demo: reached.demo,
        dimension,
        value,
        step: reached.step,
        month,
    };
    let field = reached.field.map(|field| field.code().to_owned());
    let owner = reached.organisation_id.map(|id| id.to_string());
    [
        key(FunnelDimension::Kind, reached.kind.code().to_owned()),
        key(FunnelDimension::Field, field.unwrap_or_default()),
        key(FunnelDimension::Town, reached.town.clone().unwrap_or_default()),
        key(FunnelDimension::Organisation, owner.unwrap_or_default()),
        key(FunnelDimension::Source, reached.source.code().to_owned()),
    ]
}
