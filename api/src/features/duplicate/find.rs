//! Finding pairs. The prints of a listing are written before others are looked for, each in a
//! transaction of its own: of two like listings that are looked at at once, one sees the other.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use sha2::{Digest, Sha256};
use techmart_entity::{
    audit::SubjectKind,
    duplicate::{DuplicateReason, DuplicateStatus, DuplicateSubject, Model, Reason, Reasons},
    id::{DuplicateId, ListingId, OrganisationId, VersionId},
    listing::{self, Content, ListingKind, duplicate_key, status::ListingStatus},
    organisation,
};
use uuid::Uuid;

use super::{names, repo, text::Shingles};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Result},
    features::{desk::service as desk, listing::repo as listings, organisation::repo as organisations},
    state::State,
};

/// From which likeness of their texts on two listings are shown to a person, in per cent. How it was
/// chosen stands in `mod.rs`.
pub const LIKE_TEXT: i32 = 60;
/// Of a band so many listings are looked at.
const OF_A_BAND: u64 = 30;
/// So many listings that share bands are read and compared.
const COMPARED: usize = 60;
/// A listing is paired with so many others at most, the most alike first.
const PAIRS: usize = 20;

/// The subject of pairs of that kind.
#[must_use]
pub fn subject(kind: ListingKind) -> DuplicateSubject {
    match kind {
        ListingKind::Achievement => DuplicateSubject::Achievement,
        ListingKind::Demand => DuplicateSubject::Demand,
        ListingKind::Provider => DuplicateSubject::Provider,
    }
}

/// The kind of listing that a pair is of; none for organisations.
#[must_use]
pub fn kind(subject: DuplicateSubject) -> Option<ListingKind> {
    match subject {
        DuplicateSubject::Achievement => Some(ListingKind::Achievement),
        DuplicateSubject::Demand => Some(ListingKind::Demand),
        DuplicateSubject::Provider => Some(ListingKind::Provider),
        DuplicateSubject::Organisation => None,
    }
}

/// Whether a listing is gone, so that nothing is compared with it or merged into it.
#[must_use]
pub fn is_gone(row: &listing::Model) -> bool {
    match row.status {
        ListingStatus::Rejected | ListingStatus::Withdrawn | ListingStatus::Merged => true,
        ListingStatus::Draft
        | ListingStatus::Submitted
        | ListingStatus::InReview
        | ListingStatus::Returned
        | ListingStatus::Published
        | ListingStatus::Suspended
        | ListingStatus::Expired
        | ListingStatus::Solved
        | ListingStatus::ClosedUnsolved => false,
    }
}

/// Whether a listing is compared with others: somebody has handed it in, and it is not gone.
#[must_use]
pub fn is_compared(row: &listing::Model) -> bool {
    row.first_submitted_at.is_some() && !is_gone(row)
}

/// A listing with what it says.
#[derive(Clone, Debug)]
pub struct Read {
    pub row: listing::Model,
    pub content: Content,
    pub shingles: Shingles,
}

/// Listings with what they say: published, else as it was handed in.
///
/// # Errors
/// When the database cannot be asked.
pub async fn read(db: &impl ConnectionTrait, ids: &[ListingId]) -> Result<Vec<Read>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = listings::by_ids(db, ids).await?;
    let of = |row: &listing::Model| row.published_version_id.or(row.working_version_id);
    let versions: Vec<VersionId> = rows.iter().filter_map(of).collect();
    let mut contents: HashMap<VersionId, serde_json::Value> = listings::versions(db, &versions)
        .await?
        .into_iter()
        .map(|version| (version.id, version.content))
        .collect();
    rows.into_iter()
        .filter_map(|row| {
            let content = contents.remove(&of(&row)?)?;
            Some(Content::parse(row.kind, content).map_err(AppError::internal).map(|content| {
                let shingles = Shingles::of(&content);
                Read { row, content, shingles }
            }))
        })
        .collect()
}

/// The band of a normalised title, whoever owns it.
fn title_band(kind: ListingKind, title_key: &str) -> Option<String> {
    if title_key.is_empty() {
        return None;
    }
    let digest = hex::encode(Sha256::digest(title_key));
    Some(format!("{kind}:title:{}", digest.get(..32).unwrap_or_default()))
}

/// All bands of a listing: of its text, its title and (`contacts`) its contact.
fn bands_of(read: &Read, contacts: &[String]) -> Vec<String> {
    let kind = read.row.kind;
    let mut bands: Vec<String> =
        read.shingles.bands().into_iter().map(|band| format!("{kind}:{band}")).collect();
    bands.extend(title_band(kind, &read.row.title_key));
    bands.extend(contacts.iter().cloned());
    bands.sort();
    bands.dedup();
    bands
}

