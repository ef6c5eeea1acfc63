//! Fetching from a source, with limits on everything that it could make endless.

use std::time::Duration;

use reqwest::{Client, StatusCode, header};
use techmart_entity::harvest_source::Model;
use tokio::{
    fs::File,
    io::{AsyncSeekExt, AsyncWriteExt, SeekFrom},
};
use url::Url;

use super::{
    oai::{self, Page},
    run::HarvestError,
    service::DUBLIN_CORE,
};
use crate::{
    jobs::JobError,
    outbound::{self, Targets, guard},
    outbox::relay,
    state::State,
};

/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(120);
/// The most bytes of an answer of OAI-PMH.
const PAGE_BYTES: usize = 16 * 1024 * 1024;
/// The most bytes of everything that a run brings.
const ALL_BYTES: usize = 256 * 1024 * 1024;
/// The most bytes of a CSV file, as of one that is sent.
const FILE_BYTES: usize = 64 * 1024 * 1024;
/// The most answers of a run.
const PAGES: usize = 10_000;
/// The longest that a repository may ask us to wait, and how often in a run.
const WAIT: u64 = 120;
const WAITS: usize = 5;

/// What was fetched.
#[derive(Debug)]
pub struct Fetched {
    pub file: File,
    /// What the source says is gone, by its own ids.
    pub deleted: Vec<String>,
    pub records: usize,
    /// From when it is asked for changes next.
    pub cursor: Option<String>,
}

fn client(targets: Targets) -> Result<Client, HarvestError> {
    outbound::client(targets, ANSWER).map_err(|error| HarvestError::Job(JobError::Other(error.to_string())))
}

fn failed(error: &reqwest::Error) -> HarvestError {
    let words = match guard::refused(error) {
        Some(refused) => {
            let wording = refused.wording();
            format!("{} / {}", wording.zh, wording.en)
        }
        None if error.is_timeout() => "来源没有及时回答 / the source did not answer in time".to_owned(),
        // Its whole text could name addresses of ours.
        None if error.is_connect() => "无法连接来源 / the source cannot be reached".to_owned(),
        None => "来源的回答中断 / the answer of the source broke off".to_owned(),
    };
    HarvestError::Source(words)
}

fn check(address: &str, targets: Targets) -> Result<Url, HarvestError> {
    guard::check(address, targets).map_err(|refused| {
        let wording = refused.wording();
        HarvestError::Source(format!("{} / {}", wording.zh, wording.en))
    })
}

/// Asks an address; waits where the source says that it is busy.
async fn ask(client: &Client, url: Url, waits: &mut usize) -> Result<reqwest::Response, HarvestError> {
    loop {
        let response = client.get(url.clone()).send().await.map_err(|error| failed(&error))?;
        let status = response.status();
        let wait =
            response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS)
            && let Some(seconds) = wait.filter(|seconds: &u64| *seconds <= WAIT)
            && *waits < WAITS
        {
            *waits += 1;
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            continue;
        }
        if status.is_redirection() {
            return Err(HarvestError::Source(format!(
                "来源已转到其他地址（{status}），不会自动跟随；请核对后修改地址 / the source leads elsewhere ({status}), which is not \
                 followed; look, then change the address"
            )));
        }
        if !status.is_success() {
            return Err(HarvestError::Source(format!("来源回答 {status} / the source answered {status}")));
        }
        return Ok(response);
    }
}

fn too_large(limit: usize) -> HarvestError {
    let mib = limit / 1024 / 1024;
    HarvestError::Source(format!("来源的内容超过 {mib} MiB / the source gives more than {mib} MiB"))
}

async fn temporary() -> Result<File, HarvestError> {
    Ok(File::from_std(tempfile::tempfile().map_err(JobError::from)?))
}

