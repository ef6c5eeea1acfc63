//! Who reports to platforms.

use crate::{
    auth::Context,
    error::{AppError, Result},
    say,
};

/// Whoever reports: brokers and admins.
///
/// # Errors
/// 401, 403.
pub fn report(cx: &Context) -> Result<()> {
    cx.person()?;
    if cx.actor.is_centre() {
        return Ok(());
    }
    Err(AppError::forbidden(say!(
        "仅服务中心可以向平台报送。",
        "The service centre alone reports to platforms."
    )))
}
