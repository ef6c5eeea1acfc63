//! What is shown: organisations bring it, brokers decide.

use sea_orm::Set;
use techmart_entity::{
    audit::SubjectKind,
    event::{
        Model as Event,
        item::{ActiveModel, EventItemMove, EventItemStatus, Model},
        status::EventStatus,
    },
    id::{EventId, EventItemId, ListingId, OrganisationId},
    life_cycle::LifeCycle,
    listing::{self, ListingKind},
};

use super::{policy, repo, service::illegal};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Fault, Result},
    features::{
        audit::{self, Record},
        docking::rules as dockings,
        ledger::service::disinterested,
        listing::{repo as listings, service::record_and_tell},
    },
    say,
    web::etag::{self, Precondition},
};

/// The ETag of an item.
#[must_use]
pub fn tag(row: &Model) -> String {
    etag::tag(row.version)
}

/// An editor brings what their organisation has published; what a broker adds is shown at once.
///
/// # Errors
/// 401, 403, 404; 409 when it was brought already or the event is not there for it, 422 for what cannot be shown.
pub async fn bring(tx: &Tx, cx: &Context, id: EventId, listing: ListingId) -> Result<Model> {
    cx.person()?;
    let event = repo::find(tx, id).await?;
    policy::see(cx, &event)?;
    let mut faults = Vec::new();
    let Some((row, owner)) = published(tx, cx, listing, &mut faults).await? else {
        // Whoever may bring nothing need not learn why not this.
        if !cx.actor.is_broker() && cx.acting.is_none_or(|acting| !cx.edits_for(acting)) {
            return Err(editors_only());
        }
        return Err(AppError::rules(faults));
    };
    let by_broker = !cx.edits_for(owner);
    if by_broker {
        if !cx.actor.is_broker() {
            return Err(editors_only());
        }
        disinterested(cx, &[owner])?;
    }
    let there = match event.status {
        EventStatus::Draft => by_broker,
        EventStatus::Open | EventStatus::Closed => true,
        EventStatus::Held | EventStatus::Reported | EventStatus::Cancelled => false,
    };
    if !there {
        return Err(illegal(&event, "bring_item"));
    }
    check(&event, &row, by_broker, &mut faults);
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let item = write(tx, cx, &event, &row, owner, by_broker).await?;
    let facts = serde_json::json!({ "item_id": item.id, "listing_id": listing });
    let action = if by_broker { "add_item" } else { "bring_item" };
    record_and_tell(tx, cx, Record::act(action, SubjectKind::Event, id).with(facts)).await?;
    Ok(item)
}

fn editors_only() -> AppError {
    AppError::forbidden(say!(
        "由条目所属单位的负责人或编辑（请用 Acting-Organisation 指明单位）或技术经理人提交。",
        "Owners and editors who act for its organisation (name it in Acting-Organisation) bring it, and brokers."
    ))
}

/// The listing, as the caller may know of it, with its owner.
async fn published(
    tx: &Tx,
    cx: &Context,
    id: ListingId,
    faults: &mut Vec<Fault>,
) -> Result<Option<(listing::Model, OrganisationId)>> {
    let kind = listings::by_ids(tx, &[id]).await?.first().map_or(ListingKind::Achievement, |row| row.kind);
    let Some(row) = dockings::published(tx, cx, id, kind, "/listing_id", faults).await? else {
        return Ok(None);
    };
    let Some(owner) = row.organisation_id else {
        let words = say!("来源未注明权利人的条目不能展示。", "What names no owner is not shown.");
        faults.push(Fault::at("/listing_id", "ownerless", words));
        return Ok(None);
    };
    Ok(Some((row, owner)))
}

fn check(event: &Event, row: &listing::Model, by_broker: bool, faults: &mut Vec<Fault>) {
    let called = by_broker || event.call.kinds.contains(&row.kind);
    if row.kind == ListingKind::Provider || !called {
        let words = say!("本活动不征集这类条目。", "The event does not call for listings of that kind.");
        faults.push(Fault::at("/listing_id", "not_called_for", words));
    }
    if !row.audience.is_listed() {
        let words = say!("不公开的条目不能在活动上展示。", "What is unlisted is not shown at an event.");
        faults.push(Fault::at("/listing_id", "unlisted", words));
    }
    if row.demo != event.demo {
        let words = say!("演示数据和真实数据不能混用。", "Demo and real items do not mix.");
        faults.push(Fault::at("/listing_id", "demo_and_real", words));
    }
}

