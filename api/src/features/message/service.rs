//! Writing messages, and reading them.

use techmart_entity::{
    attachment::AttachmentPurpose,
    audit::SubjectKind,
    docking::{
        Model as Docking,
        message::{Attached, Channel, Model, read_mark},
    },
    id::{DockingId, MessageId},
    value::contact_text::holds_contact,
};

use super::{dto::MessageIn, policy, repo};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Result},
    features::{
        attachment,
        audit::Record,
        docking::{
            policy as docking_policy, repo as dockings,
            service::{act_in, illegal, used_by},
        },
        listing::service::record_and_tell,
    },
    say,
};

/// What an attachment of one side's thread with the centre is used by.
fn used_privately_by(channel: Channel, id: DockingId) -> String {
    match channel {
        Channel::Both => used_by(id),
        Channel::Enterprise | Channel::Supplier => format!("docking-{channel}:{id}"),
    }
}

/// How the log calls a message: the other side does not read of what one side and the centre write.
#[must_use]
pub fn action(channel: Channel) -> String {
    match channel {
        Channel::Both => "write_message".to_owned(),
        Channel::Enterprise | Channel::Supplier => format!("write_message_{channel}"),
    }
}

/// Writes a message for a side or the centre.
///
/// # Errors
/// 401, 403, 404; 409 when the two sides do not talk at that stage; 422 for contacts or files before both have
/// consented, another side's thread, or files that do not fit.
pub async fn write(tx: &Tx, cx: &Context, id: DockingId, given: MessageIn) -> Result<(Docking, Model)> {
    let (docking, side) = act_in(tx, cx, id).await?;
    let channel = given.channel.unwrap_or(Channel::Both);
    if !policy::open(docking.stage, channel) {
        return Err(illegal(docking.stage, "write_message"));
    }
    let mut faults = Vec::new();
    policy::own(side, channel, &mut faults);
    if channel == Channel::Both && !docking.stage.has_consent() {
        policy::before_consent(holds_contact(&given.body), !given.attachment_ids.is_empty(), &mut faults);
    }
    let used_by = used_privately_by(channel, id);
    for (i, file) in given.attachment_ids.iter().enumerate() {
        let pointer = format!("/attachment_ids/{i}");
        attachment::service::take_as(
            tx,
            cx,
            *file,
            &pointer,
            &used_by,
            AttachmentPurpose::Message,
            &mut faults,
        )
        .await?;
    }
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let row = Model {
        id: MessageId::new(),
        docking_id: id,
        channel,
        side,
        author_id: cx.person()?.account_id,
        body: given.body,
        attached: Attached(given.attachment_ids),
        created_at: cx.now,
    };
    repo::insert(tx, row.clone()).await?;
    dockings::touch(tx, id, cx.now).await?;
    // Who wrote has read what was there.
    mark(tx, cx, &docking, &row).await?;
    let facts = serde_json::json!({ "message_id": row.id, "side": side, "files": row.attached.0.len() });
    let record = Record::act(action(channel), SubjectKind::Docking, id).with(facts);
    record_and_tell(tx, cx, record).await?;
    Ok((docking, row))
}

async fn mark(tx: &Tx, cx: &Context, docking: &Docking, row: &Model) -> Result<bool> {
    let Some(side) = policy::marks_as(docking_policy::relation(cx, docking)) else {
        return Ok(false);
    };
    let mark = read_mark::Model {
        docking_id: docking.id,
        account_id: cx.person()?.account_id,
        side,
        up_to: row.id,
        read_at: cx.now,
    };
    repo::mark(tx, mark).await?;
    Ok(true)
}

/// Marks everything up to a message as read; says what is left.
///
/// # Errors
/// 401, 404; 403 for auditors, who look on.
pub async fn read(tx: &Tx, cx: &Context, id: DockingId, up_to: MessageId) -> Result<u64> {
    cx.person()?;
    let docking = dockings::find(tx, id).await?;
    let relation = docking_policy::relation(cx, &docking);
    docking_policy::see(cx, relation)?;
    let channels = policy::channels(relation);
    if policy::marks_as(relation).is_none() {
        return Err(AppError::forbidden(say!(
            "审计账号只读，不标记已读。",
            "Auditors look on; they mark nothing as read."
        )));
    }
    let row = repo::find(tx, id, &channels, up_to).await?;
    mark(tx, cx, &docking, &row).await?;
    repo::unread(tx, id, &channels, cx.person()?.account_id).await
}
