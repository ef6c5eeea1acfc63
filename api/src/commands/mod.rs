//! What `techmart` can be told to do. Every command prints for a person, or with `--json` one JSON
//! document; logs go to standard error.

pub mod demo;
pub mod eval;
pub mod matching;
mod progress;
pub mod report;
pub mod verify;

use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    sync::Arc,
};

use clap::{Parser, Subcommand};
use sea_orm::ConnectionTrait;
use serde_json::json;
use techmart_entity::listing::ListingKind;
use techmart_search::SearchError;
use tracing_subscriber::EnvFilter;

use crate::{
    app::{App, Chances, FolderLock, Jobs, Purpose, StartError, build},
    config::Config,
    error::Language,
    features::{
        account,
        import::{self, dto::ImportQuery, service::FileImport},
        indicator,
    },
    jobs, openapi,
    outbox::{self, Job, relay},
    state::State,
};

/// 科技成果交易服务超市 · a technology-achievement marketplace service.
///
/// Without any configuration everything is embedded: SQLite, the search index, files, mails and keys live in ./data.
#[derive(Debug, Parser)]
#[command(name = "techmart", version, after_long_help = ENVIRONMENT)]
pub struct Cli {
    /// Print one JSON document instead of words.
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

const ENVIRONMENT: &str = "\
Environment:
  TECHMART_BIND             address and port of the interface          [127.0.0.1:8080]
  TECHMART_DATA_DIR         folder of the embedded service             [./data]
  DATABASE_URL              sqlite://FILE or postgres://USER:PASSWORD@HOST/NAME
  SEARCH_URL                embedded:FOLDER or http://:KEY@HOST:7700/?index=techmart
  SEARCH_EMBEDDER           semantic help: settings of an embedder of the Meilisearch server, JSON
  MAIL_URL                  file:FOLDER, smtp://HOST:PORT or smtps://USER:PASSWORD@HOST
  MAIL_FROM                 sender of mails
  FILES_URL                 file:FOLDER or s3://BUCKET/PREFIX?endpoint=URL&region=R
                            (with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)
  TECHMART_JWT_SECRET       secrets that sign access tokens, separated by commas, the first signs;
                            needed with PostgreSQL, else made and kept in the data folder
  TECHMART_PUBLIC_URL       where people reach the service, for links in mails
  TECHMART_RATE_LIMIT       on or off: limits per client (guessing passwords stays limited)   [on]
  TECHMART_TRUSTED_PROXIES  addresses whose X-Forwarded-For is believed
  TECHMART_CORS_ORIGINS     exact origins whose pages may call the interface
  TECHMART_METRICS_BIND     /metrics on an address of its own; else for callers on this machine
  TECHMART_ZONE_TOWNS       codes of the list `town` that are in the zone
  TECHMART_ZONE_REGIONS     GB/T 2260 codes (or their beginnings) that are in the zone
  TECHMART_VERIFICATION_YEARS
                            usual term of an organisation's verification; 0 for one without an end   [3]
  TECHMART_OUTBOUND_TARGETS public (https on the public internet) or any (for trials): where webhooks
                            may go                                      [public]
  TECHMART_LOG              text or json                                [text on a terminal]
  RUST_LOG                  how much is logged                          [info]

First steps:
  techmart demo --serve     a small catalogue to try, with accounts and hints
  techmart admin create     the first admin of a real service
  techmart serve            the service; it never makes accounts or data by itself";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the service: the interface and its jobs.
    Serve {
        /// Leave the jobs to `techmart worker`.
        #[arg(long)]
        without_jobs: bool,
    },
    /// Run the jobs alone: relay, schedule, imports (with Meilisearch).
    Worker,
    /// Bring the database's schema up to date.
    Migrate,
    /// Import listings from JSON Lines, a CSV file or a workbook (.csv, .xlsx); the same file again changes
    /// nothing.
    Import {
        /// The file, one listing a line or row.
        file: PathBuf,
        /// Say what would happen and write nothing.
        #[arg(long)]
        dry_run: bool,
        /// The name of the system that the rows come from, part of their key when they carry an id.
        #[arg(long)]
        source_system: Option<String>,
        /// The kind of the rows that do not say theirs: achievement, demand or provider.
        #[arg(long)]
        kind: Option<ListingKind>,
        /// The sheet of a workbook; else the first that has headings.
        #[arg(long)]
        sheet: Option<String>,
    },
    /// Look for duplicates and signals among everything. Broken off and begun again it finds what is left.
    Duplicates,
    /// Build the search index anew beside the live one, and swap. A running embedded service does it itself.
    Reindex,
    /// Print the OpenAPI document.
    Openapi,
    /// Work on admins.
    Admin {
        #[command(subcommand)]
        command: AdminCommand,
    },
    /// Fill in a small catalogue with accounts for every role, counted in the demo plan alone.
    Demo {
        /// Go on serving.
        #[arg(long)]
        serve: bool,
    },
    /// Check everything that was recorded: the chain of frozen reports, the ledger's rows and sums, every report
    /// counted again, evidence files, and the acts behind the counts. Fails, naming the places, when anything was
    /// changed.
    Verify {
        /// Only what this plan rests on, such as jz-2023-2025.
        #[arg(long)]
        plan: Option<String>,
    },
    /// Write a frozen report into a folder: page, workbook, evidence, pictures, and the text that was hashed.
    Report {
        /// Its number in the chain, its id, or `latest`.
        #[arg(long, default_value = "latest")]
        snapshot: String,
        /// Of this plan alone, such as jz-2023-2025.
        #[arg(long)]
        plan: Option<String>,
        /// The folder; an earlier report in it is replaced as a whole.
        #[arg(long)]
        out: PathBuf,
        /// The page and the pictures in English.
        #[arg(long)]
        english: bool,
    },
    /// Lay two files of listings side by side and print for each query what answers it, and why: a line of JSON
    /// each. Needs no service and keeps nothing.
    Match(matching::MatchFiles),
    /// Measure how well listings are found, on judged sets.
    Eval {
        #[command(subcommand)]
        command: EvalCommand,
    },
    /// Look at the outbox: jobs that were given up, and let them be tried again.
    Outbox {
        #[command(subcommand)]
        command: OutboxCommand,
    },
}

