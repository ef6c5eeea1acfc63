//! Running an import: row by row from the stored file, in transactions of up to fifty rows that also
//! keep what became of each. A job that broke off goes on behind the last row whose result is kept.

use std::{
    collections::HashSet,
    io::{self, Seek},
    path::PathBuf,
    sync::Arc,
};

use chrono::Duration;
use futures_util::StreamExt;
use sea_orm::Set;
use serde::Serialize;
use sha2::{Digest, Sha256};
use techmart_entity::{
    Instant,
    audit::SubjectKind,
    id::ImportId,
    import::{
        ActiveModel, ImportFormat, ImportStatus, Model, RowOutcome,
        row::{self, RowNote, RowNotes},
    },
    listing::ListingKind,
};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt, SeekFrom},
};

use super::{
    dto::{self, ImportQuery},
    key,
    mapping::translation::SourceMapping,
    policy,
    reading::{FileOrigin, Item, Memory, Read},
    repo,
    source::{self, Source, SourceError},
    table::{self, TableError},
    upload::{self, LineCount, Spooled},
    upsert::{self, Imported, Origin},
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Result},
    features::{audit, audit::Record, duplicate, import_mapping},
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

/// The bytes of a stored file, in a file of its own that stands at its beginning.
///
/// # Errors
/// [`FileError`]
pub async fn fetch(state: &State, sha256: &str) -> Result<std::fs::File, FileError> {
    let mut stream = state.files.get(FOLDER, sha256).await?;
    let mut file = File::from_std(tempfile::tempfile()?);
    while let Some(chunk) = stream.next().await {
        file.write_all(&chunk?).await?;
    }
    file.flush().await?;
    file.seek(SeekFrom::Start(0)).await?;
    Ok(file.into_std().await)
}

/// What is kept of the source of an import.
///
/// # Errors
/// When the database cannot be asked.
pub async fn mapping(state: &State, source_system: Option<&str>) -> Result<Arc<SourceMapping>> {
    let kept = match source_system {
        None => None,
        Some(name) => import_mapping::repo::find(state.db.read(), name.trim()).await?,
    };
    Ok(Arc::new(kept.as_ref().map(SourceMapping::of).unwrap_or_default()))
}

/// A file to be imported.
#[derive(Clone, Debug)]
pub struct Sent {
    pub sha256: String,
    pub format: ImportFormat,
    pub lines: Option<i64>,
    pub sheet: Option<String>,
    pub notes: Vec<RowNote>,
}

/// Looks at a file before it is stored: a table that cannot be read is told of at once.
///
/// # Errors
/// 422 when it is not what it says to be, or has no headings.
pub async fn look(state: &State, upload: &Spooled, query: &ImportQuery) -> Result<Sent> {
    let sent = Sent {
        sha256: upload.sha256.clone(),
        format: upload.format,
        lines: Some(upload.lines),
        sheet: None,
        notes: Vec::new(),
    };
    if upload.format == ImportFormat::JsonLines {
        return Ok(sent);
    }
    let file = upload.file.try_clone().await.map_err(AppError::internal)?.into_std().await;
    let (format, sheet) = (upload.format, query.sheet.clone());
    let names = source::names(mapping(state, query.source_system.as_deref()).await?);
    let looked = tokio::task::spawn_blocking(move || {
        let overview = table::look(file.try_clone()?, format, sheet.as_deref(), &*names);
        (&file).seek(SeekFrom::Start(0))?;
        overview
    });
    let overview = looked.await.map_err(AppError::internal)?.map_err(|error| match error {
        TableError::Io(error) => AppError::internal(error),
        TableError::Unfit { code, detail } => AppError::rule("", code, detail),
    })?;
    Ok(Sent { sheet: overview.sheet, lines: overview.lines, notes: overview.notes, ..sent })
}

/// Starts an import of a stored file: its row and its job.
///
/// # Errors
/// 401 and 403 by `policy::work_with`.
pub async fn start(tx: &Tx, cx: &Context, sent: &Sent, query: &ImportQuery) -> Result<Model> {
    policy::work_with(cx)?;
    let row = begin(tx, cx, sent, query).await?;
    outbox::push(tx, cx.now, &Job::Import { import_id: row.id }).await?;
    Ok(row)
}

