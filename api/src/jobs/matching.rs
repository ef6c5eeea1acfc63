//! Recommending what matches a listing that the index has just learned of.

use techmart_entity::id::ListingId;

use super::JobError;
use crate::{features::recommendation::refresh, state::State};

/// Brings the recommendations of a listing in line with what matches it now; repeating it changes nothing.
///
/// # Errors
/// [`JobError`]
pub async fn listing(state: &State, id: ListingId) -> Result<(), JobError> {
    refresh::listing(state, id).await?;
    Ok(())
}
