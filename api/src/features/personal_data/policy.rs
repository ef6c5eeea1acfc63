//! Who may have which account erased, and what has to be settled before.

use chrono::Duration;
use techmart_entity::account::Role;

use crate::{
    auth::Context,
    error::{AppError, Result},
    say,
};

/// How long an erasure can be withdrawn. The letter that tells of it needs days to be read by somebody whose sign-in
/// was stolen; the national standard GB/T 35273 leaves fifteen working days for the whole.
pub const GRACE: Duration = Duration::days(7);

/// Whose erasure a person asks for by themselves: members of organisations, and whoever belongs to none. The people
/// of the centre hand over their work, so an admin asks for theirs.
///
/// # Errors
/// 403 for brokers, admins and auditors.
pub fn erase_oneself(role: Role) -> Result<()> {
    match role {
        Role::Member => Ok(()),
        Role::Broker | Role::Admin | Role::Auditor => Err(AppError::forbidden(say!(
            "服务中心和审计人员的账号由（另一位）管理员办理注销。",
            "Accounts of the centre and of auditors are erased by (another) admin."
        ))),
    }
}

/// The log of contacts shown, as a whole.
///
/// # Errors
/// 401, 403.
pub fn watch_reveals(cx: &Context) -> Result<()> {
    cx.person()?;
    if cx.actor.is_admin() || cx.actor.is_auditor() {
        return Ok(());
    }
    Err(AppError::forbidden(say!(
        "仅管理员和审计可查看全部联系方式查看记录。",
        "The whole log of contacts shown is for admins and auditors."
    )))
}
