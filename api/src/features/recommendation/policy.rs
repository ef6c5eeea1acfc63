//! Who may look at recommendations and decide about them. Pure.

use techmart_entity::recommendation::Model;

use crate::{
    auth::Context,
    error::{AppError, Code, Result},
    say,
};

/// Whether the caller may look: the centre and auditors.
///
/// # Errors
/// 401 or 403.
pub fn look(cx: &Context) -> Result<()> {
    cx.person()?;
    if cx.actor.is_centre() || cx.actor.is_auditor() {
        return Ok(());
    }
    Err(AppError::forbidden(say!(
        "撮合推荐由服务中心处理；本单位的匹配见 /demands/{{id}}/matches。",
        "Recommendations are for the centre; the matches of your own are at /demands/{{id}}/matches."
    )))
}

/// Whether the caller may take it up or dismiss it.
///
/// # Errors
/// 401 or 403.
pub fn decide(cx: &Context, row: &Model) -> Result<()> {
    look(cx)?;
    if !cx.actor.is_broker() {
        return Err(AppError::forbidden(say!("由技术经理人处理。", "Brokers do this.")));
    }
    if cx.actor.belongs_to(row.enterprise_id) || cx.actor.belongs_to(row.supplier_id) {
        return Err(AppError::new(
            Code::ConflictOfInterest,
            say!(
                "您是相关单位成员，请由他人处理。",
                "You belong to one of the two; somebody else has to decide."
            ),
        ));
    }
    Ok(())
}
