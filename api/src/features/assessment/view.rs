//! Assessments as they are read, by the centre and auditors.

use sea_orm::ConnectionTrait;
use techmart_entity::{
    assessment::{AssessmentStatus, Model, Verdict, item},
    id::{AssessmentId, EntryId},
    ledger::CountStage,
};

use super::{
    dto::{AssessmentBrief, AssessmentOut, AssessmentsQuery, ItemNow, ItemOut, ItemsQuery},
    repo,
    result::{self, Signed},
    service,
};
use crate::{
    error::{AppError, Code, Result},
    features::{ledger, snapshot::repo as reports},
    say,
    web::paging::{Cut, Page},
};

/// How many units of a sample an assessment is shown with.
const SHOWN: u64 = 100;

/// Assessments, the latest first.
///
/// # Errors
/// 400 for a cursor of another list.
pub async fn list(db: &impl ConnectionTrait, query: &AssessmentsQuery) -> Result<Page<AssessmentBrief>> {
    let mark = AssessmentsQuery { limit: None, cursor: None, ..query.clone() };
    let cut = Cut::<AssessmentId>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let rows = repo::list(db, query.snapshot_id, cut.after, cut.limit + 1).await?;
    Ok(cut.page(rows, |row| row.id, |row| AssessmentBrief::from(&row)))
}

/// An assessment, with its tag.
///
/// # Errors
/// 404 when there is none.
pub async fn show(db: &impl ConnectionTrait, id: AssessmentId) -> Result<(AssessmentOut, String)> {
    let row = repo::one(db, id).await?;
    let report = reports::one(db, row.snapshot_id).await?;
    let verdicts = repo::verdicts(db, id).await?;
    let count = |wanted: Option<Verdict>| {
        verdicts.iter().find(|(verdict, _)| *verdict == wanted).map_or(0, |(_, n)| *n)
    };
    let items = repo::items(db, id, None, 0, Some(SHOWN)).await?;
    let out = AssessmentOut {
        brief: AssessmentBrief::from(&row),
        report_hash: report.hash,
        accepted: count(Some(Verdict::Accept)),
        doubted: count(Some(Verdict::Doubt)),
        rejected: count(Some(Verdict::Reject)),
        waiting: count(None),
        items: items.into_iter().map(ItemOut::of).collect::<Result<_>>()?,
        all_items: format!("/api/v1/assessments/{id}/items"),
        result: match row.status {
            AssessmentStatus::Open => None,
            AssessmentStatus::Signed => Some(format!("/api/v1/assessments/{id}/result")),
        },
    };
    Ok((out, service::tag(&row)))
}

/// The units of a sample, in its order.
///
/// # Errors
/// 404 when there is no such assessment, 400 for a cursor of another list.
pub async fn items(db: &impl ConnectionTrait, id: AssessmentId, query: &ItemsQuery) -> Result<Page<ItemNow>> {
    repo::one(db, id).await?;
    let mark = (id, ItemsQuery { limit: None, cursor: None, ..query.clone() });
    let cut = Cut::<i32>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let rows = repo::items(db, id, query.judged, cut.after.unwrap_or(0), Some(cut.limit + 1)).await?;
    let rows = with_stages(db, rows).await?;
    Ok(cut.page(rows, |row| row.item.position, |row| row))
}

/// A unit of a sample.
///
/// # Errors
/// 404 when there is none.
pub async fn item(db: &impl ConnectionTrait, id: AssessmentId, position: i32) -> Result<ItemOut> {
    ItemOut::of(repo::item(db, id, position).await?)
}

async fn with_stages(db: &impl ConnectionTrait, rows: Vec<item::Model>) -> Result<Vec<ItemNow>> {
    let ids: Vec<EntryId> = rows.iter().map(|row| row.entry_id).collect();
    let live = ledger::repo::stages(db, &ids).await?;
    rows.into_iter()
        .map(|row| {
            let active = live.iter().find(|active| active.entry_id == row.entry_id);
            let stage_now = active.map_or(CountStage::Reversed, |active| active.stage);
            Ok(ItemNow { item: ItemOut::of(row)?, stage_now })
        })
        .collect()
}

/// The signed result: its text, byte for byte what was signed, and the signature.
///
/// # Errors
/// 404 when there is no such assessment, or it is not signed yet.
pub async fn signed(db: &impl ConnectionTrait, id: AssessmentId) -> Result<(String, String)> {
    let row = repo::one(db, id).await?;
    let document = rebuilt(db, &row).await?.ok_or_else(|| {
        AppError::new(
            Code::NotFound,
            say!("抽查尚未签署，没有结果。", "It is not signed yet, so there is no result."),
        )
    })?;
    result::signed(&document)
}

/// The document of a signed assessment, made anew from its rows; none before the signature.
///
/// # Errors
/// When the rows cannot be read.
pub async fn rebuilt(db: &impl ConnectionTrait, row: &Model) -> Result<Option<Signed>> {
    let (Some(opinion), Some(by), Some(at)) = (row.opinion.clone(), row.signed_by, row.signed_at) else {
        return Ok(None);
    };
    let report = reports::one(db, row.snapshot_id).await?;
    let items = repo::items(db, row.id, None, 0, None).await?;
    result::document(row, service::named(&report), &items, opinion, by, at).map(Some)
}
