//! Looking at providers' help.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use techmart_entity::{
    docking::{Model as Docking, assistance::Model},
    id::{AssistanceId, DockingId, ListingId},
    life_cycle::LifeCycle,
};

use super::{
    dto::{AssistanceOut, AssistanceQuery},
    policy, repo,
};
use crate::{
    auth::Context,
    error::Result,
    features::{
        docking::{policy as docking_policy, repo as dockings},
        listing::repo as listings,
    },
    web::{
        etag,
        paging::{Cut, Page},
    },
};

/// The ETag.
#[must_use]
pub fn tag(row: &Model) -> String {
    etag::tag(row.version)
}

fn show(row: Model, provider: Option<String>, with_docking: bool) -> AssistanceOut {
    AssistanceOut {
        id: row.id,
        kind: row.kind,
        legal_moves: row.status.legal(),
        status: row.status,
        provider_id: row.provider_id,
        provider,
        brief: row.brief,
        due_on: row.due_on,
        requested_at: row.requested_at.into(),
        answered_at: row.answered_at.map(Into::into),
        answer_note: row.answer_note,
        result: row.result,
        report_attachment_id: row.report_attachment_id,
        delivered_at: row.delivered_at.map(Into::into),
        docking_id: with_docking.then_some(row.docking_id),
        requested_side: with_docking.then_some(row.requested_side),
    }
}

/// Rows as the caller may see them.
///
/// # Errors
/// When the database cannot be asked.
pub async fn shown(db: &impl ConnectionTrait, cx: &Context, rows: Vec<Model>) -> Result<Vec<AssistanceOut>> {
    let pages: Vec<ListingId> = rows.iter().map(|row| row.provider_id).collect();
    let pages = if pages.is_empty() { Vec::new() } else { listings::by_ids(db, &pages).await? };
    let ids: Vec<DockingId> = rows.iter().map(|row| row.docking_id).collect();
    let dockings: HashMap<DockingId, Docking> =
        dockings::by_ids(db, &ids).await?.into_iter().map(|docking| (docking.id, docking)).collect();
    let of = |row: Model| {
        let page = pages.iter().find(|page| page.id == row.provider_id).map(|page| page.title.clone());
        let with_docking = dockings
            .get(&row.docking_id)
            .is_some_and(|docking| policy::sees_docking(docking_policy::relation(cx, docking)));
        show(row, page, with_docking)
    };
    Ok(rows.into_iter().map(of).collect())
}

/// One, for somebody who may see it.
///
/// # Errors
/// 401, 404.
pub async fn one(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: AssistanceId,
) -> Result<(AssistanceOut, String)> {
    cx.person()?;
    let row = repo::find(db, id).await?;
    let docking = dockings::find(db, row.docking_id).await?;
    let relation = docking_policy::relation(cx, &docking);
    policy::see(cx, &row, relation)?;
    let tag = tag(&row);
    let page = listings::by_ids(db, &[row.provider_id]).await?.into_iter().next().map(|page| page.title);
    Ok((show(row, page, policy::sees_docking(relation)), tag))
}

/// What the caller may see, newest first.
///
/// # Errors
/// 401; 400 for a cursor of another list.
pub async fn list(
    db: &impl ConnectionTrait,
    cx: &Context,
    query: AssistanceQuery,
) -> Result<Page<AssistanceOut>> {
    cx.person()?;
    let mark = ("assistances", AssistanceQuery { limit: None, cursor: None, ..query.clone() });
    let cut = Cut::<AssistanceId>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let filter = repo::Filter { statuses: query.status, docking: query.docking_id };
    let rows = repo::list(db, cx, &filter, cut.after, cut.limit + 1).await?;
    let page = cut.page(rows, |row| row.id, |row| row);
    Ok(Page { items: shown(db, cx, page.items).await?, next_cursor: page.next_cursor })
}
