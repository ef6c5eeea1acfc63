//! Making targets, packages, and taking up answers.

use std::collections::HashSet;

use bytes::BytesMut;
use futures_util::TryStreamExt;
use sea_orm::Set;
use sha2::{Digest, Sha256};
use techmart_entity::{
    attachment::{self, AttachmentPurpose},
    audit::SubjectKind,
    id::{AttachmentId, ListingId, OutboundPackageId, OutboundTargetId},
    outbound::{
        ActiveModel, Model, TargetStatus,
        item::{self, ItemState},
        package,
    },
};
use tokio::io::{AsyncSeekExt, AsyncWriteExt, SeekFrom};

use super::{
    answers::{self, Answer, Unread},
    dto::{OutboundAnswersIn, OutboundAnswersOut, OutboundTargetIn, OutboundTargetPatch},
    packing::{self, Changes},
    policy, profile, repo, workbook,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Fault, Result},
    features::{attachment as attachments, audit, audit::Record},
    say,
    state::State,
    web::etag::{self, Precondition},
};

const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The ETag of a target.
#[must_use]
pub fn tag(row: &Model) -> String {
    etag::tag(row.version)
}

/// Makes a target.
///
/// # Errors
/// 401, 403, 409 when the name is taken, 422 with everything that is wrong with the profile.
pub async fn create(tx: &Tx, cx: &Context, given: OutboundTargetIn) -> Result<Model> {
    policy::report(cx)?;
    let faults = profile::faults(&given.profile);
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let row = Model {
        id: OutboundTargetId::new(),
        name: given.name.trim().to_owned(),
        platform: given.platform.trim().to_owned(),
        profile: given.profile,
        status: TargetStatus::Active,
        packages: 0,
        created_by: cx.account_id(),
        created_at: cx.now,
        updated_at: cx.now,
        version: 1,
    };
    repo::insert(tx, row.clone()).await?;
    audit::record(tx, cx, Record::act("create", SubjectKind::OutboundTarget, row.id)).await?;
    Ok(row)
}

/// Changes a target.
///
/// # Errors
/// 401, 403, 404, 409 when the name is taken, 412, 428, 422 with everything that is wrong with the profile.
pub async fn patch(
    tx: &Tx,
    cx: &Context,
    id: OutboundTargetId,
    precondition: &Precondition,
    given: OutboundTargetPatch,
) -> Result<Model> {
    policy::report(cx)?;
    let row = repo::hold(tx, id).await?;
    precondition.require(&tag(&row))?;
    let mut set = ActiveModel::default();
    if let Some(name) = given.name {
        set.name = Set(name.trim().to_owned());
    }
    if let Some(platform) = given.platform {
        set.platform = Set(platform.trim().to_owned());
    }
    if let Some(status) = given.status {
        set.status = Set(status);
    }
    if let Some(given) = given.profile {
        let faults = profile::faults(&given);
        if !faults.is_empty() {
            return Err(AppError::rules(faults));
        }
        set.profile = Set(given);
    }
    let changed = repo::save(tx, &row, cx.now, set).await?;
    audit::record(tx, cx, Record::act("change", SubjectKind::OutboundTarget, id)).await?;
    Ok(changed)
}

/// A package that is stored and not written yet.
#[derive(Clone, Debug)]
pub struct Prepared {
    target: Model,
    changes: Changes,
    /// The workbook's SHA-256 and bytes; none when there is nothing to report.
    stored: Option<(String, i64)>,
}

/// Finds what changed and stores the workbook: before the transaction, since a file store may be far away.
///
/// # Errors
/// 401, 403, 404, 503 when the file store does not answer.
pub async fn prepare(state: &State, cx: &Context, id: OutboundTargetId) -> Result<Prepared> {
    policy::report(cx)?;
    let db = state.db.read();
    let target = repo::find(db, id).await?;
    let changes = packing::compare(db, &target, &state.config.public_url).await?;
    if target.status == TargetStatus::Paused || (changes.changes.is_empty() && changes.removals.is_empty()) {
        // It is refused in the transaction, where a request that is repeated is answered first.
        return Ok(Prepared { target, changes, stored: None });
    }
    let bytes = workbook::write(&target.profile, &changes)?;
    let sha256 = hex::encode(Sha256::digest(&bytes));
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let mut file = tokio::fs::File::from_std(tempfile::tempfile().map_err(AppError::internal)?);
    file.write_all(&bytes).await.map_err(AppError::internal)?;
    file.flush().await.map_err(AppError::internal)?;
    file.seek(SeekFrom::Start(0)).await.map_err(AppError::internal)?;
    let folder = attachments::service::FOLDER;
    state.files.put(folder, &sha256, file).await.map_err(attachments::service::unavailable)?;
    Ok(Prepared { target, changes, stored: Some((sha256, size)) })
}

