//! Looking at events. What a caller may not see is left out here, in one place.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use techmart_entity::{
    Instant, account,
    event::{Model, item, pair, sign_up, sign_up::SignUpStatus, status::EventStatus},
    id::{AccountId, DockingId, EventId, EventItemId, EventPairId, ListingId, OrganisationId},
    life_cycle::LifeCycle,
    listing,
};
use techmart_search::{Hit, Match};

use super::{
    dto::{
        EventBrief, EventQuery,
        item::{EventItemOut, EventItemQuery},
        pair::{EventPairOut, EventPairQuery},
        sign_up::{ParticipantOut, PlacesOut, SignUpOut, SignUpQuery},
    },
    policy, repo,
};
use crate::{
    auth::Context,
    error::{AppError, Result},
    features::{
        docking::dto::DockedListing,
        listing::{
            dto::{OrganisationBrief, OwnerNote},
            repo as listings,
            view::briefs,
        },
        matching::reasons::sentences,
        organisation::repo as organisations,
        search::{doc, service::read_again},
    },
    web::paging::{Cut, Page},
};

/// An event that the caller may know of.
///
/// # Errors
/// 404 when there is none such.
pub async fn find(db: &impl ConnectionTrait, cx: &Context, id: EventId) -> Result<Model> {
    let row = repo::find(db, id).await?;
    policy::see(cx, &row)?;
    Ok(row)
}

/// A page of events, in the order in which they begin.
///
/// # Errors
/// 400 when the cursor is not this list's.
pub async fn list(db: &impl ConnectionTrait, cx: &Context, query: EventQuery) -> Result<Page<EventBrief>> {
    let mark = ("events", EventQuery { limit: None, cursor: None, ..query.clone() });
    let cut = Cut::<(Instant, EventId)>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let filter = repo::Filter {
        kinds: query.kind,
        statuses: query.status,
        from: query.from.map(super::rules::cut),
        until: query.until.map(super::rules::cut),
        demo: query.demo,
        drafts: policy::is_inside(cx),
    };
    let rows = repo::list(db, &filter, cut.after, cut.limit + 1).await?;
    Ok(cut.page(rows, |row| (row.starts_at, row.id), EventBrief::from))
}

/// The names that sign-ups need.
struct People {
    accounts: HashMap<AccountId, account::Model>,
    organisations: HashMap<OrganisationId, OrganisationBrief>,
}

impl People {
    async fn of(db: &impl ConnectionTrait, rows: &[sign_up::Model]) -> Result<Self> {
        let accounts: Vec<AccountId> = rows.iter().map(|row| row.account_id).collect();
        let of: Vec<OrganisationId> = rows.iter().filter_map(|row| row.organisation_id).collect();
        let accounts = organisations::accounts(db, &accounts).await?;
        Ok(Self {
            accounts: accounts.into_iter().map(|row| (row.id, row)).collect(),
            organisations: briefs(db, &of).await?,
        })
    }

    fn show(&self, row: sign_up::Model, waiting_place: Option<u64>) -> SignUpOut {
        let name = self.accounts.get(&row.account_id).map(|row| row.name.clone()).unwrap_or_default();
        SignUpOut {
            id: row.id,
            event_id: row.event_id,
            person: ParticipantOut { id: row.account_id, name },
            organisation: row.organisation_id.and_then(|id| self.organisations.get(&id).cloned()),
            status: row.status,
            waiting_place,
            signed_up_at: row.signed_up_at.into(),
            reason: row.reason,
            attended_at: row.attended_at.map(Into::into),
            legal_moves: row.status.legal(),
        }
    }
}

async fn waiting_place(db: &impl ConnectionTrait, row: &sign_up::Model) -> Result<Option<u64>> {
    match row.status {
        SignUpStatus::Waiting => {
            Ok(Some(repo::sign_up::waiting_before(db, row.event_id, row.position).await? + 1))
        }
        SignUpStatus::Confirmed | SignUpStatus::Cancelled => Ok(None),
    }
}

/// A sign-up, for the person or the centre.
///
/// # Errors
/// When the database cannot be asked.
pub async fn sign_up(db: &impl ConnectionTrait, row: sign_up::Model) -> Result<SignUpOut> {
    let people = People::of(db, std::slice::from_ref(&row)).await?;
    let place = waiting_place(db, &row).await?;
    Ok(people.show(row, place))
}

