//! Who may upload, use and read an attachment. Pure.

use techmart_entity::{
    attachment::Model,
    docking::message::Channel,
    id::{DockingId, OrganisationId},
};

use crate::{
    auth::Context,
    error::{AppError, Code, Result},
    say,
};

/// For which organisation the caller uploads: the acting one; for the centre, none.
///
/// # Errors
/// 401 when nobody signed in, 400 for somebody outside the centre who names no organisation, 403 for
/// viewers and auditors.
pub fn owner_of_upload(cx: &Context) -> Result<Option<OrganisationId>> {
    cx.person()?;
    if cx.actor.is_auditor() {
        return Err(AppError::forbidden(say!(
            "审计账号只读，不能上传附件。",
            "Auditors only read; they upload nothing."
        )));
    }
    if cx.acting.is_none() && cx.actor.is_centre() {
        return Ok(None);
    }
    let organisation = cx.acting_membership()?.organisation_id;
    if cx.edits_for(organisation) {
        return Ok(Some(organisation));
    }
    Err(AppError::forbidden(say!("查看成员不能上传。", "A viewer does not upload.")))
}

/// How many bytes an organisation may keep here.
pub const QUOTA: i64 = 500 * 1024 * 1024;

/// Whether an organisation that keeps so many bytes may bring so many more.
///
/// # Errors
/// 413 when not.
pub fn has_room(kept: i64, more: i64) -> Result<()> {
    if kept.saturating_add(more) <= QUOTA {
        return Ok(());
    }
    let (most, kept) = (QUOTA / 1024 / 1024, kept / 1024 / 1024);
    Err(AppError::new(
        Code::TooLarge,
        say!(
            "每个单位的附件总量最多 {most} MiB，现已使用 {kept} MiB；请联系服务中心。",
            "An organisation keeps at most {most} MiB of files and has {kept} MiB; ask the centre."
        ),
    ))
}

/// Whether the caller may use it for an act. Somebody of the centre who decides about an organisation
/// may use what was uploaded for that organisation.
#[must_use]
pub fn may_use(cx: &Context, row: &Model, decided_about: Option<OrganisationId>) -> bool {
    let own = is_own(cx, row);
    let acting = row.organisation_id.is_some_and(|organisation| cx.edits_for(organisation));
    let centre = cx.actor.is_centre()
        && (row.organisation_id.is_none()
            || (decided_about.is_some() && row.organisation_id == decided_about));
    own || acting || centre
}

/// Whether the caller may read it. `party`: belongs to a side of the docking that uses it.
#[must_use]
pub fn may_read(cx: &Context, row: &Model, party: bool) -> bool {
    reads_by_right(cx, row) || cx.actor.is_auditor() || party
}

fn reads_by_right(cx: &Context, row: &Model) -> bool {
    is_own(cx, row)
        || row.organisation_id.is_some_and(|organisation| cx.actor.belongs_to(organisation))
        || cx.actor.is_centre()
}

/// Whether the caller uploaded it and still speaks for whom it was uploaded: whoever leaves an
/// organisation leaves its files.
fn is_own(cx: &Context, row: &Model) -> bool {
    cx.account_id() == Some(row.uploaded_by)
        && row.organisation_id.is_none_or(|organisation| cx.actor.belongs_to(organisation))
}

/// A docking that uses an attachment, and by which of its threads it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DockingUse {
    pub docking: DockingId,
    pub channel: Channel,
}

/// The docking that uses it, if one does.
#[must_use]
pub fn docking_of(row: &Model) -> Option<DockingUse> {
    let (what, id) = row.used_by.as_deref()?.split_once(':')?;
    let channel = match what {
        "docking" => Channel::Both,
        _ => what.strip_prefix("docking-")?.parse().ok()?,
    };
    Some(DockingUse { docking: id.parse().ok()?, channel })
}