/// Brings the prints of a listing in line with what it says now.
///
/// # Errors
/// When the database cannot be asked or written.
pub async fn print(state: &State, id: ListingId, read: Option<&Read>, contacts: &[String]) -> Result<()> {
    let bands = match read.filter(|read| is_compared(&read.row)) {
        Some(read) => bands_of(read, contacts),
        None => Vec::new(),
    };
    if repo::bands(state.db.read(), id).await? == bands {
        return Ok(());
    }
    state
        .db
        .write(async |tx| {
            // A draft that was deleted meanwhile has no prints.
            if listings::by_ids(tx, &[id]).await?.is_empty() {
                return Ok(());
            }
            repo::set_bands(tx, id, &bands).await
        })
        .await
}

/// Listings whose text is like this one's from `least` on, the most alike first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn like(db: &impl ConnectionTrait, read: &Read, least: i32) -> Result<Vec<(Read, i32)>> {
    let kind = read.row.kind;
    let bands: Vec<String> = read.shingles.bands().into_iter().map(|band| format!("{kind}:{band}")).collect();
    let near = repo::sharing(db, read.row.id, &bands, OF_A_BAND).await?;
    let ids: Vec<ListingId> = near.into_iter().take(COMPARED).map(|(id, _)| id).collect();
    let mut like: Vec<(Read, i32)> = self::read(db, &ids)
        .await?
        .into_iter()
        .filter(|other| is_compared(&other.row) && other.row.demo == read.row.demo)
        .filter_map(|other| {
            let score = read.shingles.likeness(&other.shingles).filter(|score| *score >= least)?;
            Some((other, score))
        })
        .collect();
    like.sort_by_key(|(other, score)| (std::cmp::Reverse(*score), other.row.id));
    Ok(like)
}

/// The pairs of a listing with others, each with its reasons.
///
/// # Errors
/// When the database cannot be asked.
pub async fn pairs_of_listing(db: &impl ConnectionTrait, cx: &Context, read: &Read) -> Result<Vec<Model>> {
    if !is_compared(&read.row) {
        return Ok(Vec::new());
    }
    let row = &read.row;
    let mut found: BTreeMap<ListingId, (Vec<Reason>, i32)> = BTreeMap::new();
    let mut add = |id: ListingId, reason: Reason, score: i32| {
        let (reasons, best) = found.entry(id).or_default();
        if !reasons.iter().any(|there| there.code == reason.code) {
            reasons.push(reason);
        }
        *best = score.max(*best);
    };
    for (other, key) in hard_keys(db, row).await? {
        if let Some(reason) = of_key(&key, row) {
            add(other, reason, 100);
        }
    }
    if let Some(band) = title_band(row.kind, &row.title_key) {
        for (other, _) in repo::sharing(db, row.id, &[band], OF_A_BAND).await? {
            add(other, Reason { code: DuplicateReason::Title, detail: row.title_key.clone() }, 100);
        }
    }
    for (other, score) in like(db, read, LIKE_TEXT).await? {
        add(other.row.id, Reason { code: DuplicateReason::LikeText, detail: format!("{score} %") }, score);
    }
    let ids: Vec<ListingId> = found.keys().copied().collect();
    let mut pairs: Vec<Model> = listings::by_ids(db, &ids)
        .await?
        .into_iter()
        .filter(|other| is_compared(other) && other.demo == row.demo && other.kind == row.kind)
        .filter_map(|other| {
            let (reasons, score) = found.remove(&other.id)?;
            Some(pair(cx, subject(row.kind), (row.id.0, other.id.0), row.demo, reasons, score))
        })
        .collect();
    pairs.sort_by_key(|pair| (std::cmp::Reverse(pair.score), pair.left_id, pair.right_id));
    pairs.truncate(PAIRS);
    Ok(pairs)
}

/// Who shares a hard key with a listing.
async fn hard_keys(db: &impl ConnectionTrait, row: &listing::Model) -> Result<Vec<(ListingId, String)>> {
    let own: Vec<String> = duplicate_key::Entity::find()
        .select_only()
        .column(duplicate_key::Column::Key)
        .filter(duplicate_key::Column::ListingId.eq(row.id))
        .into_tuple()
        .all(db)
        .await?;
    if own.is_empty() {
        return Ok(Vec::new());
    }
    Ok(duplicate_key::Entity::find()
        .filter(duplicate_key::Column::Key.is_in(own))
        .filter(duplicate_key::Column::Kind.eq(row.kind))
        .filter(duplicate_key::Column::ListingId.ne(row.id))
        .order_by_desc(duplicate_key::Column::ListingId)
        .limit(100)
        .all(db)
        .await?
        .into_iter()
        .map(|key| (key.listing_id, key.key))
        .collect())
}