/// Fetches a file.
pub async fn csv(state: &State, seq: i64, source: &Model) -> Result<Fetched, HarvestError> {
    let targets = state.config.outbound_targets;
    let url = check(&source.address, targets)?;
    let mut response = ask(&client(targets)?, url, &mut 0).await?;
    let mut file = temporary().await?;
    let mut size = 0;
    while let Some(chunk) = response.chunk().await.map_err(|error| failed(&error))? {
        size += chunk.len();
        if size > FILE_BYTES {
            return Err(too_large(FILE_BYTES));
        }
        file.write_all(&chunk).await.map_err(JobError::from)?;
    }
    relay::renew(state, seq).await.map_err(JobError::from)?;
    rewind(&mut file).await?;
    Ok(Fetched { file, deleted: Vec::new(), records: 0, cursor: None })
}

async fn rewind(file: &mut File) -> Result<(), HarvestError> {
    file.flush().await.map_err(JobError::from)?;
    file.seek(SeekFrom::Start(0)).await.map_err(JobError::from)?;
    Ok(())
}

/// Fetches what has changed in a repository, or all of it the first time, as a file of a row a line.
pub async fn oai_pmh(state: &State, seq: i64, source: &Model) -> Result<Fetched, HarvestError> {
    let targets = state.config.outbound_targets;
    let base = check(&source.address, targets)?;
    let client = client(targets)?;
    let prefix = source.oai_prefix.as_deref().unwrap_or(DUBLIN_CORE);
    let mut waits = 0;
    let identify = page(&client, with(&base, &[("verb", "Identify")]), &mut waits).await?;
    let mut fetched = Fetched { file: temporary().await?, deleted: Vec::new(), records: 0, cursor: None };
    let mut first = vec![("verb", "ListRecords"), ("metadataPrefix", prefix)];
    first.extend(source.oai_set.as_deref().map(|set| ("set", set)));
    first.extend(source.cursor.as_deref().map(|from| ("from", from)));
    let mut url = with(&base, &first);
    let mut size = 0;
    for _ in 0..PAGES {
        let page = page(&client, url, &mut waits).await?;
        relay::renew(state, seq).await.map_err(JobError::from)?;
        if state.stopping.load(std::sync::atomic::Ordering::Relaxed) {
            let words = "the service stops; the harvest begins anew when it is back";
            return Err(HarvestError::Job(JobError::Other(words.to_owned())));
        }
        // What changes while it is read is asked for again: the time is that of the first answer.
        if let (None, Some(date)) = (&fetched.cursor, &page.response_date) {
            fetched.cursor = Some(oai::cursor(date, identify.granularity.as_deref()));
        }
        match page.error {
            Some((code, _)) if code == "noRecordsMatch" => return ended(fetched).await,
            Some((code, words)) => {
                return Err(HarvestError::Source(format!(
                    "来源回答 {code}：{words} / the source answered {code}: {words}"
                )));
            }
            None => {}
        }
        for record in &page.records {
            if record.deleted {
                fetched.deleted.push(record.identifier.clone());
                continue;
            }
            let line = format!("{}\n", record.row(source.listing_kind, prefix));
            size += line.len();
            if size > ALL_BYTES {
                return Err(too_large(ALL_BYTES));
            }
            fetched.file.write_all(line.as_bytes()).await.map_err(JobError::from)?;
            fetched.records += 1;
        }
        match page.token {
            None => return ended(fetched).await,
            Some(token) => url = with(&base, &[("verb", "ListRecords"), ("resumptionToken", &token)]),
        }
    }
    Err(HarvestError::Source(format!(
        "来源没有尽头（超过 {PAGES} 页） / the source has no end (more than {PAGES} pages)"
    )))
}

async fn ended(mut fetched: Fetched) -> Result<Fetched, HarvestError> {
    rewind(&mut fetched.file).await?;
    Ok(fetched)
}

fn with(base: &Url, arguments: &[(&str, &str)]) -> Url {
    let mut url = base.clone();
    url.query_pairs_mut().extend_pairs(arguments);
    url
}

async fn page(client: &Client, url: Url, waits: &mut usize) -> Result<Page, HarvestError> {
    let mut response = ask(client, url, waits).await?;
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failed(&error))? {
        if bytes.len() + chunk.len() > PAGE_BYTES {
            return Err(too_large(PAGE_BYTES));
        }
        bytes.extend_from_slice(&chunk);
    }
    // The protocol asks for UTF-8.
    let text = String::from_utf8_lossy(&bytes);
    oai::page(&text).map_err(HarvestError::Source)
}
