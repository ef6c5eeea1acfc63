//! Finding what could answer, from a server that finds only what has all words: every clue is a search of its own,
//! and the sums are made here. Two round trips: who has which clue, then what is known of the best.

use std::{collections::HashMap, time::Duration};

use meilisearch_sdk::search::{MatchingStrategies, SearchQuery, SearchResults, Selectors};
use serde::Deserialize;
use uuid::Uuid;

use tokio::time::timeout;

use super::{
    record::{ID, PROFILE},
    server::Server,
    wording::{filter_expression, query_text},
};
use crate::{
    SearchError, WINDOW,
    matching::{CANDIDATES, Found, Profile, Rarity, Search},
    text::Words,
};

/// Listings taken for one clue. What more listings have says little.
const OF_A_CLUE: usize = 2 * CANDIDATES;

/// Listings taken for being alike in meaning.
const ALIKE: usize = 50;

/// How long the server may take to have a question embedded; after that the words alone answer.
const EMBEDDING_PATIENCE: Duration = Duration::from_millis(800);

#[derive(Deserialize)]
struct Named {
    id: Uuid,
}

#[derive(Deserialize)]
struct Known {
    profile: Profile,
}

/// Finds candidates in the live index.
pub(super) async fn candidates(server: &Server, search: &Search) -> Result<Found, SearchError> {
    let live = server.live();
    let filter = filter_expression(search.filter.all());
    let texts: Vec<String> = search
        .wanted
        .iter()
        .map(|wanted| query_text(&Words { words: vec![wanted.clue.word()], ..Words::default() }))
        .collect();
    let id = [ID];
    let mut all = server.client().multi_search();
    // Everything there is, to know how rare a clue is; then each clue.
    let parts = std::iter::once(("", 0)).chain(texts.iter().map(|text| (text.as_str(), OF_A_CLUE)));
    for (text, limit) in parts {
        let mut one = SearchQuery::new(&live);
        one.with_query(text)
            .with_matching_strategy(MatchingStrategies::ALL)
            .with_filter(&filter)
            .with_attributes_to_retrieve(Selectors::Some(&id))
            .with_limit(limit);
        all.with_search_query(one.build());
    }
    let (results, alike) = tokio::join!(server.call(all.execute::<Named>()), alike(server, search, &filter));
    let results = results?.results;
    let Some((everything, found)) = results.split_first() else {
        return Err(SearchError::unavailable("the server answered fewer searches than it was asked"));
    };
    let total = |result: &SearchResults<Named>| result.estimated_total_hits.unwrap_or_default();
    // The server counts no further than the window.
    let mut rarity = Rarity { listings: total(everything).min(WINDOW), ..Rarity::default() };
    let mut sums: HashMap<Uuid, f64> = HashMap::new();
    for (wanted, result) in search.wanted.iter().zip(found) {
        rarity.found.insert(wanted.clue.clone(), total(result));
        let worth = wanted.worth * rarity.of(&wanted.clue);
        for hit in &result.hits {
            *sums.entry(hit.result.id).or_default() += worth;
        }
    }
    let mut best: Vec<(Uuid, f64)> = sums.iter().map(|(id, sum)| (*id, *sum)).collect();
    best.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| other.0.cmp(&one.0)));
    best.truncate(CANDIDATES);
    let mut ids: Vec<Uuid> = best.into_iter().map(|(id, _)| id).collect();
    ids.extend(alike.keys().filter(|id| !sums.contains_key(id)));
    if ids.is_empty() {
        return Ok(Found { candidates: Vec::new(), rarity, alike });
    }
    let among = among(&ids);
    let profile = [PROFILE];
    let mut query = SearchQuery::new(&live);
    query.with_filter(&among).with_attributes_to_retrieve(Selectors::Some(&profile)).with_limit(ids.len());
    let known = server.call(query.execute::<Known>()).await?;
    Ok(Found { candidates: known.hits.into_iter().map(|hit| hit.result.profile).collect(), rarity, alike })
}

/// The listings that are nearest in meaning, where an embedder is configured, with the cosine of the angle between
/// their vector and the question's. An embedder that is away takes nothing from what words find.
async fn alike(server: &Server, search: &Search, filter: &str) -> HashMap<Uuid, f64> {
    let Some(embedder) = server.embedder().filter(|_| !search.text.is_empty()) else { return HashMap::new() };
    let live = server.live();
    let id = [ID];
    let mut query = SearchQuery::new(&live);
    query
        .with_query(&search.text)
        .with_hybrid(embedder.name(), 1.0)
        .with_filter(filter)
        .with_attributes_to_retrieve(Selectors::Some(&id))
        .with_show_ranking_score(true)
        .with_limit(ALIKE);
    let slow = |_| SearchError::unavailable("the embedder took too long");
    match timeout(EMBEDDING_PATIENCE, server.call(query.execute::<Named>())).await.map_err(slow).flatten() {
        Ok(found) => {
            // The server's score is (1 + cos) / 2.
            let hits = found.hits.into_iter();
            let cosine = |score: f64| 2.0f64.mul_add(score, -1.0).clamp(0.0, 1.0);
            hits.map(|hit| (hit.result.id, hit.ranking_score.map_or(0.0, cosine))).collect()
        }
        Err(error) => {
            tracing::warn!(%error, "no semantic help, the words alone answer");
            HashMap::new()
        }
    }
}

/// The filter for these listings.
pub(super) fn among(ids: &[Uuid]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
    format!("{ID} IN [{}]", ids.join(", "))
}
