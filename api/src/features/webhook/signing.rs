//! Secrets and signatures of Standard Webhooks: HMAC-SHA-256 over id, instant and body.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use techmart_entity::webhook::endpoint::Secret;

use crate::error::{AppError, Result};

/// What every secret begins with.
const PREFIX: &str = "whsec_";

/// A new secret: 32 random bytes, of the 24 to 64 that the standard allows.
///
/// # Errors
/// When the system has no randomness.
pub fn new_secret() -> Result<Secret> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(AppError::internal)?;
    Ok(Secret(format!("{PREFIX}{}", BASE64_STANDARD.encode(bytes))))
}

/// The value of `webhook-signature`: one signature by each secret, so that a receiver with either verifies.
///
/// # Errors
/// When a secret is none.
pub fn signatures(secrets: &[&str], id: &str, timestamp: i64, body: &[u8]) -> Result<String> {
    let signed = secrets.iter().map(|secret| {
        let key = BASE64_STANDARD
            .decode(secret.strip_prefix(PREFIX).unwrap_or(secret))
            .map_err(AppError::internal)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(AppError::internal)?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        Ok(format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
    });
    Ok(signed.collect::<Result<Vec<String>>>()?.join(" "))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::{BASE64_STANDARD, Engine, PREFIX, new_secret, signatures};

    #[test]
    fn the_example_of_the_standard_is_signed_as_it_says() {
        let signed = signatures(
            &["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
            "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
            1_649_367_553,
            br#"{"email":"test@example.com","username":"test_user"}"#,
        );
        assert_eq!(signed.unwrap(), "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=");
    }

    #[test]
    fn a_secret_is_random_and_as_long_as_the_standard_asks() {
        let (one, other) = (new_secret().unwrap(), new_secret().unwrap());
        assert_ne!(one, other);
        assert!(!format!("{one:?}").contains(&one.0[8..]));
        let bytes = BASE64_STANDARD.decode(one.0.strip_prefix(PREFIX).unwrap()).unwrap();
        assert!((24..=64).contains(&bytes.len()));
        let both = signatures(&[&one.0, &other.0], "id", 1, b"{}").unwrap();
        assert_eq!(both.split(' ').count(), 2);
    }
}
