//! Who sees and moves a contract. Pure.

use techmart_entity::{contract::Model, docking, id::OrganisationId};

use crate::{
    auth::Context,
    error::{AppError, Code, Result},
    say,
};

/// The organisations that a contract concerns: its sides, and those of its docking.
#[must_use]
pub fn concerned(row: &Model, docking: Option<&docking::Model>) -> Vec<OrganisationId> {
    let mut all = vec![row.buyer_id, row.seller_id];
    all.extend(docking.into_iter().flat_map(|docking| [docking.enterprise_id, docking.supplier_id]));
    all
}

/// Whether the caller may know of it: its sides, the centre, auditors.
///
/// # Errors
/// 401, 404.
pub fn see(cx: &Context, concerned: &[OrganisationId]) -> Result<()> {
    cx.person()?;
    let is_side = concerned.iter().any(|organisation| cx.actor.belongs_to(*organisation));
    if is_side || cx.actor.is_centre() || cx.actor.is_auditor() {
        return Ok(());
    }
    Err(AppError::not_found())
}

/// A side that acts for it, or a broker who belongs to none of them.
///
/// # Errors
/// 401, 403, 404.
pub fn acts(cx: &Context, concerned: &[OrganisationId]) -> Result<()> {
    see(cx, concerned)?;
    if concerned.iter().any(|organisation| cx.edits_for(*organisation)) {
        return Ok(());
    }
    registers(cx, concerned)
}

/// A broker who belongs to none of the sides: registrations count.
///
/// # Errors
/// 401, 403, 404.
pub fn registers(cx: &Context, concerned: &[OrganisationId]) -> Result<()> {
    see(cx, concerned)?;
    broker(cx)?;
    if concerned.iter().any(|organisation| cx.actor.belongs_to(*organisation)) {
        return Err(AppError::new(
            Code::ConflictOfInterest,
            say!(
                "您是相关单位成员，请由其他技术经理人处理。",
                "You belong to an organisation concerned; another broker has to do this."
            ),
        ));
    }
    Ok(())
}

/// A broker.
///
/// # Errors
/// 401, 403.
pub fn broker(cx: &Context) -> Result<()> {
    cx.person()?;
    if cx.actor.is_broker() {
        return Ok(());
    }
    Err(AppError::forbidden(say!("这一步由技术经理人执行。", "Brokers do this.")))
}