/// What can be done to admins.
#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// Make an admin, verified at once. The password comes from TECHMART_ADMIN_PASSWORD or standard input.
    Create {
        /// The address to sign in with.
        #[arg(long)]
        email: String,
        /// The name that others see.
        #[arg(long, default_value = "管理员")]
        name: String,
    },
}

/// What can be measured.
#[derive(Debug, Subcommand)]
pub enum EvalCommand {
    /// The search: nDCG@10, recall@10 and MRR by class of query, and the queries that fail, on the embedded engine
    /// and on the server of SEARCH_URL.
    Search(eval::search::SetFiles),
    /// The matching, beside plain BM25 with the same words: nDCG@10, recall@10 and MRR, the difference with its
    /// interval, and what is lost without each part.
    Match(eval::matching::MatchSet),
}

/// What can be done to the outbox.
#[derive(Debug, Subcommand)]
pub enum OutboxCommand {
    /// List the jobs that were given up, with their last error.
    Dead,
    /// Let jobs that were given up be tried again; all of them when none is named.
    Retry {
        /// Their numbers.
        seq: Vec<i64>,
    },
}

/// Does what the command line says.
///
/// # Errors
/// When it cannot be done; the text says why.
pub async fn run(cli: Cli) -> Result<(), StartError> {
    let json = cli.json;
    if let Command::Openapi = cli.command {
        return print(openapi::text());
    }
    start_logging();
    let config = Config::read(|name| std::env::var(name).ok())?;
    match cli.command {
        Command::Openapi => Ok(()),
        Command::Serve { without_jobs } => {
            let _lock = FolderLock::take(&config)?;
            let state = build(config, Purpose::Serve, Chances::default()).await.map_err(explain)?;
            serve(state, !without_jobs, json).await
        }
        Command::Worker => {
            if config.search_is_embedded() {
                return Err("嵌入式搜索只能由 serve 使用；worker 需要 Meilisearch（SEARCH_URL=http…） / embedded search \
                            belongs to `serve`; a worker apart needs Meilisearch (SEARCH_URL=http…)"
                    .into());
            }
            let _lock = FolderLock::take(&config)?;
            let state = build(config, Purpose::Work, Chances::default()).await.map_err(explain)?;
            let jobs = Jobs::start(state);
            say(json, &json!({ "worker": "running" }), "worker running; Ctrl-C stops it")?;
            stop_signal().await;
            jobs.stop().await;
            Ok(())
        }
        Command::Migrate => {
            let state = build(config, Purpose::Command, Chances::default()).await?;
            let pending = state.db.pending_migrations().await?;
            say(
                json,
                &json!({ "migrated": true, "pending": pending }),
                "数据库结构已是最新 / the schema is up to date",
            )
        }
        Command::Import { file, dry_run, source_system, kind, sheet } => {
            let state = build(config, Purpose::Command, Chances::default()).await?;
            let query = ImportQuery { dry_run: Some(dry_run), source_system, kind, sheet };
            let bar = progress::Bar::new();
            let given = FileImport { path: file, query };
            let report = import::service::import_file(&state, &given, &|import| bar.show(import)).await?;
            bar.clear();
            let words = format!(
                "{} 行：新建 {}，变更 {}，相同 {}，拒绝 {}，警告 {} / {} rows: {} made, {} changed, {} the same, {} \
                 refused, {} warnings",
                report.rows,
                report.made,
                report.changed,
                report.same,
                report.refused,
                report.warnings,
                report.rows,
                report.made,
                report.changed,
                report.same,
                report.refused,
                report.warnings
            );
            say(json, &serde_json::to_value(&report)?, &words)
        }
        Command::Duplicates => {
            let state = build(config, Purpose::Command, Chances::default()).await?;
            let found = jobs::examine::everything(&state).await?;
            let words = format!(
                "查看了 {} 个条目、{} 个单位、{} 份合同：新发现疑似重复 {} 对，异常信号 {} 条 / looked at {} listings, {} \
                 organisations, {} contracts: {} new pairs, {} new signals",
                found.listings,
                found.organisations,
                found.contracts,
                found.pairs,
                found.signals,
                found.listings,
                found.organisations,
                found.contracts,
                found.pairs,
                found.signals
            );
            say(json, &serde_json::to_value(found)?, &words)
        }
        Command::Reindex => reindex(config, json).await,
        Command::Admin { command: AdminCommand::Create { email, name } } => {
            let password = match std::env::var("TECHMART_ADMIN_PASSWORD") {
                Ok(password) => password,
                Err(_) => read_line("密码 / password: ")?,
            };
            let state = build(config, Purpose::Command, Chances::default()).await?;
            let id = account::service::create_admin(&state, &email, &name, password).await?;
            say(
                json,
                &json!({ "account_id": id, "email": email }),
                &format!("管理员 {email} 已创建 / admin {email} made"),
            )
        }
        Command::Demo { serve: go_on } => {
            if go_on {
                let _lock = FolderLock::take(&config)?;
                let state = build(config, Purpose::Serve, Chances::default()).await.map_err(explain)?;
                demo::fill(&state, json, demo::Afterwards::Serve).await?;
                return serve(state, true, json).await;
            }
            let state = build(config, Purpose::Command, Chances::default()).await?;
            demo::fill(&state, json, demo::Afterwards::End).await
        }
        Command::Verify { plan } => {
            let state = build(config, Purpose::Command, Chances::default()).await?;
            verify::verify(&state, plan.as_deref(), json).await
        }
        Command::Report { snapshot, plan, out, english } => {
            let state = build(config, Purpose::Command, Chances::default()).await?;
            let language = if english { Language::En } else { Language::Zh };
            report::write(&state, json, &report::Wanted { snapshot, plan, out, language }).await
        }
        Command::Match(files) => matching::run(&files).await,
        Command::Eval { command: EvalCommand::Search(files) } => {
            eval::search::run(&config, json, &files).await
        }
        Command::Eval { command: EvalCommand::Match(set) } => eval::matching::run(&config, json, &set).await,
        Command::Outbox { command } => {
            let state = build(config, Purpose::Command, Chances::default()).await?;
            outbox_command(&state, command, json).await
        }
    }
}

