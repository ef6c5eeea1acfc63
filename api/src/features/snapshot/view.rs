//! Frozen reports as they are read.

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use techmart_entity::{
    id::{EntryId, SnapshotId},
    snapshot::Model,
};

use super::{
    compare,
    document::{Head, Part, UnitSaid},
    dto::{ComparisonOut, PartOut, PartUnitsQuery, SnapshotBrief, SnapshotOut, SnapshotsQuery},
    repo,
};
use crate::{
    auth::Context,
    error::{AppError, Code, Fault, Result},
    features::ledger::http::may_open,
    say,
    web::{
        etag,
        paging::{Cut, Page},
    },
};

/// The head of a report, as it was frozen.
///
/// # Errors
/// When the document cannot be read: somebody spoilt it.
pub fn head(row: &Model) -> Result<Head> {
    serde_json::from_str(&row.document).map_err(AppError::internal)
}

/// A part of a report as it was frozen, with its hash.
///
/// # Errors
/// 404 when the report has no such part.
pub async fn part(db: &impl ConnectionTrait, id: SnapshotId, indicator: &str) -> Result<(Part, String)> {
    let row = repo::part(db, id, indicator).await?.ok_or_else(AppError::not_found)?;
    Ok((serde_json::from_str(&row.document).map_err(AppError::internal)?, row.hash))
}

/// Reports, the last first.
///
/// # Errors
/// 400 for a cursor of another list.
pub async fn list(db: &impl ConnectionTrait, query: &SnapshotsQuery) -> Result<Page<SnapshotBrief>> {
    let mark = SnapshotsQuery { limit: None, cursor: None, ..query.clone() };
    let cut = Cut::<i64>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let rows = repo::list(db, query.plan.as_deref(), cut.after, cut.limit + 1).await?;
    let ids: Vec<SnapshotId> = rows.iter().map(|row| row.id).collect();
    let corrections = repo::corrections_of(db, &ids).await?;
    let by = |id| corrections.iter().find(|(of, _)| *of == id).map(|(_, by)| *by);
    Ok(cut.page(rows, |row| row.number, |row| SnapshotBrief::of(&row, by(row.id))))
}

/// A report with its tag. Who may open the ledger sees the signals and who froze it.
///
/// # Errors
/// 404 when there is none.
pub async fn show(db: &impl ConnectionTrait, cx: &Context, id: SnapshotId) -> Result<(SnapshotOut, String)> {
    let row = repo::one(db, id).await?;
    let corrected_by = repo::correction_of(db, id).await?.map(|row| row.id);
    let inside = may_open(cx).is_ok();
    let corrected = if corrected_by.is_some() { "corrected" } else { "stands" };
    let tag = etag::tag(format!("{}-{corrected}-{}", row.hash, if inside { "inside" } else { "public" }));
    Ok((SnapshotOut::of(&row, head(&row)?, corrected_by, inside), tag))
}

/// A part without its units, with its tag.
///
/// # Errors
/// 404 when there is none.
pub async fn show_part(
    db: &impl ConnectionTrait,
    id: SnapshotId,
    indicator: &str,
) -> Result<(PartOut, String)> {
    let (part, hash) = part(db, id, indicator).await?;
    let tag = etag::tag(&hash);
    Ok((PartOut::of(id, part, hash), tag))
}

/// The units of a part, by day.
///
/// # Errors
/// 401, 403, 404; 400 for a cursor of another list.
pub async fn units(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: SnapshotId,
    indicator: &str,
    query: &PartUnitsQuery,
) -> Result<Page<UnitSaid>> {
    may_open(cx)?;
    let mark = (id, indicator, PartUnitsQuery { limit: None, cursor: None, ..query.clone() });
    let cut = Cut::<(NaiveDate, EntryId)>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let (part, _) = part(db, id, indicator).await?;
    let key = |unit: &UnitSaid| (unit.effective_on, unit.entry_id);
    let rest = part
        .units
        .into_iter()
        .filter(|unit| query.stage.is_empty() || query.stage.contains(&unit.stage))
        .filter(|unit| cut.after.is_none_or(|after| key(unit) > after))
        .take(usize::try_from(cut.limit).unwrap_or(usize::MAX).saturating_add(1))
        .collect();
    Ok(cut.page(rest, key, |unit| unit))
}

/// Two reports of one plan beside each other.
///
/// # Errors
/// 401, 403, 404; 422 for a report of another plan.
pub async fn comparison(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: SnapshotId,
    other: SnapshotId,
) -> Result<ComparisonOut> {
    may_open(cx)?;
    let this = repo::one(db, id).await?;
    let other = repo::find(db, other).await?.ok_or_else(|| {
        let detail = say!("没有这份报告。", "There is no such report.");
        AppError::unfit(Code::InvalidParameter, vec![Fault::parameter("with", "unknown", detail)])
    })?;
    if this.plan != other.plan {
        let of = &other.plan;
        let detail = say!("那是规划 {of} 的报告。", "That is a report of the plan {of}.");
        return Err(AppError::unfit(
            Code::InvalidParameter,
            vec![Fault::parameter("with", "another_plan", detail)],
        ));
    }
    let mut codes: Vec<String> = Vec::new();
    for part in head(&this)?.parts.into_iter().chain(head(&other)?.parts) {
        if !codes.contains(&part.indicator) {
            codes.push(part.indicator);
        }
    }
    let mut indicators = Vec::new();
    for code in codes {
        let (here, there) = (kept(db, this.id, &code).await?, kept(db, other.id, &code).await?);
        indicators.extend(compare::compare(here.as_ref(), there.as_ref()));
    }
    let corrections = repo::corrections_of(db, &[this.id, other.id]).await?;
    let by = |id| corrections.iter().find(|(of, _)| *of == id).map(|(_, by)| *by);
    Ok(ComparisonOut {
        this: SnapshotBrief::of(&this, by(this.id)),
        other: SnapshotBrief::of(&other, by(other.id)),
        indicators,
    })
}

async fn kept(db: &impl ConnectionTrait, id: SnapshotId, indicator: &str) -> Result<Option<Part>> {
    let row = repo::part(db, id, indicator).await?;
    row.map(|row| serde_json::from_str(&row.document).map_err(AppError::internal)).transpose()
}
