//! Saying what has changed, and reading what was said.

use std::{collections::HashMap, time::Duration};

use sea_orm::ConnectionTrait;
use techmart_entity::{
    Instant,
    change::{ChangeKind, Model, TombstoneReason},
    id::{ListingId, OrganisationId, VersionId},
    listing::{self, Content, ListingKind},
    organisation::{self, status::VerificationStatus},
    value::field::Field,
};
use tokio::time::{Instant as Tick, timeout_at};

use super::{
    dto::{ChangeOut, ChangesOut, ChangesQuery, Position, PublicDocument},
    policy::{Standing, standing},
    repo,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Result},
    features::{
        listing::{repo as listings, view},
        organisation::repo as organisations,
    },
    say,
    state::State,
};

/// The rows of a page when the request does not say.
pub const PAGE: u64 = 100;
/// How many listings are looked at in one go.
pub const BATCH: usize = 500;

/// What everybody reads of a listing now.
#[derive(Debug)]
pub struct Seen {
    pub row: listing::Model,
    pub face: Face,
}

/// The public side of a listing.
#[derive(Debug)]
pub enum Face {
    Shown { document: PublicDocument, field: Option<Field> },
    Hidden(TombstoneReason),
}

impl Seen {
    /// The row that tells it; `before` is the last that was told.
    fn told(&self, before: Option<&Model>, at: Instant) -> Result<Model> {
        let (kind, reason, fingerprint, field) = match &self.face {
            Face::Shown { document, field } => (ChangeKind::Upsert, None, fingerprint(document)?, *field),
            Face::Hidden(reason) => {
                let field = before.and_then(|before| before.field);
                (ChangeKind::Tombstone, Some(*reason), String::new(), field)
            }
        };
        Ok(Model {
            listing_id: self.row.id,
            listing_kind: self.row.kind,
            seq: None,
            kind,
            reason,
            replaced_by: self.row.merged_into.filter(|_| reason == Some(TombstoneReason::Merged)),
            field,
            fingerprint,
            at,
        })
    }
}

/// The hash of a document, by which it is known again.
fn fingerprint(document: &PublicDocument) -> Result<String> {
    let document = serde_json::to_value(document).map_err(AppError::internal)?;
    Ok(techmart_entity::canonical::hash(&document))
}

/// What everybody reads of listings now, by listing.
///
/// # Errors
/// When the database cannot be asked.
pub async fn seen(db: &impl ConnectionTrait, ids: &[ListingId]) -> Result<HashMap<ListingId, Seen>> {
    let rows = listings::by_ids(db, ids).await?;
    let owners: Vec<OrganisationId> = rows.iter().filter_map(|row| row.organisation_id).collect();
    let owners: HashMap<OrganisationId, organisation::Model> =
        organisations::by_ids(db, &owners).await?.into_iter().map(|row| (row.id, row)).collect();
    let versions: Vec<VersionId> = rows.iter().filter_map(|row| row.published_version_id).collect();
    let mut versions: HashMap<VersionId, listing::version::Model> =
        listings::versions(db, &versions).await?.into_iter().map(|version| (version.id, version)).collect();
    let mut all = HashMap::with_capacity(rows.len());
    for row in rows {
        let owner = row.organisation_id.and_then(|id| owners.get(&id));
        let suspended = owner.is_some_and(|owner| owner.verification == VerificationStatus::Suspended);
        let face = match (standing(&row, suspended), row.published_version_id) {
            (Standing::Shown, Some(version)) => {
                let version = versions.remove(&version).ok_or_else(AppError::not_found)?;
                let content =
                    Content::parse(row.kind, version.content.clone()).map_err(AppError::internal)?;
                let field = field_of(&content);
                Face::Shown { document: view::public(&row, &version, content, owner), field }
            }
            (Standing::Shown, None) => return Err(AppError::internal("published without a version")),
            (Standing::Hidden(reason), _) => Face::Hidden(reason),
        };
        all.insert(row.id, Seen { row, face });
    }
    Ok(all)
}

fn field_of(content: &Content) -> Option<Field> {
    match content {
        Content::Achievement(content) => content.field,
        Content::Demand(content) => content.field,
        Content::Provider(content) => content.field,
    }
}

/// Whether the row tells what is seen.
#[must_use]
pub fn is_told(before: Option<&Model>, now: &Model) -> bool {
    match before {
        // What nobody could ever read has no tombstone.
        None => now.kind == ChangeKind::Tombstone,
        Some(before) => {
            let same = |row: &Model| (row.kind, row.reason, row.replaced_by, row.fingerprint.clone());
            same(before) == same(now)
        }
    }
}

/// Something was written that may change what everybody reads of these listings: tells it, if it does. To be said
/// after the writing, in its transaction.
///
/// # Errors
/// When the rows cannot be read or written.
pub async fn note(tx: &Tx, now: Instant, ids: &[ListingId]) -> Result<()> {
    for ids in ids.chunks(BATCH) {
        repo::keep_owners(tx, ids).await?;
        let before = repo::hold(tx, ids).await?;
        // Read after the rows are held: what another act told meanwhile is seen here.
        let seen = seen(tx, ids).await?;
        for id in ids {
            let Some(seen) = seen.get(id) else { continue };
            let known = before.get(id);
            let row = seen.told(known, now)?;
            if is_told(known, &row) {
                continue;
            }
            if known.is_some() {
                repo::move_up(tx, row).await?;
            } else if !repo::begin(tx, row).await? {
                return Err(AppError::lost_race(AppError::internal("told at the same time")));
            }
        }
    }
    Ok(())
}

