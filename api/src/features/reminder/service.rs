//! Keeping reminders.

use sea_orm::ConnectionTrait;
use techmart_entity::{
    docking::reminder::Model,
    id::{DockingId, ReminderId},
};

use super::{
    dto::{ReminderIn, ReminderOut, ReminderQuery},
    repo,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Fault, Result},
    features::docking::{policy, repo as dockings, service::act_in},
    say,
    web::paging::{Cut, Page},
};

/// Reminders that somebody waits for in one docking.
const MOST: u64 = 20;

/// The caller's in a docking that they may see, newest first.
///
/// # Errors
/// 401, 404; 400 for a cursor of another list.
pub async fn list(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: DockingId,
    query: ReminderQuery,
) -> Result<Page<ReminderOut>> {
    let person = cx.person()?.account_id;
    let docking = dockings::find(db, id).await?;
    policy::see(cx, policy::relation(cx, &docking))?;
    let mark = ("reminders", id, person);
    let cut = Cut::<ReminderId>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let rows = repo::list(db, person, id, cut.after, cut.limit + 1).await?;
    Ok(cut.page(rows, |row| row.id, ReminderOut::from))
}

/// Somebody who acts in a docking wants to be reminded of something.
///
/// # Errors
/// 401, 403, 404; 422 for a time that is past and for too many.
pub async fn keep(tx: &Tx, cx: &Context, id: DockingId, given: ReminderIn) -> Result<Model> {
    act_in(tx, cx, id).await?;
    let person = cx.person()?.account_id;
    let mut faults = Vec::new();
    if given.at.0 <= cx.now {
        faults.push(Fault::at("/at", "not_ahead", say!("时间须在将来。", "It has to be in the future.")));
    }
    if repo::waiting(tx, person, id).await? >= MOST {
        faults.push(Fault::at(
            "",
            "too_many",
            say!("每个对接最多 {MOST} 条待提醒。", "A docking keeps at most {MOST} reminders of yours."),
        ));
    }
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let row = Model {
        id: ReminderId::new(),
        docking_id: id,
        account_id: person,
        at: given.at.0,
        note: given.note,
        told_at: None,
        created_at: cx.now,
    };
    repo::insert(tx, row.clone()).await?;
    Ok(row)
}

/// Takes one away.
///
/// # Errors
/// 401, 404.
pub async fn remove(tx: &Tx, cx: &Context, id: DockingId, reminder: ReminderId) -> Result<()> {
    let person = cx.person()?.account_id;
    repo::find(tx, person, id, reminder).await?;
    repo::delete(tx, reminder).await
}
