//! Looking for what strikes: at a listing that was handed in, at what an organisation has, at a contract.
//! Looking reads; only what is found is written, so looking again costs little and changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use techmart_entity::{
    Day,
    audit::SubjectKind,
    contract::{self, status::ContractStatus},
    demand::DemandContent,
    duplicate::print,
    id::{ContractId, ListingId, OrganisationId},
    listing::{self, Audience, Content, ListingKind, Source},
    organisation,
    signal::{SignalKind, Subject},
    value::name_key,
};

use super::{
    service::{Found, raise, raise_group},
    text::{ContactKey, LEAST_TEXT, contact_keys, has_figure, length},
};
use crate::{
    auth::Context,
    clock::{day_of, end_of, start_of},
    error::Result,
    features::{
        duplicate::find::{self, Read},
        listing::{repo as listings, subject},
        organisation::repo as organisations,
    },
    state::State,
};

/// So many listings of one organisation handed in on one day strike.
pub const BURST: usize = 5;
/// From which likeness on texts are of one cluster, in per cent.
pub const CLUSTER_LIKE: i32 = 50;
/// So many listings of like texts are a cluster.
pub const CLUSTER: usize = 3;
/// No cluster is followed further than to so many listings.
const CLUSTER_MOST: usize = 20;
/// So many organisations of one contact strike.
pub const SHARED: usize = 3;
/// So many things are named with a signal at most; the facts say how many there are.
const NAMED: usize = 50;
/// Rows read at once.
const BATCH: u64 = 1000;

fn of_listing_row(row: &listing::Model) -> Subject {
    Subject { kind: subject(row.kind), id: row.id.to_string(), label: row.title.clone() }
}

fn of_organisation_row(row: &organisation::Model) -> Subject {
    Subject { kind: SubjectKind::Organisation, id: row.id.to_string(), label: row.name.clone() }
}

/// Looks at a listing; says how many signals are new.
///
/// # Errors
/// When the database cannot be asked or written.
pub async fn at_listing(state: &State, cx: &Context, read: &Read) -> Result<usize> {
    if !find::is_compared(&read.row) {
        return Ok(0);
    }
    let mut new = 0;
    if let Content::Demand(content) = &read.content {
        let found = of_demand(cx, &read.row, content);
        if !found.is_empty() {
            new += state
                .db
                .write(async |tx| {
                    let mut new = 0;
                    for found in &found {
                        new += usize::from(raise(tx, cx, found).await?);
                    }
                    Ok(new)
                })
                .await?;
        }
    }
    if let Some(found) = burst(state.db.read(), &read.row).await? {
        new += usize::from(state.db.write(async |tx| raise(tx, cx, &found).await).await?);
    }
    new += at_cluster(state, cx, read).await?;
    Ok(new)
}

/// What strikes in a demand itself.
fn of_demand(cx: &Context, row: &listing::Model, content: &DemandContent) -> Vec<Found> {
    let found = |kind: SignalKind, key: String, facts: serde_json::Value| Found {
        kind,
        fact_key: format!("{kind}:{key}"),
        organisation_id: row.organisation_id,
        subjects: vec![of_listing_row(row)],
        facts,
        demo: row.demo,
    };
    let mut all = Vec::new();
    let characters = length(content);
    if characters < LEAST_TEXT {
        let facts = serde_json::json!({ "characters": characters, "least": LEAST_TEXT });
        all.push(found(SignalKind::ShortText, row.id.to_string(), facts));
    }
    if !has_figure(content) {
        let facts = serde_json::json!({ "indicators": content.indicators.len(), "characters": characters });
        all.push(found(SignalKind::NoFigure, row.id.to_string(), facts));
    }
    if let Some(deadline) = content.deadline_on.filter(|deadline| *deadline < cx.today) {
        let submitted_on = row.first_submitted_at.map(day_of);
        let facts = serde_json::json!({
            "deadline_on": deadline,
            "first_submitted_on": submitted_on,
            "first_published_on": row.first_published_at.map(day_of),
            "past_when_submitted": submitted_on.is_some_and(|day| deadline < day),
        });
        all.push(found(SignalKind::PastDeadline, format!("{}:{deadline}", row.id), facts));
    }
    all
}

