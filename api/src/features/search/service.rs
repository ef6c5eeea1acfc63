//! Asking the index and reading its hits again.

use std::collections::{BTreeMap, HashMap};

use sea_orm::ConnectionTrait;
use techmart_entity::{
    id::{ListingId, OrganisationId, VersionId},
    listing::{Audience, Content, Model},
};
use techmart_search::{
    Audience as IndexAudience, DemoFilter, HOME_CURRENCY, Hit, PriceRange, Query, SearchError, Sort, WINDOW,
};

use super::{
    doc::{is_indexed, kind},
    dto::{FacetOut, HighlightOut, HitOut, SearchOut, SearchQuery, SearchSort},
};
use crate::{
    auth::{Actor, Context},
    error::{AppError, Code, Fault, Result},
    features::{
        listing::{
            dto::{OrganisationBrief, OwnerNote},
            plural, repo,
            view::briefs,
        },
        organisation::repo as organisations,
    },
    say,
    state::State,
    web::paging::{Cut, DEFAULT_LIMIT},
};

/// How many near listings an answer names at most.
const NEAR: usize = 10;

/// How often a page is topped up whose hits had gone.
const ROUNDS: usize = 5;

/// An answer, with whose the listings of its page are: what nobody is told of those without a name.
#[derive(Debug)]
pub struct Found {
    pub out: SearchOut,
    owners: Vec<(ListingId, Option<OrganisationId>)>,
}

impl Found {
    /// The listings of the page that were shown to somebody outside: neither to their owner nor to the centre.
    pub fn to_others(&self, cx: &Context) -> impl Iterator<Item = ListingId> {
        let inside = cx.actor.is_centre() || cx.actor.is_auditor();
        let own = |owner: &Option<OrganisationId>| owner.is_some_and(|owner| cx.actor.belongs_to(owner));
        self.owners.iter().filter(move |(_, owner)| !inside && !own(owner)).map(|(id, _)| *id)
    }
}

/// Answers a search.
///
/// # Errors
/// 400 for limits that contradict each other, 503 when the engine is away.
pub async fn search(state: &State, cx: &Context, query: SearchQuery) -> Result<SearchOut> {
    Ok(find(state, cx, query).await?.out)
}

/// The same, with whose the listings are.
///
/// # Errors
/// As [`search`].
pub async fn find(state: &State, cx: &Context, query: SearchQuery) -> Result<Found> {
    let mark = SearchQuery { limit: None, cursor: None, facets: None, ..query.clone() };
    let cut = Cut::<usize>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let limit = usize::try_from(query.limit.unwrap_or(DEFAULT_LIMIT)).unwrap_or(WINDOW);
    let mut asked = neutral(cx, &query)?;
    let mut offset = cut.after.unwrap_or(0);
    let db = state.db.read();
    let mut out = SearchOut {
        items: Vec::new(),
        near: Vec::new(),
        next_cursor: None,
        estimated_total: 0,
        facets: BTreeMap::new(),
        corrected: None,
        all_words: true,
        complete: true,
    };
    let mut owners = Vec::new();
    for round in 0..ROUNDS {
        asked.offset = offset;
        asked.limit = limit - out.items.len();
        asked.near = if round == 0 { NEAR } else { 0 };
        asked.facets = round == 0 && query.facets.unwrap_or(true);
        let answer = state.search.search(&asked).await.map_err(unavailable)?;
        if round == 0 {
            out.estimated_total = answer.estimated_total;
            out.all_words = answer.all_words;
            out.corrected = answer.corrected;
            out.complete = answer.complete;
            out.near = read_again(db, cx, answer.near).await?;
            out.facets = answer
                .facets
                .into_iter()
                .map(|(name, counts)| {
                    let counts =
                        counts.into_iter().map(|count| FacetOut { value: count.value, count: count.count });
                    (name, counts.collect())
                })
                .collect();
        }
        offset += answer.hits.len();
        let more = answer.more && offset < WINDOW && !answer.hits.is_empty();
        for (hit, owner) in read_owned(db, cx, answer.hits).await? {
            owners.push((hit.id, owner));
            out.items.push(hit);
        }
        out.next_cursor = more.then(|| cut.seal(offset));
        if out.items.len() >= limit || !more {
            break;
        }
    }
    Ok(Found { out, owners })
}

