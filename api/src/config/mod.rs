//! Configuration, read once from the environment. A URL picks each part; nothing set means embedded.
//! All faults are told at once, and no secret is ever printed.

use std::{fmt, net::SocketAddr, path::PathBuf};

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::Months;
use techmart_entity::Day;
use techmart_search::{Embedder, SearchUrl, SearchUrlError};

use crate::outbound::Targets;

/// The usual term of a verification, in years.
const VERIFICATION_YEARS: u32 = 3;

/// Everything that can be set from outside.
#[derive(Clone)]
pub struct Config {
    /// `TECHMART_BIND`: where the interface listens.
    pub bind: SocketAddr,
    /// `TECHMART_METRICS_BIND`: where `/metrics` listens apart; none means on the interface, for
    /// callers from this machine only.
    pub metrics_bind: Option<SocketAddr>,
    /// `TECHMART_DATA_DIR`: the database, index, files, mails and keys of the embedded service.
    pub data_dir: PathBuf,
    /// `DATABASE_URL`
    pub database_url: String,
    /// `SEARCH_URL`
    pub search_url: String,
    /// `SEARCH_EMBEDDER`: the settings of an embedder of the search server, JSON. They may hold a key.
    pub search_embedder: Option<Embedder>,
    /// `MAIL_URL`
    pub mail_url: String,
    /// `MAIL_FROM`
    pub mail_from: String,
    /// `FILES_URL`
    pub files_url: String,
    /// `TECHMART_PUBLIC_URL`: where people reach the service, for the links in mails.
    pub public_url: String,
    /// `TECHMART_JWT_SECRET`: the first signs, all verify; empty means made and kept in the data folder.
    pub jwt_secrets: Vec<Vec<u8>>,
    /// `TECHMART_RATE_LIMIT`: whether clients are limited.
    pub rate_limit: bool,
    /// `TECHMART_TRUSTED_PROXIES`: addresses whose X-Forwarded-For is believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// `TECHMART_CORS_ORIGINS`: the exact origins whose pages may call the interface.
    pub cors_origins: Vec<String>,
    /// `TECHMART_ZONE_TOWNS` and `TECHMART_ZONE_REGIONS`: what is in the zone.
    pub zone: Zone,
    /// `TECHMART_OUTBOUND_TARGETS`: whether what others name as targets, of webhooks for one, has to lie on the public
    /// internet.
    pub outbound_targets: Targets,
    /// `TECHMART_VERIFICATION_YEARS`: the usual term of a verification; 0 means that it has no end.
    pub verification_years: u32,
}

/// What counts as in the development zone.
#[derive(Clone, Debug, Default)]
pub struct Zone {
    /// Codes of the list `town`.
    pub towns: Vec<String>,
    /// GB/T 2260 codes; a code covers all that begin with it.
    pub regions: Vec<String>,
}

impl Zone {
    /// Whether an organisation with that region and town is of the zone.
    #[must_use]
    pub fn contains(&self, region: Option<&str>, town: Option<&str>) -> bool {
        town.is_some_and(|town| self.towns.iter().any(|known| known == town))
            || region
                .is_some_and(|region| self.regions.iter().any(|known| region.starts_with(known.as_str())))
    }
}

/// All that is wrong with a configuration.
#[derive(Debug)]
pub struct ConfigFaults(pub Vec<String>);

