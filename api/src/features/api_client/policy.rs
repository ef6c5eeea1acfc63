//! Who may ask for a client, look after it and decide on it; and when its keys do nothing. Pure.

use techmart_entity::{
    account,
    api_client::{Model, status::ApiClientStatus},
    id::OrganisationId,
    organisation::{membership::MemberRole, status::VerificationStatus},
};

use crate::{
    auth::{Context, Membership},
    error::{AppError, Code, Result, Wording},
    say,
};

/// Whether the caller owns the organisation, for whomever they act.
#[must_use]
pub fn owns(cx: &Context, organisation: OrganisationId) -> bool {
    cx.actor.person().is_some_and(|person| {
        person.memberships.iter().any(|membership| {
            membership.organisation_id == organisation && membership.role == MemberRole::Owner
        })
    })
}

/// An organisation's owner asks for a client of it, any person but an auditor for one that reads what is public.
///
/// # Errors
/// 401 and 403.
pub fn register(cx: &Context, organisation: Option<OrganisationId>) -> Result<()> {
    cx.person()?;
    match organisation {
        Some(organisation) => own(cx, organisation),
        None if cx.actor.is_auditor() => {
            Err(AppError::forbidden(say!("审计账号只读。", "Auditors only read.")))
        }
        None => Ok(()),
    }
}

fn own(cx: &Context, organisation: OrganisationId) -> Result<()> {
    if owns(cx, organisation) && cx.acting == Some(organisation) {
        return Ok(());
    }
    Err(AppError::forbidden(say!(
        "由代表该单位的负责人办理（请用 Acting-Organisation 指明单位）。",
        "Owners who act for the organisation do this; name it in Acting-Organisation."
    )))
}

/// Whether the caller looks on from inside: admins and auditors.
#[must_use]
pub fn is_inside(cx: &Context) -> bool {
    cx.actor.is_admin() || cx.actor.is_auditor()
}

/// Its organisation's owners, whoever answers for it, admins and auditors know of it.
///
/// # Errors
/// 401, and 404 for who may not know of it.
pub fn see(cx: &Context, row: &Model) -> Result<()> {
    let person = cx.person()?;
    let concerned = row.responsible_id == person.account_id
        || row.organisation_id.is_some_and(|organisation| owns(cx, organisation));
    if concerned || is_inside(cx) { Ok(()) } else { Err(AppError::not_found()) }
}

/// Its organisation's owners look after it, or whoever answers for it where it reads what is public.
///
/// # Errors
/// 401, 403, 404.
pub fn look_after(cx: &Context, row: &Model) -> Result<()> {
    see(cx, row)?;
    match row.organisation_id {
        Some(organisation) => own(cx, organisation),
        None if cx.account_id() == Some(row.responsible_id) => Ok(()),
        None => Err(AppError::forbidden(say!(
            "由该客户端的负责人办理。",
            "Whoever answers for the client does this."
        ))),
    }
}

/// An admin decides, but not on what they answer for themselves.
///
/// # Errors
/// 401, 403, 404.
pub fn decide(cx: &Context, row: &Model) -> Result<()> {
    see(cx, row)?;
    if !cx.actor.is_admin() {
        return Err(AppError::forbidden(say!("这一步由管理员执行。", "Admins do this.")));
    }
    let concerned = cx.account_id() == Some(row.responsible_id)
        || row.organisation_id.is_some_and(|organisation| cx.actor.belongs_to(organisation));
    if concerned {
        return Err(AppError::new(
            Code::ConflictOfInterest,
            say!("与您本人或您的单位有关，请由另一位管理员办理。", "It is yours; ask another admin."),
        ));
    }
    Ok(())
}

/// Whoever looks after it ends it and its keys, and an admin does.
///
/// # Errors
/// 401, 403, 404.
pub fn end(cx: &Context, row: &Model) -> Result<()> {
    see(cx, row)?;
    if cx.actor.is_admin() { Ok(()) } else { look_after(cx, row) }
}

fn inactive(detail: Wording) -> AppError {
    AppError::new(Code::ClientInactive, detail)
}

/// Keys open something while their client is approved.
///
/// # Errors
/// 403, saying why not.
pub fn is_approved(row: &Model) -> Result<()> {
    match row.status {
        ApiClientStatus::Approved => Ok(()),
        ApiClientStatus::Suspended => Err(inactive(say!(
            "该客户端已被停用，请联系服务中心。",
            "The client is suspended; ask the centre."
        ))),
        ApiClientStatus::Requested | ApiClientStatus::Rejected | ApiClientStatus::Revoked => {
            Err(inactive(say!("该客户端未获批准或已撤销。", "The client is not approved, or was revoked.")))
        }
    }
}

/// Whoever answers for a client may still sign in.
///
/// # Errors
/// 403, saying why the key does nothing.
pub fn answers(account: Option<&account::Model>) -> Result<()> {
    if account.is_some_and(|account| account.disabled_at.is_none()) {
        return Ok(());
    }
    Err(inactive(say!(
        "该客户端的负责人账号已停用，请更换负责人。",
        "The account of whoever answers for the client is disabled; hand it over to somebody else."
    )))
}

/// Whoever answers for an organisation's client still writes for the organisation, and that still stands.
///
/// # Errors
/// 403, saying why the key does nothing.
pub fn stands(membership: Option<Membership>) -> Result<Membership> {
    let Some(membership) = membership else {
        return Err(inactive(say!(
            "该客户端的负责人已不是该单位成员，请更换负责人。",
            "Whoever answers for the client has left the organisation; hand it over to another owner."
        )));
    };
    if let Some(into) = membership.merged_into {
        return Err(inactive(say!(
            "该单位已并入 {into}，请为后者另行登记客户端。",
            "The organisation was merged into {into}; register a client of that one."
        )));
    }
    match membership.role {
        MemberRole::Owner | MemberRole::Editor => {}
        MemberRole::Viewer => {
            return Err(inactive(say!(
                "该客户端的负责人在该单位只能查看，请更换负责人。",
                "Whoever answers for the client only looks on there; hand it over to another owner."
            )));
        }
    }
    match membership.verification {
        VerificationStatus::Suspended => {
            Err(inactive(say!("该单位已被停用。", "The organisation is suspended.")))
        }
        VerificationStatus::Unverified
        | VerificationStatus::Submitted
        | VerificationStatus::Verified
        | VerificationStatus::Rejected
        | VerificationStatus::Expired => Ok(membership),
    }
}