async fn begin(tx: &Tx, cx: &Context, sent: &Sent, query: &ImportQuery) -> Result<Model> {
    let source_system = query.source_system.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let row = Model {
        id: ImportId::new(),
        status: ImportStatus::Queued,
        dry_run: query.dry_run.unwrap_or(false),
        source_system: source_system.map(str::to_owned),
        format: sent.format,
        kind: query.kind,
        sheet: sent.sheet.clone(),
        notes: RowNotes(sent.notes.clone()),
        lines: sent.lines,
        file_key: sent.sha256.clone(),
        sha256: sent.sha256.clone(),
        rows: 0,
        made: 0,
        changed: 0,
        same: 0,
        refused: 0,
        warnings: 0,
        failure: None,
        created_by: cx.account_id(),
        created_at: cx.now,
        started_at: None,
        advanced_at: None,
        line: 0,
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
    let outcome = take_up(state, Some(seq), id, &|_| {}).await;
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

async fn take_up(
    state: &State,
    seq: Option<i64>,
    id: ImportId,
    tell: &(dyn Fn(&Model) + Send + Sync),
) -> Result<(), JobError> {
    let import = repo::find(state.db.read(), id).await?;
    if import.status == ImportStatus::Done {
        return Ok(());
    }
    let now = state.clock.now();
    let set = ActiveModel {
        status: Set(ImportStatus::Running),
        failure: Set(None),
        started_at: Set(import.started_at.or(Some(now))),
        ..Default::default()
    };
    state.db.write(async |tx| repo::update(tx, id, set.clone()).await).await?;
    let mapping = mapping(state, import.source_system.as_deref()).await?;
    let mut source = Source::open(state, &import, source::names(Arc::clone(&mapping))).await?;
    let origin = FileOrigin { source_system: import.source_system.clone(), kind: import.kind, mapping };
    let mut memory = Memory::default();
    let done_up_to = repo::last_line(state.db.read(), id).await?;
    let mut batch: Vec<Item> = Vec::new();
    let mut bytes = 0;
    let mut claim = Claim { seq, renewed: now };
    loop {
        let (given, broken) = match source.next().await {
            Ok(given) => (given, None),
            // What came before is taken up first.
            Err(SourceError::Unfit(error)) => (None, Some(error)),
            Err(SourceError::Job(error)) => return Err(error),
        };
        let is_last = given.is_none();
        if let Some(given) = given {
            bytes += given.bytes();
            let (number, item) = (given.number(), memory.read(&given, &origin));
            // What is done already is read all the same: later rows are compared with it.
            if number > done_up_to {
                batch.push(item);
            }
        }
        if batch.len() == BATCH || bytes >= BATCH_BYTES || is_last {
            claim.keep(state).await?;
            if !batch.is_empty() {
                tell(&write_batch(state, &import, &batch).await?);
                batch.clear();
            }
            bytes = 0;
        }
        if let Some(error) = broken {
            return unfit(state, &import, &error).await;
        }
        if is_last {
            break;
        }
    }
    finish(state, &import).await?;
    Ok(())
}

/// Ends an import whose file cannot be read to its end. Trying again would not help.
async fn unfit(state: &State, import: &Model, error: &TableError) -> Result<(), JobError> {
    tracing::warn!(import_id = %import.id, %error, "the file of an import cannot be read to its end");
    let set = ActiveModel {
        status: Set(ImportStatus::Failed),
        failure: Set(Some(error.to_string())),
        finished_at: Set(Some(state.clock.now())),
        ..Default::default()
    };
    state.db.write(async |tx| repo::update(tx, import.id, set.clone()).await).await?;
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
/// Says how far the import is then.
async fn write_batch(state: &State, import: &Model, batch: &[Item]) -> Result<Model> {
    let cx = Context::system(state.clock.now());
    let counted = state
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
                line: Set(counted.line),
                advanced_at: Set(Some(cx.now)),
                ..Default::default()
            };
            repo::update(tx, import.id, set).await?;
            Ok(Model { advanced_at: Some(cx.now), ..counted })
        })
        .await?;
    state.outbox.wake();
    Ok(counted)
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
    import.line = row.line;
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
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ImportReport {
    pub made: i64,
    pub changed: i64,
    pub same: i64,
    pub refused: i64,
    pub warnings: i64,
    pub rows: i64,
    pub rows_per_second: Option<f64>,
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

/// How a file on the command line is to be imported.
#[derive(Clone, Debug)]
pub struct FileImport {
    pub path: PathBuf,
    pub query: ImportQuery,
}

/// Imports a file here and now, as the service itself, and tells how far it is. It is on record as an import
/// like any other.
///
/// # Errors
/// [`ImportFileError`]
pub async fn import_file(
    state: &State,
    given: &FileImport,
    tell: &(dyn Fn(&Model) + Send + Sync),
) -> Result<ImportReport, ImportFileError> {
    let path = &given.path;
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => ImportFileError::Missing(path.clone()),
        _ => ImportFileError::Unreadable(path.clone(), error),
    };
    let mut file = File::open(path).await.map_err(unreadable)?;
    let (sha256, lines) = digest(&mut file).await.map_err(unreadable)?;
    let upload = Spooled { file, sha256, format: upload::format_of(&path.to_string_lossy()), lines };
    let sent = look(state, &upload, &given.query).await?;
    store(state, &sent.sha256, upload.file).await?;
    let cx = Context::system(state.clock.now());
    let import = state.db.write(async |tx| begin(tx, &cx, &sent, &given.query).await).await?;
    tell(&import);
    take_up(state, None, import.id, tell).await?;
    let done = repo::find(state.db.read(), import.id).await?;
    if let Some(failure) = done.failure {
        return Err(JobError::Other(failure).into());
    }
    Ok(ImportReport {
        made: done.made,
        changed: done.changed,
        same: done.same,
        refused: done.refused,
        warnings: done.warnings,
        rows: done.rows,
        rows_per_second: dto::rate(done.rows, done.started_at, done.advanced_at),
        import_id: done.id,
    })
}

/// A file that was fetched from a source.
#[derive(Debug)]
pub struct Harvested {
    pub file: File,
    pub format: ImportFormat,
    pub source_system: String,
    pub kind: ListingKind,
}

/// Stores a fetched file and puts its import on record, to be taken up by the job that fetched it.
///
/// # Errors
/// [`ImportFileError`], with 422 inside when the file is no table.
pub async fn begin_harvest(state: &State, mut given: Harvested) -> Result<ImportId, ImportFileError> {
    let (sha256, lines) = digest(&mut given.file).await.map_err(JobError::from)?;
    let upload = Spooled { file: given.file, sha256, format: given.format, lines };
    let query = ImportQuery {
        dry_run: None,
        source_system: Some(given.source_system),
        kind: Some(given.kind),
        sheet: None,
    };
    let sent = look(state, &upload, &query).await?;
    store(state, &sent.sha256, upload.file).await?;
    let cx = Context::system(state.clock.now());
    let import = state.db.write(async |tx| begin(tx, &cx, &sent, &query).await).await?;
    Ok(import.id)
}

/// The keys of the rows of an import, and how many rows have none since they would be refused.
#[derive(Debug)]
pub struct Keys {
    pub short: HashSet<u128>,
    pub refused: usize,
}

/// Reads the keys of the rows of an import.
///
/// # Errors
/// When the file or the database does not answer.
pub async fn keys(state: &State, id: ImportId) -> Result<Keys, JobError> {
    let import = repo::find(state.db.read(), id).await?;
    let mapping = mapping(state, import.source_system.as_deref()).await?;
    let mut source = Source::open(state, &import, source::names(Arc::clone(&mapping))).await?;
    let origin = FileOrigin { source_system: import.source_system.clone(), kind: import.kind, mapping };
    let mut memory = Memory::default();
    let mut refused = 0;
    loop {
        match source.next().await {
            Ok(None) => return Ok(Keys { short: memory.into_keys(), refused }),
            Ok(Some(given)) => {
                let item = memory.read(&given, &origin);
                refused += usize::from(matches!(item.read, Read::Refused { .. }));
            }
            // What follows is not known: as if a row were refused.
            Err(SourceError::Unfit(_)) => {
                return Ok(Keys { short: memory.into_keys(), refused: refused + 1 });
            }
            Err(SourceError::Job(error)) => return Err(error),
        }
    }
}

/// Takes up the rows of a fetched file; says how the import ended.
///
/// # Errors
/// When the file or the database does not answer.
pub async fn take_harvest(state: &State, seq: i64, id: ImportId) -> Result<Model, JobError> {
    take_up(state, Some(seq), id, &|_| {}).await?;
    Ok(repo::find(state.db.read(), id).await?)
}

/// Ends an import of which nothing is to be taken up.
///
/// # Errors
/// When the row cannot be written.
pub async fn give_up(state: &State, id: ImportId, why: &str) -> Result<()> {
    let set = ActiveModel {
        status: Set(ImportStatus::Failed),
        failure: Set(Some(why.to_owned())),
        finished_at: Set(Some(state.clock.now())),
        ..Default::default()
    };
    state.db.write(async |tx| repo::update(tx, id, set.clone()).await).await
}

/// The beginning of an upsert key.
#[must_use]
pub fn short_key(key: &str) -> u128 {
    key::short(key)
}

/// The beginning of the key of a row with that id.
#[must_use]
pub fn key_of_id(kind: ListingKind, source_system: &str, id: &str) -> u128 {
    key::short(&key::key_of_id(kind, source_system, id))
}

/// SHA-256 of a file, which is at its beginning again afterwards, and the number of its last line.
async fn digest(file: &mut File) -> io::Result<(String, i64)> {
    let mut hash = Sha256::new();
    let mut count = LineCount::default();
    let mut buffer = vec![0_u8; 256 * 1024];
    loop {
        let n = file.read(&mut buffer).await?;
        if n == 0 {
            break;
        }
        let bytes = buffer.get(..n).unwrap_or_default();
        hash.update(bytes);
        count.add(bytes);
    }
    file.seek(SeekFrom::Start(0)).await?;
    Ok((hex::encode(hash.finalize()), count.lines()))
}
