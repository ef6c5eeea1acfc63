//! What is done to attachments: stored, used by an act, read, swept.

use chrono::Duration;
use techmart_entity::{
    attachment::{AttachmentPurpose, Model},
    audit::SubjectKind,
    docking::message::Channel,
    id::{AttachmentId, OrganisationId},
};

use super::{policy, repo, upload::Upload};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Fault, Result},
    features::{audit, audit::Record, organisation::repo as organisations},
    files::FileError,
    say,
    state::State,
};

/// The folder of attachments in the file store.
pub const FOLDER: &str = "attachments";

/// How long an object without a row may be one whose row is still to come.
fn grace() -> Duration {
    Duration::hours(24)
}

/// Stores the bytes. The row comes after them, so a row never names bytes that are not there; the
/// same bytes twice are one object.
///
/// # Errors
/// 503 when the file store does not answer.
pub async fn store(state: &State, upload: &mut Upload) -> Result<()> {
    let file = upload.take_file()?;
    state.files.put(FOLDER, &upload.sha256, file).await.map_err(unavailable)
}

/// Whether there is any room for what the caller is about to upload: told before a byte of it is read.
///
/// # Errors
/// 401, 400 and 403 by [`policy::owner_of_upload`], 413 when the organisation keeps all it may.
pub async fn expect_upload(state: &State, cx: &Context) -> Result<()> {
    match policy::owner_of_upload(cx)? {
        Some(owner) => policy::has_room(repo::bytes_of(state.db.read(), owner).await?, 1),
        None => Ok(()),
    }
}

/// Writes the row of an upload whose bytes are stored.
///
/// # Errors
/// 401, 400 and 403 by [`policy::owner_of_upload`], 413 when the organisation would keep more than it may.
pub async fn create(tx: &Tx, cx: &Context, upload: &Upload) -> Result<Model> {
    let organisation_id = policy::owner_of_upload(cx)?;
    let uploaded_by = cx.person()?.account_id;
    if let Some(owner) = organisation_id {
        // Held, so that of two uploads at once the second sees the first.
        organisations::hold(tx, owner).await?;
        policy::has_room(repo::bytes_of(tx, owner).await?, upload.size)?;
    }
    let row = Model {
        id: AttachmentId::new(),
        sha256: upload.sha256.clone(),
        size: upload.size,
        media_type: upload.kind.media_type().to_owned(),
        file_name: upload.file_name.clone(),
        purpose: upload.purpose,
        uploaded_by,
        organisation_id,
        used_by: None,
        created_at: cx.now,
    };
    let row = repo::insert(tx, row).await?;
    let facts = serde_json::json!({ "purpose": row.purpose, "sha256": row.sha256, "size": row.size });
    audit::record(tx, cx, Record::act("upload", SubjectKind::Attachment, row.id).with(facts)).await?;
    Ok(row)
}

/// Uses an attachment for `used_by` (`docking:<id>` …): it has to be the actor's own, the acting
/// organisation's, or, for the centre, one of the centre's; and not used by anything else. What stands
/// in the way becomes a fault at `pointer`.
///
/// # Errors
/// When the database cannot be asked or written.
pub async fn take(
    tx: &Tx,
    cx: &Context,
    id: AttachmentId,
    pointer: &str,
    used_by: &str,
    faults: &mut Vec<Fault>,
) -> Result<Option<Model>> {
    take_for(tx, cx, id, pointer, used_by, None, None, faults).await
}

/// The same for an attachment of a purpose.
///
/// # Errors
/// When the database cannot be asked or written.
pub async fn take_as(
    tx: &Tx,
    cx: &Context,
    id: AttachmentId,
    pointer: &str,
    used_by: &str,
    purpose: AttachmentPurpose,
    faults: &mut Vec<Fault>,
) -> Result<Option<Model>> {
    take_for(tx, cx, id, pointer, used_by, Some(purpose), None, faults).await
}