fn of_key(key: &str, row: &listing::Model) -> Option<Reason> {
    let (kind, detail) = key.split_once(':')?;
    match kind {
        "patent" => Some(Reason { code: DuplicateReason::Patent, detail: detail.to_owned() }),
        "registration" => Some(Reason { code: DuplicateReason::Registration, detail: detail.to_owned() }),
        "title" => Some(Reason { code: DuplicateReason::Title, detail: row.title_key.clone() }),
        // That one is the other's variant is a decision, and no reason to ask for one.
        _ => None,
    }
}

/// The pairs of an organisation with others, each with its reasons.
///
/// # Errors
/// When the database cannot be asked.
pub async fn pairs_of_organisation(
    db: &impl ConnectionTrait,
    cx: &Context,
    row: &organisation::Model,
) -> Result<Vec<Model>> {
    use organisation::Column as C;
    if row.merged_into.is_some() || row.name_key.is_empty() {
        return Ok(Vec::new());
    }
    let core = names::core(&row.name_key);
    let mut named = Condition::any().add(C::NameKey.eq(row.name_key.as_str()));
    // A normalised name has letters and digits only, so a pattern holds no wildcard.
    if core.chars().count() >= names::LEAST {
        for part in names::halves(core) {
            named = named.add(C::NameKey.contains(part));
        }
    }
    let near = organisation::Entity::find()
        .filter(named)
        .filter(C::Id.ne(row.id))
        .filter(C::Demo.eq(row.demo))
        .filter(C::MergedInto.is_null())
        .order_by_asc(C::Id)
        .limit(200)
        .all(db)
        .await?;
    let mut pairs: Vec<Model> = near
        .iter()
        .filter_map(|other| {
            let (reasons, score) = names::alike(row, other)?;
            let ids = (row.id.0, other.id.0);
            Some(pair(cx, DuplicateSubject::Organisation, ids, row.demo, reasons, score))
        })
        .collect();
    pairs.sort_by_key(|pair| (std::cmp::Reverse(pair.score), pair.left_id, pair.right_id));
    pairs.truncate(PAIRS);
    Ok(pairs)
}

/// A pair that nobody has decided.
#[must_use]
pub fn pair(
    cx: &Context,
    subject: DuplicateSubject,
    (one, other): (Uuid, Uuid),
    demo: bool,
    reasons: Vec<Reason>,
    score: i32,
) -> Model {
    Model {
        id: DuplicateId::new(),
        subject,
        left_id: one.min(other),
        right_id: one.max(other),
        demo,
        reasons: Reasons(reasons),
        score,
        status: DuplicateStatus::Open,
        canonical_id: None,
        effects: None,
        note: None,
        decided_by: None,
        decided_at: None,
        found_at: cx.now,
        version: 1,
    }
}

/// Writes the pairs that are not there yet, and brings the reasons of undecided ones in line; says how
/// many are new. What a person decided stays.
///
/// # Errors
/// When the rows cannot be written.
pub async fn keep(tx: &Tx, cx: &Context, pairs: &[Model]) -> Result<usize> {
    let mut new = 0;
    for found in pairs {
        match repo::of_two(tx, found.subject, found.left_id, found.right_id).await? {
            None => {
                new += usize::from(repo::insert(tx, found.clone()).await?);
                // No person's act, so it stands in no log that would bring it to the desk.
                desk::follow(tx, cx, SubjectKind::Duplicate, &found.id.to_string()).await?;
            }
            Some(row)
                if row.status == DuplicateStatus::Open
                    && (row.reasons != found.reasons || row.score != found.score) =>
            {
                repo::renew(tx, &row, found).await?;
            }
            Some(_) => {}
        }
    }
    Ok(new)
}

/// Looks for the duplicates of a listing whose prints are written; says how many pairs are new.
///
/// # Errors
/// When the database cannot be asked or written.
pub async fn of_listing(state: &State, cx: &Context, read: &Read) -> Result<usize> {
    let pairs = pairs_of_listing(state.db.read(), cx, read).await?;
    if pairs.is_empty() { Ok(0) } else { state.db.write(async |tx| keep(tx, cx, &pairs).await).await }
}

/// Looks for the duplicates of an organisation; says how many pairs are new.
///
/// # Errors
/// When the database cannot be asked or written.
pub async fn of_organisation(state: &State, cx: &Context, id: OrganisationId) -> Result<usize> {
    let db = state.db.read();
    let Some(row) = organisations::find(db, id).await? else { return Ok(0) };
    let pairs = pairs_of_organisation(db, cx, &row).await?;
    if pairs.is_empty() { Ok(0) } else { state.db.write(async |tx| keep(tx, cx, &pairs).await).await }
}
