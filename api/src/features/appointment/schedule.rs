//! What time brings to appointments: a word to those who are to come, a day before.

use chrono::Duration;
use sea_orm::Set;
use techmart_entity::{
    audit::SubjectKind,
    docking::appointment::{ActiveModel, Model, status::AppointmentStatus},
};

use super::repo;
use crate::{
    auth::Context,
    db::Tx,
    error::Result,
    features::{audit::Record, docking::repo as dockings, listing::service::record_and_tell},
    state::State,
};

/// How long before it begins.
const BEFORE: i64 = 24;

/// Reminds of appointments that begin within a day; says how many.
///
/// # Errors
/// When the database cannot be asked or written.
pub async fn remind(state: &State) -> Result<usize> {
    let cx = Context::system(state.clock.now());
    let mut n = 0;
    for row in repo::soon(state.db.read(), cx.now, cx.now + Duration::hours(BEFORE)).await? {
        n += usize::from(state.db.write(async |tx| one(tx, &cx, &row).await).await?);
    }
    Ok(n)
}

async fn one(tx: &Tx, cx: &Context, row: &Model) -> Result<bool> {
    dockings::hold(tx, row.docking_id).await?;
    // Another instance, or a change of plan, may have been faster.
    let row = repo::find(tx, row.docking_id, row.id).await?;
    if row.status != AppointmentStatus::Agreed || row.reminded_at.is_some() {
        return Ok(false);
    }
    let set = ActiveModel { reminded_at: Set(Some(cx.now)), ..Default::default() };
    repo::save(tx, &row, row.updated_at, set).await?;
    let facts = serde_json::json!({ "appointment_id": row.id, "sequence": row.sequence });
    let record = Record::act("remind_of_appointment", SubjectKind::Docking, row.docking_id).with(facts);
    record_and_tell(tx, cx, record).await?;
    Ok(true)
}
