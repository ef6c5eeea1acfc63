//! Keeping a search.

use sea_orm::Set;
use techmart_entity::{
    Instant,
    id::SavedSearchId,
    saved_search::{ActiveModel, Model, SearchPace},
};

use super::{
    dto::{SavedSearchIn, SavedSearchPatch},
    repo,
};
use crate::{
    auth::Context,
    clock::{day_of, next_morning},
    db::Tx,
    error::{AppError, Fault, Result},
    features::search::dto::SearchQuery,
    say,
    state::State,
    web::{etag, etag::Precondition, query},
};

/// How many somebody may keep.
const MOST: u64 = 50;

/// The ETag of a saved search.
#[must_use]
pub fn tag(row: &Model) -> String {
    etag::tag(row.version)
}

/// When a search is run next.
#[must_use]
pub fn next_run(pace: SearchPace, now: Instant) -> Instant {
    use chrono::Datelike;
    match pace {
        SearchPace::AtOnce | SearchPace::Never => now,
        SearchPace::Daily => next_morning(now),
        // Monday morning.
        SearchPace::Weekly => {
            let mut next = next_morning(now);
            while day_of(next).weekday() != chrono::Weekday::Mon {
                next += chrono::Duration::days(1);
            }
            next
        }
    }
}

/// The query as `GET /search` understands it.
///
/// # Errors
/// 422 with what `GET /search` has against it.
pub fn read(state: &State, text: &str) -> Result<SearchQuery> {
    let text = text.trim().trim_start_matches('?');
    let read: SearchQuery = query::read_string(state, text).map_err(|error| at_query(&error))?;
    if read.limit.is_some() || read.cursor.is_some() || read.facets.is_some() || read.sort.is_some() {
        let fault = say!(
            "limit、cursor、facets、sort 不属于要保存的条件，请去掉。",
            "Leave out limit, cursor, facets and sort: they say how to show it, not what to find."
        );
        return Err(AppError::rules(vec![Fault::at("/query", "not_applicable", fault)]));
    }
    Ok(read)
}

/// What is wrong with parameters, told of the member that holds them.
fn at_query(error: &AppError) -> AppError {
    let faults = error.faults().iter().map(|fault| Fault::at("/query", &fault.code, fault.detail.clone()));
    let mut faults: Vec<Fault> = faults.collect();
    if faults.is_empty() {
        faults.push(Fault::at("/query", "invalid", error.detail().clone()));
    }
    AppError::rules(faults)
}

/// Keeps a search.
///
/// # Errors
/// 401 for visitors, 422 when the query is none or too many are kept.
pub async fn save(tx: &Tx, state: &State, cx: &Context, given: SavedSearchIn) -> Result<Model> {
    let account_id = cx.person()?.account_id;
    read(state, &given.query)?;
    if repo::count(tx, account_id).await? >= MOST {
        let fault = say!("最多保存 {MOST} 个检索。", "At most {MOST} searches are kept.");
        return Err(AppError::rules(vec![Fault::at("", "too_many", fault)]));
    }
    let row = Model {
        id: SavedSearchId::new(),
        account_id,
        name: given.name.trim().to_owned(),
        query: given.query.trim().trim_start_matches('?').to_owned(),
        pace: given.pace,
        since: cx.now,
        last_run_at: None,
        next_run_at: next_run(given.pace, cx.now),
        created_at: cx.now,
        updated_at: cx.now,
        version: 1,
    };
    repo::insert(tx, row.clone()).await?;
    Ok(row)
}

/// Changes what is kept.
///
/// # Errors
/// 401, 404 when it is not the caller's, 412 and 428 for the version, 422 when the query is none.
pub async fn patch(
    tx: &Tx,
    state: &State,
    cx: &Context,
    id: SavedSearchId,
    precondition: &Precondition,
    given: SavedSearchPatch,
) -> Result<Model> {
    let row = repo::find(tx, cx.person()?.account_id, id).await?;
    precondition.require(&tag(&row))?;
    let mut set = ActiveModel::default();
    if let Some(name) = given.name {
        set.name = Set(name.trim().to_owned());
    }
    if let Some(query) = given.query {
        read(state, &query)?;
        set.query = Set(query.trim().trim_start_matches('?').to_owned());
        set.since = Set(cx.now);
    }
    if let Some(pace) = given.pace {
        set.pace = Set(pace);
        set.next_run_at = Set(next_run(pace, cx.now));
        // What came while nobody wanted to hear of it is not told afterwards.
        if row.pace == SearchPace::Never {
            set.since = Set(cx.now);
        }
    }
    repo::save(tx, &row, cx.now, set).await
}

/// Keeps it no longer.
///
/// # Errors
/// 401, 404, 412 and 428.
pub async fn remove(tx: &Tx, cx: &Context, id: SavedSearchId, precondition: &Precondition) -> Result<()> {
    let row = repo::find(tx, cx.person()?.account_id, id).await?;
    precondition.require(&tag(&row))?;
    repo::remove(tx, row.id).await
}
