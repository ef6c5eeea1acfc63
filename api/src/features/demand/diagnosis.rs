//! A broker's judgement of a demand: what becomes of it, how clear it is, what its text lacks. The last one stands on the
//! demand's row; all of them are kept.

use sea_orm::{ConnectionTrait, Set};
use techmart_entity::{
    id::{JudgementId, ListingId},
    listing::{
        ActiveModel, Diagnosis, DiagnosisOutcome, ListingKind, Model, judgement, status::ListingStatus,
    },
};

use super::repo as judgements;
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Result},
    features::{
        audit::{self, Record},
        ledger::rules as counting,
        listing::{
            dto::{DiagnosesQuery, DiagnosisIn, DiagnosisOut},
            policy, repo,
            service::record_and_tell,
            subject, view,
        },
    },
    say,
    web::{
        etag::Precondition,
        paging::{Cut, Page},
    },
};

/// Judges a demand. What is not technical is taken out of the count; everything else completes it.
///
/// # Errors
/// 403 for whoever asked for a second diagnosis, 409 before it was submitted and after it ended.
pub async fn diagnose(
    tx: &Tx,
    cx: &Context,
    id: ListingId,
    precondition: &Precondition,
    given: DiagnosisIn,
) -> Result<Model> {
    let row = repo::hold(tx, ListingKind::Demand, id).await?;
    let relation = view::relation(tx, cx, &row).await?;
    policy::diagnose(cx, &row, relation)?;
    precondition.honour(&view::page_tag(&row))?;
    let status = row.status;
    if !is_open(status) {
        return Err(AppError::new(
            Code::IllegalMove,
            say!("状态 {status} 不能诊断。", "What is {status} cannot be judged."),
        ));
    }
    let mut missing = given.missing;
    missing.sort_unstable();
    missing.dedup();
    let said = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let diagnosis = Diagnosis {
        outcome: given.outcome,
        clarity: given.clarity,
        level: given.level,
        missing,
        direction: said(given.direction),
        note: said(given.note),
        centre_note: said(given.centre_note),
        by: cx.account_id().ok_or_else(AppError::not_found)?,
        at: cx.now,
    };
    keep(tx, &row, &diagnosis).await?;
    let set = ActiveModel { diagnosis: Set(Some(diagnosis.clone())), ..Default::default() };
    let saved = repo::save(tx, &row, cx.now, set).await?;
    // What is the centre's own stays out of the log, which auditors read, too.
    let facts = serde_json::json!({
        "clarity": diagnosis.clarity, "level": diagnosis.level, "missing": diagnosis.missing,
    });
    // A demand that is ready as it is needs nothing of its author.
    let asks = diagnosis.outcome != DiagnosisOutcome::Ready
        || diagnosis.note.is_some()
        || !diagnosis.missing.is_empty();
    let record = Record::act("diagnose", subject(ListingKind::Demand), id)
        .because(Some(diagnosis.outcome), diagnosis.note)
        .with(facts);
    if asks {
        record_and_tell(tx, cx, record).await?;
    } else {
        audit::record(tx, cx, record).await?;
    }
    counting::demand::diagnosed(tx, cx, &saved, diagnosis.outcome).await?;
    Ok(saved)
}

fn is_open(status: ListingStatus) -> bool {
    match status {
        ListingStatus::Submitted
        | ListingStatus::InReview
        | ListingStatus::Published
        | ListingStatus::Suspended => true,
        ListingStatus::Draft
        | ListingStatus::Returned
        | ListingStatus::Rejected
        | ListingStatus::Expired
        | ListingStatus::Withdrawn
        | ListingStatus::Solved
        | ListingStatus::ClosedUnsolved
        | ListingStatus::Merged => false,
    }
}

/// Keeps a judgement, after the one that an earlier release left on the row alone.
async fn keep(tx: &Tx, row: &Model, diagnosis: &Diagnosis) -> Result<()> {
    if let Some(before) = &row.diagnosis
        && judgements::judgements(tx, row.id, None, 1).await?.is_empty()
    {
        let before =
            judgement::Model { id: JudgementId::new(), listing_id: row.id, diagnosis: before.clone() };
        judgements::insert(tx, before).await?;
    }
    let kept = judgement::Model { id: JudgementId::new(), listing_id: row.id, diagnosis: diagnosis.clone() };
    judgements::insert(tx, kept).await
}

/// Every judgement of a demand, newest first.
///
/// # Errors
/// 401, 403 and 404 for whoever is neither of the centre nor an auditor, 400 when the cursor is not this list's.
pub async fn list(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: ListingId,
    query: DiagnosesQuery,
) -> Result<Page<DiagnosisOut>> {
    let row = repo::find(db, ListingKind::Demand, id).await?;
    let relation = view::relation(db, cx, &row).await?;
    policy::read_diagnoses(cx, &row, relation)?;
    let cut = Cut::<JudgementId>::read(query.limit, query.cursor.as_deref(), &("diagnoses", id))?;
    let mut rows = judgements::judgements(db, id, cut.after, cut.limit + 1).await?;
    if rows.is_empty() && cut.after.is_none() {
        // Judged before judgements were kept: the row has the only one.
        let only = row.diagnosis.map(|diagnosis| judgement::Model {
            id: JudgementId::new(),
            listing_id: id,
            diagnosis,
        });
        rows.extend(only);
    }
    Ok(cut.page(rows, |row| row.id, |row| view::judged(row.diagnosis, relation)))
}
