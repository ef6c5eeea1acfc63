//! Random tokens that travel once and are stored as their hash.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::error::{AppError, Result};

/// 32 random bytes as text.
///
/// # Errors
/// When the system has no randomness.
pub fn random() -> Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(AppError::internal)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// What is stored of a token: 256 bits of chance need no slow hash.
#[must_use]
pub fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}
