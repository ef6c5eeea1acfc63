//! Passwords: Argon2id, two at once, off the async threads.

use std::sync::{Arc, LazyLock};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use crate::{
    error::{AppError, Code, Result},
    say,
};

/// The fewest and most characters of a password (ASVS 6.2).
pub const MIN_LENGTH: usize = 12;
pub const MAX_LENGTH: usize = 128;
/// Hashes at once: each takes 19 MiB and a core.
const AT_ONCE: usize = 2;
/// Callers that may wait for their turn.
const WAITING: usize = 32;

/// Words around this service that make a password easy to guess, and the commonest of all.
const OBVIOUS: &[&str] = &[
    "techmart", "password", "jingzhou", "keji", "123456", "qwerty", "111111", "abcdef", "iloveyou", "admin",
];

/// Hashes and checks passwords.
#[derive(Clone)]
pub struct Passwords {
    params: Params,
    turns: Arc<Semaphore>,
    queue: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new(Params::default())
    }
}

/// A hash that no password has, so that an unknown address takes as long as a known one.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    Argon2::default()
        .hash_password(b"nobody has this password")
        .map(|hash| hash.to_string())
        .unwrap_or_default()
});

impl Passwords {
    /// With other costs than the default (19 MiB, t=2, p=1): tests need many and none of them lives.
    #[must_use]
    pub fn new(params: Params) -> Self {
        Self {
            params,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            queue: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
        }
    }

    /// Hashes a password with a salt of its own.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub async fn hash(&self, password: String) -> Result<String> {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone());
        self.run(move || argon2.hash_password(password.as_bytes()).map(|hash| hash.to_string()))
            .await?
            .map_err(|error| AppError::internal(error.to_string()))
    }

    /// Whether the password has that hash; without a hash it takes as long and is false.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.clone());
        let matches = self
            .run(move || {
                PasswordHash::new(&hash).is_ok_and(|parsed| {
                    Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok()
                })
            })
            .await?;
        Ok(matches && known)
    }

    /// Whether a hash was made with weaker costs than today's, so that it should be made anew.
    #[must_use]
    pub fn is_outdated(&self, hash: &str) -> bool {
        PasswordHash::new(hash).ok().and_then(|parsed| Params::try_from(&parsed).ok()).is_none_or(|params| {
            params.m_cost() < self.params.m_cost() || params.t_cost() < self.params.t_cost()
        })
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _place = Arc::clone(&self.queue).try_acquire_owned().map_err(|_| {
            AppError::new(
                Code::Unavailable,
                say!("登录繁忙，请稍后重试。", "Sign-in is busy; try again in a moment."),
            )
            .retry_after(1)
        })?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(AppError::internal)?;
        tokio::task::spawn_blocking(move || {
            let result = work();
            drop(turn);
            result
        })
        .await
        .map_err(AppError::internal)
    }
}

/// What is wrong with a new password, if anything.
#[must_use]
pub fn weakness(password: &str, email: &str, name: &str) -> Option<crate::error::Wording> {
    let length = password.chars().count();
    if length < MIN_LENGTH {
        return Some(say!(
            "密码至少 {MIN_LENGTH} 个字符。",
            "A password has at least {MIN_LENGTH} characters."
        ));
    }
    if length > MAX_LENGTH {
        return Some(say!(
            "密码最多 {MAX_LENGTH} 个字符。",
            "A password has at most {MAX_LENGTH} characters."
        ));
    }
    let lower = password.to_lowercase();
    let account = email.split('@').next().unwrap_or_default().to_lowercase();
    let rest = OBVIOUS
        .iter()
        .map(|&word| word.to_owned())
        .chain([account, name.to_lowercase()])
        .filter(|word| word.chars().count() >= 4)
        .fold(lower.clone(), |rest, word| rest.replace(&word, ""));
    let kinds: std::collections::BTreeSet<char> = lower.chars().collect();
    (rest.chars().count() < MIN_LENGTH / 2 || kinds.len() < 5)
        .then(|| say!("密码太容易猜到，请换一个。", "The password is too easy to guess; choose another one."))
}
