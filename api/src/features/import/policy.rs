//! Who may import. Rows may hold private contacts, so their results are for the same people.

use crate::{
    auth::Context,
    error::{AppError, Result},
    say,
};

/// Whether the caller may start imports and read their results.
///
/// # Errors
/// 401 or 403.
pub fn work_with(cx: &Context) -> Result<()> {
    cx.person()?;
    if cx.actor.is_broker() || cx.actor.is_admin() {
        return Ok(());
    }
    Err(AppError::forbidden(say!("只有技术经理人和管理员可以导入。", "Imports are for brokers and admins.")))
}
