//! `techmart report`: the files of a frozen report in a folder, the same bytes that the interface answers with.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use futures_util::StreamExt;
use serde_json::json;
use sha2::{Digest, Sha256};
use techmart_entity::id::SnapshotId;
use tokio::io::AsyncWriteExt;

use super::{plan_of, say, verify::FaultsFound};
use crate::{
    app::StartError,
    error::Language,
    features::{
        report::{
            frozen::{self, Frozen},
            page::Detail,
            service,
        },
        snapshot::repo,
    },
    state::State,
};

const PAGE: &str = "report.html";
const WORKBOOK: &str = "report.xlsx";
const EVIDENCE: &str = "evidence.zip";
const HEAD: &str = "head.json";
const CHARTS: &str = "charts";

/// What is to be written, and where.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// A number in the chain, an id, or `latest`.
    pub snapshot: String,
    pub plan: Option<String>,
    pub out: PathBuf,
    pub language: Language,
}

/// A file that was written.
struct Written {
    path: String,
    sha256: String,
    size: u64,
}

/// The files that were written, and what of the evidence is not what was frozen.
struct Filled {
    files: Vec<Written>,
    altered: u64,
    missing: u64,
}

/// Writes the files of a report. They appear all at once: a folder that is there holds a whole report.
///
/// # Errors
/// When there is no such report, the folder holds something else, or a file cannot be made or written; and,
/// once they are written, [`FaultsFound`] when the report or its evidence is not what was frozen.
pub async fn write(state: &State, json: bool, wanted: &Wanted) -> Result<(), StartError> {
    let report = Arc::new(find(state, wanted).await?);
    let out = &wanted.out;
    may_replace(out)?;
    let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent)?;
    // Beside the folder, so that it can be moved into its place in one step.
    let new = tempfile::Builder::new().prefix(".techmart-report-").tempdir_in(parent)?;
    let Filled { files, altered, missing } = fill(state, &report, new.path(), wanted.language).await?;
    if out.exists() {
        let old = tempfile::Builder::new().prefix(".techmart-report-").tempdir_in(parent)?;
        std::fs::rename(out, old.path().join("report"))?;
    }
    let new = new.keep();
    readable(&new)?;
    std::fs::rename(&new, out)?;

    let head = &report.head;
    let listed: Vec<_> = files
        .iter()
        .map(|file| json!({ "path": out.join(&file.path).display().to_string(), "sha256": file.sha256, "size": file.size }))
        .collect();
    let document = json!({
        "snapshot": {
            "id": report.id, "number": head.number, "plan": head.plan.code, "title": head.title,
            "as_of": head.as_of, "known_at": head.known_at, "hash": report.hash,
            "faults": report.faults.iter().map(|fault| &fault.en).collect::<Vec<_>>(),
        },
        "files": listed,
        "evidence": { "altered": altered, "missing": missing },
    });
    let mut words =
        format!("第 {} 号报告 / report no. {}: {} ({})", head.number, head.number, head.title, report.hash);
    for fault in &report.faults {
        words.push_str(&format!("\n校验不通过：{} / does not check out: {}", fault.zh, fault.en));
    }
    if altered + missing > 0 {
        words.push_str(&format!(
            "\n证据文件：{altered} 个已被改动，{missing} 个缺失，见 evidence.zip 中的 manifest.json / evidence: {altered} \
             file(s) altered, {missing} missing; manifest.json in evidence.zip names them"
        ));
    }
    for file in &files {
        words.push_str(&format!("\n{}  {}", file.sha256, out.join(&file.path).display()));
    }
    say(json, &document, &words)?;
    if report.faults.is_empty() && altered + missing == 0 { Ok(()) } else { Err(FaultsFound.into()) }
}

async fn find(state: &State, wanted: &Wanted) -> Result<Frozen, StartError> {
    let db = state.db.read();
    if let Some(plan) = &wanted.plan {
        plan_of(db, plan).await?;
    }
    let row = if wanted.snapshot == "latest" {
        repo::list(db, wanted.plan.as_deref(), None, 1).await?.into_iter().next()
    } else if let Ok(number) = wanted.snapshot.parse::<i64>() {
        frozen::of_number(db, number).await?
    } else if let Ok(id) = wanted.snapshot.parse::<SnapshotId>() {
        repo::find(db, id).await?
    } else {
        return Err("--snapshot 应为 latest、编号或 id / --snapshot takes latest, a number or an id".into());
    };
    let row = row.filter(|row| wanted.plan.as_ref().is_none_or(|plan| row.plan == *plan));
    let Some(row) = row else {
        let which = &wanted.snapshot;
        return Err(match &wanted.plan {
            None => format!("没有报告 {which} / there is no report {which}"),
            Some(plan) => {
                format!("规划 {plan} 没有报告 {which} / there is no report {which} of the plan {plan}")
            }
        }
        .into());
    };
    Ok(frozen::load(db, row.id).await?)
}

