//! A run: fetch everything, judge what has vanished, import, and only then withdraw. Done again after it broke off,
//! it begins anew: what was imported is the same then.

use std::collections::{HashMap, HashSet};

use sea_orm::Set;
use techmart_entity::{
    audit::SubjectKind,
    harvest_source::{ActiveModel, HarvestKind, HarvestOutcome, Model},
    id::{HarvestSourceId, ImportId, ListingId},
    import::ImportFormat,
};

use super::{fetch, fetch::Fetched, guard, repo};
use crate::{
    auth::Context,
    error::AppError,
    features::{
        audit::Record,
        import::{self, service::ImportFileError},
        listing,
    },
    jobs::JobError,
    outbox::relay,
    state::State,
    web::etag::Precondition,
};

/// After so many runs that failed one after the other the centre is told.
const FAILURES: i32 = 3;
/// Items withdrawn in one transaction.
const BATCH: usize = 20;

/// Why a run did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum HarvestError {
    /// The source, or what it gave: told, and tried again at the next time.
    #[error("{0}")]
    Source(String),
    /// Ourselves: the relay tries again.
    #[error("{0}")]
    Job(#[from] JobError),
}

impl From<AppError> for HarvestError {
    fn from(error: AppError) -> Self {
        Self::Job(error.into())
    }
}

/// How a run ended.
struct Ended {
    outcome: HarvestOutcome,
    message: String,
    import_id: Option<ImportId>,
    vanished: usize,
    cursor: Option<String>,
}

/// Asks a source for what is new, and takes it up.
///
/// # Errors
/// [`JobError`], when it is to be done again.
pub async fn run(state: &State, seq: i64, id: HarvestSourceId) -> Result<(), JobError> {
    let Some(source) = repo::by_id(state.db.read(), id).await? else { return Ok(()) };
    let now = state.clock.now();
    let set = ActiveModel {
        last_started_at: Set(Some(now)),
        last_outcome: Set(Some(HarvestOutcome::Running)),
        last_message: Set(None),
        ..Default::default()
    };
    state.db.write(async |tx| repo::update(tx, id, set.clone()).await).await?;
    let ended = match harvest(state, seq, &source).await {
        Ok(ended) => ended,
        Err(HarvestError::Job(error)) => return Err(error),
        Err(HarvestError::Source(message)) => {
            Ended { outcome: HarvestOutcome::Failed, message, import_id: None, vanished: 0, cursor: None }
        }
    };
    settle(state, id, ended).await?;
    Ok(())
}

async fn settle(state: &State, id: HarvestSourceId, ended: Ended) -> Result<(), AppError> {
    let cx = Context::system(state.clock.now());
    state
        .db
        .write(async |tx| {
            let row = repo::hold(tx, id).await?;
            let failures = if ended.outcome == HarvestOutcome::Failed { row.failures + 1 } else { 0 };
            let mut set = ActiveModel {
                last_finished_at: Set(Some(cx.now)),
                last_outcome: Set(Some(ended.outcome)),
                last_message: Set(Some(ended.message.clone())),
                last_vanished: Set(i64::try_from(ended.vanished).unwrap_or(i64::MAX)),
                failures: Set(failures),
                version: Set(row.version + 1),
                ..Default::default()
            };
            if ended.import_id.is_some() {
                set.last_import_id = Set(ended.import_id);
            }
            if ended.outcome == HarvestOutcome::Done {
                set.guard_lifted = Set(false);
                if ended.cursor.is_some() {
                    set.cursor = Set(ended.cursor.clone());
                }
            }
            repo::update(tx, id, set).await?;
            let action = match ended.outcome {
                HarvestOutcome::Running => return Ok(()),
                HarvestOutcome::Done => "finish_harvest",
                HarvestOutcome::Stopped => "stop_harvest",
                HarvestOutcome::Failed if failures == FAILURES => "fail_harvest",
                HarvestOutcome::Failed => "miss_harvest",
            };
            let facts = serde_json::json!({ "import_id": ended.import_id, "vanished": ended.vanished });
            let record = Record::act(action, SubjectKind::HarvestSource, id)
                .because(None::<&str>, Some(ended.message.clone()))
                .with(facts);
            listing::service::record_and_tell(tx, &cx, record).await
        })
        .await
}

