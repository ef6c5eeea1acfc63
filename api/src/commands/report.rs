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

use super::say;
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

/// Writes the files of a report. They appear all at once: a folder that is there holds a whole report.
///
/// # Errors
/// When there is no such report, the folder holds something else, or a file cannot be made or written.
pub async fn write(state: &State, json: bool, wanted: &Wanted) -> Result<(), StartError> {
    let report = Arc::new(find(state, wanted).await?);
    let out = &wanted.out;
    may_replace(out)?;
    let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent)?;
    // Beside the folder, so that it can be moved into its place in one step.
    let new = tempfile::Builder::new().prefix(".techmart-report-").tempdir_in(parent)?;
    let files = fill(state, &report, new.path(), wanted.language).await?;
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
    });
    let mut words =
        format!("第 {} 号报告 / report no. {}: {} ({})", head.number, head.number, head.title, report.hash);
    for fault in &report.faults {
        words.push_str(&format!("\n校验不通过：{} / does not check out: {}", fault.zh, fault.en));
    }
    for file in &files {
        words.push_str(&format!("\n{}  {}", file.sha256, out.join(&file.path).display()));
    }
    say(json, &document, &words)
}

async fn find(state: &State, wanted: &Wanted) -> Result<Frozen, StartError> {
    let db = state.db.read();
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
        let plan = wanted.plan.as_deref().unwrap_or("*");
        let which = &wanted.snapshot;
        return Err(format!(
            "没有报告 {which}（规划 {plan}） / there is no report {which} of the plan {plan}"
        )
        .into());
    };
    Ok(frozen::load(db, row.id).await?)
}

/// Nothing but an earlier report is replaced.
fn may_replace(out: &Path) -> Result<(), StartError> {
    if !out.exists() {
        return Ok(());
    }
    let empty = out.is_dir() && std::fs::read_dir(out)?.next().is_none();
    let report = out.join("head.json").is_file() && out.join("evidence.zip").is_file();
    if empty || report {
        return Ok(());
    }
    let out = out.display();
    Err(format!("{out} 中有其他文件，请另选一个文件夹 / {out} holds something else; name another folder")
        .into())
}

async fn fill(
    state: &State,
    report: &Arc<Frozen>,
    folder: &Path,
    language: Language,
) -> Result<Vec<Written>, StartError> {
    let mut files = Vec::new();
    let page = service::html(Arc::clone(report), language, Detail::Names).await?;
    files.push(put(folder, "report.html", page.as_bytes())?);
    let workbook = service::xlsx(Arc::clone(report)).await?;
    files.push(put(folder, "report.xlsx", &workbook)?);
    files.push(archive(state, report, folder).await?);
    files.push(put(folder, "head.json", report.text.as_bytes())?);
    std::fs::create_dir_all(folder.join("charts"))?;
    for kept in &report.parts {
        let code = &kept.part.indicator;
        let svg = service::frozen_chart(state, report.id, code, language).await?;
        // Codes are letters and digits; whatever else stands there is no path.
        let name: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
        files.push(put(folder, &format!("charts/{name}.svg"), svg.as_bytes())?);
    }
    Ok(files)
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
    let path = "evidence.zip";
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
