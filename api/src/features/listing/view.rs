//! Looking at listings: the page, the draft, lists, histories. What a caller may not see is left out
//! here, in one place.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::de::DeserializeOwned;
use techmart_entity::{
    Instant,
    id::{ListingId, OrganisationId},
    life_cycle::LifeCycle,
    listing::{Audience, Content, Diagnosis, ListingKind, Model, status::ListingStatus, version},
    organisation::{self, status::VerificationStatus},
};

use super::{
    dto::{
        DiagnosisOut, DuplicateOut, ListingBrief, ListingOut, ListingQuery, ListingSort, OrganisationBrief,
        OwnerNote, VersionOut, VersionsOut,
    },
    policy::{self, Relation},
    repo, subject,
};
use crate::{
    auth::Context,
    error::{AppError, Result},
    features::{
        audit, change::dto::PublicDocument, check::service as checks, docking,
        organisation::repo as organisations,
    },
    web::{
        etag,
        paging::{Cut, Page},
    },
};

/// What the caller is to a listing; its owner and its dockings are asked only where they can close or open
/// a door.
///
/// # Errors
/// When the database cannot be asked.
pub async fn relation(db: &impl ConnectionTrait, cx: &Context, row: &Model) -> Result<Relation> {
    let relation = policy::relation(cx, row, false);
    if relation.member || relation.centre || relation.auditor {
        return Ok(relation);
    }
    let concealed = organisations::is_suspended(db, row.organisation_id).await?;
    let party = cx.actor.person().is_some() && docking::repo::is_party(db, cx, row.id).await?;
    Ok(Relation { concealed, ..policy::relation(cx, row, party) })
}

/// The ETag of the published page.
#[must_use]
pub fn page_tag(row: &Model) -> String {
    etag::tag(format!("p{}", row.version))
}

/// The ETag of the draft.
#[must_use]
pub fn draft_tag(row: &Model) -> String {
    etag::tag(format!("d{}", row.draft_revision))
}

/// A page, with its ETag.
#[derive(Debug)]
pub struct Opened<C> {
    pub out: ListingOut<C>,
    pub tag: String,
    /// Whether somebody reads what is published who is neither of its owner nor of the centre.
    pub from_outside: bool,
}

/// The published page, or before the first publication the draft for those who may see it.
///
/// # Errors
/// 404 when the caller may not see it.
pub async fn page<C: DeserializeOwned>(
    db: &impl ConnectionTrait,
    cx: &Context,
    kind: ListingKind,
    id: ListingId,
) -> Result<Opened<C>> {
    let row = repo::find(db, kind, id).await?;
    let relation = relation(db, cx, &row).await?;
    policy::see(cx, &row, relation)?;
    if !row.was_published() {
        let out = show(db, &row, row.working_version_id, relation).await?;
        return Ok(Opened { out, tag: draft_tag(&row), from_outside: false });
    }
    let mut out = show::<C>(db, &row, row.published_version_id, relation).await?;
    let outside = !policy::may_read_draft(relation);
    let tombstone = is_tombstone(&row);
    if tombstone && outside {
        out.content = None;
    }
    Ok(Opened { out, tag: page_tag(&row), from_outside: outside && !tombstone })
}

/// Whether nothing but the fact that it was there is left of a page for those outside.
fn is_tombstone(row: &Model) -> bool {
    matches!(row.status, ListingStatus::Withdrawn | ListingStatus::Merged)
}

/// The working version.
///
/// # Errors
/// 404 when the caller may not see it, or there is none beside the published one.
pub async fn draft<C: DeserializeOwned>(
    db: &impl ConnectionTrait,
    cx: &Context,
    kind: ListingKind,
    id: ListingId,
) -> Result<(ListingOut<C>, String)> {
    let row = repo::find(db, kind, id).await?;
    let relation = relation(db, cx, &row).await?;
    if !policy::may_read_draft(relation) {
        return Err(AppError::not_found());
    }
    // A published item without a next version shows what a patch would start from.
    let version = row.working_version_id.or(row.published_version_id);
    let mut out = show(db, &row, version, relation).await?;
    if policy::may_see_completeness(relation) {
        let version = repo::find_version(db, version).await?;
        out.completeness = Some(checks::of_version(&row, &version, cx.today)?.into());
    }
    Ok((out, draft_tag(&row)))
}