/// The engine's trouble, as the caller's.
pub fn unavailable(error: SearchError) -> AppError {
    let wait = match &error {
        SearchError::Unavailable { retry_after, .. } => retry_after.as_secs().max(1),
        _ => 5,
    };
    AppError::unavailable(Code::SearchUnavailable, error).retry_after(wait)
}

/// What the caller may find.
pub(super) fn audiences(cx: &Context) -> Vec<IndexAudience> {
    match cx.actor {
        Actor::Visitor => vec![IndexAudience::Public],
        Actor::Person(_) | Actor::System => vec![IndexAudience::Public, IndexAudience::SignedIn],
    }
}

fn neutral(cx: &Context, query: &SearchQuery) -> Result<Query> {
    let mut faults = Vec::new();
    if let (Some(min), Some(max)) = (query.trl_min, query.trl_max)
        && min > max
    {
        faults.push(Fault::parameter(
            "trl_max",
            "below_min",
            say!("trl_max 小于 trl_min。", "trl_max is below trl_min."),
        ));
    }
    if let (Some(min), Some(max)) = (query.price_min, query.price_max)
        && min > max
    {
        faults.push(Fault::parameter(
            "price_max",
            "below_min",
            say!("price_max 小于 price_min。", "price_max is below price_min."),
        ));
    }
    if !faults.is_empty() {
        return Err(AppError::unfit(Code::InvalidParameter, faults));
    }
    let codes = |items: &[String]| items.to_vec();
    let priced = query.price_min.is_some() || query.price_max.is_some();
    Ok(Query {
        text: query.q.clone(),
        kinds: query.kind.iter().map(|code| kind(*code)).collect(),
        fields: query.field.iter().map(ToString::to_string).collect(),
        industry_codes: codes(&query.industry),
        zone_industries: query.zone_industry.iter().map(ToString::to_string).collect(),
        trl_min: query.trl_min,
        trl_max: query.trl_max,
        cooperation_modes: query.cooperation_mode.iter().map(ToString::to_string).collect(),
        ip_types: query.ip_type.iter().map(ToString::to_string).collect(),
        price: priced.then(|| PriceRange {
            min: query.price_min,
            max: query.price_max,
            currency: HOME_CURRENCY.to_owned(),
        }),
        negotiable: query.negotiable,
        towns: codes(&query.town),
        organisation_kinds: query.organisation_kind.iter().map(ToString::to_string).collect(),
        languages: codes(&query.language),
        audiences: audiences(cx),
        demo: match query.demo {
            None => DemoFilter::Include,
            Some(true) => DemoFilter::Only,
            Some(false) => DemoFilter::Exclude,
        },
        sort: match query.sort.unwrap_or_default() {
            SearchSort::Relevance => Sort::Relevance,
            SearchSort::Newest => Sort::Newest,
            SearchSort::Oldest => Sort::Oldest,
            SearchSort::PriceAsc => Sort::PriceAsc,
            SearchSort::PriceDesc => Sort::PriceDesc,
        },
        highlight: true,
        ..Query::default()
    })
}

/// The listings among these that the caller may be shown now.
pub(super) async fn visible(
    db: &impl ConnectionTrait,
    cx: &Context,
    ids: &[ListingId],
) -> Result<HashMap<ListingId, Model>> {
    let shown = |row: &Model| {
        is_indexed(row) && (row.audience != Audience::SignedIn || !matches!(cx.actor, Actor::Visitor))
    };
    let mut rows: HashMap<ListingId, Model> =
        repo::by_ids(db, ids).await?.into_iter().filter(shown).map(|row| (row.id, row)).collect();
    let owners: Vec<OrganisationId> = rows.values().filter_map(|row| row.organisation_id).collect();
    let suspended = organisations::suspended_among(db, &owners).await?;
    rows.retain(|_, row| !row.organisation_id.is_some_and(|owner| suspended.contains(&owner)));
    Ok(rows)
}

