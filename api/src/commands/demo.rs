//! The demo.

use std::sync::Arc;

use crate::{app::StartError, state::State};

/// Fills in the demo.
///
/// # Errors
/// When it cannot be written.
pub async fn fill(_state: &Arc<State>, _json: bool) -> Result<(), StartError> {
    Ok(())
}
