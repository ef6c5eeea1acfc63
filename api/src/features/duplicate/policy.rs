//! Who may look at pairs and decide about them. Pure.

use techmart_entity::id::OrganisationId;

use crate::{
    auth::Context,
    error::{AppError, Code, Result},
    say,
};

/// Whether the caller may look at pairs: the centre and auditors.
///
/// # Errors
/// 401 or 403.
pub fn look(cx: &Context) -> Result<()> {
    cx.person()?;
    if cx.actor.is_centre() || cx.actor.is_auditor() {
        return Ok(());
    }
    Err(AppError::forbidden(say!(
        "疑似重复仅服务中心和审计可查看。",
        "Possible duplicates are for the centre and auditors."
    )))
}

/// Whether the caller decides at all: brokers do.
///
/// # Errors
/// 401 or 403.
pub fn broker(cx: &Context) -> Result<()> {
    cx.person()?;
    if cx.actor.is_broker() {
        return Ok(());
    }
    Err(AppError::forbidden(say!("这一步由技术经理人执行。", "Brokers do this.")))
}

/// Nobody decides about an organisation that they belong to.
///
/// # Errors
/// 403 when the caller belongs to one of them.
pub fn disinterested(cx: &Context, concerned: &[OrganisationId]) -> Result<()> {
    if !concerned.iter().any(|id| cx.actor.belongs_to(*id)) {
        return Ok(());
    }
    Err(AppError::new(
        Code::ConflictOfInterest,
        say!(
            "您是相关单位成员，请由其他技术经理人判定。",
            "You belong to an organisation concerned; another broker has to decide."
        ),
    ))
}