/// The hits as the database has them now; what may not be shown any more is left out.
///
/// # Errors
/// When the database cannot be asked.
pub async fn read_again(db: &impl ConnectionTrait, cx: &Context, hits: Vec<Hit>) -> Result<Vec<HitOut>> {
    Ok(read_owned(db, cx, hits).await?.into_iter().map(|(hit, _)| hit).collect())
}

/// The same, each with its owner.
async fn read_owned(
    db: &impl ConnectionTrait,
    cx: &Context,
    hits: Vec<Hit>,
) -> Result<Vec<(HitOut, Option<OrganisationId>)>> {
    let ids: Vec<ListingId> = hits.iter().map(|hit| ListingId(hit.id)).collect();
    let rows = visible(db, cx, &ids).await?;
    let versions: Vec<VersionId> = rows.values().filter_map(|row| row.published_version_id).collect();
    let mut contents: HashMap<VersionId, serde_json::Value> = repo::versions(db, &versions)
        .await?
        .into_iter()
        .map(|version| (version.id, version.content))
        .collect();
    let owners: Vec<OrganisationId> = rows.values().filter_map(|row| row.organisation_id).collect();
    let owners = briefs(db, &owners).await?;
    let mut out = Vec::new();
    for hit in hits {
        let Some(row) = rows.get(&ListingId(hit.id)) else { continue };
        let Some(content) = row.published_version_id.and_then(|id| contents.remove(&id)) else { continue };
        let content = Content::parse(row.kind, content).map_err(AppError::internal)?.without_private();
        out.push((hit_out(row, content, &owners, hit), row.organisation_id));
    }
    Ok(out)
}

fn hit_out(
    row: &Model,
    content: Content,
    owners: &HashMap<OrganisationId, OrganisationBrief>,
    hit: Hit,
) -> HitOut {
    let anonymous = row.audience == Audience::Anonymous;
    let owner_note = if row.organisation_id.is_none() {
        Some(OwnerNote::NotNamedBySource)
    } else {
        anonymous.then_some(OwnerNote::Anonymous)
    };
    let mut out = HitOut {
        id: row.id,
        kind: row.kind,
        title: row.title.clone(),
        title_en: None,
        summary: None,
        organisation: row.organisation_id.filter(|_| !anonymous).and_then(|id| owners.get(&id).cloned()),
        owner_note,
        field: None,
        trl: None,
        cooperation_modes: Vec::new(),
        price: None,
        keywords: Vec::new(),
        demo: row.demo,
        first_published_at: row.first_published_at.map(Into::into),
        href: format!("/api/v1/{}/{}", plural(row.kind), row.id),
        highlights: hit
            .highlights
            .into_iter()
            // An index that lags behind a demand's turning anonymous must not give the name away.
            .filter(|highlight| !(anonymous && highlight.field.starts_with("organisation")))
            .map(|highlight| HighlightOut { field: highlight.field, fragment: highlight.fragment })
            .collect(),
    };
    match content {
        Content::Achievement(content) => {
            out.title_en = content.title_en;
            out.summary = content.summary;
            out.field = content.field;
            out.trl = content.trl;
            out.cooperation_modes = content.cooperation_modes;
            out.price = content.price;
            out.keywords = content.keywords;
        }
        Content::Demand(content) => {
            out.title_en = content.title_en;
            out.summary = content.summary.or(content.problem);
            out.field = content.field;
            out.cooperation_modes = content.cooperation_modes;
            out.price = content.budget;
            out.keywords = content.keywords;
        }
        Content::Provider(content) => {
            out.title_en = content.title_en;
            out.summary = content.summary;
            out.field = content.field;
            out.keywords = content.keywords;
        }
    }
    out
}
