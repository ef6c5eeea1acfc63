//! The timetable: a broker names a pair, gives it a time and a table, or says why the two do not meet.

use sea_orm::Set;
use techmart_entity::{
    audit::SubjectKind,
    docking::DeclineCode,
    event::{
        Model as Event,
        pair::{ActiveModel, EventPairMove, EventPairStatus, Model},
    },
    id::{EventId, EventPairId, ListingId, OrganisationId},
    life_cycle::LifeCycle,
    listing::{self, ListingKind},
};

use super::{
    dto::pair::{EventPairIn, SlotIn},
    policy,
    proposing::blank,
    repo, rules,
    service::illegal,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Fault, Result},
    features::{
        audit::{self, Record},
        docking::rules as dockings,
        ledger::service::disinterested,
        listing::service::record_and_tell,
    },
    say,
    web::etag::{self, Precondition},
};

/// The ETag of a pair.
#[must_use]
pub fn tag(row: &Model) -> String {
    etag::tag(row.version)
}

/// Holds an event and a pair of it for a broker who belongs to neither side.
pub(super) async fn hold(
    tx: &Tx,
    cx: &Context,
    id: EventId,
    pair: EventPairId,
    precondition: &Precondition,
) -> Result<(Event, Model)> {
    policy::run(cx)?;
    // The event first, as everywhere.
    let event = repo::hold(tx, id).await?;
    let row = repo::pair::hold(tx, id, pair).await?;
    disinterested(cx, &[row.enterprise_id, row.supplier_id])?;
    precondition.honour(&tag(&row))?;
    Ok((event, row))
}

/// A broker names a pair.
///
/// # Errors
/// 401, 403, 404; 409 when the event has it already or is not there for it, 422 for two that cannot be docked.
pub async fn add(tx: &Tx, cx: &Context, id: EventId, given: EventPairIn) -> Result<Model> {
    policy::run(cx)?;
    let event = repo::hold(tx, id).await?;
    if !event.status.is_alive() {
        return Err(illegal(&event, "add_pair"));
    }
    let mut faults = Vec::new();
    let offer = subject(tx, cx, given.achievement_id, ListingKind::Achievement, &mut faults).await?;
    let need = subject(tx, cx, given.demand_id, ListingKind::Demand, &mut faults).await?;
    let sides = sides(&given, offer.as_ref(), need.as_ref(), &mut faults);
    let (Some((supplier, enterprise)), true) = (sides, faults.is_empty()) else {
        return Err(AppError::rules(faults));
    };
    for side in [supplier, enterprise] {
        dockings::organisation(tx, side, "", &mut faults).await?;
    }
    check(tx, &event, [offer.as_ref(), need.as_ref()], supplier, enterprise, &mut faults).await?;
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    disinterested(cx, &[supplier, enterprise])?;
    let row = blank(cx, id, (given.achievement_id, given.demand_id), (supplier, enterprise))?;
    if !repo::pair::insert(tx, row.clone()).await? {
        return Err(AppError::new(
            Code::AlreadyExists,
            say!("本活动已有这一对。", "The event has that pair already."),
        ));
    }
    let facts = serde_json::json!({ "pair_id": row.id });
    audit::record(tx, cx, Record::act("add_pair", SubjectKind::Event, id).with(facts)).await?;
    Ok(row)
}

type Owned = (listing::Model, OrganisationId);

/// A published listing with its owner, where one is named.
async fn subject(
    tx: &Tx,
    cx: &Context,
    id: Option<ListingId>,
    kind: ListingKind,
    faults: &mut Vec<Fault>,
) -> Result<Option<Owned>> {
    let about = match (id, kind) {
        (None, _) => return Ok(None),
        (Some(_), ListingKind::Achievement) => dockings::About { achievement: id, demand: None },
        (Some(_), ListingKind::Demand | ListingKind::Provider) => {
            dockings::About { achievement: None, demand: id }
        }
    };
    dockings::subject(tx, cx, about, faults).await
}

/// Supplier and enterprise, as they follow from what is named.
fn sides(
    given: &EventPairIn,
    offer: Option<&Owned>,
    need: Option<&Owned>,
    faults: &mut Vec<Fault>,
) -> Option<(OrganisationId, OrganisationId)> {
    if given.achievement_id.is_none() && given.demand_id.is_none() {
        let words = say!("请给出成果或需求。", "Name an achievement or a demand.");
        faults.push(Fault::at("", "one_subject", words));
        return None;
    }
    let supplier = match offer {
        Some((_, owner)) => {
            dockings::follows(given.supplier_id, *owner, "/supplier_id", faults);
            Some(*owner)
        }
        None => given.supplier_id,
    };
    let enterprise = match need {
        Some((_, owner)) => {
            dockings::follows(given.enterprise_id, *owner, "/enterprise_id", faults);
            Some(*owner)
        }
        None => given.enterprise_id,
    };
    if supplier.is_none() {
        faults.push(dockings::required("/supplier_id"));
    }
    if enterprise.is_none() {
        faults.push(dockings::required("/enterprise_id"));
    }
    supplier.zip(enterprise)
}