async fn serve(state: Arc<State>, with_jobs: bool, json: bool) -> Result<(), StartError> {
    let app = App::bind(state)?;
    let address = app.address()?;
    say(
        json,
        &json!({ "listening": format!("http://{address}") }),
        &format!("服务地址 / listening on http://{address} (docs: http://{address}/docs/)"),
    )?;
    app.run(with_jobs, stop_signal()).await
}

async fn reindex(config: Config, json: bool) -> Result<(), StartError> {
    match build(config.clone(), Purpose::CommandWithIndex, Chances::default()).await {
        Ok(state) => {
            jobs::index::rebuild(&state, None).await?;
            let documents = state.search.health().await.documents;
            let words = format!(
                "索引已重建，{0} 条 / the index was built anew with {0} listings",
                documents.unwrap_or(0)
            );
            say(json, &json!({ "rebuilt": true, "documents": documents }), &words)
        }
        Err(error) if matches!(error.downcast_ref(), Some(SearchError::Locked { .. })) => {
            // The running service has the index open: it does the work.
            let state = build(config, Purpose::Command, Chances::default()).await?;
            let now = state.clock.now();
            state.db.write(async |tx| outbox::push(tx, now, &Job::Reindex).await).await?;
            say(
                json,
                &json!({ "rebuilt": false, "left_to_service": true }),
                "已交给运行中的服务重建 / left to the running service",
            )
        }
        Err(error) => Err(error),
    }
}