impl fmt::Display for ConfigFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "配置有 {0} 处错误 / the configuration has {0} fault(s):", self.0.len())?;
        for fault in &self.0 {
            writeln!(f, "  - {fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigFaults {}

impl Config {
    /// Reads the configuration through `var`, usually the environment.
    ///
    /// # Errors
    /// [`ConfigFaults`], with every fault there is.
    pub fn read(var: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigFaults> {
        let mut faults = Vec::new();
        let text =
            |name: &str| var(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let list = |name: &str| -> Vec<String> {
            let value = text(name).unwrap_or_default();
            value.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
        };
        let mut address = |name: &str, default: Option<&str>| -> Option<SocketAddr> {
            let value = text(name).or_else(|| default.map(str::to_owned))?;
            value
                .parse()
                .map_err(|_| {
                    faults.push(format!(
                        "{name}: “{value}” 不是地址:端口 / is no address and port such as 127.0.0.1:8080"
                    ));
                })
                .ok()
        };
        let bind = address("TECHMART_BIND", Some("127.0.0.1:8080"));
        let metrics_bind = address("TECHMART_METRICS_BIND", None);
        let data_dir = PathBuf::from(text("TECHMART_DATA_DIR").unwrap_or_else(|| "./data".to_owned()));
        let inside = |name: &str| data_dir.join(name).display().to_string();

        let database_url =
            text("DATABASE_URL").unwrap_or_else(|| format!("sqlite://{}", inside("techmart.sqlite")));
        let search_url = text("SEARCH_URL").unwrap_or_else(|| format!("embedded:{}", inside("index")));
        let mail_url = text("MAIL_URL").unwrap_or_else(|| format!("file:{}", inside("mail")));
        let files_url = text("FILES_URL").unwrap_or_else(|| format!("file:{}", inside("files")));
        for (name, value, schemes) in [
            ("DATABASE_URL", &database_url, &["sqlite:", "postgres:", "postgresql:"][..]),
            ("SEARCH_URL", &search_url, &["embedded:", "http:", "https:"]),
            ("MAIL_URL", &mail_url, &["file:", "smtp:", "smtps:"]),
            ("FILES_URL", &files_url, &["file:", "s3:"]),
        ] {
            if !schemes.iter().any(|scheme| value.starts_with(scheme)) {
                faults.push(format!(
                    "{name}: 应以下列之一开头 / has to begin with one of {}",
                    schemes.join(" ")
                ));
            }
        }
        let search_embedder = text("SEARCH_EMBEDDER").and_then(|json| {
            let read = Embedder::read(&json);
            read.map_err(|error| faults.push(format!("SEARCH_EMBEDDER: 配置无效 / {error}"))).ok()
        });
        if search_embedder.is_some() && search_url.starts_with("embedded:") {
            faults.push(
                "SEARCH_EMBEDDER: 语义辅助需要 Meilisearch / semantic help needs a Meilisearch server (SEARCH_URL=http…)"
                    .to_owned(),
            );
        }
        let jwt_secrets: Vec<Vec<u8>> =
            list("TECHMART_JWT_SECRET").into_iter().map(String::into_bytes).collect();
        if jwt_secrets.iter().any(|secret| secret.len() < 32) {
            faults.push(
                "TECHMART_JWT_SECRET: 每个密钥至少 32 字节 / every secret needs at least 32 bytes, such as \
                 `openssl rand -base64 48` makes"
                    .to_owned(),
            );
        }
        if jwt_secrets.is_empty() && database_url.starts_with("postgres") {
            faults.push(
                "TECHMART_JWT_SECRET: 使用 PostgreSQL 时必须设置，各实例一致 / has to be set with PostgreSQL, the \
                 same for every instance"
                    .to_owned(),
            );
        }
        let rate_limit = match text("TECHMART_RATE_LIMIT").as_deref() {
            None | Some("on") => true,
            Some("off") => false,
            Some(other) => {
                faults.push(format!("TECHMART_RATE_LIMIT: “{other}” 应为 on 或 off / has to be on or off"));
                true
            }
        };
        let trusted_proxies = list("TECHMART_TRUSTED_PROXIES")
            .into_iter()
            .filter_map(|value| {
                value
                    .parse()
                    .map_err(|_| {
                        faults.push(format!(
                            "TECHMART_TRUSTED_PROXIES: “{value}” 不是 IP 地址 / is no IP address"
                        ));
                    })
                    .ok()
            })
            .collect();
        let cors_origins = list("TECHMART_CORS_ORIGINS");
        for origin in &cors_origins {
            if !(origin.starts_with("https://") || origin.starts_with("http://")) || origin.ends_with('/') {
                faults.push(format!(
                    "TECHMART_CORS_ORIGINS: “{origin}” 应形如 / has to look like https://front.example"
                ));
            }
        }
        let mail_from =
            text("MAIL_FROM").unwrap_or_else(|| "科技成果超市 techmart <noreply@localhost>".to_owned());
        if mail_from.parse::<lettre::message::Mailbox>().is_err() {
            faults.push("MAIL_FROM: 不是邮件地址 / is no mail address".to_owned());
        }
        let zone = Zone {
            towns: match list("TECHMART_ZONE_TOWNS") {
                towns if towns.is_empty() => {
                    crate::features::code_list::ZONE_TOWNS.iter().map(|&town| town.to_owned()).collect()
                }
                towns => towns,
            },
            regions: list("TECHMART_ZONE_REGIONS"),
        };
        let verification_years = match text("TECHMART_VERIFICATION_YEARS") {
            None => VERIFICATION_YEARS,
            Some(value) => value.parse().ok().filter(|years| *years <= 30).unwrap_or_else(|| {
                faults.push(format!(
                    "TECHMART_VERIFICATION_YEARS: “{value}” 应为 0 到 30 的整数 / has to be a whole number from 0 to 30"
                ));
                VERIFICATION_YEARS
            }),
        };
        let outbound_targets = match text("TECHMART_OUTBOUND_TARGETS").as_deref() {
            None | Some("public") => Targets::Public,
            Some("any") => Targets::Any,
            Some(other) => {
                faults.push(format!(
                    "TECHMART_OUTBOUND_TARGETS: “{other}” 应为 public（仅公网 https）或 any（测试用，含本机与内网） / \
                     has to be public (https on the public internet alone) or any (for trials: this machine and \
                     private networks too)"
                ));
                Targets::Public
            }
        };
        let (Some(bind), true) = (bind, faults.is_empty()) else {
            return Err(ConfigFaults(faults));
        };
        let public_url = text("TECHMART_PUBLIC_URL").unwrap_or_else(|| format!("http://{bind}"));
        Ok(Self {
            bind,
            metrics_bind,
            data_dir,
            database_url,
            search_url,
            search_embedder,
            mail_url,
            mail_from,
            files_url,
            public_url: public_url.trim_end_matches('/').to_owned(),
            jwt_secrets,
            rate_limit,
            trusted_proxies,
            cors_origins,
            zone,
            outbound_targets,
            verification_years,
        })
    }

    /// The address in `MAIL_FROM`, without a name.
    #[must_use]
    pub fn mail_address(&self) -> &str {
        let (_, address) = self.mail_from.rsplit_once('<').unwrap_or(("", &self.mail_from));
        address.trim_end_matches('>').trim()
    }

    /// The last day of a verification that is given today for the usual term; none when that has no end.
    #[must_use]
    pub fn verification_until(&self, today: Day) -> Option<Day> {
        (self.verification_years > 0).then(|| today + Months::new(12 * self.verification_years))
    }

    /// Where the index is, with the embedder that is configured.
    ///
    /// # Errors
    /// What is wrong with it; the text holds no key.
    pub fn search(&self) -> Result<SearchUrl, SearchUrlError> {
        let url: SearchUrl = self.search_url.parse()?;
        match &self.search_embedder {
            Some(embedder) => url.with_embedder(embedder.clone()),
            None => Ok(url),
        }
    }

    /// Whether the search index lives inside this process.
    #[must_use]
    pub fn search_is_embedded(&self) -> bool {
        self.search_url.starts_with("embedded:")
    }

    /// The secrets that sign access tokens: those set, else the one kept in the data folder, made at
    /// the first start and readable by its owner alone.
    ///
    /// # Errors
    /// When the data folder cannot be read or written.
    pub fn jwt_secrets_or_kept(&self) -> std::io::Result<Vec<Vec<u8>>> {
        if !self.jwt_secrets.is_empty() {
            return Ok(self.jwt_secrets.clone());
        }
        let path = self.data_dir.join("jwt.key");
        match std::fs::read(&path) {
            Ok(key) if key.len() >= 32 => return Ok(vec![key]),
            Ok(_) => {
                return Err(std::io::Error::other(format!("{} is too short to be a key", path.display())));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let mut bytes = [0_u8; 48];
        getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
        let key = BASE64_STANDARD.encode(bytes).into_bytes();
        std::fs::create_dir_all(&self.data_dir)?;
        write_private(&path, &key)?;
        Ok(vec![key])
    }
}

/// Writes a file that only its owner can read, whole or not at all.
fn write_private(path: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    // Files of `tempfile` are made with mode 0600.
    let folder = path.parent().unwrap_or(std::path::Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
