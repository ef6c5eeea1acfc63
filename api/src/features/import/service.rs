//! Running an import: line by line from the stored file, in transactions of up to fifty rows that also
//! keep what became of each. A job that broke off goes on behind the last row whose result is kept.

use std::{
    io,
    path::{Path, PathBuf},
};

use chrono::Duration;
use sea_orm::Set;
use serde::Serialize;
use sha2::{Digest, Sha256};
use techmart_entity::{
    Instant,
    audit::SubjectKind,
    id::ImportId,
    import::{
        ActiveModel, ImportStatus, Model, RowOutcome,
        row::{self, RowNotes},
    },
};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt, SeekFrom},
};

use super::{
    dto::ImportQuery,
    lines::Lines,
    policy,
    reading::{Item, Memory, Read},
    repo,
    upsert::{self, Imported, Origin},
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Result},
    features::{audit, audit::Record, duplicate},
    files::FileError,
    jobs::JobError,
    outbox::{self, Job, relay},
    state::State,
};

/// The folder of files of rows in the file store.
pub const FOLDER: &str = "imports";

/// Rows taken up in one transaction.
const BATCH: usize = 50;
/// Bytes read for one transaction: a batch of long rows is not kept in memory whole.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// Stores the file of rows, before any row names it.
///
/// # Errors
/// 503 when the file store does not answer.
pub async fn store(state: &State, sha256: &str, file: File) -> Result<()> {
    let unavailable = |error: FileError| AppError::unavailable(Code::Unavailable, error);
    state.files.put(FOLDER, sha256, file).await.map_err(unavailable)
}

/// Deletes stored files of rows, older than a day, that no import names: what was left of requests that
/// broke off between the file and its row. Says how many.
///
/// # Errors
/// When the store or the database cannot be asked.
pub async fn sweep(state: &State) -> Result<usize> {
    let unavailable = |error: FileError| AppError::unavailable(Code::Unavailable, error);
    let before = state.clock.now() - Duration::hours(24);
    let names = state.files.names(FOLDER, before).await.map_err(unavailable)?;
    let mut n = 0;
    for chunk in names.chunks(200) {
        let kept = repo::known_files(state.db.read(), chunk).await?;
        for name in chunk.iter().filter(|name| !kept.contains(*name)) {
            state.files.delete(FOLDER, name).await.map_err(unavailable)?;
            n += 1;
        }
    }
    Ok(n)
}

/// Starts an import of a stored file: its row and its job.
///
/// # Errors
/// 401 and 403 by `policy::work_with`.
pub async fn start(tx: &Tx, cx: &Context, sha256: &str, query: &ImportQuery) -> Result<Model> {
    policy::work_with(cx)?;
    let row = begin(tx, cx, sha256, query).await?;
    outbox::push(tx, cx.now, &Job::Import { import_id: row.id }).await?;
    Ok(row)
}

async fn begin(tx: &Tx, cx: &Context, sha256: &str, query: &ImportQuery) -> Result<Model> {
    let source_system = query.source_system.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let row = Model {
        id: ImportId::new(),
        status: ImportStatus::Queued,
        dry_run: query.dry_run.unwrap_or(false),
        source_system: source_system.map(str::to_owned),
        file_key: sha256.to_owned(),
        sha256: sha256.to_owned(),
        rows: 0,
        made: 0,
        changed: 0,
        same: 0,
        refused: 0,
        warnings: 0,
        failure: None,
        created_by: cx.account_id(),
        created_at: cx.now,
        finished_at: None,
    };
    let row = repo::insert(tx, row).await?;
    let facts = serde_json::json!({
        "sha256": row.sha256, "dry_run": row.dry_run, "source_system": row.source_system,
    });
    audit::record(tx, cx, Record::act("start_import", SubjectKind::Import, row.id).with(facts)).await?;
    Ok(row)
}

/// Does the job of an import, or what is left of it.
///
/// # Errors
/// When the file or the database does not answer. What was taken up stays; done again, the job goes on
/// behind it.
pub async fn run(state: &State, seq: i64, id: ImportId) -> Result<(), JobError> {
    let outcome = take_up(state, Some(seq), id).await;
    if let Err(error) = &outcome
        && !is_passing(error)
    {
        tracing::error!(import_id = %id, %error, "an import broke off");
        let set = ActiveModel {
            status: Set(ImportStatus::Failed),
            failure: Set(Some(
                "导入中断，已处理的行保留；系统会再试几次 / it broke off; the rows taken up stay, and it is tried again a few times"
                    .to_owned(),
            )),
            ..Default::default()
        };
        state.db.write(async |tx| repo::update(tx, id, set.clone()).await).await?;
    }
    outcome
}