/// A row as its caller may see it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn show<C: DeserializeOwned>(
    db: &impl ConnectionTrait,
    row: &Model,
    version: Option<techmart_entity::id::VersionId>,
    relation: Relation,
) -> Result<ListingOut<C>> {
    let version = repo::find_version(db, version).await?;
    let content = content::<C>(row.kind, &version, relation)?;
    let organisation = match row.organisation_id.filter(|_| policy::may_read_owner(row, relation)) {
        Some(id) => briefs(db, &[id]).await?.remove(&id),
        None => None,
    };
    let inside = policy::may_read_draft(relation);
    let duplicates = if inside {
        let found = repo::duplicates(db, row).await?;
        Some(found.into_iter().filter(|(other, _)| may_name(other, row, relation)).map(duplicate).collect())
    } else {
        None
    };
    Ok(ListingOut { duplicates, ..shaped(row, &version, content, organisation, relation) })
}

/// What everybody reads of a published row: the page that a visitor gets.
#[must_use]
pub fn public(
    row: &Model,
    version: &version::Model,
    content: Content,
    owner: Option<&organisation::Model>,
) -> PublicDocument {
    let relation = Relation::OUTSIDE;
    let owner = owner.filter(|_| policy::may_read_owner(row, relation)).cloned().map(brief);
    match content.without_private() {
        Content::Achievement(content) => {
            PublicDocument::Achievement(Box::new(shaped(row, version, *content, owner, relation)))
        }
        Content::Demand(content) => {
            PublicDocument::Demand(Box::new(shaped(row, version, *content, owner, relation)))
        }
        Content::Provider(content) => {
            PublicDocument::Provider(Box::new(shaped(row, version, *content, owner, relation)))
        }
    }
}

/// When it last changed, as those outside are told: not with each word of its next version.
fn changed_at(row: &Model, relation: Relation) -> Instant {
    row.shown_at.filter(|_| !policy::may_read_draft(relation)).unwrap_or(row.updated_at)
}

/// A row with its content and its owner, both already as the reader may see them.
fn shaped<C>(
    row: &Model,
    version: &version::Model,
    content: C,
    organisation: Option<OrganisationBrief>,
    relation: Relation,
) -> ListingOut<C> {
    let inside = policy::may_read_draft(relation);
    ListingOut {
        id: row.id,
        kind: row.kind,
        status: row.status,
        next_status: row.next_status.filter(|_| inside),
        version_number: version.number,
        content_hash: version.content_hash.clone(),
        content: Some(content),
        owner_note: owner_note(row, relation),
        organisation,
        audience: row.audience,
        source: row.source,
        // An address can name whom the listing does not.
        source_url: row.source_url.clone().filter(|_| policy::may_read_owner(row, relation)),
        collected_at: row.collected_at.map(Into::into),
        diagnosis: row.diagnosis.clone().filter(|_| inside).map(|said| judged(said, relation)),
        claimed_by: row.claimed_by.filter(|_| relation.centre || relation.auditor),
        duplicates: None,
        completeness: None,
        legal_moves: inside.then(|| legal_moves(row)),
        demo: row.demo,
        first_published_at: row.first_published_at.map(Into::into),
        expires_at: row.expires_at.map(Into::into),
        withdrawn_at: row.withdrawn_at.map(Into::into),
        withdrawal_reason: row.withdrawal_reason.clone(),
        merged_into: row.merged_into,
        created_at: row.created_at.into(),
        updated_at: changed_at(row, relation).into(),
    }
}

/// A judgement as its reader may see it: the author reads what was found and why, the centre what it makes of it.
#[must_use]
pub fn judged(said: Diagnosis, relation: Relation) -> DiagnosisOut {
    let centre = relation.centre && !relation.member;
    let beyond = centre || (relation.auditor && !relation.member);
    DiagnosisOut {
        outcome: said.outcome,
        clarity: said.clarity,
        missing: said.missing,
        note: said.note,
        at: said.at.into(),
        level: said.level.filter(|_| beyond),
        direction: said.direction.filter(|_| beyond),
        centre_note: said.centre_note.filter(|_| centre),
        by: beyond.then_some(said.by),
    }
}

