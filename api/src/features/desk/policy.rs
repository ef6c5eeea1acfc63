//! Who may see the desk and work at it. Pure.

use techmart_entity::desk::Model;

use crate::{
    auth::Context,
    error::{AppError, Code, Result},
    say,
};

/// The centre works at the desk; auditors look on.
///
/// # Errors
/// 401 and 403.
pub fn look(cx: &Context) -> Result<()> {
    cx.person()?;
    if cx.actor.is_centre() || cx.actor.is_auditor() {
        return Ok(());
    }
    Err(AppError::forbidden(say!("待办供服务中心使用。", "The desk is the service centre's.")))
}

/// Notes are the centre's alone.
///
/// # Errors
/// 401 and 403.
pub fn notes(cx: &Context) -> Result<()> {
    cx.person()?;
    if cx.actor.is_centre() {
        return Ok(());
    }
    Err(AppError::forbidden(say!("内部备注仅供服务中心查看。", "Notes are for the service centre alone.")))
}

/// Who works at it: brokers and admins who do not belong to whom it concerns.
///
/// # Errors
/// 401 and 403.
pub fn work(cx: &Context, row: &Model) -> Result<()> {
    notes(cx)?;
    if row.organisation_id.is_some_and(|concerned| cx.actor.belongs_to(concerned)) {
        return Err(AppError::new(
            Code::ConflictOfInterest,
            say!(
                "您是相关单位成员，请由他人处理。",
                "You belong to whom it concerns; somebody else has to do it."
            ),
        ));
    }
    Ok(())
}

/// Who gives it to somebody else: whoever has it, and admins; what nobody has, anybody of the centre.
///
/// # Errors
/// 403
pub fn pass_on(cx: &Context, row: &Model) -> Result<()> {
    work(cx, row)?;
    if cx.actor.is_admin() || row.assignee_id.is_none() || row.assignee_id == cx.account_id() {
        return Ok(());
    }
    Err(AppError::forbidden(say!(
        "该事项由他人负责，只有本人或管理员可以转交。",
        "Somebody else looks after it; they or an admin hand it over."
    )))
}
