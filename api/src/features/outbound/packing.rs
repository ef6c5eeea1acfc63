//! What the next package of a target carries: each listing is laid out and compared with how it was packed last.

use sea_orm::ConnectionTrait;
use sha2::{Digest, Sha256};
use techmart_entity::{
    id::ListingId,
    listing::{Content, ListingKind},
    outbound::{
        Model, Sheet,
        item::{self, ItemState},
    },
};

use super::{
    mapping,
    repo::{self, Laid},
};
use crate::error::{AppError, Result};

/// Listings that are looked at together.
const BATCH: u64 = 200;
/// Rows of one package; what is over goes with the next one.
pub const MOST: usize = 2000;

/// A listing that is new there, or another than it was.
#[derive(Clone, Debug)]
pub struct Change {
    pub listing_id: ListingId,
    pub kind: ListingKind,
    pub title: String,
    pub cells: Vec<String>,
    pub hash: String,
    /// Where it stood before.
    pub before: Option<item::Model>,
}

/// A listing that lacks what the platform wants.
#[derive(Clone, Debug)]
pub struct Lacking {
    pub listing_id: ListingId,
    pub title: String,
    pub headings: Vec<String>,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub changes: Vec<Change>,
    /// What is to be taken away there.
    pub removals: Vec<item::Model>,
    pub lacking: Vec<Lacking>,
    /// Whether there is more than one package carries.
    pub more: bool,
}

impl Changes {
    fn is_full(&self) -> bool {
        self.changes.len() + self.removals.len() >= MOST
    }
}

/// Compares.
///
/// # Errors
/// When the database cannot be asked.
pub async fn compare(db: &impl ConnectionTrait, target: &Model, public_url: &str) -> Result<Changes> {
    let mut found = Changes::default();
    // First what has to go: it is the more urgent.
    removals(db, target, &mut found).await?;
    for sheet in &target.profile.sheets {
        let mut after = None;
        loop {
            let rows = repo::published(db, sheet.kind, after, BATCH).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last.row.id);
            changes(db, target, sheet, rows, public_url, &mut found).await?;
            if found.more {
                return Ok(found);
            }
        }
    }
    Ok(found)
}

async fn changes(
    db: &impl ConnectionTrait,
    target: &Model,
    sheet: &Sheet,
    rows: Vec<Laid>,
    public_url: &str,
    found: &mut Changes,
) -> Result<()> {
    let ids: Vec<ListingId> = rows.iter().map(|laid| laid.row.id).collect();
    let mut items = repo::items_of(db, target.id, &ids).await?;
    for Laid { row, content, owner } in rows {
        if !mapping::goes_out(&row, owner.as_ref()) {
            continue;
        }
        let content = Content::parse(row.kind, content).map_err(AppError::internal)?;
        let document = mapping::document(&row, content, owner.as_ref(), public_url);
        let (cells, missing) = mapping::row(&document, &sheet.columns);
        if !missing.is_empty() {
            found.lacking.push(Lacking { listing_id: row.id, title: row.title, headings: missing });
            continue;
        }
        let hash = hash(sheet, &cells);
        let before = items.remove(&row.id);
        let same = before
            .as_ref()
            .is_some_and(|item| item.state != ItemState::Removed && item.last_payload_hash == hash);
        if same {
            continue;
        }
        if found.is_full() {
            found.more = true;
            return Ok(());
        }
        found.changes.push(Change {
            listing_id: row.id,
            kind: row.kind,
            title: row.title,
            cells,
            hash,
            before,
        });
    }
    Ok(())
}

/// What was packed and does not go out any more.
async fn removals(db: &impl ConnectionTrait, target: &Model, found: &mut Changes) -> Result<()> {
    let there = [ItemState::Packed, ItemState::Accepted, ItemState::Refused];
    let kinds: Vec<ListingKind> = target.profile.sheets.iter().map(|sheet| sheet.kind).collect();
    let mut after = None;
    loop {
        let items = repo::items(db, target.id, &there, after, BATCH).await?;
        let Some(last) = items.last() else { return Ok(()) };
        after = Some(last.listing_id);
        let ids: Vec<ListingId> = items.iter().map(|item| item.listing_id).collect();
        let stays: Vec<ListingId> = repo::listings(db, &ids)
            .await?
            .iter()
            .filter(|laid| {
                mapping::goes_out(&laid.row, laid.owner.as_ref()) && kinds.contains(&laid.row.kind)
            })
            .map(|laid| laid.row.id)
            .collect();
        for item in items {
            if stays.contains(&item.listing_id) {
                continue;
            }
            if found.is_full() {
                found.more = true;
                return Ok(());
            }
            found.removals.push(item);
        }
    }
}

/// Of what is sent, with the headings it is sent under: another profile is another payload.
fn hash(sheet: &Sheet, cells: &[String]) -> String {
    let mut hash = Sha256::new();
    for (column, cell) in sheet.columns.iter().zip(cells) {
        for part in [&column.heading, cell] {
            hash.update(part.len().to_be_bytes());
            hash.update(part.as_bytes());
        }
    }
    hex::encode(hash.finalize())
}