/// The sign-ups of an event, in the order of the queue: all for the centre and auditors, one's own for others.
///
/// # Errors
/// 401 when nobody signed in, 404 when the caller may not know of the event.
pub async fn sign_ups(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: EventId,
    query: SignUpQuery,
) -> Result<Page<SignUpOut>> {
    let person = cx.person()?.account_id;
    find(db, cx, id).await?;
    let mark = ("sign-ups", id, person, SignUpQuery { limit: None, cursor: None, ..query.clone() });
    let cut = Cut::<i64>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let filter = repo::sign_up::Filter {
        account: (!policy::is_inside(cx)).then_some(person),
        statuses: query.status,
        attended: query.attended,
    };
    let rows = repo::sign_up::list(db, id, &filter, cut.after, cut.limit + 1).await?;
    let people = People::of(db, &rows).await?;
    let waiting = || rows.iter().filter(|row| row.status == SignUpStatus::Waiting);
    let before = match waiting().next() {
        Some(first) => waiting_place(db, first).await?,
        None => None,
    };
    // Of a page those who wait stand one behind the other.
    let places: HashMap<_, _> = waiting().map(|row| row.id).zip(before.unwrap_or(1)..).collect();
    Ok(cut.page(
        rows,
        |row| row.position,
        |row| {
            let place = places.get(&row.id).copied();
            people.show(row, place)
        },
    ))
}

/// How many come, and one's own place.
///
/// # Errors
/// 404 when the caller may not know of the event.
pub async fn places(db: &impl ConnectionTrait, cx: &Context, id: EventId) -> Result<PlacesOut> {
    let event = find(db, cx, id).await?;
    let own = match cx.account_id() {
        Some(person) => repo::sign_up::of_person(db, id, person).await?,
        None => None,
    };
    let has_place = own.as_ref().is_some_and(|own| own.status == SignUpStatus::Confirmed);
    let joins = cx.actor.is_centre() || (has_place && event.status != EventStatus::Cancelled);
    Ok(PlacesOut {
        capacity: event.capacity,
        confirmed: repo::sign_up::count(db, id, SignUpStatus::Confirmed).await?,
        waiting: repo::sign_up::count(db, id, SignUpStatus::Waiting).await?,
        attended: repo::sign_up::attended(db, id).await?,
        sign_up: match own {
            Some(own) => Some(sign_up(db, own).await?),
            None => None,
        },
        online_url: event.online_url.filter(|_| joins),
    })
}

/// Items as the caller may see them.
///
/// # Errors
/// When the database cannot be asked.
pub async fn show_items(
    db: &impl ConnectionTrait,
    cx: &Context,
    rows: &[item::Model],
) -> Result<HashMap<EventItemId, EventItemOut>> {
    let hits = rows
        .iter()
        .map(|row| Hit {
            id: row.listing_id.0,
            kind: doc::kind(row.kind),
            score: 0.0,
            highlights: Vec::new(),
        })
        .collect();
    let mut found: HashMap<ListingId, _> =
        read_again(db, cx, hits).await?.into_iter().map(|hit| (hit.id, hit)).collect();
    let owners: Vec<OrganisationId> =
        rows.iter().filter(|row| policy::knows_item(cx, row)).map(|row| row.organisation_id).collect();
    let owners = briefs(db, &owners).await?;
    Ok(rows
        .iter()
        .map(|row| {
            let knows = policy::knows_item(cx, row);
            let out = EventItemOut {
                id: row.id,
                event_id: row.event_id,
                kind: row.kind,
                status: row.status,
                listing: found.remove(&row.listing_id),
                organisation: owners.get(&row.organisation_id).filter(|_| knows).cloned(),
                brought_at: row.brought_at.into(),
                reason: row.reason.clone().filter(|_| knows),
                legal_moves: row.status.legal(),
            };
            (row.id, out)
        })
        .collect())
}