async fn write(
    tx: &Tx,
    cx: &Context,
    event: &Event,
    row: &listing::Model,
    owner: OrganisationId,
    by_broker: bool,
) -> Result<Model> {
    let person = cx.person()?.account_id;
    if let Some(before) = repo::item::hold_of_listing(tx, event.id, row.id).await? {
        // The broker who adds what waits decides about it.
        if before.status == EventItemStatus::Shown
            || (before.status == EventItemStatus::Brought && !by_broker)
        {
            return Err(repo::item::brought_already());
        }
        let again = if before.status == EventItemStatus::Brought {
            before
        } else {
            let change = before.status.apply(EventItemMove::Bring)?;
            let set = ActiveModel {
                organisation_id: Set(owner),
                brought_by: Set(person),
                brought_at: Set(cx.now),
                decided_by: Set(None),
                decided_at: Set(None),
                reason: Set(None),
                ..Default::default()
            };
            repo::item::advance(tx, &before, &change, set).await?
        };
        return if by_broker {
            decide(tx, cx, &again, EventItemMove::Approve, None).await
        } else {
            Ok(again)
        };
    }
    let item = Model {
        id: EventItemId::new(),
        event_id: event.id,
        listing_id: row.id,
        kind: row.kind,
        organisation_id: owner,
        status: if by_broker { EventItemStatus::Shown } else { EventItemStatus::Brought },
        brought_by: person,
        brought_at: cx.now,
        decided_by: by_broker.then_some(person),
        decided_at: by_broker.then_some(cx.now),
        reason: None,
        version: 1,
    };
    repo::item::insert(tx, item.clone()).await?;
    Ok(item)
}

async fn decide(
    tx: &Tx,
    cx: &Context,
    row: &Model,
    mv: EventItemMove,
    reason: Option<String>,
) -> Result<Model> {
    let change = row.status.apply(mv)?;
    let set = ActiveModel {
        decided_by: Set(cx.account_id()),
        decided_at: Set(Some(cx.now)),
        reason: Set(reason),
        ..Default::default()
    };
    repo::item::advance(tx, row, &change, set).await
}

/// A broker decides about what was brought: it is shown, or refused with a reason that reaches its organisation.
///
/// # Errors
/// 401, 403, 404, 412; 409 when it was decided already.
pub async fn review(
    tx: &Tx,
    cx: &Context,
    id: EventId,
    item: EventItemId,
    precondition: &Precondition,
    (mv, reason): (EventItemMove, Option<String>),
) -> Result<Model> {
    policy::run(cx)?;
    let row = repo::item::hold(tx, id, item).await?;
    disinterested(cx, &[row.organisation_id])?;
    precondition.honour(&tag(&row))?;
    let moved = decide(tx, cx, &row, mv, reason.clone()).await?;
    let facts = serde_json::json!({ "item_id": item, "status": moved.status });
    let record = Record::act(format!("{mv}_item"), SubjectKind::Event, id).with(facts);
    record_and_tell(tx, cx, record.because(None::<&str>, reason)).await?;
    Ok(moved)
}

/// Its organisation's editors or a broker take it out of the event.
///
/// # Errors
/// 401, 403, 404, 412; 409 when it is out already.
pub async fn withdraw(
    tx: &Tx,
    cx: &Context,
    id: EventId,
    item: EventItemId,
    precondition: &Precondition,
    reason: String,
) -> Result<Model> {
    cx.person()?;
    let event = repo::find(tx, id).await?;
    policy::see(cx, &event)?;
    let row = repo::item::hold(tx, id, item).await?;
    policy::withdraw_item(cx, &row)?;
    precondition.honour(&tag(&row))?;
    let moved = decide(tx, cx, &row, EventItemMove::Withdraw, Some(reason.clone())).await?;
    let facts = serde_json::json!({ "item_id": item });
    let record = Record::act("withdraw_item", SubjectKind::Event, id).with(facts);
    audit::record(tx, cx, record.because(None::<&str>, Some(reason))).await?;
    Ok(moved)
}
