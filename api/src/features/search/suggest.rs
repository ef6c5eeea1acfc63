//! Suggestions as one types.
//!
//! The index knows what the caller may see; what it has not learnt yet (a withdrawal, a demand turned anonymous) is
//! decided by the rows, read again as for a search.

use techmart_entity::{id::ListingId, listing::Audience};
use techmart_search::{Kind, MAX_SUGGESTIONS, SuggestQuery, Suggested as What, Suggestion};

use super::{
    doc::kind,
    dto::{SuggestOut, SuggestParams, Suggested, SuggestionOut},
    service::{audiences, unavailable, visible},
};
use crate::{auth::Context, error::Result, features::listing::plural, state::State};

/// Suggestions in an answer unless another number is asked for.
const DEFAULT: u64 = 10;

/// Completes what was typed.
///
/// # Errors
/// 503 when the engine is away.
pub async fn suggest(state: &State, cx: &Context, params: SuggestParams) -> Result<SuggestOut> {
    let limit = usize::try_from(params.limit.unwrap_or(DEFAULT)).unwrap_or(MAX_SUGGESTIONS);
    let asked = SuggestQuery {
        text: params.q,
        kinds: params.kind.iter().map(|code| kind(*code)).collect(),
        audiences: audiences(cx),
        limit,
    };
    let found = state.search.suggest(&asked).await.map_err(unavailable)?;
    let ids: Vec<ListingId> = found.iter().filter_map(|one| Some(ListingId(one.listing?.0))).collect();
    let rows = visible(state.db.read(), cx, &ids).await?;
    let shown = |one: &Suggestion| match one.listing {
        None => true,
        Some((id, _)) => rows
            .get(&ListingId(id))
            .is_some_and(|row| one.what != What::Organisation || row.audience != Audience::Anonymous),
    };
    Ok(SuggestOut { items: found.into_iter().filter(shown).map(out).collect() })
}

fn out(found: Suggestion) -> SuggestionOut {
    let listing = found.listing.filter(|_| found.what == What::Title);
    SuggestionOut {
        text: found.text,
        what: match found.what {
            What::Term => Suggested::Term,
            What::Keyword => Suggested::Keyword,
            What::Organisation => Suggested::Organisation,
            What::Title => Suggested::Title,
        },
        id: listing.map(|(id, _)| ListingId(id)),
        href: listing.map(|(id, kind)| format!("/api/v1/{}/{id}", plural(listing_kind(kind)))),
    }
}

fn listing_kind(kind: Kind) -> techmart_entity::listing::ListingKind {
    use techmart_entity::listing::ListingKind;
    match kind {
        Kind::Achievement => ListingKind::Achievement,
        Kind::Demand => ListingKind::Demand,
        Kind::Provider => ListingKind::Provider,
    }
}