/// Many listings of one organisation on one day.
async fn burst(db: &impl ConnectionTrait, row: &listing::Model) -> Result<Option<Found>> {
    use listing::Column as C;
    let Some((owner, at)) = row.organisation_id.zip(row.first_submitted_at) else { return Ok(None) };
    let day: Day = day_of(at);
    let rows = listing::Entity::find()
        .filter(C::OrganisationId.eq(owner))
        .filter(C::FirstSubmittedAt.gte(start_of(day)))
        .filter(C::FirstSubmittedAt.lte(end_of(day)))
        .order_by_asc(C::Id)
        .limit(BATCH)
        .all(db)
        .await?;
    if rows.len() < BURST {
        return Ok(None);
    }
    let of = |source: Source| rows.iter().filter(|row| row.source == source).count();
    let kinds = |kind: ListingKind| rows.iter().filter(|row| row.kind == kind).count();
    let facts = serde_json::json!({
        "day": day,
        "listings": rows.len(),
        "from": BURST,
        "by_source": { "own": of(Source::Own), "imported": of(Source::Imported), "collected": of(Source::Collected) },
        "by_kind": {
            "achievement": kinds(ListingKind::Achievement),
            "demand": kinds(ListingKind::Demand),
            "provider": kinds(ListingKind::Provider),
        },
    });
    let kind = SignalKind::SameDayBurst;
    // Beside its enterprise an anonymous or unlisted demand is not named.
    let named = rows
        .iter()
        .filter(|row| row.audience.is_listed() && row.audience != Audience::Anonymous)
        .take(NAMED)
        .map(of_listing_row);
    let body = organisations::find(db, owner).await?;
    Ok(Some(Found {
        kind,
        fact_key: format!("{kind}:{owner}:{day}"),
        organisation_id: Some(owner),
        subjects: body.iter().map(of_organisation_row).chain(named).collect(),
        facts,
        demo: row.demo,
    }))
}

/// Listings that hang together by like texts.
async fn at_cluster(state: &State, cx: &Context, read: &Read) -> Result<usize> {
    let db = state.db.read();
    let mut members: BTreeMap<ListingId, Read> = BTreeMap::new();
    let mut least = 100;
    let mut to_ask = vec![read.clone()];
    members.insert(read.row.id, read.clone());
    // The neighbours, and some of theirs: a chain of like texts hangs together too.
    let mut asked = 0;
    while let Some(next) = to_ask.pop() {
        asked += 1;
        for (other, score) in find::like(db, &next, CLUSTER_LIKE).await? {
            if members.len() < CLUSTER_MOST && !members.contains_key(&other.row.id) {
                least = score.min(least);
                members.insert(other.row.id, other.clone());
                to_ask.insert(0, other);
            }
        }
        if asked > 4 {
            break;
        }
    }
    if members.len() < CLUSTER {
        return Ok(0);
    }
    let owners: BTreeSet<Option<OrganisationId>> =
        members.values().map(|member| member.row.organisation_id).collect();
    let owner = if owners.len() == 1 { owners.first().copied().flatten() } else { None };
    let kind = SignalKind::SimilarityCluster;
    let found = Found {
        kind,
        fact_key: String::new(),
        organisation_id: owner,
        subjects: members.values().map(|member| of_listing_row(&member.row)).collect(),
        facts: serde_json::json!({
            "listings": members.len(),
            "owners": owners.iter().flatten().count(),
            "likeness_from": least,
            "threshold": CLUSTER_LIKE,
        }),
        demo: read.row.demo,
    };
    let ids: Vec<String> = members.keys().map(ToString::to_string).collect();
    let new = state.db.write(async |tx| raise_group(tx, cx, &found, &ids, CLUSTER).await).await?;
    Ok(usize::from(new))
}

/// The contact of a listing, as prints.
#[must_use]
pub fn contact_bands(content: &Content) -> Vec<String> {
    let contact = match content {
        Content::Achievement(content) => content.contact.as_ref(),
        Content::Demand(content) => content.contact.as_ref(),
        Content::Provider(content) => content.contact.as_ref(),
    };
    contact.map(contact_keys).unwrap_or_default().into_iter().map(|key| key.band).collect()
}

/// The ways to reach an organisation that it says itself.
fn own_keys(row: &organisation::Model) -> Vec<ContactKey> {
    row.contacts.0.iter().flat_map(contact_keys).collect()
}