/// Whether it is a matter of waiting: then the import is still on its way.
fn is_passing(error: &JobError) -> bool {
    match error {
        JobError::App(error) => error.status().as_u16() == 503,
        JobError::Other(_) | JobError::Later => true,
        JobError::Database(_)
        | JobError::Mail(_)
        | JobError::Files(_)
        | JobError::Search(_)
        | JobError::Letter(_)
        | JobError::Io(_) => false,
    }
}

async fn take_up(state: &State, seq: Option<i64>, id: ImportId) -> Result<(), JobError> {
    let import = repo::find(state.db.read(), id).await?;
    if import.status == ImportStatus::Done {
        return Ok(());
    }
    let set = ActiveModel { status: Set(ImportStatus::Running), failure: Set(None), ..Default::default() };
    state.db.write(async |tx| repo::update(tx, id, set.clone()).await).await?;
    let mut lines = Lines::of(state.files.get(FOLDER, &import.file_key).await?);
    let mut memory = Memory::default();
    let done_up_to = repo::last_line(state.db.read(), id).await?;
    let mut batch: Vec<Item> = Vec::new();
    let mut bytes = 0;
    let mut claim = Claim { seq, renewed: state.clock.now() };
    loop {
        let line = lines.next().await.map_err(FileError::from)?;
        let is_last = line.is_none();
        if let Some(line) = line {
            bytes += line.bytes.len();
            let (number, item) = (line.number, memory.read(line, import.source_system.as_deref()));
            // What is done already is read all the same: later rows are compared with it.
            if number > done_up_to {
                batch.push(item);
            }
        }
        if batch.len() == BATCH || bytes >= BATCH_BYTES || is_last {
            claim.keep(state).await?;
            if !batch.is_empty() {
                write_batch(state, &import, &batch).await?;
                batch.clear();
            }
            bytes = 0;
        }
        if is_last {
            break;
        }
    }
    finish(state, &import).await?;
    Ok(())
}

/// The claim on the job, kept up while it goes on.
struct Claim {
    seq: Option<i64>,
    renewed: Instant,
}

impl Claim {
    async fn keep(&mut self, state: &State) -> Result<(), JobError> {
        let Some(seq) = self.seq else { return Ok(()) };
        if state.stopping.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(JobError::Other("the service stops; the import goes on when it is back".to_owned()));
        }
        let now = state.clock.now();
        if now - self.renewed > Duration::seconds(5) {
            relay::renew(state, seq).await?;
            self.renewed = now;
        }
        Ok(())
    }
}

/// Takes a batch up in one transaction, with the results of its rows and the counts of the import.
async fn write_batch(state: &State, import: &Model, batch: &[Item]) -> Result<()> {
    let cx = Context::system(state.clock.now());
    state
        .db
        .write(async |tx| {
            let mut counted = repo::hold(tx, import.id).await?;
            // Another process may have done these rows, if this one was thought dead.
            let done_up_to = repo::last_line(tx, import.id).await?;
            let mut results = Vec::new();
            for item in batch.iter().filter(|item| item.line > done_up_to) {
                let result = take_item(tx, &cx, import, item).await?;
                count(&mut counted, &result);
                results.push(result);
            }
            let touched: Vec<_> = results
                .iter()
                .filter(|row| matches!(row.outcome, RowOutcome::Made | RowOutcome::Changed))
                .filter_map(|row| row.listing_id)
                .collect();
            if !import.dry_run {
                duplicate::service::ask(tx, &cx, touched, Vec::new(), Vec::new()).await?;
            }
            repo::insert_rows(tx, results).await?;
            let set = ActiveModel {
                rows: Set(counted.rows),
                made: Set(counted.made),
                changed: Set(counted.changed),
                same: Set(counted.same),
                refused: Set(counted.refused),
                warnings: Set(counted.warnings),
                ..Default::default()
            };
            repo::update(tx, import.id, set).await
        })
        .await?;
    state.outbox.wake();
    Ok(())
}