/// Writes a package, and that its listings are packed.
///
/// # Errors
/// 409 when the target is paused or nothing has changed, 412 when another package was made meanwhile, or the target was
/// changed.
pub async fn pack(tx: &Tx, cx: &Context, prepared: &Prepared) -> Result<package::Model> {
    let Prepared { target, changes, stored } = prepared;
    let Some((sha256, size)) = stored else {
        let words = if target.status == TargetStatus::Paused {
            say!("该报送目标已停用。", "The target is paused.")
        } else {
            say!(
                "自上次打包以来没有可报送的变化。",
                "Nothing that can be reported has changed since the package before."
            )
        };
        return Err(AppError::new(Code::IllegalMove, words));
    };
    let number = target.packages + 1;
    let set = ActiveModel { packages: Set(number), ..Default::default() };
    repo::save(tx, target, cx.now, set).await?;
    let id = OutboundPackageId::new();
    let file = attachment::Model {
        id: AttachmentId::new(),
        sha256: sha256.clone(),
        size: *size,
        media_type: MEDIA_TYPE.to_owned(),
        file_name: format!("{}-{number}.xlsx", target.name),
        purpose: AttachmentPurpose::PlatformSheet,
        uploaded_by: cx.person()?.account_id,
        organisation_id: None,
        used_by: Some(format!("outbound_package:{id}")),
        created_at: cx.now,
    };
    let file = attachments::repo::insert(tx, file).await?;
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let row = package::Model {
        id,
        target_id: target.id,
        number,
        attachment_id: file.id,
        rows: count(changes.changes.len()),
        removals: count(changes.removals.len()),
        left_out: count(changes.lacking.len()),
        created_by: cx.account_id(),
        created_at: cx.now,
    };
    repo::insert_package(tx, row.clone()).await?;
    for change in &changes.changes {
        let item = item::Model {
            target_id: target.id,
            listing_id: change.listing_id,
            kind: change.kind,
            title: change.title.clone(),
            state: ItemState::Packed,
            last_payload_hash: change.hash.clone(),
            // The platform knows it by that number, whatever it says of the new text.
            remote_id: change.before.as_ref().and_then(|item| item.remote_id.clone()),
            opinion: None,
            package_id: id,
            packed_at: cx.now,
            answered_at: None,
        };
        repo::put_item(tx, item).await?;
    }
    for item in &changes.removals {
        let item = item::Model {
            state: ItemState::Removed,
            package_id: id,
            packed_at: cx.now,
            answered_at: None,
            ..item.clone()
        };
        repo::put_item(tx, item).await?;
    }
    let facts = serde_json::json!({ "package_id": id, "number": number, "rows": row.rows,
        "removals": row.removals, "sha256": sha256 });
    audit::record(tx, cx, Record::act("pack", SubjectKind::OutboundTarget, target.id).with(facts)).await?;
    Ok(row)
}

/// A sheet that was read.
pub type Sheet = (Vec<Answer>, Vec<Unread>);