/// All ways to reach some organisations: their own and those of their listings.
async fn keys_of(db: &impl ConnectionTrait, rows: &[organisation::Model]) -> Result<BTreeSet<String>> {
    let mut keys: BTreeSet<String> = rows.iter().flat_map(own_keys).map(|key| key.band).collect();
    let ids: Vec<OrganisationId> = rows.iter().map(|row| row.id).collect();
    let of_theirs = listing::Entity::find()
        .select_only()
        .column(listing::Column::Id)
        .filter(listing::Column::OrganisationId.is_in(ids));
    let bands: Vec<String> = print::Entity::find()
        .select_only()
        .column(print::Column::Band)
        .filter(print::Column::ListingId.in_subquery(sea_orm::QueryTrait::into_query(of_theirs)))
        .filter(print::Column::Band.starts_with("contact:"))
        .distinct()
        .limit(BATCH)
        .into_tuple()
        .all(db)
        .await?;
    keys.extend(bands);
    Ok(keys)
}

/// Which organisations are reached by which of these keys.
async fn reached(
    db: &impl ConnectionTrait,
    keys: &BTreeSet<String>,
    demo: bool,
) -> Result<BTreeMap<String, BTreeSet<OrganisationId>>> {
    let mut reached: BTreeMap<String, BTreeSet<OrganisationId>> = BTreeMap::new();
    let mut after: Option<OrganisationId> = None;
    loop {
        let mut query = organisation::Entity::find()
            .filter(organisation::Column::Demo.eq(demo))
            .filter(organisation::Column::MergedInto.is_null());
        if let Some(after) = after {
            query = query.filter(organisation::Column::Id.gt(after));
        }
        let rows = query.order_by_asc(organisation::Column::Id).limit(BATCH).all(db).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.id);
        for row in &rows {
            for key in own_keys(row).into_iter().filter(|key| keys.contains(&key.band)) {
                reached.entry(key.band).or_default().insert(row.id);
            }
        }
    }
    for key in keys {
        let listed: Vec<ListingId> = print::Entity::find()
            .select_only()
            .column(print::Column::ListingId)
            .filter(print::Column::Band.eq(key.as_str()))
            .order_by_desc(print::Column::ListingId)
            .limit(200)
            .into_tuple()
            .all(db)
            .await?;
        let owners = listings::by_ids(db, &listed)
            .await?
            .into_iter()
            .filter(|row| row.demo == demo && find::is_compared(row))
            .filter_map(|row| row.organisation_id);
        reached.entry(key.clone()).or_default().extend(owners);
    }
    Ok(reached)
}

/// One contact for many organisations; says how many signals are new.
///
/// # Errors
/// When the database cannot be asked or written.
pub async fn at_contacts(state: &State, cx: &Context, ids: &[OrganisationId]) -> Result<usize> {
    let db = state.db.read();
    let rows = organisation::Entity::find()
        .filter(organisation::Column::Id.is_in(ids.iter().copied()))
        .filter(organisation::Column::MergedInto.is_null())
        .all(db)
        .await?;
    let mut new = 0;
    for demo in [false, true] {
        let of_world: Vec<organisation::Model> =
            rows.iter().filter(|row| row.demo == demo).cloned().collect();
        if of_world.is_empty() {
            continue;
        }
        let keys = keys_of(db, &of_world).await?;
        if keys.is_empty() {
            continue;
        }
        for (key, bodies) in reached(db, &keys, demo).await? {
            if bodies.len() >= SHARED {
                new += usize::from(shared(state, cx, &key, &bodies, demo).await?);
            }
        }
    }
    Ok(new)
}

async fn shared(
    state: &State,
    cx: &Context,
    key: &str,
    bodies: &BTreeSet<OrganisationId>,
    demo: bool,
) -> Result<bool> {
    let rows = organisation::Entity::find()
        .filter(organisation::Column::Id.is_in(bodies.iter().copied()))
        .order_by_asc(organisation::Column::Id)
        .limit(BATCH)
        .all(state.db.read())
        .await?;
    let what = if key.starts_with("contact:phone:") { "phone" } else { "email" };
    let found = Found {
        kind: SignalKind::SharedContact,
        fact_key: String::new(),
        organisation_id: None,
        subjects: rows.iter().take(NAMED).map(of_organisation_row).collect(),
        facts: serde_json::json!({ "organisations": bodies.len(), "from": SHARED, "what": what }),
        demo,
    };
    let ids: Vec<String> = rows.iter().take(NAMED).map(|row| row.id.to_string()).collect();
    state.db.write(async |tx| raise_group(tx, cx, &found, &ids, 1).await).await
}

