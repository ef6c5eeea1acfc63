//! One service with everything it needs, alive as long as its `World`.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use argon2::Params;
use mail_parser::MessageParser;
use sea_orm::{ConnectionTrait, Database};
use serde_json::Value;
use techmart_api::{
    app::{App, Chances, Purpose, build},
    clock::Clock,
    config::Config,
    state::State,
};
use tokio::sync::{OnceCell, oneshot};
use uuid::Uuid;

use crate::client::Client;

/// How long a condition may take to come true, on the slowest machine: a bound, not a measure.
pub const PATIENCE: Duration = Duration::from_secs(120);

static DOCUMENT: OnceCell<Arc<Value>> = OnceCell::const_new();

/// A running service.
pub struct World {
    pub base: String,
    pub clock: Clock,
    pub state: Arc<State>,
    pub document: Arc<Value>,
    data: tempfile::TempDir,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    database: Option<(String, String)>,
}

/// What a world has besides the defaults.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    pub mail_url: Option<String>,
    pub files_url: Option<String>,
    pub search_url: Option<String>,
    pub rate_limit: bool,
    /// Whether webhooks may go to this machine.
    pub targets_of_any_kind: bool,
}

impl World {
    /// Starts a service.
    pub async fn start() -> Self {
        Self::with(Setting::default()).await
    }

    /// Starts a service with other parts.
    pub async fn with(setting: Setting) -> Self {
        let data = tempfile::tempdir().unwrap();
        let (database_url, database) = database(data.path()).await;
        let variables = variables(data.path(), &database_url, &setting);
        let config = Config::read(|name| {
            variables.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
        })
        .unwrap();
        let clock = Clock::default();
        let (send, receive) = mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let chances = Chances { clock: clock.clone(), hashing: Some(Params::new(64, 1, 1, None).unwrap()) };
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let state = build(config, Purpose::Serve, chances).await.unwrap();
                let app = App::bind(Arc::clone(&state)).unwrap();
                send.send((app.address().unwrap(), state)).unwrap();
                app.run(true, async {
                    let _ = stopped.await;
                })
                .await
                .unwrap();
            });
        });
        let (address, state) = receive.recv().unwrap();
        let base = format!("http://{address}");
        // The same for all: asked for once.
        let document = DOCUMENT.get_or_init(|| async {
            let answer = ask(&format!("{base}/api/v1/openapi.json")).await.unwrap();
            Arc::new(answer.json().await.unwrap())
        });
        let document = Arc::clone(document.await);
        Self { base, clock, state, document, data, stop: Some(stop), thread: Some(thread), database }
    }

    /// A client that has not signed in.
    pub fn visitor(&self) -> Client {
        Client::new(&self.base, Arc::clone(&self.document))
    }

    /// Waits until the outbox is empty: everything that was written has had its effect.
    pub async fn drain(&self) {
        self.until("the outbox is empty", async || {
            let ready: Value =
                ask(&format!("{}/health/ready", self.base)).await.unwrap().json().await.unwrap();
            ready["outbox"]["depth"] == 0
        })
        .await;
    }

    /// Waits for a condition.
    pub async fn until(&self, what: &str, condition: impl AsyncFn() -> bool) {
        until(what, condition).await;
    }

    /// The environment that leads a command to this world's own database.
    pub fn environment(&self) -> Vec<(String, String)> {
        variables(self.data(), &self.state.config.database_url, &Setting::default())
    }

    /// Today in Shanghai, by this world's clock.
    pub fn today(&self) -> String {
        techmart_api::clock::day_of(self.clock.now()).to_string()
    }

    /// The folder of the service's files.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// All mails that were sent, as text with their headers, oldest first.
    pub fn mails(&self) -> Vec<String> {
        self.raw_mails().iter().map(|mail| decode_mail(mail)).collect()
    }

    fn raw_mails(&self) -> Vec<String> {
        let mut files: Vec<PathBuf> = std::fs::read_dir(self.data.path().join("mail"))
            .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
            .unwrap_or_default();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
        files.sort_by_key(|path| std::fs::metadata(path).unwrap().modified().unwrap());
        let mails = files.iter().map(|path| std::fs::read_to_string(path).unwrap());
        // One that has a name and not a word yet is still being written.
        mails.filter(|mail| !mail.is_empty()).collect()
    }

    /// The mails to an address as they were sent, oldest first.
    pub fn raw_mails_to(&self, address: &str) -> Vec<String> {
        self.raw_mails().into_iter().filter(|mail| mail.contains(&format!("To: {address}"))).collect()
    }

    /// The mails to an address.
    pub fn mails_to(&self, address: &str) -> Vec<String> {
        self.mails().into_iter().filter(|mail| mail.contains(&format!("To: {address}"))).collect()
    }

    /// The token in the last mail to an address: the word that stands alone, indented.
    pub async fn token_for(&self, address: &str) -> String {
        self.drain().await;
        let mails = self.mails_to(address);
        let mail = mails.last().unwrap_or_else(|| panic!("no mail to {address}"));
        mail.lines()
            .map(str::trim)
            .find(|line| {
                line.len() >= 43 && line.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
            })
            .unwrap_or_else(|| panic!("no token in {mail}"))
            .to_owned()
    }
}

