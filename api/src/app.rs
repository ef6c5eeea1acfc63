//! The composition root: from a configuration to a running service. The only place that builds adapters.

use std::{
    collections::BTreeMap,
    fs::File,
    net::{SocketAddr, TcpListener},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use actix_web::{App as Web, HttpServer, middleware::from_fn, web, web::Data};
use argon2::Params;
use async_trait::async_trait;
use techmart_search::{
    Answer, Ask, Document, Health, Match, Query, Rebuild, SearchError, SearchIndex, State as IndexState,
    SuggestQuery, Suggestion,
};
use tokio::sync::watch;
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::{Config as DocsConfig, SwaggerUi};
use uuid::Uuid;

use crate::{
    auth::{jwt::Jwt, password::Passwords},
    clock::Clock,
    config::Config,
    db::Db,
    features::{
        api_client::{self, admission, meter::Meter, origins::KnownOrigins},
        audit::looks,
        change::{self, tide::Feed},
        export::Exports,
        feedback::{self, counter::Counter},
        health,
        notification::delivery::Concerned,
        oai, webhook,
    },
    files::FileStore,
    jobs, mail,
    metrics::Metrics,
    openapi::{self, Operations},
    outbound,
    outbox::{Outbox, relay},
    routes,
    state::State,
    web::{edge::edge, rate_limit::RateLimits, schemas::Schemas},
};

/// Why the service cannot start.
pub type StartError = Box<dyn std::error::Error + Send + Sync>;

/// What a process is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Interface and jobs.
    Serve,
    /// Jobs alone.
    Work,
    /// One command that needs the index.
    CommandWithIndex,
    /// One command that leaves the index to the service.
    Command,
}

/// What tests set and nobody else.
#[derive(Clone, Debug, Default)]
pub struct Chances {
    pub clock: Clock,
    /// The cost of password hashes; the recommended one when absent.
    pub hashing: Option<Params>,
}

/// Builds all parts: connects, migrates, opens index, mail and files.
///
/// # Errors
/// When a part cannot be opened; the text says which and never shows a secret.
pub async fn build(config: Config, purpose: Purpose, chances: Chances) -> Result<Arc<State>, StartError> {
    // Without this the first token would panic, long after the start looked healthy.
    let _ = jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER.install_default();
    // And without this the client of an S3 store would.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let needs_folder = config.database_url.starts_with("sqlite:")
        || config.search_is_embedded()
        || config.jwt_secrets.is_empty();
    if needs_folder {
        std::fs::create_dir_all(&config.data_dir)
            .map_err(|error| format!("{}: {error}", config.data_dir.display()))?;
    }
    let db = Db::connect(&config.database_url).await.map_err(|error| format!("DATABASE_URL: {error}"))?;
    db.migrate().await.map_err(|error| format!("DATABASE_URL: {error}"))?;
    let search: Arc<dyn SearchIndex> = match (purpose, config.search_is_embedded()) {
        (Purpose::Command, true) => Arc::new(ElsewhereIndex),
        _ => {
            let url = config.search().map_err(|error| format!("SEARCH_URL: {error}"))?;
            techmart_search::open(&url).await?
        }
    };
    let mailer = mail::open(&config.mail_url, &config.mail_from)?;
    let files = FileStore::open(&config.files_url)?;
    let jwt = Jwt::new(&config.jwt_secrets_or_kept()?);
    let passwords = chances.hashing.map_or_else(Passwords::default, Passwords::new);
    Ok(Arc::new(State {
        rate_limits: RateLimits::new(config.rate_limit),
        clock: chances.clock,
        db,
        search,
        mailer,
        files,
        jwt,
        passwords,
        metrics: Metrics::new()?,
        webhooks: outbound::client(config.outbound_targets, webhook::sender::WITHIN)?,
        outbox: Outbox::default(),
        concerned: Concerned::default(),
        counter: Counter::default(),
        exports: Exports::default(),
        meter: Meter::default(),
        origins: KnownOrigins::default(),
        feed: Feed::default(),
        schemas: Schemas::of(openapi::document()),
        operations: Operations::of(openapi::document()),
        stopping: std::sync::atomic::AtomicBool::new(false),
        config,
    }))
}

/// Keeps a second process off the folder of an embedded service.
#[derive(Debug)]
pub struct FolderLock {
    _file: Option<File>,
}

impl FolderLock {
    /// Takes the folder.
    ///
    /// # Errors
    /// When another process has it.
    pub fn take(config: &Config) -> Result<Self, StartError> {
        if !config.database_url.starts_with("sqlite:") {
            return Ok(Self { _file: None });
        }
        std::fs::create_dir_all(&config.data_dir)?;
        let path = config.data_dir.join("techmart.lock");
        let file = File::options().create(true).truncate(false).write(true).open(&path)?;
        file.try_lock().map_err(|_| {
            format!(
                "数据目录 {0} 正被另一个 techmart 进程使用 / another techmart process uses the folder {0}",
                config.data_dir.display()
            )
        })?;
        Ok(Self { _file: Some(file) })
    }
}

/// A service that is ready to run.
pub struct App {
    state: Data<State>,
    listener: TcpListener,
    metrics: Option<TcpListener>,
}

