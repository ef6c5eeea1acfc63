//! Who was shown whose contacts: the log's own rows, read from the side of those whom it concerns.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use techmart_entity::{
    docking,
    id::{AuditId, DockingId, OrganisationId},
};

use super::{
    dto::{LoggedRevealOut, RevealOut, RevealQuery},
    policy, repo,
};
use crate::{
    auth::Context,
    error::Result,
    features::listing,
    web::paging::{Cut, Page},
};

/// The looks at contacts of these organisations, newest first, after one. Whoever looked is named by their
/// organisation: what one person of it did is its own to know.
///
/// # Errors
/// When the database cannot be asked.
pub async fn of(
    db: &impl ConnectionTrait,
    organisations: &[OrganisationId],
    after: Option<AuditId>,
    limit: u64,
) -> Result<Vec<(AuditId, RevealOut)>> {
    if organisations.is_empty() {
        return Ok(Vec::new());
    }
    let rows = repo::reveals_of(db, organisations, after, limit).await?;
    let ids: Vec<DockingId> = rows.iter().filter_map(|row| row.subject_id.parse().ok()).collect();
    let dockings: HashMap<DockingId, docking::Model> =
        repo::dockings(db, &ids).await?.into_iter().map(|row| (row.id, row)).collect();
    let mut named: Vec<OrganisationId> =
        dockings.values().flat_map(|row| [row.enterprise_id, row.supplier_id]).collect();
    named.extend(rows.iter().filter_map(|row| row.acting_organisation_id));
    named.sort_unstable();
    named.dedup();
    let briefs = listing::view::briefs(db, &named).await?;
    let mut found = Vec::new();
    for row in rows {
        let docking = row.subject_id.parse().ok().and_then(|id: DockingId| dockings.get(&id));
        let Some(docking) = docking else { continue };
        // A side sees the other side's, and the centre both.
        let sides = [docking.enterprise_id, docking.supplier_id];
        let shown = sides
            .into_iter()
            .find(|side| organisations.contains(side) && row.acting_organisation_id != Some(*side))
            .and_then(|side| briefs.get(&side).cloned());
        let Some(organisation) = shown else { continue };
        // The centre's people may name an organisation of their own; they look for the centre all the same.
        let seen_by = row
            .acting_organisation_id
            .filter(|acting| sides.contains(acting))
            .and_then(|acting| briefs.get(&acting).cloned());
        let out = RevealOut { at: row.at.into(), docking_id: docking.id, organisation, seen_by };
        found.push((row.id, out));
    }
    Ok(found)
}

/// All looks at contacts, newest first.
///
/// # Errors
/// 400 when the cursor is not this list's, 401, 403.
pub async fn list(
    db: &impl ConnectionTrait,
    cx: &Context,
    query: RevealQuery,
) -> Result<Page<LoggedRevealOut>> {
    policy::watch_reveals(cx)?;
    let mark = RevealQuery { limit: None, cursor: None, ..query.clone() };
    let cut = Cut::<AuditId>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let rows = repo::reveals(db, &query, cut.after, cut.limit + 1).await?;
    Ok(cut.page(rows, |row| row.id, LoggedRevealOut::from))
}
