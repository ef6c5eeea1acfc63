//! Evidence: every file is in the store, byte for byte, and its row agrees; every published version still
//! has the content whose hash is evidence.

use std::collections::{HashMap, HashSet};

use futures_util::StreamExt;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use sha2::{Digest, Sha256};
use techmart_entity::{
    attachment, canonical,
    id::{AttachmentId, EntryId, ListingId, VersionId},
    ledger::{self, Evidence, EvidenceKind, event},
    listing::{self, Content, version},
};

use super::{BATCH, Findings, Scope, rows::place_of};
use crate::{error::Result, features::attachment::service::FOLDER, files::FileStore, say};

/// Looks at all evidence of some worlds.
///
/// # Errors
/// When the database cannot be asked.
pub async fn check(
    db: &impl ConnectionTrait,
    files: &FileStore,
    scope: &Scope,
    findings: &mut Findings,
) -> Result<()> {
    let mut seen: HashSet<String> = HashSet::new();
    let mut after: Option<EntryId> = None;
    loop {
        let mut query = ledger::Entity::find().filter(ledger::Column::Demo.is_in(scope.worlds()));
        if let Some(after) = after {
            query = query.filter(ledger::Column::Id.gt(after));
        }
        let entries = query.order_by_asc(ledger::Column::Id).limit(BATCH).all(db).await?;
        let Some(last) = entries.last() else { break };
        after = Some(last.id);
        let ids: Vec<EntryId> = entries.iter().map(|entry| entry.id).collect();
        let events = event::Entity::find().filter(event::Column::EntryId.is_in(ids)).all(db).await?;
        let mut pieces: Vec<(&ledger::Model, &Evidence)> = Vec::new();
        for entry in &entries {
            pieces.extend(entry.evidence.0.iter().map(|piece| (entry, piece)));
            let own = events.iter().filter(|event| event.entry_id == entry.id);
            pieces.extend(own.flat_map(|event| event.evidence.0.iter()).map(|piece| (entry, piece)));
        }
        attachments(db, files, &pieces, &mut seen, findings).await?;
        publications(db, &pieces, findings).await?;
    }
    versions(db, scope, findings).await
}

/// The id between two pieces of an address of this interface.
fn id_in<T: std::str::FromStr>(href: Option<&str>, before: &str, behind: &str) -> Option<T> {
    href?.strip_prefix(before)?.strip_suffix(behind)?.parse().ok()
}

async fn attachments(
    db: &impl ConnectionTrait,
    files: &FileStore,
    pieces: &[(&ledger::Model, &Evidence)],
    seen: &mut HashSet<String>,
    findings: &mut Findings,
) -> Result<()> {
    let named: Vec<(&ledger::Model, AttachmentId, &str)> = pieces
        .iter()
        .filter_map(|(entry, piece)| {
            let id = id_in(piece.href.as_deref(), "/api/v1/attachments/", "/content")?;
            Some((*entry, id, piece.sha256.as_deref()?))
        })
        .collect();
    let ids: HashSet<AttachmentId> = named.iter().map(|(_, id, _)| *id).collect();
    let mut rows: HashMap<AttachmentId, attachment::Model> = HashMap::new();
    for chunk in ids.into_iter().collect::<Vec<_>>().chunks(500) {
        let found = attachment::Entity::find()
            .filter(attachment::Column::Id.is_in(chunk.iter().copied()))
            .all(db)
            .await?;
        rows.extend(found.into_iter().map(|row| (row.id, row)));
    }
    for (entry, id, sha256) in named {
        let row = rows.get(&id);
        if row.map(|row| row.sha256.as_str()) != Some(sha256) {
            findings.fault(
                format!("attachment {id} of {}", place_of(entry)),
                sha256,
                row.map_or("—", |row| row.sha256.as_str()),
                say!(
                    "附件登记的哈希与证据不符。",
                    "The row of the file does not have the hash of the evidence."
                ),
            );
        }
        if seen.insert(sha256.to_owned()) {
            findings.checked.evidence_files += 1;
            let size = row.map(|row| row.size);
            stored(files, sha256, size, entry, findings).await;
        }
    }
    Ok(())
}