/// The items of an event that the caller may see.
///
/// # Errors
/// 404 when the caller may not know of the event.
pub async fn items(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: EventId,
    query: EventItemQuery,
) -> Result<Page<EventItemOut>> {
    find(db, cx, id).await?;
    let mark = ("items", id, EventItemQuery { limit: None, cursor: None, ..query.clone() });
    let cut = Cut::<EventItemId>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let scope = repo::item::scope(cx);
    let rows = repo::item::list(db, id, scope, query.kind, query.status, cut.after, cut.limit + 1).await?;
    let mut shown = show_items(db, cx, &rows).await?;
    let page = cut.page(rows, |row| row.id, |row| row.id);
    let items = page.items.iter().filter_map(|id| shown.remove(id)).collect();
    Ok(Page { items, next_cursor: page.next_cursor })
}

/// What pairs name.
struct Names {
    listings: HashMap<ListingId, listing::Model>,
    organisations: HashMap<OrganisationId, OrganisationBrief>,
    consented: Vec<DockingId>,
}

impl Names {
    async fn of(db: &impl ConnectionTrait, rows: &[pair::Model]) -> Result<Self> {
        let ids: Vec<ListingId> =
            rows.iter().flat_map(|row| [row.achievement_id, row.demand_id]).flatten().collect();
        let sides: Vec<OrganisationId> =
            rows.iter().flat_map(|row| [row.supplier_id, row.enterprise_id]).collect();
        let dockings: Vec<DockingId> = rows.iter().filter_map(|row| row.docking_id).collect();
        let found = if ids.is_empty() { Vec::new() } else { listings::by_ids(db, &ids).await? };
        Ok(Self {
            listings: found.into_iter().map(|row| (row.id, row)).collect(),
            organisations: briefs(db, &sides).await?,
            consented: repo::pair::consented(db, &dockings).await?,
        })
    }

    fn listing(&self, id: Option<ListingId>) -> Option<DockedListing> {
        let row = self.listings.get(&id?)?;
        Some(DockedListing { id: row.id, title: row.title.clone() })
    }

    fn show(&self, cx: &Context, row: pair::Model) -> Result<EventPairOut> {
        let audience = row.demand_id.map(|id| {
            // A demand that is not there any more would not be a reason to name anybody.
            self.listings.get(&id).map_or(listing::Audience::Anonymous, |demand| demand.audience)
        });
        let consented = row.docking_id.is_some_and(|id| self.consented.contains(&id));
        let named = policy::names_enterprise(cx, &row, audience, consented);
        let reasons = match &row.found {
            Some(found) => {
                let found: Match = serde_json::from_value(found.clone()).map_err(AppError::internal)?;
                sentences(&found)
            }
            None => Vec::new(),
        };
        Ok(EventPairOut {
            id: row.id,
            event_id: row.event_id,
            status: row.status,
            achievement: self.listing(row.achievement_id),
            demand: self.listing(row.demand_id),
            supplier: self.organisations.get(&row.supplier_id).cloned(),
            enterprise: self.organisations.get(&row.enterprise_id).filter(|_| named).cloned(),
            enterprise_note: (!named).then_some(OwnerNote::Anonymous),
            score: row.score,
            reasons,
            slot_at: row.slot_at.map(Into::into),
            table_number: row.table_number,
            result: row.result,
            code: row.code,
            note: row.note,
            docking_id: row.docking_id,
            legal_moves: row.status.legal(),
            updated_at: row.updated_at.into(),
        })
    }
}

/// A pair as the caller may see it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn pair(db: &impl ConnectionTrait, cx: &Context, row: pair::Model) -> Result<EventPairOut> {
    Names::of(db, std::slice::from_ref(&row)).await?.show(cx, row)
}

/// The pairs of an event that the caller may see.
///
/// # Errors
/// 401 when nobody signed in, 404 when the caller may not know of the event.
pub async fn pairs(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: EventId,
    query: EventPairQuery,
) -> Result<Page<EventPairOut>> {
    cx.person()?;
    find(db, cx, id).await?;
    let mark = ("pairs", id, EventPairQuery { limit: None, cursor: None, ..query.clone() });
    let cut = Cut::<EventPairId>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let rows =
        repo::pair::list(db, id, repo::pair::scope(cx), &query.status, cut.after, cut.limit + 1).await?;
    let names = Names::of(db, &rows).await?;
    let page = cut.page(rows, |row| row.id, |row| names.show(cx, row));
    let items = page.items.into_iter().collect::<Result<Vec<_>>>()?;
    Ok(Page { items, next_cursor: page.next_cursor })
}
