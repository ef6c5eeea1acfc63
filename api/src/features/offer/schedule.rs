//! What time brings to offers: a reminder before their last day, and their end.

use chrono::Duration;
use techmart_entity::{
    audit::SubjectKind,
    docking::{
        Side,
        offer::{Model, status::OfferMove},
    },
    life_cycle::LifeCycle,
};

use super::{repo, service};
use crate::{
    auth::Context,
    db::Tx,
    error::Result,
    features::{audit::Record, docking::repo as dockings, listing::service::record_and_tell},
    state::State,
};

/// How many days before its last one an offer is reminded of.
const AHEAD: i64 = 3;

/// Reminds of offers that end soon, and lets those lapse that are over; says how many.
///
/// # Errors
/// When the database cannot be asked or written.
pub async fn run(state: &State) -> Result<usize> {
    let cx = Context::system(state.clock.now());
    let mut n = 0;
    for row in repo::ending(state.db.read(), cx.today + Duration::days(AHEAD), 200).await? {
        let over = row.valid_to.is_some_and(|last| last < cx.today);
        if over || row.reminded_at.is_none() {
            n += usize::from(state.db.write(async |tx| one(tx, &cx, &row).await).await?);
        }
    }
    Ok(n)
}

async fn one(tx: &Tx, cx: &Context, row: &Model) -> Result<bool> {
    dockings::hold(tx, row.docking_id).await?;
    // Another instance, or an answer, may have been faster.
    let row = repo::find(tx, row.docking_id, row.id).await?;
    let Ok(change) = row.status.apply(OfferMove::Lapse) else { return Ok(false) };
    if row.valid_to.is_some_and(|last| last < cx.today) {
        service::moved(tx, cx, &row, &change, Side::Centre, None).await?;
        return Ok(true);
    }
    if row.reminded_at.is_some() {
        return Ok(false);
    }
    repo::reminded(tx, row.id, cx.now).await?;
    let facts = serde_json::json!({ "offer_id": row.id, "side": row.side });
    let record = Record::act("remind_of_offer", SubjectKind::Docking, row.docking_id).with(facts);
    record_and_tell(tx, cx, record).await?;
    Ok(true)
}
