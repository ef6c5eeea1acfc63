//! Who may see and manage endpoints, and what a client may hear of. Pure.

use techmart_entity::{
    api_client::{Model as Client, status::ApiClientStatus},
    id::OrganisationId,
    organisation::membership::MemberRole,
    webhook::EventType,
};

use crate::{
    auth::Context,
    error::{AppError, Result},
    say,
};

/// Whether the caller knows of every endpoint: admins and auditors.
#[must_use]
pub fn sees_all(cx: &Context) -> bool {
    cx.via.is_none() && (cx.actor.is_admin() || cx.actor.is_auditor())
}

/// What a client may hear of: what it has the scope to read, while it may read at all.
#[must_use]
pub fn may_hear(client: &Client, event_type: EventType) -> bool {
    client.status == ApiClientStatus::Approved
        && event_type.scope().is_none_or(|scope| client.scopes.has(scope))
        && (event_type.is_public() || client.organisation_id.is_some())
}

/// Whether the caller has the endpoints of the client: its key, the owner of its organisation, or who answers for it.
fn has(cx: &Context, client: &Client) -> bool {
    if let Some(via) = cx.via {
        return via == client.id;
    }
    match client.organisation_id {
        Some(organisation) => owns(cx, organisation),
        None => cx.account_id() == Some(client.responsible_id),
    }
}

/// Whether the caller is an owner of the organisation for which they act.
fn owns(cx: &Context, organisation: OrganisationId) -> bool {
    cx.acting == Some(organisation)
        && cx.actor.person().is_some_and(|person| {
            person
                .memberships
                .iter()
                .any(|member| member.organisation_id == organisation && member.role == MemberRole::Owner)
        })
}

/// Whether the caller may make and change endpoints of the client.
///
/// # Errors
/// 401 when nobody signed in, 403 when not.
pub fn manage(cx: &Context, client: &Client) -> Result<()> {
    cx.person()?;
    if has(cx, client) {
        return Ok(());
    }
    Err(not_yours())
}

/// What is told to whoever has nothing to manage there.
#[must_use]
pub fn not_yours() -> AppError {
    AppError::forbidden(say!(
        "事件推送由接口客户端所属单位的所有者（请用 Acting-Organisation 指明单位）、公开读取客户端的负责人，或有 webhooks:manage 权限的密钥管理。",
        "Webhooks are managed by an owner of the client's organisation (named in Acting-Organisation), by whoever \
         answers for a client of public reading, or by a key with the scope webhooks:manage."
    ))
}

/// Whether the caller may stop an endpoint: an admin may, too.
///
/// # Errors
/// 401 when nobody signed in, 403 when not.
pub fn disable(cx: &Context, client: &Client) -> Result<()> {
    cx.person()?;
    if cx.via.is_none() && cx.actor.is_admin() { Ok(()) } else { manage(cx, client) }
}