/// Nothing but an earlier report is replaced: a folder that holds anything else is left alone.
fn may_replace(out: &Path) -> Result<(), StartError> {
    if !out.exists() {
        return Ok(());
    }
    if out.is_dir() {
        let Some(foreign) = foreign(out)? else { return Ok(()) };
        let (out, foreign) = (out.display(), foreign.display());
        return Err(format!(
            "{out} 中有其他文件（{foreign}），请另选一个文件夹 / {out} holds something else, {foreign}; name another folder"
        )
        .into());
    }
    let out = out.display();
    Err(format!("{out} 不是文件夹 / {out} is not a folder").into())
}

/// The first thing in a folder that no report has.
fn foreign(out: &Path) -> std::io::Result<Option<PathBuf>> {
    for entry in std::fs::read_dir(out)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let own = match name {
            CHARTS if path.is_dir() => {
                let is_chart = |chart: &Path| chart.extension().is_some_and(|extension| extension == "svg");
                let charts: Vec<_> = std::fs::read_dir(&path)?.collect::<Result<_, _>>()?;
                match charts.iter().map(std::fs::DirEntry::path).find(|chart| !is_chart(chart)) {
                    None => true,
                    Some(other) => return Ok(Some(other)),
                }
            }
            PAGE | WORKBOOK | EVIDENCE | HEAD => path.is_file(),
            _ => false,
        };
        if !own {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

async fn fill(
    state: &State,
    report: &Arc<Frozen>,
    folder: &Path,
    language: Language,
) -> Result<Filled, StartError> {
    let mut files = Vec::new();
    let page = service::html(Arc::clone(report), language, Detail::Names).await?;
    files.push(put(folder, PAGE, page.as_bytes())?);
    let workbook = service::xlsx(Arc::clone(report)).await?;
    files.push(put(folder, WORKBOOK, &workbook)?);
    files.push(archive(state, report, folder).await?);
    let (altered, missing) = unfit(&folder.join(EVIDENCE))?;
    files.push(put(folder, HEAD, report.text.as_bytes())?);
    std::fs::create_dir_all(folder.join(CHARTS))?;
    for kept in &report.parts {
        let code = &kept.part.indicator;
        let svg = service::frozen_chart(state, report.id, code, language).await?;
        // Codes are letters and digits; whatever else stands there is no path.
        let name: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
        files.push(put(folder, &format!("{CHARTS}/{name}.svg"), svg.as_bytes())?);
    }
    Ok(Filled { files, altered, missing })
}

/// How many files of evidence the archive says are altered, and missing.
fn unfit(archive: &Path) -> Result<(u64, u64), StartError> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(archive)?)?;
    let manifest: serde_json::Value = serde_json::from_reader(archive.by_name("manifest.json")?)?;
    let count =
        |of: &str| manifest["counts"][of].as_u64().ok_or_else(|| format!("manifest.json: counts/{of}"));
    Ok((count("altered")?, count("missing")?))
}

fn put(folder: &Path, path: &str, bytes: &[u8]) -> Result<Written, StartError> {
    std::fs::write(folder.join(path), bytes)?;
    Ok(Written {
        path: path.to_owned(),
        sha256: hex::encode(Sha256::digest(bytes)),
        size: u64::try_from(bytes.len())?,
    })
}

async fn archive(state: &State, report: &Arc<Frozen>, folder: &Path) -> Result<Written, StartError> {
    let path = EVIDENCE;
    let mut stream = service::evidence(state, Arc::clone(report), service::stages(&[])).await?;
    let mut file = tokio::fs::File::create(folder.join(path)).await?;
    let (mut hash, mut size) = (Sha256::new(), 0);
    while let Some(bytes) = stream.next().await {
        let bytes = bytes?;
        hash.update(&bytes);
        size += u64::try_from(bytes.len())?;
        file.write_all(&bytes).await?;
    }
    file.sync_all().await?;
    Ok(Written { path: path.to_owned(), sha256: hex::encode(hash.finalize()), size })
}

/// A temporary folder is its maker's alone; a report is for others as well.
#[cfg(unix)]
fn readable(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn readable(_: &Path) -> std::io::Result<()> {
    Ok(())
}