/// The moves of the item and, beside a published item, those of its next version.
#[must_use]
pub fn legal_moves(row: &Model) -> Vec<techmart_entity::listing::status::ListingMove> {
    match row.next_status {
        None => row.status.legal(),
        Some(next) => {
            let mut moves: Vec<_> = next.legal().into_iter().filter(|mv| mv.is_review()).collect();
            moves.extend(row.status.legal().into_iter().filter(|mv| !mv.is_review()));
            moves
        }
    }
}

/// An author is told of a duplicate that is their own or public; the centre of every one.
fn may_name(other: &Model, row: &Model, relation: Relation) -> bool {
    relation.centre
        || relation.auditor
        || other.organisation_id == row.organisation_id
        || (other.status == ListingStatus::Published && other.audience.is_listed())
}

fn duplicate((row, key): (Model, String)) -> DuplicateOut {
    let by = key.split(':').next().unwrap_or_default().to_owned();
    DuplicateOut { id: row.id, title: row.title, status: row.status, by }
}

fn owner_note(row: &Model, relation: Relation) -> Option<OwnerNote> {
    if row.organisation_id.is_none() {
        Some(OwnerNote::NotNamedBySource)
    } else if !policy::may_read_owner(row, relation) {
        Some(OwnerNote::Anonymous)
    } else {
        None
    }
}

fn content<C: DeserializeOwned>(
    kind: ListingKind,
    version: &version::Model,
    relation: Relation,
) -> Result<C> {
    let content = Content::parse(kind, version.content.clone()).map_err(AppError::internal)?;
    let content = if policy::may_read_contact(relation) { content } else { content.without_private() };
    serde_json::from_value(content.document()).map_err(AppError::internal)
}

/// Organisations in short, by id.
///
/// # Errors
/// When the database cannot be asked.
pub async fn briefs(
    db: &impl ConnectionTrait,
    ids: &[OrganisationId],
) -> Result<HashMap<OrganisationId, OrganisationBrief>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = organisation::Entity::find()
        .filter(organisation::Column::Id.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, brief(row))).collect())
}

/// An organisation in short.
#[must_use]
pub fn brief(row: organisation::Model) -> OrganisationBrief {
    OrganisationBrief {
        id: row.id,
        name: row.name,
        name_en: row.name_en,
        kind: row.kind,
        verified: row.verification == VerificationStatus::Verified,
        town: row.town,
    }
}

/// A page of a list.
///
/// # Errors
/// 400 when the cursor is not this list's.
pub async fn list(
    db: &impl ConnectionTrait,
    cx: &Context,
    kind: ListingKind,
    query: ListingQuery,
) -> Result<Page<ListingBrief>> {
    let order = match query.sort.unwrap_or_default() {
        ListingSort::Newest => repo::Order::Newest,
        ListingSort::Oldest => repo::Order::Oldest,
        ListingSort::Created => repo::Order::Id,
    };
    let statuses =
        if query.status.is_empty() { vec![ListingStatus::Published] } else { query.status.clone() };
    // An item that was never published has no place in an order of publication.
    let order = if statuses.iter().all(|status| status.was_published()) { order } else { repo::Order::Id };
    let insider = cx.actor.is_centre()
        || cx.actor.is_auditor()
        || query.organisation_id.is_some_and(|organisation| cx.actor.belongs_to(organisation));
    let filter = repo::Filter {
        kind: Some(kind),
        statuses,
        organisation: query.organisation_id,
        named_only: query.organisation_id.is_some() && !insider,
        ..repo::Filter::default()
    };
    let mark = (kind, ListingQuery { limit: None, cursor: None, ..query.clone() });
    let cut = Cut::<repo::ListKey>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let rows = repo::list(db, repo::scope(cx), &filter, order, cut.after, cut.limit + 1).await?;
    rows_page(db, cx, &cut, rows).await
}

