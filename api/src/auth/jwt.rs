//! Access tokens: HS256 alone, ten minutes, key id, issuer and audience pinned.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use techmart_entity::{
    Instant,
    expiry::Term,
    id::{AccountId, SessionId},
    notification::NotificationKind,
};
use uuid::Uuid;

/// How long an access token is valid, in seconds.
pub const LIFETIME: i64 = 600;
/// How far clocks of instances may differ, in seconds.
const LEEWAY: u64 = 10;
const ISSUER: &str = "techmart";
const AUDIENCE: &str = "techmart-api";
const TYPE: &str = "access";
const UNSUBSCRIBE: &str = "techmart-unsubscribe";
const RENEWAL: &str = "techmart-renewal";

/// What an access token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    iss: String,
    aud: String,
    pub sub: AccountId,
    pub sid: SessionId,
    typ: String,
    iat: i64,
    exp: i64,
    jti: Uuid,
}

/// What a token says that ends mail.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Unsubscribe {
    iss: String,
    aud: String,
    sub: AccountId,
    #[serde(default)]
    ends: Ends,
}

/// What a token says that renews a term.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Renewal {
    iss: String,
    aud: String,
    sub: AccountId,
    term: Term,
}

/// Which mails a token ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ends {
    /// Those of a kind of notification.
    Kind(NotificationKind),
    All,
}

impl Default for Ends {
    /// Mails of an earlier release told of recommendations alone.
    fn default() -> Self {
        Self::Kind(NotificationKind::Recommendation)
    }
}

/// Why a token is not accepted; not told outside.
#[derive(Debug)]
pub struct Invalid;

struct Key {
    id: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

/// The keys: the first signs, all verify.
pub struct Jwt {
    keys: Vec<Key>,
}

impl Jwt {
    /// Takes the secrets, at least one.
    #[must_use]
    pub fn new(secrets: &[Vec<u8>]) -> Self {
        let keys = secrets
            .iter()
            .map(|secret| Key {
                // A mark of the secret, so that a rotated key is found without trying all.
                id: hex::encode(&Sha256::digest([b"kid:", secret.as_slice()].concat())[..8]),
                encoding: EncodingKey::from_secret(secret),
                decoding: DecodingKey::from_secret(secret),
            })
            .collect();
        Self { keys }
    }

    /// Makes a token for a sign-in.
    ///
    /// # Errors
    /// When there is no key or signing fails.
    pub fn sign(
        &self,
        account: AccountId,
        session: SessionId,
        now: Instant,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let key = self.keys.first().ok_or(jsonwebtoken::errors::ErrorKind::InvalidKeyFormat)?;
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: account,
            sid: session,
            typ: TYPE.to_owned(),
            iat: now.timestamp(),
            exp: now.timestamp() + LIFETIME,
            jti: Uuid::now_v7(),
        };
        let header = Header { kid: Some(key.id.clone()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, &claims, &key.encoding)
    }

    /// Makes a token by which mail can be ended without signing in. It works again and again and says only whose
    /// mail it ends, and which.
    ///
    /// # Errors
    /// When there is no key or signing fails.
    pub fn sign_unsubscribe(
        &self,
        account: AccountId,
        what: Ends,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        self.sign_link(&Unsubscribe {
            iss: ISSUER.to_owned(),
            aud: UNSUBSCRIBE.to_owned(),
            sub: account,
            ends: what,
        })
    }

    /// Makes a token by which a term can be renewed without signing in. It names one person, one subject and one term;
    /// whether the person may, and until when, is decided when it is used.
    ///
    /// # Errors
    /// When there is no key or signing fails.
    pub fn sign_renewal(
        &self,
        account: AccountId,
        term: Term,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        self.sign_link(&Renewal { iss: ISSUER.to_owned(), aud: RENEWAL.to_owned(), sub: account, term })
    }

    fn sign_link(&self, claims: &impl Serialize) -> Result<String, jsonwebtoken::errors::Error> {
        let key = self.keys.first().ok_or(jsonwebtoken::errors::ErrorKind::InvalidKeyFormat)?;
        let header = Header { kid: Some(key.id.clone()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, claims, &key.encoding)
    }

    /// Reads the token of a link. It does not end by itself: a mail may be read years later.
    fn read_link<T: DeserializeOwned + Clone>(&self, token: &str, audience: &str) -> Result<T, Invalid> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| Invalid)?;
        let key = self.keys.iter().find(|key| header.kid.as_deref() == Some(&key.id)).ok_or(Invalid)?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["iss", "aud", "sub"]);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[audience]);
        validation.validate_exp = false;
        let decoded = jsonwebtoken::decode::<T>(token, &key.decoding, &validation);
        decoded.map(|token| token.claims).map_err(|_| Invalid)
    }

    /// Whose mail a token ends, and which.
    ///
    /// # Errors
    /// [`Invalid`], whatever is wrong with it.
    pub fn verify_unsubscribe(&self, token: &str) -> Result<(AccountId, Ends), Invalid> {
        self.read_link::<Unsubscribe>(token, UNSUBSCRIBE).map(|claims| (claims.sub, claims.ends))
    }

    /// Whom a token renews what for.
    ///
    /// # Errors
    /// [`Invalid`], whatever is wrong with it.
    pub fn verify_renewal(&self, token: &str) -> Result<(AccountId, Term), Invalid> {
        self.read_link::<Renewal>(token, RENEWAL).map(|claims| (claims.sub, claims.term))
    }

    /// Reads a token.
    ///
    /// # Errors
    /// [`Invalid`], whatever is wrong with it.
    pub fn verify(&self, token: &str) -> Result<Claims, Invalid> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| Invalid)?;
        let key = self.keys.iter().find(|key| header.kid.as_deref() == Some(&key.id)).ok_or(Invalid)?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.validate_nbf = true;
        validation.leeway = LEEWAY;
        let claims =
            jsonwebtoken::decode::<Claims>(token, &key.decoding, &validation).map_err(|_| Invalid)?.claims;
        // A token that claims to live longer than ours do was not made by us.
        let lives = claims.exp.checked_sub(claims.iat).is_some_and(|life| life <= LIFETIME);
        (claims.typ == TYPE && lives).then_some(claims).ok_or(Invalid)
    }
}
