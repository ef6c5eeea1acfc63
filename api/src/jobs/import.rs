//! The job of an import; what it does is the feature's.

use techmart_entity::id::ImportId;

use super::JobError;
use crate::{features::import::service, state::State};

/// Takes up the rows of an import, or those that are left.
///
/// # Errors
/// [`JobError`]; the rows taken up stay.
pub async fn run(state: &State, seq: i64, import_id: ImportId) -> Result<(), JobError> {
    service::run(state, seq, import_id).await
}