/// A page of rows with their organisations.
///
/// # Errors
/// When the database cannot be asked.
pub async fn rows_page(
    db: &impl ConnectionTrait,
    cx: &Context,
    cut: &Cut<repo::ListKey>,
    rows: Vec<Model>,
) -> Result<Page<ListingBrief>> {
    let owners: Vec<OrganisationId> = rows.iter().filter_map(|row| row.organisation_id).collect();
    let organisations = briefs(db, &owners).await?;
    let key = |row: &Model| repo::ListKey {
        at: row.first_published_at.map(|at| at.timestamp_millis()),
        id: row.id,
    };
    Ok(cut.page(rows, key, |row| {
        let relation = policy::relation(cx, &row, false);
        let inside = policy::may_read_draft(relation);
        let updated_at = changed_at(&row, relation).into();
        let organisation = row
            .organisation_id
            .filter(|_| policy::may_read_owner(&row, relation))
            .and_then(|id| organisations.get(&id).cloned());
        ListingBrief {
            id: row.id,
            kind: row.kind,
            owner_note: owner_note(&row, relation),
            title: row.title,
            status: row.status,
            next_status: row.next_status.filter(|_| inside),
            organisation,
            audience: row.audience,
            source: row.source,
            demo: row.demo,
            claimed_by: row.claimed_by.filter(|_| relation.centre || relation.auditor),
            completeness: None,
            first_submitted_at: row.first_submitted_at.filter(|_| inside).map(Into::into),
            first_published_at: row.first_published_at.map(Into::into),
            expires_at: row.expires_at.map(Into::into),
            updated_at,
        }
    }))
}

/// The versions of a listing: all for those inside, the published ones for everybody who may read.
///
/// # Errors
/// 404 when the caller may not see it.
pub async fn versions<C: DeserializeOwned>(
    db: &impl ConnectionTrait,
    cx: &Context,
    kind: ListingKind,
    id: ListingId,
) -> Result<VersionsOut<C>> {
    let row = repo::find(db, kind, id).await?;
    let relation = relation(db, cx, &row).await?;
    policy::see(cx, &row, relation)?;
    let inside = policy::may_read_draft(relation);
    if is_tombstone(&row) && !inside {
        return Ok(VersionsOut { items: Vec::new() });
    }
    let items = repo::all_versions(db, id)
        .await?
        .into_iter()
        .filter(|version| inside || version.published_at.is_some())
        .map(|version| {
            // A version that was for fewer readers than the present one stays theirs.
            let then = Model { audience: audience(kind, &version)?, ..row.clone() };
            if !inside && !policy::may_read_page(cx, &then, relation) {
                return Ok(None);
            }
            Ok(Some(VersionOut {
                number: version.number,
                content: content(kind, &version, relation)?,
                content_hash: version.content_hash,
                created_at: version.created_at.into(),
                submitted_at: version.submitted_at.map(Into::into),
                published_at: version.published_at.map(Into::into),
            }))
        })
        .filter_map(Result::transpose)
        .collect::<Result<_>>()?;
    Ok(VersionsOut { items })
}

/// The history of a listing, newest first, with the reasons that its author is told.
///
/// # Errors
/// 404 when the caller may not see it.
pub async fn history(
    db: &impl ConnectionTrait,
    cx: &Context,
    kind: ListingKind,
    id: ListingId,
    query: audit::dto::HistoryQuery,
) -> Result<Page<audit::dto::HistoryOut>> {
    let row = repo::find(db, kind, id).await?;
    let relation = relation(db, cx, &row).await?;
    if !policy::may_read_draft(relation) {
        return Err(AppError::not_found());
    }
    let cut = Cut::read(query.limit, query.cursor.as_deref(), &("history", id))?;
    let filter = audit::repo::Filter {
        subject: Some((subject(kind), id.to_string())),
        moves_only: true,
        ..audit::repo::Filter::default()
    };
    let rows = audit::repo::list(db, &filter, cut.after, cut.limit + 1).await?;
    Ok(cut.page(rows, |row| row.id, audit::dto::HistoryOut::from))
}

/// For whom a version was.
fn audience(kind: ListingKind, version: &version::Model) -> Result<Audience> {
    let content = Content::parse(kind, version.content.clone()).map_err(AppError::internal)?;
    Ok(content.audience())
}