/// A contract between related companies, or one that may be there twice; says how many signals are new.
///
/// # Errors
/// When the database cannot be asked or written.
pub async fn at_contract(state: &State, cx: &Context, id: ContractId) -> Result<usize> {
    let db = state.db.read();
    let Some(row) = contract::Entity::find_by_id(id).one(db).await? else { return Ok(0) };
    if !stands(row.status) {
        return Ok(0);
    }
    Ok(between_related(state, cx, &row).await? + twins(state, cx, &row).await?)
}

fn stands(status: ContractStatus) -> bool {
    match status {
        ContractStatus::Signed
        | ContractStatus::Submitted
        | ContractStatus::Registered
        | ContractStatus::Changed => true,
        ContractStatus::Draft | ContractStatus::Revoked | ContractStatus::Cancelled => false,
    }
}

fn of_contract_row(row: &contract::Model) -> Subject {
    let label = format!("{} ({})", row.title, row.number);
    Subject { kind: SubjectKind::Contract, id: row.id.to_string(), label }
}

/// The same two parties under the same number, or on the same day for the same sum: a contract that is
/// registered twice counts twice.
async fn twins(state: &State, cx: &Context, row: &contract::Model) -> Result<usize> {
    let others = contract::Entity::find()
        .filter(contract::Column::BuyerId.eq(row.buyer_id))
        .filter(contract::Column::SellerId.eq(row.seller_id))
        .filter(contract::Column::Demo.eq(row.demo))
        .filter(contract::Column::Id.ne(row.id))
        .order_by_desc(contract::Column::Id)
        .limit(BATCH)
        .all(state.db.read())
        .await?;
    let mut new = 0;
    for other in others.iter().filter(|other| stands(other.status)) {
        let same_number = name_key(&row.number) == name_key(&other.number);
        let same_sum = row.total_amount == other.total_amount && row.currency == other.currency;
        let same_day = row.signed_on == other.signed_on;
        if !(same_number || same_sum && same_day) {
            continue;
        }
        let kind = SignalKind::TwinContract;
        let (first, second) = if row.id < other.id { (row, other) } else { (other, row) };
        let found = Found {
            kind,
            fact_key: format!("{kind}:{}:{}", first.id, second.id),
            organisation_id: Some(row.seller_id),
            subjects: vec![of_contract_row(first), of_contract_row(second)],
            facts: serde_json::json!({
                "same_number": same_number, "same_amount": same_sum, "same_day": same_day,
                "registered": [first.registration_key.is_some(), second.registration_key.is_some()],
            }),
            demo: row.demo,
        };
        new += usize::from(state.db.write(async |tx| raise(tx, cx, &found).await).await?);
    }
    Ok(new)
}

async fn between_related(state: &State, cx: &Context, row: &contract::Model) -> Result<usize> {
    let db = state.db.read();
    let buyer = organisations::find(db, row.buyer_id).await?;
    let seller = organisations::find(db, row.seller_id).await?;
    let (Some(buyer), Some(seller)) = (buyer, seller) else { return Ok(0) };
    let person = |row: &organisation::Model| {
        row.legal_rep.as_deref().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned)
    };
    let same_legal_rep = person(&buyer).is_some() && person(&buyer) == person(&seller);
    let theirs = keys_of(db, std::slice::from_ref(&seller)).await?;
    let same_contact = !keys_of(db, std::slice::from_ref(&buyer)).await?.is_disjoint(&theirs);
    if !(row.related_party || same_legal_rep || same_contact) {
        return Ok(0);
    }
    let kind = SignalKind::RelatedContract;
    let found = Found {
        kind,
        fact_key: format!("{kind}:{}", row.id),
        organisation_id: Some(row.seller_id),
        subjects: vec![of_contract_row(row), of_organisation_row(&buyer), of_organisation_row(&seller)],
        // That they share a person or a contact is told, not which.
        facts: serde_json::json!({
            "related_party": row.related_party,
            "same_legal_representative": same_legal_rep,
            "same_contact": same_contact,
            "signed_on": row.signed_on,
            "total_amount": row.total_amount,
            "currency": row.currency,
            "registered": row.registration_key.is_some(),
        }),
        demo: row.demo,
    };
    let new = state.db.write(async |tx| raise(tx, cx, &found).await).await?;
    Ok(usize::from(new))
}