/// An answer to anybody, that does not take for ever.
///
/// # Errors
/// When there is none.
pub async fn ask(url: &str) -> reqwest::Result<reqwest::Response> {
    reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?.get(url).send().await
}

/// Waits for a condition, in small steps, and gives up loudly.
pub async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let started = Instant::now();
    while !condition().await {
        assert!(started.elapsed() < PATIENCE, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

impl Drop for World {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let asked = Instant::now();
            while !thread.is_finished() && asked.elapsed() < PATIENCE {
                std::thread::sleep(Duration::from_millis(5));
            }
            // A second panic would end the whole suite and hide the first.
            assert!(thread.is_finished() || std::thread::panicking(), "the service does not stop");
        }
        if let Some((server, name)) = self.database.take() {
            // A thread of its own: a test may be inside a runtime that cannot block.
            let _ = std::thread::spawn(move || {
                actix_web::rt::System::new().block_on(async {
                    if let Ok(db) = Database::connect(server).await {
                        let _ = db
                            .execute_unprepared(&format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)"))
                            .await;
                    }
                });
            })
            .join();
        }
    }
}

/// The environment of a service that is embedded but for what the suite's environment says.
pub fn variables(data: &Path, database_url: &str, setting: &Setting) -> Vec<(String, String)> {
    let mut variables = vec![
        ("TECHMART_BIND".to_owned(), "127.0.0.1:0".to_owned()),
        ("TECHMART_DATA_DIR".to_owned(), data.display().to_string()),
        ("DATABASE_URL".to_owned(), database_url.to_owned()),
        ("TECHMART_JWT_SECRET".to_owned(), "a-secret-for-tests-alone-of-32-bytes-or-more".to_owned()),
        ("TECHMART_RATE_LIMIT".to_owned(), if setting.rate_limit { "on" } else { "off" }.to_owned()),
    ];
    if setting.targets_of_any_kind {
        variables.push(("TECHMART_OUTBOUND_TARGETS".to_owned(), "any".to_owned()));
    }
    let search = setting.search_url.clone().or_else(meili_url);
    for (name, value) in [
        ("SEARCH_URL", search),
        ("MAIL_URL", setting.mail_url.clone()),
        ("FILES_URL", setting.files_url.clone()),
    ] {
        if let Some(value) = value {
            variables.push((name.to_owned(), value));
        }
    }
    variables
}

/// The Meilisearch of the suite's environment, with index names of this test alone.
fn meili_url() -> Option<String> {
    let url = std::env::var("MEILI_TEST_URL").ok()?;
    let separator = if url.contains('?') { '&' } else { '?' };
    Some(format!("{}{separator}index=test-{}", url.trim_end_matches('/'), Uuid::new_v4().simple()))
}

/// A database of this test alone: a file, or one that is made on the server and dropped in the end.
pub async fn database(data: &Path) -> (String, Option<(String, String)>) {
    let Ok(server) = std::env::var("TECHMART_TEST_DATABASE_URL") else {
        return (format!("sqlite://{}", data.join("techmart.sqlite").display()), None);
    };
    let name = format!("tm_{}", Uuid::new_v4().simple());
    let db = Database::connect(&server).await.unwrap();
    db.execute_unprepared(&format!("CREATE DATABASE \"{name}\"")).await.unwrap();
    db.close().await.unwrap();
    let (head, query) = server.split_once('?').map_or((server.as_str(), ""), |(head, query)| (head, query));
    let base = head.rsplit_once('/').unwrap().0;
    let url = if query.is_empty() { format!("{base}/{name}") } else { format!("{base}/{name}?{query}") };
    (url, Some((server, name)))
}

/// A mail's headers, and its plain text.
///
/// # Panics
/// When it is none.
pub fn decode_mail(raw: &str) -> String {
    let mail = MessageParser::default().parse(raw.as_bytes()).unwrap();
    let (head, _) = raw.split_once("\r\n\r\n").or_else(|| raw.split_once("\n\n")).unwrap_or((raw, ""));
    let subject = mail.subject().unwrap_or_default();
    let text = mail.body_text(0).unwrap_or_default();
    format!("{head}\nSubject decoded: {subject}\n\n{text}")
}