async fn outbox_command(state: &State, command: OutboxCommand, json: bool) -> Result<(), StartError> {
    match command {
        OutboxCommand::Dead => {
            let rows = relay::dead(state, 1000).await?;
            let items: Vec<_> = rows
                .iter()
                .map(|row| {
                    json!({ "seq": row.seq, "kind": row.kind, "job": row.payload, "attempts": row.attempts, "last_error": row.last_error })
                })
                .collect();
            let mut words = format!("{} 个任务已放弃 / {} job(s) given up", rows.len(), rows.len());
            for row in &rows {
                words.push_str(&format!(
                    "\n{}\t{}\t{}",
                    row.seq,
                    row.payload,
                    row.last_error.as_deref().unwrap_or("-")
                ));
            }
            say(json, &json!({ "items": items }), &words)
        }
        OutboxCommand::Retry { seq } => {
            let n = relay::retry(state, &seq).await?;
            say(json, &json!({ "retried": n }), &format!("{n} 个任务将重试 / {n} job(s) will be tried again"))
        }
    }
}

/// Says what an embedded index in use means for a person.
fn explain(error: StartError) -> StartError {
    match error.downcast_ref::<SearchError>() {
        Some(SearchError::Locked { path }) => {
            format!("索引 {0} 正被另一个进程使用 / another process uses the index in {0}", path.display())
                .into()
        }
        _ => error,
    }
}

/// Prints an error for a person, or as one JSON document.
pub fn complain(error: &StartError, json: bool) {
    // What was found is printed already, as the one document that was asked for.
    if error.is::<verify::FaultsFound>() || error.is::<eval::search::BelowFloor>() {
        return;
    }
    if json {
        let _ = print(&json!({ "error": error.to_string() }).to_string());
    } else {
        let _ = writeln!(std::io::stderr(), "techmart: {error}");
    }
}

/// That there is such a plan.
async fn plan_of(db: &impl ConnectionTrait, code: &str) -> Result<(), StartError> {
    let plans = indicator::repo::plans(db).await?;
    if plans.iter().any(|plan| plan.code == code) {
        return Ok(());
    }
    let there = plans.into_iter().map(|plan| plan.code).collect::<Vec<_>>().join(", ");
    Err(format!("没有规划 {code}；现有：{there} / there is no plan {code}; there are: {there}").into())
}

/// Prints for a person, or one JSON document.
///
/// # Errors
/// When standard output is closed.
pub fn say(json: bool, document: &serde_json::Value, words: &str) -> Result<(), StartError> {
    if json { print(&document.to_string()) } else { print(words) }
}

fn print(text: &str) -> Result<(), StartError> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()?;
    Ok(())
}

fn read_line(prompt: &str) -> Result<String, StartError> {
    if std::io::stdin().is_terminal() {
        write!(std::io::stderr(), "{prompt}")?;
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn start_logging() {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,tantivy=warn,sea_orm_migration=warn,lettre=warn"));
    let as_json = match std::env::var("TECHMART_LOG").as_deref() {
        Ok("json") => true,
        Ok("text") => false,
        _ => !std::io::stderr().is_terminal(),
    };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start in one process, as in tests, keeps the first one's logs.
    let _ = if as_json { builder.json().flatten_event(true).try_init() } else { builder.try_init() };
}

/// SIGTERM or Ctrl-C.
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let term = signal(SignalKind::terminate());
    match term {
        Ok(mut term) => {
            tokio::select! {
                _ = term.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}
