//! The job of a harvest; what it does is the feature's.

use techmart_entity::id::HarvestSourceId;

use super::JobError;
use crate::{features::harvest_source::run, state::State};

/// Asks a source for what is new, and takes it up.
///
/// # Errors
/// [`JobError`]; done again, it begins anew and finds what was taken up.
pub async fn run(state: &State, seq: i64, id: HarvestSourceId) -> Result<(), JobError> {
    run::run(state, seq, id).await
}