/// The same, where somebody of the centre decides about an organisation: then what was uploaded for
/// that organisation will do as well.
///
/// # Errors
/// When the database cannot be asked or written.
#[expect(clippy::too_many_arguments, reason = "the words of one sentence")]
pub async fn take_of(
    tx: &Tx,
    cx: &Context,
    id: AttachmentId,
    pointer: &str,
    used_by: &str,
    purpose: AttachmentPurpose,
    organisation: OrganisationId,
    faults: &mut Vec<Fault>,
) -> Result<Option<Model>> {
    take_for(tx, cx, id, pointer, used_by, Some(purpose), Some(organisation), faults).await
}

#[expect(clippy::too_many_arguments, reason = "the words of one sentence")]
async fn take_for(
    tx: &Tx,
    cx: &Context,
    id: AttachmentId,
    pointer: &str,
    used_by: &str,
    purpose: Option<AttachmentPurpose>,
    decided_about: Option<OrganisationId>,
    faults: &mut Vec<Fault>,
) -> Result<Option<Model>> {
    let found = repo::hold(tx, id).await?.filter(|row| policy::may_use(cx, row, decided_about));
    let Some(row) = found else {
        faults.push(Fault::at(
            pointer,
            "unknown_attachment",
            say!(
                "没有您可使用的这个附件；请先用 POST /attachments 上传。",
                "There is no such attachment that you may use; upload it first with POST /attachments."
            ),
        ));
        return Ok(None);
    };
    if let Some(purpose) = purpose.filter(|purpose| *purpose != row.purpose) {
        let given = row.purpose;
        faults.push(Fault::at(
            pointer,
            "wrong_purpose",
            say!(
                "附件用途是 {given}，这里需要 {purpose}。",
                "The attachment is for {given}; this needs one for {purpose}."
            ),
        ));
        return Ok(None);
    }
    if row.used_by.as_deref().is_some_and(|user| user != used_by) {
        faults.push(Fault::at(
            pointer,
            "attachment_in_use",
            say!(
                "该附件已用于其他事项，请重新上传。",
                "That attachment is used for something else; upload the file again."
            ),
        ));
        return Ok(None);
    }
    if row.used_by.is_none() {
        repo::set_used_by(tx, id, used_by).await?;
    }
    Ok(Some(Model { used_by: Some(used_by.to_owned()), ..row }))
}

/// An attachment, for somebody who may read it.
///
/// # Errors
/// 404 when the caller may not know of it.
pub async fn read(state: &State, cx: &Context, id: AttachmentId) -> Result<Model> {
    let db = state.db.read();
    let row = repo::find(db, id).await?.ok_or_else(AppError::not_found)?;
    let used = policy::docking_of(&row);
    if let Some(docking) = used.filter(|used| used.channel != Channel::Both)
        && repo::is_of_the_other_side(db, cx, docking).await?
    {
        return Err(AppError::not_found());
    }
    let party = match used {
        Some(docking) if !policy::may_read(cx, &row, false) => repo::is_reader(db, cx, docking).await?,
        Some(_) | None => false,
    };
    if !policy::may_read(cx, &row, party) {
        return Err(AppError::not_found());
    }
    Ok(row)
}

/// What keeps the file store from answering is the service's to mend, not the client's.
pub fn unavailable(error: FileError) -> AppError {
    AppError::unavailable(Code::Unavailable, error)
}

/// Deletes stored objects, older than a day, that no row names: uploads that broke off between the
/// object and its row. Says how many.
///
/// # Errors
/// When the store or the database cannot be asked.
pub async fn sweep(state: &State) -> Result<usize> {
    let before = state.clock.now() - grace();
    let names = state.files.names(FOLDER, before).await.map_err(unavailable)?;
    let mut n = 0;
    for chunk in names.chunks(200) {
        let kept = repo::known_hashes(state.db.read(), chunk).await?;
        for name in chunk.iter().filter(|name| !kept.contains(*name)) {
            state.files.delete(FOLDER, name).await.map_err(unavailable)?;
            n += 1;
        }
    }
    Ok(n)
}