/// The same of what an organisation has published.
///
/// # Errors
/// When the rows cannot be read or written.
pub async fn note_owned(tx: &Tx, now: Instant, owner: OrganisationId) -> Result<()> {
    note(tx, now, &listings::published_of(tx, owner).await?).await
}

/// What is wrong in what was told of these listings: those that were never looked at, and those of which it is no
/// longer true.
///
/// # Errors
/// When the database cannot be asked.
pub async fn untrue(
    db: &impl ConnectionTrait,
    ids: &[ListingId],
) -> Result<(Vec<ListingId>, Vec<ListingId>)> {
    let told = repo::of(db, ids).await?;
    let (mut unseen, mut wrong) = (Vec::new(), Vec::new());
    for (id, seen) in seen(db, ids).await? {
        let before = told.get(&id);
        let now = seen.told(before, seen.row.updated_at)?;
        if is_told(before, &now) {
            continue;
        }
        match before {
            Some(before) if before.fingerprint.is_empty() && before.kind == now.kind => unseen.push(id),
            Some(_) | None => wrong.push(id),
        }
    }
    Ok((unseen, wrong))
}

/// Takes what was public before changes were kept for what was told of it.
///
/// # Errors
/// When the rows cannot be read or written.
pub async fn adopt(tx: &Tx, ids: &[ListingId]) -> Result<()> {
    repo::keep_owners(tx, ids).await?;
    repo::hold(tx, ids).await?;
    for (id, seen) in seen(tx, ids).await? {
        if let Face::Shown { document, .. } = &seen.face {
            repo::adopt(tx, id, fingerprint(document)?).await?;
        }
    }
    Ok(())
}

/// A page of the feed.
///
/// # Errors
/// 400 when the place lies ahead of the feed.
pub async fn page(
    db: &impl ConnectionTrait,
    since: Position,
    kinds: &[ListingKind],
    limit: u64,
) -> Result<ChangesOut> {
    let mut rows = repo::after(db, since.0, kinds, limit + 1).await?;
    // A place of another service, or of a time that was restored away: from there nothing would ever come.
    if rows.is_empty() && since.0 > repo::last(db).await? {
        return Err(AppError::new(
            Code::InvalidCursor,
            say!(
                "该位置超前于变更流；请从头（0）重新读取。",
                "This place lies ahead of the feed; begin anew with 0."
            ),
        ));
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().and_then(|row| row.seq).map_or(since, Position);
    let shown: Vec<ListingId> =
        rows.iter().filter(|row| row.kind == ChangeKind::Upsert).map(|row| row.listing_id).collect();
    let mut seen = seen(db, &shown).await?;
    let items = rows.into_iter().filter_map(|row| entry(&mut seen, row)).collect();
    Ok(ChangesOut { items, next, more, floor: Position(0) })
}

/// A row with what everybody reads now. What has been hidden since it was read is left out: it comes again.
fn entry(seen: &mut HashMap<ListingId, Seen>, row: Model) -> Option<ChangeOut> {
    let document = match row.kind {
        ChangeKind::Tombstone => None,
        ChangeKind::Upsert => match seen.remove(&row.listing_id)?.face {
            Face::Shown { document, .. } => Some(document),
            Face::Hidden(_) => return None,
        },
    };
    Some(ChangeOut {
        position: Position(row.seq?),
        listing_kind: row.listing_kind,
        id: row.listing_id,
        kind: row.kind,
        at: row.at.into(),
        reason: row.reason,
        replaced_by: row.replaced_by,
        document,
    })
}

/// A page of the feed, or, where there is none yet and the caller wants to wait, the next one that comes.
///
/// # Errors
/// 400 when the place is none; 429 and 503 when too many wait.
pub async fn wait(state: &State, cx: &Context, query: ChangesQuery) -> Result<ChangesOut> {
    let since = query.since.as_deref().map(Position::read).transpose()?.unwrap_or_default();
    let (db, limit) = (state.db.read(), query.limit.unwrap_or(PAGE));
    let mut level = state.feed.tide();
    let first = page(db, since, &query.types, limit).await?;
    let wait = Duration::from_secs(query.wait.unwrap_or(0));
    if wait.is_zero() || first.more || !first.items.is_empty() {
        return Ok(first);
    }
    let _seat = state.feed.seats.take(cx)?;
    let end = Tick::now() + wait;
    let mut since = first.next;
    loop {
        // Time is up, or the service stops.
        let changed = timeout_at(end, level.changed()).await;
        let is_over = !matches!(changed, Ok(Ok(()))) || level.borrow_and_update().ending;
        let found = page(db, since, &query.types, limit).await?;
        if is_over || found.more || !found.items.is_empty() {
            return Ok(found);
        }
        since = found.next;
    }
}
