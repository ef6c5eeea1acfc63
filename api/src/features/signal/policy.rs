//! Who may look at signals and judge them. Pure.

use techmart_entity::{id::OrganisationId, signal::SignalMove};

use crate::{
    auth::Context,
    error::{AppError, Code, Result},
    say,
};

/// Whether the caller may look at signals: the centre and auditors.
///
/// # Errors
/// 401 or 403.
pub fn look(cx: &Context) -> Result<()> {
    cx.person()?;
    if cx.actor.is_centre() || cx.actor.is_auditor() {
        return Ok(());
    }
    Err(AppError::forbidden(say!(
        "异常信号仅服务中心和审计可查看。",
        "Signals are for the centre and auditors."
    )))
}

/// Whether the caller may make the move at all: the centre explains, auditors judge along with it.
///
/// # Errors
/// 401 or 403.
pub fn move_it(cx: &Context, mv: SignalMove) -> Result<()> {
    look(cx)?;
    match mv {
        SignalMove::Explain if !cx.actor.is_centre() => Err(AppError::forbidden(say!(
            "说明由服务中心人员作出；审计可确认属实或要求重新核查。",
            "The centre's people explain; auditors uphold or reopen."
        ))),
        SignalMove::Explain | SignalMove::Uphold | SignalMove::Reopen => Ok(()),
    }
}

/// Nobody judges what is about an organisation that they belong to.
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
            "您是相关单位成员，请由他人核查。",
            "You belong to an organisation concerned; somebody else has to judge it."
        ),
    ))
}