/// Whether the two could be docked over what is named, at that event.
async fn check(
    tx: &Tx,
    event: &Event,
    about: [Option<&Owned>; 2],
    supplier: OrganisationId,
    enterprise: OrganisationId,
    faults: &mut Vec<Fault>,
) -> Result<()> {
    let supplier = dockings::organisation(tx, supplier, "/supplier_id", &mut Vec::new()).await?;
    let enterprise = dockings::organisation(tx, enterprise, "/enterprise_id", &mut Vec::new()).await?;
    let [offer, need] = about;
    // Where both are named it is the demand that is docked, as everywhere.
    if let (Some(supplier), Some(enterprise), Some((row, _))) = (supplier, enterprise, need.or(offer)) {
        dockings::pair(&enterprise, &supplier, row, faults);
        if row.demo != event.demo {
            let words = say!("演示数据和真实数据不能混用。", "Demo and real items do not mix.");
            faults.push(Fault::at("", "demo_and_real", words));
        }
    }
    Ok(())
}

/// A broker puts a pair into the timetable, or moves it there. Both sides are told.
///
/// # Errors
/// 401, 403, 404, 412; 409 when that is not legal, one of the two sits elsewhere then, or the table is taken; 422 for a
/// time outside the event.
pub async fn accept(
    tx: &Tx,
    cx: &Context,
    id: EventId,
    pair: EventPairId,
    precondition: &Precondition,
    given: SlotIn,
) -> Result<Model> {
    let (event, row) = hold(tx, cx, id, pair, precondition).await?;
    if !event.status.is_alive() {
        return Err(illegal(&event, "accept_pair"));
    }
    let mv = match row.status {
        EventPairStatus::Accepted => EventPairMove::Reschedule,
        EventPairStatus::Proposed | EventPairStatus::Held | EventPairStatus::Dismissed => {
            EventPairMove::Accept
        }
    };
    let change = row.status.apply(mv)?;
    let at = given.slot_at.map(rules::cut);
    let mut faults = Vec::new();
    if at.is_some_and(|at| at < event.starts_at || at >= event.ends_at) {
        let words = say!("须在活动时间之内。", "It has to be within the event.");
        faults.push(Fault::at("/slot_at", "out_of_range", words));
    }
    if given.table_number.is_some() && at.is_none() {
        faults.push(dockings::required("/slot_at"));
    }
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    repo::pair::unseat(tx, pair).await?;
    if let Some(at) = at {
        repo::pair::seat(tx, &row, at).await?;
    }
    let set = ActiveModel {
        slot_at: Set(at),
        table_number: Set(given.table_number),
        decided_by: Set(cx.account_id()),
        decided_at: Set(Some(cx.now)),
        ..Default::default()
    };
    let moved = repo::pair::advance(tx, &row, &change, cx.now, set).await?;
    let facts = serde_json::json!({ "pair_id": pair });
    record_and_tell(tx, cx, Record::act(format!("{mv}_pair"), SubjectKind::Event, id).with(facts)).await?;
    Ok(moved)
}

/// A broker says why the two do not meet. Who stood in the timetable is told.
///
/// # Errors
/// 401, 403, 404, 412; 409 when that is not legal.
pub async fn dismiss(
    tx: &Tx,
    cx: &Context,
    id: EventId,
    pair: EventPairId,
    precondition: &Precondition,
    (code, note): (DeclineCode, Option<String>),
) -> Result<Model> {
    let (event, row) = hold(tx, cx, id, pair, precondition).await?;
    if !event.status.is_alive() {
        return Err(illegal(&event, "dismiss_pair"));
    }
    let change = row.status.apply(EventPairMove::Dismiss)?;
    repo::pair::unseat(tx, pair).await?;
    let set = ActiveModel {
        slot_at: Set(None),
        table_number: Set(None),
        code: Set(Some(code)),
        note: Set(note.clone()),
        decided_by: Set(cx.account_id()),
        decided_at: Set(Some(cx.now)),
        ..Default::default()
    };
    let moved = repo::pair::advance(tx, &row, &change, cx.now, set).await?;
    let facts = serde_json::json!({ "pair_id": pair });
    let record = Record::act("dismiss_pair", SubjectKind::Event, id).with(facts);
    let record = record.because(Some(code.to_string()), note);
    if row.status == EventPairStatus::Accepted {
        record_and_tell(tx, cx, record).await?;
    } else {
        audit::record(tx, cx, record).await?;
    }
    Ok(moved)
}