async fn harvest(state: &State, seq: i64, source: &Model) -> Result<Ended, HarvestError> {
    let (fetched, format) = match source.kind {
        HarvestKind::OaiPmh => (fetch::oai_pmh(state, seq, source).await?, ImportFormat::JsonLines),
        HarvestKind::Csv => (fetch::csv(state, seq, source).await?, ImportFormat::Csv),
    };
    let Fetched { file, deleted, records, cursor } = fetched;
    let import_id = if format == ImportFormat::JsonLines && records == 0 {
        None
    } else {
        let given = import::service::Harvested {
            file,
            format,
            source_system: source.source_system.clone(),
            kind: source.listing_kind,
        };
        Some(import::service::begin_harvest(state, given).await.map_err(unfit)?)
    };
    let (gone, understood) = match (source.kind, import_id) {
        (HarvestKind::Csv, Some(id)) => {
            let keys = import::service::keys(state, id).await?;
            (missing(state, source, &keys.short).await?, keys.refused == 0)
        }
        (HarvestKind::OaiPmh | HarvestKind::Csv, _) => (told_gone(state, source, &deleted).await?, true),
    };
    let all = repo::count_brought(state.db.read(), &source.source_system, source.listing_kind).await?;
    let may =
        source.guard_lifted || guard::may_vanish(gone.len(), all, source.guard_percent, source.guard_count);
    if !may {
        let vanished = gone.len();
        let message = format!(
            "已发布的 {all} 条中有 {vanished} 条在来源消失，超过 {percent}% 且超过 {count} 条；未作任何改动 / {vanished} of {all} \
             published items have vanished there, more than {percent} % and more than {count}; nothing was done",
            percent = source.guard_percent,
            count = source.guard_count
        );
        if let Some(id) = import_id {
            import::service::give_up(state, id, &message).await?;
        }
        return Ok(Ended { outcome: HarvestOutcome::Stopped, message, import_id, vanished, cursor: None });
    }
    let mut counts = String::new();
    if let Some(id) = import_id {
        let done = import::service::take_harvest(state, seq, id).await?;
        if let Some(failure) = done.failure {
            return Err(HarvestError::Source(failure));
        }
        counts = format!(
            "{} 行：新建 {}，变更 {}，相同 {}，拒绝 {} / {} rows: {} made, {} changed, {} the same, {} refused; ",
            done.rows,
            done.made,
            done.changed,
            done.same,
            done.refused,
            done.rows,
            done.made,
            done.changed,
            done.same,
            done.refused
        );
    }
    if !understood && !gone.is_empty() {
        let message = format!(
            "{counts}有行未能读懂，消失的 {n} 条暂不撤下 / some rows were not understood, so {n} that are missing stay",
            n = gone.len()
        );
        return Ok(Ended { outcome: HarvestOutcome::Done, message, import_id, vanished: 0, cursor });
    }
    let vanished = withdraw(state, seq, source, &gone).await?;
    let message =
        format!("{counts}来源消失而撤下 {vanished} 条 / {vanished} withdrawn since they have vanished there");
    Ok(Ended { outcome: HarvestOutcome::Done, message, import_id, vanished, cursor })
}

fn unfit(error: ImportFileError) -> HarvestError {
    match error {
        ImportFileError::BrokeOff(JobError::App(error)) if error.status().as_u16() == 422 => {
            let words: Vec<String> = error
                .faults()
                .iter()
                .map(|fault| format!("{} / {}", fault.detail.zh, fault.detail.en))
                .collect();
            HarvestError::Source(words.join("; "))
        }
        ImportFileError::BrokeOff(error) => HarvestError::Job(error),
        ImportFileError::Missing(_) | ImportFileError::Unreadable(..) => {
            HarvestError::Job(JobError::Other(error.to_string()))
        }
    }
}

/// The published items of the source by the beginning of their keys.
async fn brought(state: &State, source: &Model) -> Result<HashMap<u128, ListingId>, HarvestError> {
    let mut found = HashMap::new();
    let mut after = None;
    loop {
        let page =
            repo::keys_brought(state.db.read(), &source.source_system, source.listing_kind, after).await?;
        let Some((last, _)) = page.last() else { return Ok(found) };
        after = Some(*last);
        found.extend(page.into_iter().map(|(id, key)| (import::service::short_key(&key), id)));
    }
}

/// The items that are not among those keys.
async fn missing(
    state: &State,
    source: &Model,
    keys: &HashSet<u128>,
) -> Result<Vec<ListingId>, HarvestError> {
    let brought = brought(state, source).await?;
    Ok(brought.into_iter().filter(|(key, _)| !keys.contains(key)).map(|(_, id)| id).collect())
}

/// The items that the source says are gone.
async fn told_gone(
    state: &State,
    source: &Model,
    deleted: &[String],
) -> Result<Vec<ListingId>, HarvestError> {
    if deleted.is_empty() {
        return Ok(Vec::new());
    }
    let brought = brought(state, source).await?;
    let key = |id: &String| import::service::key_of_id(source.listing_kind, &source.source_system, id);
    Ok(deleted
        .iter()
        .filter_map(|id| brought.get(&key(id)).copied())
        .collect::<HashSet<_>>()
        .into_iter()
        .collect())
}

/// Withdraws what has vanished. Says how many; what somebody else ended meanwhile is left out.
async fn withdraw(
    state: &State,
    seq: i64,
    source: &Model,
    gone: &[ListingId],
) -> Result<usize, HarvestError> {
    let mut n = 0;
    for batch in gone.chunks(BATCH) {
        relay::renew(state, seq).await?;
        let cx = Context::system(state.clock.now());
        for id in batch {
            let reason = format!("来源“{}”已撤下该条目 / withdrawn at its source", source.name);
            let done = state
                .db
                .write(async |tx| {
                    listing::service::withdraw(
                        tx,
                        &cx,
                        source.listing_kind,
                        *id,
                        &Precondition::any(),
                        reason.clone(),
                    )
                    .await
                })
                .await;
            match done {
                Ok(_) => n += 1,
                // Not legal any more: somebody was faster.
                Err(error) if error.status().as_u16() == 409 || error.status().as_u16() == 404 => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(n)
}
