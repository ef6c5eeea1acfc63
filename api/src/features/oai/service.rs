//! Answering the protocol's requests from the change feed.

use sea_orm::ConnectionTrait;
use serde_json::Value;
use techmart_entity::{
    change::{ChangeKind, Model},
    id::ListingId,
    listing::ListingKind,
    value::field::Field,
};

use super::request::{Refusal, Request, Selection, Set, identifier, refuse, unknown};
use crate::{
    error::{AppError, Result},
    features::change::{
        repo::{self, Harvest},
        service::{Face, seen},
    },
};

/// The records of one answer.
const PAGE: u64 = 100;

/// What a request is answered with.
#[derive(Debug)]
pub enum Reply {
    /// With the instant of the oldest record.
    Identify(Option<techmart_entity::Instant>),
    ListMetadataFormats,
    ListSets,
    GetRecord(Record, Selection),
    List {
        records: Vec<Record>,
        selection: Selection,
        next: Option<Selection>,
    },
    Refused(Refusal),
}

/// A record.
#[derive(Debug)]
pub struct Record {
    pub id: ListingId,
    pub kind: ListingKind,
    pub field: Option<Field>,
    pub at: techmart_entity::Instant,
    /// None of what was deleted.
    pub document: Option<Value>,
}

impl Record {
    /// The sets it is in.
    pub fn sets(&self) -> impl Iterator<Item = Set> {
        [Some(Set::Kind(self.kind)), self.field.map(Set::Field)].into_iter().flatten()
    }
}

/// Answers a request.
///
/// # Errors
/// When the database cannot be asked; what the protocol refuses is an answer.
pub async fn answer(db: &impl ConnectionTrait, request: Request) -> Result<Reply> {
    Ok(match request {
        Request::Identify => Reply::Identify(repo::oldest(db).await?),
        Request::ListSets => Reply::ListSets,
        Request::ListMetadataFormats(None) => Reply::ListMetadataFormats,
        Request::ListMetadataFormats(Some(id)) => match repo::of(db, &[id]).await?.get(&id) {
            Some(_) => Reply::ListMetadataFormats,
            None => Reply::Refused(unknown(&identifier(id))),
        },
        Request::GetRecord { id, format } => {
            let rows: Vec<Model> = repo::of(db, &[id]).await?.into_values().collect();
            let selection = Selection {
                format,
                from: None,
                before: None,
                set: None,
                after: 0,
                cursor: 0,
                verb: "GetRecord".to_owned(),
            };
            match records(db, rows).await?.pop() {
                Some(record) => Reply::GetRecord(record, selection),
                None => Reply::Refused(unknown(&identifier(id))),
            }
        }
        Request::ListIdentifiers(selection) | Request::ListRecords(selection) => list(db, selection).await?,
    })
}

async fn list(db: &impl ConnectionTrait, selection: Selection) -> Result<Reply> {
    let (kind, field) = match selection.set() {
        Ok(None) => (None, None),
        Ok(Some(Set::Kind(kind))) => (Some(kind), None),
        Ok(Some(Set::Field(field))) => (None, Some(field)),
        Err(refusal) => return Ok(Reply::Refused(refusal)),
    };
    let harvest =
        Harvest { after: selection.after, kind, field, from: selection.from, before: selection.before };
    let mut rows = repo::harvest(db, &harvest, PAGE + 1).await?;
    let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = rows.len() > page;
    rows.truncate(page);
    if rows.is_empty() {
        return Ok(Reply::Refused(refuse("noRecordsMatch", "no record is in this selection")));
    }
    let next = rows.last().and_then(|row| row.seq).filter(|_| more).map(|after| Selection {
        after,
        cursor: selection.cursor.saturating_add(PAGE),
        ..selection.clone()
    });
    Ok(Reply::List { records: records(db, rows).await?, selection, next })
}

/// Rows with what everybody reads now. What was hidden a moment ago is deleted already.
async fn records(db: &impl ConnectionTrait, rows: Vec<Model>) -> Result<Vec<Record>> {
    let shown: Vec<ListingId> =
        rows.iter().filter(|row| row.kind == ChangeKind::Upsert).map(|row| row.listing_id).collect();
    let mut seen = seen(db, &shown).await?;
    rows.into_iter()
        .map(|row| {
            let document = match seen.remove(&row.listing_id).map(|seen| seen.face) {
                Some(Face::Shown { document, .. }) => {
                    Some(serde_json::to_value(document).map_err(AppError::internal)?)
                }
                Some(Face::Hidden(_)) | None => None,
            };
            Ok(Record { id: row.listing_id, kind: row.listing_kind, field: row.field, at: row.at, document })
        })
        .collect()
}