/// The bytes of a file, streamed and hashed.
async fn stored(
    files: &FileStore,
    sha256: &str,
    size: Option<i64>,
    entry: &ledger::Model,
    findings: &mut Findings,
) {
    let place = format!("file {sha256} of {}", place_of(entry));
    let mut bytes = match files.get(FOLDER, sha256).await {
        Ok(bytes) => bytes,
        Err(error) => {
            let said = say!("证据文件不在文件库中。", "The file is not in the store.");
            findings.fault(place, sha256, error, said);
            return;
        }
    };
    let (mut hash, mut n) = (Sha256::new(), 0_usize);
    while let Some(chunk) = bytes.next().await {
        match chunk {
            Ok(chunk) => {
                hash.update(&chunk);
                n = n.saturating_add(chunk.len());
            }
            Err(error) => {
                let said = say!("证据文件读取中断。", "The file cannot be read to its end.");
                findings.fault(place, sha256, error, said);
                return;
            }
        }
    }
    let found = hex::encode(hash.finalize());
    if found != sha256 {
        let said = say!("证据文件内容已被改动。", "The file was changed.");
        findings.fault(place, sha256, found, said);
    } else if size.is_some_and(|size| usize::try_from(size) != Ok(n)) {
        let said = say!("附件登记的大小不符。", "The row of the file gives another size.");
        findings.fault(place, n, size.unwrap_or_default(), said);
    }
}

/// What was published when it was counted is a version of the listing.
async fn publications(
    db: &impl ConnectionTrait,
    pieces: &[(&ledger::Model, &Evidence)],
    findings: &mut Findings,
) -> Result<()> {
    let of_listing = |piece: &Evidence| -> Option<ListingId> {
        let href = piece.href.as_deref()?.strip_suffix("/versions")?;
        href.rsplit('/').next()?.parse().ok()
    };
    let named: Vec<(&ledger::Model, ListingId, &str)> = pieces
        .iter()
        .filter(|(_, piece)| piece.kind == EvidenceKind::PublishedVersion)
        .filter_map(|(entry, piece)| Some((*entry, of_listing(piece)?, piece.sha256.as_deref()?)))
        .collect();
    let ids: HashSet<ListingId> = named.iter().map(|(_, id, _)| *id).collect();
    let mut hashes: HashSet<(ListingId, String)> = HashSet::new();
    for chunk in ids.into_iter().collect::<Vec<_>>().chunks(500) {
        let found: Vec<(ListingId, Option<String>)> = version::Entity::find()
            .select_only()
            .columns([version::Column::ListingId, version::Column::ContentHash])
            .filter(version::Column::ListingId.is_in(chunk.iter().copied()))
            .into_tuple()
            .all(db)
            .await?;
        hashes.extend(found.into_iter().filter_map(|(id, hash)| Some((id, hash?))));
    }
    for (entry, id, sha256) in named {
        if !hashes.contains(&(id, sha256.to_owned())) {
            findings.fault(
                format!("listing {id} of {}", place_of(entry)),
                sha256,
                "no such version",
                say!("计数所依据的发布版本不存在。", "The version that was counted is not there."),
            );
        }
    }
    Ok(())
}

/// Published versions are never changed: each has the content of its hash.
async fn versions(db: &impl ConnectionTrait, scope: &Scope, findings: &mut Findings) -> Result<()> {
    let mut after: Option<VersionId> = None;
    loop {
        let mut condition = Condition::all()
            .add(version::Column::PublishedAt.is_not_null())
            .add(version::Column::ContentHash.is_not_null());
        if let Some(after) = after {
            condition = condition.add(version::Column::Id.gt(after));
        }
        let rows = version::Entity::find()
            .filter(condition)
            .order_by_asc(version::Column::Id)
            .limit(BATCH)
            .all(db)
            .await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.id);
        let ids: HashSet<ListingId> = rows.iter().map(|row| row.listing_id).collect();
        let listings: HashMap<ListingId, listing::Model> = listing::Entity::find()
            .filter(listing::Column::Id.is_in(ids))
            .filter(listing::Column::Demo.is_in(scope.worlds()))
            .all(db)
            .await?
            .into_iter()
            .map(|row| (row.id, row))
            .collect();
        for row in rows {
            let Some(listing) = listings.get(&row.listing_id) else { continue };
            findings.checked.published_versions += 1;
            let kept = row.content_hash.clone().unwrap_or_default();
            let mut now = canonical::hash(&row.content);
            if now != kept {
                // The database may write a number in another way than it was given.
                let content = Content::parse(listing.kind, row.content.clone());
                now = content.map_or(now, |content| content.hash());
            }
            if now != kept {
                findings.fault(
                    format!("listing {} version {}: {}", listing.id, row.number, listing.title),
                    kept,
                    now,
                    say!("已发布版本的内容已被改动。", "The content of a published version was changed."),
                );
            }
        }
    }
}