impl App {
    /// Binds the addresses of the configuration.
    ///
    /// # Errors
    /// When one is taken.
    pub fn bind(state: Arc<State>) -> Result<Self, StartError> {
        let bind =
            |address: SocketAddr| TcpListener::bind(address).map_err(|error| format!("{address}: {error}"));
        let listener = bind(state.config.bind)?;
        let metrics = state.config.metrics_bind.map(bind).transpose()?;
        Ok(Self { state: Data::from(state), listener, metrics })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop` is done, then finishes what has begun.
    ///
    /// # Errors
    /// When the server breaks.
    pub async fn run(self, with_jobs: bool, stop: impl Future<Output = ()>) -> Result<(), StartError> {
        let state = self.state.clone();
        let server = HttpServer::new({
            let state = state.clone();
            move || {
                let docs = SwaggerUi::new("/docs/{_:.*}")
                    .config(DocsConfig::new(["/api/v1/openapi.json"]).try_it_out_enabled(true));
                let (app, _) = Web::new().into_utoipa_app().configure(routes::api).split_for_parts();
                app.app_data(state.clone())
                    .configure(health::routes)
                    .configure(oai::http::routes)
                    .service(web::redirect("/docs", "/docs/"))
                    .service(docs)
                    .default_service(web::to(routes::nothing_here))
                    .wrap(from_fn(looks::logged))
                    .wrap(from_fn(admission::admitted))
                    .wrap(from_fn(edge))
            }
        })
        .workers(2)
        .max_connections(1000)
        .backlog(1024)
        .client_request_timeout(Duration::from_secs(5))
        .keep_alive(Duration::from_secs(15))
        .shutdown_timeout(15)
        .disable_signals()
        .listen(self.listener)?
        .run();
        let metrics = match self.metrics {
            None => None,
            Some(listener) => {
                let state = state.clone();
                let server = HttpServer::new(move || {
                    Web::new()
                        .app_data(state.clone())
                        .app_data(health::MetricsBind)
                        .configure(health::routes)
                        .wrap(from_fn(edge))
                })
                .workers(1)
                .disable_signals()
                .listen(listener)?
                .run();
                Some((server.handle(), actix_web::rt::spawn(server)))
            }
        };
        let handle = server.handle();
        let serving = actix_web::rt::spawn(server);
        let (stop_counting, stopped) = watch::channel(false);
        let counting = [
            actix_web::rt::spawn(change::tide::run(state.clone().into_inner(), stopped.clone())),
            actix_web::rt::spawn(feedback::schedule::run(state.clone().into_inner(), stopped.clone())),
            actix_web::rt::spawn(api_client::schedule::run(state.clone().into_inner(), stopped)),
        ];
        let jobs = with_jobs.then(|| Jobs::start(state.clone().into_inner()));
        stop.await;
        tracing::info!("stopping: requests in flight are finished");
        state.stopping.store(true, Ordering::Relaxed);
        state.feed.end();
        handle.stop(true).await;
        if let Some((handle, serving)) = metrics {
            handle.stop(false).await;
            let _ = serving.await;
        }
        let _ = serving.await;
        // Nobody looks any more: what was counted last is written.
        let _ = stop_counting.send(true);
        for counting in counting {
            let _ = counting.await;
        }
        if let Some(jobs) = jobs {
            jobs.stop().await;
        }
        Ok(())
    }
}

/// The relay and the schedule, running.
pub struct Jobs {
    stop: watch::Sender<bool>,
    tasks: Vec<actix_web::rt::task::JoinHandle<()>>,
}

impl Jobs {
    /// Starts them, and the building of an index that was never filled.
    #[must_use]
    pub fn start(state: Arc<State>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let tasks = vec![
            actix_web::rt::spawn(fill_index(Arc::clone(&state))),
            actix_web::rt::spawn(relay::run(Arc::clone(&state), stopped.clone())),
            actix_web::rt::spawn(webhook::sender::run(Arc::clone(&state), stopped.clone())),
            actix_web::rt::spawn(jobs::schedule::run(state, stopped)),
        ];
        Self { stop, tasks }
    }

    /// Stops them when their present work is done.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        for task in self.tasks {
            let _ = task.await;
        }
    }
}

/// Fills an index that is new, of another schema or damaged; meanwhile search says that it is not complete.
async fn fill_index(state: Arc<State>) {
    if let IndexState::NeedsRebuild(reason) = state.search.health().await.state {
        tracing::info!(?reason, "the index is built from the database");
        if let Err(error) = jobs::index::rebuild(&state, None).await {
            tracing::error!(%error, "the index could not be built; `techmart reindex` tries again");
        }
    }
}

/// The index of an embedded service while another process, or none, has it open: commands leave it alone.
#[derive(Debug)]
struct ElsewhereIndex;

impl ElsewhereIndex {
    fn away<T>() -> Result<T, SearchError> {
        Err(SearchError::Unavailable {
            reason: "the index belongs to the service".to_owned(),
            retry_after: Duration::from_secs(1),
        })
    }
}

#[async_trait]
impl SearchIndex for ElsewhereIndex {
    fn name(&self) -> &'static str {
        "elsewhere"
    }

    async fn search(&self, _: &Query) -> Result<Answer, SearchError> {
        Self::away()
    }

    async fn suggest(&self, _: &SuggestQuery) -> Result<Vec<Suggestion>, SearchError> {
        Self::away()
    }

    async fn matches(&self, _: &Ask) -> Result<Vec<Match>, SearchError> {
        Self::away()
    }

    async fn put(&self, _: &[Document]) -> Result<(), SearchError> {
        Self::away()
    }

    async fn remove(&self, _: &[Uuid]) -> Result<(), SearchError> {
        Self::away()
    }

    async fn begin_rebuild(&self) -> Result<Box<dyn Rebuild>, SearchError> {
        Self::away()
    }

    async fn revisions(&self) -> Result<BTreeMap<Uuid, i64>, SearchError> {
        Self::away()
    }

    async fn health(&self) -> Health {
        Health {
            state: IndexState::Unavailable { reason: "the index belongs to the service".to_owned() },
            documents: None,
        }
    }
}