async fn take_item(tx: &Tx, cx: &Context, import: &Model, item: &Item) -> Result<row::Model> {
    let (imported, mut notes, raw) = match &item.read {
        Read::Refused { note, raw } => {
            let refused = Imported { outcome: RowOutcome::Refused, listing_id: None, notes: Vec::new() };
            (refused, vec![note.clone()], Some(raw.clone()))
        }
        Read::Repeated { note, raw } => {
            let same = Imported { outcome: RowOutcome::Same, listing_id: None, notes: Vec::new() };
            (same, vec![note.clone()], Some(raw.clone()))
        }
        Read::Row { key, row, raw } => {
            let imported = if import.dry_run {
                upsert::foresee(tx, key, raw).await?
            } else {
                let origin = Origin {
                    import_id: import.id,
                    line: item.line,
                    created_by: import.created_by,
                    source_system: import.source_system.clone(),
                };
                upsert::import_row(tx, cx, &origin, key, row, raw).await?
            };
            (imported, row.warnings.clone(), None)
        }
    };
    notes.extend(imported.notes);
    Ok(row::Model {
        import_id: import.id,
        line: item.line,
        outcome: imported.outcome,
        listing_id: imported.listing_id,
        notes: RowNotes(notes),
        raw,
    })
}

fn count(import: &mut Model, row: &row::Model) {
    import.rows += 1;
    match row.outcome {
        RowOutcome::Made => import.made += 1,
        RowOutcome::Changed => import.changed += 1,
        RowOutcome::Same => import.same += 1,
        RowOutcome::Refused => {
            import.refused += 1;
            // Its note is the reason, and no warning.
            return;
        }
    }
    import.warnings += i64::try_from(row.notes.0.len()).unwrap_or(i64::MAX);
}

async fn finish(state: &State, import: &Model) -> Result<()> {
    let cx = Context::system(state.clock.now());
    state
        .db
        .write(async |tx| {
            let counted = repo::hold(tx, import.id).await?;
            if counted.status == ImportStatus::Done {
                return Ok(());
            }
            let set = ActiveModel {
                status: Set(ImportStatus::Done),
                finished_at: Set(Some(cx.now)),
                failure: Set(None),
                ..Default::default()
            };
            repo::update(tx, import.id, set).await?;
            let facts = serde_json::json!({
                "rows": counted.rows, "made": counted.made, "changed": counted.changed,
                "same": counted.same, "refused": counted.refused, "warnings": counted.warnings,
            });
            let record = Record::act("finish_import", SubjectKind::Import, import.id).with(facts);
            audit::record(tx, &cx, record).await?;
            Ok(())
        })
        .await
}

/// What an import on the command line did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    pub made: i64,
    pub changed: i64,
    pub same: i64,
    pub refused: i64,
    pub warnings: i64,
    pub rows: i64,
    pub import_id: ImportId,
}

/// Why a file was not imported, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum ImportFileError {
    #[error("没有文件 {0} / there is no file {0}")]
    Missing(PathBuf),
    #[error("文件 {0} 不能读取：{1} / the file {0} cannot be read: {1}")]
    Unreadable(PathBuf, io::Error),
    #[error(
        "导入中断，已处理的行保留，重新导入即可继续：{0} / the import broke off; the rows taken up stay, and importing again \
         goes on: {0}"
    )]
    BrokeOff(#[from] JobError),
}

impl From<AppError> for ImportFileError {
    fn from(error: AppError) -> Self {
        Self::BrokeOff(error.into())
    }
}

/// Imports a file here and now, as the service itself. It is on record as an import like any other.
///
/// # Errors
/// [`ImportFileError`]
pub async fn import_file(
    state: &State,
    path: &Path,
    source_system: Option<String>,
    dry_run: bool,
) -> Result<ImportReport, ImportFileError> {
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => ImportFileError::Missing(path.to_owned()),
        _ => ImportFileError::Unreadable(path.to_owned(), error),
    };
    let mut file = File::open(path).await.map_err(unreadable)?;
    let sha256 = digest(&mut file).await.map_err(unreadable)?;
    store(state, &sha256, file).await?;
    let query = ImportQuery { dry_run: Some(dry_run), source_system };
    let cx = Context::system(state.clock.now());
    let import = state.db.write(async |tx| begin(tx, &cx, &sha256, &query).await).await?;
    take_up(state, None, import.id).await?;
    let done = repo::find(state.db.read(), import.id).await?;
    Ok(ImportReport {
        made: done.made,
        changed: done.changed,
        same: done.same,
        refused: done.refused,
        warnings: done.warnings,
        rows: done.rows,
        import_id: done.id,
    })
}

/// SHA-256 of a file, which is at its beginning again afterwards.
async fn digest(file: &mut File) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0_u8; 256 * 1024];
    loop {
        let n = file.read(&mut buffer).await?;
        if n == 0 {
            break;
        }
        hash.update(buffer.get(..n).unwrap_or_default());
    }
    file.seek(SeekFrom::Start(0)).await?;
    Ok(hex::encode(hash.finalize()))
}
