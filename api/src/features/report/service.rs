//! The files of a report, each made in one way, whoever asks. Making them takes time that other requests must
//! not wait for, so it runs beside them.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::LocalBoxStream;
use sha2::{Digest, Sha256};
use techmart_entity::{audit::SubjectKind, id::SnapshotId, indicator::plan_target, ledger::CountStage};

use super::{
    bundle,
    chart::{Chart, Form, draw},
    frozen::Frozen,
    page::{Detail, page},
    xlsx::workbook,
};
use crate::{
    auth::Context,
    error::{AppError, Language, Result},
    features::{
        audit::{self, Record},
        indicator::{self, dto::StandingQuery, outlook::outlook, progress},
        ledger::http::may_open,
        snapshot::view,
    },
    state::State,
};

/// How much of a report the caller may see.
#[must_use]
pub fn detail_for(cx: &Context) -> Detail {
    if may_open(cx).is_ok() { Detail::Names } else { Detail::Figures }
}

/// The page.
///
/// # Errors
/// When it cannot be made: a fault of the service.
pub async fn html(report: Arc<Frozen>, language: Language, detail: Detail) -> Result<String> {
    beside(move || page(&report, language, detail)).await
}

/// The workbook.
///
/// # Errors
/// When it cannot be made: a fault of the service.
pub async fn xlsx(report: Arc<Frozen>) -> Result<Vec<u8>> {
    beside(move || workbook(&report)).await
}

/// The archive of evidence of the units at some stages.
///
/// # Errors
/// When the database cannot be asked; the stream ends early when the file store does not answer.
pub async fn evidence(
    state: &State,
    report: Arc<Frozen>,
    stages: Vec<CountStage>,
) -> Result<LocalBoxStream<'static, Result<Bytes>>> {
    let contents = bundle::contents(state.db.read(), &report, stages).await?;
    Ok(bundle::packed(state.files.clone(), report, contents))
}

/// The stages that were asked for, each once, in their order; what is confirmed where none was.
#[must_use]
pub fn stages(asked: &[CountStage]) -> Vec<CountStage> {
    if asked.is_empty() {
        return vec![CountStage::Confirmed];
    }
    CountStage::ALL.iter().copied().filter(|stage| asked.contains(stage)).collect()
}

/// The picture of an indicator as a report froze it.
///
/// # Errors
/// 404 when the report has no such part.
pub async fn frozen_chart(
    state: &State,
    id: SnapshotId,
    indicator: &str,
    language: Language,
) -> Result<String> {
    let db = state.db.read();
    let as_of = view::head(&crate::features::snapshot::repo::one(db, id).await?)?.as_of;
    let (part, _) = view::part(db, id, indicator).await?;
    beside(move || draw(&Chart::of_part(&part, as_of), language, Form::Alone)).await
}

/// The picture of where an indicator stands and leads.
///
/// # Errors
/// 404 for an unknown plan, or an indicator that it does not ask for.
pub async fn progress_chart(
    state: &State,
    cx: &Context,
    indicator: &str,
    query: &StandingQuery,
    language: Language,
) -> Result<String> {
    let db = state.db.read();
    let asked = progress::asked(db, cx, query).await?;
    let outlook = outlook(db, cx, indicator, query).await?;
    let targets: Vec<plan_target::Model> = indicator::repo::targeted(db, &asked.plan.code)
        .await?
        .into_iter()
        .map(|(_, target)| target)
        .collect();
    let steps = targets.into_iter().find(|target| target.indicator == indicator).map(|target| target.steps.0);
    let chart = Chart::of_outlook(&outlook, steps.unwrap_or_default(), asked.as_of);
    beside(move || draw(&chart, language, Form::Alone)).await
}

/// Puts it on record that an auditor took a file.
///
/// # Errors
/// When the row cannot be written.
pub async fn log_download(state: &State, cx: &Context, report: SnapshotId, file: &str) -> Result<()> {
    if !cx.actor.is_auditor() {
        return Ok(());
    }
    let record =
        Record::act("download", SubjectKind::Snapshot, report).with(serde_json::json!({ "file": file }));
    state.db.write(async |tx| audit::record(tx, cx, record.clone()).await).await?;
    Ok(())
}

/// The version of a file: its bytes.
#[must_use]
pub fn version(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(Sha256::digest(bytes)).chars().take(32).collect()
}

async fn beside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(AppError::internal)?
}
