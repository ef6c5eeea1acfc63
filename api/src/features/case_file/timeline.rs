//! Everything that happened in a docking, as far as the caller may read of it.

use sea_orm::ConnectionTrait;
use techmart_entity::{
    audit::Model as Act,
    docking::{Model as Docking, Side},
    id::{AuditId, DockingId, MessageId},
};

use super::{
    dto::{TimelineOut, TimelineQuery},
    words,
};
use crate::{
    auth::Context,
    error::Result,
    features::{
        audit::repo as audits,
        docking::{
            policy::{self, Relation},
            repo as dockings,
            view::acts,
        },
        message,
    },
    web::paging::{Cut, Page},
};

/// A page, newest first.
///
/// # Errors
/// 401 when nobody signed in, 404 when the caller may not know of the docking; 400 for a cursor of another list.
pub async fn list(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: DockingId,
    query: TimelineQuery,
) -> Result<Page<TimelineOut>> {
    cx.person()?;
    let docking = dockings::find(db, id).await?;
    let relation = policy::relation(cx, &docking);
    policy::see(cx, relation)?;
    let cut = Cut::<AuditId>::read(query.limit, query.cursor.as_deref(), &("timeline", id))?;
    let rows = audits::list(db, &acts(id, relation), cut.after, cut.limit + 1).await?;
    let page = cut.page(rows, |row| row.id, |row| row);
    Ok(Page { items: told(db, cx, &docking, relation, page.items).await?, next_cursor: page.next_cursor })
}

/// Acts as the caller may read of them.
///
/// # Errors
/// When the database cannot be asked.
pub async fn told(
    db: &impl ConnectionTrait,
    cx: &Context,
    docking: &Docking,
    relation: Relation,
    rows: Vec<Act>,
) -> Result<Vec<TimelineOut>> {
    let ids: Vec<MessageId> = rows.iter().filter_map(message_id).collect();
    let channels = message::policy::channels(relation);
    let messages = message::repo::by_ids(db, docking.id, &channels, &ids).await?;
    let mut messages = message::view::show(db, cx, docking, messages).await?;
    let of = |row: Act| {
        let side = side_of(&row, docking);
        let (zh, en) = words::sentence(&row, side);
        let message = message_id(&row)
            .and_then(|id| messages.iter().position(|message| message.id == id))
            .map(|at| messages.swap_remove(at));
        TimelineOut {
            at: row.at.into(),
            action: row.action,
            side,
            zh,
            en,
            to_status: row.to_status,
            reason_code: row.reason_code,
            reason: row.reason,
            message,
        }
    };
    Ok(rows.into_iter().map(of).collect())
}

fn message_id(row: &Act) -> Option<MessageId> {
    row.facts.get("message_id")?.as_str()?.parse().ok()
}

/// For whom it was done: what nobody of a side did, the centre did, or the service itself.
fn side_of(row: &Act, docking: &Docking) -> Option<Side> {
    match row.acting_organisation_id {
        Some(acting) if acting == docking.enterprise_id => Some(Side::Enterprise),
        Some(acting) if acting == docking.supplier_id => Some(Side::Supplier),
        Some(_) | None => row.actor_id.map(|_| Side::Centre),
    }
}
