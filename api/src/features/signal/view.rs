//! Looking at signals.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use techmart_entity::{
    id::{OrganisationId, SignalId},
    life_cycle::LifeCycle,
    signal::Model,
};

use super::{
    dto::{SignalOut, SignalQuery},
    policy, repo,
};
use crate::{
    auth::Context,
    clock::start_of,
    error::Result,
    features::listing::{dto::OrganisationBrief, view::briefs},
    web::{
        answer::Answer,
        etag,
        paging::{Cut, Page},
    },
};

/// The ETag of a signal.
#[must_use]
pub fn tag(row: &Model) -> String {
    etag::tag(row.version)
}

fn show(row: Model, organisations: &HashMap<OrganisationId, OrganisationBrief>) -> SignalOut {
    SignalOut {
        id: row.id,
        kind: row.kind,
        status: row.status,
        organisation: row.organisation_id.and_then(|id| organisations.get(&id).cloned()),
        subjects: row.subjects.0,
        facts: row.facts,
        demo: row.demo,
        raised_at: row.raised_at.into(),
        note: row.note,
        judged_by: row.judged_by,
        judged_at: row.judged_at.map(Into::into),
        legal_moves: row.status.legal(),
    }
}

/// A signal, for somebody who may see it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn shown(db: &impl ConnectionTrait, row: Model) -> Result<Answer<SignalOut>> {
    let organisations = briefs(db, row.organisation_id.as_slice()).await?;
    let tag = tag(&row);
    Ok(Answer::ok(show(row, &organisations)).tagged(tag))
}

/// One signal.
///
/// # Errors
/// 401, 403, 404.
pub async fn one(db: &impl ConnectionTrait, cx: &Context, id: SignalId) -> Result<Answer<SignalOut>> {
    policy::look(cx)?;
    shown(db, repo::find(db, id).await?).await
}

/// A page of signals.
///
/// # Errors
/// 400 when the cursor is not this list's, 401, 403.
pub async fn list(db: &impl ConnectionTrait, cx: &Context, query: SignalQuery) -> Result<Page<SignalOut>> {
    policy::look(cx)?;
    let mark = ("signals", SignalQuery { limit: None, cursor: None, ..query.clone() });
    let cut = Cut::<SignalId>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let filter = repo::Filter {
        kinds: query.kind,
        statuses: query.status,
        organisation: query.organisation_id,
        demo: query.demo,
        since: query.since.map(start_of),
    };
    let rows = repo::list(db, &filter, cut.after, cut.limit + 1).await?;
    let owners: Vec<OrganisationId> = rows.iter().filter_map(|row| row.organisation_id).collect();
    let organisations = briefs(db, &owners).await?;
    Ok(cut.page(rows, |row| row.id, |row| show(row, &organisations)))
}
