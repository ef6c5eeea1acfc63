//! Who may see an event and do something at it. Pure.

use techmart_entity::{
    event::{Model, item, pair, sign_up},
    listing::Audience,
};

use crate::{
    auth::Context,
    error::{AppError, Result},
    say,
};

/// Whether the caller looks on from inside: the centre and auditors.
#[must_use]
pub fn is_inside(cx: &Context) -> bool {
    cx.actor.is_centre() || cx.actor.is_auditor()
}

/// Drafts are the centre's; everything else is everybody's.
///
/// # Errors
/// 404 when the caller may not know of it.
pub fn see(cx: &Context, row: &Model) -> Result<()> {
    if row.status.is_public() || is_inside(cx) { Ok(()) } else { Err(AppError::not_found()) }
}

/// Brokers make and run events.
///
/// # Errors
/// 401 and 403.
pub fn run(cx: &Context) -> Result<()> {
    cx.person()?;
    if cx.actor.is_broker() {
        return Ok(());
    }
    Err(AppError::forbidden(say!("活动由技术经理人组织。", "Brokers run events.")))
}

/// What only the centre and auditors look at.
///
/// # Errors
/// 401 and 403.
pub fn look_inside(cx: &Context) -> Result<()> {
    cx.person()?;
    if is_inside(cx) {
        return Ok(());
    }
    Err(AppError::forbidden(say!("仅服务中心和审计可查看。", "This is for the centre and auditors.")))
}

/// Anyone who signed in comes, but auditors only look.
///
/// # Errors
/// 401 and 403.
pub fn sign_up(cx: &Context) -> Result<()> {
    cx.person()?;
    if !cx.actor.is_auditor() {
        return Ok(());
    }
    Err(AppError::forbidden(say!("审计账号只读，不能报名。", "Auditors only read; they do not sign up.")))
}

/// A person cancels their own sign-up, a broker anybody's. Says whether it is one's own.
///
/// # Errors
/// 401, 403, and 404 for who may not know of it.
pub fn cancel_sign_up(cx: &Context, row: &sign_up::Model) -> Result<bool> {
    let person = cx.person()?;
    if person.account_id == row.account_id {
        return Ok(true);
    }
    if !is_inside(cx) {
        return Err(AppError::not_found());
    }
    run(cx).map(|()| false)
}

/// Its organisation's editors withdraw an item, and brokers.
///
/// # Errors
/// 401 and 403.
pub fn withdraw_item(cx: &Context, row: &item::Model) -> Result<()> {
    cx.person()?;
    if cx.edits_for(row.organisation_id) {
        return Ok(());
    }
    run(cx)
}

/// Whether the caller is told more of an item than everybody is.
#[must_use]
pub fn knows_item(cx: &Context, row: &item::Model) -> bool {
    is_inside(cx) || cx.actor.belongs_to(row.organisation_id)
}

/// Whether the caller is told who the enterprise of a pair is: who posts without a name is named to the supplier once
/// the two have consented to a docking.
#[must_use]
pub fn names_enterprise(
    cx: &Context,
    row: &pair::Model,
    audience: Option<Audience>,
    consented: bool,
) -> bool {
    let posts_openly = match audience {
        None | Some(Audience::Public | Audience::SignedIn) => true,
        Some(Audience::Parties | Audience::Anonymous | Audience::Unlisted) => false,
    };
    posts_openly || consented || is_inside(cx) || cx.actor.belongs_to(row.enterprise_id)
}
