//! API keys: `tm_<code>_<secret>`. The code finds the row, the secret is chance and a check of the whole, so that a key
//! that was not copied whole is told from one that is wrong without a look-up.

use std::fmt;

use actix_web::{
    HttpMessage, HttpRequest,
    http::header::{self, HeaderMap},
};
use sha2::{Digest, Sha256};
use techmart_entity::id::{ApiClientId, OrganisationId};

use super::{Actor, secret};
use crate::{
    error::{AppError, Code, Fault, Place, Result},
    say,
};

/// The header for clients whose `Authorization` is not theirs to set.
pub const API_KEY: &str = "x-api-key";

const PREFIX: &str = "tm";
const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Letters of the code: enough that no two keys meet.
const CODE: usize = 10;
/// Letters of chance: 190 bits.
const CHANCE: usize = 32;
/// Letters of the check: 32 bits.
const CHECK: usize = 6;

/// A key as its owner has it. It shows itself to nobody by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    code: String,
    whole: String,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}_{}_…", self.code)
    }
}

impl Key {
    /// A new one.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn random() -> Result<Self> {
        let (code, chance) = (letters(CODE)?, letters(CHANCE)?);
        let body = format!("{PREFIX}_{code}_{chance}");
        let whole = format!("{body}{}", check(&body));
        Ok(Self { code, whole })
    }

    /// Reads what was sent; none when it cannot be a key of this service, or was not copied whole.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('_');
        let (prefix, code, secret) = (parts.next()?, parts.next()?, parts.next()?);
        let plain = |part: &str, n: usize| part.len() == n && part.bytes().all(|b| b.is_ascii_alphanumeric());
        let fits =
            prefix == PREFIX && parts.next().is_none() && plain(code, CODE) && plain(secret, CHANCE + CHECK);
        let (body, sum) = text.split_at_checked(text.len().checked_sub(CHECK)?)?;
        (fits && check(body) == sum).then(|| Self { code: code.to_owned(), whole: text.to_owned() })
    }

    /// By which the row is found. No secret.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The whole key, for the one answer that shows it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.whole
    }

    /// What is stored of it.
    #[must_use]
    pub fn hash(&self) -> String {
        secret::hash(&self.whole)
    }
}

/// Letters of chance, each as likely as any other.
fn letters(n: usize) -> Result<String> {
    let mut text = String::with_capacity(n);
    while text.len() < n {
        let mut bytes = [0_u8; 64];
        getrandom::fill(&mut bytes).map_err(AppError::internal)?;
        // 248 is four times 62: what lies above would favour the first letters.
        let fair = bytes.into_iter().filter(|byte| *byte < 248).map(|byte| letter(u32::from(byte)));
        text.extend(fair.take(n - text.len()));
    }
    Ok(text)
}

fn letter(n: u32) -> char {
    char::from(LETTERS[n as usize % LETTERS.len()])
}

/// The first 32 bits of the SHA-256 of everything before, in six letters.
fn check(body: &str) -> String {
    let mut sum = Sha256::digest(body).iter().take(4).fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte));
    let mut letters = ['0'; CHECK];
    for place in letters.iter_mut().rev() {
        *place = letter(sum % 62);
        sum /= 62;
    }
    letters.iter().collect()
}

/// The key that a request brings: in `X-Api-Key`, or as the token of `Authorization`. None when it brings none.
///
/// # Errors
/// 400 when it brings one and another identity besides.
pub fn sent(headers: &HeaderMap) -> Result<Option<String>> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default().trim());
    let bearer = text(header::AUTHORIZATION.as_str())
        .map(|value| value.split_once(' ').map_or(value, |(_, token)| token.trim()));
    match (text(API_KEY), bearer) {
        (None, None) => Ok(None),
        (None, Some(token)) => Ok(token.starts_with("tm_").then(|| token.to_owned())),
        (Some(key), None) => Ok(Some(key.to_owned())),
        (Some(key), Some(token)) if key == token => Ok(Some(key.to_owned())),
        (Some(_), Some(_)) => {
            let detail =
                say!("X-Api-Key 与 Authorization 只能用一个。", "Send X-Api-Key or Authorization, not both.");
            let place = Place::Header("X-Api-Key".to_owned());
            let fault = Fault { place, code: "ambiguous".to_owned(), detail };
            Err(AppError::unfit(Code::InvalidHeader, vec![fault]))
        }
    }
}

/// Who a key acts as, kept with its request once everything about it was judged.
#[derive(Clone, Debug)]
pub struct Keyed {
    pub client: ApiClientId,
    pub actor: Actor,
    /// The organisation for which the client acts; none for public reading.
    pub organisation: Option<OrganisationId>,
    /// The same while the key acts for it: who reads what is public acts for nobody.
    pub acting: Option<OrganisationId>,
}

impl Keyed {
    /// Who the request was judged to come from.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

    use super::{API_KEY, CHANCE, CHECK, CODE, Key, sent};

    #[test]
    fn a_key_is_read_as_it_was_made_and_shows_itself_to_nobody_by_accident() {
        let key = Key::random().unwrap();
        assert_eq!(key.reveal().len(), 4 + CODE + CHANCE + CHECK);
        assert_eq!(Key::read(key.reveal()), Some(key.clone()));
        assert_ne!(Key::random().unwrap(), key);
        assert!(!format!("{key:?}").contains(&key.reveal()[5 + CODE..]));
        assert_eq!(key.hash().len(), 64);
    }

    #[test]
    fn one_wrong_letter_anywhere_is_told_without_a_look_up() {
        let key = Key::random().unwrap().reveal().to_owned();
        for (at, letter) in key.char_indices() {
            let other = if letter == 'x' { "y" } else { "x" };
            let mut typo = key.clone();
            typo.replace_range(at..=at, other);
            assert_eq!(Key::read(&typo), None, "{at}");
        }
        for cut in [&key[..key.len() - 1], &key[1..], "", "tm_", "tm__", "tm_甲_乙"] {
            assert_eq!(Key::read(cut), None);
        }
        assert_eq!(Key::read(&format!("{key}_")), None);
    }

    #[test]
    fn a_request_brings_one_identity() {
        let with = |pairs: &[(&str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
                headers.insert(name, HeaderValue::from_str(value).unwrap());
            }
            sent(&headers)
        };
        let bearer = AUTHORIZATION.as_str();
        assert_eq!(with(&[]).unwrap(), None);
        assert_eq!(with(&[(bearer, "Bearer eyJ")]).unwrap(), None);
        assert_eq!(with(&[(bearer, "Bearer tm_a_b")]).unwrap().as_deref(), Some("tm_a_b"));
        assert_eq!(with(&[(API_KEY, "tm_a_b")]).unwrap().as_deref(), Some("tm_a_b"));
        assert_eq!(
            with(&[(API_KEY, "tm_a_b"), (bearer, "bearer tm_a_b")]).unwrap().as_deref(),
            Some("tm_a_b")
        );
        assert!(with(&[(API_KEY, "tm_a_b"), (bearer, "Bearer eyJ")]).is_err());
        assert!(with(&[(API_KEY, "tm_a_b"), (bearer, "Bearer tm_a_c")]).is_err());
    }
}