/// Reads the sheet that came back.
///
/// # Errors
/// 401, 403, 404, 422 when there is no such file or it is no sheet of the profile, 503 when the file store does not
/// answer.
pub async fn read(state: &State, cx: &Context, id: OutboundTargetId, file: AttachmentId) -> Result<Sheet> {
    policy::report(cx)?;
    let db = state.db.read();
    let target = repo::find(db, id).await?;
    let found = attachments::repo::find(db, file).await?;
    let found = found.filter(|row| {
        row.purpose == AttachmentPurpose::PlatformSheet
            && row.media_type == MEDIA_TYPE
            && attachments::policy::may_use(cx, row, None)
    });
    let row = found.ok_or_else(|| {
        let words = say!(
            "没有您可使用的这个 XLSX 附件；请用 POST /attachments 上传，用途 platform_sheet。",
            "There is no such XLSX file that you may use; upload it with POST /attachments for platform_sheet."
        );
        AppError::rules(vec![Fault::at("/attachment_id", "unknown_attachment", words)])
    })?;
    let unavailable = attachments::service::unavailable;
    let folder = attachments::service::FOLDER;
    let stream = state.files.get(folder, &row.sha256).await.map_err(unavailable)?;
    let bytes: BytesMut = stream
        .try_fold(BytesMut::new(), |mut all, chunk| {
            all.extend_from_slice(&chunk);
            async move { Ok(all) }
        })
        .await
        .map_err(|error| unavailable(error.into()))?;
    let profile = target.profile.answer;
    tokio::task::spawn_blocking(move || answers::read(bytes.to_vec(), &profile))
        .await
        .map_err(AppError::internal)?
}

/// Takes up what the platform answered; a row that says what is known changes nothing.
///
/// # Errors
/// 404, or when the rows cannot be written.
pub async fn take_up(
    tx: &Tx,
    cx: &Context,
    id: OutboundTargetId,
    given: OutboundAnswersIn,
    sheet: &Sheet,
) -> Result<OutboundAnswersOut> {
    let target = repo::hold(tx, id).await?;
    let (answers, unread) = sheet;
    let mut out = OutboundAnswersOut {
        dry_run: given.dry_run,
        unread: unread.iter().cloned().map(Into::into).collect(),
        ..OutboundAnswersOut::default()
    };
    let ids: Vec<ListingId> = answers.iter().map(|answer| answer.listing_id).collect();
    let mut items = std::collections::HashMap::new();
    for ids in ids.chunks(500) {
        items.extend(repo::items_of(tx, target.id, ids).await?);
    }
    let mut seen = HashSet::new();
    for answer in answers {
        let Some(item) = items.get(&answer.listing_id) else {
            let words = say!("这一条没有报送过。", "That listing was never reported here.");
            out.unread.push(not_taken(answer, "never_packed", words));
            continue;
        };
        if !seen.insert(answer.listing_id) {
            let words = say!(
                "同一条目在表中出现了两次，只取第一次。",
                "It stands twice in the sheet; the first counts."
            );
            out.unread.push(not_taken(answer, "repeated", words));
            continue;
        }
        if item.state == ItemState::Removed {
            let words = say!("这一条已通知撤下。", "The platform was told to take it away.");
            out.unread.push(not_taken(answer, "removed", words));
            continue;
        }
        let remote_id = answer.remote_id.clone().or_else(|| item.remote_id.clone());
        let changed = item::Model {
            state: answer.state,
            remote_id,
            opinion: answer.opinion.clone(),
            answered_at: Some(cx.now),
            ..item.clone()
        };
        let as_before = item::Model { answered_at: item.answered_at, ..changed.clone() };
        if as_before == *item {
            out.same += 1;
            continue;
        }
        match answer.state {
            ItemState::Accepted => out.accepted += 1,
            ItemState::Refused | ItemState::Packed | ItemState::Removed => out.refused += 1,
        }
        if !given.dry_run {
            repo::put_item(tx, changed).await?;
        }
    }
    out.unread.sort_by(|a, b| (&a.sheet, a.row).cmp(&(&b.sheet, b.row)));
    if !given.dry_run {
        let used_by = format!("outbound_target:{id}");
        attachments::repo::set_used_by(tx, given.attachment_id, &used_by).await?;
        let facts = serde_json::json!({ "attachment_id": given.attachment_id, "accepted": out.accepted,
            "refused": out.refused, "same": out.same, "unread": out.unread.len() });
        audit::record(tx, cx, Record::act("take_up_answers", SubjectKind::OutboundTarget, id).with(facts))
            .await?;
    }
    Ok(out)
}

fn not_taken(
    answer: &Answer,
    code: &'static str,
    words: crate::error::Wording,
) -> super::dto::OutboundUnreadOut {
    Unread { place: answer.place.clone(), code, words }.into()
}
